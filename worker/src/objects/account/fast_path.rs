//! The object's part of the fast path (docs/ARCHITECTURE.md, "The fast path of a call for X"): decides for
//! `worker/js/entry.js`, which asks X. A call that is not taken here is answered by [`super::proxy`].

use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

use http::header::USER_AGENT;
use js_sys::wasm_bindgen;
use latchkey_core::id::AccountId;
use latchkey_core::json;
use latchkey_core::x::price::Micros;
use latchkey_core::x::proxy::Ending;
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::{future_to_promise, spawn_local};
use worker::web_sys;

use super::proxy::Creating;
use super::tokens::Access;
use super::{AccountObject, Inner};
use crate::error::{Error, Result};
use crate::log;
use crate::outbound::{AGENT, NoAnswer};
use crate::response::Reply;
use crate::rpc::account::{ProxyCall, ReplyHead, refusal};
use crate::runtime::now;

#[wasm_bindgen]
impl AccountObject {
    /// The call of a message, or nothing if the fast path does not take the message. A call that writes is a promise of the
    /// same, because the workspace is asked.
    pub fn passing(&self, message: &str) -> JsValue {
        let passing = self.account.get().ok().and_then(|account| Passing::of(account, message));
        match passing {
            None => JsValue::UNDEFINED,
            Some(passing) if passing.call.charge.is_none() => PassedCall::from(passing).into(),
            Some(passing) => {
                let admitted = async { Ok(passing.admitted().await.map(PassedCall::from).into()) };
                future_to_promise(AssertUnwindSafe(admitted)).into()
            }
        }
    }
}

/// A call on its way to X.
struct Passing {
    account: Rc<Inner>,
    call: ProxyCall,
    head: ReplyHead,
    account_id: AccountId,
    key_id: String,
    access: Access,
    reserved: Micros,
    creating: Option<Creating>,
}

impl Passing {
    /// In the order of [`Inner::proxy`]: the owner of the key, the token, and the consent. All of it is known here, or the
    /// fast path does not take the call.
    fn of(account: &Rc<Inner>, message: &str) -> Option<Self> {
        let mut call: ProxyCall = json::from_str(message).ok()?;
        let head = call.head.take()?;
        let (account_id, key_id) = account.billed(&call).ok()?;
        let access = account.access_at_hand(&call, &account_id)?;
        let creating = call.creates_post().then(|| Creating::new(account));
        Some(Self {
            account: Rc::clone(account),
            call,
            head,
            account_id,
            key_id,
            access,
            reserved: Micros(0),
            creating,
        })
    }

    /// The same after the checks of a writing call. A refusal of the workspace is asked for once more, by the call's usual
    /// way: nothing was taken. While the workspace was asked, the key may have ended, and the token may have changed.
    async fn admitted(self) -> Option<Self> {
        let Self { account, call, account_id, .. } = &self;
        let reserved = account.admit(call, account_id, &self.key_id).await.ok()?;
        let access = account.billed(call).ok().and_then(|_| account.access_at_hand(call, account_id));
        if access.is_none() {
            let given_back = account.give_back(account_id.clone(), reserved, Ending::Stopped).await;
            log::unattended("account", "a price given back", &given_back);
        }
        access.map(|access| Self { access, reserved, ..self })
    }

    /// Method, address, whether a body goes along, and the headers of ours, names and values by turns.
    fn order(&self) -> Result<Vec<String>> {
        let Self { call, access, .. } = self;
        let address = self.account.app()?.x().address(&call.target.path(), call.query.as_deref());
        let body = if call.charge.is_some() { "body" } else { "" };
        // EXPOSE: goes to X's API.
        let token = format!("Bearer {}", access.token.expose());
        let headers = ["accept-encoding", "identity", USER_AGENT.as_str(), AGENT, "authorization", &token];
        let first = [call.method.as_str(), address.as_str(), body];
        Ok(first.into_iter().chain(headers).map(str::to_owned).collect())
    }

