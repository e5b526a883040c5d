//! The only `fetch()`, behind two doors: X, at the hosts of the configuration, and public addresses that callers name.
//! Neither follows a redirect without looking at it, and every call has a time limit.

mod public;

use std::pin::pin;

use futures_util::future::{Either, select};
use http::{HeaderMap, Method, Request, Response};
use latchkey_core::oauth::Endpoints;
use latchkey_core::time::Span;
use latchkey_core::x::media::Multipart;
use url::Url;
use wasm_bindgen::JsValue;
use worker::web_sys::{self, ReadableStream};
use worker::{AbortSignal, Fetch, Headers, RequestInit, RequestRedirect};

pub use self::public::{Fetched, Public, Unfetched};
use crate::error::{Error, Result};
use crate::stream::Framed;

/// An exchange, a refresh or a look-up. X's authorization code lives 30 seconds, so two tries must fit.
pub const QUICK: Span = Span::secs(10);
/// A post: giving up early would leave its fate unknown.
pub const PATIENT: Span = Span::secs(30);

/// 4 MB on a slow connection.
const SEGMENT: Span = Span::secs(60);

pub type Asked = std::result::Result<Response<Vec<u8>>, NoAnswer>;
/// A body that goes through as it comes, at the pace of whoever sends it.
const PASSED: Span = Span::mins(5);

/// Why there is no answer. Either way the other side may have acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("it did not answer in time")]
    TimedOut,
    #[error("it could not be reached")]
    Broken,
}

pub struct X<'a> {
    endpoints: &'a Endpoints,
}

impl<'a> X<'a> {
    pub const fn new(endpoints: &'a Endpoints) -> Self {
        Self { endpoints }
    }

    /// Sends a request of core's and reads the whole answer within `limit`.
    pub async fn send(&self, request: Request<Vec<u8>>, limit: Span) -> Result<Asked> {
        let body = bytes(request.body());
        Ok(ask(self.addressed(request, body)?, limit).await)
    }

    /// Sends a segment of a file, which is never held whole.
    pub async fn send_segment(&self, multipart: Multipart, bytes: &ReadableStream, len: u64) -> Result<Asked> {
        let Multipart { request, before, after } = multipart;
        let framed = Framed::new(before.len() as u64 + len + after.len() as u64)?;
        let request = self.addressed(request, Some(framed.body.clone().into()))?;
        let answer = pin!(ask(request, SEGMENT));
        let filling = pin!(framed.fill(&before, bytes, &after));
        // X may answer before it has read everything; a source that breaks off breaks the call off.
        Ok(match select(answer, filling).await {
            Either::Left((answer, _)) => answer,
            Either::Right((_, answer)) => answer.await,
        })
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
    /// A call that is passed on: body and answer are not read here, and the time limit covers both.
    pub async fn pass(
        &self,
        method: &str,
        path: &str,
        query: Option<&str>,
        headers: Headers,
        body: Option<ReadableStream>,
    ) -> Result<std::result::Result<worker::Response, NoAnswer>> {
        let mut url = self.endpoints.api_origin.clone();
        url.set_path(path);
        url.set_query(query);
        let mut init = RequestInit::new();
        init.with_method(worker::Method::from(method.to_owned()))
            .with_headers(headers)
            .with_redirect(RequestRedirect::Manual)
            .with_body(body.map(Into::into));
        let request = worker::Request::new_with_init(url.as_str(), &init)?;
        Ok(fetch(request, &time_limit(PASSED)).await.map_err(|error| no_answer(&error)))
    }
}

fn bytes(body: &[u8]) -> Option<JsValue> {
    (!body.is_empty()).then(|| js_sys::Uint8Array::from(body).into())
}

async fn ask(request: worker::Request, limit: Span) -> Asked {
    let answer = match fetch(request, &time_limit(limit)).await {
        Ok(answer) => read(answer).await,
        Err(error) => Err(error),
    };
    answer.map_err(|error| no_answer(&error))
}

async fn fetch(request: worker::Request, signal: &AbortSignal) -> worker::Result<worker::Response> {
    Fetch::Request(request).send_with_signal(signal).await
}

/// Counts from now, and covers the body too.
fn time_limit(limit: Span) -> AbortSignal {
    let millis = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
    AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(millis))
}

fn to_worker(url: &str, method: &Method, headers: &HeaderMap, body: Option<JsValue>) -> Result<worker::Request> {
    let copied = Headers::new();
    for (name, value) in headers {
        copied.append(name.as_str(), value.to_str().map_err(|_| Error::fault("a header is not ASCII"))?)?;
    }
    let mut init = RequestInit::new();
    init.with_method(worker::Method::from(method.to_string()))
        .with_headers(copied)
        .with_redirect(RequestRedirect::Manual)
        .with_body(body);
    Ok(worker::Request::new_with_init(url, &init)?)
}

async fn read(mut answer: worker::Response) -> worker::Result<Response<Vec<u8>>> {
    let mut builder = Response::builder().status(answer.status_code());
    for (name, value) in answer.headers().entries() {
        builder = builder.header(name, value);
    }
    let body = answer.bytes().await?;
    builder.body(body).map_err(|error| worker::Error::RustError(error.to_string()))
}

/// workerd names a time-out; a refused and a lost connection look the same to it.
fn no_answer(error: &worker::Error) -> NoAnswer {
    match error {
        worker::Error::UnknownJsError { name: Some(name), .. } if name == "TimeoutError" => NoAnswer::TimedOut,
        _ => NoAnswer::Broken,
    }
}
