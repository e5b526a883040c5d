//! The lifetimes of stored rows.

use crate::audit;
use crate::idempotency;
use crate::time::{Span, UnixMillis};

/// Rows and copies that are removed by their age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The response under an idempotency key.
    Response,
    AuditEntry,
    /// A webhook delivery that has ended, and its event with it.
    WebhookDelivery,
    /// A copy of a file that a post names by URL. It is made for one delivery and deleted with its end; a crash may leave
    /// it.
    FetchedCopy,
    /// A delivery in the journal of its account, once it is final and acknowledged: the workspace has it.
    JournalRow,
    /// The id that X answered to a call.
    Claim,
}

/// How often copies that a crash left are looked for.
pub const SWEEP_EVERY: Span = Span::days(1);

impl Kept {
    pub const fn span(self) -> Span {
        match self {
            Self::Response => idempotency::REMEMBERED,
            Self::AuditEntry => audit::KEPT,
            Self::WebhookDelivery => Span::days(30),
            Self::FetchedCopy => Span::days(2),
            Self::JournalRow => Span::days(7),
            Self::Claim => Span::days(3),
        }
    }

    /// What is of this time or before is removed.
    pub fn expired_at(self, now: UnixMillis) -> UnixMillis {
        now - self.span()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Pace, longest_unconfirmed};

    const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

    #[test]
    fn what_the_documents_promise_is_kept_as_long() {
        let days = |kept: Kept| kept.span().as_millis() / Span::days(1).as_millis();
        assert_eq!(days(Kept::Response), 1);
        assert_eq!(days(Kept::AuditEntry), 400);
        assert_eq!(days(Kept::WebhookDelivery), 30);
        assert_eq!(days(Kept::JournalRow), 7);
    }

    #[test]
    fn a_row_goes_when_it_has_been_kept_for_its_time_and_not_a_moment_before() {
        let kept = |at: UnixMillis| at > Kept::WebhookDelivery.expired_at(NOW);
        let month = Span::days(30);
        assert!(!kept(NOW - month) && kept(NOW - month + Span::millis(1)));
    }

    #[test]
    fn a_claim_outlives_every_delivery_that_it_could_confirm() {
        assert!(Kept::Claim.span() > longest_unconfirmed(Pace::default()));
    }

    #[test]
    fn a_copy_outlives_the_day_in_which_it_is_not_looked_for() {
        assert!(Kept::FetchedCopy.span() > SWEEP_EVERY);
    }
}
