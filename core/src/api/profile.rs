//! `GET /v1/social-accounts/{id}/metrics` and `…/imports` (docs/API.md, section 4).

use serde::Deserialize;
use serde_json::{Value, json};

use super::query::Query;
use crate::import::{Import, MAX_POSTS, PAGE};
use crate::refusal::Refused;
use crate::time::UnixMillis;

const NOTE: &str = "X tells totals as they are now; it has no figures for a period.";

/// What the caller calls the period. Clients of the original API send seconds since 1970.
pub struct Period {
    since: Option<UnixMillis>,
    until: Option<UnixMillis>,
}

impl Period {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        Ok(Self { since: query.take_time("since")?, until: query.take_time("until")? })
    }
}

/// X's answer about the user itself, in either of its dialects, in the original's shape.
pub fn metrics_view(account_id: &str, me: &Value, period: &Period, now: UnixMillis) -> Value {
    let number = |names: &[&str]| {
        let metrics = me.pointer("/data/public_metrics");
        names.iter().find_map(|name| metrics?.get(name)?.as_u64())
    };
    json!({
        "account_id": account_id,
        "network": "x",
        "followers_count": number(&["followers_count"]),
        "following_count": number(&["following_count"]),
        "posts_count": number(&["post_count", "tweet_count"]),
        "engagement": {},
        "platform_specific": {
            "listed_count": number(&["listed_count"]),
            "like_count": number(&["like_count"]),
            "media_count": number(&["media_count"]),
        },
        "period": {
            "since": period.since.map(UnixMillis::to_iso),
            "until": period.until.map(UnixMillis::to_iso),
            "note": NOTE,
        },
        "fetched_at": now.to_iso(),
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateImport {
    limit: Option<u32>,
}

impl CreateImport {
    pub fn limit(&self) -> Result<u32, Refused> {
        let limit = self.limit.unwrap_or(PAGE);
        if (1..=MAX_POSTS).contains(&limit) {
            return Ok(limit);
        }
        Err(Refused::field("limit", format!("expected a number from 1 to {MAX_POSTS}")))
    }
}

pub fn import_view(import: &Import) -> Value {
    let error = import.error.as_ref();
    json!({
        "id": import.id,
        "account_id": import.account_id,
        "status": import.status,
        "limit": import.limit,
        "imported": import.imported,
        "skipped": import.skipped,
        "error": error.map(|(_, message)| message),
        "error_code": error.map(|(code, _)| code),
        "created_at": import.created_at.to_iso(),
        "finished_at": import.finished_at.map(UnixMillis::to_iso),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn both_dialects_of_x_count_posts() {
        let period = Period::from_query(&mut Query::parse("since=1795426200&until=2026-11-23T10:00:00Z")).unwrap();
        for name in ["post_count", "tweet_count"] {
            let me = json!({"data": {"public_metrics": {name: 7, "followers_count": 3}}});
            let view = metrics_view("acc_1", &me, &period, UnixMillis(0));
            assert_eq!(view.get("posts_count"), Some(&json!(7)));
            assert_eq!(view.pointer("/period/since"), Some(&json!("2026-11-23T09:30:00.000Z")));
            assert_eq!(view.pointer("/period/until"), Some(&json!("2026-11-23T10:00:00.000Z")));
        }
        assert!(Period::from_query(&mut Query::parse("since=yesterday")).is_err());
    }

    #[test]
    fn an_import_looks_at_1_to_3200_posts() {
        let limit = |limit| CreateImport { limit }.limit();
        assert_eq!(limit(None).unwrap(), 100);
        assert_eq!(limit(Some(3200)).unwrap(), 3200);
        assert!(limit(Some(0)).is_err() && limit(Some(3201)).is_err());
    }
}
