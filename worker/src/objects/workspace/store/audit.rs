//! The audit: a row for each thing that was done.

use std::rc::Rc;

use latchkey_core::api::audit::AuditFilter;
use latchkey_core::audit::Entry;
use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;
use latchkey_core::retention::Kept;
use latchkey_core::time::UnixMillis;

use super::list::{Filter, Kinds, Listed};
use crate::error::Result;
use crate::objects::storage::{Db, doc, time};

pub struct Audit {
    db: Rc<Db>,
}

impl Audit {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn add(&self, entry: &Entry) -> Result<()> {
        let tenant_id = entry.tenant_id.as_ref().map(TenantId::as_str);
        let insert = "INSERT INTO audit (at, tenant_id, doc) VALUES (?, ?, ?)";
        self.db.run_by(None, insert, vec![time(entry.at), tenant_id.into(), doc(entry)?])
    }

    /// For a tenant's key what concerns that tenant.
    pub fn list(&self, filter: &AuditFilter, binding: &Binding) -> Result<Listed<Entry>> {
        let action = filter.action.as_deref();
        let wanted = Filter::counted("audit", "TRUE")
            .in_tenant("tenant_id", binding.tenant_id.as_ref(), filter.tenant_id.as_deref())
            .of_kinds(
                "json_extract(doc, '$.action') = +?",
                action,
                Kinds::OneOf(action.map(str::to_owned).into_iter().collect()),
            )
            .given("json_extract(doc, '$.key_id') = +?", filter.key_id.as_deref())
            .given("json_extract(doc, '$.target_id') = +?", filter.target_id.as_deref())
            .given("at >= ?", filter.since.map(time))
            .given("at < ?", filter.until.map(time));
        self.db.list("audit", "doc", &wanted, &filter.page)
    }

    pub fn purge(&self, now: UnixMillis) -> Result<()> {
        self.db.run("DELETE FROM audit WHERE at <= ?", vec![time(Kept::AuditEntry.expired_at(now))])
    }
}
