//! The consequences of a new secret, a new client id or the removal of an X app, for the app's accounts and secrets.

use crate::account::{Account, Reason, Status};
use crate::network::{Credentials, Network};
use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};

/// A superseded secret can still be read while KV's copies catch up.
pub const SUPERSEDED_FOR: Span = Span::hours(24);
/// Whether a secret is still needed to revoke tokens.
pub const ASKED_AGAIN_AFTER: Span = Span::hours(1);
/// Accounts whose tokens are revoked before the deletion of their app is answered.
pub const RELEASED_AT_ONCE: usize = 20;
/// When the outbox makes good what the deletion's own call has begun and not ended.
const RELEASED_BY_OUTBOX: Span = Span::mins(1);

/// An app as it is to be stored, and what that ends.
#[derive(Debug)]
pub struct Change {
    pub app: Network,
    pub is_new: bool,
    /// The secret that is forgotten when nobody can be reading it any more.
    pub superseded: Option<u32>,
    /// Accounts whose tokens belong to the client id before.
    pub ended: Vec<Ended>,
}

/// An account that an app's change has ended, as it is to be stored.
#[derive(Debug)]
pub struct Ended {
    pub account: Account,
    /// Its status is another one than before.
    pub is_news: bool,
}

/// An account of an app that is deleted.
#[derive(Debug)]
pub struct Removed {
    pub ended: Ended,
    /// Its tokens are revoked before the deletion is answered.
    pub is_at_once: bool,
    /// When the outbox sees to that.
    pub release_at: UnixMillis,
}

/// What becomes of a secret that was superseded, or never taken into use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// It is the one in use.
    Stays,
    /// X still has tokens to revoke, and only this secret can.
    StaysUntil(UnixMillis),
    Goes,
}

/// Tokens belong to the client that they were issued to. `accounts` are the app's.
pub fn require_same_client(
    before: &Network,
    client_id: &str,
    force: bool,
    accounts: &[Account],
) -> Result<(), Refused> {
    let named: Vec<String> = accounts.iter().filter(|account| is_bound(account)).map(named).collect();
    if force || before.client_id == client_id || named.is_empty() {
        return Ok(());
    }
    let message = format!("Connected with another client id, and to be connected again: {}.", named.join(", "));
    Err(Refused::new(Code::ClientChanged, message.clone()).with_detail("client_key", message))
}

/// Whether a call that stores credentials comes too late. `replaces` says what was there when it began, `before` and
/// `is_taken` what is there now: this very app, and another one in the same place.
pub fn require_undisturbed(replaces: bool, before: Option<&Network>, is_taken: bool) -> Result<(), Refused> {
    let (message, hint) = match (before, replaces) {
        (None, true) => {
            ("Another call has just deleted this social network.", "Send the call again to see what is there.")
        }
        (None, false) if is_taken => {
            ("Another call has just added this social network.", "Send the call again: it then rotates what is there.")
        }
        _ => return Ok(()),
    };
    Err(Refused::new(Code::InFlight, message).with_hint(hint))
}

/// The credentials take effect. `accounts` are those of the app.
pub fn store(credentials: Credentials, before: Option<&Network>, accounts: Vec<Account>, now: UnixMillis) -> Change {
    let app = Network::stored(credentials, before, now);
    let is_other_client = before.is_some_and(|before| before.client_id != app.client_id);
    let bound = accounts.into_iter().filter(|account| is_other_client && is_bound(account));
    let ended = bound.map(|account| end(account, Status::ReconnectRequired, Reason::ClientChanged, now)).collect();
    Change { is_new: before.is_none(), superseded: before.map(Network::secret_version), ended, app }
}

/// The app is deleted. Its accounts stay listed, and say what X has confirmed of their tokens.
pub fn remove(accounts: Vec<Account>, now: UnixMillis) -> Vec<Removed> {
    let removed = |(at, account)| {
        let is_at_once = at < RELEASED_AT_ONCE;
        let release_at = if is_at_once { now + RELEASED_BY_OUTBOX } else { now };
        let ended = end(account, Status::Disconnected, Reason::NetworkDeleted, now);
        Removed { ended, is_at_once, release_at }
    };
    accounts.into_iter().enumerate().map(removed).collect()
}

/// Whether a secret may be forgotten. `current` is the app, unless it is deleted.
pub fn fate_of(version: u32, current: Option<&Network>, owes_revocations: bool, now: UnixMillis) -> Secret {
    if current.is_some_and(|network| network.secret_version() == version) {
        Secret::Stays
    } else if owes_revocations {
        Secret::StaysUntil(now + ASKED_AGAIN_AFTER)
    } else {
        Secret::Goes
    }
}

impl Ended {
    /// For whoever changed the client id.
    pub fn warning(&self) -> String {
        format!("{} has to be connected again.", named(&self.account))
    }
}

/// Its tokens are of no use under another client id.
fn is_bound(account: &Account) -> bool {
    account.status != Status::Disconnected
}

fn end(mut account: Account, status: Status, reason: Reason, now: UnixMillis) -> Ended {
    let is_news = account.set_status(status, Some(reason), now);
    account.revocation.begin(now);
    Ended { account, is_news }
}

