//! `/2/*` and `/v1/social-accounts/{id}/x/2/*`: X itself, with the account's token in the place of the caller's key.

use std::cell::RefCell;
use std::collections::HashMap;

use latchkey_core::api::code::Code;
use latchkey_core::x::proxy::{Target, is_read};

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::error::{Error, Result};
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::account::{Content, Proxied, ProxyCall};
use crate::rpc::workspace::ProxyPlan;

/// More keys than one isolate is likely to meet; then it begins anew.
const DOORS: usize = 1000;

thread_local! {
    /// Which object knows a key that is bound to one account, by the key's digest. It only says whom to ask: the object
    /// decides each time. Plain values, as all that requests of one isolate may share.
    static OBJECTS: RefCell<HashMap<String, Knower>> = RefCell::default();
}

/// The object that knows a key, and the key's id.
#[derive(Clone)]
pub struct Knower {
    pub object: String,
    pub key_id: String,
}

pub async fn proxy(app: &App, mut incoming: Incoming, account: Option<String>, target: Option<Target>) -> Answered {
    let caller = ApiCaller::new(app, &incoming)?;
    let known = if account.is_none() { object_of(caller.key_digest()) } else { None };
    let plan = match known {
        Some(knower) => Plan { object: knower.object, admitted: None },
        None => planned(&caller, account).await?,
    };
    let target = target.ok_or_else(|| Error::refused(Code::NotFound, "This path of X is not passed on."))?;
    let (call, content) = call(&caller, &mut incoming, &plan, target).await?;
    let proxied = forget_unknown(&call, app.account(&plan.object)?.proxy(&call, content).await)?;
    let _ = incoming.key_id.set(proxied.key_id.clone());
    Ok(reply(proxied)?)
}

/// A key that the object does not know is forgotten.
pub fn forget_unknown(call: &ProxyCall, proxied: Result<Proxied>) -> Result<Proxied> {
    if let Err(Error::Refused(refused)) = &proxied
        && refused.code == Code::InvalidApiKey
    {
        forget(&call.key_digest);
    }
    proxied
}

/// Where a call goes, and for which account if the workspace has said so.
struct Plan {
    object: String,
    admitted: Option<ProxyPlan>,
}

async fn planned(caller: &ApiCaller<'_>, account: Option<String>) -> Result<Plan> {
    let is_at_root = account.is_none();
    let plan = caller.plan_proxy(account).await?;
    let object = plan.object.clone();
    if is_at_root {
        learn(caller.key_digest(), Knower { object: object.clone(), key_id: plan.key_id });
        return Ok(Plan { object, admitted: None });
    }
    Ok(Plan { object, admitted: Some(plan) })
}

/// What a post will cost depends on its text, so that body is read; every other one is passed on as it comes.
async fn call(
    caller: &ApiCaller<'_>,
    incoming: &mut Incoming,
    plan: &Plan,
    target: Target,
) -> Result<(ProxyCall, Content)> {
    let only_asks = is_read(&incoming.method);
    if !only_asks {
        incoming.require_plain_body()?;
    }
    let creates_post = target.creates_post(&incoming.method);
    let read = if creates_post { incoming.whole_body().await? } else { Vec::new() };
    let call = ProxyCall {
        key_digest: caller.key_digest().to_owned(),
        key_id: plan.admitted.as_ref().map(|plan| plan.key_id.clone()).unwrap_or_default(),
        access: caller.access(),
        admitted_for: plan.admitted.as_ref().map(|plan| plan.account_id.clone()),
        charge: (!only_asks).then(|| target.charge(&incoming.method, &read)),
        method: incoming.method.clone(),
        query: incoming.url.query().map(str::to_owned),
        target,
        head: None,
    };
    let body = if creates_post {
        Some(js_sys::Uint8Array::from(read.as_slice()).into())
    } else {
        incoming.raw_body().map(Into::into)
    };
    let content = Content { media_type: incoming.header("content-type"), accept: incoming.header("accept"), body };
    Ok((call, content))
}

pub fn reply(proxied: Proxied) -> Result<Reply> {
    Reply::passed(proxied.status, proxied.headers, proxied.body)
}

pub fn object_of(digest: &str) -> Option<Knower> {
    OBJECTS.with_borrow(|objects| objects.get(digest).cloned())
}

fn learn(digest: &str, knower: Knower) {
    OBJECTS.with_borrow_mut(|objects| {
        if objects.len() >= DOORS {
            objects.clear();
        }
        objects.insert(digest.to_owned(), knower);
    });
}

fn forget(digest: &str) {
    OBJECTS.with_borrow_mut(|objects| objects.remove(digest));
}
