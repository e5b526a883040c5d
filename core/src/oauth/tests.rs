#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use http::Response;
use proptest::prelude::*;

use super::*;
use crate::time::{Span, UnixMillis};

fn endpoints() -> Endpoints {
    Endpoints {
        api_origin: Url::parse("https://api.x.com").unwrap(),
        authorize_url: Url::parse("https://x.com/i/oauth2/authorize").unwrap(),
    }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn client() -> ClientCredentials {
    ClientCredentials::new("id", &secret("s3cret"))
}

fn body(request: &Request<Vec<u8>>) -> &str {
    str::from_utf8(request.body()).unwrap()
}

fn verdict(status: u16, body: &str) -> OAuthError {
    refusal(&Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
}

/// X's body for the description, with the code that X uses for almost all of them.
fn invalid_request(description: &str) -> String {
    format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#)
}

#[test]
fn the_authorize_url_is_the_one_that_x_documents() {
    let challenge = CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
    let scopes = Scopes::parse("tweet.read users.read").unwrap();
    let url = authorize_url(&endpoints(), "id", "https://acme.example/cb?a=1+1", &scopes, "st", &challenge);
    assert_eq!(
        url.as_str(),
        "https://x.com/i/oauth2/authorize?response_type=code&client_id=id\
         &redirect_uri=https%3A%2F%2Facme.example%2Fcb%3Fa%3D1%2B1&scope=tweet.read%20users.read&state=st\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
}

#[test]
fn an_exchange_is_a_form_with_a_basic_header() {
    let verifier = CodeVerifier::parse(&"v".repeat(43)).unwrap();
    let request = exchange_request(&endpoints(), &client(), &secret("co de"), "https://acme.example/cb", &verifier);
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://api.x.com/2/oauth2/token");
    assert_eq!(request.headers()["authorization"], "Basic aWQ6czNjcmV0");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        body(&request),
        format!(
            "grant_type=authorization_code&code=co+de&redirect_uri=https%3A%2F%2Facme.example%2Fcb&code_verifier={}",
            "v".repeat(43)
        )
    );
}

#[test]
fn refresh_revoke_and_probe_go_where_x_wants_them() {
    let refresh = refresh_request(&endpoints(), &client(), &secret("rt"));
    assert_eq!(
        (refresh.uri().path(), body(&refresh)),
        ("/2/oauth2/token", "grant_type=refresh_token&refresh_token=rt")
    );
    let revoke = revoke_request(&endpoints(), &client(), &secret("at"));
    assert_eq!((revoke.uri().path(), body(&revoke)), ("/2/oauth2/revoke", "token=at"));
    let probe = probe_request(&endpoints(), &client());
    assert_eq!(probe.uri().path(), "/2/oauth2/token");
    assert!(body(&probe).starts_with("grant_type=refresh_token&refresh_token="));
}

#[test]
fn a_stand_in_is_reached_at_its_port() {
    let endpoints = Endpoints { api_origin: Url::parse("http://127.0.0.1:8788").unwrap(), ..endpoints() };
    assert_eq!(probe_request(&endpoints, &client()).uri(), "http://127.0.0.1:8788/2/oauth2/token");
}

#[test]
fn pasted_white_space_is_dropped() {
    let client = ClientCredentials::new(" id\n", &secret("\ts3cret\r\n"));
    assert_eq!(client.client_id, "id");
    assert!(client.client_secret.ct_eq(b"s3cret"));
}

#[test]
fn credentials_are_redacted_when_printed() {
    let request = refresh_request(&endpoints(), &client(), &secret("rt"));
    assert_eq!(format!("{:?}", request.headers()["authorization"]), "Sensitive");
    assert!(!format!("{:?}", client()).contains("s3cret"));
}

/// The texts are X's, as observed in public logs.
#[test]
fn every_400_of_the_token_endpoint_has_its_meaning() {
    let cases = [
        ("Value passed for the authorization code was invalid.", OAuthError::CodeInvalid),
        ("Value passed for the token was invalid.", OAuthError::TokenInvalid),
        ("Value passed for the code verifier did not match the code challenge.", OAuthError::VerifierMismatch),
        (
            "Value passed for the redirect uri did not match the uri of the authorization code.",
            OAuthError::RedirectMismatch,
        ),
        ("Missing required parameter [code_verifier].", OAuthError::MissingParameter("code_verifier".to_owned())),
        (
            "Value passed for the grant type was invalid. Grant type should be one of [authorization_code, refresh_token].",
            OAuthError::GrantTypeInvalid,
        ),
        ("Value passed for the client id was invalid.", OAuthError::ClientIdInvalid),
    ];
    for (description, meaning) in cases {
        let body = invalid_request(description);
        assert_eq!(verdict(400, &body), meaning, "{description}");
        assert_eq!(verdict(400, &body.replace("invalid_request", "invalid_grant")), meaning, "{description}");
    }
}

#[test]
fn an_unknown_client_id_is_a_400() {
    let body = r#"{"error":"invalid_client","error_description":"Value passed for the client id was invalid."}"#;
    assert_eq!(verdict(400, body), OAuthError::ClientIdInvalid);
}

#[test]
fn a_wrong_secret_is_a_401() {
    let body = r#"{"error":"unauthorized_client","error_description":"Missing valid authorization header"}"#;
    assert_eq!(verdict(401, body), OAuthError::ClientSecretInvalid);
}

#[test]
fn only_a_known_text_or_the_bare_code_ends_a_grant() {
    assert_eq!(verdict(400, r#"{"error":"invalid_grant"}"#), OAuthError::TokenInvalid);
    let unproved = [
        (400, r#"{"error":"invalid_request"}"#.to_owned()),
        (400, r#"{"error":"invalid_grant","error_description":"Something new."}"#.to_owned()),
        (400, "Value passed for the token was invalid.".to_owned()),
        (401, invalid_request("Value passed for the token was invalid.")),
        (401, r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#.to_owned()),
        (404, invalid_request("Value passed for the token was invalid.")),
    ];
    for (status, body) in unproved {
        assert_eq!(verdict(status, &body), OAuthError::Malformed { status }, "{body}");
    }
}

#[test]
fn the_status_is_read_before_the_body() {
    let body = invalid_request("Value passed for the token was invalid.");
    assert_eq!(verdict(503, &body), OAuthError::Unavailable { status: 503 });
    assert_eq!(verdict(429, &body), OAuthError::RateLimited { windows: Vec::new() });
    assert_eq!(verdict(403, &body), OAuthError::AppBlocked);
}

#[test]
fn a_page_in_place_of_json_proves_nothing() {
    for status in [302, 400, 401, 403] {
        assert_eq!(verdict(status, "<html>Something went wrong</html>"), OAuthError::Malformed { status });
    }
}

#[test]
fn a_rate_limit_tells_when_to_come_back() {
    let answer = Response::builder()
        .status(429)
        .header("x-rate-limit-limit", "50")
        .header("x-rate-limit-remaining", "0")
        .header("x-rate-limit-reset", "1795427100")
        .body(Vec::new())
        .unwrap();
    let reset = UnixMillis(1_795_427_100_000);
    assert_eq!(refusal(&answer).retry_at(reset - Span::mins(9)), Some(reset));
    assert_eq!(refusal(&answer).retry_at(reset), None, "it has passed");
    assert_eq!(refusal(&answer).retry_at(UnixMillis(0)), Some(UnixMillis(0) + Span::mins(16)), "no window is longer");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_path_leaves_the_origin(path in "[/.:@?#%a-z\\\\\\PC]{0,40}") {
        let uri = endpoints().api(&path);
        prop_assert!(uri.host().is_none_or(|host| host == "api.x.com"), "{uri}");
    }

    #[test]
    fn an_authorize_url_carries_every_value_exactly(client_id in "\\PC{0,20}", redirect in "\\PC{0,30}", state in "\\PC{0,20}") {
        let challenge = CodeVerifier::from_entropy([1; 32]).challenge();
        let url = authorize_url(&endpoints(), &client_id, &redirect, &Scopes::publish_default(), &state, &challenge);
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        prop_assert_eq!(value("client_id"), Some(client_id));
        prop_assert_eq!(value("redirect_uri"), Some(redirect));
        prop_assert_eq!(value("state"), Some(state));
    }

    #[test]
    fn reading_a_refusal_never_panics(status in 300_u16..1000, code in "\\PC{0,20}", description in "\\PC{0,60}") {
        let body = serde_json::json!({"error": code, "error_description": description}).to_string();
        let _ = verdict(status, &body);
    }
}

#[test]
fn a_revocation_is_over_when_x_confirms_it_or_does_not_know_the_token() {
    let read = |status: u16, body: &str| {
        revocation_response(&Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
    };
    let unknown = invalid_request("Value passed for the token was invalid.");
    let over =
        [(200, "{\"revoked\":true}"), (200, ""), (204, ""), (400, &unknown), (401, r#"{"error":"invalid_token"}"#)];
    for (status, body) in over {
        assert_eq!(read(status, body), Ok(()), "{status} {body}");
    }
    let client = invalid_request("Value passed for the client id was invalid.");
    let open = [
        (400, client.as_str()),
        (400, "{}"),
        (400, "<html>"),
        (401, "{}"),
        (403, unknown.as_str()),
        (429, ""),
        (503, ""),
        (302, ""),
    ];
    for (status, body) in open {
        assert!(read(status, body).is_err(), "{status} {body}");
    }
}
