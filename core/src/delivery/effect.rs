//! The effect of an attempt's outcome on a delivery. A refusal can concern the post, the account or the app, and ends
//! or holds the delivery accordingly (docs/API.md, section 5, promises 4 to 6).

use super::{Delivery, Failure, FailureCode, Pace, State, Unconfirmed};
use crate::backoff::{self, spread};
use crate::id::XPostId;
use crate::time::{Span, UnixMillis};
use crate::x::XError;
use crate::x::price::Micros;
use crate::x::problem::{Problem, Refusal};
use crate::x::rate::{Window, day_ends_at, exhausted_until};

/// An outage of X, in parts of the back-off: 2 s … 15 min.
const OUTAGE_PAUSE: (i64, i64) = (30, 15);
/// How long one is waited out, in back-offs: a day, as for a lost answer.
const OUTAGE: i64 = 1440;
/// A server of somebody else's that is silent: 2 s … 5 min, eight tries. Others of the account wait behind it.
const SOURCE_PAUSE: (Span, Span) = (Span::secs(2), Span::mins(5));
const SOURCE_TRIES: u32 = 8;
/// A 401 after a successful refresh: X has had outages that answered 401 for hours.
const REJECTED_PAUSE: (Span, Span) = (Span::mins(1), Span::hours(1));
/// A limit that does not say when it ends, in back-offs: 1, 2, 4, 8, 15 min (X docs, x-api/fundamentals/rate-limits).
const LONGEST_LIMIT: i64 = 15;
/// The same for a day's limit: an hour.
const DAY_LIMIT: i64 = 60;
/// A locked account: 15 min … 6 h.
const LOCK_PAUSE: (i64, i64) = (15, 360);

const RECONNECT: &str = "The account has to be connected again.";
const UNLOCK: &str = "X has locked or suspended this account, or wants something confirmed: sign in at https://x.com as this account \
                      and do what X asks there.";
const THERE_ALREADY: &str =
    "X has this text already, after a call of ours that it did not answer for good: the post is looked for.";
const CLIENT_REFUSED: &str = "X refuses the app's client id or secret.";

/// What became of one attempt.
#[derive(Debug)]
pub enum Outcome {
    Published(XPostId),
    Refused(XError),
    /// No answer: the request may have taken effect.
    Lost,
    /// No access token, and no call to X: the account must be connected again.
    ReconnectRequired,
    /// The account was connected without this scope, so X was not called.
    MissingScope(&'static str),
    /// No access token, since X refuses the app itself.
    ClientRefused,
    /// No access token for now, and no call to X.
    NoTokenUntil(UnixMillis),
    /// A window is exhausted, so X was not called.
    LimitedUntil(UnixMillis),
    /// The network is paused, so X was not called.
    Paused(Failure),
    /// X has locked the account, as another delivery was told, so X was not called.
    Locked(Lock),
}

/// What X says of when to come back.
#[derive(Clone, Copy, Default)]
pub(super) struct LimitHeaders<'a> {
    pub windows: &'a [Window],
    pub retry_after: Option<Span>,
}

/// When a locked account is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    why: Failure,
    until: UnixMillis,
    waits: u32,
}

impl Delivery {
    pub fn effect(&mut self, outcome: Outcome, now: UnixMillis, pace: Pace) {
        self.revision += 1;
        match outcome {
            Outcome::Published(id) => self.published(id, now),
            Outcome::Lost | Outcome::Refused(XError::Malformed { status: 200..=299 }) => self.answer_lost(now, pace),
            Outcome::Refused(XError::Malformed { status }) => {
                self.x_fault(&format!("X answered {status} with something that cannot be read."), None, now, pace);
            }
            Outcome::Refused(XError::Refused { refusal, problem, windows, retry_after }) => {
                self.refused(refusal, &problem, LimitHeaders { windows: &windows, retry_after }, now, pace);
            }
            Outcome::ReconnectRequired => self.hold(failure(FailureCode::ReconnectRequired, RECONNECT), now, pace),
            Outcome::MissingScope(scope) => {
                let words = format!("The account was connected without {scope}: connect it again, and grant it.");
                self.hold(failure(FailureCode::MissingScope, &words), now, pace);
            }
            Outcome::ClientRefused => self.hold(failure(FailureCode::XRefused, CLIENT_REFUSED), now, pace),
            Outcome::NoTokenUntil(time) => {
                self.put_back(time, Some(failure(FailureCode::XUnavailable, "X gives no access token at the moment.")));
            }
            Outcome::LimitedUntil(time) => {
                self.requeue(time, Some(failure(FailureCode::RateLimited, "X's rate limit is reached.")));
            }
            Outcome::Paused(why) => {
                self.hold(why, now, pace);
                self.is_unasked = true;
            }
            Outcome::Locked(lock) => self.locked(lock),
        }
        // X may have the post, whatever it has answered: it is looked for. A repost cannot be.
        if self.is_over_by_removal() && self.may_be_there() && !self.is_repost() {
            self.answer_lost(now, pace);
        }
        self.end_if_removed();
    }

