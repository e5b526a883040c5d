//! Clients whose place another one took: nobody connects with them any more, and only they can revoke their tokens.

use super::{ClientRef, Network};
use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};

/// A session with tokens that X has yet to revoke asks at least every hour.
const HELD_FOR: Span = Span::hours(48);

/// Whether the X app that somebody connects through is still there, with the client id that X issued the tokens to. Each
/// step towards an account asks anew: the app may have been deleted or replaced since the step before.
pub fn require_client(current: Option<&str>, client_id: &str) -> Result<(), Refused> {
    let (code, message) = match current {
        Some(current) if current == client_id => return Ok(()),
        Some(_) => (Code::ClientChanged, "The X app was replaced while the sign-in was under way."),
        None => (Code::NetworkNotConfigured, "The X app was removed while the sign-in was under way."),
    };
    Err(Refused::new(code, message))
}

impl Network {
    /// The credentials for tokens that were issued to a client: its last ones, whenever the secret was rotated and whoever
    /// has taken its place.
    pub fn client_of_tokens(&self, client_id: &str) -> Option<ClientRef> {
        if self.client_id == client_id {
            return Some(self.client());
        }
        self.former_clients.iter().rev().find(|client| client.client_id == client_id).cloned()
    }

    /// The former clients once the app has this client id.
    pub(super) fn former_clients_with(&self, client_id: &str) -> Vec<ClientRef> {
        let replaced = (self.client_id != client_id).then(|| self.client());
        self.former_clients.iter().cloned().chain(replaced).collect()
    }

    /// A secret is gone, and with it the client that it was the last one of. Says whether there was such a client.
    pub fn secret_forgotten(&mut self, version: u32) -> bool {
        let known = self.former_clients.len();
        self.former_clients.retain(|client| client.secret_version != version);
        self.former_clients.len() != known
    }

    /// A session needs the secrets of the app that are superseded, to revoke tokens.
    pub fn hold_secrets(&mut self, now: UnixMillis) {
        self.secrets_held_until = Some(now + HELD_FOR);
    }

    pub fn holds_secrets(&self, now: UnixMillis) -> bool {
        self.secrets_held_until.is_some_and(|until| until > now)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::fixtures::{T0, credentials, network};
    use crate::network::{Breaker, Credentials};
    use crate::settings::Settings;

    fn changed(before: &Network, client_id: &str, secret_version: u32) -> Network {
        let credentials = Credentials { client_id: client_id.into(), secret_version, ..credentials() };
        Network::stored(credentials, Some(before), T0)
    }

    #[test]
    fn a_sign_in_ends_with_its_app_or_its_client_id() {
        assert!(require_client(Some("a"), "a").is_ok());
        assert_eq!(require_client(Some("b"), "a").unwrap_err().code, Code::ClientChanged);
        assert_eq!(require_client(None, "a").unwrap_err().code, Code::NetworkNotConfigured);
    }

    #[test]
    fn tokens_are_revoked_with_the_last_secret_of_their_client() {
        // Rotated, replaced, replaced back, replaced again.
        let mut app = network();
        for (client_id, version) in [("client", 2), ("b", 3), ("client", 4), ("b", 5)] {
            app = changed(&app, client_id, version);
        }
        let version_of = |app: &Network, client_id| app.client_of_tokens(client_id).map(|client| client.secret_version);
        assert_eq!(
            [version_of(&app, "client"), version_of(&app, "b"), version_of(&app, "c")],
            [Some(4), Some(5), None]
        );
        assert!(app.secret_forgotten(4) && !app.secret_forgotten(4));
        assert_eq!(version_of(&app, "client"), Some(2), "until that one goes too");
    }

    #[test]
    fn secrets_are_held_for_two_days_from_the_last_word_on() {
        let mut app = network();
        assert!(!app.holds_secrets(T0));
        app.hold_secrets(T0);
        app = changed(&app, "b", 2);
        assert!(app.holds_secrets(T0 + Span::hours(47)) && !app.holds_secrets(T0 + Span::hours(48)));
    }

    #[test]
    fn a_breaker_admits_the_apps_own_client_alone() {
        let breaker = network().breaker(&Settings::default(), T0);
        assert!(breaker.admits_client("client") && !breaker.admits_client("b"));
        assert!(!Breaker::of_no_app(&Settings::default()).admits_client("client"));
        assert!(
            Breaker::open(&Settings::default()).admits_client("client"),
            "code that does not say knows of no other"
        );
    }
}
