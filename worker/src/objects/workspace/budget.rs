//! What may still be spent at X this month. What was accepted counts before it is spent, so that a budget refuses
//! before it is exceeded.

use latchkey_core::budget::{self, Budget, Month, Period};
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{AccountId, PostId, TenantId};
use latchkey_core::time::UnixMillis;
use latchkey_core::x::price::{Micros, Reads};

use super::Inner;
use crate::error::Result;
use crate::objects::storage::time;
use crate::runtime::now;

/// What is to be accepted.
pub struct Expense<'a> {
    pub tenant_id: Option<&'a TenantId>,
    pub cost: Micros,
    /// When it will be spent.
    pub at: UnixMillis,
    /// The post whose former price it replaces.
    pub instead_of: Option<&'a PostId>,
}

impl Inner {
    /// Refuses what would exceed the tenant's budget or everybody's.
    pub(super) fn require_budget(&self, expense: &Expense<'_>) -> Result<()> {
        let budgets = self.settings()?.budgets;
        let of = |limit: Option<Micros>, tenant_id| -> Result<Option<Budget>> {
            let Some(limit) = limit else { return Ok(None) };
            Ok(Some(Budget { limit, committed: self.committed(expense, tenant_id)? }))
        };
        let of_tenant = expense.tenant_id.and_then(|id| budgets.tenants.get(id).copied());
        let (of_tenant, of_workspace) = (of(of_tenant, expense.tenant_id)?, of(budgets.workspace, None)?);
        Ok(budget::require(expense.cost, of_tenant, of_workspace)?)
    }

    /// What is spent or promised in the month of an expense, by a tenant or by all.
    fn committed(&self, expense: &Expense<'_>, tenant_id: Option<&TenantId>) -> Result<Micros> {
        let Period { month, due_from } = Period::of(expense.at, now());
        let query = "SELECT coalesce(sum(micros), 0) AS count FROM (
            SELECT d.spent AS micros FROM deliveries d JOIN posts p ON p.id = d.post_id
                WHERE d.spent_at >= ?1 AND d.spent_at < ?2 AND (?4 IS NULL OR p.tenant_id = ?4)
            UNION ALL SELECT u.micros AS micros FROM dues u JOIN posts p ON p.id = u.post_id
                WHERE u.due_at >= ?3 AND u.due_at < ?2 AND (?4 IS NULL OR p.tenant_id = ?4)
                AND (?5 IS NULL OR u.post_id <> ?5)
            UNION ALL SELECT s.micros AS micros FROM spending s JOIN accounts a ON a.id = s.account_id
                WHERE s.month = ?1 AND (?4 IS NULL OR a.tenant_id = ?4))";
        let values = vec![
            time(month.start),
            time(month.end),
            time(due_from),
            tenant_id.map(TenantId::as_str).into(),
            expense.instead_of.map(PostId::as_str).into(),
        ];
        Ok(Micros(self.db()?.count(query, values)?))
    }

    /// What an account spends on other things than posts of ours. It is counted at once, and given back if X takes
    /// nothing for it.
    pub(super) fn spend(&self, account_id: &AccountId, cost: Micros) -> Result<()> {
        self.change_spending(account_id, i64::try_from(cost.0).unwrap_or(i64::MAX))
    }

    /// No budget refuses a read: what it costs is known only when X has answered.
    pub(super) fn count_reads(&self, account_id: &AccountId, reads: Reads) -> Result<()> {
        self.spend(account_id, self.settings()?.prices.of_reads(reads))
    }

    pub(super) fn give_back(&self, account_id: &AccountId, cost: Micros) -> Result<()> {
        self.change_spending(account_id, i64::try_from(cost.0).map_or(i64::MIN, |micros| -micros))
    }

    fn change_spending(&self, account_id: &AccountId, micros: i64) -> Result<()> {
        if micros == 0 {
            return Ok(());
        }
        self.db()?.run(
            "INSERT INTO spending (account_id, month, micros) VALUES (?1, ?2, max(0, ?3))
                ON CONFLICT (account_id, month) DO UPDATE SET micros = max(0, micros + ?3)",
            vec![account_id.as_str().into(), time(Month::of(now()).start), micros.into()],
        )
    }

    /// What a delivery is still to cost, as long as somebody is to send it.
    pub(super) fn note_dues(&self, delivery: &Delivery, is_idle: bool) -> Result<()> {
        let (post, account) = (delivery.post_id.as_str().into(), delivery.account_id.as_str().into());
        let Some(Micros(owed)) = budget::committed_by(delivery, is_idle) else {
            return self.db()?.run("DELETE FROM dues WHERE post_id = ? AND account_id = ?", vec![post, account]);
        };
        let micros = i64::try_from(owed).unwrap_or(i64::MAX);
        self.db()?.run(
            "INSERT OR REPLACE INTO dues (post_id, account_id, due_at, micros) VALUES (?, ?, ?, ?)",
            vec![post, account, time(delivery.run_at), micros.into()],
        )
    }
}
