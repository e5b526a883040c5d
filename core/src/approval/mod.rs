//! Approval by a person: a post that was asked for waits until somebody who may publish has said yes (docs/API.md, section 5,
//! "Approval").
//!
//! A yes is to one version of a post. Each change asks anew under the next number, so that an answer to an earlier version
//! is known as late.

mod link;
mod shown;

use serde::{Deserialize, Serialize};

pub use self::link::Link;
pub use self::shown::{AccountShown, ApprovalShown, ContainerShown, MediaShown, SubtitlesShown};
use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};

/// How long a request waits for its answer.
pub const LIFETIME: Span = Span::days(7);
/// So long after its time a post may still leave at once.
const LATE: Span = Span::hours(1);

/// What a post has asked for, and the answer. Stored with the post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Counts the requests of the post, from 1 on.
    pub number: u32,
    pub status: Status,
    pub requested_at: UnixMillis,
    pub requested_by: Requester,
    pub expires_at: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// Nobody has approved it, and the draft has changed since: the request is no more for what the post says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_outdated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Approved,
    Rejected,
    Expired,
    /// The request was taken back: the post asks for nothing, and what it asked for before is history.
    Withdrawn,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// A key's id, or `admin`.
    pub key_id: String,
    /// For people.
    pub name: String,
}

/// Who has answered, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub at: UnixMillis,
    /// A key's id, `admin`, or [`BY_LINK`].
    pub by: String,
    /// Of a rejection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whoever holds the address of the page answers in no key's name.
pub const BY_LINK: &str = "link";

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Approve,
    Reject { note: Option<String> },
}

impl Status {
    /// The word of the API; none of what is history.
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Pending => Some("pending"),
            Self::Approved => Some("approved"),
            Self::Rejected => Some("rejected"),
            Self::Expired => Some("expired"),
            Self::Withdrawn => None,
        }
    }

    /// Those that a list can be asked for.
    pub const SHOWN: [Self; 4] = [Self::Pending, Self::Approved, Self::Rejected, Self::Expired];
}

impl Approval {
    /// The next request of a post, after `before`.
    pub fn after(before: Option<&Self>, by: Requester, now: UnixMillis, lifetime: Span) -> Self {
        Self {
            number: before.map_or(0, |before| before.number).saturating_add(1),
            status: Status::Pending,
            requested_at: now,
            requested_by: by,
            expires_at: now + lifetime,
            decided: None,
            is_outdated: false,
        }
    }

    pub const fn is_pending(&self) -> bool {
        matches!(self.status, Status::Pending)
    }

    /// It waits, and may still be answered.
    pub fn is_open(&self, now: UnixMillis) -> bool {
        self.is_pending() && now < self.expires_at
    }

    /// What is over counts as over, also before the alarm has noted it.
    pub fn status_at(&self, now: UnixMillis) -> Status {
        if self.is_pending() && !self.is_open(now) { Status::Expired } else { self.status }
    }

    /// The request is over, and nobody has answered.
    #[must_use]
    pub fn over(&self, status: Status) -> Self {
        Self { status, ..self.clone() }
    }

    /// With the answer; none if this is the answer that was given before. `number` is the version that was seen, if the
    /// answer says which.
    pub fn decide(
        &self,
        decision: &Decision,
        number: Option<u32>,
        by: &str,
        now: UnixMillis,
    ) -> Result<Option<Self>, Refused> {
        if number.is_some_and(|number| number != self.number) {
            return Err(stale("The post has changed since, and has asked anew."));
        }
        match (self.status, decision) {
            (Status::Pending, _) if self.is_open(now) => Ok(Some(self.decided(decision, by, now))),
            (Status::Approved, Decision::Approve) | (Status::Rejected, Decision::Reject { .. }) => Ok(None),
            (Status::Approved, Decision::Reject { .. }) => Err(approved_already()),
            (Status::Rejected, _) => Err(stale("The request was rejected.")),
            (Status::Pending | Status::Expired, _) => Err(stale("The request has expired.")),
            (Status::Withdrawn, _) => Err(nothing_asked()),
        }
    }

    fn decided(&self, decision: &Decision, by: &str, now: UnixMillis) -> Self {
        let (status, note) = match decision {
            Decision::Approve => (Status::Approved, None),
            Decision::Reject { note } => (Status::Rejected, note.clone()),
        };
        let decided = Some(Decided { at: now, by: by.to_owned(), note });
        Self { status, decided, ..self.clone() }
    }
}

/// Whether the time of a post has passed by so much that nobody can have meant this moment.
pub fn is_late(scheduled_at: Option<UnixMillis>, now: UnixMillis) -> bool {
    scheduled_at.is_some_and(|at| now > at + LATE)
}

/// A post that is to leave at this time may leave now.
pub fn require_in_time(scheduled_at: Option<UnixMillis>, now: UnixMillis) -> Result<(), Refused> {
    if !is_late(scheduled_at, now) {
        return Ok(());
    }
    Err(Refused::new(Code::ApprovalLate, "The time of the post has passed by more than an hour."))
}

/// Of a post that asks for nothing.
pub fn nothing_asked() -> Refused {
    stale("The post asks for no approval.")
}

fn stale(message: &str) -> Refused {
    Refused::new(Code::ApprovalStale, message)
}

fn approved_already() -> Refused {
    Refused::new(Code::AlreadyPublished, "The post was approved already.")
        .with_hint("Change or delete the post if it has not left; delete it at X if it has.")
}

#[cfg(test)]
mod tests;
