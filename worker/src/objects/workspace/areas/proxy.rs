//! Calls passed on to X: who may make such a call, and the checks before a writing call.

use latchkey_core::account::{Account, must_reconnect};
use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::audit::{Action, Entry};
use latchkey_core::id::AccountId;
use latchkey_core::key::{Binding, Caller};
use latchkey_core::x::price::Micros;

use super::budget::Expense;
use super::{Workspace, accounts, budget, events, not_found};
use crate::error::Result;
use crate::objects::workspace::access;
use crate::rpc::workspace::{Admission, Head, ProxyPlan};
use crate::runtime::now;

/// Tokens of an app that is gone open no door, from the moment that the workspace knows.
fn require_app(account: &Account) -> Result<()> {
    if account.has_lost_its_app() {
        return Err(must_reconnect().into());
    }
    Ok(())
}

/// Which account a call is for: the one in its path, or the one that its key is bound to.
pub fn plan(w: &Workspace, head: &Head, id: Option<&str>) -> Result<ProxyPlan> {
    let caller = access::authorise(w, head)?;
    let binding = &caller.binding;
    let bound = binding.account_id.as_ref().map(AccountId::as_str);
    let account = match id.or(bound) {
        Some(id) => accounts::account_for(w, id, binding)?,
        None => {
            return Err(Refused::new(Code::InsufficientKeyScope, "This door needs a key of one account.")
                .with_hint("Make one by POST /v1/api-keys with `account_id`, or call /v1/social-accounts/{id}/x/2/….")
                .into());
        }
    };
    require_app(&account)?;
    Ok(ProxyPlan { object: account.object(), account_id: account.id, key_id: caller.key_id })
}

/// A call that writes, in order: (1) its key again, if the account's object does not know it itself, (2) the app's
/// pause and its own window, (3) the budget, of which the price is taken.
pub fn admit(w: &Workspace, admission: &Admission) -> Result<Micros> {
    let caller = match &admission.key {
        Some((digest, access)) => access::caller_of(w, digest, *access)?,
        None => Caller { binding: Binding::default(), ..Caller::admin() },
    };
    let account = accounts::account_for(w, admission.account_id.as_str(), &caller.binding)?;
    require_app(&account)?;
    let network = w.store.apps.find(account.network_id.as_str())?.ok_or_else(|| not_found("social network"))?;
    let settings = w.store.settings.get()?;
    network.breaker(&settings, now()).require_open(admission.creates_post, now())?;
    let cost = settings.prices.of_charge(admission.charge);
    let tenant_id = account.tenant_id.as_ref();
    budget::require(w, &Expense { tenant_id, cost, at: now(), instead_of: None })?;
    budget::spend(w, &account.id, cost)?;
    events::record(
        w,
        &Entry {
            at: now(),
            key_id: Some(admission.key_id.clone()),
            action: Action::XCalled,
            tenant_id: account.tenant_id.clone(),
            target_id: Some(account.id.to_string()),
            request_id: None,
        },
    )?;
    Ok(cost)
}
