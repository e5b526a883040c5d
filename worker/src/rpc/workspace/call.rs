//! A call with an API key on its way to the Workspace object: a header describes the call, and the body follows as it is. A
//! body that is there, and short, goes by RPC; any other is a stream and goes by `fetch`.

use std::cell::RefCell;

use js_sys::Uint8Array;
use latchkey_core::api::answer::Answer;
use latchkey_core::idempotency::Key;
use latchkey_core::json;
use latchkey_core::key::{Access, RecentDigests};
use latchkey_core::routes::Route;
use latchkey_core::time::UnixMillis;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::wasm_bindgen::JsValue;
use worker::{Headers, Response};

use super::{CallResponse, Command, Outcome, Replied, Stage, WorkspaceStub};
use crate::error::{Doing, Result};
use crate::request::BODY_BYTES;
use crate::rpc::wire::{Said, call, post, result_of};
use crate::runtime::now;
use crate::stream::text_of;

/// Carries [`CallHeader`].
pub const CALL_HEADER: &str = "call";
/// Carries [`AnswerHeader`] beside the body of an answer, which no side reads on its way.
pub const ANSWER_HEADER: &str = "answer";
/// A longer body, or a longer answer, goes by `fetch`: RPC carries 32 MiB at most
/// (<https://developers.cloudflare.com/workers/runtime-apis/rpc/#limitations>).
pub const SHORT_BYTES: usize = BODY_BYTES;
/// The status of an answer to a key that nobody has.
pub const UNKNOWN_KEY: u16 = 401;

thread_local! {
    /// Plain values, as all that requests of one isolate may share.
    static UNKNOWN: RefCell<RecentDigests> = RefCell::default();
    /// Opens nothing: it only says for whom a body is read before the object is asked.
    static KNOWN: RefCell<RecentDigests> = RefCell::default();
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
    /// It is refused while the deployment is frozen.
    pub changes: bool,
    pub stage: Stage,
}

/// A call that the workspace answers by itself, but for its body.
#[derive(Serialize, Deserialize)]
pub struct Served {
    pub route: Route,
    pub query: String,
    pub idempotency: Option<Repeatable>,
    /// Nothing is as good as an empty object.
    pub is_body_optional: bool,
}

/// An `Idempotency-Key`, and the call that it is bound to; with the body it becomes a [`Key`].
#[derive(Serialize, Deserialize)]
pub struct Repeatable {
    pub key: String,
    /// See [`Key::is_made`].
    #[serde(default)]
    pub is_made: bool,
    pub method: String,
    pub path: String,
}

#[derive(Serialize, Deserialize)]
pub struct CallHeader {
    pub head: Head,
    pub body: Content,
}

/// The body of a call.
pub enum CallBody {
    /// It is there, and has at most [`SHORT_BYTES`].
    Short(Uint8Array),
    Long(JsValue),
}

/// What is said of an answer beside its body.
#[derive(Serialize, Deserialize)]
pub struct AnswerHeader {
    pub key_id: String,
    pub status: u16,
    pub retry_after: Option<i64>,
    /// When a repeated answer was given first.
    pub first_at: Option<UnixMillis>,
    /// The same as yes or no, for an edge of the release before: while a deployment spreads, both are at work.
    #[serde(default)]
    pub is_replayed: bool,
    pub is_sealed: bool,
}

#[derive(Serialize, Deserialize)]
pub enum Content {
    /// A [`Command`] in JSON.
    Command { idempotency: Option<Key> },
    /// The caller's own.
    Served(Served),
}

impl AnswerHeader {
    pub fn new(key_id: &str, Replied { answer, first_at, is_sealed }: &Replied) -> Self {
        Self {
            key_id: key_id.to_owned(),
            status: answer.status,
            retry_after: answer.retry_after,
            first_at: *first_at,
            is_replayed: first_at.is_some(),
            is_sealed: *is_sealed,
        }
    }
}

impl CallResponse {
    pub fn is_short(&self) -> bool {
        !matches!(&self.outcome, Outcome::Done(replied) if replied.answer.body.len() > SHORT_BYTES)
    }

