//! `/v1/handover`: whether the workspace is frozen.

use latchkey_core::api::answer::Answer;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::freeze;
use latchkey_core::freeze::running;
use latchkey_core::time::UnixMillis;

use super::{Done, Workspace};
use crate::error::Result;
use crate::runtime::now;

/// Objects of accounts in a page of a walk, of the 50 requests that an alarm may make on Workers' free plan.
pub const OBJECTS: i32 = 40;

pub fn show_handover(w: &Workspace, status: u16) -> Result<Answer> {
    let Some(freeze) = w.store.freeze.get()? else { return Ok(Answer::data(status, running())) };
    let total = w.store.accounts.count_objects()?;
    let done = if freeze.is_complete() { total } else { w.store.accounts.count_objects_up_to(freeze.cursor())? };
    Ok(Answer::data(status, freeze.view(done, total)))
}

pub fn is_frozen(w: &Workspace) -> Result<bool> {
    Ok(w.store.freeze.get()?.is_some_and(|freeze| freeze.is_frozen()))
}

/// Rows of a backup are still arriving, keys among them.
pub fn is_restoring(w: &Workspace) -> Result<bool> {
    Ok(w.store.freeze.get()?.is_some_and(|freeze| freeze.is_restoring()))
}

pub fn require_running(w: &Workspace) -> Result<()> {
    Ok(freeze::require_running(w.store.freeze.get()?.as_ref())?)
}

/// `POST`, and the same again.
pub fn begin_freeze(w: &Workspace) -> Result<Done<Answer>> {
    if let Some(freeze) = freeze::begin_freeze(w.store.freeze.get()?, now()) {
        w.store.freeze.save(&freeze, Some(now()))?;
    }
    Ok(Done::from(show_handover(w, 202)?).did(Audited::of(Action::HandedOver)))
}

/// `DELETE`.
pub fn end_freeze(w: &Workspace) -> Result<Done<Answer>> {
    if let Some(freeze) = freeze::end_freeze(w.store.freeze.get()?, now())? {
        w.store.freeze.save(&freeze, Some(now()))?;
    }
    Ok(Done::from(show_handover(w, 200)?).did(Audited::of(Action::TakenBack)))
}

/// Since when it is frozen, for a backup.
pub fn require_frozen(w: &Workspace) -> Result<UnixMillis> {
    Ok(freeze::require_copyable(w.store.freeze.get()?.as_ref())?)
}
