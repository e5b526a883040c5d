//! `Env` to [`App`]: the only place where bindings, vars and secrets are opened. A missing value is named.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::approval;
use latchkey_core::connect::place::{is_loopback, parse_origin};
use latchkey_core::connect::second::TAKEOVER;
use latchkey_core::delivery::Pace;
use latchkey_core::media::Lifetimes;
use latchkey_core::oauth::Endpoints;
use latchkey_core::revocation;
use latchkey_core::seal::{Keyring, sha256};
use latchkey_core::secret::Secret;
use latchkey_core::time::Span;
use latchkey_core::webhook;
use url::Url;
use worker::wasm_bindgen::JsValue;
use worker::{Env, Fetcher, ObjectNamespace};

use crate::error::{Error, Result};
use crate::media::MediaStore;
use crate::names::WORKSPACE;
use crate::outbound::{Public, X};
use crate::rpc::account::AccountStub;
use crate::rpc::connect::ConnectStub;
use crate::rpc::wire::stub;
use crate::rpc::workspace::WorkspaceStub;
use crate::vault::Vault;

const ADMIN_KEY_CHARACTERS: usize = 32;

thread_local! {
    /// The configuration as the last request of this isolate opened it. Cloudflare may go on in the same isolate with other
    /// bindings, which are then another `Env`.
    static OPENED: RefCell<Option<Rc<App>>> = const { RefCell::new(None) };
}

pub struct App {
    env: Env,
    keyring: Keyring,
    admin_key_digest: [u8; 32],
    endpoints: Endpoints,
    public_origin: Option<String>,
    api_origins: Vec<String>,
    allows_loopback: bool,
    pace: Pace,
    revocation_pace: revocation::Pace,
    webhook_pace: webhook::Pace,
    lifetimes: Lifetimes,
    approval_lifetime: Span,
    takeover: Span,
}

impl App {
    pub fn open(env: &Env) -> Result<Self> {
        let keyring =
            Keyring::parse(secret(env, "MASTER_KEYS")?.expose()) // EXPOSE: into the key ring, which hides it.
                .map_err(|error| misconfigured(format!("The secret MASTER_KEYS is malformed: {error}.")))?;
        Ok(Self {
            keyring,
            admin_key_digest: admin_key_digest(env)?,
            endpoints: Endpoints {
                api_origin: origin_var(env, "X_API_ORIGIN", "https://api.x.com")?,
                authorize_url: url_var(env, "X_AUTHORIZE_URL", "https://x.com/i/oauth2/authorize")?,
            },
            public_origin: public_origin(env)?,
            api_origins: api_origins(env)?,
            allows_loopback: flag(env, "ALLOW_LOOPBACK")?,
            pace: pace(env)?,
            revocation_pace: revocation_pace(env)?,
            webhook_pace: webhook_pace(env)?,
            lifetimes: lifetimes(env)?,
            approval_lifetime: span_var(env, "APPROVAL_MS", 100)?.unwrap_or(approval::LIFETIME),
            takeover: span_var(env, "TAKEOVER_MS", 1)?.unwrap_or(TAKEOVER),
            env: env.clone(),
        })
    }

    /// Opened once for all requests with the same bindings.
    pub fn of(env: &Env) -> Result<Rc<Self>> {
        let bindings: &JsValue = env.as_ref();
        let is_of_env = |app: &Rc<Self>| AsRef::<JsValue>::as_ref(&app.env) == bindings;
        if let Some(app) = OPENED.with_borrow(Clone::clone).filter(is_of_env) {
            return Ok(app);
        }
        let app = Rc::new(Self::open(env)?);
        OPENED.set(Some(Rc::clone(&app)));
        Ok(app)
    }

    /// For work that outlives the call.
    pub fn again(&self) -> Result<Self> {
        Self::open(&self.env)
    }

    pub const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub const fn admin_key_digest(&self) -> &[u8; 32] {
        &self.admin_key_digest
    }

