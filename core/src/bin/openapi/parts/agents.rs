use latchkey_core::api::agent::{DecideRequest, ShowRequest};
use latchkey_core::api::code::Code;
use latchkey_core::key::Scope;
use serde_json::{Value, json};

use super::Part;
use crate::operation::{Auth, Operation};
use crate::schema::{
    a, body, count, flag, id, list, nullable, only, page_of, record, row, success, text, texts, words, words_of,
};

/// Clients of agents know what is in a message by the protocol, so a message is described by its frame.
pub fn part() -> Result<Part, String> {
    let mut operations = vec![
        Operation::for_agents(
            "POST",
            "/mcp",
            "callTools",
            "A message of an agent's client, by the Model Context Protocol",
        )
        .takes(a("RpcMessage"))
        .answers_content(
            200,
            "The result, or an error.",
            json!({
                "application/json": { "schema": { "anyOf": [a("RpcResult"), a("RpcFault")] } },
                "text/event-stream": { "schema": text() },
            }),
        )
        .answers_nothing(202, "A notification was taken."),
    ];
    operations.extend(by_people()?);
    operations.extend(by_clients());
    Ok(Part::new(
        "Agents",
        operations,
        [
            ("RpcMessage", message()),
            ("RpcResult", frame(json!({ "id": rpc_id(), "result": { "type": "object" } }), &["id", "result"])),
            ("RpcFault", frame(json!({ "id": rpc_id(), "error": rpc_error() }), &["error"])),
            ("AuthorizationRequest", authorization_request()),
            ("Agent", agent()),
        ],
    ))
}

fn rpc_id() -> Value {
    json!({ "type": ["string", "integer"] })
}

fn rpc_error() -> Value {
    row("RpcError", json!({ "code": { "type": "integer" }, "message": text(), "data?": { "type": "object" } }))
}

fn message() -> Value {
    let fields = json!({
        "id": rpc_id(), "method": text(), "params": { "type": "object" }, "result": {}, "error": {},
    });
    frame(fields, &[])
}

fn frame(mut fields: Value, needed: &[&str]) -> Value {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("jsonrpc".into(), only("2.0"));
    }
    let required: Vec<&str> = needed.iter().copied().chain(["jsonrpc"]).collect();
    json!({ "type": "object", "properties": fields, "required": required, "additionalProperties": false })
}

fn scopes() -> Value {
    list(words_of::<Scope>("Scope"))
}

fn client() -> Value {
    row("AgentClient", json!({ "host": text(), "name": nullable(text()) }))
}

fn agent() -> Value {
    record(json!({
        "id": id("key"), "client": client(), "scopes": scopes(), "tenant_id": nullable(a("TenantId")),
        "account_id": nullable(id("acc")), "key_id": text(), "status": words("AgentStatus", &["active", "pending"]), "renewed_at": nullable(a("Time")),
        "created_at": a("Time"), "expires_at": a("Time"),
    }))
}

