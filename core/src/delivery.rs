//! The publishing journal of one delivery: one post (or thread) to one account.
//!
//! X has no idempotency key. So an intent is written before each call to X, and what the journal cannot prove it does
//! not repeat: an answer that was lost, in the network or in a crash, leaves the delivery `unknown`.

use serde::{Deserialize, Serialize};

use crate::backoff;
use crate::id::{AccountId, PostId, XPostId};
use crate::time::{Span, UnixMillis};
use crate::x::XError;
use crate::x::problem::{Problem, Refusal};
use crate::x::rate::exhausted_until;
use crate::x::tweet::NewTweet;

/// X's faults: 2 s … 5 min, eight tries.
const FAULT_PAUSE: (Span, Span) = (Span::secs(2), Span::mins(5));
const FAULT_TRIES: u32 = 8;
/// A 401 after a successful refresh: X has had outages that answered 401 for hours.
const REJECTED_PAUSE: (Span, Span) = (Span::mins(1), Span::hours(1));
/// X's window, for a 429 that does not say when it ends.
const RATE_WINDOW: Span = Span::mins(15);
/// What is wrong with the app is asked again this often.
const PROBE_EVERY: Span = Span::mins(15);

/// One row of the account's journal. Stored as JSON; its format is pinned by a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub post_id: PostId,
    pub account_id: AccountId,
    /// In order; each replies to the one before.
    pub segments: Vec<Segment>,
    pub state: State,
    /// When the next step may be made. Meaningless once the delivery is final.
    pub due_at: UnixMillis,
    /// A call to X that has begun and whose end is not known.
    pub intent: Option<Intent>,
    pub attempts: u32,
    /// Faults of X in a row, and of 401s in a row: what the pauses are counted by.
    pub faults: u32,
    pub error: Option<Failure>,
    pub published_at: Option<UnixMillis>,
    /// Counts the changes, so that a report that arrives late does not overwrite a newer one.
    pub revision: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub container_id: String,
    pub text: String,
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
    TextTooLong,
    VideoTooLong,
    TooManyCashtags,
    MissingScope,
    ReconnectRequired,
    CreditsDepleted,
    RateLimited,
    XRefused,
    XUnavailable,
}

/// What became of one attempt.
#[derive(Debug)]
pub enum Outcome {
    Published(XPostId),
    Refused(XError),
    /// No answer: the request may have taken effect.
    Lost,
    /// No access token, and no call to X: the account must be connected again.
    ReconnectRequired,
    /// No access token for now, and no call to X.
    NoTokenUntil(UnixMillis),
}

impl Delivery {
    pub fn new(post_id: PostId, account_id: AccountId, segments: Vec<Segment>, due_at: UnixMillis) -> Self {
        Self {
            post_id,
            account_id,
            segments,
            state: State::Queued,
            due_at,
            intent: None,
            attempts: 0,
            faults: 0,
            error: None,
            published_at: None,
            revision: 0,
        }
    }

    /// Whether the journal wants a step at `now`.
    pub fn is_due(&self, now: UnixMillis) -> bool {
        self.due().is_some_and(|due| due <= now)
    }

    /// When the next step is to be made by itself; `None` when nothing but an answer from outside can move it.
    pub const fn due(&self) -> Option<UnixMillis> {
        match self.state {
            State::Queued | State::Publishing => Some(self.due_at),
            // Held by a missing connection, nothing helps but the person; held by the app, asking does.
            State::Held => match &self.error {
                Some(Failure { code: FailureCode::ReconnectRequired, .. }) => None,
                _ => Some(self.due_at),
            },
            State::Unknown | State::Published | State::Failed | State::Deleted | State::Cancelled => None,
        }
    }

    pub const fn is_final(&self) -> bool {
        matches!(self.state, State::Published | State::Failed | State::Deleted | State::Cancelled)
    }

    /// After a restart: an intent that nobody is working on had its answer lost.
    pub fn recover(&mut self) {
        if self.state == State::Publishing {
            if self.intent.is_some() {
                self.answer_lost();
            } else {
                self.state = State::Queued;
            }
            self.revision += 1;
        }
    }

    /// The account has been connected again.
    pub fn release(&mut self, now: UnixMillis) {
        if self.state == State::Held {
            self.requeue(now, None);
            self.revision += 1;
        }
    }

    /// What has not left for X never will. Says whether anything changed: a call that may have had an effect is not undone.
    pub fn cancel(&mut self) -> bool {
        let waits = matches!(self.state, State::Queued | State::Held);
        if waits {
            self.state = State::Cancelled;
            self.revision += 1;
        }
        waits
    }

    /// The next call to X. To be durable before the request leaves.
    pub fn begin(&mut self, now: UnixMillis) -> Option<NewTweet> {
        let at = self.segments.iter().position(|segment| segment.platform_post_id.is_none())?;
        let reply_to = at.checked_sub(1).and_then(|before| self.segments.get(before)?.platform_post_id.clone());
        let text = self.segments.get(at)?.text.clone();
        self.state = State::Publishing;
        self.intent = Some(Intent { segment: at, at: now });
        self.attempts += 1;
        self.revision += 1;
        Some(NewTweet { text, reply_to })
    }

