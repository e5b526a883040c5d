//! The only `fetch()`, behind two functions: one for X, at the hosts of the configuration, one for public addresses
//! from callers. Neither follows a redirect without a check, and every call has a time limit.

mod limit;
mod public;

use std::pin::pin;

use futures_util::future::{Either, select};
use http::header::USER_AGENT;
use http::{HeaderMap, Method, Request, Response};
use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::oauth::Endpoints;
use latchkey_core::time::Span;
use latchkey_core::x::media::Multipart;
use url::Url;
use wasm_bindgen::JsValue;
use worker::wasm_bindgen_futures::spawn_local;
use worker::web_sys::ReadableStream;
use worker::{Fetch, Headers, RequestInit, RequestRedirect, ResponseBody};

pub use self::limit::TimeLimit;
pub use self::public::{Fetched, Public, Taken, Unfetched, Unread};
use crate::error::{Error, Result};
use crate::stream::{Framed, Passing, whole};

/// How long an answer may take, its body included, and how many bytes of it are read.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub time: Span,
    size: usize,
}

/// Answers that say one thing: tokens, a person, a post.
const ANSWER_BYTES: usize = 1 << 20;

/// An exchange, a refresh or a question. X's authorization code lives 30 seconds, so two tries must fit.
pub const QUICK: Bounds = Bounds { time: Span::secs(10), size: ANSWER_BYTES };
/// A page of posts, a hundred of which may be long ones.
pub const LIST: Bounds = Bounds { time: Span::secs(10), size: 16 << 20 };
/// A post: giving up early would leave its fate unknown.
pub const PATIENT: Bounds = Bounds { time: Span::secs(30), size: ANSWER_BYTES };
/// 4 MB on a slow connection.
const SEGMENT: Bounds = Bounds { time: Span::secs(60), size: ANSWER_BYTES };

/// Servers refuse calls that do not say who makes them. It names nobody: end users and their sites never meet our name.
pub const AGENT: &str = "Mozilla/5.0 (compatible; Publisher/1.0)";

pub type Asked = std::result::Result<Response<Vec<u8>>, NoAnswer>;
/// A body that goes through as it comes, at the pace of whoever sends it.
pub const PASSED: Span = Span::mins(5);

/// Why there is no answer. Either way the other side may have acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("it did not answer in time")]
    TimedOut,
    #[error("it could not be reached")]
    Broken,
    #[error("its answer is too large")]
    TooLarge,
    #[error("its status is none of HTTP's")]
    NoStatus,
}

impl NoAnswer {
    /// What a caller hears who waited for X.
    pub fn refused(self) -> Refused {
        match self {
            Self::TimedOut => Refused::new(Code::XTimeout, "X did not answer in time."),
            Self::Broken => Refused::new(Code::XUnavailable, "X could not be reached."),
            Self::TooLarge => Refused::new(Code::XInvalidResponse, "X's answer is too large to be read."),
            Self::NoStatus => Refused::new(Code::XInvalidResponse, "X's answer has a status that HTTP has not."),
        }
    }
}

pub struct X<'a> {
    endpoints: &'a Endpoints,
}

impl<'a> X<'a> {
    pub const fn new(endpoints: &'a Endpoints) -> Self {
        Self { endpoints }
    }

    /// Sends a request of core's and reads the whole answer.
    pub async fn send(&self, request: Request<Vec<u8>>, bounds: Bounds) -> Result<Asked> {
        let body = bytes(request.body());
        ask(self.addressed(request, body)?, bounds).await
    }

    /// Sends a segment of a file, which is never held whole.
    pub async fn send_segment(&self, multipart: Multipart, bytes: &ReadableStream, len: u64) -> Result<Asked> {
        let Multipart { request, before, after } = multipart;
        let framed = Framed::new(before.len() as u64 + len + after.len() as u64)?;
        let request = self.addressed(request, Some(framed.body.clone().into()))?;
        let answer = pin!(ask(request, SEGMENT));
        let filling = pin!(framed.fill(&before, bytes, &after));
        // X may answer before it has read everything; a source that breaks off breaks the call off.
        match select(answer, filling).await {
            Either::Left((answer, _)) => answer,
            Either::Right((_, answer)) => answer.await,
        }
    }

    fn addressed(&self, request: Request<Vec<u8>>, body: Option<JsValue>) -> Result<worker::Request> {
        let url = request.uri().to_string();
        let host_is_x = Url::parse(&url).is_ok_and(|url| url.origin() == self.endpoints.api_origin.origin());
        if !host_is_x {
            return Err(Error::fault("a request to X was addressed elsewhere"));
        }
        let (parts, _) = request.into_parts();
        to_worker(&url, &parts.method, &parts.headers, body)
    }
}

