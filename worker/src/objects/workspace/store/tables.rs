//! The tables as a backup knows them: rows in their stored form.

use std::rc::Rc;

use latchkey_core::id::TenantId;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Result;
use crate::objects::storage::{Db, Table};
use crate::rpc::rows::{Page, Place};

/// Uploads that are under way stay behind: their bytes are in the other deployment's R2.
const CARRIED: &[Table] = &[
    Table::new("networks", &["id"]),
    Table::new("secret_versions", &["network_id"]),
    Table::new("accounts", &["id"]),
    Table::new("posts", &["seq"]),
    Table::new("deliveries", &["post_id", "account_id"]),
    // Keys that end are over before anybody could need them there. Browsers that are signed in here stay so.
    Table { condition: "expires_at IS NULL", own: "expires_at IS NOT NULL", ..Table::new("keys", &["id"]) },
    Table::new("imports", &["id"]),
    Table::new("dues", &["post_id", "account_id"]),
    Table::new("spending", &["month", "account_id"]),
    Table::new("brand", &["id"]),
    Table { condition: "status = 'active'", ..Table::new("media", &["seq"]) },
    Table::new("post_media", &["media_id", "post_id"]),
    Table::new("settings", &["id"]),
    Table::new("audit", &["seq"]),
    Table::new("webhooks", &["id"]),
    Table::new("announced", &["post_id", "account_id"]),
    Table { condition: "doc NOT LIKE '{\"AbandonUpload\"%'", ..Table::new("outbox", &["seq"]) },
    Table::new("retention", &["id"]),
    Table::new("purged_x_ids", &["account_id", "x_post_id"]),
    // Triggers have made these from the rows above, without what is purged and with the time of the restore.
    Table::new("ended_posts", &["post_id"]),
    Table::new("spent_by_day", &["scope", "day"]),
    Table::new("spent_by_month", &["month", "scope"]),
];
/// Totals of rows that are carried, counted as they arrive. They outlive the rows.
const DERIVED: &[Table] = &[Table::new("due_by_month", &["scope", "month"])];
/// What is of this deployment alone, or over within a day.
#[cfg(test)]
const LEFT: [&str; 16] = [
    // Triggers keep these with the rows.
    "counts",
    "listed_deliveries",
    "post_statuses",
    "post_stages",
    "calendar_totals",
    "timed_deliveries",
    "post_texts",
    "media_parts",
    "media_reservations",
    "idempotency",
    "events",
    "dispatches",
    "sign_ins",
    "reseal",
    "sweep",
    "standstill",
];

pub struct Tables {
    db: Rc<Db>,
}

/// A row's column of that name.
#[derive(Deserialize)]
pub(super) struct Tenant {
    tenant_id: Option<String>,
}

/// The tenant that the first row names. None is "" where it is part of a key.
pub(super) fn first_tenant(rows: Vec<Tenant>) -> Option<TenantId> {
    let name = rows.into_iter().next().and_then(|row| row.tenant_id)?;
    TenantId::parse(&name).ok()
}

impl Tables {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn schema_version(&self) -> usize {
        self.db.schema_version()
    }

    /// Rows that a backup carries.
    pub fn page(&self, place: &Place) -> Result<Page> {
        self.db.page(CARRIED, place)
    }

    /// A row as another deployment stored it.
    pub fn insert(&self, table: &str, row: &Map<String, Value>) -> Result<()> {
        self.db.insert(CARRIED, table, row)
    }

    /// Everything that a backup can bring goes.
    pub fn clear(&self) -> Result<()> {
        self.db.empty(CARRIED)?;
        self.db.empty(DERIVED)
    }
}

#[cfg(test)]
mod tests {
    use super::{CARRIED, DERIVED, LEFT};
    use crate::objects::schema::tests::assert_carried_or_left;
    use crate::objects::workspace::VERSIONS;

    #[test]
    fn a_table_is_carried_by_a_backup_or_left_on_purpose() {
        let left: Vec<&str> = LEFT.into_iter().chain(DERIVED.iter().map(|table| table.name)).collect();
        assert_carried_or_left(&VERSIONS, CARRIED, &left);
    }
}
