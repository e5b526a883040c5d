//! Calls passed on to X unchanged (docs/API.md, section 9). The token does not leave this object: the call comes here
//! with an unread body, and X's answer goes back in the same way.

use std::rc::Rc;

use latchkey_core::id::{AccountId, XPostId};
use latchkey_core::json;
use latchkey_core::secret::Secret;
use latchkey_core::x::price::Micros;
use latchkey_core::x::proxy::Ending;
use latchkey_core::x::rate::{exhausted_until, windows_in};
use serde_json::Value;
use worker::{Headers, Request, Response, ResponseBuilder};

use super::Inner;
use super::lookup::{ME, NoResponse};
use super::tokens::Access;
use crate::error::{Doing, Error, Result};
use crate::log;
use crate::outbound::{NoAnswer, Proxied};
use crate::rpc::account::{CONTENT_HEADERS, KEY_ID_HEADER, PROXIED_HEADERS, PROXY_HEADER, ProxyCall};
use crate::rpc::workspace::Admission;
use crate::runtime::now;

impl Inner {
    /// In order: (1) the owner of the key; for a writing call (2) the windows, (3) the workspace's checks; (4) a token;
    /// (5) X. The call is never sent twice.
    pub(super) async fn proxy(self: &Rc<Self>, request: &Request) -> Result<Response> {
        let header = request.headers().get(PROXY_HEADER)?.unwrap_or_default();
        let call: ProxyCall = json::from_str(&header)?;
        let (account_id, key_id) = self.billed(&call)?;
        let reserved = self.admit(&call, &account_id, &key_id).await?;
        let proxied = self.send_to_x(&call, &account_id, request).await;
        let ending = match &proxied {
            Ok(Ok(answer)) => Ending::Answered(answer.status_code()),
            Ok(Err(_)) => Ending::Unanswered,
            Err(_) => Ending::Stopped,
        };
        self.give_back(account_id, reserved, ending).await?;
        let mut answer = proxied?.map_err(|no_answer| Error::from(NoResponse::NoAnswer(no_answer).refused()))?;
        answer.headers_mut().set(KEY_ID_HEADER, &key_id)?;
        Ok(answer)
    }

    /// Gives the price back of a call that X does not bill.
    pub(super) async fn give_back(&self, account_id: AccountId, reserved: Micros, ending: Ending) -> Result<()> {
        let Some(price) = ending.given_back(reserved) else { return Ok(()) };
        // If it is not heard of, it stays counted.
        let given_back = self.app()?.workspace()?.give_back(account_id, price).await;
        log::unattended("account", "a price given back", &given_back);
        Ok(())
    }

    /// The account of the call, and the key of the caller.
    pub(super) fn billed(&self, call: &ProxyCall) -> Result<(AccountId, String)> {
        if let Some(account_id) = &call.admitted_for {
            return Ok((account_id.clone(), call.key_id.clone()));
        }
        let holder = self.holder(&call.key_digest, call.access)?;
        let account_id = holder.binding.account_id.as_ref();
        let account_id = account_id.ok_or_else(|| Error::fault("a key of no account was kept here"))?;
        Ok((account_id.clone(), holder.key_id.clone()))
    }

    /// The price that was taken for it.
    pub(super) async fn admit(
        self: &Rc<Self>,
        call: &ProxyCall,
        account_id: &AccountId,
        key_id: &str,
    ) -> Result<Micros> {
        let Some(charge) = call.charge else { return Ok(Micros(0)) };
        let windows = self.windows_of(&call.endpoint())?;
        if let Some(until) = exhausted_until(&windows, now()) {
            return Err(NoResponse::Limited(until).refused().with_windows(windows).into());
        }
        let key = call.admitted_for.as_ref().map(|_| (call.key_digest.clone(), call.access));
        let (account_id, key_id) = (account_id.clone(), key_id.to_owned());
        let admission = Admission { account_id, charge, creates_post: call.creates_post(), key_id, key };
        self.admission(admission).await
    }

