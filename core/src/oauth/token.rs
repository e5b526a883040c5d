//! The token answer (RFC 6749 §5.1), and the form in which a pair is sealed.

use std::time::Duration;

use http::Response;
use serde::Deserialize;
use serde_json::{Map, Value, error::Category, json};

use super::{OAuthError, Scopes, refusal};
use crate::{
    json,
    secret::Secret,
    time::{Span, UnixMillis},
};

/// X's access tokens live two hours (X docs, authorization-code). Used when the answer does not say.
const DEFAULT_LIFETIME: Span = Span::hours(2);
/// Longer than any token of X's lives. A number beyond it counts as none.
const LONGEST_LIFETIME: Duration = Duration::from_hours(400 * 24);
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

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
pub struct TokenSetError(Category);

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

    /// The error names the kind of mistake, never the bytes. Not by way of a `Value`, which would not be wiped.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenSetError> {
        let text = std::str::from_utf8(bytes).map_err(|_| TokenSetError(Category::Syntax))?;
        serde_json::from_str(text).map_err(|error| TokenSetError(error.classify()))
    }
}

/// The needed fields of an answer; other fields are ignored. A pair is not thrown away for another field, since the
/// refresh token that bought the pair is spent.
struct Granted {
    access_token: Option<Secret<String>>,
    refresh_token: Option<Secret<String>>,
    lifetime: Span,
    scopes: Scopes,
}

/// Reads X's answer to an exchange.
pub fn token_response(answer: &Response<Vec<u8>>, now: UnixMillis) -> Result<TokenSet, OAuthError> {
    let granted = granted(answer)?;
    let access_token = granted.access_token.ok_or_else(|| malformed(answer))?;
    let expires_at = now + granted.lifetime;
    Ok(TokenSet { access_token, refresh_token: granted.refresh_token, expires_at, scopes: granted.scopes })
}

/// Reads X's answer to a refresh of `before`. What the answer leaves out is as it was (RFC 6749 §5.1 and §6).
pub fn refresh_response(answer: &Response<Vec<u8>>, before: TokenSet, now: UnixMillis) -> Result<TokenSet, OAuthError> {
    let granted = granted(answer)?;
    let refresh_token = granted.refresh_token.or(before.refresh_token);
    let scopes = if granted.scopes.is_empty() { before.scopes } else { granted.scopes };
    let (access_token, expires_at) = match granted.access_token {
        Some(fresh) => (fresh, now + granted.lifetime),
        None => (before.access_token, before.expires_at),
    };
    Ok(TokenSet { access_token, refresh_token, expires_at, scopes })
}

fn malformed(answer: &Response<Vec<u8>>) -> OAuthError {
    OAuthError::Malformed { status: answer.status().as_u16() }
}

/// Everything of the answer that can be understood; an answer without any token is no grant.
fn granted(answer: &Response<Vec<u8>>) -> Result<Granted, OAuthError> {
    if !answer.status().is_success() {
        return Err(refusal(answer));
    }
    let body = answer.body().strip_prefix(BYTE_ORDER_MARK).unwrap_or(answer.body());
    let fields: Map<String, Value> = json::from_slice(body).map_err(|_| malformed(answer))?;
    let field = |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let token = |name| field(name).and_then(Value::as_str).map(|text| Secret::new(text.trim().to_owned()));
    if ["access_token", "refresh_token"].into_iter().filter_map(token).any(|token| is_too_long(&token)) {
        return Err(malformed(answer));
    }
    let granted = Granted {
        access_token: token("access_token").filter(is_token),
        refresh_token: token("refresh_token").filter(is_token),
        lifetime: field("expires_in").and_then(lifetime).unwrap_or(DEFAULT_LIFETIME),
        scopes: field("scope").map(scopes).unwrap_or_default(),
    };
    if granted.access_token.is_none() && granted.refresh_token.is_none() {
        return Err(malformed(answer));
    }
    Ok(granted)
}

