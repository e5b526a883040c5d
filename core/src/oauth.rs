//! OAuth 2.0 with PKCE in X's form: RFC 6749 and RFC 7636, with X's own texts where X departs from both.
//!
//! X's documentation: fundamentals/authentication/oauth-2-0/authorization-code and …/user-access-token. Each call is a
//! pair: a function that returns the request, and [`token_response`], which reads the answer. Nothing is sent here.

mod refusal;
mod scopes;
mod token;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, Method, Request, Uri, header};
use url::Url;

pub use self::{
    refusal::{OAuthError, problem, refusal, revocation_response},
    scopes::{ScopeError, Scopes},
    token::{TokenSet, TokenSetError, refresh_response, token_response},
};
use crate::{
    pkce::{CodeChallenge, CodeVerifier},
    secret::Secret,
};

/// Where X is: `https://api.x.com` and `https://x.com/i/oauth2/authorize`, or a stand-in for both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoints {
    pub api_origin: Url,
    pub authorize_url: Url,
}

impl Endpoints {
    /// A URI at the API's origin. Whatever the path is, the host stays: text that cannot become a URI gives `/`, which
    /// has no host and cannot be sent.
    pub(crate) fn api(&self, path_and_query: &str) -> Uri {
        let (path, query) = path_and_query.split_once('?').map_or((path_and_query, None), |(p, q)| (p, Some(q)));
        let mut url = self.api_origin.clone();
        url.set_path(path);
        url.set_query(query);
        url.set_fragment(None);
        Uri::try_from(url.as_str()).unwrap_or_default()
    }
}

/// A confidential client of X: an app of the type "Web App" or "Automated App".
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    pub client_id: String,
    pub client_secret: Secret<String>,
}

impl ClientCredentials {
    /// White space around either is dropped: X answers a pasted line break with a misleading refusal (observed).
    pub fn new(client_id: &str, client_secret: &Secret<String>) -> Self {
        // EXPOSE: trimmed and wrapped again.
        let client_secret = Secret::new(client_secret.expose().trim().to_owned());
        Self { client_id: client_id.trim().to_owned(), client_secret }
    }

    /// As X's documentation writes it: the pair as it stands, without the form encoding of RFC 6749 §2.3.1. Ids and
    /// secrets of X consist of characters that this encoding would not change.
    fn basic(&self) -> HeaderValue {
        // EXPOSE: goes to X's token endpoint.
        let pair = Secret::new(format!("{}:{}", self.client_id, self.client_secret.expose()));
        // EXPOSE: as above.
        sensitive(&format!("Basic {}", BASE64_STANDARD.encode(pair.expose())))
    }
}

/// The page of X that asks the user (RFC 6749 §4.1.1, RFC 7636 §4.3). `state` may have 500 characters at most.
pub fn authorize_url(
    endpoints: &Endpoints,
    client_id: &str,
    redirect_uri: &str,
    scopes: &Scopes,
    state: &str,
    challenge: &CodeChallenge,
) -> Url {
    let mut url = endpoints.authorize_url.clone();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", &scopes.to_string())
        .append_pair("state", state)
        .append_pair("code_challenge", challenge.as_str())
        .append_pair("code_challenge_method", "S256");
    // X documents `%20` between scopes. A plus sign that is data is `%2B` by now, so every `+` is a space.
    let query = url.query().map(|query| query.replace('+', "%20"));
    url.set_query(query.as_deref());
    url
}

/// RFC 6749 §4.1.3 with RFC 7636 §4.5. The code lives 30 seconds and works once.
pub fn exchange_request(
    endpoints: &Endpoints,
    client: &ClientCredentials,
    code: &Secret<String>,
    redirect_uri: &str,
    verifier: &CodeVerifier,
) -> Request<Vec<u8>> {
    let form = [
        ("grant_type", "authorization_code"),
        // EXPOSE: goes to X's token endpoint.
        ("code", code.expose()),
        ("redirect_uri", redirect_uri),
        // EXPOSE: goes to X's token endpoint.
        ("code_verifier", verifier.expose()),
    ];
    client_request(endpoints, client, "/2/oauth2/token", &form)
}

/// RFC 6749 §6. X spends the refresh token and gives a new one.
pub fn refresh_request(
    endpoints: &Endpoints,
    client: &ClientCredentials,
    refresh_token: &Secret<String>,
) -> Request<Vec<u8>> {
    let form = [
        ("grant_type", "refresh_token"),
        // EXPOSE: goes to X's token endpoint.
        ("refresh_token", refresh_token.expose()),
    ];
    client_request(endpoints, client, "/2/oauth2/token", &form)
}

/// RFC 7009. One call revokes one token.
pub fn revoke_request(endpoints: &Endpoints, client: &ClientCredentials, token: &Secret<String>) -> Request<Vec<u8>> {
    // EXPOSE: goes to X's revocation endpoint.
    client_request(endpoints, client, "/2/oauth2/revoke", &[("token", token.expose())])
}

/// A refresh that cannot succeed. X checks the client before the token, so X's refusal shows which of the two is wrong
/// ([`crate::doctor::probe_verdict`] reads the refusal), and no grant is touched.
pub fn probe_request(endpoints: &Endpoints, client: &ClientCredentials) -> Request<Vec<u8>> {
    refresh_request(endpoints, client, &Secret::new("credential-probe".to_owned()))
}

/// Basic header, form body. X needs no `client_id` in the body beside the header.
fn client_request(
    endpoints: &Endpoints,
    client: &ClientCredentials,
    path: &str,
    form: &[(&str, &str)],
) -> Request<Vec<u8>> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = Request::new(body.into_bytes());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = endpoints.api(path);
    let headers = request.headers_mut();
    headers.insert(header::AUTHORIZATION, client.basic());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// A header value that prints as `Sensitive`. Text outside the characters of a header gives an empty value, and X
/// refuses the empty value.
pub(crate) fn sensitive(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests;
