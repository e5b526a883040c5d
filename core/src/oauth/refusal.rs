//! The meaning of a refusal by X's token endpoint. The status is read before the body.
//!
//! RFC 6749 §5.2 gives the form; the texts are X's own. X says `invalid_request` where the RFC says `invalid_grant`, so
//! the description decides and not the code (observed; X's documentation lists none of the texts).

use http::Response;
use serde::Deserialize;

use crate::{
    json,
    time::UnixMillis,
    x::{
        problem::Problem,
        rate::{self, Window},
    },
};

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OAuthError {
    #[error("the authorization code is wrong, expired or used")]
    CodeInvalid,
    #[error("the refresh token is wrong, expired, revoked or used")]
    TokenInvalid,
    #[error("the code verifier does not match the challenge")]
    VerifierMismatch,
    #[error("the redirect URI differs from the one in the authorization request")]
    RedirectMismatch,
    #[error("the parameter `{0}` is missing")]
    MissingParameter(String),
    #[error("the grant type is unknown")]
    GrantTypeInvalid,
    /// Also when there is no Basic header, which a request of this crate always has.
    #[error("the client secret is wrong")]
    ClientSecretInvalid,
    /// Also when the client is a public one and a secret was sent, or when the refresh token is another app's.
    #[error("the client id is wrong")]
    ClientIdInvalid,
    /// 403.
    #[error("the app may not use the endpoint")]
    AppBlocked,
    #[error("too many requests")]
    RateLimited { windows: Vec<Window> },
    #[error("X answered {status}")]
    Unavailable { status: u16 },
    /// A page, a proxy's error, or a text that nobody has seen yet. It proves nothing about code, token or client.
    #[error("X answered {status} with something that is not understood")]
    Malformed { status: u16 },
}

/// X's words (RFC 6749 §5.2), as a caller is shown them.
pub fn problem(answer: &Response<Vec<u8>>) -> Problem {
    #[derive(Default, Deserialize)]
    struct Messages {
        error: Option<String>,
        error_description: Option<String>,
    }
    let words: Messages = json::from_slice(answer.body()).unwrap_or_default();
    let status = answer.status().as_u16();
    Problem { status, r#type: None, title: words.error, detail: words.error_description }
}

impl OAuthError {
    /// When X says to come back.
    pub fn retry_at(&self, now: UnixMillis) -> Option<UnixMillis> {
        match self {
            Self::RateLimited { windows } => rate::exhausted_until(windows, now).filter(|at| *at > now),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// Reads an answer that is not a success.
pub fn refusal(answer: &Response<Vec<u8>>) -> OAuthError {
    let status = answer.status().as_u16();
    match status {
        429 => {
            return OAuthError::RateLimited { windows: rate::told(answer.headers()) };
        }
        500.. => return OAuthError::Unavailable { status },
        _ => {}
    }
    let meaning = match status {
        400 => json::from_slice(answer.body()).ok().and_then(|body| bad_request(&body)),
        401 => json::from_slice(answer.body()).ok().and_then(|body| unauthorized(&body)),
        403 => is_json_object(answer.body()).then_some(OAuthError::AppBlocked),
        _ => None,
    };
    meaning.unwrap_or(OAuthError::Malformed { status })
}

/// Reads X's answer to a revocation. Tokens that X does not know are as good as revoked (RFC 7009 §2.2).
pub fn revocation_response(answer: &Response<Vec<u8>>) -> Result<(), OAuthError> {
    if answer.status().is_success() {
        return Ok(());
    }
    let is_unknown = |body: ErrorBody| matches!(body.error.as_str(), "invalid_token" | "invalid_grant");
    let is_client_error = answer.status() == 400 || answer.status() == 401;
    if is_client_error && json::from_slice(answer.body()).is_ok_and(is_unknown) {
        return Ok(());
    }
    match refusal(answer) {
        OAuthError::TokenInvalid => Ok(()),
        other => Err(other),
    }
}

fn bad_request(body: &ErrorBody) -> Option<OAuthError> {
    if let Some(name) = body.error_description.strip_prefix("Missing required parameter [") {
        return Some(OAuthError::MissingParameter(name.trim_end_matches(['.', ']']).to_owned()));
    }
    let text = body.error_description.strip_prefix("Value passed for the ").unwrap_or_default();
    let known = match text.trim_end_matches('.') {
        "authorization code was invalid" => OAuthError::CodeInvalid,
        "token was invalid" => OAuthError::TokenInvalid,
        "code verifier did not match the code challenge" => OAuthError::VerifierMismatch,
        "redirect uri did not match the uri of the authorization code" => OAuthError::RedirectMismatch,
        "client id was invalid" => OAuthError::ClientIdInvalid,
        text if text.starts_with("grant type was invalid") => OAuthError::GrantTypeInvalid,
        _ => return by_code(body),
    };
    Some(known)
}

/// A grant ends for good on `TokenInvalid`, so a description that is not known is no reason to say so: only the bare
/// code is.
fn by_code(body: &ErrorBody) -> Option<OAuthError> {
    match body.error.as_str() {
        "invalid_grant" if body.error_description.is_empty() => Some(OAuthError::TokenInvalid),
        "invalid_client" => Some(OAuthError::ClientIdInvalid),
        _ => None,
    }
}

/// X's "Missing valid authorization header" covers a wrong secret; RFC 6749 §5.2 would say `invalid_client`. Any other
/// 401 may be an outage: X had one that answered 401 for two hours (X incidents, 2026-06-30).
fn unauthorized(body: &ErrorBody) -> Option<OAuthError> {
    matches!(body.error.as_str(), "unauthorized_client" | "invalid_client").then_some(OAuthError::ClientSecretInvalid)
}

fn is_json_object(body: &[u8]) -> bool {
    json::from_slice::<serde_json::Map<String, serde_json::Value>>(body).is_ok()
}
