//! What may still be spent at X this month. What was accepted counts before it is spent, so that a budget refuses
//! before it is exceeded.

use latchkey_core::api::post::estimate;
use latchkey_core::budget;
use latchkey_core::budget::{Budget, Month, Period};
use latchkey_core::id::{AccountId, PostId, TenantId};
use latchkey_core::post::Post;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::price::{Micros, Reads};

use super::Workspace;
use crate::error::Result;
use crate::objects::workspace::store::scope::Scope;
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

/// What an account spends on other things than posts of ours. It is counted at once, and given back if X takes
/// nothing for it.
pub fn spend(w: &Workspace, account_id: &AccountId, cost: Micros) -> Result<()> {
    w.store.budget.change(account_id, Month::of(now()), i64::try_from(cost.0).unwrap_or(i64::MAX))
}

pub fn give_back(w: &Workspace, account_id: &AccountId, cost: Micros) -> Result<()> {
    let micros = i64::try_from(cost.0).map_or(i64::MIN, |micros| -micros);
    w.store.budget.change(account_id, Month::of(now()), micros)
}

/// Refuses what would exceed the tenant's budget or everybody's.
pub fn require(w: &Workspace, expense: &Expense<'_>) -> Result<()> {
    let (of_tenant, of_workspace) = w.store.settings.get()?.budgets.limits_of(expense.tenant_id);
    let period = Period::of(expense.at, now());
    let of = |limit: Option<Micros>, scope| -> Result<Option<Budget>> {
        let Some(limit) = limit else { return Ok(None) };
        Ok(Some(Budget { limit, committed: w.store.budget.committed(period, scope, expense.instead_of)? }))
    };
    let (of_tenant, of_workspace) = (of(of_tenant, Scope::of(expense.tenant_id))?, of(of_workspace, Scope::All)?);
    Ok(budget::require(expense.cost, of_tenant, of_workspace)?)
}

/// A draft costs nothing before it is one no more. `instead_of` is the post that this one replaces.
pub fn require_for_post(w: &Workspace, post: &Post, accounts: usize, instead_of: Option<&PostId>) -> Result<()> {
    if post.is_draft() {
        return Ok(());
    }
    let (cost, _) = estimate(post, accounts, &w.store.settings.get()?.prices);
    let tenant_id = post.tenant_id();
    require(w, &Expense { tenant_id, cost, at: post.run_at(now()), instead_of })
}

/// No budget refuses a read: what it costs is known only when X has answered.
pub fn count_reads(w: &Workspace, account_id: &AccountId, reads: Reads) -> Result<()> {
    spend(w, account_id, w.store.settings.get()?.prices.of_reads(reads))
}
