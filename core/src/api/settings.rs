//! `GET` and `PATCH /v1/settings`, and `GET /v1/account/usage` (docs/API.md, section 8).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Months, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused::Refused;
use crate::settings::{OnUnknown, Settings};
use crate::time::UnixMillis;
use crate::x::price::{Micros, Prices};

/// What is not given stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSettings {
    on_unknown: Option<OnUnknown>,
    /// US dollars by the price's name.
    #[serde(default)]
    prices: BTreeMap<String, f64>,
}

impl ChangeSettings {
    pub fn apply(&self, settings: &mut Settings) -> Result<(), Refused> {
        settings.on_unknown = self.on_unknown.unwrap_or(settings.on_unknown);
        for (name, usd) in &self.prices {
            let path = format!("prices.{name}");
            let price = settings.prices.named(name).ok_or_else(|| Refused::field(&path, "unknown price"))?;
            *price = Micros::from_usd(*usd, &path)?;
        }
        Ok(())
    }
}

pub fn settings_view(settings: &Settings) -> Value {
    let mut prices = settings.prices;
    let row = |name: &&str| Some(((*name).to_owned(), json!(prices.named(name)?.to_usd())));
    let prices: serde_json::Map<String, Value> = Prices::NAMES.iter().filter_map(row).collect();
    json!({ "on_unknown": settings.on_unknown, "prices": prices })
}

/// A calendar month in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    pub start: UnixMillis,
    pub end: UnixMillis,
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

/// What one tenant spent at X in a month.
#[derive(Debug, Deserialize)]
pub struct Spent {
    pub tenant_id: Option<String>,
    pub micros: u64,
    pub posts: u64,
}

/// Nothing is limited here: what X charges is the limit.
pub fn usage_view(month: Month, accounts: usize, spent: &[Spent]) -> Value {
    let posts: u64 = spent.iter().map(|row| row.posts).sum();
    let sum: Micros = spent.iter().map(|row| Micros(row.micros)).sum();
    let by_tenant: Vec<Value> = spent
        .iter()
        .map(|row| {
            json!({ "tenant_id": row.tenant_id, "estimate_usd": Micros(row.micros).to_usd(), "posts": row.posts })
        })
        .collect();
    json!({
        "socialAccounts": { "current": accounts, "limit": null, "remaining": null },
        "posts": { "current": posts, "limit": null },
        "billingPeriod": { "start": month.start.to_iso(), "end": month.end.to_iso() },
        "currentUsage": posts,
        "x_cost": { "estimate_usd": sum.to_usd(), "by_tenant": by_tenant },
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::api::input::read;

    fn change(body: &str, settings: &mut Settings) -> Result<(), Refused> {
        read::<ChangeSettings>(body.as_bytes(), &[])?.value.apply(settings)
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let mut settings = Settings::default();
        change(r#"{"on_unknown":"hold"}"#, &mut settings).unwrap();
        change(r#"{"prices":{"post":0.02}}"#, &mut settings).unwrap();
        assert_eq!(settings.on_unknown, OnUnknown::Hold);
        assert_eq!((settings.prices.post, settings.prices.repost), (Micros(20_000), Prices::default().repost));
        assert_eq!(
            settings_view(&settings),
            json!({ "on_unknown": "hold", "prices": { "post": 0.02, "post_with_url": 0.2, "summoned_reply": 0.01, "repost": 0.015, "media_metadata": 0.005, "post_read": 0.005 } })
        );
    }

    #[test]
    fn an_unknown_price_or_policy_is_refused_by_its_path() {
        let path = |body| change(body, &mut Settings::default()).unwrap_err().details.into_keys().collect::<Vec<_>>();
        assert_eq!(path(r#"{"prices":{"like":1}}"#), ["prices.like"]);
        assert_eq!(path(r#"{"prices":{"post":-1}}"#), ["prices.post"]);
        assert_eq!(path(r#"{"on_unknown":"retry"}"#), ["on_unknown"]);
        assert_eq!(path(r#"{"colour":1}"#), ["colour"]);
    }

    #[test]
    fn a_month_is_a_calendar_month_in_utc() {
        let month = Month::of(UnixMillis::parse_iso("2026-12-31T23:59:59.999Z").unwrap());
        assert_eq!(
            (month.start.to_iso(), month.end.to_iso()),
            ("2026-12-01T00:00:00.000Z".into(), "2027-01-01T00:00:00.000Z".into())
        );
    }

    #[test]
    fn settings_v1_format_unchanged() {
        assert_eq!(
            serde_json::to_string(&Settings::default()).unwrap(),
            r#"{"on_unknown":"resend","prices":{"post":15000,"post_with_url":200000,"summoned_reply":10000,"repost":15000,"media_metadata":5000,"post_read":5000}}"#
        );
    }
}
