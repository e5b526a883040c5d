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
use crate::objects::storage::{Db, doc, time};

/// The ids of all webhooks.
pub const IDS: &str = "SELECT id AS name FROM webhooks";

pub struct Webhooks {
    db: Rc<Db>,
}

#[derive(Deserialize)]
struct Body {
    body: String,
}

impl Webhooks {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn find(&self, id: &str) -> Result<Option<Webhook>> {
        self.db.doc("SELECT doc FROM webhooks WHERE id = ?", vec![id.into()])
    }

    /// Those of this tenant, and those that hear of everything.
    pub fn in_reach(&self, tenant_id: Option<&TenantId>) -> Result<Vec<Webhook>> {
        self.db.docs("SELECT doc FROM webhooks WHERE tenant_id IN ('', ?)", vec![tenant_key(tenant_id)])
    }

    pub fn list(&self, binding: &Binding, tenant_id: Option<&str>, page: &Page) -> Result<Listed<Webhook>> {
        self.db.list("webhooks", "doc", &Filter::new("TRUE").of_tenant("tenant_id", binding, tenant_id), page)
    }

    pub fn count_of(&self, tenant_id: Option<&TenantId>) -> Result<u64> {
        let query = "SELECT count(*) AS count FROM webhooks WHERE tenant_id = ?";
        self.db.count(query, vec![tenant_key(tenant_id)])
    }

    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT EXISTS (SELECT 1 FROM webhooks) AS count", Vec::new())? > 0)
    }

    pub fn save(&self, webhook: &Webhook) -> Result<()> {
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
        self.db.run("DELETE FROM webhooks WHERE id = ?", vec![id.as_str().into()])
    }

    /// The body that is signed and sent, the same each time.
    pub fn add_event(&self, id: &EventId, at: UnixMillis, body: &str) -> Result<()> {
        let insert = "INSERT INTO events (id, created_at, body) VALUES (?, ?, ?)";
        self.db.run(insert, vec![id.as_str().into(), time(at), body.into()])
    }

    pub fn event_body(&self, id: &EventId) -> Result<String> {
        let rows: Vec<Body> = self.db.rows("SELECT body FROM events WHERE id = ?", vec![id.as_str().into()])?;
        rows.into_iter().next().map(|row| row.body).ok_or_else(|| Error::fault("an event has no body"))
    }
}

/// None is "", so that one comparison finds both.
fn tenant_key(tenant_id: Option<&TenantId>) -> SqlStorageValue {
    tenant_id.map_or("", TenantId::as_str).into()
}
