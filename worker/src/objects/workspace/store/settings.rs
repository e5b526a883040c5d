//! The operator's settings: one document, and beside it how long posts are kept.

use std::rc::Rc;

use latchkey_core::retention::KeepDays;
use latchkey_core::settings::Settings;
use serde::Deserialize;

use crate::error::Result;
use crate::objects::cached::Cached;
use crate::objects::storage::{Db, doc, read};

/// How many days posts are kept after their end, if they are not kept for ever.
pub const KEEP_POSTS_DAYS: &str = "SELECT keep_posts_days FROM retention";

pub struct SettingsRow {
    db: Rc<Db>,
    cached: Cached<Settings>,
}

#[derive(Deserialize)]
struct Row {
    doc: Option<String>,
    keep_posts_days: Option<KeepDays>,
}

impl SettingsRow {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), cached: Cached::empty() }
    }

    pub fn get(&self) -> Result<Settings> {
        self.cached.get(&self.db, || self.read())
    }

    fn read(&self) -> Result<Settings> {
        let query = format!("SELECT (SELECT doc FROM settings) AS doc, ({KEEP_POSTS_DAYS}) AS keep_posts_days");
        let rows: Vec<Row> = self.db.rows(&query, Vec::new())?;
        let Some(Row { doc, keep_posts_days }) = rows.into_iter().next() else { return Ok(Settings::default()) };
        let settings = doc.map_or_else(|| Ok(Settings::default()), |doc| read(&doc))?;
        Ok(Settings { keep_posts_days, ..settings })
    }

    pub fn save(&self, settings: &Settings) -> Result<()> {
        self.cached.forget();
        self.db.run("INSERT OR REPLACE INTO settings (id, doc) VALUES (1, ?)", vec![doc(settings)?])?;
        let days = settings.keep_posts_days.map(|days| i64::from(u32::from(days)));
        self.db.run("INSERT OR REPLACE INTO retention (id, keep_posts_days) VALUES (1, ?)", vec![days.into()])
    }
}
