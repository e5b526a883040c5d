//! `GET` and `PATCH /v1/settings`, and `GET /v1/account/usage` (docs/API.md, section 8).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::brand::{ChangeBrand, brand_view};
use super::input::given;
use crate::brand::Brand;
use crate::budget::Month;
use crate::id::TenantId;
use crate::media::Kind;
use crate::refusal::{Refused, name as path_name};
use crate::retention::KeepDays;
use crate::settings::{Budgets, OnUnknown, Settings};
use crate::time::{Span, UnixMillis};
use crate::x::price::{Micros, Prices};

/// What is not given stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and an amount are three things to say")]
pub struct ChangeSettings {
    on_unknown: Option<OnUnknown>,
    /// US dollars by the price's name.
    #[serde(default)]
    prices: BTreeMap<String, f64>,
    /// Bytes by MIME type; zero refuses the type.
    #[serde(default)]
    allowed_media: BTreeMap<String, u64>,
    /// Null is no limit.
    #[serde(default, deserialize_with = "given")]
    monthly_budget_usd: Option<Option<f64>>,
    #[serde(default)]
    tenant_budgets_usd: BTreeMap<TenantId, Option<f64>>,
    /// Null is for ever.
    #[serde(default, deserialize_with = "given")]
    keep_posts_days: Option<Option<KeepDays>>,
    /// Kept beside the rest, since its logo is.
    #[serde(default)]
    pub brand: ChangeBrand,
}

/// The largest file that X's API description 2.167 lets an upload announce (`total_bytes`).
const LARGEST_MEDIA: u64 = 17_179_869_184;

impl ChangeSettings {
    pub fn apply(&self, settings: &mut Settings) -> Result<(), Refused> {
        settings.on_unknown = self.on_unknown.unwrap_or(settings.on_unknown);
        settings.keep_posts_days = self.keep_posts_days.unwrap_or(settings.keep_posts_days);
        for (name, usd) in &self.prices {
            let path = format!("prices.{}", path_name(name));
            let price = settings.prices.named(name).ok_or_else(|| Refused::field(&path, "unknown price"))?;
            *price = Micros::from_usd(*usd, &path)?;
        }
        for (mime, bytes) in &self.allowed_media {
            settings.allowed_media.set(known_kind(mime, *bytes)?, *bytes);
        }
        self.apply_budgets(&mut settings.budgets)
    }

    fn apply_budgets(&self, budgets: &mut Budgets) -> Result<(), Refused> {
        if let Some(usd) = self.monthly_budget_usd {
            budgets.workspace = usd.map(|usd| Micros::from_usd(usd, "monthly_budget_usd")).transpose()?;
        }
        for (tenant_id, usd) in &self.tenant_budgets_usd {
            let path = format!("tenant_budgets_usd.{}", path_name(tenant_id.as_str()));
            match usd {
                Some(usd) => budgets.tenants.insert(tenant_id.clone(), Micros::from_usd(*usd, &path)?),
                None => budgets.tenants.remove(tenant_id),
            };
        }
        Ok(())
    }
}

fn known_kind(mime: &str, bytes: u64) -> Result<Kind, Refused> {
    let path = format!("allowed_media.{}", path_name(mime));
    if bytes > LARGEST_MEDIA {
        return Err(Refused::field(&path, format!("expected a number of bytes from 0 to {LARGEST_MEDIA}")));
    }
    Kind::ALL.into_iter().find(|kind| kind.mime() == mime).ok_or_else(|| Refused::field(&path, "unknown type"))
}

