//! Events for webhooks, stored in the transaction of the effect.

use latchkey_core::account::Account;
use latchkey_core::announcement;
use latchkey_core::api::event::{account_data, event_body, network_data, post_data};
use latchkey_core::audit::Action;
use latchkey_core::id::{EventId, PostId, TenantId};
use latchkey_core::network::{Network, Pause};
use latchkey_core::webhook::{Dispatch, EventKind};
use serde_json::Value;

use super::{Workspace, audit};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::runtime::{entropy, now};

/// The body that is signed and sent, the same each time.
pub fn write(w: &Workspace, kind: EventKind, data: &Value) -> Result<(EventId, String)> {
    let (id, at) = (EventId::from_entropy(entropy()?), now());
    let body = event_body(kind, at, data);
    w.store.webhooks.add_event(&id, at, &body)?;
    Ok((id, body))
}

/// Once for each webhook that hears of it. One that is switched off finds it in its log.
fn emit(w: &Workspace, kind: EventKind, tenant_id: Option<&TenantId>, data: &Value) -> Result<()> {
    let mut webhooks = w.store.webhooks.in_reach(tenant_id)?;
    webhooks.retain(|webhook| webhook.hears(kind, tenant_id));
    if webhooks.is_empty() {
        return Ok(());
    }
    let (event_id, _) = write(w, kind, data)?;
    for webhook in webhooks {
        let is_enabled = webhook.disabled.is_none();
        w.store.dispatches.add(&Dispatch::new(event_id.clone(), webhook.id, kind, is_enabled, now()))?;
    }
    Ok(())
}

pub fn account_connected(w: &Workspace, account: &Account) -> Result<()> {
    audit::record(w, Action::AccountConnected, account.tenant_id.as_ref(), account.id.as_str())?;
    let data = account_data(account, ORG_ID, account.session_id());
    emit(w, EventKind::AccountConnected, account.tenant_id.as_ref(), &data)
}

/// An account has another status than before, and nobody asked for that.
pub fn account_fell(w: &Workspace, account: &Account) -> Result<()> {
    let kind = announcement::of_account(account.status());
    if let Some(action) = kind.and_then(|kind| kind.row().audited) {
        audit::record(w, action, account.tenant_id.as_ref(), account.id.as_str())?;
    }
    tell_status(w, account)
}

pub fn tell_status(w: &Workspace, account: &Account) -> Result<()> {
    let Some(kind) = announcement::of_account(account.status()) else { return Ok(()) };
    emit(w, kind, account.tenant_id.as_ref(), &account_data(account, ORG_ID, None))
}

pub fn network_paused(w: &Workspace, network: &Network, pause: &Pause) -> Result<()> {
    audit::record(w, Action::NetworkPaused, network.tenant_id.as_ref(), network.id.as_str())?;
    let data = network_data(network, ORG_ID, pause);
    emit(w, EventKind::NetworkPaused, network.tenant_id.as_ref(), &data)
}

pub fn network_resumed(w: &Workspace, network: &Network, pause: &Pause) -> Result<()> {
    let data = network_data(network, ORG_ID, pause);
    emit(w, EventKind::NetworkResumed, network.tenant_id.as_ref(), &data)
}

/// What became of a post, if that is news. Says whether there was something to tell.
pub fn announce(w: &Workspace, id: &PostId) -> Result<bool> {
    let deliveries = w.store.deliveries.of_post(id)?;
    let Some(announcement) = announcement::of_post(&deliveries, &w.store.deliveries.notified(id)?) else {
        return Ok(false);
    };
    let Some(post) = w.store.posts.find(id.as_str())? else { return Ok(false) };
    announcement.news.iter().try_for_each(|outcome| w.store.deliveries.remember_notified(id, outcome))?;
    let tenant_id = post.tenant_id.as_ref();
    emit(w, announcement.event, tenant_id, &post_data(&post, ORG_ID, &deliveries))?;
    if !announcement.media_failed.is_empty() {
        let data = post_data(&post, ORG_ID, &announcement.media_failed);
        emit(w, EventKind::MediaFailed, tenant_id, &data)?;
    }
    Ok(true)
}
