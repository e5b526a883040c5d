//! Bodies and rows of `/v1/api-keys` (docs/API.md, section 8).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::line::is_line;
use crate::id::{AccountId, TenantId};
use crate::key::{ApiKey, Scope};
use crate::refusal::Refused;

/// Characters of a name, which is for people.
const NAME_LENGTH: usize = 80;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    pub name: String,
    pub scopes: BTreeSet<Scope>,
    pub tenant_id: Option<TenantId>,
    pub account_id: Option<AccountId>,
}

impl CreateKey {
    pub fn validate(mut self) -> Result<Self, Refused> {
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() || !is_line(&self.name, NAME_LENGTH) {
            return Err(Refused::field("name", format!("expected one line of 1 to {NAME_LENGTH} characters")));
        }
        if self.scopes.is_empty() {
            return Err(Refused::field("scopes", "name at least one of admin, publish, draft, read, connect"));
        }
        Ok(self)
    }
}

/// Never the key itself, nor its digest.
pub fn key_view(key: &ApiKey) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "tenant_id": key.binding.tenant_id,
        "account_id": key.binding.account_id,
        "created_at": key.created_at.to_iso(),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::api::input::read;

    fn paths(body: &str) -> Vec<String> {
        let read = read::<CreateKey>(body.as_bytes(), &[]).and_then(|body| body.value.validate());
        read.unwrap_err().details.into_keys().collect()
    }

    #[test]
    fn a_key_has_a_name_and_at_least_one_scope() {
        assert_eq!(paths(r#"{"name":" ","scopes":["read"]}"#), ["name"]);
        assert_eq!(paths(r#"{"name":"a\nb","scopes":["read"]}"#), ["name"]);
        assert_eq!(paths(r#"{"name":"CI","scopes":[]}"#), ["scopes"]);
        assert_eq!(paths(r#"{"name":"CI","scopes":["root"]}"#), ["scopes.0"]);
        assert_eq!(paths(r#"{"name":"CI","scopes":["read"],"tenant_id":"a b"}"#), ["tenant_id"]);
        assert_eq!(paths(r#"{"name":"CI"}"#), ["scopes"]);
    }
}
