//! Deliveries of events to webhooks, and their log.

use std::rc::Rc;

use latchkey_core::api::webhook::WebhookDeliveryFilter;
use latchkey_core::id::WebhookId;
use latchkey_core::retention::Kept;
use latchkey_core::time::UnixMillis;
use latchkey_core::webhook::WebhookDelivery;
use serde::Deserialize;
use serde_json::json;

use super::StoredEvent;
use crate::error::Result;
use crate::objects::cached::Cached;
use crate::objects::storage::{Db, doc, read, time};
use crate::objects::workspace::store::Time;
use crate::objects::workspace::store::list::{Filter, Kinds, Listed};

/// Webhooks that fail or do not, with no try under way: one that does not answer has one connection and no more.
const IDLE: &str = "FROM webhooks w WHERE w.is_failing = ?1
    AND w.id NOT IN (SELECT webhook_id FROM dispatches WHERE opened > 0 AND due_at > ?2)";

/// How many rows of the log one alarm deletes.
const PURGED_AT_ONCE: u32 = 500;

pub struct WebhookDeliveries {
    db: Rc<Db>,
    /// Whether there is any: most deployments have no webhook, and each alarm asks.
    is_empty: Cached<bool>,
}

/// A row of the log with what was sent.
#[derive(Deserialize)]
pub struct Logged {
    pub delivery: WebhookDelivery,
    pub event: StoredEvent,
}

#[derive(Deserialize)]
struct EventOf {
    event_id: String,
}

/// A delivery that is to be tried.
pub struct Waiting {
    pub seq: i64,
    /// How often it was begun since it last ended: the process died in between.
    pub opened: u32,
    pub delivery: WebhookDelivery,
}

#[derive(Deserialize)]
struct Row {
    seq: i64,
    opened: u32,
    doc: String,
}