    /// What an attempt's outcome makes of the delivery.
    pub fn effect(&mut self, outcome: Outcome, now: UnixMillis) {
        self.revision += 1;
        match outcome {
            Outcome::Published(id) => self.published(id, now),
            Outcome::Lost | Outcome::Refused(XError::Malformed { status: 200..=299 }) => self.answer_lost(),
            Outcome::Refused(XError::Malformed { status }) => {
                self.x_fault(&format!("X answered {status} with something that cannot be read."), now);
            }
            Outcome::Refused(XError::Refused { refusal, problem, windows }) => {
                self.refused(refusal, &problem, exhausted_until(&windows), now);
            }
            Outcome::ReconnectRequired => self.hold(FailureCode::ReconnectRequired, RECONNECT, now),
            Outcome::NoTokenUntil(time) => {
                self.requeue(time, Some(failure(FailureCode::XUnavailable, "X gives no access token at the moment.")));
            }
        }
    }

    fn published(&mut self, id: XPostId, now: UnixMillis) {
        let at = self.intent.map(|intent| intent.segment);
        if let Some(segment) = at.and_then(|at| self.segments.get_mut(at)) {
            segment.platform_post_id = Some(id);
        }
        self.faults = 0;
        self.requeue(now, None);
        if self.segments.iter().all(|segment| segment.platform_post_id.is_some()) {
            self.state = State::Published;
            self.published_at = Some(now);
        }
    }

    /// Whose fault a refusal is decides what it ends (docs/API.md, section 5, promises 4 to 6).
    fn refused(&mut self, refusal: Refusal, problem: &Problem, reset: Option<UnixMillis>, now: UnixMillis) {
        use FailureCode as F;
        let words = problem.detail.as_deref().or(problem.title.as_deref()).unwrap_or("X gave no reason.");
        match refusal {
            Refusal::DuplicateContent => self.fail(F::DuplicateContent, words),
            Refusal::NotSummoned => self.fail(F::NotSummoned, words),
            Refusal::QuoteNotAllowed => self.fail(F::QuoteNotAllowed, words),
            Refusal::TextTooLong => self.fail(F::TextTooLong, words),
            Refusal::VideoTooLong => self.fail(F::VideoTooLong, words),
            Refusal::TooManyCashtags => self.fail(F::TooManyCashtags, words),
            Refusal::MissingScope => self.fail(F::MissingScope, words),
            Refusal::InvalidRequest | Refusal::NotPermitted | Refusal::NotFound => self.fail(F::XRefused, words),
            Refusal::AppReadOnly => self.hold(F::AppReadOnly, words, now),
            Refusal::AppNotEnrolled => self.hold(F::AppNotEnrolled, words, now),
            Refusal::CreditsDepleted => self.hold(F::CreditsDepleted, words, now),
            Refusal::RateLimited | Refusal::UsageCapped => {
                self.requeue(reset.unwrap_or(now + RATE_WINDOW), Some(failure(F::RateLimited, words)));
            }
            Refusal::TokenRejected => self.token_rejected(words, now),
            Refusal::Unavailable | Refusal::InvalidResponse => self.x_fault(words, now),
        }
    }

    /// The first 401 is answered by a refresh at once; the next ones wait.
    fn token_rejected(&mut self, words: &str, now: UnixMillis) {
        self.faults += 1;
        let (first, longest) = REJECTED_PAUSE;
        let due = match self.faults {
            1 => now,
            more => now + backoff::pause(first, longest, more - 1),
        };
        self.requeue(due, Some(failure(FailureCode::XUnavailable, words)));
    }

    fn x_fault(&mut self, words: &str, now: UnixMillis) {
        self.faults += 1;
        if self.faults >= FAULT_TRIES {
            return self.fail(FailureCode::XUnavailable, words);
        }
        let (first, longest) = FAULT_PAUSE;
        let due = now + backoff::pause(first, longest, self.faults);
        self.requeue(due, Some(failure(FailureCode::XUnavailable, words)));
    }

    fn answer_lost(&mut self) {
        self.state = State::Unknown;
        self.error =
            Some(failure(FailureCode::XUnavailable, "X's answer was lost; whether the post exists is not known."));
    }

    fn requeue(&mut self, due_at: UnixMillis, error: Option<Failure>) {
        self.state = State::Queued;
        self.intent = None;
        self.due_at = due_at;
        self.error = error;
    }

    fn hold(&mut self, code: FailureCode, words: &str, now: UnixMillis) {
        self.requeue(now + PROBE_EVERY, Some(failure(code, words)));
        self.state = State::Held;
    }

    fn fail(&mut self, code: FailureCode, words: &str) {
        self.state = State::Failed;
        self.intent = None;
        self.error = Some(failure(code, words));
    }
}

const RECONNECT: &str = "The account has to be connected again.";

fn failure(code: FailureCode, message: &str) -> Failure {
    Failure { code, message: message.to_owned() }
}

#[cfg(test)]
mod tests;
