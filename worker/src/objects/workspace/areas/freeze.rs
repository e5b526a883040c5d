//! `/v1/handover`: whether the workspace stands still.

use latchkey_core::api::answer::Answer;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::standstill;
use latchkey_core::standstill::running;
use latchkey_core::time::UnixMillis;

use super::{Done, Workspace};
use crate::error::Result;
use crate::runtime::now;

/// Objects of accounts in a page of a walk, of the 50 requests that an alarm may make on Workers' free plan.
pub const OBJECTS: i32 = 40;

pub fn show_handover(w: &Workspace, status: u16) -> Result<Answer> {
    let Some(standstill) = w.store.freeze.get()? else { return Ok(Answer::data(status, running())) };
    let total = w.store.accounts.count_objects()?;
    let done =
        if standstill.is_complete() { total } else { w.store.accounts.count_objects_up_to(standstill.cursor())? };
    Ok(Answer::data(status, standstill.view(done, total)))
}

pub fn is_standing(w: &Workspace) -> Result<bool> {
    Ok(w.store.freeze.get()?.is_some_and(|standstill| standstill.is_standing()))
}

/// Rows of a backup are still arriving, keys among them.
pub fn is_restoring(w: &Workspace) -> Result<bool> {
    Ok(w.store.freeze.get()?.is_some_and(|standstill| standstill.is_restoring()))
}

pub fn require_motion(w: &Workspace) -> Result<()> {
    Ok(standstill::require_motion(w.store.freeze.get()?.as_ref())?)
}

/// `POST`, and the same again.
pub fn hand_over(w: &Workspace) -> Result<Done<Answer>> {
    if let Some(standstill) = standstill::hand_over(w.store.freeze.get()?, now()) {
        w.store.freeze.save(&standstill, Some(now()))?;
    }
    Ok(Done::from(show_handover(w, 202)?).did(Audited::of(Action::HandedOver)))
}

/// `DELETE`.
pub fn take_back(w: &Workspace) -> Result<Done<Answer>> {
    if let Some(standstill) = standstill::take_back(w.store.freeze.get()?, now())? {
        w.store.freeze.save(&standstill, Some(now()))?;
    }
    Ok(Done::from(show_handover(w, 200)?).did(Audited::of(Action::TakenBack)))
}

/// Since when it stands still, for a backup.
pub fn require_standstill(w: &Workspace) -> Result<UnixMillis> {
    Ok(standstill::require_copyable(w.store.freeze.get()?.as_ref())?)
}
