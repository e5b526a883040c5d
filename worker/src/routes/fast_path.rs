//! The edge's part of the fast path (docs/ARCHITECTURE.md, "The fast path of a call for X"): decides for `worker/js/entry.js`,
//! which sends. A call that is not taken here is answered by [`super::proxy`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe};

use js_sys::{Promise, wasm_bindgen};
use latchkey_core::api::code::Code;
use latchkey_core::api::https::{Admission, admit};
use latchkey_core::key::has_form_of_key;
use latchkey_core::routes::{Call, Found, Route, find};
use latchkey_core::seal::{base64url, sha256};
use latchkey_core::secret::Secret;
use latchkey_core::time::Span;
use latchkey_core::x::proxy::is_read;
use url::Url;
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::future_to_promise;
use worker::{Env, web_sys};

use super::proxy::{Knower, forget_unknown, object_of, reply};
use crate::app::App;
use crate::error::Error;
use crate::log::Entry;
use crate::outbound::PASSED;
use crate::request::{BODY_BYTES, bearer_in};
use crate::response::Reply;
use crate::rpc::account::{CONTENT_HEADERS, PROXIED_HEADERS, ProxyCall, ReplyHead, proxied};
use crate::rpc::workspace::is_known_to_be_unknown;
use crate::shape::{Shape, failed};

/// A stated length up to which a body mostly comes with its head, and is not watched to its end by a pipe of its own.
const SHORT_BYTES: i32 = 64 * 1024;
const REST_OF_SHORT: Span = Span::secs(8);

/// One for each isolate, with the calls on their way, by the number that JavaScript has given. A number and not an object:
/// after a trap the module starts anew, and no pointer into its former memory may be left with JavaScript.
#[wasm_bindgen]
pub struct FastPath(RefCell<BTreeMap<u32, FastCall>>);

// A caught panic leaves nothing half done: a call is in the map, or it is not.
impl UnwindSafe for FastPath {}
impl RefUnwindSafe for FastPath {}

/// What JavaScript says of a request.
struct Asked {
    method: String,
    url: Url,
    key: Secret<String>,
}

#[wasm_bindgen]
#[expect(
    clippy::unused_self,
    reason = "worker-build watches over the methods of an object: after a trap the module starts anew"
)]
impl FastPath {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self(RefCell::default())
    }

    /// The names of the headers that go to X, and of those that come back.
    #[wasm_bindgen(js_name = headerNames)]
    pub fn header_names(&self) -> Vec<String> {
        [CONTENT_HEADERS.join(" "), PROXIED_HEADERS.join(" ")].into()
    }

    /// Milliseconds for an answer, bytes of a short body, and milliseconds for the rest of a short body.
    pub fn limits(&self) -> Vec<i32> {
        let millis = |limit: Span| i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
        [millis(PASSED), SHORT_BYTES, millis(REST_OF_SHORT)].into()
    }

    /// Takes the call, if it is one for X under a key that this isolate knows, and nothing about it is unusual: the object's
    /// name, and what becomes of the body. A body of unknown length has no number for its length.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a value of JavaScript's, and one crossing is cheaper than two"
    )]
    pub fn call(
        &self,
        id: u32,
        env: &Env,
        method: String,
        url: &str,
        authorization: String,
        is_unusual: bool,
        length: f64,
    ) -> Option<Vec<String>> {
        let key = bearer_in(&Secret::new(authorization)).filter(has_form_of_key)?;
        let asked = Asked { method, url: Url::parse(url).ok()?, key };
        let call = if is_unusual { None } else { FastCall::of(env, asked, length) }?;
        let said = [call.object.as_str(), call.body()].map(str::to_owned).into();
        self.0.borrow_mut().insert(id, call);
        Some(said)
    }

    /// The message to the object. `read` is the body, if it was read.
    pub fn message(&self, id: u32, read: Option<Vec<u8>>) -> Result<String, JsError> {
        let mut calls = self.0.borrow_mut();
        let FastCall { call, .. } = calls.get_mut(&id).ok_or_else(unknown)?;
        if let Some(read) = read {
            call.charge = Some(call.target.charge(&call.method, &read));
        }
        serde_json::to_string(&call).map_err(|_| unknown())
    }

    /// The object has given the caller's whole answer.
    pub fn done(&self, id: u32, status: u16) {
        if let Some(call) = self.take(id) {
            call.entry.done(status);
        }
    }

    /// The object has refused the call, or has answered it without the fast path.
    pub fn finish(&self, id: u32, answer: web_sys::Response) -> Promise {
        let call = self.take(id);
        future_to_promise(AssertUnwindSafe(async move {
            let mut call = call.ok_or_else(unknown)?;
            let response = forget_unknown(&call.call, proxied(&answer.into()).await);
            let answer = match response.and_then(reply) {
                Ok(reply) => call.sent(reply),
                Err(error) => {
                    if matches!(&error, Error::Refused(refused) if refused.code == Code::InvalidApiKey) {
                        call.entry.key_id = None;
                    }
                    call.refused(&error)
                }
            };
            Ok(answer?.into())
        }))
    }

    /// No answer of the object came.
    pub fn failed(&self, id: u32, error: JsValue) -> Result<web_sys::Response, JsValue> {
        let call = self.take(id).ok_or_else(unknown)?;
        call.refused(&worker::Error::from(error).into()).map_err(Into::into)
    }

    /// No answer came to a request, on the fast path or off it.
    pub fn unanswered(
        &self,
        request: web_sys::Request,
        env: &Env,
        cause: JsValue,
    ) -> Result<web_sys::Response, JsValue> {
        Ok(crate::unanswered(request.into(), env, cause.into())?.into())
    }

    fn take(&self, id: u32) -> Option<FastCall> {
        self.0.borrow_mut().remove(&id)
    }
}

