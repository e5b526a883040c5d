//! An X app has another client id: which token pairs are discarded, for which account, and whose credentials revoke them.

use serde::{Deserialize, Serialize};

use crate::grant::Grant;
use crate::id::AccountId;
use crate::network::ClientRef;
use crate::revocation::Discarded;

/// The news for an account's object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientChange {
    /// The client id that the app has now.
    pub client_id: String,
    /// The account whose tokens are discarded, and the client as the app had it last. Jobs of before version 2 of the
    /// schema have neither.
    pub account_id: Option<AccountId>,
    pub before: Option<ClientRef>,
}

impl ClientChange {
    /// The pair of a grant is of no use any more: the grant to revoke, and the account to revoke it for. `own` is the
    /// account whose own pair it is; a pair that accounts share is discarded for the account that the news is about.
    pub fn discards(&self, grant: &Grant, own: Option<&AccountId>) -> Option<(Grant, AccountId)> {
        if grant.client().client_id == self.client_id {
            return None;
        }
        let account_id = own.or(self.account_id.as_ref())?.clone();
        Some((grant.clone().of_client(self.last_of(grant.client())), account_id))
    }

    /// What was discarded before is revoked with the same credentials.
    pub fn amend(&self, discarded: &mut Discarded) {
        discarded.set_client(self.last_of(discarded.client()));
    }

    /// The last credentials of a client id, since the secret may have been rotated after the tokens were issued.
    fn last_of(&self, client: &ClientRef) -> ClientRef {
        let before = self.before.as_ref().filter(|before| before.client_id == client.client_id);
        before.unwrap_or(client).clone()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::id::NetworkId;
    use crate::oauth::Scopes;
    use crate::time::UnixMillis;

    fn client(client_id: &str, secret_version: u32) -> ClientRef {
        ClientRef { network_id: NetworkId::from_entropy([1; 16]), client_id: client_id.into(), secret_version }
    }

    fn grant(client_id: &str) -> Grant {
        Grant::new(client(client_id, 1), UnixMillis(7_200_000), Scopes::publish_default(), true)
    }

    fn account(n: u8) -> AccountId {
        AccountId::from_entropy([n; 16])
    }

    fn change() -> ClientChange {
        ClientChange { client_id: "new".into(), account_id: Some(account(1)), before: Some(client("old", 4)) }
    }

    #[test]
    fn a_pair_of_the_client_that_the_app_has_now_is_kept() {
        assert!(change().discards(&grant("new"), Some(&account(1))).is_none());
        assert!(change().discards(&grant("new"), None).is_none());
    }

    #[test]
    fn an_own_pair_is_discarded_for_its_account_and_a_shared_pair_for_the_account_of_the_news() {
        let row = |own| change().discards(&grant("old"), own).unwrap().1;
        assert_eq!((row(Some(&account(2))), row(None)), (account(2), account(1)));
    }

    #[test]
    fn a_shared_pair_is_kept_by_news_that_name_no_account() {
        let of_version_1 = ClientChange { account_id: None, before: None, ..change() };
        assert!(of_version_1.discards(&grant("old"), None).is_none());
        assert!(of_version_1.discards(&grant("old"), Some(&account(2))).is_some());
    }

    #[test]
    fn the_last_secret_of_the_same_client_id_revokes_and_no_other_clients() {
        let version = |id| change().discards(&grant(id), None).unwrap().0.client().secret_version;
        assert_eq!((version("old"), version("older")), (4, 1));
        let mut before = Discarded::new(&grant("old"), "7", "cs_1", UnixMillis(0));
        change().amend(&mut before);
        assert_eq!(before.client(), &client("old", 4));
    }
}
