//! `/oauth/*` and what the authorization server says of itself (docs/API.md, section 12, "Connecting an assistant"). Nothing is
//! stored for strangers: a registration is its own id, and a token that was not made here reaches no object. Any page may call, since
//! neither a cookie nor an API key is looked at.

use latchkey_core::agent::{NewClient, NotAClient, Registered};
use latchkey_core::api::agent::{resource_metadata, server_metadata};
use latchkey_core::api::answer::Answer;
use latchkey_core::json;
use latchkey_core::key::{AgentToken, Issued, NoTokens, Proof, Redemption, TokenKind};
use latchkey_core::seal::{base64url, sha256};
use latchkey_core::secret::Secret;
use serde_json::{Value, json};

use super::Answered;
use crate::app::App;
use crate::request::{Form, Incoming};
use crate::response::Reply;

/// What a request for tokens has at most once (RFC 6749 §3.2). `resource` may be repeated (RFC 8707 §2).
const ONCE: [&str; 6] = ["grant_type", "code", "refresh_token", "client_id", "code_verifier", "redirect_uri"];

/// `GET /.well-known/oauth-protected-resource…` (RFC 9728).
pub fn resource(app: &App, incoming: &Incoming) -> Answered {
    Ok(said(200, &resource_metadata(&app.public_origin(&incoming.url)?)))
}

/// `GET /.well-known/oauth-authorization-server` (RFC 8414).
pub fn server(app: &App, incoming: &Incoming) -> Answered {
    Ok(said(200, &server_metadata(&app.public_origin(&incoming.url)?)))
}

/// `POST /oauth/register` (RFC 7591): 201, and nothing is kept.
pub async fn register(app: &App, incoming: &Incoming) -> Answered {
    let body = incoming.strangers_json().await?;
    let registered = json::from_slice::<NewClient>(&body).map_err(|_| NotAClient::Shape).and_then(Registered::new);
    Ok(match registered {
        Ok(client) => said(201, &client.answer(app.keyring())),
        Err(why @ NotAClient::Places) => refused("invalid_redirect_uri", &why.to_string()),
        Err(why) => refused("invalid_client_metadata", &why.to_string()),
    })
}

/// `POST /oauth/token` (RFC 6749 §4.1.3, §6): (1) what is shown was made here; (2) the workspace knows it, and takes it once.
pub async fn token(app: &App, incoming: &Incoming) -> Answered {
    let mut form = incoming.strangers_form().await?;
    if form.has_twice(&ONCE) {
        return Ok(refused("invalid_request", "a parameter is given twice"));
    }
    let origin = app.public_origin(&incoming.url)?;
    if form.take("resource").is_some_and(|resource| resource != format!("{origin}/mcp")) {
        return Ok(refused("invalid_target", "the resource must be the endpoint for agents"));
    }
    let (kind, name) = match form.take("grant_type").as_deref() {
        Some("authorization_code") => (TokenKind::Code, "code"),
        Some("refresh_token") => (TokenKind::Refresh, "refresh_token"),
        None => return Ok(missing("grant_type")),
        _ => return Ok(refused("unsupported_grant_type", "expected authorization_code or refresh_token")),
    };
    let (shown, client_id, proof) = match shown(&mut form, kind, name) {
        Ok(shown) => shown,
        Err(name) => return Ok(missing(name)),
    };
    let Some(token) = AgentToken::read(app.keyring(), kind, &shown) else { return Ok(no_grant(NoTokens::Unknown)) };
    let shown = Secret::new(shown);
    let (access, refresh) = token.next(app.keyring(), &shown);
    let redemption = Redemption {
        id: token.grant_id(),
        digest: digest(&shown),
        client_id,
        proof,
        access: digest(&access),
        refresh: digest(&refresh),
    };
    Ok(match app.workspace()?.redeem(redemption, &incoming.request_id).await? {
        Ok(told) => issued(&access, &refresh, &told),
        Err(why) => no_grant(why),
    })
}

/// `POST /oauth/revoke` (RFC 7009): 200, whatever was shown.
pub async fn revoke(app: &App, incoming: &Incoming) -> Answered {
    let shown = incoming.strangers_form().await?.take("token").unwrap_or_default();
    let read = |kind| AgentToken::read(app.keyring(), kind, &shown);
    if let Some(token) = read(TokenKind::Refresh).or_else(|| read(TokenKind::Access)) {
        app.workspace()?.revoke_grant(token.grant_id(), &incoming.request_id).await?;
    }
    Ok(said(200, &json!({})))
}

/// What is shown, by which client, and with which proof; or the name of what is missing.
fn shown(form: &mut Form, kind: TokenKind, name: &'static str) -> Result<(String, String, Proof), &'static str> {
    let mut take = |name| form.take(name).ok_or(name);
    let (shown, client_id) = (take(name)?, take("client_id")?);
    let proof = match kind {
        TokenKind::Code => Proof::Code { verifier: take("code_verifier")?, redirect_uri: form.take("redirect_uri") },
        TokenKind::Access | TokenKind::Refresh => Proof::Refresh,
    };
    Ok((shown, client_id, proof))
}

fn issued(access: &Secret<String>, refresh: &Secret<String>, told: &Issued) -> Reply {
    let scopes: Vec<&str> = told.scopes.iter().map(|scope| scope.as_str()).collect();
    said(
        200,
        &json!({
            // EXPOSE: to the client that has proved itself.
            "access_token": access.expose(),
            "token_type": "Bearer",
            "expires_in": told.access_life.as_secs(),
            // EXPOSE: as above.
            "refresh_token": refresh.expose(),
            "scope": scopes.join(" "),
        }),
    )
}

pub fn digest(token: &Secret<String>) -> String {
    // EXPOSE: hashed.
    base64url(&sha256(token.expose().as_bytes()))
}

fn no_grant(why: NoTokens) -> Reply {
    refused("invalid_grant", why.description())
}

fn missing(name: &str) -> Reply {
    refused("invalid_request", &format!("{name} is missing"))
}

/// RFC 6749 §5.2, RFC 7591 §3.2.2.
fn refused(error: &str, description: &str) -> Reply {
    said(400, &json!({ "error": error, "error_description": description }))
}

fn said(status: u16, body: &Value) -> Reply {
    Reply::json(&Answer::json(status, body))
}
