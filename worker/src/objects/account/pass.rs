//! Calls passed on to X unchanged (docs/API.md, section 9). The token does not leave this object: the call comes here
//! with an unread body, and X's answer goes back in the same way.

use std::cell::Cell;
use std::rc::Rc;

use http::HeaderMap;
use latchkey_core::api::code::Code;
use latchkey_core::id::{AccountId, XPostId};
use latchkey_core::secret::Secret;
use latchkey_core::x::pass::Target;
use latchkey_core::x::price::Micros;
use latchkey_core::x::rate::{exhausted_until, windows};
use serde_json::Value;
use worker::{Headers, Request, Response, ResponseBuilder};

use super::Inner;
use super::lookup::{ME, Silence};
use super::tokens::Access;
use crate::error::{Doing, Error, Result};
use crate::log;
use crate::outbound::{NoAnswer, Passed};
use crate::rpc::account::{CONTENT_HEADERS, KEY_ID_HEADER, PASSAGE_HEADER, Passage, TOLD_HEADERS};
use crate::rpc::workspace::Admission;
use crate::runtime::now;

impl Inner {
    /// In order: (1) the owner of the key; for a writing call (2) the windows, (3) the workspace's checks; (4) a token;
    /// (5) X. The call is never sent twice.
    pub(super) async fn pass(self: &Rc<Self>, request: &Request) -> Result<Response> {
        let header = request.headers().get(PASSAGE_HEADER)?.unwrap_or_default();
        let passage: Passage = serde_json::from_str(&header)?;
        let (account_id, key_id) = self.payer(&passage)?;
        let reserved = self.admit(&passage, &account_id, &key_id).await?;
        let passed = self.pass_to_x(&passage, &account_id, request).await;
        let is_billed = match &passed {
            Ok(Ok(answer)) => (200..300).contains(&answer.status_code()),
            // Whether X acted is not known.
            Ok(Err(_)) => true,
            Err(_) => false,
        };
        if reserved > Micros(0) && !is_billed {
            // If it is not heard of, it stays counted.
            let given_back = self.app()?.workspace()?.give_back(account_id, reserved).await;
            log::unattended("account", "a price given back", &given_back);
        }
        let answer = passed?.map_err(|no_answer| Error::from(Silence::NoAnswer(no_answer).refused()))?;
        told(answer, &key_id)
    }

    /// The account of the call, and the key of the caller.
    fn payer(&self, passage: &Passage) -> Result<(AccountId, String)> {
        if let Some(account_id) = &passage.admitted_for {
            return Ok((account_id.clone(), passage.key_id.clone()));
        }
        let holder = self.holder(&passage.key_digest, passage.access)?;
        let account_id = holder.binding.account_id.ok_or_else(|| Error::fault("a key of no account was kept here"))?;
        Ok((account_id, holder.key_id))
    }

    /// The price that was taken for it.
    async fn admit(&self, passage: &Passage, account_id: &AccountId, key_id: &str) -> Result<Micros> {
        let Some(charge) = passage.charge else { return Ok(Micros(0)) };
        let windows = self.windows_of(&passage.endpoint())?;
        if let Some(until) = exhausted_until(&windows, now()) {
            return Err(Silence::Limited(until).refused().with_windows(windows).into());
        }
        let key = passage.admitted_for.as_ref().map(|_| (passage.key_digest.clone(), passage.access));
        let (account_id, key_id) = (account_id.clone(), key_id.to_owned());
        let admission = Admission { account_id, charge, creates_post: passage.creates_post(), key_id, key };
        self.app()?.workspace()?.admit(admission).await
    }

    async fn pass_to_x(
        self: &Rc<Self>,
        passage: &Passage,
        account_id: &AccountId,
        request: &Request,
    ) -> Result<std::result::Result<Response, NoAnswer>> {
        let access =
            self.access_token(account_id).await?.map_err(|no_access| Silence::NoAccess(no_access).refused())?;
        require_consent(passage, &access)?;
        // It may have been deleted while something was waited for.
        self.payer(passage)?;
        let _creating = passage.creates_post().then(|| Creating::new(&self.creating));
        let app = self.app()?;
        let headers = x_headers(request, &access.token)?;
        // A request that only asks has no body (Fetch standard §5.3): X gives it no meaning.
        let body = request.inner().body().filter(|_| passage.charge.is_some());
        let sent =
            app.x().pass(&passage.method, &passage.target.path(), passage.query.as_deref(), headers, body).await?;
        let passed = match sent {
            Ok(passed) => passed,
            Err(no_answer) => return Ok(Err(no_answer)),
        };
        if passage.endpoint() == ME {
            self.refreshed.take();
        }
        self.save_windows(&passage.endpoint(), &windows(&HeaderMap::from(passed.answer().headers()), now()))?;
        if passed.answer().status_code() == 401 {
            self.access_token_rejected(&access)?;
        }
        if passage.creates_post() { self.claim_created(passed).await } else { passed.into_stream().map(Ok) }
    }

    /// The post is the caller's and settles no doubt of ours: its id is claimed before anybody hears of it.
    async fn claim_created(&self, passed: Passed) -> Result<std::result::Result<Response, NoAnswer>> {
        let (answer, body) = match passed.read().await {
            Ok(read) => read,
            Err(no_answer) => return Ok(Err(no_answer)),
        };
        let created: Value = serde_json::from_slice(&body).unwrap_or_default();
        let id = created.pointer("/data/id").and_then(Value::as_str).and_then(|id| XPostId::parse(id).ok());
        id.map_or(Ok(()), |id| self.claim(&id))?;
        let builder = ResponseBuilder::new().with_status(answer.status_code());
        Ok(Ok(builder.with_headers(answer.headers().clone()).fixed(body)))
    }
}

/// X holds a token to its own scopes. With another row's token, the row's own consent is what counts.
fn require_consent(passage: &Passage, access: &Access) -> Result<()> {
    let Some(only) = &access.only else { return Ok(()) };
    if let Some(scope) = Target::field_scope(passage.query.as_deref()).filter(|scope| !only.contains(scope)) {
        return Err(Silence::MissingScope(scope).refused().into());
    }
    match passage.target.scope(&passage.method) {
        Some(scope) if only.contains(scope) => Ok(()),
        Some(scope) => Err(Silence::MissingScope(scope).refused().into()),
        None => Err(Error::refused(Code::MissingScope, "Whether the account's consent covers this call is not known.")),
    }
}

/// As long as it lives, a post is being created by a call that is passed on.
struct Creating<'a>(&'a Cell<u32>);

impl<'a> Creating<'a> {
    fn new(count: &'a Cell<u32>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Creating<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
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

/// X's answer without what is not for the caller, its cookies above all.
fn told(answer: Response, key_id: &str) -> Result<Response> {
    let headers = Headers::new();
    for name in TOLD_HEADERS {
        if let Some(value) = answer.headers().get(name).doing("read X's answer")? {
            headers.set(name, &value)?;
        }
    }
    headers.set(KEY_ID_HEADER, key_id)?;
    Ok(answer.with_headers(headers))
}
