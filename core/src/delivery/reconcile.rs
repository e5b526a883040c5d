//! The reconciliation of a lost answer (docs/API.md, section 5, promise 2). The account's own posts are read. A match
//! makes the delivery published. A post is sent again only after two empty reads at least a minute apart, and at most
//! once.

use serde::{Deserialize, Serialize};

use super::{Delivery, Pace, State};
use crate::backoff;
use crate::id::XPostId;
use crate::time::{Span, UnixMillis};
use crate::x::XError;
use crate::x::price::Micros;
use crate::x::problem::Refusal;
use crate::x::rate::exhausted_until;
use crate::x::timeline::{OwnPost, Sent};

/// A call whose answer was lost. Stored with its delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unconfirmed {
    /// When the first call began whose end is not known: what came about came about then or later.
    pub since: UnixMillis,
    pub first_empty_read: Option<UnixMillis>,
    pub reads: u32,
    /// It has been sent a second time. There is no third.
    pub is_resent: bool,
    pub is_given_up: bool,
}

/// What a read of the account's own posts says.
#[derive(Debug)]
pub enum TimelineRead {
    Posts(Vec<OwnPost>),
    /// Nothing, before then.
    NotBefore(UnixMillis),
    /// X limits the reads, and may say until when.
    Limited(Option<UnixMillis>),
}

/// The operator's settings that decide about a lost answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub may_resend: bool,
    /// What X charges for each post that a read returns.
    pub post_read: Micros,
}

impl TimelineRead {
    /// Nothing can be read before the person has connected again, or the app is mended: both bring this up again.
    pub fn after_probe(now: UnixMillis, pace: Pace) -> Self {
        Self::NotBefore(now + pace.probe)
    }

    /// After a read that X did not answer, or answered with a fault of its own; and while a caller is creating a post,
    /// which is on X before its id is known here.
    pub fn again(now: UnixMillis, pace: Pace) -> Self {
        Self::NotBefore(now + pace.again())
    }

    /// X answered the read with an error.
    pub fn refused(error: &XError, now: UnixMillis, pace: Pace) -> Self {
        match error {
            XError::Refused { refusal: Refusal::RateLimited | Refusal::UsageCapped, windows, .. } => {
                Self::Limited(exhausted_until(windows, now))
            }
            XError::Refused {
                refusal: Refusal::TokenRejected | Refusal::Unavailable | Refusal::InvalidResponse,
                ..
            }
            | XError::Malformed { .. } => Self::again(now, pace),
            XError::Refused { .. } => Self::after_probe(now, pace),
        }
    }
}

/// With the default pace, a day: 60 s × 1,440.
const GIVEN_UP_AFTER_SETTLES: i64 = 1440;
/// With the default pace, an hour.
const LONGEST_PAUSE_RECONCILES: i64 = 60;
/// With the default pace, a second: X lists most posts at once.
const FIRST_PAUSE_OF_RECONCILING: i64 = 60;

/// After how long a delivery whose answer was lost waits for a person.
pub const fn longest_unconfirmed(pace: Pace) -> Span {
    Span::millis(pace.reconcile.as_millis().saturating_mul(GIVEN_UP_AFTER_SETTLES))
}

impl Unconfirmed {
    /// After the answer of a call that began at `begun`, in addition to what was unconfirmed before.
    pub(super) fn after(before: Option<Self>, begun: UnixMillis) -> Self {
        let (since, is_resent) =
            before.map_or((begun, false), |unconfirmed| (unconfirmed.since, unconfirmed.is_resent));
        Self { since, first_empty_read: None, reads: 0, is_resent, is_given_up: false }
    }

    pub const fn is_given_up(&self) -> bool {
        self.is_given_up
    }

    pub(super) const fn first_pause(pace: Pace) -> Span {
        Span::millis(pace.reconcile.as_millis() / FIRST_PAUSE_OF_RECONCILING)
    }

    fn next_pause(&self, pace: Pace) -> Span {
        let longest = Span::millis(pace.reconcile.as_millis().saturating_mul(LONGEST_PAUSE_RECONCILES));
        backoff::pause(pace.reconcile, longest, self.reads)
    }

    fn is_too_old(&self, now: UnixMillis, pace: Pace) -> bool {
        now - self.since > longest_unconfirmed(pace)
    }
}