    pub const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The door to X.
    pub const fn x(&self) -> X<'_> {
        X::new(&self.endpoints)
    }

    /// The door to addresses that callers name.
    pub const fn public(&self) -> Public {
        Public::new(self.allows_loopback)
    }

    /// How long publishing waits for what.
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// How long X is asked to revoke tokens.
    pub const fn revocation_pace(&self) -> revocation::Pace {
        self.revocation_pace
    }

    /// How long a webhook waits before it is tried again.
    pub const fn webhook_pace(&self) -> webhook::Pace {
        self.webhook_pace
    }

    /// How long media are kept.
    pub const fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// How long a callback URL that a second browser brought may still be the starter's.
    pub const fn takeover(&self) -> Span {
        self.takeover
    }

    /// How long a request for approval waits for its answer.
    pub const fn approval_lifetime(&self) -> Span {
        self.approval_lifetime
    }

    pub fn vault(&self) -> Result<Vault<'_>> {
        Ok(Vault::new(self.env.kv("SECRETS").map_err(|_| missing("KV namespace", "SECRETS"))?, &self.keyring))
    }

    pub fn media(&self) -> Result<MediaStore> {
        Ok(MediaStore::new(self.env.bucket("MEDIA").map_err(|_| missing("R2 bucket", "MEDIA"))?))
    }

    /// The static files.
    pub fn assets(&self) -> Result<Fetcher> {
        self.env.assets("ASSETS").map_err(|_| missing("assets", "ASSETS"))
    }

    pub fn workspace(&self) -> Result<WorkspaceStub> {
        Ok(WorkspaceStub::new(stub(&self.namespace("WORKSPACE")?, WORKSPACE)?))
    }

    pub fn account(&self, object: &str) -> Result<AccountStub> {
        Ok(AccountStub::new(stub(&self.namespace("ACCOUNT")?, object)?))
    }

    pub fn connect(&self, object: &str) -> Result<ConnectStub> {
        Ok(ConnectStub::new(stub(&self.namespace("CONNECT")?, object)?))
    }

    /// Whether callers may name addresses of this machine: for development.
    pub const fn allows_loopback(&self) -> bool {
        self.allows_loopback
    }

    /// The origin that users see and X calls back. Only development may leave it to the request.
    pub fn public_origin(&self, request: &Url) -> Result<String> {
        match &self.public_origin {
            Some(origin) => Ok(origin.clone()),
            None if is_loopback(request) => Ok(request.origin().ascii_serialization()),
            None => Err(misconfigured("The variable PUBLIC_ORIGIN is not set.")),
        }
    }

    /// The origin that the configuration names.
    pub fn configured_origin(&self) -> Option<&str> {
        self.public_origin.as_deref()
    }

    /// Whether a page of this origin may call routes that take an API key.
    pub fn lets_page_use_keys(&self, origin: &str) -> bool {
        self.api_origins.iter().any(|allowed| allowed == origin)
    }

    fn namespace(&self, name: &str) -> Result<ObjectNamespace> {
        self.env.durable_object(name).map_err(|_| missing("Durable Object", name))
    }
}

fn admin_key_digest(env: &Env) -> Result<[u8; 32]> {
    let key = secret(env, "ADMIN_KEY")?;
    // EXPOSE: counted, and hashed for comparison.
    if key.expose().chars().count() < ADMIN_KEY_CHARACTERS {
        return Err(misconfigured("The secret ADMIN_KEY has fewer than 32 characters."));
    }
    // EXPOSE: as above.
    Ok(sha256(key.expose().as_bytes()))
}

fn secret(env: &Env, name: &str) -> Result<Secret<String>> {
    let value = env.secret(name).ok().and_then(|value| said(&value.to_string()));
    value.map(Secret::new).ok_or_else(|| misconfigured(format!("The secret {name} is not set.")))
}

/// A variable that is absent or empty says nothing.
fn var(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().and_then(|value| said(&value.to_string()))
}

/// A value that was piped in ends in a line feed.
fn said(value: &str) -> Option<String> {
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn flag(env: &Env, name: &str) -> Result<bool> {
    match var(env, name).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(misconfigured(format!("The variable {name} is neither true nor false."))),
    }
}

