//! What stands in the way of a call to X.

use super::Failure;
use super::effect::{Lock, Outcome};
use crate::time::UnixMillis;

/// What is known before a call. The first that is there counts, in this order.
#[derive(Debug, Default)]
pub struct Obstacles {
    /// The app is paused.
    pub paused: Option<Failure>,
    /// The account is locked at X.
    pub lock: Option<Lock>,
    /// The app's own window is spent.
    pub closed_until: Option<UnixMillis>,
    /// The account's window is spent.
    pub exhausted_until: Option<UnixMillis>,
    /// The row's own consent lacks it.
    pub missing_scope: Option<&'static str>,
}

impl Obstacles {
    /// The outcome without a call.
    pub fn first(self) -> Option<Outcome> {
        let until = self.closed_until.max(self.exhausted_until);
        let paused = self.paused.map(Outcome::Paused);
        let locked = || self.lock.map(Outcome::Locked);
        let limited = || until.map(Outcome::LimitedUntil);
        paused.or_else(locked).or_else(limited).or_else(|| self.missing_scope.map(Outcome::MissingScope))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::delivery::{FailureCode, Pace};
    use crate::fixtures::{T0, delivery};

    fn why(code: FailureCode) -> Failure {
        Failure { code, message: String::new() }
    }

    fn lock() -> Lock {
        let mut locked = delivery(2);
        locked.effect(Outcome::Paused(why(FailureCode::AccountLocked)), T0, Pace::default());
        locked.lock().unwrap()
    }

    fn all() -> Obstacles {
        Obstacles {
            paused: Some(why(FailureCode::CreditsDepleted)),
            lock: Some(lock()),
            closed_until: Some(UnixMillis(5)),
            exhausted_until: Some(UnixMillis(7)),
            missing_scope: Some("tweet.write"),
        }
    }

    #[test]
    fn nothing_in_the_way_is_no_outcome() {
        assert!(Obstacles::default().first().is_none());
    }

    #[test]
    fn the_app_comes_before_the_account_and_the_account_before_its_windows_and_scopes() {
        assert!(matches!(all().first(), Some(Outcome::Paused(_))));
        let of_account = Obstacles { paused: None, ..all() };
        assert!(matches!(of_account.first(), Some(Outcome::Locked(_))));
        let limited = Obstacles { paused: None, lock: None, ..all() };
        assert!(matches!(limited.first(), Some(Outcome::LimitedUntil(UnixMillis(7)))), "the later of two ends");
        let scope = Obstacles { missing_scope: Some("tweet.write"), ..Obstacles::default() };
        assert!(matches!(scope.first(), Some(Outcome::MissingScope("tweet.write"))));
    }

    #[test]
    fn the_apps_window_is_enough_to_wait() {
        let closed = Obstacles { closed_until: Some(UnixMillis(5)), ..Obstacles::default() };
        assert!(matches!(closed.first(), Some(Outcome::LimitedUntil(UnixMillis(5)))));
    }
}
