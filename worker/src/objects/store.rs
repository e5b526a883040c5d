//! The data of an object, opened by code of the right version or not at all.

use std::rc::Rc;

use latchkey_core::time::Span;
use worker::{State, Storage};

use super::schema::{self, Versions};
use super::storage::{Db, set_alarm};
use crate::error::Result;
use crate::log;
use crate::runtime::now;

/// The time until the next alarm of code that may not open the object. The right code has no other alarm to wake it.
const NOT_OURS: Span = Span::mins(10);

/// An object with its storage open, or the reason why this code may not open the storage.
pub struct Opened<T> {
    storage: Storage,
    object: Result<Rc<T>>,
}

impl<T> Opened<T> {
    pub fn open(name: &str, state: &State, versions: &Versions, object: impl FnOnce(Db) -> Result<T>) -> Self {
        let object = schema::open(state.storage(), versions).and_then(object).map(Rc::new);
        log::unattended(name, "opening its storage", &object.as_ref().map(drop).map_err(Clone::clone));
        Self { storage: state.storage(), object }
    }

    pub fn get(&self) -> Result<&Rc<T>> {
        self.object.as_ref().map_err(Clone::clone)
    }

    /// What an alarm asks first.
    pub async fn for_alarm(&self) -> Result<&Rc<T>> {
        if self.object.is_err() {
            set_alarm(&self.storage, now() + NOT_OURS).await?;
        }
        self.get()
    }
}
