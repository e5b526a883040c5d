//! The only `fetch()`. One door so far: X, at the hosts of the configuration, without following redirects.

use http::{Request, Response};
use latchkey_core::oauth::Endpoints;
use latchkey_core::time::Span;
use url::Url;
use worker::web_sys;
use worker::{AbortSignal, Fetch, Headers, Method, RequestInit, RequestRedirect};

use crate::error::{Error, Result};

/// An exchange, a refresh or a look-up. X's authorization code lives 30 seconds, so two tries must fit.
pub const QUICK: Span = Span::secs(10);
/// A post: giving up early would leave its fate unknown.
pub const PATIENT: Span = Span::secs(30);

/// Why there is no answer. Either way X may have acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    TimedOut,
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
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
        limit: Span,
    ) -> Result<std::result::Result<Response<Vec<u8>>, NoAnswer>> {
        let url = request.uri().to_string();
        let host_is_x = Url::parse(&url).is_ok_and(|url| url.origin() == self.endpoints.api_origin.origin());
        if !host_is_x {
            return Err(Error::fault("a request to X was addressed elsewhere"));
        }
        let request = to_worker(&url, request)?;
        let millis = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
        let signal = AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(millis));
        let answer = match Fetch::Request(request).send_with_signal(&signal).await {
            Ok(answer) => read(answer).await,
            Err(error) => Err(error),
        };
        Ok(answer.map_err(|error| no_answer(&error)))
    }
}

fn to_worker(url: &str, request: Request<Vec<u8>>) -> Result<worker::Request> {
    let (parts, body) = request.into_parts();
    let headers = Headers::new();
    for (name, value) in &parts.headers {
        headers.append(name.as_str(), value.to_str().map_err(|_| Error::fault("a header is not ASCII"))?)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::from(parts.method.to_string()))
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    if !body.is_empty() {
        init.with_body(Some(js_sys::Uint8Array::from(body.as_slice()).into()));
    }
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
