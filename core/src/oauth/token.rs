//! The token answer (RFC 6749 §5.1), and the form in which a pair is sealed.

use http::Response;
use serde::Deserialize;
use serde_json::json;

use super::{OAuthError, Scopes, refusal};
use crate::{
    secret::Secret,
    time::{Span, UnixMillis},
};

/// X's access tokens live two hours (X docs, authorization-code). Used when the answer does not say.
const DEFAULT_LIFETIME: Span = Span::hours(2);

/// One grant. There is no refresh token unless the user granted `offline.access`. Empty scopes: X did not say.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenSet {
    pub access_token: Secret<String>,
    pub refresh_token: Option<Secret<String>>,
    pub expires_at: UnixMillis,
    pub scopes: Scopes,
}

#[derive(Debug, thiserror::Error)]
#[error("not a stored token pair: {0:?}")]
pub struct TokenSetError(serde_json::error::Category);

impl TokenSet {
    /// The bytes to seal. They are stored: a change needs a migration in the same commit.
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        let value = json!({
            // EXPOSE: sealed by the caller.
            "access_token": self.access_token.expose(),
            "expires_at": self.expires_at,
            // EXPOSE: sealed by the caller.
            "refresh_token": self.refresh_token.as_ref().map(Secret::expose),
            "scopes": self.scopes,
        });
        Secret::new(value.to_string().into_bytes())
    }

    /// The error says what kind of mistake it is, never what was read.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenSetError> {
        serde_json::from_slice(bytes).map_err(|error| TokenSetError(error.classify()))
    }
}

#[derive(Deserialize)]
struct Granted {
    token_type: Option<String>,
    access_token: Secret<String>,
    refresh_token: Option<Secret<String>>,
    expires_in: Option<i64>,
    scope: Option<String>,
}

/// Reads X's answer to an exchange or a refresh. A pair is not thrown away for what RFC 6749 §5.1 lets the answer
/// leave out, since the refresh token that bought it is spent.
pub fn token_response(answer: &Response<Vec<u8>>, now: UnixMillis) -> Result<TokenSet, OAuthError> {
    if !answer.status().is_success() {
        return Err(refusal(answer));
    }
    granted(answer.body(), now).ok_or(OAuthError::Malformed { status: answer.status().as_u16() })
}

fn granted(body: &[u8], now: UnixMillis) -> Option<TokenSet> {
    let granted: Granted = serde_json::from_slice(body).ok()?;
    let bearer = granted.token_type.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let usable = is_token(&granted.access_token) && granted.refresh_token.as_ref().is_none_or(is_token);
    (bearer && usable).then_some(())?;
    Some(TokenSet {
        access_token: granted.access_token,
        refresh_token: granted.refresh_token,
        expires_at: now + granted.expires_in.map_or(DEFAULT_LIFETIME, Span::secs),
        scopes: Scopes::parse(granted.scope.as_deref().unwrap_or_default()).ok()?,
    })
}

/// RFC 6749 appendix A.12: visible ASCII, so that a header can carry it.
fn is_token(token: &Secret<String>) -> bool {
    // EXPOSE: its form is checked.
    let bytes = token.expose().as_bytes();
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_426_200_000);
    const GRANTED: &str = r#"{"token_type":"bearer","expires_in":7200,"access_token":"at-1","scope":"users.read tweet.read offline.access","refresh_token":"rt-1"}"#;

    fn read(body: &str) -> Result<TokenSet, OAuthError> {
        token_response(&Response::new(body.as_bytes().to_vec()), NOW)
    }

    #[test]
    fn a_grant_is_read_whole() {
        let tokens = read(GRANTED).unwrap();
        assert!(tokens.access_token.ct_eq(b"at-1"));
        assert!(tokens.refresh_token.unwrap().ct_eq(b"rt-1"));
        assert_eq!(tokens.expires_at, NOW + Span::secs(7200));
        assert_eq!(tokens.scopes.to_string(), "offline.access tweet.read users.read");
    }

    #[test]
    fn without_offline_access_there_is_no_refresh_token() {
        assert!(
            read(r#"{"token_type":"bearer","access_token":"at","scope":"tweet.read"}"#)
                .unwrap()
                .refresh_token
                .is_none()
        );
    }

    #[test]
    fn a_pair_is_kept_though_the_answer_says_little() {
        let tokens = read(r#"{"access_token":"at","refresh_token":"rt"}"#).unwrap();
        assert_eq!(tokens.expires_at, NOW + Span::hours(2));
        assert!(tokens.scopes.is_empty());
    }

    #[test]
    fn a_success_that_is_no_grant_is_malformed() {
        let bodies = [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"a","refresh_token":"\n"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
        ];
        for body in bodies {
            assert_eq!(read(body).unwrap_err(), OAuthError::Malformed { status: 200 }, "{body}");
        }
    }

    #[test]
    fn stored_token_pair_format_unchanged() {
        let stored = r#"{"access_token":"at-1","expires_at":1795433400000,"refresh_token":"rt-1","scopes":["offline.access","tweet.read","users.read"]}"#;
        assert!(read(GRANTED).unwrap().to_bytes().ct_eq(stored.as_bytes()));
        let again = TokenSet::from_bytes(stored.as_bytes()).unwrap();
        assert!(again.to_bytes().ct_eq(stored.as_bytes()));
    }

    #[test]
    fn a_bad_stored_pair_is_not_quoted() {
        let error = TokenSet::from_bytes(br#"{"access_token":"at-1","expires_at":"rt-1"}"#).unwrap_err();
        assert_eq!(error.to_string(), "not a stored token pair: Data");
    }

    #[test]
    fn tokens_are_redacted_when_printed() {
        let printed = format!("{:?}", read(GRANTED).unwrap());
        assert!(!printed.contains("at-1") && !printed.contains("rt-1"), "{printed}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn reading_never_panics(status in 100_u16..1000, body: Vec<u8>, expires_in: i64) {
            let mut answer = Response::new(body.clone());
            *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
            let _ = (token_response(&answer, NOW), TokenSet::from_bytes(&body));
            let _ = read(&format!(r#"{{"access_token":"a","expires_in":{expires_in}}}"#));
        }
    }
}
