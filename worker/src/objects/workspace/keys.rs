//! API keys of the workspace: their digests and their rights.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::key::{CreateKey, key_view};
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::query::Query;
use latchkey_core::id::{AccountId, KeyId};
use latchkey_core::key::{ApiKey, Binding};
use latchkey_core::time::Span;
use serde_json::json;

use super::list::Filter;
use super::outbox::Errand;
use super::{Inner, KeyPlan, not_found};
use crate::error::Result;
use crate::objects::storage::doc;
use crate::runtime::{entropy, now};

impl Inner {
    /// The digest is of 256 random bits: looking it up tells nobody anything that a guess would need.
    ///
    /// While a backup is read in, no key of it counts: half of a file is nobody's to act upon.
    pub(super) fn key_of_digest(&self, digest: &str) -> Result<Option<ApiKey>> {
        if self.is_restoring()? {
            return Ok(None);
        }
        self.db()?.doc("SELECT doc FROM keys WHERE digest = ? AND is_closed = 0", vec![digest.into()])
    }

    /// What the new key will be: for the tenant or the account that is asked for, within the caller's own.
    pub(super) fn plan_key(&self, wish: &CreateKey, whose: &Binding) -> Result<KeyPlan> {
        let tenant_id = whose.tenant_for(wish.tenant_id.clone())?;
        let account = wish.account_id.as_ref().map(|id| self.account_for(id.as_str(), whose)).transpose()?;
        let binding = Binding::of_new_key(tenant_id, account.as_ref())?;
        let object = account.map(|account| account.object());
        let id = KeyId::from_entropy(entropy()?);
        let key = ApiKey { id, name: wish.name.clone(), scopes: wish.scopes.clone(), binding, created_at: now() };
        Ok(KeyPlan { key, object })
    }

    pub(super) fn commit_key(&self, key: &ApiKey, digest: &str) -> Result<()> {
        if let Some(id) = &key.binding.account_id {
            // It may have been removed since.
            self.account(id.as_str())?.ok_or_else(|| not_found("account"))?;
        }
        self.db()?.run(
            "INSERT INTO keys (id, digest, account_id, doc) VALUES (?, ?, ?, ?)",
            vec![
                key.id.as_str().into(),
                digest.into(),
                key.binding.account_id.as_ref().map(AccountId::as_str).into(),
                doc(key)?,
            ],
        )
    }

    /// Newest first.
    pub(super) fn list_keys(&self, mut query: Query, whose: &Binding) -> Result<Answer> {
        let page = Page::from_query(&mut query, List::Keys)?;
        let warnings = query.finish()?;
        let filter = Filter::new("is_closed = 0").of_tenant("json_extract(doc, '$.binding.tenant_id')", whose, None);
        Ok(self.db()?.list("keys", "doc", &filter, &page)?.answer(key_view, &warnings))
    }

    /// Whoever presents it here from now on is unknown. The row goes when the account's object has forgotten it too;
    /// until then the deletion can be repeated, and is owed.
    pub(super) fn plan_key_deletion(&self, id: &str, whose: &Binding) -> Result<(KeyId, Option<String>)> {
        let key: Option<ApiKey> = self.db()?.doc("SELECT doc FROM keys WHERE id = ?", vec![id.into()])?;
        let key = key.filter(|key| whose.manages(key)).ok_or_else(|| not_found("API key"))?;
        self.db()?.run("UPDATE keys SET is_closed = 1 WHERE id = ?", vec![id.into()])?;
        let Some(account_id) = &key.binding.account_id else { return Ok((key.id, None)) };
        let object = self.account_even_deleted(account_id)?.map(|account| account.object());
        if let Some(object) = &object {
            self.owe(&Errand::ForgetKey { object: object.clone(), id: key.id.clone() }, now() + Span::mins(1))?;
        }
        Ok((key.id, object))
    }

    pub(super) fn commit_key_deletion(&self, id: &KeyId) -> Result<Answer> {
        self.delete_key(id)?;
        Ok(Answer::success(200, json!({ "message": "API key deleted successfully" })))
    }

    pub(super) fn delete_key(&self, id: &KeyId) -> Result<()> {
        self.db()?.run("DELETE FROM keys WHERE id = ?", vec![id.as_str().into()])
    }

    /// An account is removed: the keys that were for it alone go with it.
    pub(super) fn delete_keys_of(&self, account_id: &AccountId) -> Result<()> {
        self.db()?.run("DELETE FROM keys WHERE account_id = ?", vec![account_id.as_str().into()])
    }
}
