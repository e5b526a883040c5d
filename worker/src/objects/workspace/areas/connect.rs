//! An account on its way in: a session is planned, the row is reserved, and the consent is entered.

use std::slice;

use latchkey_core::account::{Account, Consent};
use latchkey_core::api::account::AccountView;
use latchkey_core::api::event::Event;
use latchkey_core::api::refused::Refused;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::AccountId;
use latchkey_core::key::Binding;
use latchkey_core::network::{account_to_reconnect, client_for_session, require_client};
use latchkey_core::outbox::OutboxJob;
use latchkey_core::webhook::EventKind;
use serde_json::Value;

use super::{Done, Workspace, accounts, apps, events};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::rpc::workspace::{PlanSession, Reserved, SessionPlan};
use crate::runtime::{entropy, now};

/// Which client a new session is for, and whom it must bring back.
pub fn plan_session(w: &Workspace, asked: &PlanSession, binding: &Binding) -> Result<Done<SessionPlan>> {
    let tenant_id = binding.tenant_for(asked.tenant_id.clone())?;
    let client = client_for_session(apps::find(w, &asked.network, tenant_id.as_ref())?, tenant_id.as_ref())?;
    let Some(id) = &asked.reconnect else {
        let audited = Audited { tenant_id: tenant_id.clone(), ..Audited::of(Action::ConnectRequested) };
        return Ok(Done::from(SessionPlan { client, tenant_id, expected_user: None }).did(audited));
    };
    let account = account_to_reconnect(w.store.accounts.find(id.as_str())?, tenant_id.as_ref())?;
    // An account stays with its X app, also when the tenant has another one by now.
    let own = w.store.apps.find(account.network_id.as_str())?.map(|network| network.client());
    let tenant_of_row = tenant_id.as_ref().or(account.tenant_id.as_ref());
    let audited = Audited::on(Action::ConnectRequested, tenant_of_row, id.as_str());
    let client = own.unwrap_or(client);
    Ok(Done::from(SessionPlan { client, tenant_id, expected_user: Some(account.user().id.clone()) }).did(audited))
}

/// A step towards an account, as long as the X app of the consent is there. The refusal is committed with what it
/// brings about: a step before may have handed tokens to the account's object.
pub fn with_app<T>(
    w: &Workspace,
    consent: &Consent,
    step: impl FnOnce() -> Result<T>,
) -> Result<std::result::Result<T, Refused>> {
    let network = w.store.apps.find(consent.network_id.as_str())?;
    let current = network.as_ref().map(|network| network.client_id.as_str());
    match require_client(current, &consent.client_id) {
        Ok(()) => step().map(Ok),
        Err(refused) => take_back_consent(w, consent, current).map(|()| Err(refused)),
    }
}

/// What an account's object has of a client that is gone is discarded there and revoked at X.
fn take_back_consent(w: &Workspace, consent: &Consent, current: Option<&str>) -> Result<()> {
    // Without a row nothing was handed over.
    let Some(mut account) = row_of(w, consent)? else { return Ok(()) };
    account.discarded_tokens(now());
    w.store.accounts.update(&account)?;
    let job = OutboxJob::ClientChanged {
        object: account.object(),
        // Of an app that was deleted no client id is left.
        client_id: current.unwrap_or_default().to_owned(),
        account_id: Some(account.id),
        before: None,
    };
    w.store.outbox.add(&job, now())
}

/// The row of an X user under a tenant and an app, a closed one too.
fn row_of(w: &Workspace, consent: &Consent) -> Result<Option<Account>> {
    let rows = w.store.accounts.of_user(&consent.network_id, consent.user.id.as_str(), true)?;
    Ok(rows.into_iter().find(|account| account.tenant_id == consent.tenant_id))
}

/// The row that a consent will be entered in. A new one is there for nobody before its consent is entered: it is kept
/// as one that was deleted, which a connection revives.
pub fn reserve(w: &Workspace, consent: &Consent) -> Result<Reserved> {
    let rows = accounts::users_of_grant(w, &consent.network_id, consent.user.id.as_str())?;
    if let Some(account) = row_of(w, consent)? {
        return Ok(Reserved { account_id: account.id, rows });
    }
    let account = Account::reserved(AccountId::from_entropy(entropy()?), consent.clone(), now());
    w.store.accounts.save(&account)?;
    w.store.accounts.close(&account.id)?;
    Ok(Reserved { account_id: account.id, rows })
}

/// The same X user under the same tenant and app keeps id, posts and schedules. What its session has told already is
/// no news.
pub fn connected(w: &Workspace, consent: &Consent) -> Result<Value> {
    let account = match row_of(w, consent)? {
        Some(account) if account.has_entered(consent) => {
            return Ok(serde_json::to_value(AccountView::new(&account, ORG_ID))?);
        }
        Some(mut account) => {
            account.reconnected(consent.clone(), now());
            account
        }
        None => Account::new(AccountId::from_entropy(entropy()?), consent.clone(), now()),
    };
    w.store.accounts.save(&account)?;
    accounts::learn_users(w, slice::from_ref(account.user()))?;
    let event = Event::of_account(EventKind::AccountConnected, &account, ORG_ID, account.session_id());
    events::happened(w, &event)?;
    Ok(serde_json::to_value(AccountView::new(&account, ORG_ID))?)
}
