//! The audit's list. Each area names what it does for a call (`Done`), and events write their own entries.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::audit::AuditFilter;
use latchkey_core::api::query::Query;
use latchkey_core::audit::Entry;
use latchkey_core::key::Binding;

use super::{Workspace, lists};
use crate::error::Result;

/// Newest first; for a tenant's key what concerns that tenant.
pub fn list(w: &Workspace, mut query: Query, binding: &Binding) -> Result<Answer> {
    let filter = AuditFilter::from_query(&mut query)?;
    let warnings = query.finish()?;
    Ok(lists::answer(&w.store.audit.list(&filter, binding)?, Entry::view, &warnings))
}