    /// After a restart: an intent that nobody is working on had its answer lost.
    pub fn recover(&mut self, now: UnixMillis, pace: Pace) {
        if self.state == State::Publishing && self.intent.is_some() {
            self.answer_lost(now, pace);
            self.revision += 1;
        }
    }

    /// What held it is over: the account was connected again, or the app works.
    pub fn release(&mut self, now: UnixMillis) {
        if self.state == State::Held {
            self.requeue(now.max(self.run_at), None);
            self.waits = 0;
            self.revision += 1;
        }
    }

    pub(super) fn published(&mut self, id: XPostId, now: UnixMillis) {
        let at = self.intent.map_or_else(|| self.missing(), |intent| Some(intent.segment));
        if let Some(segment) = at.and_then(|at| self.segments.get_mut(at)) {
            segment.platform_post_id = Some(id);
        }
        self.waits = 0;
        self.unconfirmed = None;
        self.unconfirmed_since = None;
        self.requeue(now, None);
        if self.missing().is_none() {
            self.state = State::Published;
            self.published_at = Some(now);
        }
    }

    pub(super) fn refused(
        &mut self,
        refusal: Refusal,
        problem: &Problem,
        told: LimitHeaders<'_>,
        now: UnixMillis,
        pace: Pace,
    ) {
        use FailureCode as F;
        let words = problem.words();
        let words = words.as_str();
        match refusal {
            // Of something that may be there already, this is the proof that it is: where is not known yet.
            Refusal::DuplicateContent if self.may_be_there() => self.is_there(now, pace),
            Refusal::DuplicateContent => self.fail(F::DuplicateContent, words),
            Refusal::AlreadyReposted => self.reposted_already(words, now),
            Refusal::NotSummoned => self.fail(F::NotSummoned, words),
            Refusal::QuoteNotAllowed => self.fail(F::QuoteNotAllowed, words),
            Refusal::TextTooLong => self.fail(F::TextTooLong, words),
            Refusal::VideoTooLong => self.fail(F::VideoTooLong, words),
            Refusal::TooManyCashtags => self.fail(F::TooManyCashtags, words),
            Refusal::MissingScope => self.hold(failure(F::MissingScope, words), now, pace),
            Refusal::InvalidMedia => self.media_refused(words, now),
            Refusal::InvalidRequest | Refusal::NotPermitted | Refusal::NotFound => self.fail(F::XRefused, words),
            Refusal::AppReadOnly => self.hold(failure(F::AppReadOnly, words), now, pace),
            Refusal::AppNotEnrolled => self.hold(failure(F::AppNotEnrolled, words), now, pace),
            Refusal::CreditsDepleted => self.hold(failure(F::CreditsDepleted, words), now, pace),
            Refusal::RateLimited | Refusal::UsageCapped => {
                let until = self.limit_ends_at(exhausted_until(told.windows, now), told.retry_after, now, pace);
                self.requeue(until, Some(failure(F::RateLimited, words)));
            }
            Refusal::DailyLimit => {
                let until = day_ends_at(told.windows, now).filter(|reset| *reset > now);
                let until = until.unwrap_or_else(|| now + spread(pace.backoff.times(DAY_LIMIT), pace.chance));
                self.requeue(until, Some(failure(F::RateLimited, words)));
            }
            Refusal::AccountLocked => {
                let waits = self.waits + 1;
                let (first, longest) = LOCK_PAUSE;
                let pause = backoff::pause(pace.backoff.times(first), pace.backoff.times(longest), waits);
                let why = failure(F::AccountLocked, &format!("{UNLOCK} X says: {words}"));
                self.locked(Lock { why, until: now + pause, waits });
            }
            Refusal::TokenRejected => self.token_rejected(words, now),
            Refusal::Unavailable | Refusal::InvalidResponse => self.x_fault(words, told.retry_after, now, pace),
        }
    }

    /// When to call X again after a limit, whose end X may have told.
    pub(super) fn limit_ends_at(
        &mut self,
        reset: Option<UnixMillis>,
        retry_after: Option<Span>,
        now: UnixMillis,
        pace: Pace,
    ) -> UnixMillis {
        if let Some(reset) = reset.filter(|reset| *reset > now) {
            return reset;
        }
        self.waits += 1;
        let pause = backoff::pause(pace.backoff, pace.backoff.times(LONGEST_LIMIT), self.waits);
        now + spread(pause.max(retry_after.unwrap_or(pause)), pace.chance)
    }

    fn locked(&mut self, Lock { why, until, waits }: Lock) {
        self.requeue(until, Some(why));
        self.waits = waits;
        self.state = State::Held;
    }

