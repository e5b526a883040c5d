//! Webhooks of the workspace: the subscriptions, and the log of their calls.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::event::test_data;
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::query::Query;
use latchkey_core::api::webhook::{WebhookDeliveryFilter, webhook_delivery_view, webhook_view};
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::{TenantId, WebhookId};
use latchkey_core::key::Binding;
use latchkey_core::webhook::{Change, Changed, EventKind, Webhook, WebhookDelivery, require_room};
use serde_json::{Value, json};

use super::{Done, Workspace, done, events, given, lists, not_found, planned};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::objects::workspace::store::webhooks::deliveries::Logged;
use crate::rpc::workspace::{Outcome, WebhookCommand};
use crate::runtime::now;

pub fn command(w: &Workspace, command: &WebhookCommand, binding: &Binding) -> Result<Done<Outcome>> {
    match command {
        WebhookCommand::Plan(asked) => planned(asked, plan(w, asked.tenant_id.clone(), binding)?),
        WebhookCommand::Commit { webhook, answer, is_sealed } => {
            let audited = commit(w, webhook)?;
            Ok(given(answer, *is_sealed).did(audited))
        }
        WebhookCommand::Change { id, change: wanted } => Ok(done(change(w, id, (**wanted).clone(), binding)?)),
    }
}

/// Said where an address moves to another origin.
const HEADERS_DROPPED: &str =
    "The custom headers were for the origin before and are gone; send `headers` again if the new address needs them.";

/// Whose a new webhook will be.
fn plan(w: &Workspace, wanted: Option<TenantId>, binding: &Binding) -> Result<Option<TenantId>> {
    let tenant_id = binding.tenant_for(wanted)?;
    require_room(w.store.webhooks.count_of(tenant_id.as_ref())?)?;
    Ok(tenant_id)
}

pub fn list(w: &Workspace, mut query: Query, binding: &Binding) -> Result<Answer> {
    let tenant_id = query.take_tenant();
    let page = Page::from_query(&mut query, List::Webhooks)?;
    let warnings = query.finish()?;
    Ok(lists::answer(&w.store.webhooks.list(binding, tenant_id.as_deref(), &page)?, webhook_view, &warnings))
}

/// Newest first.
pub fn list_deliveries(w: &Workspace, id: &str, mut query: Query, binding: &Binding) -> Result<Answer> {
    let filter = WebhookDeliveryFilter::from_query(&mut query)?;
    let warnings = query.finish()?;
    let webhook = webhook_for(w, id, binding)?;
    let logged = w.store.webhook_deliveries.list(webhook.id(), &filter)?;
    let view = |Logged { delivery, event }: &Logged| {
        Ok(webhook_delivery_view(delivery, &events::opened(w, &delivery.event_id, event)?))
    };
    let views = logged.rows.iter().map(view).collect::<Result<Vec<Value>>>()?;
    Ok(Answer::success(200, lists::body(&logged, views, &warnings).into()))
}

/// What waits for a webhook that was switched off.
pub fn give_up_deliveries(w: &Workspace, webhook_id: &WebhookId) -> Result<()> {
    for mut delivery in w.store.webhook_deliveries.waiting_for(webhook_id)? {
        delivery.give_up();
        w.store.webhook_deliveries.save(&delivery)?;
    }
    Ok(())
}

pub fn get(w: &Workspace, id: &str, binding: &Binding) -> Result<Answer> {
    Ok(Answer::data(200, webhook_view(&webhook_for(w, id, binding)?)))
}

/// One that is there for this caller.
fn webhook_for(w: &Workspace, id: &str, binding: &Binding) -> Result<Webhook> {
    let webhook = w.store.webhooks.find(id)?;
    let mine = webhook.filter(|webhook| binding.admits_tenant(webhook.tenant_id()));
    mine.ok_or_else(|| not_found("webhook"))
}

fn change(w: &Workspace, id: &str, change: Change, binding: &Binding) -> Result<Done<Answer>> {
    let mut webhook = webhook_for(w, id, binding)?;
    let Changed { drops_headers, is_switched_off } = webhook.change(change, now());
    w.store.webhooks.save(&webhook)?;
    if is_switched_off {
        give_up_deliveries(w, webhook.id())?;
    }
    let warnings: &[&str] = if drops_headers { &[HEADERS_DROPPED] } else { &[] };
    let answer = Answer::success(200, json!({ "data": webhook_view(&webhook), "warnings": warnings }));
    Ok(Done::from(answer).did(audited(Action::WebhookChanged, &webhook)))
}

/// Its log goes with it.
pub fn delete(w: &Workspace, id: &str, binding: &Binding) -> Result<Done<Answer>> {
    let webhook = webhook_for(w, id, binding)?;
    w.store.webhooks.delete(webhook.id())?;
    w.store.webhook_deliveries.delete_of(webhook.id())?;
    let answer = Answer::success(200, json!({ "message": "Webhook deleted successfully" }));
    Ok(Done::from(answer).did(audited(Action::WebhookDeleted, &webhook)))
}

fn commit(w: &Workspace, webhook: &Webhook) -> Result<Audited> {
    w.store.webhooks.save(webhook)?;
    Ok(audited(Action::WebhookCreated, webhook))
}

fn audited(action: Action, webhook: &Webhook) -> Audited {
    Audited::on(action, webhook.tenant_id(), webhook.id().as_str())
}

/// Tells this webhook something that means nothing, also when it did not ask for it or is switched off.
pub fn test(w: &Workspace, id: &str, binding: &Binding) -> Result<Answer> {
    let webhook = webhook_for(w, id, binding)?;
    let (event_id, body) = events::write(w, EventKind::Test, &test_data(&webhook, ORG_ID), false)?;
    let delivery = WebhookDelivery::new(event_id, webhook.id().clone(), EventKind::Test, true, now());
    w.store.webhook_deliveries.add(&delivery)?;
    Ok(Answer::data(200, webhook_delivery_view(&delivery, &body)))
}

/// Sends one again, whatever became of it, with the same id.
pub fn redeliver(w: &Workspace, id: &str, event_id: &str, binding: &Binding) -> Result<Done<Answer>> {
    let webhook = webhook_for(w, id, binding)?;
    let mut delivery =
        w.store.webhook_deliveries.find(webhook.id().as_str(), event_id)?.ok_or_else(|| not_found("delivery"))?;
    delivery.redeliver(now());
    w.store.webhook_deliveries.save(&delivery)?;
    let event = w.store.webhooks.event(&delivery.event_id)?;
    let body = events::opened(w, &delivery.event_id, &event)?;
    Ok(Done::from(Answer::data(200, webhook_delivery_view(&delivery, &body))).secret(event.is_sealed()))
}
