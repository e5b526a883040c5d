//! The exchange between the edge and the objects: one JSON message in, one JSON result out.
//!
//! Generic code here is kept to a few lines. Each type would otherwise get a copy of the whole exchange and of a text
//! parser, in a module whose bytes are paid for at the edge.

use latchkey_core::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use worker::wasm_bindgen::JsValue;
use worker::{Headers, Method, Request, RequestInit, Response, Stub};

use crate::error::{Doing, Result};
use crate::stream::text_of;

/// Sends a message to an object and reads its reply. Refusals and faults come back as what they are.
pub async fn ask<R: DeserializeOwned>(stub: &Stub, message: &impl Serialize) -> Result<R> {
    let reply = exchange(stub, serde_json::to_string(message)?).await?;
    json::from_value(&reply).doing("read an object's reply")
}

async fn exchange(stub: &Stub, message: String) -> Result<Value> {
    result_of(post(stub, Headers::new(), Some(message.into())).await?).await
}

/// Whatever goes to an object. A body may be a stream.
pub async fn post(stub: &Stub, headers: Headers, body: Option<JsValue>) -> Result<Response> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(body);
    let request = Request::new_with_init("https://object/", &init)?;
    stub.fetch_with_request(request).await.doing("call an object")
}

/// What an object answered.
pub async fn result_of(answer: Response) -> Result<Value> {
    let text = text_of(&answer).await.doing("read an object's reply")?;
    json::from_str::<Result<Value>>(&text).doing("read an object's reply")?
}

/// The message in a request to an object.
pub async fn message<M: DeserializeOwned>(request: Request) -> Result<M> {
    Ok(json::from_value(&received(request).await?)?)
}

async fn received(mut request: Request) -> Result<Value> {
    Ok(json::value(&request.text().await.doing("receive a message")?)?)
}

/// The result of a message, for whoever sent it.
pub fn answer(result: &Result<Value>) -> worker::Result<Response> {
    Response::ok(serde_json::to_string(result)?)
}

/// A reply as the wire carries it.
pub fn reply(value: impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value)?)
}
