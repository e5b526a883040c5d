//! The one path of every call with a key: authorise, look under the idempotency key, let the area do the work, write the
//! audit, and store the answer, all in one transaction.
//!
//! What is said of a call goes in a header, its body behind that as it comes. The key is looked up before any of the body
//! is read.

use std::rc::Rc;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::{utf8, without_mark};
use latchkey_core::api::refused::Refused;
use latchkey_core::idempotency::{Decision, Key, Row, Stored};
use latchkey_core::json;
use latchkey_core::key::Caller;
use serde_json::Value;
use worker::wasm_bindgen::JsValue;
use worker::{Request, Response, ResponseBuilder, web_sys};

use super::areas::Done;
use super::store::outbox::Begun;
use super::{Workspace, access, areas, jobs};
use crate::error::{Doing, Error, Result};
use crate::names::WORKSPACE;
use crate::request::{BODY_BYTES, broken_off, too_large};
use crate::rpc::wire::{answer, reply};
use crate::rpc::workspace::{
    ANSWER_HEADER, AnswerHeader, ApiRequest, Call, CallHeader, CallResponse, Command, Content, Head, Outcome,
    Repeatable, Replied, Served, Stage, UNKNOWN_KEY,
};
use crate::runtime::{entropy, now};
use crate::stream::body_of;

/// A call whose body is a stream.
pub async fn streamed(w: &Rc<Workspace>, header: &str, request: &Request) -> Result<CallResponse> {
    let CallHeader { head, body: content } = json::from_str(header)?;
    // Once more with the call itself: until all of the body is there, the key may be deleted.
    access::authorise(w, &head)?;
    let limit = if matches!(content, Content::Command { .. }) { usize::MAX } else { BODY_BYTES };
    let body = match body_of(request.inner(), limit).await {
        Ok(body) => body.ok_or_else(|| too_large(BODY_BYTES)),
        Err(_) if matches!(content, Content::Served(_)) => Err(broken_off()),
        Err(error) => return Err(error).doing("read a body"),
    };
    perform(w, content.into_call(head, body)?).await
}

/// A call whose body is there.
pub async fn called(w: &Rc<Workspace>, header: &str, body: Vec<u8>) -> Result<CallResponse> {
    let CallHeader { head, body: content } = json::from_str(header)?;
    perform(w, content.into_call(head, Ok(body))?).await
}

/// The result of a call. The body of an answer goes to the edge as it is: what is said of it is in a header.
pub fn replied(w: &Workspace, result: Result<CallResponse>) -> worker::Result<Response> {
    match result {
        Ok(CallResponse { key_id, outcome: Outcome::Done(replied) }) => {
            let header = serde_json::to_string(&AnswerHeader::new(&key_id, &replied))?;
            let response = ResponseBuilder::new().with_header(ANSWER_HEADER, &header)?;
            Ok(response.fixed(replied.answer.body.into_bytes()))
        }
        other => answered(w, &other.and_then(reply)),
    }
}

/// The same by RPC, as [`CallResponse::text`]. A long answer, and a fault or a refusal of the call itself, is a response.
pub fn said(w: &Workspace, result: Result<CallResponse>) -> worker::Result<JsValue> {
    match result {
        Ok(response) if response.is_short() => Ok(response.text()?.into()),
        other => Ok(web_sys::Response::from(replied(w, other)?).into()),
    }
}

/// The result of a message. That nobody has a key is told apart, since it may be remembered; not while a backup that has
/// such keys is being restored.
pub fn answered(w: &Workspace, result: &Result<Value>) -> worker::Result<Response> {
    let is_unknown = matches!(result, Err(Error::Refused(refused)) if refused.code == Code::InvalidApiKey);
    if is_unknown && !areas::freeze::is_restoring(w).unwrap_or(true) {
        return Ok(ResponseBuilder::new().with_status(UNKNOWN_KEY).fixed(serde_json::to_vec(result)?));
    }
    answer(result)
}

async fn perform(w: &Rc<Workspace>, mut call: Call) -> Result<CallResponse> {
    w.turn.next().await;
    let caller = access::authorise(w, &call.head)?;
    if let Some(key) = &mut call.idempotency {
        key.key = caller.idempotency_key(&key.name(), call.head.access);
    }
    let (outcome, handed) = w.store.transaction(|| execute(w, &call, &caller))?;
    jobs::outbox::hand_over(w, handed);
    jobs::arm(w).await?;
    if let Command::Post(command) = &call.command
        && let Some(post_id) = command.changed()
    {
        w.waiting.tell(post_id);
    }
    Ok(CallResponse { key_id: caller.key_id, outcome })
}

