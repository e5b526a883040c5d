//! What an Account object stores: one grant with its sealed pair, and the journal.

use latchkey_core::delivery::Delivery;
use latchkey_core::grant::Grant;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use super::Inner;
use crate::error::Result;
use crate::objects::storage::{doc, read, time};

/// `told` is the last revision that the ledger has acknowledged; a row with a newer one is still to be reported.
pub const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS pair (
        id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL, sealed TEXT NOT NULL, session_id TEXT NOT NULL,
        x_user_id TEXT NOT NULL, is_told INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS journal (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, post_id TEXT NOT NULL, account_id TEXT NOT NULL, due_at INTEGER,
        revision INTEGER NOT NULL, told INTEGER NOT NULL, doc TEXT NOT NULL, UNIQUE (post_id, account_id))",
    "CREATE INDEX IF NOT EXISTS journal_due ON journal (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS journal_untold ON journal (seq) WHERE told < revision",
];

/// How many changes one report to the ledger carries.
const REPORT_ROWS: i32 = 100;

#[derive(Deserialize)]
pub struct Pair {
    doc: String,
    pub sealed: String,
    pub session_id: String,
    pub x_user_id: String,
}

#[derive(Deserialize)]
struct Time {
    at: Option<i64>,
}

impl Pair {
    pub fn grant(&self) -> Result<Grant> {
        read(&self.doc)
    }
}

impl Inner {
    pub fn pair(&self) -> Result<Option<Pair>> {
        let rows = self.db()?.rows("SELECT doc, sealed, session_id, x_user_id FROM pair", Vec::new())?;
        Ok(rows.into_iter().next())
    }

    pub fn grant(&self) -> Result<Option<Grant>> {
        self.db()?.doc("SELECT doc FROM pair", Vec::new())
    }

    /// A new pair and what is known of it, in one row and so in one write.
    pub fn save_pair(&self, grant: &Grant, sealed: &str, session_id: &str, x_user_id: &str) -> Result<()> {
        self.db()?.run(
            "INSERT OR REPLACE INTO pair (id, doc, sealed, session_id, x_user_id, is_told) VALUES (1, ?, ?, ?, ?, 0)",
            vec![doc(grant)?, sealed.into(), session_id.into(), x_user_id.into()],
        )
    }

    pub fn save_grant(&self, grant: &Grant) -> Result<()> {
        self.db()?.run("UPDATE pair SET doc = ?, is_told = 0", vec![doc(grant)?])
    }

    /// The grant as the ledger is to know it, when it does not yet.
    pub fn untold_pair(&self) -> Result<Option<Pair>> {
        let rows =
            self.db()?.rows("SELECT doc, sealed, session_id, x_user_id FROM pair WHERE is_told = 0", Vec::new())?;
        Ok(rows.into_iter().next())
    }

    /// The ledger knows it, unless it has changed since.
    pub fn pair_told(&self, pair: &Pair) -> Result<()> {
        self.db()?.run("UPDATE pair SET is_told = 1 WHERE doc = ?", vec![pair.doc.as_str().into()])
    }

    pub fn delete_pair(&self) -> Result<()> {
        self.db()?.run("DELETE FROM pair", Vec::new())
    }

    pub fn insert_delivery(&self, delivery: &Delivery) -> Result<()> {
        self.db()?.run(
            "INSERT OR IGNORE INTO journal (post_id, account_id, due_at, revision, told, doc) VALUES (?, ?, ?, 0, 0, ?)",
            vec![
                delivery.post_id.as_str().into(),
                delivery.account_id.as_str().into(),
                delivery.due().map(time).into(),
                doc(delivery)?,
            ],
        )
    }

    pub fn save_delivery(&self, delivery: &Delivery) -> Result<()> {
        let revision = i64::try_from(delivery.revision).unwrap_or(i64::MAX);
        self.db()?.run(
            "UPDATE journal SET due_at = ?, revision = ?, doc = ? WHERE post_id = ? AND account_id = ?",
            vec![
                delivery.due().map(time).into(),
                revision.into(),
                doc(delivery)?,
                delivery.post_id.as_str().into(),
                delivery.account_id.as_str().into(),
            ],
        )
    }

    /// The deliveries of one account run in order: of those that are due, the one that was due first.
    pub fn next_due(&self, now: UnixMillis) -> Result<Option<Delivery>> {
        let query = "SELECT doc FROM journal WHERE due_at <= ? ORDER BY due_at, seq LIMIT 1";
        self.db()?.doc(query, vec![time(now)])
    }

    /// A delivery as it is now.
    pub fn delivery(&self, known: &Delivery) -> Result<Option<Delivery>> {
        let query = "SELECT doc FROM journal WHERE post_id = ? AND account_id = ?";
        self.db()?.doc(query, vec![known.post_id.as_str().into(), known.account_id.as_str().into()])
    }

    pub fn open_deliveries(&self) -> Result<Vec<Delivery>> {
        let query =
            "SELECT doc FROM journal WHERE json_extract(doc, '$.state') IN ('queued', 'publishing', 'held', 'unknown')";
        self.db()?.docs(query, Vec::new())
    }

    pub fn untold_deliveries(&self) -> Result<Vec<Delivery>> {
        let query = "SELECT doc FROM journal WHERE told < revision ORDER BY seq LIMIT ?";
        self.db()?.docs(query, vec![REPORT_ROWS.into()])
    }

    pub fn delivery_told(&self, delivery: &Delivery) -> Result<()> {
        let revision = i64::try_from(delivery.revision).unwrap_or(i64::MAX);
        self.db()?.run(
            "UPDATE journal SET told = ? WHERE post_id = ? AND account_id = ?",
            vec![revision.into(), delivery.post_id.as_str().into(), delivery.account_id.as_str().into()],
        )
    }

    /// The earliest thing to do, derived from the rows: nothing else decides when this object wakes.
    pub fn next_alarm(&self) -> Result<Option<UnixMillis>> {
        let rows: Vec<Time> = self.db()?.rows(
            "SELECT min(at) AS at FROM (
                SELECT min(due_at) AS at FROM journal
                UNION ALL SELECT 0 AS at FROM journal WHERE told < revision
                UNION ALL SELECT 0 AS at FROM pair WHERE is_told = 0)",
            Vec::new(),
        )?;
        Ok(rows.first().and_then(|row| row.at).map(UnixMillis))
    }
}
