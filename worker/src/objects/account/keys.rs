//! Keys for one account are also known here, so that a call for X needs no other object to check the key.

use std::rc::Rc;

use latchkey_core::api::code::Code;
use latchkey_core::id::AccountId;
use latchkey_core::key::{Access, ApiKey, Caller};

use super::Inner;
use crate::error::{Error, Result};
use crate::objects::storage::doc;

impl Inner {
    pub(super) fn learn_key(&self, digest: &str, key: &ApiKey) -> Result<()> {
        let account_id = key.binding.account_id.as_ref().map(AccountId::as_str);
        self.kept.keys_changed();
        self.db.run(
            "INSERT OR REPLACE INTO keys (digest, id, account_id, doc) VALUES (?, ?, ?, ?)",
            vec![digest.into(), key.id.as_str().into(), account_id.into(), doc(key)?],
        )
    }

    pub(super) fn forget_key(&self, id: &str) -> Result<()> {
        self.kept.keys_changed();
        self.db.run("DELETE FROM keys WHERE id = ?", vec![id.into()])
    }

    pub(super) fn forget_keys_of(&self, account_id: &AccountId) -> Result<()> {
        self.kept.keys_changed();
        self.db.run("DELETE FROM keys WHERE account_id = ?", vec![account_id.as_str().into()])
    }

    /// Who holds the key of this digest, if that is enough for `access`.
    pub(super) fn holder(&self, digest: &str, access: Access) -> Result<Rc<Caller>> {
        let holder = match self.kept.key(&self.db, digest) {
            Some(holder) => holder,
            None => self.stored_holder(digest)?,
        };
        holder.require(access)?;
        Ok(holder)
    }

    fn stored_holder(&self, digest: &str) -> Result<Rc<Caller>> {
        let key: Option<ApiKey> = self.db.doc("SELECT doc FROM keys WHERE digest = ?", vec![digest.into()])?;
        let unknown = || Error::refused(Code::InvalidApiKey, "The API key is missing or not valid.");
        let holder = Rc::new(key.map(Caller::from).ok_or_else(unknown)?);
        self.kept.keep_key(&self.db, digest, Rc::clone(&holder));
        Ok(holder)
    }
}
