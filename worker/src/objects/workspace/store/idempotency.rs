//! Idempotency keys, with the answers that were given under them.

use std::rc::Rc;

use latchkey_core::idempotency::Row;
use latchkey_core::retention::Kept;
use latchkey_core::time::UnixMillis;

use crate::error::Result;
use crate::objects::storage::{Db, doc, time};

pub struct Idempotency {
    db: Rc<Db>,
}

impl Idempotency {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn find(&self, key: &str) -> Result<Option<Row>> {
        self.db.doc("SELECT doc FROM idempotency WHERE key = ?", vec![key.into()])
    }

    pub fn save(&self, key: &str, row: &Row) -> Result<()> {
        self.db.run_by(
            Some(row.started_at + Kept::Response.span()),
            "INSERT OR REPLACE INTO idempotency (key, started_at, doc) VALUES (?, ?, ?)",
            vec![key.into(), time(row.started_at), doc(row)?],
        )
    }

    pub fn delete(&self, key: &str) -> Result<()> {
        self.db.run("DELETE FROM idempotency WHERE key = ?", vec![key.into()])
    }

    /// Frees a key under which nothing was committed.
    pub fn abandon(&self, key: &str) -> Result<()> {
        match self.find(key)? {
            Some(Row { answer: None, .. }) => self.delete(key),
            _ => Ok(()),
        }
    }

    pub fn purge(&self, now: UnixMillis) -> Result<()> {
        self.db.run("DELETE FROM idempotency WHERE started_at <= ?", vec![time(Kept::Response.expired_at(now))])
    }
}

/// The end of the oldest row.
pub fn next_end() -> String {
    format!("SELECT min(started_at) + {} FROM idempotency", Kept::Response.span().as_millis())
}
