//! The publishing journal of one delivery: one post (or thread, or repost) by one account.
//!
//! X has no idempotency key. An intent is therefore written before each call to X, and a call is repeated only if the
//! journal proves that the call had no effect. An answer lost in the network or in a crash leaves the delivery
//! `unknown` until the account's own posts have reconciled the delivery (`reconcile.rs`).

mod approval;
mod attachment;
mod effect;
mod obstacle;
mod reconcile;
mod step;
mod upload;

use serde::{Deserialize, Serialize};

pub use self::attachment::{Attachment, File, Names, Track, Upload};
pub use self::effect::{Lock, Outcome};
pub use self::obstacle::Obstacles;
pub use self::reconcile::{Policy, TimelineRead, Unconfirmed, longest_unconfirmed};
pub use self::step::{AfterReclaim, Step};
pub use self::upload::{Place, UploadOutcome, UploadStep};
use crate::id::{AccountId, PostId, XPostId};
use crate::time::{Span, UnixMillis};
use crate::x::options::Options;
use crate::x::price::Micros;
use crate::x::tweet::NewTweet;

/// One row of the account's journal. Stored as JSON; its format is pinned by a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub post_id: PostId,
    pub account_id: AccountId,
    /// Counts what the caller made of it: a change, a cancellation or a retry is the next version.
    #[serde(rename = "edition")]
    pub(crate) version: u32,
    /// In order; each replies to the one before.
    pub(crate) segments: Vec<Segment>,
    pub(crate) state: State,
    /// The time it was meant for: deliveries of one account go out in the order of these.
    pub run_at: UnixMillis,
    /// When the next step may be made. Meaningless once the delivery is final.
    pub(crate) due_at: UnixMillis,
    /// The workspace is changing it: nothing is sent before the workspace was asked, at this time.
    pub(crate) recalled_until: Option<UnixMillis>,
    /// A call to X that has begun and whose end is not known.
    pub(crate) intent: Option<Intent>,
    #[serde(rename = "doubt")]
    pub(crate) unconfirmed: Option<Unconfirmed>,
    pub(crate) attempts: u32,
    /// Faults of X in a row, and of 401s in a row: what the pauses are counted by.
    pub(crate) faults: u32,
    /// When the first of X's faults in a row was met. Rows of older code have the count alone: theirs begins with the next
    /// fault. Older code knows the count alone, and gives up by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) faults_since: Option<UnixMillis>,
    /// Limits without a time and locks in a row: what their pauses are counted by.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) waits: u32,
    /// When the first call for the missing segment began that X did not answer for good: the call may have had an effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unconfirmed_since: Option<UnixMillis>,
    pub(crate) error: Option<Failure>,
    /// Held because the workspace said that the app is paused. Such a hold is no news of X.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_unasked: bool,
    /// The account was removed while a call might have an effect: nothing follows the call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_removed: bool,
    pub(crate) published_at: Option<UnixMillis>,
    /// X's charge for the reads of the reconciliation.
    pub(crate) reads: Micros,
    /// Counts the changes within a version (`version`), so that a late report does not overwrite a newer report.
    pub(crate) revision: u64,
}

/// One post, or a repost of somebody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub container_id: String,
    pub text: String,
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repost_of: Option<XPostId>,
    /// X's price at the time of acceptance.
    pub price: Micros,
    pub platform_post_id: Option<XPostId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Queued,
    Publishing,
    Held,
    Unknown,
    Published,
    Failed,
    Deleted,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub segment: usize,
    pub at: UnixMillis,
}

/// Why a delivery failed or waits, in our code and in X's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: FailureCode,
    pub message: String,
}

/// The delivery codes of docs/API.md, section 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    DuplicateContent,
    NotSummoned,
    QuoteNotAllowed,
    AppReadOnly,
    AppNotEnrolled,
    AccountLocked,
    TextTooLong,
    VideoTooLong,
    TooManyCashtags,
    MissingScope,
    MediaUrlRefused,
    MediaFailed,
    UnsupportedMedia,
    ReconnectRequired,
    CreditsDepleted,
    RateLimited,
    XRefused,
    XUnavailable,
    /// Somebody has to approve the post. Only a delivery that no account has.
    ApprovalRequired,
}