fn named(account: &Account) -> String {
    format!("@{} ({})", account.user.username, account.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{T0, account, credentials, network};

    const LATER: UnixMillis = UnixMillis(T0.0 + 1000);

    fn other_client() -> Credentials {
        Credentials { client_id: "other".into(), secret_version: 2, is_verified: false, ..credentials() }
    }

    fn disconnected(n: u8) -> Account {
        let mut account = account(n);
        account.set_status(Status::Disconnected, None, T0);
        account
    }

    #[test]
    fn another_client_id_needs_force_while_an_account_is_bound_to_the_one_before() {
        let require = |client_id, force, accounts: &[Account]| {
            require_same_client(&network(), client_id, force, accounts)
                .map_err(|refused| (refused.code, refused.message))
        };
        let ada = account(2);
        let words = format!("Connected with another client id, and to be connected again: @user2 ({}).", ada.id);
        assert_eq!(require("other", false, &[ada.clone(), disconnected(3)]), Err((Code::ClientChanged, words)));
        assert_eq!(require("other", true, std::slice::from_ref(&ada)), Ok(()));
        assert_eq!(require("client", false, &[ada]), Ok(()), "another secret of the same client");
        assert_eq!(require("other", false, &[disconnected(3)]), Ok(()), "nobody has to connect again");
    }

    #[test]
    fn a_call_that_another_one_has_overtaken_is_refused() {
        let require = |replaces, before: Option<&Network>, taken| {
            require_undisturbed(replaces, before, taken).map_err(|refused| (refused.code, refused.message))
        };
        let network = network();
        assert_eq!(require(true, Some(&network), true), Ok(()));
        assert_eq!(require(false, None, false), Ok(()));
        let deleted = "Another call has just deleted this social network.".to_owned();
        assert_eq!(require(true, None, false), Err((Code::InFlight, deleted.clone())));
        assert_eq!(require(true, None, true), Err((Code::InFlight, deleted)), "and added another");
        let added = "Another call has just added this social network.".to_owned();
        assert_eq!(require(false, None, true), Err((Code::InFlight, added)));
    }

    #[test]
    fn a_new_app_supersedes_nothing_and_ends_nobody() {
        let change = store(credentials(), None, Vec::new(), T0);
        assert!(change.is_new && change.superseded.is_none() && change.ended.is_empty());
        assert_eq!((change.app.verified_at(), change.app.created_at), (Some(T0), T0));
    }

    #[test]
    fn a_rotated_secret_supersedes_the_one_before_and_ends_nobody() {
        let rotated = Credentials { secret_version: 2, ..credentials() };
        let change = store(rotated, Some(&network()), vec![account(2)], LATER);
        assert_eq!((change.is_new, change.superseded, change.ended.len()), (false, Some(1), 0));
        assert_eq!((change.app.created_at, change.app.updated_at, change.app.secret_version()), (T0, LATER, 2));
    }

    #[test]
    fn another_client_id_ends_the_accounts_that_are_not_disconnected() {
        let mut fallen = account(4);
        fallen.set_status(Status::ReconnectRequired, Some(Reason::RefreshTokenRefused), T0);
        let change = store(other_client(), Some(&network()), vec![account(2), disconnected(3), fallen], LATER);
        assert_eq!(change.app.verified_at(), None, "nobody has proven the new one");
        let news: Vec<bool> = change.ended.iter().map(|ended| ended.is_news).collect();
        assert_eq!(news, [true, false], "who had to connect again already hears nothing new");
        for Ended { account, .. } in &change.ended {
            assert_eq!(
                (account.status, account.status_reason),
                (Status::ReconnectRequired, Some(Reason::ClientChanged))
            );
            assert!(account.revocation.is_pending(), "X is to revoke the tokens");
        }
        let warning = change.ended.first().map(Ended::warning);
        assert_eq!(warning, Some(format!("@user2 ({}) has to be connected again.", account(2).id)));
    }

    #[test]
    fn a_pause_and_a_spent_window_outlast_new_credentials() {
        let mut before = network();
        before.close_until(Some(LATER), Some(10), T0);
        let app = store(other_client(), Some(&before), Vec::new(), T0).app;
        let breaker = app.breaker(&crate::settings::Settings::default(), T0);
        assert_eq!((breaker.closed_until, breaker.closed_limit), (Some(LATER), Some(10)));
    }

    #[test]
    fn a_deleted_apps_first_twenty_accounts_are_released_at_once_and_again_a_minute_later() {
        let removed = remove((1..=21).map(account).collect(), T0);
        let last = removed.split_last();
        assert!(last.is_some_and(|(_, first)| first.iter().all(|account| account.is_at_once)));
        assert!(removed.iter().take(20).all(|account| account.release_at == T0 + Span::mins(1)));
        assert!(last.is_some_and(|(last, _)| !last.is_at_once && last.release_at == T0));
    }

    #[test]
    fn the_accounts_of_a_deleted_app_are_disconnected_for_that_reason() {
        let removed = remove(vec![account(2), disconnected(3)], T0);
        let news: Vec<bool> = removed.iter().map(|removed| removed.ended.is_news).collect();
        assert_eq!(news, [true, false]);
        for Removed { ended: Ended { account, .. }, .. } in &removed {
            assert_eq!((account.status, account.status_reason), (Status::Disconnected, Some(Reason::NetworkDeleted)));
            assert!(account.revocation.is_pending());
        }
    }

    #[test]
    fn a_secret_goes_when_it_is_not_in_use_and_has_nothing_left_to_revoke() {
        let app = network();
        assert_eq!(fate_of(1, Some(&app), true, T0), Secret::Stays);
        assert_eq!(fate_of(2, Some(&app), false, T0), Secret::Goes, "one that was never taken into use");
        assert_eq!(fate_of(1, None, true, T0), Secret::StaysUntil(T0 + Span::hours(1)));
        assert_eq!(fate_of(1, None, false, T0), Secret::Goes);
    }
}
