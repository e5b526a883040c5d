//! The audit: what happened by itself, and the list.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::audit::AuditFilter;
use latchkey_core::api::query::Query;
use latchkey_core::audit::{Action, Entry};
use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;

use super::{Workspace, lists};
use crate::error::Result;
use crate::runtime::now;

/// Newest first; for a tenant's key what concerns that tenant.
pub fn list(w: &Workspace, mut query: Query, whose: &Binding) -> Result<Answer> {
    let filter = AuditFilter::from_query(&mut query)?;
    let warnings = query.finish()?;
    Ok(lists::answer(&w.store.audit.list(&filter, whose)?, Entry::view, &warnings))
}

/// What happened by itself.
pub fn record(w: &Workspace, action: Action, tenant_id: Option<&TenantId>, target_id: &str) -> Result<()> {
    w.store.audit.add(&Entry {
        at: now(),
        key_id: None,
        action,
        tenant_id: tenant_id.cloned(),
        target_id: Some(target_id.to_owned()),
        request_id: None,
    })
}