    async fn send_to_x(
        self: &Rc<Self>,
        call: &ProxyCall,
        account_id: &AccountId,
        request: &Request,
    ) -> Result<std::result::Result<Response, NoAnswer>> {
        let access =
            self.access_token(account_id).await?.map_err(|no_access| NoResponse::NoAccess(no_access).refused())?;
        call.target.require_consent(&call.method, call.query.as_deref(), access.only.as_ref())?;
        // It may have been deleted while something was waited for.
        self.billed(call)?;
        let _creating = call.creates_post().then(|| Creating::new(self));
        let app = self.app()?;
        let headers = x_headers(request, &access.token)?;
        // A request that only asks has no body (Fetch standard §5.3): X gives it no meaning.
        let body = request.inner().body().filter(|_| call.charge.is_some());
        let sent = app.x().proxy(&call.method, &call.target.path(), call.query.as_deref(), headers, body).await?;
        let proxied = match sent {
            Ok(proxied) => proxied,
            Err(no_answer) => return Ok(Err(no_answer)),
        };
        let headers = passed_headers(proxied.answer().headers())?;
        let status = proxied.answer().status_code();
        self.take_note(&call.endpoint(), &access, status, &headers)?;
        let answer = answer_of(status, &headers)?;
        if call.creates_post() {
            self.claim_created(proxied, answer).await
        } else {
            proxied.into_stream(answer).map(Ok)
        }
    }

    /// X has answered: the limits, and whether the token is good.
    pub(super) fn take_note(
        &self,
        endpoint: &str,
        access: &Access,
        status: u16,
        headers: &[(&str, String)],
    ) -> Result<()> {
        if endpoint == ME {
            self.refreshed.take();
        }
        self.save_windows(endpoint, &windows_in(headers, now()))?;
        if status == 401 { self.access_token_rejected(access) } else { Ok(()) }
    }

    /// The post is the caller's and confirms no delivery of ours: its id is claimed before anybody hears of it.
    async fn claim_created(
        &self,
        proxied: Proxied,
        answer: ResponseBuilder,
    ) -> Result<std::result::Result<Response, NoAnswer>> {
        let body = match proxied.read().await {
            Ok(body) => body,
            Err(no_answer) => return Ok(Err(no_answer)),
        };
        self.turn.next().await;
        self.claim_in(&body)?;
        Ok(Ok(answer.fixed(body)))
    }

    /// Claims the post that X says was created.
    pub(super) fn claim_in(&self, body: &[u8]) -> Result<()> {
        let created = json::value_of(body).unwrap_or_default();
        let id = created.pointer("/data/id").and_then(Value::as_str).and_then(|id| XPostId::parse(id).ok());
        id.map_or(Ok(()), |id| self.claim(&id))
    }
}

/// As long as it lives, a post is being created by a call that is passed on.
pub(super) struct Creating(Rc<Inner>);

impl Creating {
    pub(super) fn new(account: &Rc<Inner>) -> Self {
        account.creating.set(account.creating.get() + 1);
        Self(Rc::clone(account))
    }
}

impl Drop for Creating {
    fn drop(&mut self) {
        self.0.creating.set(self.0.creating.get().saturating_sub(1));
    }
}

/// The account's own token in the place of the caller's key, and what says how the body is to be read. The answer is not
/// compressed for us: whoever asked us may not understand it.
fn x_headers(request: &Request, token: &Secret<String>) -> Result<Headers> {
    let headers = Headers::new();
    for name in CONTENT_HEADERS {
        if let Some(value) = request.headers().get(name)? {
            headers.set(name, &value)?;
        }
    }
    headers.set("accept-encoding", "identity")?;
    // EXPOSE: goes to X's API.
    headers.set("authorization", &format!("Bearer {}", token.expose()))?;
    Ok(headers)
}

/// X's headers without those that are not for the caller, its cookies above all.
fn passed_headers(said: &Headers) -> Result<Vec<(&'static str, String)>> {
    let mut passed = Vec::new();
    for name in PROXIED_HEADERS {
        let value = said.get(name).doing("read X's answer")?;
        passed.extend(value.map(|value| (name, value)));
    }
    Ok(passed)
}

fn answer_of(status: u16, passed: &[(&'static str, String)]) -> Result<ResponseBuilder> {
    let headers = Headers::new();
    passed.iter().try_for_each(|(name, value)| headers.set(name, value))?;
    Ok(ResponseBuilder::new().with_status(status).with_headers(headers))
}
