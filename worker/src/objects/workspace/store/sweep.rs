//! When copies that crashes left were looked for last.

use std::rc::Rc;

use latchkey_core::time::{Span, UnixMillis};

use crate::error::Result;
use crate::objects::storage::{Db, time};

pub struct Sweep {
    db: Rc<Db>,
}

impl Sweep {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    /// Whether it is time to look. If this time fails, the next one does it.
    pub fn begin(&self, now: UnixMillis, every: Span) -> Result<bool> {
        let due = self.db.count("SELECT count(*) AS count FROM sweep WHERE due_at <= ?", vec![time(now)])? > 0;
        if due {
            self.db.run("UPDATE sweep SET due_at = ?", vec![time(now + every)])?;
        }
        Ok(due)
    }
}

pub fn next_sweep() -> String {
    "SELECT due_at FROM sweep".to_owned()
}
