//! A call with an API key on its way to the ledger: what is said of it goes in a header, its body behind that as it comes.
//! The key is looked up before any of the body is read.

use std::cell::RefCell;

use latchkey_core::api::code::Code;
use latchkey_core::api::input::{utf8, without_mark};
use latchkey_core::api::refused::Refused;
use latchkey_core::idempotency::Key;
use latchkey_core::key::{Access, UnknownKeys};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::wasm_bindgen::JsValue;
use worker::web_sys::ReadableStream;
use worker::{Headers, Request, Response, ResponseBuilder};

use super::{ApiRequest, Call, Command, Heard, Inner, Stage, WorkspaceStub};
use crate::error::{Doing, Error, Result};
use crate::objects::wire::{answer, post, reply, result_of};
use crate::request::{BODY_BYTES, too_large};
use crate::runtime::now;
use crate::stream::body_of;

/// Carries [`Announced`].
pub(super) const CALL_HEADER: &str = "call";
/// The status of an answer to a key that nobody has.
const UNKNOWN_KEY: u16 = 401;

thread_local! {
    /// Plain values, as all that requests of one isolate may share.
    static UNKNOWN: RefCell<UnknownKeys> = RefCell::default();
}

/// What every message of a call says.
#[derive(Clone, Serialize, Deserialize)]
pub struct Head {
    /// SHA-256 of the presented key, base64url; or the name of a browser's session that stands for one.
    pub key_digest: String,
    /// What the route asks of the key.
    pub access: Access,
    pub request_id: String,
    /// What X must know as our callback URL.
    pub callback_url: String,
    /// It is refused while the deployment stands still.
    pub changes: bool,
    pub stage: Stage,
}

/// A call that the ledger answers by itself, but for its body.
#[derive(Serialize, Deserialize)]
pub struct Served {
    pub method: String,
    pub path: String,
    pub query: String,
    pub idempotency_key: Option<String>,
    /// Nothing is as good as an empty object.
    pub is_body_optional: bool,
}

#[derive(Serialize, Deserialize)]
struct Announced {
    head: Head,
    body: Content,
}

#[derive(Serialize, Deserialize)]
enum Content {
    /// A [`Command`] in JSON.
    Command { idempotency: Option<Key> },
    /// The caller's own.
    Served(Served),
}

/// Whether the ledger said in the last ten seconds that nobody has this key.
pub fn is_known_to_be_unknown(digest: &str) -> bool {
    UNKNOWN.with_borrow(|unknown| unknown.holds(digest, now()))
}

impl WorkspaceStub {
    pub async fn command(&self, head: Head, idempotency: Option<Key>, command: &Command) -> Result<Heard> {
        let body = serde_json::to_string(command)?;
        self.call(Announced { head, body: Content::Command { idempotency } }, Some(body.into())).await
    }

    pub async fn serve(&self, head: Head, served: Served, body: Option<ReadableStream>) -> Result<Heard> {
        self.call(Announced { head, body: Content::Served(served) }, body.map(Into::into)).await
    }

    async fn call(&self, announced: Announced, body: Option<JsValue>) -> Result<Heard> {
        let headers = Headers::new();
        headers.set(CALL_HEADER, &serde_json::to_string(&announced)?)?;
        let answer = post(&self.stub, headers, body).await?;
        keyed(&announced.head.key_digest, answer).await
    }

    /// A message that carries a key's digest otherwise.
    pub(super) async fn ask_as<R: DeserializeOwned>(&self, digest: &str, message: &impl Serialize) -> Result<R> {
        let message = serde_json::to_string(message)?;
        keyed(digest, post(&self.stub, Headers::new(), Some(message.into())).await?).await
    }
}

async fn keyed<R: DeserializeOwned>(digest: &str, answer: Response) -> Result<R> {
    if answer.status_code() == UNKNOWN_KEY {
        UNKNOWN.with_borrow_mut(|unknown| unknown.remember(digest, now()));
    }
    serde_json::from_value(result_of(answer).await?).doing("read an object's reply")
}

impl Inner {
    pub(super) async fn called(&self, announced: &str, request: &Request) -> Result<Value> {
        let Announced { head, body } = serde_json::from_str(announced)?;
        // Once more with the call itself: until all of the body is there, the key may be deleted.
        self.authorise(&head)?;
        let mut call = match body {
            Content::Command { idempotency } => {
                let body = body_of(request.inner(), usize::MAX).await?.unwrap_or_default();
                Call { head, idempotency, command: serde_json::from_slice(&body)? }
            }
            Content::Served(served) => {
                let body = body_of(request.inner(), BODY_BYTES).await.doing("read a body")?;
                served.into_call(head, body.ok_or_else(too_large))
            }
        };
        reply(self.api(&mut call).await?)
    }

    /// The result of a message. That nobody has a key is told apart, since it may be remembered; not while a backup that has
    /// such keys is being restored.
    pub(super) fn answered(&self, result: &Result<Value>) -> worker::Result<Response> {
        let is_unknown = matches!(result, Err(Error::Refused(refused)) if refused.code == Code::InvalidApiKey);
        if is_unknown && !self.is_restoring().unwrap_or(true) {
            return Ok(ResponseBuilder::new().with_status(UNKNOWN_KEY).fixed(serde_json::to_vec(result)?));
        }
        answer(result)
    }
}

impl Served {
    /// With its body, or what is wrong with that: a refusal like any other of the call.
    fn into_call(self, head: Head, body: Result<Vec<u8>, Refused>) -> Call {
        let refused = |refused| Command::Refuse(Box::new(refused));
        let body = match body {
            Ok(body) => body,
            Err(too_large) => return Call { head, idempotency: None, command: refused(too_large) },
        };
        let bytes = if body.is_empty() && self.is_body_optional { b"{}" } else { without_mark(&body) };
        let idempotency =
            self.idempotency_key.as_deref().and_then(|key| Key::new(key, &self.method, &self.path, bytes));
        let command = match utf8(bytes) {
            Ok(text) => {
                let body = text.to_owned();
                Command::Serve(ApiRequest { method: self.method, path: self.path, query: self.query, body })
            }
            Err(error) => refused(error),
        };
        Call { head, idempotency, command }
    }
}
