//! Page sessions: keys that end, for pages.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::page_session::page_session_view;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::key::{ApiKey, Caller};
use serde_json::{Value, json};

use super::{Done, Workspace, keys, not_found};
use crate::error::Result;
use crate::runtime::now;

pub fn get(w: &Workspace, id: &str, caller: &Caller) -> Result<Answer> {
    Ok(Answer::data(200, find(w, id, caller)?.1))
}

/// The token opens nothing any more.
pub fn delete(w: &Workspace, id: &str, caller: &Caller) -> Result<Done<Answer>> {
    let (key, _) = find(w, id, caller)?;
    w.store.keys.delete(&key.id)?;
    let answer = Answer::success(200, json!({ "message": "Page session deleted successfully" }));
    Ok(Done::from(answer).did(Audited::on(Action::PageSessionDeleted, key.binding.tenant_id.as_ref(), id)))
}

/// One that is in force, of the caller, with what is shown of it.
fn find(w: &Workspace, id: &str, caller: &Caller) -> Result<(ApiKey, Value)> {
    let unknown = || not_found("page session");
    let key = w.store.keys.find_minted(id, now())?.filter(|key| caller.manages_minted(key)).ok_or_else(unknown)?;
    let view = page_session_view(&key).ok_or_else(unknown)?;
    let minted = key.minted.as_ref().ok_or_else(unknown)?;
    let parent = keys::lasting(w, &minted.parent.digest)?;
    parent.filter(|parent| parent.covers(&key)).ok_or_else(unknown)?;
    Ok((key, view))
}
