//! What a caller sent, read once and within limits.

use std::cell::OnceCell;
use std::rc::Rc;

use futures_util::TryStreamExt;
use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::cookie::Jar;
use latchkey_core::idempotency::Key;
use latchkey_core::seal::{base64url, sha256};
use latchkey_core::secret::Secret;
use latchkey_core::words::Words;
use url::Url;
use worker::web_sys::ReadableStream;

use crate::dashboard::SignedIn;
use crate::error::{Doing, Error, Result};

/// The contract's limit for a JSON body, and ours for a form.
const BODY_BYTES: usize = 1024 * 1024;

pub struct Incoming {
    pub method: String,
    pub url: Url,
    pub request_id: String,
    /// Whose API key it came with, once the ledger has said so.
    pub key_id: Rc<OnceCell<String>>,
    inner: worker::Request,
}

impl Incoming {
    pub fn new(inner: worker::Request, request_id: String) -> Result<Self> {
        Ok(Self { method: inner.method().to_string(), url: inner.url()?, request_id, key_id: Rc::default(), inner })
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
    pub fn words(&self) -> &'static Words {
        Words::accepted(&self.header("accept-language").unwrap_or_default())
    }

    /// RFC 6750 §2.1; the scheme's name is case-insensitive (RFC 9110 §11.1).
    pub fn bearer(&self) -> Option<Secret<String>> {
        let header = Secret::new(self.header("authorization")?);
        // EXPOSE: only to cut the scheme off.
        let (scheme, token) = header.expose().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim().to_owned()))
    }

    /// Its cookies, as the scheme that it came by has them.
    pub fn jar(&self) -> Jar {
        Jar { is_https: self.url.scheme() == "https" }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(&self.header("cookie")?, name)
    }

    /// What the ledger knows the caller by: an API key, or the cookie of a browser that has signed in with one, which
    /// counts for pages of ours alone. Who has neither comes with a digest that no key has.
    pub fn presented(&self) -> Result<String> {
        if let Some(key) = self.bearer() {
            // EXPOSE: hashed.
            return Ok(key_digest(key.expose()));
        }
        Ok(SignedIn::of(self)?.map_or_else(String::new, |browser| browser.presented()))
    }

    /// The body of a call that takes JSON.
    pub async fn json_body(&mut self) -> Result<Vec<u8>> {
        self.require_content_type("application/json", Code::UnsupportedMediaType.hint())?;
        self.body().await
    }

    /// The body of a call whose JSON may be left out.
    pub async fn optional_json_body(&mut self) -> Result<Vec<u8>> {
        if self.header("content-type").is_some() {
            self.require_content_type("application/json", Code::UnsupportedMediaType.hint())?;
        }
        let body = self.body().await?;
        Ok(if body.is_empty() { b"{}".to_vec() } else { body })
    }

    /// The fields of a form that a page posted.
    pub async fn form(&mut self) -> Result<Form> {
        self.require_content_type("application/x-www-form-urlencoded", "Post an ordinary HTML form.")?;
        let body = Secret::new(self.body().await?);
        // EXPOSE: parsed; the one field that is secret goes into a Secret again.
        Ok(Form(url::form_urlencoded::parse(body.expose()).into_owned().collect()))
    }

    /// `Idempotency-Key`, bound to this very call.
    pub fn idempotency(&self, body: &[u8]) -> Result<Option<Key>, Refused> {
        let Some(header) = self.header("idempotency-key") else { return Ok(None) };
        let key = Key::new(&header, &self.method, self.url.path(), body);
        let problem = || Refused::field("Idempotency-Key", "expected 1 to 255 printable ASCII characters");
        key.map(Some).ok_or_else(problem)
    }

    /// `Prefer: wait=N` (RFC 7240 §4.3), in milliseconds, at most the contract's 25 seconds.
    pub fn wait_preference(&self) -> Option<i64> {
        let header = self.header("prefer")?;
        let wait = header.split([',', ';']).find_map(|part| part.trim().strip_prefix("wait=").map(str::to_owned))?;
        wait.trim().parse::<u32>().ok().map(|seconds| i64::from(seconds.min(25)) * 1000)
    }

    /// A body that is passed on as it comes.
    pub fn raw_body(&self) -> Option<ReadableStream> {
        self.inner.inner().body()
    }

    /// A body of any length, piece by piece.
    pub fn pieces(&mut self) -> Result<worker::ByteStream> {
        Ok(self.inner.stream()?)
    }

    /// A body of any type.
    pub async fn whole_body(&mut self) -> Result<Vec<u8>> {
        self.body().await
    }

    fn require_content_type(&self, expected: &str, hint: &str) -> Result<()> {
        let header = self.header("content-type").unwrap_or_default();
        let essence = header.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        Err(Refused::new(Code::UnsupportedMediaType, format!("The content type must be {expected}."))
            .with_hint(hint)
            .into())
    }

    /// Read piece by piece, so that a body without a length cannot fill the memory.
    async fn body(&mut self) -> Result<Vec<u8>> {
        if self.inner.inner().body().is_none() {
            return Ok(Vec::new());
        }
        let mut stream = self.inner.stream()?;
        let mut body = Vec::new();
        while let Some(piece) = stream.try_next().await.doing("read a body")? {
            body.extend_from_slice(&piece);
            if body.len() > BODY_BYTES {
                return Err(Error::refused(Code::PayloadTooLarge, "The body is larger than 1 MiB."));
            }
        }
        Ok(body)
    }
}

/// SHA-256 of a key, base64url.
pub fn key_digest(key: &str) -> String {
    base64url(&sha256(key.as_bytes()))
}

pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(at).1)
    }
}
