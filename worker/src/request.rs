//! The caller's request, read once and within limits.

use std::cell::OnceCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::without_mark;
use latchkey_core::api::prefer::wait;
use latchkey_core::api::refused::Refused;
use latchkey_core::cookie::Jar;
use latchkey_core::idempotency::Key;
use latchkey_core::mcp::Call;
use latchkey_core::messages::Messages;
use latchkey_core::routes::{Answers, Row};
use latchkey_core::secret::Secret;
use url::Url;
use worker::web_sys::ReadableStream;
use worker::{Headers, Method, RequestInit};

use crate::error::Result;
use crate::stream::{body_of, bytes_of};

/// The contract's limit for a JSON body, and ours for a form.
pub const BODY_BYTES: usize = 1024 * 1024;
/// What anybody may send, without a key: an assistant's client describes itself, or shows a token.
const STRANGERS_BYTES: usize = 16 * 1024;

pub struct Incoming {
    pub method: String,
    pub url: Url,
    pub request_id: String,
    /// What the table of routes says of it.
    pub row: Option<&'static Row>,
    /// Whose API key it came with, once the workspace has said so.
    pub key_id: Rc<OnceCell<String>>,
    /// It is a tool's call.
    is_tool_call: bool,
    has_made_key: bool,
    inner: worker::Request,
}

impl Incoming {
    pub fn new(inner: worker::Request, request_id: String) -> Result<Self> {
        // As it was sent: `worker` takes a method that it does not know for GET.
        let method = inner.inner().method();
        let url = inner.url()?;
        let (key_id, is_tool_call, has_made_key) = (Rc::default(), false, false);
        Ok(Self { method, url, request_id, row: None, key_id, is_tool_call, has_made_key, inner })
    }

    /// A call of ours that an agent's message becomes: under the same key, and the same request id.
    pub fn tool_call(&self, call: &Call) -> Result<Self> {
        let mut url = self.url.clone();
        url.set_path(&call.path);
        url.set_query(Some(call.query.as_str()).filter(|query| !query.is_empty()));
        let headers = Headers::new();
        if let Some(authorization) = self.header("authorization") {
            headers.set("authorization", &authorization)?;
        }
        if let Some(key) = &call.idempotency_key {
            headers.set("idempotency-key", key)?;
        }
        let mut init = RequestInit::new();
        init.with_method(Method::from(call.method.to_owned()));
        if let Some(body) = &call.body {
            headers.set("content-type", "application/json")?;
            init.with_body(Some(body.as_str().into()));
        }
        init.with_headers(headers);
        let inner = worker::Request::new_with_init(url.as_str(), &init)?;
        let (key_id, has_made_key) = (Rc::clone(&self.key_id), call.has_made_key);
        Ok(Self { key_id, is_tool_call: true, has_made_key, ..Self::new(inner, self.request_id.clone())? })
    }

    /// A message to `/mcp`, or the call that it becomes.
    pub fn is_of_agent(&self) -> bool {
        self.is_tool_call || self.row.is_some_and(|row| row.answers == Answers::Agents)
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.inner.headers().get(name).ok().flatten()
    }

    pub fn query(&self) -> &str {
        self.url.query().unwrap_or_default()
    }

    pub fn query_value(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The language that the person's browser asks for.
    pub fn messages(&self) -> &'static Messages {
        Messages::accepted(&self.header("accept-language").unwrap_or_default())
    }

    /// RFC 6750 §2.1; the scheme's name is case-insensitive (RFC 9110 §11.1).
    pub fn bearer(&self) -> Option<Secret<String>> {
        bearer_in(&Secret::new(self.header("authorization")?))
    }

    /// Its cookies, as the scheme that it came by has them.
    pub fn jar(&self) -> Jar {
        Jar { is_https: self.url.scheme() == "https" }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(&self.header("cookie")?, name)
    }

    /// Whether something else than a bearer says who asks: a scheme that is not known here. workerd
    /// shows no empty header.
    pub fn has_other_credentials(&self) -> bool {
        self.header("authorization").is_some() && self.bearer().is_none()
    }

    /// Whether a browser only looks at what it may open later, or wants the head alone: that changes nothing.
    pub fn is_head_or_prefetch(&self) -> bool {
        let is_prefetch = |name| self.header(name).is_some_and(|purpose| purpose.contains("prefetch"));
        self.method == "HEAD" || ["sec-purpose", "purpose", "x-moz"].into_iter().any(is_prefetch)
    }

    /// The body of a call that takes JSON.
    pub async fn json_body(&self) -> Result<Vec<u8>> {
        self.require_json()?;
        self.text_body().await
    }

    /// JSON of somebody without a key.
    pub async fn strangers_json(&self) -> Result<Vec<u8>> {
        self.require_json()?;
        Ok(without_mark(&self.body_within(STRANGERS_BYTES).await?).to_vec())
    }

    /// The body of a call whose JSON may be left out.
    pub async fn optional_json_body(&self) -> Result<Vec<u8>> {
        self.require_json_if_any()?;
        let body = self.text_body().await?;
        Ok(if body.is_empty() { b"{}".to_vec() } else { body })
    }

