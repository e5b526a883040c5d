//! The delivery of one event to one webhook: the times of the tries, and the result of each try.

use serde::{Deserialize, Serialize};

use super::{EventKind, Pace};
use crate::id::{EventId, WebhookId};
use crate::time::UnixMillis;

/// How many tries the log keeps. A series has eight; redeliveries add theirs.
const KEPT: usize = 24;
/// RFC 9110 §15.5.11. The receiver wants no more (Standard Webhooks specification, "Verifying the response").
const GONE: u16 = 410;

/// A row of the delivery log. Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDelivery {
    pub event_id: EventId,
    pub webhook_id: WebhookId,
    pub kind: EventKind,
    pub created_at: UnixMillis,
    pub(crate) state: State,
    /// When it is tried next; with `pending` only.
    pub(crate) due_at: Option<UnixMillis>,
    /// Of the series under way.
    pub(crate) tries: u32,
    pub(crate) attempts: Vec<Attempt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Pending,
    Delivered,
    Failed,
    /// It happened while the webhook was switched off.
    Skipped,
}

/// A try that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub at: UnixMillis,
    pub duration_ms: i64,
    /// When the receiver wants to be asked again. Rows of before it was kept do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<UnixMillis>,
    #[serde(flatten)]
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Status(u16),
    /// Nothing came back, or it was not asked.
    Error(String),
}

/// What a try says of the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    Failed,
    /// It failed, and was the last of its series.
    GivenUp,
    Gone,
}

impl WebhookDelivery {
    pub const fn new(
        event_id: EventId,
        webhook_id: WebhookId,
        kind: EventKind,
        is_enabled: bool,
        now: UnixMillis,
    ) -> Self {
        let (state, due_at) = if is_enabled { (State::Pending, Some(now)) } else { (State::Skipped, None) };
        Self { event_id, webhook_id, kind, created_at: now, state, due_at, tries: 0, attempts: Vec::new() }
    }

    pub const fn due_at(&self) -> Option<UnixMillis> {
        self.due_at
    }

    /// A new series, from now on.
    pub const fn redeliver(&mut self, now: UnixMillis) {
        self.state = State::Pending;
        self.due_at = Some(now);
        self.tries = 0;
    }

    /// The webhook was switched off: what waits is not tried any more.
    pub const fn give_up(&mut self) {
        self.state = State::Failed;
        self.due_at = None;
    }

    /// A try ended; the next one comes when the series says, or when the receiver says if that is later. A test is tried once, and so is what somebody sends again to a webhook that is switched off.
    pub fn conclude(&mut self, attempt: Attempt, is_enabled: bool, now: UnixMillis, pace: Pace) -> Verdict {
        let (outcome, retry_at) = (attempt.outcome.clone(), attempt.retry_at);
        self.attempts.push(attempt);
        self.attempts.drain(..self.attempts.len().saturating_sub(KEPT));
        self.tries += 1;
        self.due_at = None;
        match outcome {
            Outcome::Status(200..=299) => {
                self.state = State::Delivered;
                return Verdict::Delivered;
            }
            Outcome::Status(GONE) => {
                self.state = State::Failed;
                return Verdict::Gone;
            }
            Outcome::Status(_) | Outcome::Error(_) => {}
        }
        let is_test = self.kind == EventKind::Test;
        if let Some(wait) = pace.wait(self.tries).filter(|_| is_enabled && !is_test) {
            // The receiver may put off a try. One that is made earlier would only bring the last one nearer.
            self.due_at = (now + wait).max(retry_at.unwrap_or(now)).into();
            return Verdict::Failed;
        }
        self.state = State::Failed;
        if is_test { Verdict::Failed } else { Verdict::GivenUp }
    }
}
