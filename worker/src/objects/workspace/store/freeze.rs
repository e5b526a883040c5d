//! Whether the deployment is frozen, and how far its accounts' objects have heard.

use std::rc::Rc;

use latchkey_core::freeze::Freeze;
use latchkey_core::time::UnixMillis;

use crate::error::Result;
use crate::objects::cached::Cached;
use crate::objects::storage::{Db, doc, time};

pub struct FreezeStore {
    db: Rc<Db>,
    cached: Cached<Option<Freeze>>,
}

impl FreezeStore {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), cached: Cached::empty() }
    }

    pub fn get(&self) -> Result<Option<Freeze>> {
        self.cached.get(&self.db, || self.db.doc("SELECT doc FROM standstill", Vec::new()))
    }

    /// The one whose next page is due.
    pub fn due(&self, now: UnixMillis) -> Result<Option<Freeze>> {
        self.db.doc("SELECT doc FROM standstill WHERE next_at <= ?", vec![time(now)])
    }

    pub fn save(&self, freeze: &Freeze, next_at: Option<UnixMillis>) -> Result<()> {
        self.cached.forget();
        let write = "INSERT OR REPLACE INTO standstill (id, next_at, doc) VALUES (1, ?, ?)";
        self.db.run(write, vec![next_at.map(time).into(), doc(freeze)?])
    }
}

/// The next page of the walk.
pub fn next_page() -> String {
    "SELECT next_at FROM standstill".to_owned()
}