    pub fn require_json(&self) -> Result<()> {
        self.require_content_type("application/json", Code::UnsupportedMediaType.hint())
    }

    pub fn require_json_if_any(&self) -> Result<()> {
        if self.header("content-type").is_some() { self.require_json() } else { Ok(()) }
    }

    /// The fields of a form that a page posted.
    pub async fn form(&self) -> Result<Form> {
        self.form_within(BODY_BYTES).await
    }

    /// The form of somebody without a key.
    pub async fn strangers_form(&self) -> Result<Form> {
        self.form_within(STRANGERS_BYTES).await
    }

    async fn form_within(&self, limit: usize) -> Result<Form> {
        self.require_content_type("application/x-www-form-urlencoded", "Post an ordinary HTML form.")?;
        let body = Secret::new(self.body_within(limit).await?);
        // EXPOSE: parsed; the one field that is secret goes into a Secret again.
        Ok(Form(url::form_urlencoded::parse(without_mark(body.expose())).into_owned().collect()))
    }

    /// `Idempotency-Key`, bound to this very call.
    pub fn idempotency(&self, body: &[u8]) -> Result<Option<Key>, Refused> {
        let Some(header) = self.idempotency_key() else { return Ok(None) };
        let key = Key::new(&header, &self.method, self.url.path(), body);
        let problem = || Refused::field("Idempotency-Key", "expected 1 to 255 printable ASCII characters");
        key.map(|key| Some(Key { is_made: self.has_made_key, ..key })).ok_or_else(problem)
    }

    /// `Idempotency-Key`, which only a POST can have.
    pub fn idempotency_key(&self) -> Option<String> {
        self.header("idempotency-key").filter(|_| self.method == "POST")
    }

    /// Whether the key is made of an agent's request, since the call gave none.
    pub const fn has_made_key(&self) -> bool {
        self.has_made_key
    }

    /// `Prefer: wait=N` (RFC 7240 §4.3), in milliseconds, at most the contract's 25 seconds.
    pub fn wait_preference(&self) -> Option<i64> {
        wait(&self.header("prefer")?).map(|seconds| i64::from(seconds.min(25)) * 1000)
    }

    /// The body, if its stated length is at most `limit`. The platform reads it at once, and not into wasm.
    pub async fn short_body(&self, limit: usize) -> Result<Option<Uint8Array>> {
        let length = self.header("content-length").and_then(|length| length.parse::<usize>().ok());
        if length.is_none_or(|length| length > limit) {
            return Ok(None);
        }
        Ok(Some(bytes_of(self.inner.inner()).await.map_err(|_| broken_off())?))
    }

    /// A body that is passed on as it comes.
    pub fn raw_body(&self) -> Option<ReadableStream> {
        self.inner.inner().body()
    }

    /// A body of any length, piece by piece.
    pub fn pieces(&mut self) -> Result<worker::ByteStream> {
        Ok(self.inner.stream()?)
    }

    /// A body of any type, byte for byte.
    pub async fn whole_body(&self) -> Result<Vec<u8>> {
        self.body_within(BODY_BYTES).await
    }

    async fn body_within(&self, limit: usize) -> Result<Vec<u8>> {
        let body = body_of(self.inner.inner(), limit).await.map_err(|_| broken_off())?;
        Ok(body.ok_or_else(|| too_large(limit))?)
    }

    async fn text_body(&self) -> Result<Vec<u8>> {
        Ok(without_mark(&self.whole_body().await?).to_vec())
    }

    pub fn require_plain_body(&self) -> Result<()> {
        let Some(coding) = self.header("content-encoding").filter(|coding| is_coded(coding)) else { return Ok(()) };
        Err(Refused::new(Code::UnsupportedMediaType, format!("The body is compressed ({coding})."))
            .with_hint("Send the body without compression, and without the header Content-Encoding.")
            .into())
    }

    fn require_content_type(&self, expected: &str, hint: &str) -> Result<()> {
        self.require_plain_body()?;
        let header = self.header("content-type").unwrap_or_default();
        let essence = header.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        Err(Refused::new(Code::UnsupportedMediaType, format!("The content type must be {expected}."))
            .with_hint(hint)
            .into())
    }
}

/// The token in the header `Authorization`.
pub fn bearer_in(header: &Secret<String>) -> Option<Secret<String>> {
    // EXPOSE: only to cut the scheme off.
    let (scheme, token) = header.expose().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim().to_owned()))
}

/// RFC 9110 §8.4: `identity` means no coding.
fn is_coded(coding: &str) -> bool {
    let coding = coding.trim();
    !coding.is_empty() && !coding.eq_ignore_ascii_case("identity")
}

pub fn too_large(limit: usize) -> Refused {
    let refused = Refused::new(Code::PayloadTooLarge, format!("The body is larger than {} KiB.", limit / 1024));
    if limit == BODY_BYTES { refused } else { refused.with_hint("Send the fields of the call alone.") }
}

/// Most callers of such a body have gone.
pub fn broken_off() -> Refused {
    Refused::new(Code::InvalidPayload, "The body broke off before its end.")
        .with_hint("Send the call again with its whole body.")
}

pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(at).1)
    }

    pub fn has_twice(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.iter().filter(|(key, _)| key == name).count() > 1)
    }
}
