//! Bodies and rows of `/v1/page-sessions` (docs/API.md, section 8).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::connect::place::parse_origin;
use crate::id::TenantId;
use crate::key::{ApiKey, Kind, NewPage, PageScope};
use crate::refusal::Refused;
use crate::time::Span;

const SHORTEST_SECS: i64 = 60;
const LONGEST_SECS: i64 = 3600;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatePageSession {
    pub origin: String,
    pub tenant_id: Option<TenantId>,
    pub scopes: BTreeSet<PageScope>,
    pub expires_in: Option<i64>,
}

impl CreatePageSession {
    pub fn validate(self) -> Result<NewPage, Refused> {
        let origin = parse_origin(&self.origin).map_err(|error| Refused::field("origin", error.to_string()))?;
        if self.scopes.is_empty() {
            return Err(Refused::field("scopes", "name at least one of accounts, draft, publish"));
        }
        let secs = self.expires_in.unwrap_or(LONGEST_SECS);
        if !(SHORTEST_SECS..=LONGEST_SECS).contains(&secs) {
            return Err(Refused::field("expires_in", "expected 60 to 3600 seconds"));
        }
        Ok(NewPage { origin, tenant_id: self.tenant_id, scopes: self.scopes, lifetime: Span::secs(secs) })
    }
}

/// None of a key that is no page's. Never the token, nor its digest.
pub fn page_session_view(key: &ApiKey) -> Option<Value> {
    let minted = key.minted.as_ref()?;
    let Kind::Page { origin, scopes } = &minted.kind else { return None };
    Some(json!({
        "id": key.id,
        "origin": origin,
        "tenant_id": key.binding.tenant_id,
        "scopes": scopes,
        "key_id": minted.parent.id,
        "created_at": key.created_at.to_iso(),
        "expires_at": minted.expires_at.to_iso(),
    }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::api::input::read;

    fn new_page(body: &str) -> Result<NewPage, Vec<String>> {
        let read = read::<CreatePageSession>(body.as_bytes(), &[]).and_then(|body| body.value.validate());
        read.map_err(|refused| refused.details.into_keys().collect())
    }

    #[test]
    fn a_page_session_is_for_an_origin_and_lives_for_a_minute_to_an_hour() {
        let of = |rest: &str| new_page(&format!(r#"{{"origin":"https://a.example","scopes":["publish"]{rest}}}"#));
        assert_eq!(of("").unwrap().lifetime, Span::hours(1));
        assert_eq!(of(r#","expires_in":60"#).unwrap().lifetime, Span::mins(1));
        for secs in ["59", "3601", "0", "-60"] {
            assert_eq!(of(&format!(r#","expires_in":{secs}"#)).unwrap_err(), ["expires_in"], "{secs}");
        }
        for origin in ["", "*", "null", "https://a.example/", "http://a.example", "https://*.example", "a.example"] {
            let body = format!(r#"{{"origin":"{origin}","scopes":["publish"]}}"#);
            assert_eq!(new_page(&body).unwrap_err(), ["origin"], "{origin}");
        }
    }

    #[test]
    fn the_scopes_of_a_page_are_its_own() {
        let of = |scopes: &str| new_page(&format!(r#"{{"origin":"https://a.example","scopes":{scopes}}}"#));
        assert_eq!(of(r#"["publish","accounts","draft","publish"]"#).unwrap().scopes.len(), 3);
        assert_eq!(of("[]").unwrap_err(), ["scopes"]);
        for other in ["admin", "read", "connect", ""] {
            assert_eq!(of(&format!(r#"["publish","{other}"]"#)).unwrap_err(), ["scopes.1"], "{other}");
        }
    }
}