/// What pauses are made of: the distances, which tests shorten, and chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between the two empty reads that an `unknown` delivery needs before it may be sent again.
    pub reconcile: Span,
    /// Between two questions whether the app works again.
    pub probe: Span,
    /// After the first limit that names no time. The pauses after a day's limit and after a lock are multiples.
    pub backoff: Span,
    /// A random number, for the jitter.
    pub chance: u32,
}

impl Pace {
    /// Before a read of the account's own posts that failed is made again: with the default pace, 10 s.
    pub const fn again(self) -> Span {
        Span::millis(self.reconcile.as_millis() / 6)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { reconcile: Span::mins(1), probe: Span::mins(15), backoff: Span::mins(1), chance: 0 }
    }
}

/// A delivery whose time passed so long ago is late. Its account is reminded of it, and again after as long.
pub const LATE: Span = Span::mins(2);

/// A call to X.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Post(NewTweet),
    Repost(XPostId),
}

impl Call {
    /// The endpoint as X's rate limits name it.
    pub const fn endpoint(&self) -> &'static str {
        match self {
            Self::Post(_) => "POST /2/tweets",
            Self::Repost(_) => "POST /2/users/:id/retweets",
        }
    }
}

impl FailureCode {
    /// Deliveries held for this code wait for the app to be fixed, and not for the account or the account's owner.
    pub const fn is_of_app(self) -> bool {
        matches!(self, Self::CreditsDepleted | Self::AppReadOnly | Self::AppNotEnrolled | Self::XRefused)
    }

    /// A medium of the post failed, before X saw the post.
    pub const fn is_of_media(self) -> bool {
        matches!(self, Self::MediaUrlRefused | Self::MediaFailed | Self::UnsupportedMedia)
    }
}

impl State {
    /// The name on the wire and in the columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Publishing => "publishing",
            Self::Held => "held",
            Self::Unknown => "unknown",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
            Self::Cancelled => "cancelled",
        }
    }

    pub const fn is_final(self) -> bool {
        matches!(self, Self::Published | Self::Failed | Self::Deleted | Self::Cancelled)
    }
}

impl Delivery {
    pub fn new(post_id: PostId, account_id: AccountId, segments: Vec<Segment>, run_at: UnixMillis) -> Self {
        Self {
            post_id,
            account_id,
            version: 1,
            segments,
            state: State::Queued,
            run_at,
            due_at: run_at,
            recalled_until: None,
            intent: None,
            unconfirmed: None,
            attempts: 0,
            faults: 0,
            faults_since: None,
            waits: 0,
            unconfirmed_since: None,
            error: None,
            is_unasked: false,
            is_removed: false,
            published_at: None,
            reads: Micros(0),
            revision: 0,
        }
    }

    /// The next version of this delivery, made by the caller. Media that X already has stay at X.
    #[must_use]
    pub fn next_version(&self, mut segments: Vec<Segment>, run_at: UnixMillis) -> Self {
        let version = self.version + 1;
        let unconfirmed_since = self.unconfirmed_since.filter(|_| self.says_the_same_next(&segments));
        segments.iter_mut().flat_map(|segment| &mut segment.media).for_each(Attachment::begin_anew);
        Self {
            version,
            reads: self.reads,
            unconfirmed_since,
            ..Self::new(self.post_id.clone(), self.account_id.clone(), segments, run_at)
        }
    }

    /// Whether the missing segment is the one of `segments` too.
    fn says_the_same_next(&self, segments: &[Segment]) -> bool {
        self.missing().is_some_and(|at| {
            let texts = [&self.segments, segments].map(|list| list.get(at).map(|segment| &segment.text));
            texts[0] == texts[1]
        })
    }

    /// The next version, with what has come about and nothing more to come. Nobody is waited for any more.
    #[must_use]
    pub fn ended_as(&self, state: State) -> Self {
        let error = self.error.clone().filter(|_| !self.awaits_approval());
        let (version, published_at) = (self.version + 1, self.published_at);
        Self {
            version,
            state,
            error,
            published_at,
            attempts: self.attempts,
            ..self.next_version(self.segments.clone(), self.run_at)
        }
    }

