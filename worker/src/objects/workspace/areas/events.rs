//! Events: the one path into the audit and to the webhooks, in the transaction of the effect.

use latchkey_core::account::Account;
use latchkey_core::announcement::{self, Announcement};
use latchkey_core::api::event::{Event, event_body};
use latchkey_core::audit::Entry;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{EventId, PostId, TenantId};
use latchkey_core::recent::Topic;
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::webhook::{EventKind, WebhookDelivery};
use serde_json::Value;

use super::Workspace;
use crate::error::{Error, Result};
use crate::names::{ORG_ID, WORKSPACE};
use crate::objects::workspace::store::posts::deliveries::Addressed;
use crate::objects::workspace::store::webhooks::StoredEvent;
use crate::runtime::{entropy, now};

/// The body that is signed and sent, the same each time; kept sealed if it is secret.
pub fn write(w: &Workspace, kind: EventKind, data: &Value, is_secret: bool) -> Result<(EventId, String)> {
    let (id, at) = (EventId::from_entropy(entropy()?), now());
    let body = event_body(kind, at, data);
    let stored = if is_secret {
        StoredEvent::sealed(w.app()?.keyring().seal(&context(&id), body.as_bytes(), entropy()?)?)
    } else {
        StoredEvent::open(body.clone())
    };
    w.store.webhooks.add_event(&id, at, &stored)?;
    Ok((id, body))
}

/// The body of a stored event.
pub fn opened(w: &Workspace, id: &EventId, event: &StoredEvent) -> Result<String> {
    if !event.is_sealed() {
        return Ok(event.body.clone());
    }
    let body = w.app()?.keyring().open(&context(id), &event.body)?;
    // EXPOSE: for the webhooks that are told, and for keys that manage them.
    String::from_utf8(body.expose().clone()).map_err(|_| Error::fault("a sealed event is not text"))
}

/// The same event, sealed by the first key of the ring.
pub fn re_encrypt(w: &Workspace, id: &EventId) -> Result<()> {
    let event = w.store.webhooks.event(id)?;
    if !event.is_sealed() {
        return Ok(());
    }
    let sealed = w.app()?.keyring().re_encrypt(&context(id), &event.body, entropy()?)?;
    sealed.map_or(Ok(()), |sealed| w.store.webhooks.save_event(id, &StoredEvent::sealed(sealed)))
}

fn context(id: &EventId) -> Context<'_> {
    Context { workspace: WORKSPACE, purpose: Purpose::EventBody, row: id.as_str() }
}

/// An entry of the audit, which pages that show what changes hear of.
pub fn record(w: &Workspace, entry: &Entry) -> Result<()> {
    w.live.note(entry.tenant_id.as_ref(), Topic::of(entry.action));
    w.store.audit.add(entry)
}

/// An account's object has reported of its part of a post, which has not come to its end.
pub fn under_way(w: &Workspace, delivery: &Delivery) -> Result<()> {
    let account = w.store.accounts.find_even_deleted(&delivery.account_id)?;
    w.live.note(account.and_then(|account| account.tenant_id).as_ref(), Topic::Posts);
    Ok(())
}

/// Nobody asked for the event: an entry of the audit, and a row for each webhook that is subscribed.
pub fn happened(w: &Workspace, event: &Event) -> Result<()> {
    if let Some(audited) = event.audited() {
        record(w, &audited.by_itself(now()))?;
    }
    notify(w, event)
}

/// A call asked for the event, and the call has the entry of the audit. One row for each webhook that is subscribed; a
/// webhook that is switched off finds the event in its log.
pub fn notify(w: &Workspace, event: &Event) -> Result<()> {
    let Event { kind, tenant_id, data, is_secret, .. } = event;
    w.live.note(tenant_id.as_ref(), Topic::of_subject(kind.row().subject));
    let mut webhooks = w.store.webhooks.in_reach(tenant_id.as_ref())?;
    webhooks.retain(|webhook| webhook.hears(*kind, tenant_id.as_ref()));
    if webhooks.is_empty() {
        return Ok(());
    }
    let (event_id, _) = write(w, *kind, data, *is_secret)?;
    for webhook in webhooks {
        let is_enabled = webhook.is_enabled();
        w.store.webhook_deliveries.add(&WebhookDelivery::new(
            event_id.clone(),
            webhook.id().clone(),
            *kind,
            is_enabled,
            now(),
        ))?;
    }
    Ok(())
}

/// The event of an account whose status has changed.
pub fn of_status(account: &Account) -> Option<Event> {
    let kind = announcement::of_account(account.status())?;
    Some(Event::of_account(kind, account, ORG_ID, None))
}

/// What became of a post, if that is news. Says whether there was something to tell.
pub fn announce(w: &Workspace, id: &PostId) -> Result<bool> {
    let (deliveries, notified) = w.store.deliveries.with_outcomes(id)?;
    w.live.note(tenant_of(&deliveries), Topic::Posts);
    let Some(announcement) = announcement::of_post(&deliveries, &notified) else { return Ok(false) };
    announcement.news.iter().try_for_each(|outcome| w.store.deliveries.remember_notified(id, outcome))?;
    if !is_anybody_told(w, &announcement, &deliveries)? {
        return Ok(true);
    }
    let Some(post) = w.store.posts.find(id.as_str())? else { return Ok(false) };
    happened(w, &Event::of_post(announcement.event, &post, ORG_ID, &deliveries))?;
    if !announcement.media_failed.is_empty() {
        happened(w, &Event::of_post(EventKind::MediaFailed, &post, ORG_ID, &announcement.media_failed))?;
    }
    Ok(true)
}

/// A post has the tenant of its accounts.
fn tenant_of(deliveries: &[Addressed]) -> Option<&TenantId> {
    deliveries.first().and_then(|(_, account)| account.tenant_id.as_ref())
}

/// Whether there is somebody to tell: a webhook, or the audit.
fn is_anybody_told(w: &Workspace, announcement: &Announcement, deliveries: &[Addressed]) -> Result<bool> {
    let kinds = [announcement.event, EventKind::MediaFailed];
    let tenant_id = tenant_of(deliveries);
    let webhooks = w.store.webhooks.in_reach(tenant_id)?;
    let is_told = |kind: &EventKind| webhooks.iter().any(|webhook| webhook.hears(*kind, tenant_id));
    Ok(kinds.iter().any(|kind| kind.row().audited.is_some() || is_told(kind)))
}
