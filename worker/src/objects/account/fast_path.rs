//! The object's part of the fast path (docs/ARCHITECTURE.md, "The fast path of a call for X"): decides for
//! `worker/js/entry.js`, which asks X. A call that is not taken here is answered by [`super::proxy`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
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

/// Calls on their way to X, by the number that JavaScript has given. A number and not an object: after a trap the module
/// starts anew, and no pointer into its former memory may be left with JavaScript.
#[derive(Default)]
pub(super) struct Passings(RefCell<BTreeMap<u32, Rc<Passing>>>);

#[wasm_bindgen]
impl AccountObject {
    /// Takes the call of a message and says what X is asked ([`Passing::order`]), or nothing if the fast path does not take it.
    /// Of a call that writes a promise of the same, because the workspace is asked.
    pub fn passing(&self, id: u32, message: &str) -> JsValue {
        let passing = self.account.get().ok().and_then(|account| Passing::of(account, message));
        match passing {
            None => JsValue::UNDEFINED,
            Some(passing) if passing.call.charge.is_none() => passing.taken(id),
            Some(passing) => {
                let admitted =
                    async move { Ok(passing.admitted().await.map_or(JsValue::UNDEFINED, |passing| passing.taken(id))) };
                future_to_promise(AssertUnwindSafe(admitted)).into()
            }
        }
    }

    /// The head of X's answer to a call that creates a post. The body is read next, and may break off.
    #[wasm_bindgen(js_name = responseHead)]
    pub fn response_head(&self, id: u32, status: u16, told: &str) -> std::result::Result<(), JsError> {
        let noted = self.passing_of(id).and_then(|passing| passing.note(status, &pairs(told)));
        noted.map_err(|_| JsError::new("an answer could not be noted"))
    }

    /// X has answered. A text has the headers for the caller ([`Passing::caller_headers`]); anything else is the caller's
    /// answer. Of a call that writes a promise of the same.
    pub fn answered(&self, id: u32, status: u16, told: &str, created: Option<Vec<u8>>) -> JsValue {
        let passing = match self.passing_of(id) {
            Ok(passing) => passing,
            Err(error) => return said(Err(error)),
        };
        if passing.call.charge.is_none() {
            let response = passing.caller_headers(status, told, None);
            passing.account.arm_beside();
            return said(response);
        }
        let told = told.to_owned();
        future_to_promise(AssertUnwindSafe(async move {
            if created.is_some() {
                passing.account.turn.next().await;
            }
            let response = passing.caller_headers(status, &told, created.as_deref());
            passing.account.arm_beside();
            let ending = if response.is_ok() { Ending::Answered(status) } else { Ending::Stopped };
            let given_back = passing.account.give_back(passing.account_id.clone(), passing.reserved, ending).await;
            Ok(said(given_back.and(response)))
        }))
        .into()
    }

    /// X was asked, and there is no answer that can be passed on. X may have acted: the price stays counted.
    pub fn unanswered(&self, id: u32, why: &str) -> JsValue {
        if let Ok(passing) = self.passing_of(id) {
            passing.account.arm_beside();
        }
        said(Err(match why {
            "late" => NoAnswer::TimedOut,
            "large" => NoAnswer::TooLarge,
            "status" => NoAnswer::NoStatus,
            _ => NoAnswer::Broken,
        }
        .refused()
        .into()))
    }

    /// JavaScript is done with the call.
    pub fn ended(&self, id: u32) {
        if let Ok(account) = self.account.get() {
            account.passings.0.borrow_mut().remove(&id);
        }
    }

    fn passing_of(&self, id: u32) -> Result<Rc<Passing>> {
        let known = self.account.get()?.passings.0.borrow().get(&id).cloned();
        known.ok_or_else(|| Error::fault("a call is not known any more"))
    }
}

/// A call on its way to X.
pub(super) struct Passing {
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

    /// The same after the checks of a writing call, in the order of [`Inner::proxy`]. What is refused goes its usual way from the
    /// beginning, where the refusal is written; a price that was taken goes back first.
    async fn admitted(self) -> Option<Self> {
        let Self { account, call, account_id, .. } = &self;
        let reserved = account.admit(call, account_id, &self.key_id).await.ok()?;
        let access = account.access_after_admission(call, account_id).await;
        if access.is_none() {
            let given_back = account.give_back(account_id.clone(), reserved, Ending::Stopped).await;
            log::unattended("account", "a price given back", &given_back);
        }
        access.map(|access| Self { access, reserved, ..self })
    }

    fn taken(self, id: u32) -> JsValue {
        let Ok(order) = self.order() else { return JsValue::UNDEFINED };
        let account = Rc::clone(&self.account);
        account.passings.0.borrow_mut().insert(id, Rc::new(self));
        order.into()
    }

    /// A line each: whether the answer is read, because it names a post that was created; method; address; whether a body
    /// goes along; and the headers of ours, names and values by turns.
    fn order(&self) -> Result<String> {
        let Self { call, access, .. } = self;
        let address = self.account.app()?.x().address(&call.target.path(), call.query.as_deref());
        let created = if self.creating.is_some() { "created" } else { "" };
        let body = if call.charge.is_some() { "body" } else { "" };
        // EXPOSE: goes to X's API.
        let token = format!("Bearer {}", access.token.expose());
        let (method, address) = (call.method.as_str(), address.as_str());
        let headers = ["accept-encoding", "identity", USER_AGENT.as_str(), AGENT, "authorization", &token];
        Ok([[created, method, address, body].as_slice(), headers.as_slice()].concat().join("\n"))
    }

    /// The windows that X has told, and a token that X has refused.
    fn note(&self, status: u16, headers: &[(&str, String)]) -> Result<()> {
        self.account.take_note(&self.call.endpoint(), &self.access, status, headers)
    }

    /// The headers of ours on the answer, names and values by turns. The head of an answer with `created` is noted already.
    fn caller_headers(&self, status: u16, told: &str, created: Option<&[u8]>) -> Result<String> {
        let headers = pairs(told);
        match created {
            Some(body) => self.account.claim_in(body)?,
            None => self.note(status, &headers)?,
        }
        let content_type = headers.iter().find(|(name, _)| *name == "content-type").map(|(_, value)| value.as_str());
        let reply = Reply::passed_head(status, content_type).over(self.head.is_https);
        let own: Vec<&str> = reply.own_headers(&self.head.request_id).flat_map(|(name, value)| [name, value]).collect();
        Ok(own.join("\n"))
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

    /// While the workspace was asked, the key may have ended, and the token may have changed.
    async fn access_after_admission(self: &Rc<Self>, call: &ProxyCall, account_id: &AccountId) -> Option<Access> {
        let access = self.access_token(account_id).await.ok()?.ok()?;
        call.target.require_consent(&call.method, call.query.as_deref(), access.only.as_ref()).ok()?;
        self.billed(call).ok().map(|_| access)
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
