//! Requests for approval: who asks, and who is told of a request and of what became of it.

use latchkey_core::api::event::Event;
use latchkey_core::approval::Requester;
use latchkey_core::key::{Caller, Kind};
use latchkey_core::post::{By, Post};
use latchkey_core::webhook::EventKind;

use super::links::links;
use super::{Workspace, events};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::runtime::now;

/// Who asks, if this caller does.
pub fn by(w: &Workspace, caller: &Caller) -> Result<By> {
    let requester = Requester { key_id: caller.key_id.clone(), name: name_of(w, caller)? };
    Ok(By { requester, may_publish: caller.may_publish(), at: now(), lifetime: w.app()?.approval_lifetime() })
}

/// A page is called by its origin, and the configuration's own key by its id.
fn name_of(w: &Workspace, caller: &Caller) -> Result<String> {
    if let Some(Kind::Page { origin, .. }) = &caller.kind {
        return Ok(origin.clone());
    }
    Ok(w.store.keys.find(&caller.key_id)?.map_or_else(|| caller.key_id.clone(), |key| key.name))
}

/// The event of a post's approval, in the words of whoever may answer.
pub fn event(w: &Workspace, kind: EventKind, post: &Post) -> Result<Event> {
    let deliveries = w.store.deliveries.of_post(&post.id)?;
    Ok(Event::of_approval(kind, post, ORG_ID, &deliveries, &links(w, true)?))
}

/// A call has made a post ask; the call has the entry of the audit.
pub fn made(w: &Workspace, post: &Post) -> Result<()> {
    events::notify(w, &event(w, EventKind::PostApprovalRequested, post)?)
}
