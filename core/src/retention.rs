//! The lifetimes of stored rows.

use serde::{Deserialize, Serialize};

use crate::audit;
use crate::idempotency;
use crate::time::{Span, UnixMillis};

/// Rows and copies that are removed by their age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The response under an idempotency key.
    Response,
    AuditEntry,
    /// A key that has ended: it opens nothing any more, and waits for others to go with it.
    EndedKey,
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
            Self::EndedKey => Span::hours(1),
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

/// How many days a post is kept after its end: a day to a hundred years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct KeepDays(u32);

impl KeepDays {
    pub const LEAST: Self = Self(1);
    pub const MOST: u32 = 36_500;

    /// When a post that ended then is purged.
    pub fn expires_at(self, ended_at: UnixMillis) -> UnixMillis {
        ended_at + Span::days(self.0.into())
    }

    /// Posts that ended at this time or before are purged.
    pub fn expired_at(self, now: UnixMillis) -> UnixMillis {
        now - Span::days(self.0.into())
    }
}

impl TryFrom<u32> for KeepDays {
    type Error = String;

    fn try_from(days: u32) -> Result<Self, String> {
        let is_allowed = (1..=Self::MOST).contains(&days);
        is_allowed.then_some(Self(days)).ok_or_else(|| format!("expected whole days from 1 to {}", Self::MOST))
    }
}

impl From<KeepDays> for u32 {
    fn from(KeepDays(days): KeepDays) -> Self {
        days
    }
}

/// Deliveries that one step purges, with their posts. The next step follows in an alarm of its own.
pub const PURGED_AT_ONCE: u32 = 200;

/// How many posts a step purges, by the deliveries of each, in their order. A post that alone has more is a step of its
/// own: accepting the post was as much work.
pub fn posts_of_a_step(deliveries: &[u32]) -> usize {
    let sums = deliveries.iter().scan(0, |sum: &mut u32, more| {
        *sum = sum.saturating_add(*more);
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= PURGED_AT_ONCE).count().max(1)
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

    #[test]
    fn a_step_has_a_bounded_number_of_deliveries_and_at_least_one_post() {
        assert_eq!(posts_of_a_step(&[1; 300]), 200);
        assert_eq!((posts_of_a_step(&[120, 80, 1]), posts_of_a_step(&[120, 81, 1])), (2, 1));
        assert_eq!((posts_of_a_step(&[900, 1]), posts_of_a_step(&[1, 900])), (1, 1));
    }

    #[test]
    fn posts_are_kept_for_whole_days() {
        let kept = |days: u32| KeepDays::try_from(days);
        assert_eq!(kept(400).map(|days| days.expired_at(NOW)), Ok(NOW - Span::days(400)));
        assert!(kept(1).is_ok() && kept(36_500).is_ok() && kept(0).is_err() && kept(36_501).is_err());
    }
}