impl X<'_> {
    /// Where a call that is passed on goes.
    pub fn address(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.endpoints.api_origin.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// A call that is passed on: body and answer are not read here, and the time limit covers both.
    pub async fn proxy(
        &self,
        method: &str,
        path: &str,
        query: Option<&str>,
        headers: Headers,
        body: Option<ReadableStream>,
    ) -> Result<std::result::Result<Proxied, NoAnswer>> {
        let url = self.address(path, query);
        headers.set(USER_AGENT.as_str(), AGENT)?;
        let mut init = RequestInit::new();
        init.with_method(worker::Method::from(method.to_owned()))
            .with_headers(headers)
            .with_redirect(RequestRedirect::Manual)
            .with_body(body.map(Into::into));
        let request = worker::Request::new_with_init(url.as_str(), &init)?;
        let limit = TimeLimit::new(PASSED)?;
        Ok(fetch(request, &limit).await.map(|answer| Proxied { answer, limit }))
    }
}

/// X's answer to a call that is passed on, unread and under its time limit.
pub struct Proxied {
    answer: worker::Response,
    limit: TimeLimit,
}

impl Proxied {
    pub const fn answer(&self) -> &worker::Response {
        &self.answer
    }

    pub async fn read(self) -> std::result::Result<Vec<u8>, NoAnswer> {
        body_of(&self.answer, ANSWER_BYTES, self.limit).await
    }

    /// X's body, in `answer`, for whoever reads it. The limit ends with the body, or when its reader goes away.
    pub fn into_stream(self, answer: worker::ResponseBuilder) -> Result<worker::Response> {
        let Self { answer: of_x, limit } = self;
        let ResponseBody::Stream(body) = of_x.body() else { return Ok(answer.empty()) };
        let Passing { body, end } = Passing::through(body)?;
        spawn_local(async move {
            // A body that broke off is seen by its reader.
            if end.await.is_ok() {
                limit.keep();
            }
        });
        Ok(answer.stream(body))
    }
}

fn bytes(body: &[u8]) -> Option<JsValue> {
    (!body.is_empty()).then(|| js_sys::Uint8Array::from(body).into())
}

async fn ask(request: worker::Request, bounds: Bounds) -> Result<Asked> {
    let limit = TimeLimit::new(bounds.time)?;
    Ok(match fetch(request, &limit).await {
        Ok(answer) => read(&answer, bounds.size, limit).await,
        Err(no_answer) => Err(no_answer),
    })
}

async fn fetch(request: worker::Request, limit: &TimeLimit) -> std::result::Result<worker::Response, NoAnswer> {
    let answer = Fetch::Request(request).send_with_signal(&limit.signal()).await.map_err(|_| no_answer(limit))?;
    // The platform makes no answer of another status, so nobody could be told of it.
    if (200..600).contains(&answer.status_code()) { Ok(answer) } else { Err(NoAnswer::NoStatus) }
}

fn to_worker(url: &str, method: &Method, headers: &HeaderMap, body: Option<JsValue>) -> Result<worker::Request> {
    let copied = Headers::new();
    for (name, value) in headers {
        copied.append(name.as_str(), value.to_str().map_err(|_| Error::fault("a header is not ASCII"))?)?;
    }
    if !headers.contains_key(USER_AGENT) {
        copied.set(USER_AGENT.as_str(), AGENT)?;
    }
    let mut init = RequestInit::new();
    init.with_method(worker::Method::from(method.to_string()))
        .with_headers(copied)
        .with_redirect(RequestRedirect::Manual)
        .with_body(body);
    Ok(worker::Request::new_with_init(url, &init)?)
}

async fn read(answer: &worker::Response, size: usize, limit: TimeLimit) -> Asked {
    let mut builder = Response::builder().status(answer.status_code());
    for (name, value) in answer.headers().entries() {
        builder = builder.header(name, value);
    }
    builder.body(body_of(answer, size, limit).await?).map_err(|_| NoAnswer::Broken)
}

async fn body_of(answer: &worker::Response, size: usize, limit: TimeLimit) -> std::result::Result<Vec<u8>, NoAnswer> {
    let ResponseBody::Stream(body) = answer.body() else { return Ok(Vec::new()) };
    match whole(body, size, length_of(answer)).await {
        Ok(Some(body)) => {
            limit.keep();
            Ok(body)
        }
        Ok(None) => Err(NoAnswer::TooLarge),
        Err(_) => Err(no_answer(&limit)),
    }
}

/// The length of an answer's body as its reader gets it. The platform undoes a coding, and the header tells the coded
/// length.
fn length_of(answer: &worker::Response) -> Option<usize> {
    let said = |name| answer.headers().get(name).ok().flatten();
    if said("content-encoding").is_some() { None } else { said("content-length")?.parse().ok() }
}

/// A refused and a lost connection look the same to workerd.
fn no_answer(limit: &TimeLimit) -> NoAnswer {
    if limit.is_over() { NoAnswer::TimedOut } else { NoAnswer::Broken }
}
