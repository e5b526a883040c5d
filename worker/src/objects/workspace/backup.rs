//! The rows of the workspace in a backup, and their restore.

use latchkey_core::api::answer::Answer;
use latchkey_core::id::NetworkId;
use latchkey_core::standstill::{self, require_restoring, stands_still};
use latchkey_core::time::UnixMillis;
use serde_json::{Map, Value, json};

use super::outbox::Errand;
use super::{Begun, ExportPlan, Inner};
use crate::error::Result;
use crate::objects::storage::{Table, time};
use crate::rpc::rows::{Page, Place};
use crate::runtime::now;

/// Uploads that are under way stay behind: their bytes are in the other deployment's R2.
const CARRIED: &[Table] = &[
    Table::new("networks", &["id"]),
    Table::new("secret_versions", &["network_id"]),
    Table::new("accounts", &["id"]),
    Table::new("posts", &["seq"]),
    Table::new("deliveries", &["post_id", "account_id"]),
    Table::new("keys", &["id"]),
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
];
/// What is of this deployment alone, or over within a day.
#[cfg(test)]
const LEFT: [&str; 9] = [
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
/// A deployment with a row in one of these is in use.
const OCCUPIED: [&str; 5] = ["networks", "accounts", "posts", "keys", "webhooks"];

impl Inner {
    pub(super) fn export_page(&self, place: &Place) -> Result<Page> {
        self.require_standstill()?;
        self.db()?.page(CARRIED, place)
    }

    pub(super) fn export_objects(&self, after: &str) -> Result<Vec<String>> {
        self.require_standstill()?;
        self.object_names(after)
    }

    pub(super) fn plan_export(&self) -> Result<ExportPlan> {
        let (since, networks, owed) = (self.require_standstill()?, self.networks()?, self.owed_secrets()?);
        Ok(ExportPlan { since, networks, schema_version: self.db()?.schema_version(), owed })
    }

    fn owed_secrets(&self) -> Result<Vec<(NetworkId, u32)>> {
        let query = "SELECT doc FROM outbox WHERE json_extract(doc, '$.ForgetSecret.network_id') IN (SELECT network_id
            FROM accounts WHERE json_extract(doc, '$.revocation.pending_since') IS NOT NULL
            UNION SELECT id FROM networks WHERE json_extract(doc, '$.secrets_held_until') IS NOT NULL)";
        let errands: Vec<Errand> = self.db()?.docs(query, Vec::new())?;
        Ok(errands
            .into_iter()
            .filter_map(|errand| match errand {
                Errand::ForgetSecret { network_id, version } => Some((network_id, version)),
                _ => None,
            })
            .collect())
    }

    /// Nothing has gone on in between.
    pub(super) fn end_export(&self, since: UnixMillis) -> Result<()> {
        if self.require_standstill()? == since { Ok(()) } else { Err(stands_still().into()) }
    }

    /// A restore that broke off is begun anew, with this file or another. What it left is cleared before a row arrives.
    pub(super) fn begin_restore(&self, id: &str) -> Result<Begun> {
        let begun = standstill::begin_restore(id, self.standstill()?, self.is_occupied()?, now())?;
        let Some(restoring) = begun else { return Ok(Begun::Already) };
        self.save_standstill(&restoring, None)?;
        Ok(Begun::Fresh { attempt: restoring.attempt() })
    }

    /// A file's accounts arrive before the rows of their objects, so the accounts that are here name each object that
    /// earlier tries wrote to. They go last: whoever breaks off here is followed by a try that begins with all of them.
    pub(super) fn clear_restored(&self, attempt: u32, after: &str) -> Result<Vec<String>> {
        require_restoring(self.standstill()?, attempt)?;
        let names = self.object_names(after)?;
        if names.is_empty() {
            CARRIED.iter().try_for_each(|table| self.db()?.run(&format!("DELETE FROM {}", table.name), Vec::new()))?;
        }
        Ok(names)
    }

    fn is_occupied(&self) -> Result<bool> {
        for table in OCCUPIED {
            if self.db()?.count(&format!("SELECT count(*) AS count FROM {table}"), Vec::new())? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn restore_rows(&self, attempt: u32, table: &str, rows: &[Map<String, Value>]) -> Result<()> {
        require_restoring(self.standstill()?, attempt)?;
        rows.iter().try_for_each(|row| self.db()?.insert(CARRIED, table, row))
    }

    /// The last line was read: from here on everything goes.
    pub(super) fn end_restore(&self, attempt: u32) -> Result<Answer> {
        let restoring = require_restoring(self.standstill()?, attempt)?;
        self.save_standstill(&restoring.restore_ended(now()), Some(now()))?;
        // What was under way there is under way nowhere.
        self.db()?.run("UPDATE outbox SET due_at = ?, opened = 0 WHERE opened > 0", vec![time(now())])?;
        self.show_restored()
    }

    pub(super) fn show_restored(&self) -> Result<Answer> {
        let count = |table: &str| {
            self.db()?.count(&format!("SELECT count(*) AS count FROM {table} WHERE is_deleted = 0"), Vec::new())
        };
        let (accounts, posts, networks) = (count("accounts")?, count("posts")?, count("networks")?);
        let data = json!({ "social_networks": networks, "social_accounts": accounts, "posts": posts });
        Ok(Answer::data(200, data))
    }
}

#[cfg(test)]
mod tests {
    use super::super::VERSIONS;
    use super::{CARRIED, LEFT};
    use crate::objects::schema::tests::tables;

    #[test]
    fn a_table_is_carried_by_a_backup_or_left_on_purpose() {
        for name in tables(&VERSIONS) {
            let is_carried = CARRIED.iter().any(|table| table.name == name);
            assert!(is_carried != LEFT.contains(&name), "{name}: say in CARRIED or in LEFT what becomes of it");
        }
    }
}