impl Delivery {
    /// The match for the unconfirmed post among the account's own posts. `is_claimed` knows the ids in answers to other
    /// calls.
    pub fn found_in(&self, posts: &[OwnPost], is_claimed: impl Fn(&XPostId) -> bool) -> Option<XPostId> {
        let (at, unconfirmed) = (self.missing()?, self.unconfirmed.as_ref()?);
        let segment = self.segments.get(at)?;
        let own_parent = self.before(at).and_then(|before| before.platform_post_id.clone());
        let parent = own_parent.or_else(|| segment.options.reply_to());
        let has_attachment = !segment.media.is_empty() || segment.options.has("quote_tweet_id");
        let sent = Sent { text: &segment.text, reply_to: parent.as_ref(), has_attachment };
        let is_it = |post: &&OwnPost| post.is(&sent, unconfirmed.since) && !is_claimed(&post.id);
        posts.iter().filter(is_it).min_by_key(|post| post.created_at).map(|post| post.id.clone())
    }

    /// What a read of the account's posts makes of a lost answer. Answers the id as which the post came about, if it is
    /// there. `is_claimed` knows the ids that other calls answered.
    pub fn reconcile(
        &mut self,
        read: TimelineRead,
        policy: Policy,
        is_claimed: impl Fn(&XPostId) -> bool,
        now: UnixMillis,
        pace: Pace,
    ) -> Option<XPostId> {
        match read {
            TimelineRead::NotBefore(time) => self.not_read(time),
            TimelineRead::Limited(until) => self.read_limited(until, now, pace),
            TimelineRead::Posts(posts) => {
                self.reads = self.reads + policy.post_read.times(posts.len());
                if let Some(id) = self.found_in(&posts, is_claimed) {
                    self.settled_as(id.clone(), now);
                    return Some(id);
                }
                self.not_found(policy.may_resend, now, pace);
            }
        }
        None
    }

    /// Somebody who knows says that it came about as `id`, or not at all. Says whether it was unconfirmed.
    pub fn resolve(&mut self, id: Option<&XPostId>, now: UnixMillis) -> bool {
        let is_unconfirmed = self.state == State::Unknown;
        match id {
            _ if !is_unconfirmed => {}
            Some(id) => self.settled_as(id.clone(), now),
            None => self.settled_as_absent(now),
        }
        is_unconfirmed
    }

    /// Reconciled: the unconfirmed post exists, as this post.
    pub fn settled_as(&mut self, id: XPostId, now: UnixMillis) {
        self.revision += 1;
        self.published(id, now);
        self.end_if_removed();
    }

    /// A person says that the post does not exist.
    pub fn settled_as_absent(&mut self, now: UnixMillis) {
        self.revision += 1;
        self.unconfirmed = None;
        self.requeue(now, None);
        self.end_if_removed();
    }

    /// All posts since the call were read, without a match. `may_resend` is the operator's policy.
    pub fn not_found(&mut self, may_resend: bool, now: UnixMillis, pace: Pace) {
        let missing = self.missing().and_then(|at| self.segments.get(at));
        // Media make X list a post late, and its own ids cannot be told from those of a second upload.
        let is_listed = missing.is_some_and(|segment| segment.options.is_listed() && segment.media.is_empty());
        let Some(unconfirmed) = self.unconfirmed.as_mut() else { return };
        self.revision += 1;
        self.waits = 0;
        unconfirmed.reads += 1;
        let first = *unconfirmed.first_empty_read.get_or_insert(now);
        if now - first >= pace.reconcile && may_resend && is_listed && !unconfirmed.is_resent {
            unconfirmed.is_resent = true;
            self.requeue(now, None);
            return self.end_if_removed();
        }
        unconfirmed.is_given_up = unconfirmed.is_too_old(now, pace);
        self.due_at = now + unconfirmed.next_pause(pace);
    }

    /// The posts could not be read. A failed read proves nothing.
    pub const fn not_read(&mut self, again_at: UnixMillis) {
        self.revision += 1;
        self.due_at = again_at;
    }

    /// X limits the reads, until the given time if X names a time.
    pub fn read_limited(&mut self, until: Option<UnixMillis>, now: UnixMillis, pace: Pace) {
        let again_at = self.limit_ends_at(until, None, now, pace);
        self.not_read(again_at);
    }

    /// An unconfirmed repost is made again: two reposts of one post by one account are one.
    pub fn is_repeatable(&self) -> bool {
        self.state == State::Unknown && self.is_repost()
    }

    /// Whether the next call makes a repost.
    pub(super) fn is_repost(&self) -> bool {
        let segment = self.missing().and_then(|at| self.segments.get(at));
        segment.is_some_and(|segment| segment.repost_of.is_some())
    }
}
