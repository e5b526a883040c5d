//! API keys of the workspace.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::key::{CreateKey, key_view};
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::query::Query;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::KeyId;
use latchkey_core::key::{ApiKey, Binding, Caller, Kind};
use latchkey_core::outbox::OutboxJob;
use latchkey_core::seal::base64url;
use latchkey_core::secret::ct_eq;
use latchkey_core::time::Span;
use serde_json::json;

use super::{Done, Workspace, accounts, done, freeze, given, lists, not_found, planned};
use crate::error::{Error, Result};
use crate::rpc::workspace::{KeyCommand, KeyPlan, Outcome, PlanPage};
use crate::runtime::{entropy, now};

/// `digest` is that of the caller's own key.
pub fn command(w: &Workspace, command: &KeyCommand, caller: &Caller, digest: &str) -> Result<Done<Outcome>> {
    let binding = &caller.binding;
    match command {
        KeyCommand::Plan(input) => planned(input, plan(w, input, binding)?),
        KeyCommand::PlanPage(asked) => planned(asked, plan_page(asked, caller, digest)?),
        KeyCommand::Commit { key, digest, answer, is_sealed } => {
            let audited = commit(w, key, digest)?;
            Ok(given(answer, *is_sealed).did(audited))
        }
        KeyCommand::PlanDeletion(asked) => planned(asked, plan_deletion(w, &asked.id, binding)?),
        KeyCommand::CommitDeletion { id } => Ok(done(commit_deletion(w, id)?)),
    }
}

/// Whose a key is, or a browser's session.
pub fn caller_of(w: &Workspace, presented: &str) -> Result<Option<Caller>> {
    if let Some(admin) = configured(w, presented)? {
        return Ok(Some(admin));
    }
    let Some(key) = w.store.keys.of_digest(presented, now())? else { return Ok(None) };
    let is_of_operator = key.minted.as_ref().is_some_and(|minted| minted.kind == Kind::SignIn);
    if !is_of_operator && freeze::is_restoring(w)? {
        // While a backup is read in, no key of it counts: half of a file is nobody's to act upon.
        return Ok(None);
    }
    let Some(minted) = &key.minted else { return Ok(Some(key.into())) };
    if !key.is_open(now()) {
        return Ok(None);
    }
    // It ends with the key that made it, in the same moment.
    let parent = lasting(w, &minted.parent.digest)?;
    Ok(parent.filter(|parent| parent.covers(&key)).map(|_| key.into()))
}

/// Whose a key is that does not end. Only such a key makes others.
pub fn lasting(w: &Workspace, digest: &str) -> Result<Option<Caller>> {
    if let Some(admin) = configured(w, digest)? {
        return Ok(Some(admin));
    }
    if freeze::is_restoring(w)? {
        return Ok(None);
    }
    Ok(w.store.keys.of_digest(digest, now())?.filter(|key| key.minted.is_none()).map(Caller::from))
}

pub fn admin_digest(w: &Workspace) -> Result<String> {
    Ok(base64url(w.app()?.admin_key_digest()))
}

/// The key of the configuration.
fn configured(w: &Workspace, digest: &str) -> Result<Option<Caller>> {
    let admin = admin_digest(w)?;
    Ok(ct_eq(digest.as_bytes(), admin.as_bytes()).then(Caller::admin))
}

pub fn unknown_key() -> Error {
    Error::refused(Code::InvalidApiKey, "The API key is missing or not valid.")
}

fn commit(w: &Workspace, key: &ApiKey, digest: &str) -> Result<Audited> {
    if let Some(id) = &key.binding.account_id {
        // It may have been removed since.
        w.store.accounts.find(id.as_str())?.ok_or_else(|| not_found("account"))?;
    }
    w.store.keys.add(key, digest)?;
    let action = match (&key.minted, key.grant()) {
        (None, _) => Action::KeyCreated,
        (Some(_), None) => Action::PageSessionCreated,
        (Some(_), Some(_)) => Action::AgentConnected,
    };
    Ok(Audited::on(action, key.binding.tenant_id.as_ref(), key.id.as_str()))
}

/// Newest first.
pub fn list(w: &Workspace, mut query: Query, binding: &Binding) -> Result<Answer> {
    let page = Page::from_query(&mut query, List::Keys)?;
    let warnings = query.finish()?;
    Ok(lists::answer(&w.store.keys.list(binding, &page)?, key_view, &warnings))
}

/// Whoever presents it here from now on is unknown. The row goes when the account's object has forgotten it too;
/// until then the deletion can be repeated, and is owed.
fn plan_deletion(w: &Workspace, id: &str, binding: &Binding) -> Result<(KeyId, Option<String>)> {
    let key = w.store.keys.find(id)?.filter(|key| binding.manages(key)).ok_or_else(|| not_found("API key"))?;
    w.store.keys.close(&key.id)?;
    let bound = key.binding.account_id.as_ref().map(|id| w.store.accounts.find_even_deleted(id)).transpose()?;
    let object = key.known_to(bound.flatten().as_ref());
    if let Some(object) = &object {
        w.store
            .outbox
            .add(&OutboxJob::ForgetKey { object: object.clone(), id: key.id.clone() }, now() + Span::mins(1))?;
    }
    Ok((key.id, object))
}

/// What the new key will be: for the tenant or the account that is asked for, within the caller's own.
fn plan(w: &Workspace, input: &CreateKey, binding: &Binding) -> Result<KeyPlan> {
    let tenant_id = binding.tenant_for(input.tenant_id.clone())?;
    let account = input.account_id.as_ref().map(|id| accounts::account_for(w, id.as_str(), binding)).transpose()?;
    let binding = Binding::of_new_key(tenant_id, account.as_ref())?;
    let object = account.map(|account| account.object());
    let id = KeyId::from_entropy(entropy()?);
    let key =
        ApiKey { id, name: input.name.clone(), scopes: input.scopes.clone(), binding, created_at: now(), minted: None };
    Ok(KeyPlan { key, object })
}

/// What the key of a page will be, within the rights of the caller's own.
fn plan_page(asked: &PlanPage, caller: &Caller, digest: &str) -> Result<ApiKey> {
    let id = KeyId::from_entropy(entropy()?);
    Ok(ApiKey::of_page(id, caller, digest, asked.0.clone(), now())?)
}

/// Of calls at once the first one deletes, and the others find nothing.
fn commit_deletion(w: &Workspace, id: &KeyId) -> Result<Done<Answer>> {
    let key = w.store.keys.find(id.as_str())?.ok_or_else(|| not_found("API key"))?;
    w.store.keys.delete(id)?;
    let answer = Answer::success(200, json!({ "message": "API key deleted successfully" }));
    Ok(Done::from(answer).did(Audited::on(Action::KeyDeleted, key.binding.tenant_id.as_ref(), id.as_str())))
}
