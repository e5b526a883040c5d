//! The event for a change, and its time: when nothing more happens automatically, once for each version of a delivery.

use crate::account::{Account, Status};
use crate::delivery::{Delivery, State};
use crate::id::AccountId;
use crate::webhook::EventKind;

/// A version of a delivery whose outcome was notified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    pub account_id: AccountId,
    pub version: u32,
}

/// What a post's webhooks are to hear.
#[derive(Debug)]
pub struct Announcement {
    pub event: EventKind,
    /// The outcomes that it tells of, to be remembered.
    pub news: Vec<Notified>,
    /// The accounts for which the post's media failed. An event of its own tells of them, if there are any.
    pub media_failed: Vec<(Delivery, Account)>,
}

/// What became of a post, if its deliveries are settled and something of it was not notified yet. It is published when one
/// account published it, and an error when none did. A retry has an outcome of its own.
pub fn of_post(deliveries: &[(Delivery, Account)], notified: &[Notified]) -> Option<Announcement> {
    if !deliveries.iter().all(|(delivery, _)| delivery.is_settled()) {
        return None;
    }
    let has_outcome = |row: &&(Delivery, Account)| matches!(row.0.state, State::Published | State::Failed);
    let is_new = |row: &&(Delivery, Account)| !notified.contains(&outcome_of(&row.0));
    let news: Vec<_> = deliveries.iter().filter(has_outcome).filter(is_new).collect();
    if news.is_empty() {
        return None;
    }
    let is_published = news.iter().any(|(delivery, _)| delivery.state == State::Published);
    Some(Announcement {
        event: if is_published { EventKind::PostPublished } else { EventKind::PostError },
        media_failed: news.iter().filter(|(delivery, _)| has_failed_by_media(delivery)).copied().cloned().collect(),
        news: news.iter().map(|(delivery, _)| outcome_of(delivery)).collect(),
    })
}

/// The event of an account's status. That an account works is told when it is connected.
pub const fn of_account(status: Status) -> Option<EventKind> {
    match status {
        Status::Active => None,
        Status::ReconnectRequired => Some(EventKind::AccountTokenExpired),
        Status::Disconnected => Some(EventKind::AccountDisconnected),
    }
}

fn outcome_of(delivery: &Delivery) -> Notified {
    Notified { account_id: delivery.account_id.clone(), version: delivery.version }
}

fn has_failed_by_media(delivery: &Delivery) -> bool {
    delivery.state == State::Failed && delivery.error.as_ref().is_some_and(|error| error.code.is_of_media())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::delivery::{Failure, FailureCode};
    use crate::fixtures::{account, delivery};

    fn ended(n: u8, state: State) -> (Delivery, Account) {
        (delivery(n).ended_as(state), account(n))
    }

    fn failed(n: u8, code: FailureCode) -> (Delivery, Account) {
        let (mut delivery, account) = ended(n, State::Failed);
        delivery.error = Some(Failure { code, message: "X's words".into() });
        (delivery, account)
    }

    fn event(deliveries: &[(Delivery, Account)]) -> Option<EventKind> {
        of_post(deliveries, &[]).map(|announcement| announcement.event)
    }

    #[test]
    fn a_post_is_told_once_nothing_more_happens_by_itself() {
        let published = ended(2, State::Published);
        assert_eq!(event(&[published.clone(), (delivery(3), account(3))]), None, "another account is still to send it");
        let (mut waiting, owner) = (delivery(3), account(3));
        waiting.state = State::Held;
        waiting.error = Some(Failure { code: FailureCode::ReconnectRequired, message: String::new() });
        assert_eq!(event(&[published, (waiting, owner)]), Some(EventKind::PostPublished), "one waits for a person");
    }

    #[test]
    fn a_post_is_published_when_one_account_published_it_and_an_error_when_none_did() {
        let (published, failed) = (ended(2, State::Published), ended(3, State::Failed));
        assert_eq!(event(&[published.clone(), failed.clone()]), Some(EventKind::PostPublished));
        assert_eq!(event(&[published]), Some(EventKind::PostPublished));
        assert_eq!(event(&[failed]), Some(EventKind::PostError));
    }

    #[test]
    fn what_was_cancelled_or_deleted_is_no_news() {
        assert_eq!(event(&[ended(2, State::Cancelled), ended(3, State::Deleted)]), None);
        assert_eq!(event(&[]), None);
        let published = of_post(&[ended(2, State::Published), ended(3, State::Cancelled)], &[]).unwrap();
        assert_eq!(published.news.len(), 1);
    }

    #[test]
    fn an_outcome_is_told_once_and_that_of_a_retry_again() {
        let first = ended(2, State::Failed);
        let news = of_post(std::slice::from_ref(&first), &[]).unwrap().news;
        assert_eq!(news, [Notified { account_id: account(2).id, version: first.0.version }]);
        assert!(of_post(std::slice::from_ref(&first), &news).is_none(), "a report that arrives again");
        let retried = (first.0.ended_as(State::Published), account(2));
        assert_eq!(of_post(&[retried], &news).unwrap().event, EventKind::PostPublished);
    }

    #[test]
    fn the_news_of_a_retry_decide_and_not_what_was_told_before() {
        let (published, failed) = (ended(2, State::Published), ended(3, State::Failed));
        let told = of_post(&[published.clone(), failed.clone()], &[]).unwrap().news;
        let again = (failed.0.ended_as(State::Failed), account(3));
        let announcement = of_post(&[published, again], &told).unwrap();
        assert_eq!((announcement.event, announcement.news.len()), (EventKind::PostError, 1));
    }

    #[test]
    fn the_accounts_for_which_media_failed_are_told_apart() {
        let rows =
            [failed(2, FailureCode::MediaFailed), failed(3, FailureCode::DuplicateContent), ended(4, State::Published)];
        let ids: Vec<AccountId> =
            of_post(&rows, &[]).unwrap().media_failed.into_iter().map(|(_, account)| account.id).collect();
        assert_eq!(ids, [account(2).id]);
        assert!(of_post(&rows[1..], &[]).unwrap().media_failed.is_empty());
    }

    #[test]
    fn an_account_that_fell_is_told_and_one_that_works_is_not() {
        assert_eq!(of_account(Status::Active), None);
        assert_eq!(of_account(Status::ReconnectRequired), Some(EventKind::AccountTokenExpired));
        assert_eq!(of_account(Status::Disconnected), Some(EventKind::AccountDisconnected));
    }
}
