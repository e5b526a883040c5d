//! The run that re-encrypts every sealed value, and the names of whatever keeps such values.

use std::rc::Rc;

use latchkey_core::re_encryption::ReEncryption;
use latchkey_core::time::UnixMillis;

use super::{accounts, apps, outbox, webhooks};
use crate::error::Result;
use crate::objects::storage::{Db, doc, time};

pub struct ReEncryptionStore {
    db: Rc<Db>,
}

impl ReEncryptionStore {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn get(&self) -> Result<Option<ReEncryption>> {
        self.db.doc("SELECT doc FROM reseal", Vec::new())
    }

    /// The run whose next page is due.
    pub fn due(&self, now: UnixMillis) -> Result<Option<ReEncryption>> {
        self.db.doc("SELECT doc FROM reseal WHERE next_at <= ?", vec![time(now)])
    }

    pub fn save(&self, run: &ReEncryption, next_at: Option<UnixMillis>) -> Result<()> {
        let write = "INSERT OR REPLACE INTO reseal (id, next_at, doc) VALUES (1, ?, ?)";
        self.db.run(write, vec![next_at.map(time).into(), doc(run)?])
    }

    /// Names behind `after`, in their order.
    pub fn names(&self, after: &str, limit: i32) -> Result<Vec<String>> {
        let query = format!("SELECT name FROM ({}) WHERE name > ? ORDER BY name LIMIT +?", names());
        self.db.names(&query, vec![after.into(), limit.into()])
    }

    pub fn count(&self) -> Result<u64> {
        self.db.count(&format!("SELECT count(*) AS count FROM ({})", names()), Vec::new())
    }

    pub fn count_up_to(&self, name: &str) -> Result<u64> {
        self.db.count(&format!("SELECT count(*) AS count FROM ({}) WHERE name <= ?", names()), vec![name.into()])
    }
}

/// The next page of the walk.
pub fn next_page() -> String {
    "SELECT next_at FROM reseal".to_owned()
}

/// X apps, webhooks and events by their ids, accounts by the names of their objects, and secrets that are kept for revocations by
/// their keys in KV.
fn names() -> String {
    let kept = [apps::IDS, accounts::OBJECTS, webhooks::IDS, webhooks::SEALED_EVENTS];
    format!("{} UNION {}", kept.join(" UNION "), outbox::secrets_in_use())
}