fn authorization_request() -> Value {
    json!({
        "type": "object",
        "required": ["client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "resource"],
        "properties": {
            "client_id": text(), "redirect_uri": text(), "response_type": only("code"), "code_challenge": text(),
            "code_challenge_method": only("S256"), "resource": text(), "scope": text(), "state": text(),
        },
    })
}

/// With the dashboard's cookie, but for the two that manage what was given.
fn by_people() -> Result<Vec<Operation>, String> {
    let request = || a("AuthorizationRequest");
    let show = body::<ShowRequest>(json!({ "request": request() }), &[])?;
    let decide = body::<DecideRequest>(
        json!({
            "request": request(), "allow": flag(), "scopes?": scopes(), "tenant_id?": nullable(a("TenantIdInput")),
            "account_id?": nullable(text()),
        }),
        &[],
    )?;
    let shown = row(
        "AgentRequest",
        json!({
            "client": client(), "redirect_uri": text(), "scopes": scopes(), "can_give": scopes(),
            "tenant_id": nullable(a("TenantId")), "account_id": nullable(id("acc")), "brand": nullable(text()),
        }),
    );
    let led = row("AgentAnswer", json!({ "redirect_to": text() }));
    Ok(vec![
        Operation::new("POST", "/v1/agents/requests", "showAgentRequest", "What an assistant's client asks")
            .takes(show)
            .answers(200, "Who asks, and what can be given.", success(json!({ "data": shown }))),
        Operation::new("POST", "/v1/agents", "decideAgentRequest", "A person lets an assistant in, or does not")
            .takes(decide)
            .answers(201, "Where the browser goes.", success(json!({ "data": led })))
            .refuses(&[Code::NotFound]),
        Operation::new("GET", "/v1/agents", "listAgents", "Assistants that were let in, newest first")
            .lists(page_of("Agent", json!({}))),
        Operation::new("DELETE", "/v1/agents/{id}", "deleteAgent", "Its tokens are dead from the answer on").answers(
            200,
            "Gone.",
            success(json!({ "message": text() })),
        ),
    ])
}

/// As the RFCs have them: neither envelope nor codes of ours in what a client asks.
fn by_clients() -> Vec<Operation> {
    let metadata = |path, name, summary| {
        Operation::new("GET", path, name, summary).by(Auth::None).answers(200, "Metadata.", json!({ "type": "object" }))
    };
    let refused = || {
        let words = words(
            "OAuthErrorCode",
            &[
                "invalid_request",
                "invalid_grant",
                "invalid_target",
                "unsupported_grant_type",
                "invalid_redirect_uri",
                "invalid_client_metadata",
                "temporarily_unavailable",
                "server_error",
            ],
        );
        row("OAuthError", json!({ "error": words, "error_description": text() }))
    };
    let form = |fields: Value| json!({ "application/x-www-form-urlencoded": { "schema": fields } });
    let shown = form(json!({
        "type": "object", "required": ["grant_type", "client_id"],
        "properties": {
            "grant_type": words("GrantType", &["authorization_code", "refresh_token"]), "client_id": text(), "code": text(),
            "code_verifier": text(), "redirect_uri": text(), "refresh_token": text(), "resource": text(),
        },
    }));
    let new = json!({
        "type": "object", "required": ["redirect_uris"],
        "properties": { "redirect_uris": texts(), "client_name": text(), "token_endpoint_auth_method": text() },
    });
    let tokens = row(
        "Tokens",
        json!({
            "access_token": text(), "token_type": only("Bearer"), "expires_in": count(), "refresh_token": text(), "scope": text(),
        }),
    );
    let client = row(
        "RegisteredClient",
        json!({
            "client_id": text(), "redirect_uris": texts(), "token_endpoint_auth_method": only("none"), "grant_types": texts(),
            "response_types": texts(), "client_name?": text(),
        }),
    );
    vec![
        metadata("/.well-known/oauth-protected-resource", "getResourceMetadata", "The endpoint for agents (RFC 9728)"),
        metadata(
            "/.well-known/oauth-protected-resource/mcp",
            "getMcpMetadata",
            "The same, where RFC 9728 looks for it",
        ),
        metadata("/.well-known/oauth-authorization-server", "getServerMetadata", "The authorization server (RFC 8414)"),
        Operation::page("/oauth/authorize", "GET", "authorizeAgent", "The page on which a person lets an assistant in")
            .answers_content(200, "The page.", json!({ "text/html": { "schema": text() } })),
        Operation::new("POST", "/oauth/register", "registerAgent", "A client registers itself (RFC 7591)")
            .by(Auth::None)
            .takes_content(json!({ "application/json": { "schema": new } }))
            .answers(201, "Its id.", client)
            .answers(400, "No client.", refused())
            .answers(413, "Too long.", refused())
            .answers(500, "A fault.", refused()),
        Operation::new("POST", "/oauth/token", "issueTokens", "A code or a refresh token becomes tokens (RFC 6749)")
            .by(Auth::None)
            .takes_content(shown)
            .answers(200, "Tokens.", tokens)
            .answers(400, "No tokens.", refused())
            .answers(413, "Too long.", refused())
            .answers(500, "A fault.", refused())
            .answers(503, "The deployment is frozen.", refused()),
        Operation::new("POST", "/oauth/revoke", "revokeToken", "A token ends, and its grant (RFC 7009)")
            .by(Auth::None)
            .takes_content(form(json!({ "type": "object", "properties": { "token": text() } })))
            .answers(200, "Whatever was shown opens nothing.", json!({ "type": "object" }))
            .answers(400, "No form.", refused())
            .answers(413, "Too long.", refused())
            .answers(500, "A fault.", refused()),
    ]
}
