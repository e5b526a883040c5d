//! The operator's settings: one document.

use std::rc::Rc;

use latchkey_core::settings::Settings;

use crate::error::Result;
use crate::objects::storage::{Cached, Db, doc};

pub struct SettingsRow {
    db: Rc<Db>,
    cached: Cached<Settings>,
}

impl SettingsRow {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), cached: Cached::empty() }
    }

    pub fn get(&self) -> Result<Settings> {
        self.cached.get(&self.db, || Ok(self.db.doc("SELECT doc FROM settings", Vec::new())?.unwrap_or_default()))
    }

    pub fn save(&self, settings: &Settings) -> Result<()> {
        self.cached.forget();
        self.db.run("INSERT OR REPLACE INTO settings (id, doc) VALUES (1, ?)", vec![doc(settings)?])
    }
}
