//! Browsers signed in to the dashboard: the digest of a cookie, and of the key used at the sign-in.

use std::rc::Rc;

use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use crate::error::Result;
use crate::objects::storage::{Db, time};

pub struct SignIns {
    db: Rc<Db>,
}

pub struct Row {
    pub key_digest: String,
    pub expires_at: UnixMillis,
}

/// Which sessions end.
#[derive(Clone, Copy)]
pub enum Ending<'a> {
    Session(&'a str),
    /// Every session of the key with this digest.
    OfKey(&'a str),
}

#[derive(Deserialize)]
struct Stored {
    key_digest: String,
    expires_at: i64,
}

impl SignIns {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    /// A session that has not expired.
    pub fn find(&self, session: &str, now: UnixMillis) -> Result<Option<Row>> {
        let query = "SELECT key_digest, expires_at FROM sign_ins WHERE session = ? AND expires_at > ?";
        let rows: Vec<Stored> = self.db.rows(query, vec![session.into(), time(now)])?;
        let row = |row: Stored| Row { key_digest: row.key_digest, expires_at: UnixMillis(row.expires_at) };
        Ok(rows.into_iter().next().map(row))
    }

    /// How many sessions of a key have not expired.
    pub fn count(&self, key_digest: &str, now: UnixMillis) -> Result<u64> {
        let query = "SELECT count(*) AS count FROM sign_ins WHERE key_digest = ? AND expires_at > ?";
        self.db.count(query, vec![key_digest.into(), time(now)])
    }

    pub fn add(&self, session: &str, key_digest: &str, expires_at: UnixMillis) -> Result<()> {
        let insert = "INSERT INTO sign_ins (session, key_digest, expires_at) VALUES (?, ?, ?)";
        self.db.run(insert, vec![session.into(), key_digest.into(), time(expires_at)])
    }

    pub fn purge(&self, now: UnixMillis) -> Result<()> {
        self.db.run("DELETE FROM sign_ins WHERE expires_at <= ?", vec![time(now)])
    }

    /// Answers how many sessions have ended.
    pub fn end(&self, ending: Ending<'_>) -> Result<u64> {
        let (delete, value) = match ending {
            Ending::Session(session) => {
                ("DELETE FROM sign_ins WHERE session = ? RETURNING key_digest, expires_at", session)
            }
            Ending::OfKey(digest) => {
                ("DELETE FROM sign_ins WHERE key_digest = ? RETURNING key_digest, expires_at", digest)
            }
        };
        let ended: Vec<Stored> = self.db.rows(delete, vec![value.into()])?;
        Ok(ended.len() as u64)
    }
}
