//! X's API v2: the requests, and the meaning of the answers (X's API description 2.167).

pub mod large;
pub mod lookup;
pub mod media;
pub mod options;
pub mod price;
pub mod problem;
pub mod proxy;
pub mod rate;
mod refused;
mod retry_after;
mod shown;
pub mod timeline;
pub mod tweet;
pub mod user;

use http::{HeaderValue, Method, Request, Response, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::{
    problem::{Problem, Refusal},
    rate::Window,
};
use crate::{
    json,
    oauth::{Endpoints, sensitive},
    secret::Secret,
    time::Span,
};

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum XError {
    #[error("X refused: {refusal:?}")]
    Refused { refusal: Refusal, problem: Problem, windows: Vec<Window>, retry_after: Option<Span> },
    /// X reports success without a readable result: an effect is likely.
    #[error("X answered {status} with a body that is not understood")]
    Malformed { status: u16 },
}

/// A request as the user whose token it is (RFC 6750 §2.1), without a body.
pub fn authorized(
    method: Method,
    endpoints: &Endpoints,
    path_and_query: &str,
    access_token: &Secret<String>,
) -> Request<Vec<u8>> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    *request.uri_mut() = endpoints.api(path_and_query);
    // EXPOSE: goes to X's API, whose origin `endpoints` is.
    let bearer = sensitive(&format!("Bearer {}", access_token.expose()));
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// The same with a JSON body. X refuses a body without this content type.
pub fn with_json(mut request: Request<Vec<u8>>, body: &Value) -> Request<Vec<u8>> {
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = body.to_string().into_bytes();
    request
}

/// The `data` of an answer. A success without `data` and with `errors` is a refusal: X answers 200 for a missing
/// resource.
pub fn data<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<T, XError> {
    if !answer.status().is_success() {
        return Err(refused(answer));
    }
    let body = large::json(answer.body()).unwrap_or_default();
    body.get("data").and_then(|data| json::from_value(data).ok()).ok_or_else(|| without_data(answer, &body))
}

fn without_data(answer: &Response<Vec<u8>>, body: &Value) -> XError {
    let has_data = body.get("data").is_some_and(|data| !data.is_null());
    let has_errors = body.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty());
    if has_errors && !has_data { refused(answer) } else { XError::Malformed { status: answer.status().as_u16() } }
}

fn refused(answer: &Response<Vec<u8>>) -> XError {
    let (refusal, problem) = problem::read(answer);
    let (windows, retry_after) = (rate::told(answer.headers()), retry_after::read(answer.headers()));
    XError::Refused { refusal, problem, windows, retry_after }
}

#[cfg(test)]
mod tests;