impl WebhookDeliveries {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), is_empty: Cached::empty() }
    }

    /// A process that starts has nothing under way. What may have killed the one before keeps its distance.
    pub fn resume(&self) -> Result<()> {
        self.db.run("UPDATE dispatches SET due_at = 0 WHERE opened > 0 AND opened < 3", Vec::new())
    }

    fn is_empty(&self) -> Result<bool> {
        let query = "SELECT count(*) AS count FROM (SELECT 1 FROM dispatches LIMIT 1)";
        self.is_empty.get(&self.db, || Ok(self.db.count(query, Vec::new())? == 0))
    }

    pub fn add(&self, delivery: &WebhookDelivery) -> Result<()> {
        self.is_empty.forget();
        self.db.run(
            "INSERT INTO dispatches (webhook_id, event_id, created_at, due_at, doc) VALUES (?, ?, ?, ?, ?)",
            vec![
                delivery.webhook_id.as_str().into(),
                delivery.event_id.as_str().into(),
                time(delivery.created_at),
                delivery.due_at().map(time).into(),
                doc(delivery)?,
            ],
        )
    }

    /// Whatever try was under way has ended, or does not count.
    pub fn save(&self, delivery: &WebhookDelivery) -> Result<()> {
        self.db.run(
            "UPDATE dispatches SET due_at = ?, opened = 0, doc = ? WHERE webhook_id = ? AND event_id = ?",
            vec![
                delivery.due_at().map(time).into(),
                doc(delivery)?,
                delivery.webhook_id.as_str().into(),
                delivery.event_id.as_str().into(),
            ],
        )
    }

    pub fn find(&self, webhook_id: &str, event_id: &str) -> Result<Option<WebhookDelivery>> {
        let query = "SELECT doc FROM dispatches WHERE webhook_id = ? AND event_id = ?";
        self.db.doc(query, vec![webhook_id.into(), event_id.into()])
    }

    /// What is still to be sent to a webhook.
    pub fn waiting_for(&self, webhook_id: &WebhookId) -> Result<Vec<WebhookDelivery>> {
        let query = "SELECT doc FROM dispatches WHERE webhook_id = ? AND due_at IS NOT NULL";
        self.db.docs(query, vec![webhook_id.as_str().into()])
    }

    pub fn list(&self, webhook_id: &WebhookId, filter: &WebhookDeliveryFilter) -> Result<Listed<Logged>> {
        let logged = "json_object('delivery', json(doc),
            'event', (SELECT json_object('body', body, 'is_sealed', is_sealed) FROM events e WHERE e.id = event_id))";
        let (state, kind) = (json!(filter.status), json!(filter.event));
        let kinds = || Kinds::Like(format!("{}/{}", state.as_str().unwrap_or("*"), kind.as_str().unwrap_or("*")));
        let wanted = Filter::counted("dispatches", "TRUE")
            .with_scope(format!("webhook/{}", webhook_id.as_str()), "webhook_id = +?", webhook_id.as_str())
            .of_kinds("json_extract(doc, '$.state') = +?", state.as_str(), kinds())
            .of_kinds("json_extract(doc, '$.kind') = +?", kind.as_str(), kinds());
        self.db.list("dispatches", logged, &wanted, &filter.page)
    }

    pub fn delete_of(&self, webhook_id: &WebhookId) -> Result<()> {
        let delete = "DELETE FROM dispatches WHERE webhook_id = ? RETURNING event_id";
        self.is_empty.forget();
        let deleted = self.db.rows(delete, vec![webhook_id.as_str().into()])?;
        self.delete_unheard(&deleted)
    }

    /// The log goes after its time, some rows by each alarm. The next alarm is due while there are more.
    pub fn purge(&self, now: UnixMillis) -> Result<()> {
        if self.is_empty()? {
            return Ok(());
        }
        let delete = format!(
            "DELETE FROM dispatches WHERE seq IN (SELECT seq FROM dispatches WHERE due_at IS NULL AND created_at <= ?
                ORDER BY created_at LIMIT {PURGED_AT_ONCE}) RETURNING event_id"
        );
        self.is_empty.forget();
        let deleted = self.db.rows(&delete, vec![time(Kept::WebhookDelivery.expired_at(now))])?;
        self.delete_unheard(&deleted)
    }

    /// Of these events, those that no webhook's log names any more.
    fn delete_unheard(&self, events: &[EventOf]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = events.iter().map(|event| event.event_id.as_str()).collect();
        let delete = "DELETE FROM events WHERE id IN (SELECT value FROM json_each(?))
            AND NOT EXISTS (SELECT 1 FROM dispatches WHERE event_id = events.id)";
        self.db.run(delete, vec![doc(&ids)?])
    }

    /// When a try that is under way counts as lost, or the log ends.
    pub fn next_end(&self) -> Result<Option<UnixMillis>> {
        let query = "SELECT min(at) AS at FROM (SELECT min(due_at) AS at FROM dispatches WHERE opened > 0
            UNION ALL SELECT min(created_at) + ? AS at FROM dispatches WHERE due_at IS NULL)";
        self.earliest(query, vec![Kept::WebhookDelivery.span().as_millis().into()])
    }

    /// When the next try is due to a webhook that has none under way.
    pub fn next_try(&self, is_failing: bool, now: UnixMillis) -> Result<Option<UnixMillis>> {
        let query = format!(
            "SELECT min((SELECT min(due_at) FROM dispatches WHERE webhook_id = w.id AND due_at IS NOT NULL)) AS at {IDLE}"
        );
        self.earliest(&query, vec![i32::from(is_failing).into(), time(now)])
    }

    fn earliest(&self, query: &str, values: Vec<worker::SqlStorageValue>) -> Result<Option<UnixMillis>> {
        if self.is_empty()? {
            return Ok(None);
        }
        let rows: Vec<Time> = self.db.rows(query, values)?;
        Ok(rows.first().and_then(|row| row.at).map(UnixMillis))
    }

    /// The earliest of each webhook that has none under way.
    pub fn due(&self, is_failing: bool, now: UnixMillis, limit: usize) -> Result<Vec<Waiting>> {
        if self.is_empty()? {
            return Ok(Vec::new());
        }
        let query = format!(
            "SELECT seq, opened, doc FROM dispatches WHERE seq IN (
                SELECT (SELECT seq FROM dispatches WHERE webhook_id = w.id AND due_at <= ?2 ORDER BY due_at, seq LIMIT 1) {IDLE}
            ) ORDER BY due_at, seq LIMIT +?3"
        );
        let limit = i32::try_from(limit).unwrap_or(0);
        let rows: Vec<Row> = self.db.rows(&query, vec![i32::from(is_failing).into(), time(now), limit.into()])?;
        let waiting = |row: Row| Ok(Waiting { seq: row.seq, opened: row.opened, delivery: read(&row.doc)? });
        rows.into_iter().map(waiting).collect()
    }

    /// A try is under way, and due again at that time when nothing is heard of it.
    pub fn begin(&self, seq: i64, lease_until: Option<UnixMillis>) -> Result<()> {
        let update = "UPDATE dispatches SET opened = opened + 1, due_at = coalesce(?, due_at) WHERE seq = ?";
        self.db.run(update, vec![lease_until.map(time).into(), seq.into()])
    }
}