    /// The lock that holds this delivery, for the others of the account.
    pub fn lock(&self) -> Option<Lock> {
        let why = self.error.clone().filter(|_| self.is_locked())?;
        Some(Lock { why, until: self.due_at, waits: self.waits })
    }

    /// The first 401 is answered by a refresh at once; the next ones wait.
    fn token_rejected(&mut self, words: &str, now: UnixMillis) {
        self.faults += 1;
        let (first, longest) = REJECTED_PAUSE;
        let due = match self.faults {
            1 => now,
            more => now + backoff::pause(first, longest, more - 1),
        };
        self.put_back(due, Some(failure(FailureCode::XUnavailable, words)));
    }

    /// X is out of order, which is waited out for a day.
    pub(super) fn x_fault(&mut self, words: &str, retry_after: Option<Span>, now: UnixMillis, pace: Pace) {
        self.faults += 1;
        let begun = self.intent.map_or(now, |intent| intent.at);
        if self.intent.is_some() {
            self.unconfirmed_since.get_or_insert(begun);
        }
        let since = *self.faults_since.get_or_insert(begun);
        if now - since >= pace.backoff.times(OUTAGE) {
            return self.fail(FailureCode::XUnavailable, words);
        }
        let (part, longest) = OUTAGE_PAUSE;
        let first = Span::millis((pace.backoff.as_millis() / part).max(1));
        let pause = backoff::pause(first, pace.backoff.times(longest), self.faults);
        let due = now + spread(pause.max(retry_after.unwrap_or(pause)), pace.chance);
        self.put_back(due, Some(failure(FailureCode::XUnavailable, words)));
    }

    /// Whoever has the bytes of a medium is out of order.
    pub(super) fn source_fault(&mut self, words: &str, now: UnixMillis) {
        self.faults += 1;
        if self.faults >= SOURCE_TRIES {
            return self.fail(FailureCode::MediaUrlRefused, words);
        }
        let (first, longest) = SOURCE_PAUSE;
        let due = now + backoff::pause(first, longest, self.faults);
        self.put_back(due, Some(failure(FailureCode::MediaUrlRefused, words)));
    }

    fn answer_lost(&mut self, now: UnixMillis, pace: Pace) {
        let begun = self.intent.take().map_or(now, |intent| intent.at);
        let begun = self.unconfirmed_since.take().unwrap_or(begun);
        let unconfirmed = Unconfirmed::after(self.unconfirmed.take(), begun);
        self.due_at = now + Unconfirmed::first_pause(pace);
        self.unconfirmed = Some(unconfirmed);
        self.state = State::Unknown;
        self.error =
            Some(failure(FailureCode::XUnavailable, "X's answer was lost; whether the post exists is not known yet."));
    }

    /// An earlier call of ours for the missing segment may have had an effect.
    const fn may_be_there(&self) -> bool {
        self.unconfirmed.is_some() || self.unconfirmed_since.is_some()
    }

    /// X has the text already, and by our own doing. It is looked for, and never sent again.
    fn is_there(&mut self, now: UnixMillis, pace: Pace) {
        self.answer_lost(now, pace);
        if let Some(unconfirmed) = &mut self.unconfirmed {
            unconfirmed.is_resent = true;
        }
        self.error = Some(failure(FailureCode::XUnavailable, THERE_ALREADY));
    }

    /// X charges for no refusal. The repost has its price alone if an earlier call of ours may have made it.
    fn reposted_already(&mut self, words: &str, now: UnixMillis) {
        let is_charged = self.may_be_there();
        let Some((segment, id)) = self.segments.first_mut().and_then(|it| it.repost_of.clone().map(|id| (it, id)))
        else {
            return self.fail(FailureCode::XRefused, words);
        };
        if !is_charged {
            segment.price = Micros(0);
        }
        self.published(id, now);
    }

    /// What happened was no fault: none is in a row any more.
    pub(super) fn requeue(&mut self, due_at: UnixMillis, error: Option<Failure>) {
        self.put_back(due_at, error);
        self.faults = 0;
        self.faults_since = None;
    }

    /// After a fault, or while it is not known whether that is over.
    fn put_back(&mut self, due_at: UnixMillis, error: Option<Failure>) {
        self.state = State::Queued;
        self.intent = None;
        self.due_at = due_at;
        self.error = error;
        self.is_unasked = false;
    }

    fn hold(&mut self, why: Failure, now: UnixMillis, pace: Pace) {
        self.requeue(now + pace.probe, Some(why));
        self.state = State::Held;
    }

    pub(super) fn fail(&mut self, code: FailureCode, words: &str) {
        self.state = State::Failed;
        self.intent = None;
        if let Some(unconfirmed) = self.unconfirmed.take() {
            self.unconfirmed_since = Some(unconfirmed.since);
        }
        self.error = Some(failure(code, words));
    }
}

pub(super) fn failure(code: FailureCode, message: &str) -> Failure {
    Failure { code, message: message.to_owned() }
}