    /// The same version, for nobody to send.
    #[must_use]
    pub fn withdrawn(&self) -> Self {
        Self { state: State::Cancelled, ..self.clone() }
    }

    pub const fn state(&self) -> State {
        self.state
    }

    /// Counts what the caller made of the delivery.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Counts the changes within a version.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// X's ids of what is on X of it.
    pub fn published_ids(&self) -> impl Iterator<Item = &XPostId> {
        self.segments.iter().filter_map(|segment| segment.platform_post_id.as_ref())
    }

    /// Since when it is not known whether X has the missing segment.
    pub fn unconfirmed_from(&self) -> Option<UnixMillis> {
        self.unconfirmed.as_ref().map(|unconfirmed| unconfirmed.since)
    }

    /// Whether its posts can be deleted at X: what is on its way is left alone.
    pub fn is_deletable_at_x(&self) -> bool {
        let is_at_rest = matches!(self.state, State::Published | State::Failed | State::Cancelled);
        is_at_rest && self.published_ids().next().is_some()
    }

    /// What is under way or final is not looked after any earlier than before.
    pub fn is_waiting(&self) -> bool {
        !self.is_final() && self.state != State::Publishing
    }

    /// When its account is late with it, and is reminded.
    pub fn late_at(&self) -> Option<UnixMillis> {
        self.due().map(|due| due + LATE)
    }

    /// When the first of what was spent counts: of what is not published yet, from now on.
    pub fn spent_at(&self, now: UnixMillis) -> Option<UnixMillis> {
        (self.spent() > Micros(0)).then(|| self.published_at.unwrap_or(now))
    }

    /// Whether the journal wants a step at `now`.
    pub fn is_due(&self, now: UnixMillis) -> bool {
        self.due().is_some_and(|due| due <= now)
    }

    /// When the next step is to be made by itself; `None` when nothing but an answer from outside can move it.
    pub fn due(&self) -> Option<UnixMillis> {
        match self.state {
            _ if self.recalled_until.is_some() => self.recalled_until,
            // Held by a missing connection or scope, nothing helps but the person; held by the app, asking does.
            State::Held if self.needs_reconnection() || self.awaits_approval() => None,
            State::Unknown if self.unconfirmed.as_ref().is_some_and(Unconfirmed::is_given_up) => None,
            State::Queued | State::Publishing | State::Held | State::Unknown => Some(self.due_at),
            State::Published | State::Failed | State::Deleted | State::Cancelled => None,
        }
    }

    pub const fn is_final(&self) -> bool {
        self.state.is_final()
    }

    /// Nothing more happens to it by itself: it is final, or waits for a person.
    pub fn is_settled(&self) -> bool {
        self.due().is_none()
    }

    /// X's id of its first segment, once that is published.
    pub fn root(&self) -> Option<&XPostId> {
        self.segments.first()?.platform_post_id.as_ref()
    }

    /// X's charge: for the published segments, and for the reads.
    pub fn spent(&self) -> Micros {
        let published = self.segments.iter().filter(|segment| segment.platform_post_id.is_some());
        self.reads + published.map(|segment| segment.price).sum()
    }

    /// What it is still to cost.
    pub fn owed(&self) -> Micros {
        let missing = self.segments.iter().filter(|segment| segment.platform_post_id.is_none());
        missing.map(|segment| segment.price).sum()
    }

    /// The first call to X has not been made, and can be kept from being made.
    pub const fn has_not_begun(&self) -> bool {
        matches!(self.state, State::Queued | State::Held) && self.attempts == 0
    }

    /// Whether `newer`, a version made by the workspace, takes the place of this row.
    pub const fn gives_way_to(&self, newer: &Self) -> bool {
        newer.version > self.version && !matches!(self.state, State::Publishing | State::Unknown | State::Published)
    }

