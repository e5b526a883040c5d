//! Answers to callers: one shape for JSON, pages and redirects, with the headers of every answer.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::https::STRICT_TRANSPORT_SECURITY;
use latchkey_core::json;
use latchkey_core::mcp::EVENTS;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::proxy::is_document;
use serde::Deserialize;
use url::Url;
use worker::web_sys::ReadableStream;
use worker::{Headers, Response, ResponseBuilder};

use crate::error::Result;

const REQUEST_ID_HEADER: &str = "X-Request-Id";

enum Content {
    Text(String),
    Bytes(Vec<u8>),
    Stream(ReadableStream),
}

pub struct Reply {
    status: u16,
    /// Headers that are passed on as they are, if any.
    passed: Option<Headers>,
    headers: Vec<(&'static str, String)>,
    body: Content,
    referrer_policy: &'static str,
    cache_control: &'static str,
    first_at: Option<UnixMillis>,
}

impl Reply {
    pub fn json(answer: &Answer) -> Self {
        let reply = Self::new(answer.status, "application/json; charset=utf-8", answer.body.clone());
        match answer.retry_after {
            Some(seconds) => reply.with("Retry-After", seconds.to_string()),
            None => reply,
        }
    }

    /// A message of JSON-RPC.
    pub fn rpc(status: u16, body: String) -> Self {
        Self::new(status, "application/json", body)
    }

    /// The same, as the one event of a stream.
    pub fn event(event: String) -> Self {
        Self::new(200, EVENTS, event)
    }

    /// A refusal for callers who speak to X through us (RFC 9457 §3).
    pub fn problem(answer: &Answer) -> Self {
        let reply = Self::new(answer.status, "application/problem+json; charset=utf-8", answer.body.clone());
        match answer.retry_after {
            Some(seconds) => reply.with("Retry-After", seconds.to_string()),
            None => reply,
        }
    }

    /// A page of ours, with the policy that it needs and no more.
    pub fn page(status: u16, html: String, policy: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html)
            .with("Content-Security-Policy", policy)
            .with("Cross-Origin-Opener-Policy", "same-origin-allow-popups".into())
            .with("X-Frame-Options", "DENY".into())
            .with("X-Robots-Tag", "noindex".into())
    }

    /// A page that pages of our own origin may show in a frame, and nobody else.
    pub fn framed_page(html: String, policy: String) -> Self {
        Self::new(200, "text/html; charset=utf-8", html)
            .with("Content-Security-Policy", policy)
            .with("X-Frame-Options", "SAMEORIGIN".into())
            .with("X-Robots-Tag", "noindex".into())
    }

    pub fn empty(status: u16) -> Self {
        Self {
            status,
            passed: None,
            headers: Vec::new(),
            body: Content::Text(String::new()),
            referrer_policy: "no-referrer",
            cache_control: "no-store",
            first_at: None,
        }
    }

    /// A picture whose address changes with its bytes. Opened by itself it is a document without any rights.
    pub fn picture(content_type: &str, bytes: Vec<u8>) -> Self {
        let immutable = "public, max-age=86400, immutable";
        Self { body: Content::Bytes(bytes), cache_control: immutable, ..Self::empty(200) }
            .with("Content-Type", content_type.to_owned())
            .with("Content-Security-Policy", "default-src 'none'; sandbox".into())
            .with("Cross-Origin-Resource-Policy", "same-origin".into())
    }

    /// A picture for one browser, which may change.
    pub fn own_picture(content_type: &str, bytes: Vec<u8>) -> Self {
        Self { cache_control: "private, max-age=600", ..Self::picture(content_type, bytes) }
    }

    /// A file, as it comes from where it is stored.
    pub fn stream(status: u16, content: ReadableStream) -> Self {
        Self { body: Content::Stream(content), ..Self::empty(status) }
    }

    /// An answer of X whose headers and body are passed on.
    pub fn passed(status: u16, headers: Headers, content: Option<ReadableStream>) -> Result<Self> {
        let content_type = headers.get("content-type")?;
        let reply = Self { passed: Some(headers), ..Self::passed_head(status, content_type.as_deref()) };
        Ok(match content {
            Some(content) => Self { body: Content::Stream(content), ..reply },
            None => reply,
        })
    }

