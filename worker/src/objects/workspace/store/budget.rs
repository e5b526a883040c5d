//! What is spent and what is promised, in totals that triggers keep with the rows (schema.rs); and the rows of what
//! accounts spend on other things than posts of ours.

use std::rc::Rc;

use latchkey_core::api::settings::{Spent, SpentOnDay};
use latchkey_core::budget::{Month, Period};
use latchkey_core::id::{AccountId, PostId};
use latchkey_core::x::price::Micros;

use super::posts::deliveries;
use super::scope::Scope;
use crate::error::Result;
use crate::objects::storage::{Db, time};

pub struct Budget {
    db: Rc<Db>,
}

impl Budget {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    /// What is spent in a period or still to be spent. `instead_of` is a post whose price is replaced.
    pub fn committed(&self, period: Period, scope: Scope<'_>, instead_of: Option<&PostId>) -> Result<Micros> {
        let query = format!(
            "SELECT coalesce((SELECT micros FROM spent_by_month WHERE month = ?1 AND scope = ?2), 0)
                + coalesce((SELECT sum(micros) FROM due_by_month WHERE scope = ?2 AND month >= ?3 AND month < ?4), 0)
                - coalesce((SELECT sum(micros) FROM ({}) WHERE post_id = ?5 AND due_at >= ?3 AND due_at < ?4), 0) AS count",
            deliveries::COMMITTED
        );
        let Period { month, due_from } = period;
        let (start, end, due_from) = (time(month.start), time(month.end), time(due_from));
        let values = vec![start, scope.key().into(), due_from, end, instead_of.map(PostId::as_str).into()];
        Ok(Micros(self.db.count(&query, values)?))
    }

    /// What each tenant of a scope spent in a month, in the order of the tenants.
    pub fn spent_in(&self, month: Month, scope: Scope<'_>) -> Result<Vec<Spent>> {
        let query = format!(
            "SELECT nullif({}, '') AS tenant_id, micros, posts FROM spent_by_month
                WHERE month = +? AND scope >= ? AND scope < ? AND (micros > 0 OR posts > 0) ORDER BY scope",
            Scope::TENANT_OF_KEY
        );
        let (first, beyond) = scope.tenants();
        self.db.rows(&query, vec![time(month.start), first.into(), beyond.into()])
    }

    /// What the posts of a scope cost on each day of a month.
    pub fn spent_by_day(&self, month: Month, scope: Scope<'_>) -> Result<Vec<SpentOnDay>> {
        let query = "SELECT day, micros, posts FROM spent_by_day
            WHERE scope = +? AND day >= ? / 86400000 AND day < ? / 86400000 ORDER BY day";
        self.db.rows(query, vec![scope.key().into(), time(month.start), time(month.end)])
    }

    /// What the deployment spent in a month.
    pub fn spent(&self, month: Month) -> Result<Micros> {
        let query =
            "SELECT coalesce((SELECT micros FROM spent_by_month WHERE month = ? AND scope = 'all'), 0) AS count";
        Ok(Micros(self.db.count(query, vec![time(month.start)])?))
    }

    /// How many posts X has charged for, each on the day of each first charge of one of its deliveries.
    pub fn charged_posts(&self) -> Result<u64> {
        self.db.count("SELECT coalesce(sum(posts), 0) AS count FROM spent_by_day WHERE scope = 'all'", Vec::new())
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
