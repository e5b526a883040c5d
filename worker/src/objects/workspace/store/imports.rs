//! Imports of accounts' own posts.

use std::rc::Rc;

use latchkey_core::api::page::Page;
use latchkey_core::id::AccountId;
use latchkey_core::import::Import;

use super::list::{Filter, Listed};
use crate::error::Result;
use crate::objects::storage::{Db, doc};

pub struct Imports {
    db: Rc<Db>,
}

impl Imports {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn find(&self, id: &str) -> Result<Option<Import>> {
        self.db.doc("SELECT doc FROM imports WHERE id = ?", vec![id.into()])
    }

    pub fn list(&self, account_id: &AccountId, page: &Page) -> Result<Listed<Import>> {
        let filter = Filter::new("TRUE").given("account_id = +?", Some(account_id.as_str()));
        self.db.list("imports", "doc", &filter, page)
    }

    pub fn save(&self, import: &Import) -> Result<()> {
        self.db.run(
            "INSERT INTO imports (id, account_id, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
            vec![import.id().as_str().into(), import.account_id().as_str().into(), doc(import)?],
        )
    }
}
