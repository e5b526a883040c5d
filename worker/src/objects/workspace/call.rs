//! A call with an API key on its way to the ledger: what is said of it goes in a header, its body behind that as it comes.
//! The key is looked up before any of the body is read.

use latchkey_core::api::code::Code;
use latchkey_core::api::input::{utf8, without_mark};
use latchkey_core::api::refused::Refused;
use latchkey_core::idempotency::Key;
use serde_json::Value;
use worker::{Request, Response, ResponseBuilder};

use super::{ApiRequest, Call, Command, Head, Inner};
use crate::error::{Doing, Error, Result};
use crate::request::{BODY_BYTES, too_large};
use crate::rpc::wire::{answer, reply};
use crate::rpc::workspace::{Announced, Content, Repeatable, Served, UNKNOWN_KEY};
use crate::stream::body_of;

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
        let bound = |to: Repeatable| Key::new(&to.key, &to.method, &to.path, bytes);
        let idempotency = self.idempotency.and_then(bound);
        let command = match utf8(bytes) {
            Ok(text) => Command::Serve(ApiRequest { route: self.route, query: self.query, body: text.to_owned() }),
            Err(error) => refused(error),
        };
        Call { head, idempotency, command }
    }
}
