//! What an account's object does next with a delivery, and what moves one that waits.

use super::{Delivery, State};
use crate::time::UnixMillis;

/// The next step of a delivery that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The workspace began to change it and has not said how that ended: the workspace is asked.
    Reclaim,
    /// An answer was lost: the account's own posts are read.
    Reconcile,
    Send,
}

/// What the workspace's word makes of a recalled delivery.
#[derive(Debug, PartialEq, Eq)]
pub enum AfterReclaim {
    /// The workspace does not know it.
    Forgets,
    /// A newer version takes its place.
    Takes(Box<Delivery>),
    /// It goes on as it is.
    GoesOn(Box<Delivery>),
}

impl Delivery {
    pub fn step(&self) -> Step {
        if self.is_recalled() {
            Step::Reclaim
        } else if self.state == State::Unknown && !self.is_repeatable() {
            Step::Reconcile
        } else {
            Step::Send
        }
    }

    /// The workspace is changing it.
    pub const fn is_recalled(&self) -> bool {
        self.recalled_until.is_some()
    }

    /// The workspace begins to change the version that it knows; of another one, nothing is recalled. Says whether it can.
    pub fn recall_version(&mut self, known: &Self, to_end: bool, until: UnixMillis) -> bool {
        self.version == known.version && self.recall(to_end, until)
    }

    /// `current` is what the workspace says that it has become.
    #[must_use]
    pub fn reclaimed(self, current: Option<Self>) -> AfterReclaim {
        match current {
            None => AfterReclaim::Forgets,
            Some(newer) if self.gives_way_to(&newer) => AfterReclaim::Takes(Box::new(newer)),
            Some(_) => AfterReclaim::GoesOn(Box::new(Self { recalled_until: None, ..self })),
        }
    }

    /// The app works: whether that moves it.
    pub fn waits_for_app(&self) -> bool {
        self.state == State::Unknown || self.is_held_for_app()
    }

    /// Whether it waits for somebody else: a person, the app, or a read of the account's posts.
    pub const fn is_releasable(&self) -> bool {
        matches!(self.state, State::Held | State::Unknown)
    }

    /// What it waits for may be over: a held one is tried, and of an unconfirmed one the account's posts are read again.
    pub fn released(&mut self, now: UnixMillis) {
        if self.state == State::Unknown { self.not_read(now) } else { self.release(now) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::delivery::{Failure, FailureCode, Outcome, Pace};
    use crate::fixtures::{T0, delivery};
    use crate::time::Span;

    const LATER: UnixMillis = UnixMillis(T0.0 + 60_000);

    fn held(code: FailureCode) -> Delivery {
        let mut delivery = delivery(2);
        delivery.effect(Outcome::Paused(Failure { code, message: String::new() }), T0, Pace::default());
        delivery
    }

    fn unconfirmed() -> Delivery {
        let mut delivery = delivery(2);
        delivery.begin(T0).unwrap();
        delivery.effect(Outcome::Lost, T0, Pace::default());
        delivery
    }

    #[test]
    fn what_is_being_changed_is_asked_about_before_anything_else() {
        let mut recalled = delivery(2);
        assert_eq!(recalled.step(), Step::Send);
        assert!(recalled.recall(false, LATER));
        assert_eq!(recalled.step(), Step::Reclaim);
        assert_eq!(unconfirmed().step(), Step::Reconcile);
        assert_eq!(Delivery { recalled_until: Some(LATER), ..unconfirmed() }.step(), Step::Reclaim);
    }

    #[test]
    fn a_recall_is_of_the_version_that_the_workspace_knows() {
        let (mut first, second) = (delivery(2), delivery(2).next_version(delivery(2).segments, T0));
        assert!(!first.recall_version(&second, false, LATER) && !first.is_recalled());
        assert!(first.recall_version(&delivery(2), false, LATER) && first.is_recalled());
    }

    #[test]
    fn a_recalled_delivery_gives_way_to_a_newer_version_or_goes_on() {
        let recalled = Delivery { recalled_until: Some(LATER), ..delivery(2) };
        let newer = recalled.ended_as(State::Cancelled);
        assert_eq!(recalled.clone().reclaimed(None), AfterReclaim::Forgets);
        assert_eq!(recalled.clone().reclaimed(Some(newer.clone())), AfterReclaim::Takes(Box::new(newer)));
        assert_eq!(recalled.reclaimed(Some(delivery(2))), AfterReclaim::GoesOn(Box::new(delivery(2))));
    }

    #[test]
    fn an_app_that_works_moves_what_is_held_for_it_or_unconfirmed() {
        assert!(held(FailureCode::CreditsDepleted).waits_for_app() && unconfirmed().waits_for_app());
        assert!(!held(FailureCode::AccountLocked).waits_for_app() && !delivery(2).waits_for_app());
    }

    #[test]
    fn what_is_released_is_tried_and_what_is_unconfirmed_is_only_read_again() {
        let (mut held, mut lost) = (held(FailureCode::ReconnectRequired), unconfirmed());
        assert!(held.is_releasable() && lost.is_releasable() && !delivery(2).is_releasable());
        held.released(LATER);
        lost.released(LATER);
        assert_eq!((held.state, held.due()), (State::Queued, Some(LATER)));
        assert_eq!((lost.state, lost.due()), (State::Unknown, Some(LATER)), "it is not sent again for that");
    }

    #[test]
    fn an_account_is_reminded_two_minutes_after_a_time_that_it_let_pass() {
        assert_eq!(delivery(2).late_at(), Some(T0 + Span::mins(2)));
        assert_eq!(delivery(2).ended_as(State::Published).late_at(), None);
        assert_eq!(held(FailureCode::ReconnectRequired).late_at(), None, "it waits for a person");
        assert!(delivery(2).is_waiting() && !delivery(2).ended_as(State::Failed).is_waiting());
    }

    #[test]
    fn only_what_is_on_x_and_at_rest_is_deleted_there() {
        let mut published = delivery(2);
        published.begin(T0).unwrap();
        assert!(!published.is_deletable_at_x(), "it is on its way");
        published.effect(Outcome::Published(crate::id::XPostId::parse("7").unwrap()), T0, Pace::default());
        assert!(published.is_deletable_at_x());
        assert!(!published.ended_as(State::Deleted).is_deletable_at_x(), "it is gone");
        assert!(!delivery(2).ended_as(State::Failed).is_deletable_at_x(), "nothing of it is there");
        assert_eq!((published.spent_at(LATER), delivery(2).spent_at(LATER)), (Some(T0), None));
    }
}
