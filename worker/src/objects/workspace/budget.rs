//! What may still be spent at X this month. What was accepted counts before it is spent, so that a budget refuses
//! before it is exceeded.

use latchkey_core::api::code::Code;
use latchkey_core::api::settings::Month;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{AccountId, PostId, TenantId};
use latchkey_core::time::UnixMillis;
use latchkey_core::x::price::Micros;

use super::Inner;
use crate::error::{Error, Result};
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
        let of_tenant = expense.tenant_id.and_then(|id| Some((id, budgets.tenants.get(id).copied()?)));
        if let Some((tenant_id, limit)) = of_tenant {
            let committed = self.committed(expense, Some(tenant_id))?;
            if committed + expense.cost > limit {
                let message = format!(
                    "This costs ${}, and of the tenant's ${limit} a month ${committed} are spent or promised.",
                    expense.cost
                );
                return Err(Error::refused(Code::BudgetExceeded, message));
            }
        }
        // No figures: they are of all tenants together.
        match budgets.workspace {
            Some(limit) if self.committed(expense, None)? + expense.cost > limit => {
                let message = format!("This costs ${}, more than is left of the monthly budget.", expense.cost);
                Err(Error::refused(Code::BudgetExceeded, message))
            }
            _ => Ok(()),
        }
    }

    /// What is spent or promised in the month of an expense, by a tenant or by all.
    fn committed(&self, expense: &Expense<'_>, tenant_id: Option<&TenantId>) -> Result<Micros> {
        let (current, month) = (Month::of(now()), Month::of(expense.at.max(now())));
        // What is overdue will be spent now.
        let from = if month == current { UnixMillis(0) } else { month.start };
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
            time(from),
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
        if is_idle || delivery.is_final() {
            return self.db()?.run("DELETE FROM dues WHERE post_id = ? AND account_id = ?", vec![post, account]);
        }
        let micros = i64::try_from(delivery.owed().0).unwrap_or(i64::MAX);
        self.db()?.run(
            "INSERT OR REPLACE INTO dues (post_id, account_id, due_at, micros) VALUES (?, ?, ?, ?)",
            vec![post, account, time(delivery.run_at), micros.into()],
        )
    }
}
