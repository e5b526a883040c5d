//! The filters of `GET /v1/audit` (docs/API.md, section 8).

use serde_json::Value;

use super::page::{List, Page};
use super::query::Query;
use crate::audit::Action;
use crate::json;
use crate::refusal::Refused;
use crate::time::UnixMillis;

#[derive(Debug)]
pub struct AuditFilter {
    pub action: Option<String>,
    pub key_id: Option<String>,
    pub tenant_id: Option<String>,
    pub target_id: Option<String>,
    pub since: Option<UnixMillis>,
    pub until: Option<UnixMillis>,
    pub page: Page,
}

impl AuditFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        let (since, until) = (query.take_time("since")?, query.take_time("until")?);
        Ok(Self {
            action: known_action(query.take(&["action"]))?,
            key_id: query.take(&["key_id"]),
            tenant_id: query.take_tenant(),
            target_id: query.take(&["target_id"]),
            since,
            until,
            page: Page::from_query(query, List::Audit)?,
        })
    }
}

fn known_action(word: Option<String>) -> Result<Option<String>, Refused> {
    let is_known = |word: &String| json::from_value::<Action>(&Value::String(word.clone())).is_ok();
    if word.as_ref().is_none_or(is_known) {
        Ok(word)
    } else {
        Err(Refused::field("action", "expected the name of an action"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn filters_are_known_words_and_times() {
        let filter = |text| AuditFilter::from_query(&mut Query::parse(text));
        assert_eq!(filter("action=key.deleted&limit=2").unwrap().action.as_deref(), Some("key.deleted"));
        assert_eq!(filter("since=2026-11-24T00:00:00Z").unwrap().since, Some(UnixMillis(1_795_478_400_000)));
        assert_eq!(filter("until=1795478400000").unwrap().until, Some(UnixMillis(1_795_478_400_000)));
        for bad in ["action=drank.tea", "since=yesterday", "until=-1", "limit=0"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
    }
}
