//! API keys: their digests and their rights.

use std::rc::Rc;

use latchkey_core::api::page::Page;
use latchkey_core::id::{AccountId, KeyId, TenantId};
use latchkey_core::key::{ApiKey, Binding};

use super::list::{Filter, Listed};
use super::tables::{Tenant, first_tenant};
use crate::error::Result;
use crate::objects::storage::{Db, doc};

pub struct Keys {
    db: Rc<Db>,
}

impl Keys {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    /// The digest is of 256 random bits: looking it up tells nobody anything that a guess would need.
    pub fn of_digest(&self, digest: &str) -> Result<Option<ApiKey>> {
        self.db.doc("SELECT doc FROM keys WHERE digest = ? AND is_closed = 0", vec![digest.into()])
    }

    /// A closed key too.
    pub fn find(&self, id: &str) -> Result<Option<ApiKey>> {
        self.db.doc("SELECT doc FROM keys WHERE id = ?", vec![id.into()])
    }

    pub fn list(&self, binding: &Binding, page: &Page) -> Result<Listed<ApiKey>> {
        let filter = Filter::counted("keys", "is_closed = 0").of_tenant(
            "json_extract(doc, '$.binding.tenant_id')",
            binding,
            None,
        );
        self.db.list("keys", "doc", &filter, page)
    }

    pub fn tenant_of(&self, id: &str) -> Result<Option<TenantId>> {
        let query = "SELECT json_extract(doc, '$.binding.tenant_id') AS tenant_id FROM keys WHERE id = ?";
        let rows: Vec<Tenant> = self.db.rows(query, vec![id.into()])?;
        Ok(first_tenant(rows))
    }

    pub fn add(&self, key: &ApiKey, digest: &str) -> Result<()> {
        self.db.run(
            "INSERT INTO keys (id, digest, account_id, doc) VALUES (?, ?, ?, ?)",
            vec![
                key.id.as_str().into(),
                digest.into(),
                key.binding.account_id.as_ref().map(AccountId::as_str).into(),
                doc(key)?,
            ],
        )
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

    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT EXISTS (SELECT 1 FROM keys) AS count", Vec::new())? > 0)
    }
}
