//! The exchange between the edge and the objects: one JSON message in, one JSON result out.
//!
//! A message and its result are texts, which the platform's RPC carries at half the price of a `fetch`. A call with a key goes
//! the same way if its body is there. Whatever has a stream goes by `fetch`.
//!
//! Generic code here is kept to a few lines. Each type would otherwise get a copy of the whole exchange and of a text
//! parser, in a module whose bytes are paid for at the edge.

use std::panic::AssertUnwindSafe;

use js_sys::{JsString, Promise, Uint8Array, wasm_bindgen};
use latchkey_core::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::{Headers, Method, ObjectNamespace, Request, RequestInit, Response, web_sys};

use crate::error::{Doing, Result};
use crate::stream::text_of;

#[wasm_bindgen]
extern "C" {
    type Namespace;

    #[wasm_bindgen(method, catch, js_name = getByName)]
    fn get_by_name(this: &Namespace, name: &str) -> Result<Stub, JsValue>;

    /// Of an object (<https://developers.cloudflare.com/durable-objects/api/stub/>). The `worker` crate's has no RPC.
    pub type Stub;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Stub, request: &web_sys::Request) -> Result<Promise, JsValue>;

    /// The method of the objects in `worker/js/entry.js`.
    #[wasm_bindgen(method, catch)]
    fn message(this: &Stub, text: &str) -> Result<JsValue, JsValue>;

    /// The method of the workspace there.
    #[wasm_bindgen(method, catch)]
    fn call(this: &Stub, header: &str, body: &Uint8Array) -> Result<JsValue, JsValue>;
}

/// The stub of the object of this name.
pub fn stub(objects: &ObjectNamespace, name: &str) -> Result<Stub> {
    let objects: &Namespace = objects.as_ref().unchecked_ref();
    objects.get_by_name(name).map_err(worker::Error::from).doing("find an object")
}

/// Sends a message to an object and reads its reply. Refusals and faults come back as what they are.
pub async fn ask<R: DeserializeOwned>(stub: &Stub, message: &impl Serialize) -> Result<R> {
    let reply = exchange(stub, serde_json::to_string(message)?).await?;
    json::from_value(&reply).doing("read an object's reply")
}

async fn exchange(stub: &Stub, message: String) -> Result<Value> {
    let text = called(stub, &message).await.map_err(worker::Error::from).doing("call an object")?;
    result_in(&text)
}

async fn called(stub: &Stub, message: &str) -> Result<String, JsValue> {
    let text = JsFuture::from(Promise::resolve(&stub.message(message)?)).await?;
    Ok(text.dyn_into::<JsString>()?.into())
}

/// What the workspace said to a call.
pub enum Said {
    /// A line that describes an answer, and behind it the answer's body.
    Text(String),
    /// The same as `fetch` has it.
    Response(Response),
}

/// A call with a key, whose body is there.
pub async fn call(stub: &Stub, header: &str, body: &Uint8Array) -> Result<Said> {
    said(stub, header, body).await.map_err(worker::Error::from).doing("call an object")
}

async fn said(stub: &Stub, header: &str, body: &Uint8Array) -> Result<Said, JsValue> {
    let said = JsFuture::from(Promise::resolve(&stub.call(header, body)?)).await?;
    match said.dyn_into::<JsString>() {
        Ok(text) => Ok(Said::Text(text.into())),
        Err(response) => Ok(Said::Response(response.dyn_into::<web_sys::Response>()?.into())),
    }
}

/// Whatever goes to an object by `fetch`. A body may be a stream.
pub async fn post(stub: &Stub, headers: Headers, body: Option<JsValue>) -> Result<Response> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(body);
    let request = Request::new_with_init("https://object/", &init)?;
    fetched(stub, request.inner()).await.map_err(worker::Error::from).doing("call an object")
}

async fn fetched(stub: &Stub, request: &web_sys::Request) -> Result<Response, JsValue> {
    let answer = JsFuture::from(stub.fetch(request)?).await?;
    Ok(answer.dyn_into::<web_sys::Response>()?.into())
}

/// What an object answered.
pub async fn result_of(answer: Response) -> Result<Value> {
    result_in(&text_of(&answer).await.doing("read an object's reply")?)
}

fn result_in(text: &str) -> Result<Value> {
    json::from_str::<Result<Value>>(text).doing("read an object's reply")?
}

/// The message in a request to an object.
pub async fn message<M: DeserializeOwned>(request: Request) -> Result<M> {
    received(&text_in(request).await?)
}

async fn text_in(mut request: Request) -> Result<String> {
    request.text().await.doing("receive a message")
}

/// The result of a message, for whoever sent it.
pub fn answer(result: &Result<Value>) -> worker::Result<Response> {
    Response::ok(serde_json::to_string(result)?)
}

/// What an object's method for messages answers: the result as a text.
pub fn respond(handled: impl Future<Output = Result<Value>> + 'static) -> Promise {
    future_to_promise(AssertUnwindSafe(async move {
        let text = serde_json::to_string(&handled.await);
        Ok(text.map_err(|_| JsError::new("a result cannot be sent"))?.into())
    }))
}

/// The message in a text.
pub fn received<M: DeserializeOwned>(text: &str) -> Result<M> {
    Ok(json::from_value(&json::value(text)?)?)
}

/// A reply as the wire carries it.
pub fn reply(value: impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value)?)
}
