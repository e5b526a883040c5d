//! `/v1/handover`: the workspace freezes at once, and walks over the objects of accounts until each object is frozen.

use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::api::answer::Answer;
use latchkey_core::standstill::{self, Standstill, running};
use latchkey_core::time::{Span, UnixMillis};
use serde::Deserialize;

use super::Inner;
use crate::error::Result;
use crate::log;
use crate::objects::storage::{doc, time};
use crate::runtime::now;

/// Of the 50 requests that an alarm may make on Workers' free plan.
const PAGE: i32 = 40;
/// A page that is not heard of for so long is begun anew.
const LEASE: Span = Span::mins(1);
/// Before an account is asked again that had something under way.
const AGAIN: Span = Span::secs(1);

/// The objects that have a token pair, or had one.
const NAMES: &str = "SELECT DISTINCT network_id || '/' || x_user_id AS name FROM accounts";

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Inner {
    pub(super) fn standstill(&self) -> Result<Option<Standstill>> {
        self.db()?.doc("SELECT doc FROM standstill", Vec::new())
    }

    pub(super) fn save_standstill(&self, standstill: &Standstill, next_at: Option<UnixMillis>) -> Result<()> {
        let write = "INSERT OR REPLACE INTO standstill (id, next_at, doc) VALUES (1, ?, ?)";
        self.db()?.run(write, vec![next_at.map(time).into(), doc(standstill)?])
    }

    pub(super) fn is_standing(&self) -> Result<bool> {
        Ok(self.standstill()?.is_some_and(|standstill| standstill.is_standing()))
    }

    /// Rows of a backup are still arriving, keys among them.
    pub(super) fn is_restoring(&self) -> Result<bool> {
        Ok(self.standstill()?.is_some_and(|standstill| standstill.is_restoring()))
    }

    pub(super) fn require_motion(&self) -> Result<()> {
        Ok(standstill::require_motion(self.standstill()?.as_ref())?)
    }

    /// `POST`, and the same again.
    pub(super) fn hand_over(&self) -> Result<Answer> {
        if let Some(standstill) = standstill::hand_over(self.standstill()?, now()) {
            self.save_standstill(&standstill, Some(now()))?;
        }
        self.show_handover(202)
    }

    /// `DELETE`.
    pub(super) fn take_back(&self) -> Result<Answer> {
        if let Some(standstill) = standstill::take_back(self.standstill()?, now())? {
            self.save_standstill(&standstill, Some(now()))?;
        }
        self.show_handover(200)
    }

    pub(super) fn show_handover(&self, status: u16) -> Result<Answer> {
        let Some(standstill) = self.standstill()? else { return Ok(Answer::data(status, running())) };
        let count = |condition: &str, values| {
            self.db()?.count(&format!("SELECT count(*) AS count FROM ({NAMES}) {condition}"), values)
        };
        let total = count("", Vec::new())?;
        let done =
            if standstill.is_complete() { total } else { count("WHERE name <= ?", vec![standstill.cursor().into()])? };
        Ok(Answer::data(status, standstill.view(done, total)))
    }

    /// Names of objects behind `after`, in their order.
    pub(super) fn object_names(&self, after: &str) -> Result<Vec<String>> {
        let query = format!("SELECT name FROM ({NAMES}) WHERE name > ? ORDER BY name LIMIT ?");
        let rows: Vec<Named> = self.db()?.rows(&query, vec![after.into(), PAGE.into()])?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    /// The next page, if one is due. An account that is busy, or is not reached, is asked again: none may be left out.
    pub(super) async fn walk_standstill(self: Rc<Self>) -> Result<()> {
        let due = "SELECT doc FROM standstill WHERE next_at <= ?";
        let Some(mut standstill) = self.db()?.doc::<Standstill>(due, vec![time(now())])? else { return Ok(()) };
        let Some(freezes) = standstill.freezes() else { return self.save_standstill(&standstill, None) };
        self.save_standstill(&standstill, Some(now() + LEASE))?;
        let names = self.object_names(standstill.cursor())?;
        let app = self.app()?;
        let asked = names.iter().map(async |name| app.account(name)?.stand_still(freezes).await);
        let mut is_done = true;
        for outcome in join_all(asked).await {
            is_done &= matches!(outcome, Ok(true));
            log::unattended("workspace", "standing still", &outcome.map(drop));
        }
        // Somebody may have changed their mind meanwhile.
        if self.standstill()?.as_ref() != Some(&standstill) {
            return Ok(());
        }
        if !is_done {
            return self.save_standstill(&standstill, Some(now() + AGAIN));
        }
        standstill.walked(names.last().map(String::as_str));
        let next_at = (!standstill.is_complete()).then(now);
        self.save_standstill(&standstill, next_at)
    }

    /// Since when it stands still, for a backup.
    pub(super) fn require_standstill(&self) -> Result<UnixMillis> {
        Ok(standstill::require_copyable(self.standstill()?.as_ref())?)
    }
}
