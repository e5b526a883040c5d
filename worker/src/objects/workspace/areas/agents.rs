//! Assistants that a person has let in: grants, which are keys that end.

use latchkey_core::api::agent::agent_view;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::query::Query;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::KeyId;
use latchkey_core::key::{ApiKey, Binding, Caller, Issued, NoTokens, Parent, Redeemed, Redemption, agent_name};
use serde_json::json;

use super::{Done, Workspace, accounts, events, freeze, keys, lists, not_found};
use crate::error::Result;
use crate::rpc::workspace::PlanAgent;
use crate::runtime::now;

/// What the grant will be, under the key that the person has signed in with.
pub fn plan(w: &Workspace, asked: &PlanAgent, caller: &Caller, digest: &str) -> Result<ApiKey> {
    caller.require_person()?;
    let minted = w.store.keys.of_digest(digest, now())?.and_then(|key| key.minted);
    let parent: Parent = minted.ok_or_else(keys::unknown_key)?.parent;
    let binding = &caller.binding;
    let tenant_id = binding.tenant_for(asked.tenant_id.clone())?;
    let account_id = asked.account_id.as_ref().or(binding.account_id.as_ref());
    let account = account_id.map(|id| accounts::account_for(w, id.as_str(), binding)).transpose()?;
    let binding = Binding::of_new_key(tenant_id, account.as_ref())?;
    Ok(ApiKey::of_agent(asked.id.clone(), (caller, parent), asked.consent.clone(), binding, now())?)
}

/// Newest first: those that their keys still stand behind. What is bound to an account goes with the account's row.
pub fn list(w: &Workspace, mut query: Query, caller: &Caller) -> Result<Answer> {
    let page = Page::from_query(&mut query, List::Agents)?;
    let warnings = query.finish()?;
    let listed = w.store.keys.agents(caller, &keys::admin_digest(w)?, now(), &page)?;
    Ok(lists::answer(&listed, agent_view, &warnings))
}

/// Its tokens open nothing any more.
pub fn delete(w: &Workspace, id: &str, caller: &Caller) -> Result<Done<Answer>> {
    let found = w.store.keys.find_minted(id, now())?;
    let key = found.filter(|key| key.grant().is_some() && caller.manages_minted(key));
    let key = key.ok_or_else(|| not_found("assistant"))?;
    w.store.keys.delete(&key.id)?;
    let answer = Answer::success(200, json!({ "message": "Assistant disconnected successfully" }));
    Ok(Done::from(answer).did(deleted(&key)))
}

/// What goes with the tokens that take the place of what is shown. A spent token ends the grant, and that is kept.
pub fn redeem(w: &Workspace, shown: &Redemption, request_id: &str) -> Result<std::result::Result<Issued, NoTokens>> {
    freeze::require_running(w)?;
    let at = now();
    let Some(key) = w.store.keys.find_minted(shown.id.as_str(), at)? else { return Ok(Err(NoTokens::Unknown)) };
    if !is_backed(w, &key)? {
        return Ok(Err(NoTokens::Unknown));
    }
    match key.clone().redeemed(shown, at) {
        Ok(Redeemed::Next(next)) => {
            w.store.keys.renew(&next, &agent_name(&shown.access))?;
            Ok(next.issued(at).ok_or(NoTokens::Unknown))
        }
        Ok(Redeemed::Again) => Ok(key.issued(at).ok_or(NoTokens::Unknown)),
        Err(NoTokens::Ends) => {
            end(w, &key, request_id)?;
            Ok(Err(NoTokens::Ends))
        }
        Err(refused) => Ok(Err(refused)),
    }
}

/// RFC 7009: the grant goes with each of its tokens.
pub fn revoke(w: &Workspace, id: &KeyId, request_id: &str) -> Result<()> {
    match w.store.keys.find_minted(id.as_str(), now())? {
        Some(key) if key.grant().is_some() => end(w, &key, request_id),
        _ => Ok(()),
    }
}

fn end(w: &Workspace, key: &ApiKey, request_id: &str) -> Result<()> {
    w.store.keys.delete(&key.id)?;
    events::record(w, &deleted(key).by(&Caller::from(key.clone()), request_id, now()))
}

/// Whether the key behind a grant is in force, and its account there.
fn is_backed(w: &Workspace, key: &ApiKey) -> Result<bool> {
    let Some(minted) = &key.minted else { return Ok(false) };
    let is_there = match &key.binding.account_id {
        Some(id) => w.store.accounts.find(id.as_str())?.is_some(),
        None => true,
    };
    Ok(is_there && keys::lasting(w, &minted.parent.digest)?.is_some_and(|parent| parent.covers(key)))
}

fn deleted(key: &ApiKey) -> Audited {
    Audited::on(Action::AgentDisconnected, key.binding.tenant_id.as_ref(), key.id.as_str())
}
