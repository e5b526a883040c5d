//! Bodies and rows of `/v1/social-networks` (docs/API.md, section 2).

use http::Response;
use serde::{Deserialize, Serialize};

use crate::doctor::{ClientIdShape, Verdict, client_id_shape};
use crate::id::{NetworkId, TenantId};
use crate::key::Binding;
use crate::network::{ClientType, Network, Pause, is_x};
use crate::oauth::{ClientCredentials, Scopes, problem};
use crate::refusal::{Code, Refused};
use crate::secret::Secret;
use crate::time::{UnixMillis, iso, iso_option};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateNetwork {
    pub network: String,
    pub client_key: String,
    pub client_secret: Secret<String>,
    pub tenant_id: Option<TenantId>,
    #[serde(default = "yes")]
    pub verify: bool,
    #[serde(default)]
    pub force: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateNetwork {
    pub client_key: Option<String>,
    pub client_secret: Option<Secret<String>>,
    #[serde(default = "yes")]
    pub verify: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Serialize)]
pub struct NetworkView<'a> {
    id: &'a NetworkId,
    network: &'static str,
    /// The shared app's is the operator's own affair.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_key: Option<&'a str>,
    #[serde(rename = "createdAt", with = "iso")]
    created_at: UnixMillis,
    #[serde(rename = "updatedAt", with = "iso")]
    updated_at: UnixMillis,
    tenant_id: Option<&'a TenantId>,
    callback_url: &'a str,
    required_scopes: Scopes,
    client_type: ClientType,
    #[serde(with = "iso_option")]
    verified_at: Option<UnixMillis>,
    paused: Option<&'a Pause>,
}

impl<'a> NetworkView<'a> {
    pub fn new(network: &'a Network, callback_url: &'a str, binding: &Binding) -> Self {
        let is_own = binding.admits_tenant(network.tenant_id.as_ref());
        Self {
            id: &network.id,
            network: "x",
            client_key: is_own.then_some(network.client_id.as_str()),
            created_at: network.created_at,
            updated_at: network.updated_at,
            tenant_id: network.tenant_id.as_ref(),
            callback_url,
            required_scopes: Scopes::publish_default(),
            client_type: network.client_type,
            verified_at: network.verified_at(),
            paused: network.paused(),
        }
    }
}

/// `"x"`, and its old name.
pub fn require_x(network: &str) -> Result<(), Refused> {
    if is_x(network) {
        return Ok(());
    }
    let message = format!("The network \"{network}\" is not supported.");
    Err(Refused::new(Code::UnsupportedNetwork, message.clone()).with_detail("network", message))
}

/// Both halves are there once the white space that pasting adds is gone.
pub fn require_credentials(credentials: &ClientCredentials) -> Result<(), Refused> {
    if credentials.client_id.is_empty() {
        return Err(Refused::field("client_key", "is empty"));
    }
    // EXPOSE: only whether it is empty.
    if credentials.client_secret.expose().is_empty() {
        return Err(Refused::field("client_secret", "is empty"));
    }
    Ok(())
}

/// What the key doctor's verdict means for the caller: refused, accepted, or accepted unproven with a warning.
pub fn accept_verdict(verdict: &Verdict, answer: Option<&Response<Vec<u8>>>) -> Result<Option<String>, Refused> {
    let refused = |code, message: &str| {
        let refused = Refused::new(code, message);
        Err(match answer {
            Some(answer) => refused.with_x(problem(answer)),
            None => refused,
        })
    };
    match verdict {
        Verdict::Good => Ok(None),
        Verdict::Unreachable { reason } => Ok(Some(format!("The credentials are saved but not verified: {reason}"))),
        Verdict::ClientSecretInvalid => refused(Code::InvalidClientSecret, "X refused this client secret."),
        Verdict::OAuth1Key => {
            refused(Code::OAuth1KeyGiven, "X does not know this client id; it looks like an OAuth 1.0a API key.")
        }
        Verdict::PublicClient => {
            refused(Code::PublicClient, "This client id is that of a native or single-page app, which has no secret.")
        }
        Verdict::ClientIdInvalid => refused(Code::InvalidClientId, "X does not know this client id."),
    }
}

/// `POST /v1/social-networks/{id}/verify`.
#[derive(Debug, Serialize)]
pub struct Diagnosis {
    ok: bool,
    checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    message: String,
    hint: Option<String>,
}

