//! The data of an object, opened by code of the right version or not at all.

use latchkey_core::time::Span;
use worker::{State, Storage};

use super::schema::{self, Versions};
use super::storage::{Db, set_alarm};
use crate::error::Result;
use crate::log;
use crate::runtime::now;

/// The time until the next alarm of code that may not open the object. The right code has no other alarm to wake it.
const NOT_OURS: Span = Span::mins(10);

/// What an object holds, whether or not this code may open it.
pub struct Store {
    storage: Storage,
    db: Result<Db>,
}

impl Store {
    /// `prepare` is what has to be done before anything is served.
    pub fn open(object: &str, state: &State, versions: &Versions, prepare: impl FnOnce(&Db) -> Result<()>) -> Self {
        let db = schema::open(state.storage(), versions).and_then(|db| prepare(&db).map(|()| db));
        log::unattended(object, "opening its storage", &db.as_ref().map(drop).map_err(Clone::clone));
        Self { storage: state.storage(), db }
    }

    pub fn db(&self) -> Result<&Db> {
        self.db.as_ref().map_err(Clone::clone)
    }

    /// What an alarm asks first.
    pub async fn db_for_alarm(&self) -> Result<&Db> {
        if self.db.is_err() {
            set_alarm(&self.storage, now() + NOT_OURS).await?;
        }
        self.db()
    }
}
