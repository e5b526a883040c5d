//! Freezing: the account can then go on in another deployment, and in that deployment alone, since X's refresh tokens
//! work once.

use latchkey_core::freeze::AccountFreeze;
use serde::Deserialize;

use super::Inner;
use crate::error::{Error, Result};
use crate::objects::storage::Table;
use crate::rpc::account::Stored;
use crate::rpc::rows::{Page, Place};

/// What of an account is of this deployment alone.
#[cfg(test)]
const LEFT: [&str; 2] = ["windows", "standstill"];
/// The tables that a backup carries. Rate windows are left out: X reports its windows again with the first answer.
const CARRIED: &[Table] = &[
    Table::new("pair", &["id"]),
    Table::new("pairs", &["account_id"]),
    Table::new("discarded", &["seq"]),
    Table::new("journal", &["seq"]),
    Table::new("claims", &["x_post_id"]),
    Table::new("keys", &["digest"]),
];

#[derive(Deserialize)]
struct Row {
    stands: u8,
    attempt: u32,
}

impl Inner {
    pub(super) fn frozen(&self) -> Result<bool> {
        Ok(self.freeze_here()?.is_some_and(|freeze| freeze.is_frozen))
    }

    fn freeze_here(&self) -> Result<Option<AccountFreeze>> {
        self.kept.freeze(&self.db, || self.stored_freeze())
    }

    fn stored_freeze(&self) -> Result<Option<AccountFreeze>> {
        let rows: Vec<Row> = self.db.rows("SELECT stands, attempt FROM standstill", Vec::new())?;
        Ok(rows.first().map(|row| AccountFreeze { is_frozen: row.stands != 0, attempt: row.attempt }))
    }

    /// What earlier attempts of a restore wrote goes.
    fn begin_anew(&self, freeze: AccountFreeze) -> Result<()> {
        let write = "INSERT OR REPLACE INTO standstill (id, stands, attempt) VALUES (1, ?, ?)";
        self.kept.freeze_changed();
        self.db.run(write, vec![i32::from(freeze.is_frozen).into(), i64::from(freeze.attempt).into()])?;
        self.db.empty(CARRIED)
    }

    /// Durable at once. It is true when nothing is under way any more: what was is not cut off.
    pub(super) fn freeze(&self, stands: bool) -> Result<bool> {
        let write = "INSERT INTO standstill (id, stands, attempt) VALUES (1, ?, 0)
            ON CONFLICT (id) DO UPDATE SET stands = excluded.stands";
        self.kept.freeze_changed();
        self.db.run(write, vec![i32::from(stands).into()])?;
        let is_refreshing = !self.refreshing.borrow().is_empty();
        let is_busy = self.publishing.get() || is_refreshing || self.revoking.get() || self.creating.get() > 0;
        Ok(!(stands && is_busy))
    }

    pub(super) fn export(&self, place: &Place) -> Result<Page> {
        if !self.frozen()? {
            return Err(Error::fault("an account that goes on was to be copied"));
        }
        self.db.page(CARRIED, place)
    }

    /// What the tries before `attempt` wrote goes, and the object is as if it had never been restored: the next file may
    /// not name it. Rows of those tries that are still on their way are refused from here on, as after a try that ended.
    pub(super) fn clear_restored(&self, attempt: u32) -> Result<()> {
        self.db.transaction(|| {
            let cleared = AccountFreeze::cleared(self.freeze_here()?, attempt);
            cleared.map_or(Ok(()), |cleared| self.begin_anew(cleared))
        })
    }

    /// Takes in rows of a restore. Messages of an earlier try, or of a try that has ended, change nothing.
    pub(super) fn restore(&self, attempt: u32, is_first: bool, rows: &[Stored]) -> Result<()> {
        self.db.transaction(|| {
            if let Some(begun) = AccountFreeze::restore(self.freeze_here()?, attempt, is_first)? {
                self.begin_anew(begun)?;
            }
            rows.iter().try_for_each(|(table, row)| self.db.insert(CARRIED, table, row))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::VERSIONS;
    use super::{CARRIED, LEFT};
    use crate::objects::schema::tests::assert_carried_or_left;

    #[test]
    fn a_table_is_carried_by_a_backup_or_left_on_purpose() {
        assert_carried_or_left(&VERSIONS, CARRIED, &LEFT);
    }
}
