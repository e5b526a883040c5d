//! The brand as visitors see it.

use latchkey_core::brand::Brand;
use latchkey_core::media::Kind;

use super::{Workspace, freeze};
use crate::error::Result;

/// The logo with this digest, if it is the brand's.
pub fn logo(w: &Workspace, digest: &str) -> Result<Option<(Kind, String)>> {
    let Some(logo) = shown(w)?.logo.filter(|logo| logo.digest == digest) else { return Ok(None) };
    Ok(w.store.brand.logo()?.map(|bytes| (logo.kind, bytes)))
}

/// As visitors see it. Of a backup nothing is shown before its last line.
pub fn shown(w: &Workspace) -> Result<Brand> {
    if freeze::is_restoring(w)? { Ok(Brand::default()) } else { w.store.brand.get() }
}