/// Seconds, as a number or as its digits.
fn lifetime(expires_in: &Value) -> Option<Span> {
    let seconds = match expires_in {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (1.0..=LONGEST_LIFETIME.as_secs_f64()).contains(&seconds).then(|| Span::secs(seconds as i64))
}

/// A text, or a list of texts. A name that is no scope's says nothing.
fn scopes(scope: &Value) -> Scopes {
    let texts: Vec<&str> = match scope {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let names = texts.iter().flat_map(|text| text.split(|c: char| c.is_ascii_whitespace() || c == ','));
    let is_name = |name: &&str| name.len() <= SCOPE_BYTES && Scopes::from_names([*name]).is_ok();
    Scopes::from_names(names.filter(is_name).take(MOST_SCOPES)).unwrap_or_default()
}

/// X has some thirty scopes, the longest of 22 letters. The rest of an answer that has more is not kept.
const MOST_SCOPES: usize = 100;
const SCOPE_BYTES: usize = 64;

/// More than any header could carry.
const TOKEN_BYTES: usize = 16 * 1024;

/// RFC 6749 appendix A.12: visible ASCII, so that a header can carry it.
fn is_token(token: &Secret<String>) -> bool {
    // EXPOSE: its form is checked.
    let bytes = token.expose().as_bytes();
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic)
}

fn is_too_long(token: &Secret<String>) -> bool {
    // EXPOSE: it is measured.
    token.expose().len() > TOKEN_BYTES
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

    /// Fields beside the tokens, in forms that RFC 6749 §5.1 does not know.
    const ODD_FIELDS: [&str; 22] = [
        r#""expires_in":"7200""#,
        r#""expires_in":7200.0"#,
        r#""expires_in":" 7200.0 ""#,
        r#""expires_in":"soon""#,
        r#""expires_in":null"#,
        r#""expires_in":[7200]"#,
        r#""expires_in":0"#,
        r#""expires_in":-1"#,
        r#""expires_in":1e300"#,
        r#""Expires_In":7200"#,
        r#""scope":["users.read","tweet.read"]"#,
        r#""scope":"users.read,tweet.read""#,
        r#""scope":[1,"users.read tweet.read",null]"#,
        r#""scope":"users.read \u0000 tweet.read""#,
        r#""scope":{}"#,
        r#""scope":null"#,
        r#""token_type":"Bearer""#,
        r#""token_type":"BEARER""#,
        r#""token_type":"mac""#,
        r#""token_type":1"#,
        r#""id_token":{"a":[1,2]},"user":null"#,
        r#""error":[],"error_description":7"#,
    ];

    #[test]
    fn a_new_pair_is_kept_whatever_comes_beside_it() {
        for field in ODD_FIELDS {
            for body in [
                format!(r#"{{"access_token":"at-2","refresh_token":"rt-2",{field}}}"#),
                format!(r#"{{{field},"refresh_token":"rt-2 ","Access_Token":"at-2"}}"#),
                format!("\u{feff}{{\"access_token\":\"at-2\",\"refresh_token\":\"rt-2\",{field}}}\n"),
            ] {
                let fresh = refreshed(&body).unwrap();
                assert!(fresh.access_token.ct_eq(b"at-2"), "{body}");
                assert!(fresh.refresh_token.unwrap().ct_eq(b"rt-2"), "{body}");
                assert_eq!(fresh.expires_at, NOW + Span::hours(2), "{body}");
                assert!(["tweet.read users.read", "old.scope"].contains(&fresh.scopes.to_string().as_str()), "{body}");
            }
        }
    }

    #[test]
    fn a_lifetime_is_a_number_or_its_digits() {
        for (written, seconds) in [("60", 60), ("\"60\"", 60), ("60.9", 60), ("6e1", 60), ("\"6e1\"", 60)] {
            let body = format!(r#"{{"access_token":"at","expires_in":{written}}}"#);
            assert_eq!(read(&body).unwrap().expires_at, NOW + Span::secs(seconds), "{written}");
        }
    }

    #[test]
    fn a_refresh_keeps_what_its_answer_leaves_out() {
        let fresh = refreshed(r#"{"access_token":"at-2"}"#).unwrap();
        assert!(fresh.refresh_token.unwrap().ct_eq(b"rt-1"));
        assert_eq!(fresh.scopes.to_string(), "old.scope");
        let fresh = refreshed(r#"{"refresh_token":"rt-2","expires_in":60}"#).unwrap();
        assert!(fresh.access_token.ct_eq(b"at-1") && fresh.refresh_token.unwrap().ct_eq(b"rt-2"));
        assert_eq!(fresh.expires_at, NOW + Span::secs(1), "the old access token ends when it ends");
        let fresh = refreshed(r#"{"access_token":"at-2","refresh_token":"not one"}"#).unwrap();
        assert!(fresh.access_token.ct_eq(b"at-2") && fresh.refresh_token.unwrap().ct_eq(b"rt-1"));
    }

    fn refreshed(body: &str) -> Result<TokenSet, OAuthError> {
        let before = TokenSet {
            access_token: Secret::new("at-1".into()),
            refresh_token: Some(Secret::new("rt-1".into())),
            expires_at: NOW + Span::secs(1),
            scopes: Scopes::parse("old.scope").unwrap(),
        };
        refresh_response(&Response::new(body.as_bytes().to_vec()), before, NOW)
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
            r#"{"access_token":17}"#,
            r#"{"access_token":null,"scope":"tweet.read"}"#,
            r#"{"refresh_token":"rt"}"#,
        ];
        for body in bodies {
            assert_eq!(read(body).unwrap_err(), OAuthError::Malformed { status: 200 }, "{body}");
        }
    }

    #[test]
    fn a_token_has_16_kib_at_most() {
        let answer = |length| format!(r#"{{"access_token":"at","refresh_token":"{}"}}"#, "r".repeat(length));
        assert!(read(&answer(TOKEN_BYTES)).is_ok());
        assert_eq!(read(&answer(TOKEN_BYTES + 1)).unwrap_err(), OAuthError::Malformed { status: 200 });
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
