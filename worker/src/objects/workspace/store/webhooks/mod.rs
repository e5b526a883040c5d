//! Webhooks, and the bodies of the events that they are told.

pub mod deliveries;

use std::rc::Rc;

use latchkey_core::api::page::Page;
use latchkey_core::id::{EventId, TenantId, WebhookId};
use latchkey_core::key::Binding;
use latchkey_core::time::UnixMillis;
use latchkey_core::webhook::Webhook;
use serde::Deserialize;
use worker::SqlStorageValue;

use super::list::{Filter, Listed};
use crate::error::{Error, Result};
use crate::objects::cached::CachedRows;
use crate::objects::storage::{Db, doc, time};

/// The ids of all webhooks.
pub const IDS: &str = "SELECT id AS name FROM webhooks";
/// The ids of events that are kept sealed.
pub const SEALED_EVENTS: &str = "SELECT id AS name FROM events WHERE is_sealed = 1";

pub struct Webhooks {
    db: Rc<Db>,
    /// By tenant, "" for none: each post asks who hears of it. Who writes a webhook forgets all.
    in_reach: CachedRows<String, Vec<Webhook>>,
}

/// An event as it is kept.
#[derive(Deserialize)]
pub struct StoredEvent {
    pub body: String,
    is_sealed: u8,
}

impl StoredEvent {
    pub const fn open(body: String) -> Self {
        Self { body, is_sealed: 0 }
    }

    pub const fn sealed(body: String) -> Self {
        Self { body, is_sealed: 1 }
    }

    pub const fn is_sealed(&self) -> bool {
        self.is_sealed != 0
    }
}

impl Webhooks {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), in_reach: CachedRows::empty() }
    }

    pub fn find(&self, id: &str) -> Result<Option<Webhook>> {
        self.db.doc("SELECT doc FROM webhooks WHERE id = ?", vec![id.into()])
    }

    /// Those of this tenant, and those that hear of everything.
    pub fn in_reach(&self, tenant_id: Option<&TenantId>) -> Result<Vec<Webhook>> {
        let tenant = tenant_id.map_or("", TenantId::as_str);
        let query = "SELECT doc FROM webhooks WHERE tenant_id IN ('', ?)";
        self.in_reach.get(&self.db, tenant, || self.db.docs(query, vec![tenant.into()]))
    }

    pub fn list(&self, binding: &Binding, tenant_id: Option<&str>, page: &Page) -> Result<Listed<Webhook>> {
        self.db.list("webhooks", "doc", &Filter::new("TRUE").of_tenant("tenant_id", binding, tenant_id), page)
    }

    pub fn count_of(&self, tenant_id: Option<&TenantId>) -> Result<u64> {
        let query = "SELECT count(*) AS count FROM webhooks WHERE tenant_id = ?";
        self.db.count(query, vec![tenant_key(tenant_id)])
    }

    pub fn count_failing(&self) -> Result<u64> {
        self.db.count("SELECT count(*) AS count FROM webhooks w WHERE w.is_failing = 1", Vec::new())
    }

    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT EXISTS (SELECT 1 FROM webhooks) AS count", Vec::new())? > 0)
    }

    pub fn save(&self, webhook: &Webhook) -> Result<()> {
        self.in_reach.forget();
        self.db.run(
            "INSERT INTO webhooks (id, tenant_id, is_failing, doc) VALUES (?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET is_failing = excluded.is_failing, doc = excluded.doc",
            vec![
                webhook.id().as_str().into(),
                tenant_key(webhook.tenant_id()),
                i32::from(webhook.is_failing()).into(),
                doc(webhook)?,
            ],
        )
    }

    pub fn delete(&self, id: &WebhookId) -> Result<()> {
        self.in_reach.forget();
        self.db.run("DELETE FROM webhooks WHERE id = ?", vec![id.as_str().into()])
    }

    pub fn add_event(&self, id: &EventId, at: UnixMillis, event: &StoredEvent) -> Result<()> {
        let insert = "INSERT INTO events (id, created_at, body, is_sealed) VALUES (?, ?, ?, ?)";
        let values = vec![id.as_str().into(), time(at), event.body.as_str().into(), i32::from(event.is_sealed).into()];
        self.db.run(insert, values)
    }

    pub fn event(&self, id: &EventId) -> Result<StoredEvent> {
        let query = "SELECT body, is_sealed FROM events WHERE id = ?";
        let rows: Vec<StoredEvent> = self.db.rows(query, vec![id.as_str().into()])?;
        rows.into_iter().next().ok_or_else(|| Error::fault("an event has no body"))
    }

    /// The same event, sealed anew.
    pub fn save_event(&self, id: &EventId, event: &StoredEvent) -> Result<()> {
        let values = vec![event.body.as_str().into(), id.as_str().into()];
        self.db.run("UPDATE events SET body = ? WHERE id = ?", values)
    }
}

/// None is "", so that one comparison finds both.
fn tenant_key(tenant_id: Option<&TenantId>) -> SqlStorageValue {
    tenant_id.map_or("", TenantId::as_str).into()
}