    /// Two parts: a line with the [`AnswerHeader`], and the body of the answer. Behind an empty line is any other result.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(match &self.outcome {
            Outcome::Done(replied) => {
                let header = serde_json::to_string(&AnswerHeader::new(&self.key_id, replied))?;
                [&header, "\n", &replied.answer.body].concat()
            }
            Outcome::Plan(_) | Outcome::Again => ["\n", &serde_json::to_string(self)?].concat(),
        })
    }
}

/// Whether the workspace said in the last ten seconds that nobody has this key.
pub fn is_known_to_be_unknown(digest: &str) -> bool {
    UNKNOWN.with_borrow(|unknown| unknown.holds(digest, now()))
}

/// Whether the workspace has accepted this key in the last ten seconds.
pub fn is_known(digest: &str) -> bool {
    KNOWN.with_borrow(|known| known.holds(digest, now()))
}

impl WorkspaceStub {
    pub async fn command(&self, head: Head, idempotency: Option<Key>, command: &Command) -> Result<CallResponse> {
        if matches!(command, Command::Backup(command) if command.restores()) {
            // It may bring a key that was refused a moment ago.
            UNKNOWN.with_borrow_mut(RecentDigests::clear);
        }
        let body = serde_json::to_vec(command)?;
        let bytes = Uint8Array::from(body.as_slice());
        let body = if body.len() > SHORT_BYTES { CallBody::Long(bytes.into()) } else { CallBody::Short(bytes) };
        self.call(CallHeader { head, body: Content::Command { idempotency } }, body).await
    }

    pub async fn serve(&self, head: Head, served: Served, body: CallBody) -> Result<CallResponse> {
        self.call(CallHeader { head, body: Content::Served(served) }, body).await
    }

    async fn call(&self, header: CallHeader, body: CallBody) -> Result<CallResponse> {
        let text = serde_json::to_string(&header)?;
        let said = match body {
            CallBody::Short(body) => call(&self.stub, &text, &body).await?,
            CallBody::Long(body) => {
                let headers = Headers::new();
                headers.set(CALL_HEADER, &text)?;
                Said::Response(post(&self.stub, headers, Some(body)).await?)
            }
        };
        said_of(&header.head.key_digest, said).await
    }

    /// A message that carries a key's digest otherwise.
    pub(super) async fn ask_as<R: DeserializeOwned>(&self, digest: &str, message: &impl Serialize) -> Result<R> {
        let message = serde_json::to_string(message)?;
        keyed(digest, post(&self.stub, Headers::new(), Some(message.into())).await?).await
    }
}

async fn said_of(digest: &str, said: Said) -> Result<CallResponse> {
    match said {
        Said::Text(text) => {
            let (line, body) = text.split_once('\n').unwrap_or_default();
            KNOWN.with_borrow_mut(|known| known.remember(digest, now()));
            if line.is_empty() { Ok(json::from_str(body)?) } else { response(line, body.to_owned()) }
        }
        Said::Response(answer) => match answer.headers().get(ANSWER_HEADER)? {
            Some(header) => {
                KNOWN.with_borrow_mut(|known| known.remember(digest, now()));
                response(&header, text_of(&answer).await.doing("read an object's reply")?)
            }
            None => keyed(digest, answer).await,
        },
    }
}

async fn keyed<R: DeserializeOwned>(digest: &str, answer: Response) -> Result<R> {
    if answer.status_code() == UNKNOWN_KEY {
        UNKNOWN.with_borrow_mut(|unknown| unknown.remember(digest, now()));
    }
    KNOWN.with_borrow_mut(|known| known.forget(digest));
    let result = result_of(answer).await?;
    KNOWN.with_borrow_mut(|known| known.remember(digest, now()));
    json::from_value(&result).doing("read an object's reply")
}

/// An answer whose body was not read on its way.
fn response(header: &str, body: String) -> Result<CallResponse> {
    let AnswerHeader { key_id, status, retry_after, first_at, is_sealed, .. } = json::from_str(header)?;
    let answer = Answer { status, body, retry_after };
    Ok(CallResponse { key_id, outcome: Outcome::Done(Replied { answer, first_at, is_sealed }) })
}
