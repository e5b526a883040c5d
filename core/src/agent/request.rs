//! What a client asks at the authorization endpoint (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2), and how it is answered.

use std::collections::BTreeSet;

use serde::Deserialize;
use url::Url;

use crate::key::Scope;
use crate::pkce::CodeChallenge;
use crate::refusal::Refused;

/// The parameters of the address that the client has led the browser to.
#[derive(Clone, Debug, Deserialize)]
pub struct AuthorizationRequest {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    code_challenge: String,
    code_challenge_method: String,
    resource: String,
    scope: Option<String>,
    state: Option<String>,
}

/// The same, understood. Whether the client may be answered there is not known yet.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: CodeChallenge,
    pub scopes: BTreeSet<Scope>,
    state: Option<String>,
}

/// What the client is told, by way of the browser.
#[derive(Clone, Copy, Debug)]
pub enum Answered<'a> {
    Code(&'a str),
    /// RFC 6749 §4.1.2.1.
    Denied,
}

impl AuthorizationRequest {
    pub fn validate(self, resource: &str) -> Result<Wanted, Refused> {
        if self.response_type != "code" {
            return Err(Refused::field("response_type", "expected code"));
        }
        if self.code_challenge_method != "S256" {
            return Err(Refused::field("code_challenge_method", "expected S256"));
        }
        if self.resource != resource {
            return Err(Refused::field("resource", format!("expected {resource}")));
        }
        let problem = |why: crate::pkce::PkceError| Refused::field("code_challenge", why.to_string());
        let challenge = CodeChallenge::parse(&self.code_challenge).map_err(problem)?;
        // A scope that is not known here is not given; the person chooses among the rest.
        let scopes = self.scope.unwrap_or_default().split_ascii_whitespace().filter_map(Scope::parse).collect();
        Ok(Wanted { client_id: self.client_id, redirect_uri: self.redirect_uri, challenge, scopes, state: self.state })
    }
}

impl Wanted {
    /// Where the browser goes. `iss` says who answers (RFC 9207 §2), so that no other server's answer passes for ours.
    pub fn answer(&self, issuer: &str, answered: Answered) -> Option<String> {
        let mut url = Url::parse(&self.redirect_uri).ok()?;
        let mut query = url.query_pairs_mut();
        match answered {
            Answered::Code(code) => query.append_pair("code", code),
            Answered::Denied => query.append_pair("error", "access_denied"),
        };
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        drop(query);
        Some(url.into())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{Value, json};

    use super::*;
    use crate::json;

    const RESOURCE: &str = "https://connect.example.com/mcp";

    fn request(change: &Value) -> Result<Wanted, Vec<String>> {
        let mut all = json!({
            "client_id": "c", "redirect_uri": "https://assistant.example/callback?a=1", "response_type": "code",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
            "resource": RESOURCE, "scope": "read draft openid", "state": "a b",
        });
        all.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let request: AuthorizationRequest = json::from_value(&all).unwrap();
        request.validate(RESOURCE).map_err(|refused| refused.details.into_keys().collect())
    }

    #[test]
    fn a_request_is_for_a_code_under_s256_and_for_our_resource() {
        assert_eq!(request(&json!({})).unwrap().scopes, BTreeSet::from([Scope::Read, Scope::Draft]));
        for (field, value) in [
            ("response_type", "token"),
            ("code_challenge_method", "plain"),
            ("code_challenge", "short"),
            ("resource", "https://connect.example.com/"),
            ("resource", "https://other.example/mcp"),
        ] {
            assert_eq!(request(&json!({ field: value })).unwrap_err(), [field], "{value}");
        }
    }

    #[test]
    fn every_answer_names_who_answers() {
        let wanted = request(&json!({})).unwrap();
        let answer = |answered| wanted.answer("https://connect.example.com", answered).unwrap();
        let end = "&state=a+b&iss=https%3A%2F%2Fconnect.example.com";
        assert_eq!(answer(Answered::Code("agc_1")), format!("https://assistant.example/callback?a=1&code=agc_1{end}"));
        assert_eq!(
            answer(Answered::Denied),
            format!("https://assistant.example/callback?a=1&error=access_denied{end}")
        );
    }
}