pub fn settings_view(settings: &Settings, brand: &Brand) -> Value {
    let budgets = &settings.budgets;
    let of_tenants = budgets.tenants.iter().map(|(tenant_id, limit)| (tenant_id.to_string(), json!(limit.to_usd())));
    let of_tenants: serde_json::Map<String, Value> = of_tenants.collect();
    let mut prices = settings.prices;
    let row = |name: &&str| Some(((*name).to_owned(), json!(prices.named(name)?.to_usd())));
    let prices: serde_json::Map<String, Value> = Prices::NAMES.iter().filter_map(row).collect();
    let allowed_media: BTreeMap<Kind, u64> =
        Kind::ALL.into_iter().map(|kind| (kind, settings.allowed_media.of(kind))).collect();
    json!({
        "on_unknown": settings.on_unknown,
        "prices": prices,
        "allowed_media": allowed_media,
        "monthly_budget_usd": budgets.workspace.map(Micros::to_usd),
        "tenant_budgets_usd": of_tenants,
        "keep_posts_days": settings.keep_posts_days,
        "brand": brand_view(brand),
    })
}

/// What one tenant spent at X in a month.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Spent {
    pub tenant_id: Option<String>,
    pub micros: u64,
    pub posts: u64,
}

/// What posts cost on one day.
#[derive(Debug, Deserialize)]
pub struct SpentOnDay {
    /// Days since 1970, in UTC.
    pub day: i64,
    pub micros: u64,
    pub posts: u64,
}

/// Nothing is limited here: what X charges is the limit.
pub fn usage_view(month: Month, accounts: u64, spent: &[Spent], by_day: &[SpentOnDay]) -> Value {
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
        "x_cost": { "estimate_usd": sum.to_usd(), "by_tenant": by_tenant, "by_day": days(by_day) },
    })
}

