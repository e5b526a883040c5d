//! Browsers signed in to the dashboard.

use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::dashboard::LIFETIME;
use latchkey_core::key::Caller;
use latchkey_core::time::UnixMillis;

use super::{Workspace, keys};
use crate::error::{Error, Result};
use crate::objects::workspace::store::sign_ins::{Ending, Row};
use crate::rpc::workspace::{SignIn, SignedInAs};
use crate::runtime::now;

/// A row that counts: it has not expired, and the key still opens something.
struct Session {
    key_digest: String,
    caller: Caller,
    expires_at: UnixMillis,
}

/// Any good key may; what it can do here is what it can do anywhere.
pub fn sign_in(w: &Workspace, sign_in: &SignIn) -> Result<SignedInAs> {
    let caller = keys::caller_of_key(w, &sign_in.key_digest)?;
    let expires_at = now() + LIFETIME;
    w.store.sign_ins.purge(now())?;
    w.store.sign_ins.add(&sign_in.session, &sign_in.key_digest, expires_at)?;
    record_sign(w, Action::SignedIn, &caller, &sign_in.request_id)?;
    view_of(w, &Session { key_digest: sign_in.key_digest.clone(), caller, expires_at })
}

/// Answers how many sessions have ended.
pub fn sign_out(w: &Workspace, session: &str, is_everywhere: bool, request_id: &str) -> Result<u64> {
    let Some(known) = find(w, session)? else { return Ok(0) };
    let ending = if is_everywhere { Ending::OfKey(&known.key_digest) } else { Ending::Session(session) };
    let ended = w.store.sign_ins.end(ending)?;
    record_sign(w, Action::SignedOut, &known.caller, request_id)?;
    Ok(ended)
}

/// None if it is unknown, has expired, or its key is gone.
fn find(w: &Workspace, session: &str) -> Result<Option<Session>> {
    let Some(Row { key_digest, expires_at }) = w.store.sign_ins.find(session, now())? else { return Ok(None) };
    match keys::caller_of_key(w, &key_digest) {
        Ok(caller) => Ok(Some(Session { key_digest, caller, expires_at })),
        Err(Error::Refused(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn view_of(w: &Workspace, session: &Session) -> Result<SignedInAs> {
    let sessions = w.store.sign_ins.count(&session.key_digest, now())?;
    Ok(SignedInAs {
        key_id: session.caller.key_id.clone(),
        scopes: session.caller.scopes.clone(),
        tenant_id: session.caller.binding.tenant_id.clone(),
        account_id: session.caller.binding.account_id.clone(),
        expires_at: session.expires_at.to_iso(),
        sessions,
    })
}

fn signed_out() -> Error {
    Refused::new(Code::InvalidSessionToken, "Nobody is signed in here any more.")
        .with_hint(
            "Sign in with an API key: a session ends after 12 hours, with its key, or by signing out everywhere.",
        )
        .into()
}

pub fn signed_in(w: &Workspace, session: &str) -> Result<Option<SignedInAs>> {
    find(w, session)?.map(|session| view_of(w, &session)).transpose()
}

/// Whoever the browser signed in as.
pub fn caller_of_session(w: &Workspace, session: &str) -> Result<Caller> {
    Ok(find(w, session)?.ok_or_else(signed_out)?.caller)
}

fn record_sign(w: &Workspace, action: Action, caller: &Caller, request_id: &str) -> Result<()> {
    w.store.audit.add(&Audited::of(action).by(caller, request_id, now()))
}
