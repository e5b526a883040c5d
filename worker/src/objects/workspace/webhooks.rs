//! Webhooks of the workspace: the subscriptions, and the log of their calls.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::event::test_data;
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::api::webhook::{DispatchFilter, dispatch_view, webhook_view};
use latchkey_core::id::{TenantId, WebhookId};
use latchkey_core::key::Binding;
use latchkey_core::webhook::{Change, Dispatch, EventKind, Webhook};
use serde::Deserialize;
use serde_json::{Value, json};
use worker::SqlStorageValue;

use super::list::Filter;
use super::{Inner, not_found};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::objects::storage::doc;
use crate::runtime::now;

/// Of one tenant, or of none: each is looked at for every event.
const MAX_WEBHOOKS: u64 = 50;

/// Said where an address moves to another origin.
const HEADERS_DROPPED: &str =
    "The custom headers were for the origin before and are gone; send `headers` again if the new address needs them.";

/// A row of the log with what was sent.
#[derive(Deserialize)]
struct Logged {
    dispatch: Dispatch,
    body: String,
}

impl Inner {
    /// Whose a new webhook will be.
    pub(super) fn plan_webhook(&self, wanted: Option<TenantId>, whose: &Binding) -> Result<Option<TenantId>> {
        let tenant_id = whose.tenant_for(wanted)?;
        let query = "SELECT count(*) AS count FROM webhooks WHERE tenant_id = ?";
        if self.db()?.count(query, vec![tenant_key(tenant_id.as_ref())])? >= MAX_WEBHOOKS {
            return Err(Refused::field("tenant_id", format!("has {MAX_WEBHOOKS} webhooks already")).into());
        }
        Ok(tenant_id)
    }

    pub(super) fn save_webhook(&self, webhook: &Webhook) -> Result<()> {
        self.db()?.run(
            "INSERT INTO webhooks (id, tenant_id, is_failing, doc) VALUES (?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET is_failing = excluded.is_failing, doc = excluded.doc",
            vec![
                webhook.id.as_str().into(),
                tenant_key(webhook.tenant_id.as_ref()),
                i32::from(webhook.failing_since.is_some()).into(),
                doc(webhook)?,
            ],
        )
    }

    pub(super) fn webhook(&self, id: &WebhookId) -> Result<Option<Webhook>> {
        self.db()?.doc("SELECT doc FROM webhooks WHERE id = ?", vec![id.as_str().into()])
    }

    /// Those of this tenant, and those that hear of everything.
    pub(super) fn webhooks_in_reach(&self, tenant_id: Option<&TenantId>) -> Result<Vec<Webhook>> {
        let query = "SELECT doc FROM webhooks WHERE tenant_id IN ('', ?)";
        self.db()?.docs(query, vec![tenant_key(tenant_id)])
    }

    /// One that is there for this caller.
    fn webhook_for(&self, id: &str, whose: &Binding) -> Result<Webhook> {
        let webhook: Option<Webhook> = self.db()?.doc("SELECT doc FROM webhooks WHERE id = ?", vec![id.into()])?;
        let mine = webhook.filter(|webhook| whose.admits_tenant(webhook.tenant_id.as_ref()));
        mine.ok_or_else(|| not_found("webhook"))
    }

    pub(super) fn list_webhooks(&self, mut query: Query, whose: &Binding) -> Result<Answer> {
        let tenant_id = query.take_tenant();
        let page = Page::from_query(&mut query, List::Webhooks)?;
        let warnings = query.finish()?;
        let filter = Filter::new("TRUE").of_tenant("tenant_id", whose, tenant_id.as_deref());
        Ok(self.db()?.list("webhooks", "doc", &filter, &page)?.answer(webhook_view, &warnings))
    }

    pub(super) fn get_webhook(&self, id: &str, whose: &Binding) -> Result<Answer> {
        Ok(Answer::data(200, webhook_view(&self.webhook_for(id, whose)?)))
    }

    pub(super) fn change_webhook(&self, id: &str, change: Change, whose: &Binding) -> Result<Answer> {
        let mut webhook = self.webhook_for(id, whose)?;
        let was_enabled = webhook.disabled.is_none();
        let drops_headers = webhook.change(change, now());
        self.save_webhook(&webhook)?;
        if was_enabled && webhook.disabled.is_some() {
            self.give_up_dispatches(&webhook.id)?;
        }
        let warnings: &[&str] = if drops_headers { &[HEADERS_DROPPED] } else { &[] };
        Ok(Answer::success(200, json!({ "data": webhook_view(&webhook), "warnings": warnings })))
    }

    /// Its log goes with it.
    pub(super) fn delete_webhook(&self, id: &str, whose: &Binding) -> Result<Answer> {
        let webhook = self.webhook_for(id, whose)?;
        self.db()?.run("DELETE FROM webhooks WHERE id = ?", vec![webhook.id.as_str().into()])?;
        self.delete_dispatches(&webhook.id)?;
        Ok(Answer::success(200, json!({ "message": "Webhook deleted successfully" })))
    }

    /// Tells this webhook something that means nothing, also when it did not ask for it or is switched off.
    pub(super) fn test_webhook(&self, id: &str, whose: &Binding) -> Result<Answer> {
        let webhook = self.webhook_for(id, whose)?;
        let (event_id, body) = self.write_event(EventKind::Test, &test_data(&webhook, ORG_ID))?;
        let dispatch = Dispatch::new(event_id, webhook.id, EventKind::Test, true, now());
        self.add_dispatch(&dispatch)?;
        Ok(Answer::data(200, dispatch_view(&dispatch, &body)))
    }

    /// Newest first.
    pub(super) fn list_dispatches(&self, id: &str, mut query: Query, whose: &Binding) -> Result<Answer> {
        let filter = DispatchFilter::from_query(&mut query)?;
        let warnings = query.finish()?;
        let webhook = self.webhook_for(id, whose)?;
        let logged = "json_object('dispatch', json(doc),
            'body', (SELECT body FROM events e WHERE e.id = event_id))";
        let wanted = wanted(&webhook.id, &filter);
        Ok(self.db()?.list("dispatches", logged, &wanted, &filter.page)?.answer(Logged::view, &warnings))
    }

    /// Sends one again, whatever became of it, with the same id.
    pub(super) fn redeliver(&self, id: &str, event_id: &str, whose: &Binding) -> Result<Answer> {
        let webhook = self.webhook_for(id, whose)?;
        let mut dispatch = self.dispatch_to(webhook.id.as_str(), event_id)?.ok_or_else(|| not_found("delivery"))?;
        dispatch.redeliver(now());
        self.save_dispatch(&dispatch)?;
        let body = self.event_body(&dispatch.event_id)?;
        Ok(Answer::data(200, dispatch_view(&dispatch, &body)))
    }
}

impl Logged {
    fn view(&self) -> Value {
        dispatch_view(&self.dispatch, &self.body)
    }
}

/// None is "", so that one comparison finds both.
fn tenant_key(tenant_id: Option<&TenantId>) -> SqlStorageValue {
    tenant_id.map_or("", TenantId::as_str).into()
}

/// The filters as SQL over `dispatches`.
fn wanted(id: &WebhookId, filter: &DispatchFilter) -> Filter {
    let (state, kind) = (json!(filter.status), json!(filter.event));
    Filter::new("TRUE")
        .given("webhook_id = ?", Some(id.as_str()))
        .given("json_extract(doc, '$.state') = ?", state.as_str())
        .given("json_extract(doc, '$.kind') = ?", kind.as_str())
}