    /// The same without what is passed on.
    pub fn passed_head(status: u16, content_type: Option<&str>) -> Self {
        let reply = Self::empty(status);
        // A page of X's, or a picture with a script, is a document of our origin when a browser opens it.
        if is_document(content_type) {
            return reply.with("Content-Security-Policy", "sandbox; default-src 'none'".into());
        }
        reply
    }

    /// 303: whatever the method was, the next request is a GET (RFC 9110 §15.4.4).
    pub fn see_other(url: &Url) -> Self {
        Self::empty(303).with("Location", url.to_string())
    }

    /// 308: the same request at another address (RFC 9110 §15.4.9).
    pub fn moved(url: &Url) -> Self {
        Self::empty(308).with("Location", url.to_string())
    }

    /// For a page whose form posts to our own origin: under `no-referrer` a browser would send `Origin: null` with it
    /// (Fetch standard §3.1). To any other origin it still tells nothing.
    #[must_use]
    pub const fn naming_itself_to_us(mut self) -> Self {
        self.referrer_policy = "same-origin";
        self
    }

    /// The first answer once more.
    #[must_use]
    pub fn replayed(mut self, first_at: UnixMillis) -> Self {
        self.first_at = Some(first_at);
        self.with("Idempotency-Replayed", "true".into()).with("Idempotency-Replay", "true".into())
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn with_all(self, headers: Vec<(&'static str, String)>) -> Self {
        headers.into_iter().fold(self, |reply, (name, value)| reply.with(name, value))
    }

    /// The same for a request that came by this scheme.
    #[must_use]
    pub fn over(self, is_https: bool) -> Self {
        if is_https { self.with("Strict-Transport-Security", STRICT_TRANSPORT_SECURITY.into()) } else { self }
    }

    /// The same text as a content of another type.
    pub fn of_type(self, content_type: &str) -> Self {
        let Content::Text(text) = self.body else { return self };
        Self::new(self.status, content_type, text)
    }

    /// The same under another status.
    pub fn at(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub const fn status(&self) -> u16 {
        self.status
    }

    /// When this answer was given first, if it is given once more.
    pub const fn first_at(&self) -> Option<UnixMillis> {
        self.first_at
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }

    /// A JSON text.
    pub fn text(&self) -> &str {
        if let Content::Text(text) = &self.body { text } else { "" }
    }

    /// The id of the post that this answer, if it is one of creation and the first, says was created, and its warnings.
    pub fn created_post(&self) -> Option<(String, Vec<String>)> {
        let Content::Text(text) = &self.body else { return None };
        if self.first_at.is_some() {
            return None;
        }
        let body = json::value(text).ok()?;
        let warnings = body.get("warnings").map(Vec::deserialize).transpose().ok()?;
        Some((body.get("post")?.get("id")?.as_str()?.to_owned(), warnings.unwrap_or_default()))
    }

    /// The headers, those apart that are passed on. Of a name that is here twice each value counts.
    pub fn own_headers<'a>(&'a self, request_id: &'a str) -> impl Iterator<Item = (&'static str, &'a str)> {
        let of_each = [
            ("Referrer-Policy", self.referrer_policy),
            (REQUEST_ID_HEADER, request_id),
            ("Cache-Control", self.cache_control),
            ("X-Content-Type-Options", "nosniff"),
        ];
        of_each.into_iter().chain(self.headers.iter().map(|(name, value)| (*name, value.as_str())))
    }

    pub fn into_response(mut self, request_id: &str) -> Result<Response> {
        let headers = self.passed.take().unwrap_or_default();
        self.own_headers(request_id).try_for_each(|(name, value)| headers.append(name, value))?;
        let response = ResponseBuilder::new().with_status(self.status).with_headers(headers);
        Ok(match self.body {
            Content::Text(text) => response.fixed(text.into_bytes()),
            Content::Bytes(bytes) => response.fixed(bytes),
            Content::Stream(stream) => response.stream(stream),
        })
    }

    fn new(status: u16, content_type: &str, body: String) -> Self {
        Self { body: Content::Text(body), ..Self::empty(status) }.with("Content-Type", content_type.to_owned())
    }
}
