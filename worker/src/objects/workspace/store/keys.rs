//! API keys, those that end among them: their digests and their rights.

use std::rc::Rc;

use latchkey_core::api::page::Page;
use latchkey_core::dashboard::SESSIONS;
use latchkey_core::id::{AccountId, KeyId};
use latchkey_core::key::{AGENTS, ApiKey, Binding, Caller};
use latchkey_core::retention::Kept;
use latchkey_core::time::UnixMillis;

use super::list::{Filter, Listed};
use crate::error::Result;
use crate::objects::storage::{Db, doc, time};

/// A key that ends and whose own key is in force: that of the configuration, or one of these.
const IS_BACKED: &str = "(parent = ? OR EXISTS (SELECT 1 FROM keys AS lasting
    WHERE lasting.digest = keys.parent AND lasting.is_closed = 0))";

pub struct Keys {
    db: Rc<Db>,
}

impl Keys {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    /// A key that is in force. The digest is of 256 random bits: looking it up tells nobody anything that a guess would
    /// need.
    pub fn of_digest(&self, digest: &str, now: UnixMillis) -> Result<Option<ApiKey>> {
        let query = "SELECT doc FROM keys WHERE digest = ? AND (is_closed = 0 OR expires_at > ?)";
        self.db.doc(query, vec![digest.into(), time(now)])
    }

    /// A key that does not end; a closed one too.
    pub fn find(&self, id: &str) -> Result<Option<ApiKey>> {
        self.db.doc("SELECT doc FROM keys WHERE id = ? AND expires_at IS NULL", vec![id.into()])
    }

    /// A key that ends, and has not ended.
    pub fn find_minted(&self, id: &str, now: UnixMillis) -> Result<Option<ApiKey>> {
        self.db.doc("SELECT doc FROM keys WHERE id = ? AND expires_at > ?", vec![id.into(), time(now)])
    }

    /// Grants of assistants that have not ended, and whose keys are in force: the caller's own, or all of its tenant. `admin` is the
    /// digest of the key of the configuration.
    pub fn agents(&self, caller: &Caller, admin: &str, now: UnixMillis, page: &Page) -> Result<Listed<ApiKey>> {
        let filter = Filter::new("is_closed = 1")
            .with("digest >= ? AND digest < ? AND expires_at > ?", vec![AGENTS.0.into(), AGENTS.1.into(), time(now)])
            .with(IS_BACKED, vec![admin.into()]);
        let filter = if caller.manages_keys() {
            filter.of_tenant("json_extract(doc, '$.binding.tenant_id')", &caller.binding, None)
        } else {
            filter.given("json_extract(doc, '$.minted.parent.id') = +?", Some(caller.key_id.as_str()))
        };
        self.db.list("keys", "doc", &filter, page)
    }

    pub fn list(&self, binding: &Binding, page: &Page) -> Result<Listed<ApiKey>> {
        let filter = Filter::counted("keys", "is_closed = 0").of_tenant(
            "json_extract(doc, '$.binding.tenant_id')",
            binding,
            None,
        );
        self.db.list("keys", "doc", &filter, page)
    }

    /// A key that ends is closed from the start: code that does not know that keys end opens none of them.
    pub fn add(&self, key: &ApiKey, digest: &str) -> Result<()> {
        let minted = key.minted.as_ref();
        self.db.run(
            "INSERT INTO keys (id, digest, account_id, is_closed, parent, expires_at, doc) VALUES (?, ?, ?, ?, ?, ?, ?)",
            vec![
                key.id.as_str().into(),
                digest.into(),
                key.binding.account_id.as_ref().map(AccountId::as_str).into(),
                i64::from(minted.is_some()).into(),
                minted.map(|minted| minted.parent.digest.as_str()).into(),
                minted.map(|minted| time(minted.expires_at)).into(),
                doc(key)?,
            ],
        )
    }

    /// A grant with its next tokens. The row stays the same, and so does its place in the list.
    pub fn renew(&self, key: &ApiKey, digest: &str) -> Result<()> {
        let expires_at = key.minted.as_ref().map(|minted| time(minted.expires_at));
        let update = "UPDATE keys SET digest = ?, expires_at = ?, doc = ? WHERE id = ?";
        self.db.run(update, vec![digest.into(), expires_at.into(), doc(key)?, key.id.as_str().into()])
    }

    /// How many browsers are signed in with a key.
    pub fn sign_ins(&self, parent: &str, now: UnixMillis) -> Result<u64> {
        let query =
            "SELECT count(*) AS count FROM keys WHERE parent = ? AND digest >= ? AND digest < ? AND expires_at > ?";
        self.db.count(query, vec![parent.into(), SESSIONS.0.into(), SESSIONS.1.into(), time(now)])
    }

    pub fn end_sign_in(&self, session: &str) -> Result<()> {
        self.db.run("DELETE FROM keys WHERE digest = ?", vec![session.into()])
    }

    /// Browsers that were signed in by code of version 4 count no more; a roll-back would revive them.
    pub fn end_sign_ins(&self, parent: &str) -> Result<()> {
        self.db.run("DELETE FROM sign_ins WHERE key_digest = ?", vec![parent.into()])?;
        let delete = "DELETE FROM keys WHERE parent = ? AND digest >= ? AND digest < ?";
        self.db.run(delete, vec![parent.into(), SESSIONS.0.into(), SESSIONS.1.into()])
    }

    /// One step: the next one is due at once while rows are left.
    pub fn purge_ended(&self, now: UnixMillis) -> Result<()> {
        let delete =
            "DELETE FROM keys WHERE id IN (SELECT id FROM keys WHERE expires_at <= ? ORDER BY expires_at LIMIT 500)";
        self.db.run(delete, vec![time(now)])
    }

    /// The key opens nothing any more. The row stays until the account's object has forgotten the key too.
    pub fn close(&self, id: &KeyId) -> Result<()> {
        self.db.run("UPDATE keys SET is_closed = 1 WHERE id = ?", vec![id.as_str().into()])
    }

    pub fn delete(&self, id: &KeyId) -> Result<()> {
        self.db.run("DELETE FROM keys WHERE id = ?", vec![id.as_str().into()])
    }

    pub fn delete_of_account(&self, account_id: &AccountId) -> Result<()> {
        self.db.run("DELETE FROM keys WHERE account_id = ?", vec![account_id.as_str().into()])
    }

    /// Whether there are keys that a backup could bring.
    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT EXISTS (SELECT 1 FROM keys WHERE expires_at IS NULL) AS count", Vec::new())? > 0)
    }
}

/// When those that have ended go: together, a while after the first of them.
pub fn next_purge() -> String {
    format!("SELECT min(expires_at) + {} FROM keys WHERE expires_at IS NOT NULL", Kept::EndedKey.span().as_millis())
}
