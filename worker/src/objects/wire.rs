//! How the edge and the objects speak to each other: one JSON message in, one JSON result out.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use worker::{Method, Request, RequestInit, Response, Stub};

use crate::error::{Doing, Error, Result};

/// Sends a message to an object and reads its reply. Refusals and faults come back as what they are.
pub async fn ask<R: DeserializeOwned>(stub: &Stub, message: &impl Serialize) -> Result<R> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(serde_json::to_string(message)?.into()));
    let request = Request::new_with_init("https://object/", &init)?;
    let mut answer = stub.fetch_with_request(request).await.doing("call an object")?;
    let text = answer.text().await.doing("read an object's reply")?;
    serde_json::from_str::<Result<R>>(&text).doing("read an object's reply")?
}

/// Reads a message, lets `handle` reply to it, and sends the result back.
pub async fn serve<M: DeserializeOwned>(
    mut request: Request,
    handle: impl AsyncFnOnce(M) -> Result<Value>,
) -> worker::Result<Response> {
    let result = match request.text().await {
        Ok(text) => match serde_json::from_str(&text) {
            Ok(message) => handle(message).await,
            Err(error) => Err(Error::from(error)),
        },
        Err(error) => Err(Error::from(error)),
    };
    Response::ok(serde_json::to_string(&result)?)
}

/// A reply as the wire carries it.
pub fn reply(value: impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value)?)
}
