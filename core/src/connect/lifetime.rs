//! How long a connect session is open, readable and remembered, and what its object's alarm is for.

use super::{ConnectError, Phase, Session};
use crate::time::{Span, UnixMillis};

/// How long the result can be read again after the end.
const READABLE_AFTER_END: Span = Span::mins(10);
/// How long an ended session is remembered as such, so that its id answers 410 and not 404.
const REMEMBERED_AFTER_END: Span = Span::hours(24);
/// A crash between X's answer and the account's row is made good by an alarm this much later.
const RESUME_AFTER: Span = Span::secs(30);

impl Session {
    /// Time is up: nothing of X's stays here.
    pub fn expire(&mut self, now: UnixMillis) {
        self.start = None;
        self.second = None;
        self.leave_for(Phase::Pending, now);
    }

    /// The one alarm of the object: revoke what was discarded, resume after a crash, drop the secrets at expiry, forget.
    pub fn next_alarm(&self, now: UnixMillis) -> UnixMillis {
        let next = match self.resumes_at() {
            _ if self.is_forgotten(now) => return self.discarded.next_at.unwrap_or(now),
            _ if self.is_over() || self.terms.expires_at <= now => self.remembered_until(),
            Some(at) => self.terms.expires_at.min(at),
            None => self.terms.expires_at,
        };
        self.discarded.next_at.map_or(next, |at| next.min(at))
    }

    /// When a conclusion that broke off is taken up again; nothing that waits for somebody is.
    pub fn resumes_at(&self) -> Option<UnixMillis> {
        match &self.phase {
            Phase::Exchanged { at, .. } => Some(*at + RESUME_AFTER),
            Phase::Identified { at, .. } if self.awaited().is_none() => Some(*at + RESUME_AFTER),
            _ => None,
        }
    }

    /// A resumption is about to be tried; the next one comes a while later.
    pub const fn resume_later(&mut self, now: UnixMillis) {
        if let Phase::Exchanged { at, .. } | Phase::Identified { at, .. } = &mut self.phase {
            *at = now;
        }
    }

    /// Whether the session may still be asked about: always while it is open, ten minutes after its end.
    pub fn is_readable(&self, now: UnixMillis) -> bool {
        match self.ended_at {
            Some(ended) => now < ended + READABLE_AFTER_END,
            None => now < self.terms.expires_at,
        }
    }

    /// Until when anybody hears of the session, if only that it is over.
    pub(super) fn remembered_until(&self) -> UnixMillis {
        self.ended_at.unwrap_or(self.terms.expires_at) + REMEMBERED_AFTER_END
    }

    /// For everybody who asks it is as if it had never been.
    pub fn is_forgotten(&self, now: UnixMillis) -> bool {
        self.remembered_until() <= now
    }

    /// Everything about the session is to be deleted: nobody hears of it any more, and X has nothing to revoke.
    pub fn is_done_with(&self, now: UnixMillis) -> bool {
        self.is_forgotten(now) && self.discarded.is_empty()
    }

    pub(super) fn require_open(&self, now: UnixMillis) -> Result<(), ConnectError> {
        (self.is_over() || now < self.terms.expires_at).then_some(()).ok_or(ConnectError::Expired)
    }
}
