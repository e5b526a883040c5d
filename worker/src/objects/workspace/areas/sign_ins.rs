//! Browsers signed in to the dashboard: each has a key that ends, which its cookie carries.

use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::KeyId;
use latchkey_core::key::{ApiKey, Caller, Minted};

use super::{Workspace, events, freeze, keys};
use crate::error::{Error, Result};
use crate::rpc::workspace::{SignIn, SignedInAs};
use crate::runtime::{entropy, now};

/// Any good key may that does not end itself; what it can do here is what it can do anywhere.
pub fn sign_in(w: &Workspace, sign_in: &SignIn) -> Result<SignedInAs> {
    let caller = keys::lasting(w, &sign_in.key_digest)?.ok_or_else(keys::unknown_key)?;
    let id = KeyId::from_entropy(entropy()?);
    let key = ApiKey::of_sign_in(id, caller.clone(), sign_in.key_digest.clone(), now());
    w.store.keys.add(&key, &sign_in.session)?;
    record_sign(w, Action::SignedIn, &caller, &sign_in.request_id)?;
    signed_in(w, &sign_in.session)?.ok_or_else(signed_out)
}

/// Answers how many sessions have ended.
pub fn sign_out(w: &Workspace, session: &str, is_everywhere: bool, request_id: &str) -> Result<u64> {
    let Some((caller, minted)) = find(w, session)? else { return Ok(0) };
    let ended = if is_everywhere {
        let ended = w.store.keys.sign_ins(&minted.parent.digest, now())?;
        w.store.keys.end_sign_ins(&minted.parent.digest)?;
        ended
    } else {
        w.store.keys.end_sign_in(session)?;
        1
    };
    record_sign(w, Action::SignedOut, &caller, request_id)?;
    Ok(ended)
}

/// None if it is unknown, has ended, or its key is gone.
fn find(w: &Workspace, session: &str) -> Result<Option<(Caller, Minted)>> {
    let Some(caller) = keys::caller_of(w, session)? else { return Ok(None) };
    let minted = w.store.keys.of_digest(session, now())?.and_then(|key| key.minted);
    Ok(minted.map(|minted| (caller, minted)))
}

pub fn signed_in(w: &Workspace, session: &str) -> Result<Option<SignedInAs>> {
    let Some((caller, minted)) = find(w, session)? else { return Ok(None) };
    let sessions = w.store.keys.sign_ins(&minted.parent.digest, now())?;
    Ok(Some(SignedInAs {
        key_id: caller.key_id,
        scopes: caller.scopes,
        tenant_id: caller.binding.tenant_id,
        account_id: caller.binding.account_id,
        expires_at: minted.expires_at.to_iso(),
        sessions,
        changes_after: w.live.cursor(),
        is_frozen: freeze::is_frozen(w)?,
    }))
}

pub fn signed_out() -> Error {
    Refused::new(Code::InvalidSessionToken, "Nobody is signed in here any more.")
        .with_hint(
            "Sign in with an API key: a session ends after 12 hours, with its key, or by signing out everywhere.",
        )
        .into()
}

fn record_sign(w: &Workspace, action: Action, caller: &Caller, request_id: &str) -> Result<()> {
    events::record(w, &Audited::of(action).by(caller, request_id, now()))
}