    /// The headers of ours on the answer, names and values by turns. Without `created` the answer was not read.
    fn caller_headers(&self, status: u16, told: &str, created: Option<&[u8]>) -> Result<String> {
        let headers = pairs(told);
        self.account.take_note(&self.call.endpoint(), &self.access, status, &headers)?;
        created.map_or(Ok(()), |body| self.account.claim_in(body))?;
        let content_type = headers.iter().find(|(name, _)| *name == "content-type").map(|(_, value)| value.as_str());
        let reply = Reply::passed_head(status, content_type).over(self.head.is_https);
        let own: Vec<&str> = reply.own_headers(&self.head.request_id).flat_map(|(name, value)| [name, value]).collect();
        Ok(own.join("\n"))
    }
}

/// For JavaScript, which frees it when the answer is there.
#[wasm_bindgen]
pub struct PassedCall(Rc<Passing>);

// As for the object itself: a caught panic leaves nothing half done.
impl UnwindSafe for PassedCall {}
impl RefUnwindSafe for PassedCall {}

impl From<Passing> for PassedCall {
    fn from(passing: Passing) -> Self {
        Self(Rc::new(passing))
    }
}

#[wasm_bindgen]
impl PassedCall {
    /// What X is asked ([`Passing::order`]), a line each.
    pub fn order(&self) -> std::result::Result<String, JsError> {
        self.0.order().map(|lines| lines.join("\n")).map_err(|_| JsError::new("a call could not be addressed"))
    }

    /// Whether the answer is read, because it names a post that was created.
    #[wasm_bindgen(getter, js_name = createsPost)]
    pub fn creates_post(&self) -> bool {
        self.0.creating.is_some()
    }

    /// X has answered. A text has the headers for the caller ([`Passing::caller_headers`]); anything else is the caller's answer. A
    /// promise of one of them if a price goes back.
    #[expect(clippy::needless_pass_by_value, reason = "bytes of JavaScript's come as a vector")]
    pub fn answered(&self, status: u16, told: &str, created: Option<Vec<u8>>) -> JsValue {
        let passing = Rc::clone(&self.0);
        let response = passing.caller_headers(status, told, created.as_deref());
        passing.account.arm_beside();
        let ending = if response.is_ok() { Ending::Answered(status) } else { Ending::Stopped };
        if ending.given_back(passing.reserved).is_none() {
            return said(response);
        }
        future_to_promise(AssertUnwindSafe(async move {
            let given_back = passing.account.give_back(passing.account_id.clone(), passing.reserved, ending).await;
            Ok(said(given_back.and(response)))
        }))
        .into()
    }

    /// X was asked, and there is no answer that can be passed on. X may have acted: the price stays counted.
    pub fn unanswered(&self, why: &str) -> JsValue {
        self.0.account.arm_beside();
        said(Err(match why {
            "late" => NoAnswer::TimedOut,
            "large" => NoAnswer::TooLarge,
            "status" => NoAnswer::NoStatus,
            _ => NoAnswer::Broken,
        }
        .refused()
        .into()))
    }
}

impl Inner {
    /// The token for a call, if it needs no refresh and its consent covers the call.
    fn access_at_hand(&self, call: &ProxyCall, account_id: &AccountId) -> Option<Access> {
        if self.frozen().ok()? {
            return None;
        }
        let access = self.kept_access(account_id)?;
        call.target.require_consent(&call.method, call.query.as_deref(), access.only.as_ref()).ok()?;
        Some(access)
    }

    /// The end of an event that does not wait for the alarm. It mostly stands already.
    fn arm_beside(self: &Rc<Self>) {
        self.ask_who_was_refreshed();
        self.kept.close_tokens(now());
        if self.db.is_alarm_derived() {
            return;
        }
        let account = Rc::clone(self);
        spawn_local(async move { log::unattended("account", "set the alarm", &account.arm().await) });
    }
}

fn said(response: Result<String, Error>) -> JsValue {
    match response {
        Ok(headers) => headers.into(),
        Err(error) => refusal(&error).map_or(JsValue::UNDEFINED, |answer| web_sys::Response::from(answer).into()),
    }
}

/// Lines, names and values by turns.
fn pairs(lines: &str) -> Vec<(&str, String)> {
    let mut lines = lines.split('\n');
    std::iter::from_fn(|| Some((lines.next()?, lines.next()?.to_owned()))).collect()
}