fn execute(w: &Workspace, call: &Call, caller: &Caller) -> Result<(Outcome, Vec<Begun>)> {
    if let Some(replay) = replay(w, call)? {
        return Ok((Outcome::Done(replay), Vec::new()));
    }
    // A command decides before it writes, so a refusal leaves nothing behind.
    let Done { result: outcome, audited, handed, is_secret } = match areas::command(w, call, caller) {
        Err(Error::Refused(refused)) => Outcome::Done(Replied::fresh(refused.answer(&call.head.request_id))).into(),
        done => done?,
    };
    for audited in audited {
        areas::events::record(w, &audited.by(caller, &call.head.request_id, now()))?;
    }
    remember(w, call, &outcome, is_secret)?;
    Ok((outcome, handed))
}

/// What the idempotency key says already.
fn replay(w: &Workspace, call: &Call) -> Result<Option<Replied>> {
    let Some(key) = call.idempotency.as_ref().filter(|_| call.head.stage != Stage::Finish) else { return Ok(None) };
    match key.decide(w.store.idempotency.find(&key.key)?, now()) {
        Decision::Run => Ok(None),
        // The edge opens what the edge has sealed.
        Decision::Replay(Stored { status, body, is_sealed }, at)
            if is_sealed && matches!(call.command, Command::Serve(_)) =>
        {
            let body = key.open(w.app()?.keyring(), WORKSPACE, &body)?;
            // EXPOSE: for a caller that may see what the first call saw.
            let body = utf8(body.expose())?.to_owned();
            Ok(Some(Replied {
                answer: Answer { status, body, retry_after: None },
                first_at: Some(at),
                is_sealed: false,
            }))
        }
        Decision::Replay(Stored { status, body, is_sealed }, at) => {
            let answer = Answer { status, body, retry_after: None };
            Ok(Some(Replied { answer, first_at: Some(at), is_sealed }))
        }
        Decision::InProgress => {
            Err(Error::refused(Code::IdempotencyInProgress, "A call with this Idempotency-Key is still running."))
        }
        Decision::Reused => {
            Err(Error::refused(Code::IdempotencyKeyReused, "This Idempotency-Key was used for a different call."))
        }
    }
}

/// The answer goes into the same transaction as the effect. One that may differ next time frees the key.
fn remember(w: &Workspace, call: &Call, outcome: &Outcome, is_secret: bool) -> Result<()> {
    let Some(key) = &call.idempotency else { return Ok(()) };
    let answer = match outcome {
        Outcome::Plan(_) | Outcome::Again => None,
        Outcome::Done(done) if !done.answer.is_repeatable() || !key.keeps(done.answer.status) => {
            return w.store.idempotency.delete(&key.key);
        }
        Outcome::Done(Replied { answer, .. }) if is_secret => {
            let body = key.seal(w.app()?.keyring(), WORKSPACE, &answer.body, entropy()?)?;
            Some(Stored { status: answer.status, body, is_sealed: true })
        }
        Outcome::Done(Replied { answer, is_sealed, .. }) => {
            Some(Stored { status: answer.status, body: answer.body.clone(), is_sealed: *is_sealed })
        }
    };
    let row = Row { fingerprint: key.fingerprint.clone(), started_at: now(), answer };
    w.store.idempotency.save(&key.key, &row)
}

impl Content {
    fn into_call(self, head: Head, body: Result<Vec<u8>, Refused>) -> Result<Call> {
        Ok(match self {
            Self::Command { idempotency } => Call { head, idempotency, command: json::from_slice(&body?)? },
            Self::Served(served) => served.into_call(head, body),
        })
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
        let bound =
            |to: Repeatable| Some(Key { is_made: to.is_made, ..Key::new(&to.key, &to.method, &to.path, bytes)? });
        let idempotency = self.idempotency.and_then(bound);
        let command = match utf8(bytes) {
            Ok(text) => Command::Serve(ApiRequest { route: self.route, query: self.query, body: text.to_owned() }),
            Err(error) => refused(error),
        };
        Call { head, idempotency, command }
    }
}