fn days(spent: &[SpentOnDay]) -> Vec<Value> {
    let date = |day: i64| (UnixMillis(0) + Span::days(day)).to_iso().chars().take(10).collect::<String>();
    let view = |row: &SpentOnDay| json!({ "date": date(row.day), "estimate_usd": Micros(row.micros).to_usd(), "posts": row.posts });
    spent.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::api::input::read;

    fn change(body: &str, settings: &mut Settings) -> Result<(), Refused> {
        read::<ChangeSettings>(body.as_bytes(), &[])?.value.apply(settings)
    }

    /// Limits of media have a test of their own.
    fn without_media(mut view: Value) -> Value {
        view.as_object_mut().unwrap().remove("allowed_media");
        view
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let mut settings = Settings::default();
        change(r#"{"on_unknown":"hold"}"#, &mut settings).unwrap();
        change(r#"{"prices":{"post":0.02}}"#, &mut settings).unwrap();
        assert_eq!(settings.on_unknown, OnUnknown::Hold);
        assert_eq!((settings.prices.post, settings.prices.repost), (Micros(20_000), Prices::default().repost));
        assert_eq!(
            without_media(settings_view(&settings, &Brand::default())),
            json!({
                "on_unknown": "hold",
                "prices": {
                    "post": 0.02, "post_with_url": 0.2, "summoned_reply": 0.01, "repost": 0.015, "media_metadata": 0.005,
                    "post_read": 0.005, "user_read": 0.01, "interaction_delete": 0.01, "content_manage": 0.005,
                },
                "monthly_budget_usd": null, "tenant_budgets_usd": {}, "keep_posts_days": null,
                "brand": { "name": null, "logo_url": null, "color": null },
            })
        );
    }

    #[test]
    fn limits_of_media_are_merged_and_shown_whole() {
        let mut settings = Settings::default();
        change(r#"{"allowed_media":{"video/mp4":1073741824,"image/gif":0}}"#, &mut settings).unwrap();
        change(r#"{"allowed_media":{"image/gif":1}}"#, &mut settings).unwrap();
        let mib = |n: u64| n << 20;
        assert_eq!(
            settings_view(&settings, &Brand::default()).get("allowed_media"),
            Some(&json!({
                "image/jpeg": mib(5), "image/png": mib(5), "image/webp": mib(5), "image/gif": 1,
                "video/mp4": mib(1024), "video/quicktime": mib(512), "text/srt": mib(1), "text/vtt": mib(1),
            }))
        );
    }

    #[test]
    fn a_budget_is_set_and_taken_away_for_all_or_for_one_tenant() {
        let mut settings = Settings::default();
        change(r#"{"monthly_budget_usd":10,"tenant_budgets_usd":{"t1":2.5,"t2":1}}"#, &mut settings).unwrap();
        change(r#"{"tenant_budgets_usd":{"t2":null}}"#, &mut settings).unwrap();
        let view = settings_view(&settings, &Brand::default());
        assert_eq!(view.get("monthly_budget_usd"), Some(&json!(10.0)));
        assert_eq!(view.get("tenant_budgets_usd"), Some(&json!({"t1": 2.5})));
        change(r#"{"monthly_budget_usd":null,"tenant_budgets_usd":{"t1":null}}"#, &mut settings).unwrap();
        assert!(settings.budgets.is_empty());
    }

    #[test]
    fn posts_are_kept_for_days_or_for_ever() {
        let mut settings = Settings::default();
        let kept = |settings: &Settings| settings_view(settings, &Brand::default()).get("keep_posts_days").cloned();
        change(r#"{"keep_posts_days":30}"#, &mut settings).unwrap();
        change(r#"{"on_unknown":"hold"}"#, &mut settings).unwrap();
        assert_eq!(kept(&settings), Some(json!(30)));
        change(r#"{"keep_posts_days":null}"#, &mut settings).unwrap();
        assert_eq!(kept(&settings), Some(Value::Null));
        for wrong in ["0", "-1", "1.5", "36501", "\"400\"", "true", "[]"] {
            let refused = change(&format!(r#"{{"keep_posts_days":{wrong}}}"#), &mut settings).unwrap_err();
            assert_eq!(refused.details.into_keys().collect::<Vec<_>>(), ["keep_posts_days"], "{wrong}");
        }
    }

    #[test]
    fn an_unknown_price_or_policy_is_refused_by_its_path() {
        let path = |body| change(body, &mut Settings::default()).unwrap_err().details.into_keys().collect::<Vec<_>>();
        assert_eq!(path(r#"{"prices":{"like":1}}"#), ["prices.like"]);
        assert_eq!(path(r#"{"prices":{"post":-1}}"#), ["prices.post"]);
        assert_eq!(path(r#"{"on_unknown":"retry"}"#), ["on_unknown"]);
        assert_eq!(path(r#"{"colour":1}"#), ["colour"]);
        assert_eq!(path(r#"{"monthly_budget_usd":-1}"#), ["monthly_budget_usd"]);
        assert_eq!(path(r#"{"tenant_budgets_usd":{"t1":-1}}"#), ["tenant_budgets_usd.t1"]);
        assert_eq!(path(r#"{"allowed_media":{"image/bmp":1}}"#), ["allowed_media.image/bmp"]);
        assert_eq!(path(r#"{"allowed_media":{"image/png":17179869185}}"#), ["allowed_media.image/png"]);
        assert_eq!(path(r#"{"allowed_media":{"image/png":-1}}"#), ["allowed_media.image/png"]);
        assert_eq!(path(r#"{"allowed_media":{"image/png":"5MB"}}"#), ["allowed_media.image/png"]);
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
            r#"{"on_unknown":"resend","prices":{"post":15000,"post_with_url":200000,"summoned_reply":10000,"repost":15000,"media_metadata":5000,"post_read":5000,"user_read":10000,"interaction_delete":10000,"content_manage":5000}}"#
        );
        let older = r#"{"on_unknown":"hold","prices":{"post":15000,"post_with_url":200000,"summoned_reply":10000,"repost":15000,"post_read":5000}}"#;
        let read: Settings = serde_json::from_str(older).unwrap();
        assert_eq!((read.on_unknown, read.prices), (OnUnknown::Hold, Prices::default()));
    }

    #[test]
    fn days_have_their_dates() {
        let on = |day, micros, posts| SpentOnDay { day, micros, posts };
        let expected = [
            json!({ "date": "2026-11-24", "estimate_usd": 0.2, "posts": 1 }),
            json!({ "date": "2026-11-25", "estimate_usd": 0.03, "posts": 2 }),
        ];
        assert_eq!(days(&[on(20_781, 200_000, 1), on(20_782, 30_000, 2)]), expected);
    }
}