fn url_var(env: &Env, name: &str, default: &str) -> Result<Url> {
    let text = var(env, name).unwrap_or_else(|| default.to_owned());
    let url = Url::parse(&text).ok().filter(|url| url.scheme() == "https" || is_loopback(url));
    url.ok_or_else(|| misconfigured(format!("The variable {name} is not an https URL.")))
}

fn origin_var(env: &Env, name: &str, default: &str) -> Result<Url> {
    let url = url_var(env, name, default)?;
    let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    is_origin.then_some(url).ok_or_else(|| misconfigured(format!("The variable {name} is not an origin.")))
}

/// Read by itself too: whether a request may be served at all is decided before the rest is opened.
pub fn public_origin(env: &Env) -> Result<Option<String>> {
    let Some(text) = var(env, "PUBLIC_ORIGIN") else { return Ok(None) };
    parse_origin(&text)
        .map(Some)
        .map_err(|error| misconfigured(format!("The variable PUBLIC_ORIGIN is malformed: {error}.")))
}

fn api_origins(env: &Env) -> Result<Vec<String>> {
    let list = var(env, "API_ALLOWED_ORIGINS").unwrap_or_default();
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            parse_origin(name)
                .map_err(|error| misconfigured(format!("The variable API_ALLOWED_ORIGINS is malformed: {error}.")))
        })
        .collect()
}

fn pace(env: &Env) -> Result<Pace> {
    let mut pace = Pace::default();
    pace.reconcile = span_var(env, "SETTLE_MS", 100)?.unwrap_or(pace.reconcile);
    pace.probe = span_var(env, "PROBE_MS", 100)?.unwrap_or(pace.probe);
    pace.backoff = span_var(env, "BACKOFF_MS", 1)?.unwrap_or(pace.backoff);
    Ok(pace)
}

fn lifetimes(env: &Env) -> Result<Lifetimes> {
    let usual = Lifetimes::default();
    Ok(Lifetimes {
        pending: span_var(env, "MEDIA_PENDING_MS", 100)?.unwrap_or(usual.pending),
        active: span_var(env, "MEDIA_ACTIVE_MS", 100)?.unwrap_or(usual.active),
    })
}

fn revocation_pace(env: &Env) -> Result<revocation::Pace> {
    let usual = revocation::Pace::default();
    Ok(revocation::Pace {
        first: span_var(env, "REVOKE_MS", 1)?.unwrap_or(usual.first),
        patience: span_var(env, "REVOKE_FOR_MS", 1)?.unwrap_or(usual.patience),
    })
}

fn webhook_pace(env: &Env) -> Result<webhook::Pace> {
    let usual = webhook::Pace::default();
    Ok(webhook::Pace {
        first: webhook_retry(env)?.unwrap_or(usual.first),
        limit: span_var(env, "WEBHOOK_TIMEOUT_MS", 100)?.unwrap_or(usual.limit),
    })
}

/// Of all waits the longest is 26,000 times this one, so it may be a part of a millisecond.
fn webhook_retry(env: &Env) -> Result<Option<Duration>> {
    let Some(text) = var(env, "WEBHOOK_RETRY_MS") else { return Ok(None) };
    let wait = text.parse().ok().and_then(|millis: f64| Duration::try_from_secs_f64(millis / 1000.0).ok());
    let problem = || misconfigured("The variable WEBHOOK_RETRY_MS is not a number of milliseconds above 0.");
    wait.filter(|wait| !wait.is_zero()).map(Some).ok_or_else(problem)
}

fn span_var(env: &Env, name: &str, least: i64) -> Result<Option<Span>> {
    let Some(text) = var(env, name) else { return Ok(None) };
    let millis = text.parse().ok().filter(|millis| *millis >= least);
    let problem = || misconfigured(format!("The variable {name} is not a number of milliseconds from {least}."));
    millis.map(Span::millis).map(Some).ok_or_else(problem)
}

fn missing(kind: &str, name: &str) -> Error {
    misconfigured(format!("The {kind} binding {name} is missing."))
}

fn misconfigured(message: impl Into<String>) -> Error {
    Refused::new(Code::Misconfigured, message).into()
}
