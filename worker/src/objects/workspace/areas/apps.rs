//! The operator's X apps.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::network::NetworkView;
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::query::Query;
use latchkey_core::app_change;
use latchkey_core::app_change::{Change, Ended, Removed, SUPERSEDED_FOR, require_same_client, require_undisturbed};
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::{NetworkId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::network::{ClientRef, Credentials, Network, is_readable, is_x, require_own};
use latchkey_core::oauth::Scopes;
use latchkey_core::outbox::OutboxJob;
use serde_json::json;

use super::{Done, Workspace, accounts, breaker, done, events, lists, not_found, planned};
use crate::error::{Error, Result};
use crate::rpc::workspace::{
    AppCommand, DeletionPlan, NetworkCommit, NetworkInput, NetworkPlan, Outcome, VerificationPlan,
};
use crate::runtime::{entropy, now};

pub fn command(w: &Workspace, command: &AppCommand, url: &str, binding: &Binding) -> Result<Done<Outcome>> {
    match command {
        AppCommand::Plan(input) => planned(input, plan(w, input, binding)?),
        AppCommand::Commit(input) => Ok(done(commit(w, input, url)?)),
        AppCommand::PlanVerification(asked) => planned(asked, plan_verification(w, &asked.id, binding)?),
        AppCommand::CommitVerification { id, is_good, answer } => {
            Ok(done(commit_verification(w, id, *is_good, answer)?))
        }
        AppCommand::Delete(asked) => planned(asked, delete(w, &asked.id, binding)?),
    }
}

pub fn list(w: &Workspace, mut query: Query, callback_url: &str, binding: &Binding) -> Result<Answer> {
    let tenant_id = query.take_tenant();
    let page = Page::from_query(&mut query, List::Networks)?;
    let warnings = query.finish()?;
    let networks = w.store.apps.list(binding, tenant_id.as_deref(), &page)?;
    let view = |network: &Network| json!(NetworkView::new(network, callback_url, binding));
    Ok(lists::answer(&networks, view, &warnings))
}

impl NetworkCommit {
    fn credentials(&self) -> Credentials {
        Credentials {
            id: self.id.clone(),
            tenant_id: self.tenant_id.clone(),
            client_id: self.client_id.clone(),
            secret_version: self.version,
            client_type: self.client_type,
            is_verified: self.is_verified,
        }
    }
}

fn common(a: &Scopes, b: &Scopes) -> Scopes {
    let both: Vec<&str> = a.iter().filter(|name| b.contains(name)).collect();
    Scopes::parse(&both.join(" ")).unwrap_or_default()
}

/// Reserves where the new secret goes. Nothing is current before the commit.
fn plan(w: &Workspace, input: &NetworkInput, binding: &Binding) -> Result<NetworkPlan> {
    let (current, tenant_id, client_id, force) = match input {
        NetworkInput::Put { client_id, tenant_id, force } => {
            let tenant_id = binding.tenant_for(tenant_id.clone())?;
            let current = w.store.apps.of_tenant(tenant_id.as_ref().map_or("", TenantId::as_str))?;
            (current, tenant_id, Some(client_id), *force)
        }
        NetworkInput::Change { id, client_id } => {
            let current = own(w, id, binding)?;
            let tenant_id = current.tenant_id.clone();
            (Some(current), tenant_id, client_id.as_ref(), false)
        }
    };
    let client_id = client_id.or(current.as_ref().map(|network| &network.client_id)).cloned().unwrap_or_default();
    if let Some(network) = &current {
        require_same_client(network, &client_id, force, &w.store.accounts.of_app(&network.id)?)?;
    }
    let id = match &current {
        Some(network) => network.id.clone(),
        None => NetworkId::from_entropy(entropy()?),
    };
    let version = w.store.apps.next_secret_version(&id)?;
    w.store.outbox.add(&OutboxJob::ForgetSecret { network_id: id.clone(), version }, now() + SUPERSEDED_FOR)?;
    Ok(NetworkPlan { id, tenant_id, version, client_id, current: current.map(|network| network.client()) })
}

/// The new version is readable: from here on it is the one that is used.
fn commit(w: &Workspace, commit: &NetworkCommit, callback_url: &str) -> Result<Done<Answer>> {
    let before = w.store.apps.find(commit.id.as_str())?;
    let tenant = commit.tenant_id.as_ref().map_or("", TenantId::as_str);
    require_undisturbed(commit.replaces, before.as_ref(), w.store.apps.of_tenant(tenant)?.is_some())?;
    let accounts = w.store.accounts.of_app(&commit.id)?;
    let change = app_change::store(commit.credentials(), before.as_ref(), accounts, now());
    let status = if change.is_new { 201 } else { 200 };
    let mut warnings = commit.warnings.clone();
    warnings.extend(change.ended.iter().map(Ended::warning));
    let network = save_change(w, change, before.as_ref())?;
    let view = NetworkView::new(&network, callback_url, &Binding::default());
    let answer = Answer::success(status, json!({ "data": view, "warnings": warnings }));
    Ok(Done::from(answer).did(audited(Action::NetworkSaved, &network)))
}

fn audited(action: Action, network: &Network) -> Audited {
    Audited::on(action, network.tenant_id.as_ref(), network.id.as_str())
}

fn save_change(w: &Workspace, change: Change, before: Option<&Network>) -> Result<Network> {
    let Change { app, superseded, ended, is_new } = change;
    w.store.apps.save(&app)?;
    if let Some(version) = superseded {
        w.store.outbox.add(&OutboxJob::ForgetSecret { network_id: app.id.clone(), version }, now() + SUPERSEDED_FOR)?;
    }
    for account in &ended {
        save_ended(w, account)?;
        let job = OutboxJob::ClientChanged {
            object: account.account.object(),
            client_id: app.client_id.clone(),
            account_id: Some(account.account.id.clone()),
            before: before.map(Network::client),
        };
        w.store.outbox.add(&job, now())?;
    }
    // What it was paused for may be mended now; if not, the next call to X says so.
    if is_new {
        return Ok(app);
    }
    let (app, lifted) = breaker::lift(w, app)?;
    lifted.iter().try_for_each(|event| events::notify(w, event))?;
    Ok(app)
}

fn save_ended(w: &Workspace, ended: &Ended) -> Result<()> {
    w.store.accounts.save(&ended.account)?;
    let event = events::of_status(&ended.account).filter(|_| ended.is_news);
    event.iter().try_for_each(|event| events::happened(w, event))
}

pub fn get(w: &Workspace, id: &str, callback_url: &str, binding: &Binding) -> Result<Answer> {
    let network = readable(w, id, binding)?;
    Ok(Answer::data(200, NetworkView::new(&network, callback_url, binding)))
}

/// By id or name: the caller's own, or the one that all share.
fn readable(w: &Workspace, id: &str, binding: &Binding) -> Result<Network> {
    let network = find(w, id, binding.tenant_id.as_ref())?;
    network.filter(|network| is_readable(network, binding)).ok_or_else(|| not_found("social network"))
}

/// One that the caller may change. A tenant may know of the shared one, and not touch it.
pub fn own(w: &Workspace, id: &str, binding: &Binding) -> Result<Network> {
    let network = readable(w, id, binding)?;
    require_own(&network, binding)?;
    Ok(network)
}

/// Its accounts stay listed, inactive, and say what X has confirmed of their tokens. The edge asks X for the first of
/// them at once, to say in its answer what X has confirmed; the jobs do the rest.
fn delete(w: &Workspace, id: &str, binding: &Binding) -> Result<Done<DeletionPlan>> {
    let network = own(w, id, binding)?;
    let removed = app_change::remove(w.store.accounts.of_app(&network.id)?, now());
    for Removed { ended, release_at, .. } in &removed {
        save_ended(w, ended)?;
        accounts::enqueue_release(w, &ended.account, *release_at)?;
    }
    let forget = OutboxJob::ForgetSecret { network_id: network.id.clone(), version: network.secret_version() };
    w.store.outbox.add(&forget, now() + SUPERSEDED_FOR)?;
    w.store.apps.close(&network.id)?;
    let at_once = removed.iter().filter(|removed| removed.is_at_once).map(|removed| &removed.ended.account);
    let releases: Vec<_> =
        at_once.map(|account| Ok((account.object(), accounts::release_of(w, account)?))).collect::<Result<_>>()?;
    let others = removed.len() - releases.len();
    Ok(Done::from(DeletionPlan { releases, others }).did(audited(Action::NetworkDeleted, &network)))
}

/// The credentials that revoke tokens of a client. A session whose tokens X did not revoke at first holds them each
/// time that it asks.
pub fn client_of_tokens(w: &Workspace, client: &ClientRef, holds: bool) -> Result<ClientRef> {
    let Some(mut network) = w.store.apps.find_even_deleted(&client.network_id)? else { return Ok(client.clone()) };
    if holds {
        network.hold_secrets(now());
        w.store.apps.save(&network)?;
    }
    Ok(network.client_of_tokens(&client.client_id).unwrap_or_else(|| client.clone()))
}

fn plan_verification(w: &Workspace, id: &str, binding: &Binding) -> Result<VerificationPlan> {
    let network = own(w, id, binding)?;
    let accounts = w.store.accounts.of_app(&network.id)?;
    let granted = accounts.iter().map(|account| account.scopes().clone()).reduce(|all, scopes| common(&all, &scopes));
    Ok(VerificationPlan { network, granted })
}

fn commit_verification(w: &Workspace, id: &NetworkId, is_good: bool, answer: &Answer) -> Result<Answer> {
    if let Some(mut network) = w.store.apps.find(id.as_str())?.filter(|_| is_good) {
        network.verified(now());
        w.store.apps.save(&network)?;
    }
    Ok(answer.clone())
}

pub fn client(w: &Workspace, id: &NetworkId) -> Result<ClientRef> {
    let network = w.store.apps.find(id.as_str())?;
    let network = network.ok_or_else(|| Error::refused(Code::NetworkNotConfigured, "The X app was removed."))?;
    Ok(network.client())
}

/// By id; or by name: the tenant's own, else the one that all share.
pub fn find(w: &Workspace, id_or_name: &str, tenant_id: Option<&TenantId>) -> Result<Option<Network>> {
    if !is_x(id_or_name) {
        return w.store.apps.find(id_or_name);
    }
    match tenant_id.map(|tenant_id| w.store.apps.of_tenant(tenant_id.as_str())).transpose()?.flatten() {
        Some(own) => Ok(Some(own)),
        None => w.store.apps.of_tenant(""),
    }
}

/// `POST …/resume`.
pub fn resume(w: &Workspace, id: &str, callback_url: &str, binding: &Binding) -> Result<Done<Answer>> {
    let network = own(w, id, binding)?;
    let (network, lifted) = breaker::lift(w, network)?;
    lifted.iter().try_for_each(|event| events::notify(w, event))?;
    let answer = Answer::data(200, NetworkView::new(&network, callback_url, binding));
    Ok(Done::from(answer).did(audited(Action::NetworkResumed, &network)))
}