impl Diagnosis {
    pub fn new(network: &Network, callback_url: &str, granted: Option<&Scopes>, verdict: &Verdict) -> Self {
        let checks = vec![
            shape_check(&network.client_id),
            secret_check(verdict),
            callback_check(callback_url),
            scope_check(granted),
            credit_check(network.paused()),
        ];
        Self { ok: checks.iter().all(|check| check.ok), checks }
    }
}

fn shape_check(client_id: &str) -> Check {
    let (ok, message) = match client_id_shape(client_id) {
        ClientIdShape::Confidential => (true, "The client id has the form of a confidential client."),
        ClientIdShape::Unknown => {
            (true, "The client id has no form that says anything; X's answer below is the proof.")
        }
        ClientIdShape::Native => (false, "The client id has the form of a native app, which has no secret."),
        ClientIdShape::OAuth1Like => (false, "The client id looks like an OAuth 1.0a API key."),
    };
    let hint = match client_id_shape(client_id) {
        ClientIdShape::Native => Some(Code::PublicClient.hint()),
        ClientIdShape::OAuth1Like => Some(Code::OAuth1KeyGiven.hint()),
        ClientIdShape::Confidential | ClientIdShape::Unknown => None,
    };
    Check { name: "client_id_shape", ok, message: message.into(), hint: hint.map(Into::into) }
}

fn secret_check(verdict: &Verdict) -> Check {
    let name = "client_secret";
    match accept_verdict(verdict, None) {
        Ok(None) => Check { name, ok: true, message: "X accepts the client id and secret.".into(), hint: None },
        Ok(Some(message)) => Check { name, ok: false, message, hint: Some(Code::XUnavailable.hint().into()) },
        Err(refused) => Check { name, ok: false, message: refused.message, hint: Some(refused.code.hint().into()) },
    }
}

fn callback_check(callback_url: &str) -> Check {
    let https = callback_url.starts_with("https://");
    let message = format!("X must know this callback URL, to the letter: {callback_url}");
    let hint = if https {
        "If X says \"You weren't able to give access to the App\": in X's console, Apps, your app, \"User authentication settings\", paste it under \"Callback URI / Redirect URL\" and save."
    } else {
        "This is a loopback address: good for development only. In production set PUBLIC_ORIGIN to an https origin."
    };
    Check { name: "callback_url", ok: true, message, hint: Some(hint.into()) }
}

fn scope_check(granted: Option<&Scopes>) -> Check {
    let missing = granted.map(|scopes| scopes.missing(&Scopes::publish_default())).unwrap_or_default();
    let ok = missing.is_empty();
    let hint = if missing.iter().any(|name| name == "tweet.write") {
        "In X's console, \"User authentication settings\", set \"App permissions\" to \"Read and write\", save, then connect the accounts again."
    } else {
        Code::MissingScope.hint()
    };
    let message = match (granted, ok) {
        (None, _) => {
            "No account is connected yet, so nothing is known of scopes; connecting asks for all that posting needs."
                .into()
        }
        (Some(_), true) => "Every connected account granted what posting and media need.".into(),
        (Some(_), false) => format!("Some connected accounts lack: {}. {}", missing.join(", "), lacking(&missing)),
    };
    Check { name: "scopes", ok, message, hint: (!ok).then(|| hint.into()) }
}

/// What cannot be done without these scopes.
fn lacking(missing: &[String]) -> String {
    let features = [
        ("tweet.write", "posting"),
        ("media.write", "media"),
        ("offline.access", "staying connected for more than two hours"),
        ("tweet.read", "reading posts"),
        ("users.read", "knowing whose account it is"),
    ];
    let lacks = |scope: &str| missing.iter().any(|name| name == scope);
    let named: Vec<&str> = features.iter().filter(|(scope, _)| lacks(scope)).map(|(_, feature)| *feature).collect();
    format!("They need it for {}.", named.join(", "))
}

fn credit_check(paused: Option<&Pause>) -> Check {
    let name = "credits";
    let Some(pause) = paused else {
        return Check { name, ok: true, message: "X takes the app's calls: it is not paused.".into(), hint: None };
    };
    let message = format!("{} So it is paused.", pause.failure().message);
    Check { name, ok: false, message, hint: Some(pause.code().hint().into()) }
}
