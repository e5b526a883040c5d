//! What accounts spend on other things than posts of ours, by month.

use std::rc::Rc;

use latchkey_core::api::settings::Spent;
use latchkey_core::budget::Month;
use latchkey_core::id::{AccountId, TenantId};
use latchkey_core::x::price::Micros;

use super::accounts;
use crate::error::Result;
use crate::objects::storage::{Db, time};

pub struct Budget {
    db: Rc<Db>,
}

impl Budget {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    /// What is spent in a month, by a tenant or by all.
    pub fn spent(&self, month: Month, tenant_id: Option<&TenantId>) -> Result<Micros> {
        let query = format!(
            "SELECT coalesce(sum(s.micros), 0) AS count FROM spending s JOIN ({}) a ON a.id = s.account_id
                WHERE s.month = ?1 AND (?2 IS NULL OR a.tenant_id = ?2)",
            accounts::ROWS
        );
        Ok(Micros(self.db.count(&query, vec![time(month.start), tenant_id.map(TenantId::as_str).into()])?))
    }

    /// The same for each tenant.
    pub fn spent_in(&self, month: Month) -> Result<Vec<Spent>> {
        let query = format!(
            "SELECT nullif(a.tenant_id, '') AS tenant_id, sum(s.micros) AS micros, 0 AS posts
                FROM spending s JOIN ({}) a ON a.id = s.account_id WHERE s.month = ? AND s.micros > 0
                GROUP BY a.tenant_id",
            accounts::ROWS
        );
        self.db.rows(&query, vec![time(month.start)])
    }

    /// Adds to what an account has spent. Less than nothing is nothing.
    pub fn change(&self, account_id: &AccountId, month: Month, micros: i64) -> Result<()> {
        if micros == 0 {
            return Ok(());
        }
        self.db.run(
            "INSERT INTO spending (account_id, month, micros) VALUES (?1, ?2, max(0, ?3))
                ON CONFLICT (account_id, month) DO UPDATE SET micros = max(0, micros + ?3)",
            vec![account_id.as_str().into(), time(month.start), micros.into()],
        )
    }
}
