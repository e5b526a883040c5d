//! What the addresses in a row are made of.

use latchkey_core::api::post::Links;

use super::Workspace;
use crate::error::Result;
use crate::names::WORKSPACE;
use crate::runtime::now;

/// For a reader who may answer a request for approval, or may not.
pub fn links(w: &Workspace, may_approve: bool) -> Result<Links<'_>> {
    let app = w.app()?;
    let origin = w.origin.get().map(String::as_str).or_else(|| app.configured_origin()).unwrap_or_default();
    Ok(Links { ring: app.keyring(), workspace: WORKSPACE, origin, now: now(), may_approve })
}