    /// The workspace wants to change or to end the delivery. Returns whether the delivery permits the step. A delivery
    /// that has begun is not changed. A delivery that may be on its way to X, or is between two segments, is not ended.
    pub fn recall(&mut self, to_end: bool, until: UnixMillis) -> bool {
        let waits = matches!(self.state, State::Queued | State::Held) && self.unconfirmed.is_none();
        let is_between_segments = self.missing() != Some(0) && self.error.is_none();
        let can = self.has_not_begun() || (to_end && waits && !is_between_segments);
        if can {
            self.recalled_until = Some(until);
        }
        can
    }

    /// The account is removed: a delivery that has not left for X never leaves. A call with a possible effect is not undone,
    /// and nothing follows it. Returns whether anything changed.
    pub const fn cancel(&mut self) -> bool {
        let is_announced = matches!(self.state, State::Publishing) && self.intent.is_none();
        let waits = matches!(self.state, State::Queued | State::Held) || is_announced;
        if self.is_final() || (self.is_removed && !waits) {
            return false;
        }
        if waits {
            self.state = State::Cancelled;
            self.recalled_until = None;
        }
        self.is_removed = !waits;
        self.revision += 1;
        true
    }

    /// The stored delivery says whether the account was removed during a call. The call was made with an earlier copy.
    pub const fn learn_removal(&mut self, stored: &Self) {
        self.is_removed |= stored.is_removed;
        if self.revision < stored.revision {
            self.revision = stored.revision;
        }
    }

    pub(super) const fn is_over_by_removal(&self) -> bool {
        self.is_removed && matches!(self.state, State::Queued | State::Held)
    }

    pub(super) fn end_if_removed(&mut self) {
        if self.is_over_by_removal() {
            self.state = State::Cancelled;
        }
    }

    /// A step begins: from here on the delivery is not changed any more. An announced step has not called X yet.
    pub const fn announce(&mut self) {
        self.state = State::Publishing;
        self.intent = None;
        self.revision += 1;
    }

    /// The next call to X. To be durable before the request leaves.
    pub fn begin(&mut self, now: UnixMillis) -> Option<Call> {
        let at = self.missing()?;
        let call = self.call(at)?;
        self.state = State::Publishing;
        self.intent = Some(Intent { segment: at, at: now });
        self.attempts += 1;
        self.revision += 1;
        Some(call)
    }

    /// The first segment that is not on X.
    pub fn missing(&self) -> Option<usize> {
        self.segments.iter().position(|segment| segment.platform_post_id.is_none())
    }

    /// The endpoint that the next call is for.
    pub fn next_endpoint(&self) -> Option<&'static str> {
        Some(self.call(self.missing()?)?.endpoint())
    }

    fn call(&self, at: usize) -> Option<Call> {
        let segment = self.segments.get(at)?;
        if let Some(id) = &segment.repost_of {
            return Some(Call::Repost(id.clone()));
        }
        let reply_to = self.before(at).and_then(|before| before.platform_post_id.clone());
        let media_ids = segment.media.iter().filter_map(|attachment| attachment.upload.taken().cloned()).collect();
        let (text, options) = (segment.text.clone(), segment.options.clone());
        Some(Call::Post(NewTweet { text, reply_to, media_ids, options }))
    }

    /// The segment that the one at `at` replies to.
    fn before(&self, at: usize) -> Option<&Segment> {
        self.segments.get(at.checked_sub(1)?)
    }

    pub fn is_held_for_app(&self) -> bool {
        self.state == State::Held && self.error.as_ref().is_some_and(|error| error.code.is_of_app())
    }

    /// Held by a lock of the account at X.
    pub fn is_locked(&self) -> bool {
        let code = self.error.as_ref().map(|error| error.code);
        self.state == State::Held && code == Some(FailureCode::AccountLocked)
    }

    /// Whether files belong to it, sent already or not.
    pub fn has_media(&self) -> bool {
        self.segments.iter().any(|segment| !segment.media.is_empty())
    }

    /// The person has to connect again, or to grant more.
    pub const fn needs_reconnection(&self) -> bool {
        use FailureCode::{MissingScope, ReconnectRequired};
        matches!(self.error, Some(Failure { code: ReconnectRequired | MissingScope, .. }))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests;
