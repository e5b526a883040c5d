//! Whether an expense fits the rest of the month's budget at X. Accepted posts count before X is called, so a budget
//! refuses before the spending exceeds it.

use chrono::{DateTime, Datelike, Months, NaiveDate};

use crate::delivery::Delivery;
use crate::refusal::{Code, Refused};
use crate::time::UnixMillis;
use crate::x::price::Micros;

/// A calendar month in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    pub start: UnixMillis,
    pub end: UnixMillis,
}

/// Which committed spend counts against an expense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// What was spent in this month.
    pub month: Month,
    /// What is to be spent from here to the end of the month.
    pub due_from: UnixMillis,
}

/// A monthly limit, with what is spent or promised of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub limit: Micros,
    pub committed: Micros,
}

impl Month {
    pub fn of(now: UnixMillis) -> Self {
        let day = DateTime::from_timestamp_millis(now.0).unwrap_or_default().date_naive();
        let first = day.with_day(1).unwrap_or(day);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        let midnight = |day: NaiveDate| UnixMillis(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis());
        Self { start: midnight(first), end: midnight(next) }
    }
}

impl Period {
    /// For an expense at `at`. What is overdue will be spent now, so the current month counts it.
    pub fn of(at: UnixMillis, now: UnixMillis) -> Self {
        let month = Month::of(at.max(now));
        let due_from = if month == Month::of(now) { UnixMillis(0) } else { month.start };
        Self { month, due_from }
    }
}

impl Budget {
    fn allows(self, cost: Micros) -> bool {
        self.committed + cost <= self.limit
    }
}

/// Whether both budgets allow the cost; `None` is no limit. The tenant's own figures are for the tenant to know. The
/// workspace's are of all tenants together, and are not told.
pub fn require(cost: Micros, of_tenant: Option<Budget>, of_workspace: Option<Budget>) -> Result<(), Refused> {
    let exceeds = |budget: &Budget| !budget.allows(cost);
    let message = if let Some(Budget { limit, committed }) = of_tenant.filter(exceeds) {
        format!("This costs ${cost}, and of the tenant's ${limit} a month ${committed} are spent or promised.")
    } else if of_workspace.is_some_and(|budget| exceeds(&budget)) {
        format!("This costs ${cost}, more than is left of the monthly budget.")
    } else {
        return Ok(());
    };
    Err(Refused::new(Code::BudgetExceeded, message))
}

/// Whether a post costs no more than its caller allows, in US dollars.
pub fn require_ceiling(cost: Micros, ceiling: Option<f64>) -> Result<(), Refused> {
    let Some(ceiling) = ceiling else { return Ok(()) };
    Micros::from_usd(ceiling, "max_cost_usd")?;
    // Not the amount in millionths: rounded, it could allow more than the caller does.
    if cost.to_usd() <= ceiling {
        return Ok(());
    }
    Err(Refused::new(Code::CostExceeded, format!("The post would cost ${cost}, which is more than ${ceiling}.")))
}

/// What a delivery is still to cost; `None` when nobody is to send it.
pub fn committed_by(delivery: &Delivery, is_idle: bool) -> Option<Micros> {
    (!is_idle && !delivery.is_final()).then(|| delivery.owed())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::delivery::State;
    use crate::fixtures::delivery;

    fn at(date: &str) -> UnixMillis {
        UnixMillis(DateTime::parse_from_rfc3339(date).unwrap().timestamp_millis())
    }

    const fn budget(limit: u64, committed: u64) -> Budget {
        Budget { limit: Micros(limit), committed: Micros(committed) }
    }

    fn refusal(result: Result<(), Refused>) -> (Code, String) {
        let refused = result.unwrap_err();
        (refused.code, refused.message)
    }

    #[test]
    fn a_budget_may_be_spent_to_the_last_millionth() {
        assert!(require(Micros(5), Some(budget(10, 5)), Some(budget(10, 5))).is_ok());
        assert!(require(Micros(5), None, None).is_ok(), "nothing said, no limit");
        assert!(require(Micros(6), Some(budget(10, 5)), None).is_err());
        assert!(require(Micros(6), None, Some(budget(10, 5))).is_err());
    }

    #[test]
    fn a_budget_that_is_exceeded_already_allows_nothing_that_costs() {
        assert!(require(Micros(1), Some(budget(10, 11)), None).is_err());
        assert!(require(Micros(u64::MAX), Some(budget(10, u64::MAX)), None).is_err(), "a sum does not wrap");
    }

    #[test]
    fn a_tenant_is_told_its_own_figures_and_not_those_of_all_tenants() {
        let of_tenant = refusal(require(Micros(15_000), Some(budget(20_000, 10_000)), Some(budget(1, 1))));
        let words = "This costs $0.015, and of the tenant's $0.020 a month $0.010 are spent or promised.";
        assert_eq!(of_tenant, (Code::BudgetExceeded, words.into()));
        let of_all = refusal(require(Micros(15_000), Some(budget(50_000, 10_000)), Some(budget(20_000, 10_000))));
        assert_eq!(
            of_all,
            (Code::BudgetExceeded, "This costs $0.015, more than is left of the monthly budget.".into())
        );
    }

    #[test]
    fn what_is_overdue_counts_against_this_month_and_no_other() {
        let now = at("2026-11-29T01:00:00Z");
        let month = Month { start: at("2026-11-01T00:00:00Z"), end: at("2026-12-01T00:00:00Z") };
        let current = Period { month, due_from: UnixMillis(0) };
        assert_eq!(Period::of(at("2026-11-30T23:59:59Z"), now), current);
        assert_eq!(Period::of(at("2026-10-01T00:00:00Z"), now), current, "a time that has passed is spent now");
        let next = Period::of(at("2026-12-01T00:00:00Z"), now);
        assert_eq!((next.month.start, next.due_from), (month.end, month.end));
    }

    #[test]
    fn a_month_ends_where_the_next_one_begins_also_at_the_end_of_a_year() {
        let december = Month::of(at("2026-12-31T23:59:59.999Z"));
        assert_eq!((december.start, december.end), (at("2026-12-01T00:00:00Z"), at("2027-01-01T00:00:00Z")));
        assert_eq!(Month::of(december.end).start, december.end);
    }

    #[test]
    fn a_post_costs_no_more_than_its_caller_allows() {
        assert!(require_ceiling(Micros(15_000), None).is_ok());
        assert!(require_ceiling(Micros(15_000), Some(0.015)).is_ok());
        let (code, message) = refusal(require_ceiling(Micros(15_000), Some(0.014_999_9)));
        assert_eq!(code, Code::CostExceeded, "0.0149999 rounds to 15000 millionths and allows fewer");
        assert_eq!(message, "The post would cost $0.015, which is more than $0.0149999.");
        assert_eq!(refusal(require_ceiling(Micros(0), Some(-1.0))).0, Code::InvalidPayload);
    }

    #[test]
    fn only_a_delivery_that_somebody_is_to_send_is_committed_spend() {
        let queued = delivery(2);
        assert_eq!(committed_by(&queued, false), Some(Micros(15_000)));
        assert_eq!(committed_by(&queued, true), None, "a draft");
        for state in [State::Published, State::Failed, State::Deleted, State::Cancelled] {
            assert_eq!(committed_by(&queued.ended_as(state), false), None, "{state:?}");
        }
    }
}