/// Of a module that was started anew.
fn unknown() -> JsError {
    JsError::new("a call is not known any more")
}

/// Whether a body of this length is read here.
fn is_readable(length: f64) -> bool {
    u32::try_from(BODY_BYTES).is_ok_and(|most| length <= f64::from(most))
}

/// A call on the fast path, from its request to its line in the log.
struct FastCall {
    call: ProxyCall,
    object: String,
    entry: Entry,
    is_https: bool,
}

impl FastCall {
    fn of(env: &Env, asked: Asked, length: f64) -> Option<Self> {
        let Asked { method, url, key } = asked;
        let Found::Call(Call { row, route }) = find(&method, url.path()) else { return None };
        let app = App::of(env).ok()?;
        app.public_origin(&url).ok()?;
        if admit(app.configured_origin(), &method, &url, Some(&route)) != Admission::Serve {
            return None;
        }
        let Route::Proxy { account: None, target: Some(target) } = route else { return None };
        if target.creates_post(&method) && !is_readable(length) {
            return None;
        }
        // EXPOSE: hashed.
        let key_digest = base64url(&sha256(key.expose().as_bytes()));
        let Knower { object, key_id } = object_of(&key_digest).filter(|_| !is_known_to_be_unknown(&key_digest))?;
        let mut entry = Entry::new(method.clone());
        (entry.route, entry.key_id) = (row.path, Some(key_id.clone()));
        let is_https = url.scheme() == "https";
        let head = Some(ReplyHead { request_id: entry.request_id.clone(), is_https });
        let charge = (!is_read(&method)).then(|| target.charge(&method, &[]));
        let (access, query) = (row.access?, url.query().map(str::to_owned));
        let call = ProxyCall { key_digest, key_id, access, admitted_for: None, method, target, query, charge, head };
        Some(Self { call, object, entry, is_https })
    }

    /// Whether the body is read for the call's price (it is short then), passed on, or left.
    fn body(&self) -> &'static str {
        match (self.call.creates_post(), &self.call.charge) {
            (true, _) => "read",
            (false, Some(_)) => "passed",
            (false, None) => "none",
        }
    }

    fn sent(&self, reply: Reply) -> worker::Result<web_sys::Response> {
        crate::sent(reply.over(self.is_https), &self.entry).map(Into::into)
    }

    fn refused(&self, error: &Error) -> worker::Result<web_sys::Response> {
        self.sent(failed(error, Shape::Problem, &self.entry))
    }
}
