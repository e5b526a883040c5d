//! The operator's settings: one document.

use std::rc::Rc;

use latchkey_core::settings::Settings;

use crate::error::Result;
use crate::objects::storage::{Db, doc};

pub struct SettingsRow {
    db: Rc<Db>,
}

impl SettingsRow {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn get(&self) -> Result<Settings> {
        Ok(self.db.doc("SELECT doc FROM settings", Vec::new())?.unwrap_or_default())
    }

    pub fn save(&self, settings: &Settings) -> Result<()> {
        self.db.run("INSERT OR REPLACE INTO settings (id, doc) VALUES (1, ?)", vec![doc(settings)?])
    }
}
