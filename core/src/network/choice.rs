//! Which X app a caller means, may read and may change.

use super::{ClientRef, Network};
use crate::account::Account;
use crate::id::TenantId;
use crate::key::Binding;
use crate::refusal::{Code, Refused};

/// Whether a caller may know of the app: its own, and the one that all tenants share.
pub fn is_readable(network: &Network, binding: &Binding) -> bool {
    network.tenant_id.is_none() || binding.admits_tenant(network.tenant_id.as_ref())
}

/// Whether a caller may change the app: a tenant may know of the shared one, and not touch it.
pub fn require_own(network: &Network, binding: &Binding) -> Result<(), Refused> {
    if binding.admits_tenant(network.tenant_id.as_ref()) {
        return Ok(());
    }
    Err(Refused::new(Code::InsufficientKeyScope, "This X app is the operator's, for all tenants."))
}

/// The client of a new connect session. One tenant's app is for no other tenant's accounts.
pub fn client_for_session(network: Option<Network>, tenant_id: Option<&TenantId>) -> Result<ClientRef, Refused> {
    let is_fit = |network: &Network| network.tenant_id.is_none() || network.tenant_id.as_ref() == tenant_id;
    match network.filter(is_fit) {
        Some(network) => Ok(network.client()),
        None => Err(Refused::new(Code::NetworkNotConfigured, "No X app is configured for this tenant.")),
    }
}

/// The account that a session is to connect again, if it is of the session's tenant.
pub fn account_to_reconnect(account: Option<Account>, tenant_id: Option<&TenantId>) -> Result<Account, Refused> {
    let account = account.filter(|account| account.tenant_id.as_ref() == tenant_id);
    account.ok_or_else(|| Refused::new(Code::NotFound, "There is no such account to reconnect under this tenant."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{account, network, tenant};

    fn of(name: &str) -> Binding {
        Binding { tenant_id: Some(tenant(name)), account_id: None }
    }

    fn app_of(name: &str) -> Network {
        Network { tenant_id: Some(tenant(name)), ..network() }
    }

    #[test]
    fn a_tenant_knows_its_own_app_and_the_shared_one_and_no_others() {
        assert!(is_readable(&app_of("t1"), &of("t1")) && is_readable(&network(), &of("t1")));
        assert!(!is_readable(&app_of("t2"), &of("t1")));
        assert!(is_readable(&app_of("t2"), &Binding::default()), "the operator knows all");
    }

    #[test]
    fn a_tenant_changes_its_own_app_and_not_the_shared_one() {
        assert!(require_own(&app_of("t1"), &of("t1")).is_ok());
        let refused = require_own(&network(), &of("t1")).map_err(|refused| refused.code);
        assert_eq!(refused, Err(Code::InsufficientKeyScope));
        assert!(require_own(&network(), &Binding::default()).is_ok());
    }

    #[test]
    fn a_session_takes_the_tenants_app_or_the_shared_one() {
        let (t1, code) = (tenant("t1"), |refused: Refused| refused.code);
        assert_eq!(client_for_session(Some(app_of("t1")), Some(&t1)).map_err(code), Ok(app_of("t1").client()));
        assert_eq!(client_for_session(Some(network()), Some(&t1)).map_err(code), Ok(network().client()));
        assert_eq!(client_for_session(Some(network()), None).map_err(code), Ok(network().client()));
        for (found, tenant_id) in [(Some(app_of("t2")), Some(&t1)), (Some(app_of("t2")), None), (None, None)] {
            assert_eq!(client_for_session(found, tenant_id).map_err(code), Err(Code::NetworkNotConfigured));
        }
    }

    #[test]
    fn an_account_is_connected_again_under_its_own_tenant_only() {
        let (t1, mut known) = (tenant("t1"), account(2));
        known.tenant_id = Some(t1.clone());
        let id = |account: Result<Account, Refused>| account.map(|account| account.id).map_err(|refused| refused.code);
        assert_eq!(id(account_to_reconnect(Some(known.clone()), Some(&t1))), Ok(known.id.clone()));
        assert_eq!(id(account_to_reconnect(Some(known.clone()), None)), Err(Code::NotFound));
        assert_eq!(id(account_to_reconnect(Some(known), Some(&tenant("t2")))), Err(Code::NotFound));
        assert_eq!(id(account_to_reconnect(None, Some(&t1))), Err(Code::NotFound));
    }
}
