//! Bodies and rows of `/v1/agents`, and what the authorization server says of itself (docs/API.md, section 12).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::agent::AuthorizationRequest;
use crate::id::{AccountId, TenantId};
use crate::key::{ApiKey, Grant, Scope};
use crate::time::UnixMillis;

/// A person looks at a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    pub request: AuthorizationRequest,
}

/// A person decides it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideRequest {
    pub request: AuthorizationRequest,
    pub allow: bool,
    #[serde(default)]
    pub scopes: BTreeSet<Scope>,
    pub tenant_id: Option<TenantId>,
    pub account_id: Option<AccountId>,
}

/// Null of a key that is no assistant's. Never a token, nor a digest.
pub fn agent_view(key: &ApiKey) -> Value {
    let (Some(Grant { client, stage }), Some(minted)) = (key.grant(), &key.minted) else { return Value::Null };
    let renewed_at = stage.renewed_at();
    json!({
        "id": key.id,
        "client": { "host": client.host, "name": client.name },
        "scopes": key.scopes,
        "tenant_id": key.binding.tenant_id,
        "account_id": key.binding.account_id,
        "key_id": minted.parent.id,
        "status": if renewed_at.is_some() { "active" } else { "pending" },
        "renewed_at": renewed_at.map(UnixMillis::to_iso),
        "created_at": key.created_at.to_iso(),
        "expires_at": minted.expires_at.to_iso(),
    })
}

const SCOPES: [&str; 4] = ["read", "draft", "publish", "connect"];

/// RFC 9728 §2.
pub fn resource_metadata(origin: &str) -> Value {
    json!({
        "resource": format!("{origin}/mcp"), "authorization_servers": [origin], "scopes_supported": SCOPES,
        "bearer_methods_supported": ["header"],
    })
}

/// RFC 8414 §2, with RFC 9207 §3 and the client-id documents of the protocol.
pub fn server_metadata(origin: &str) -> Value {
    json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "registration_endpoint": format!("{origin}/oauth/register"),
        "revocation_endpoint": format!("{origin}/oauth/revoke"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
    })
}
