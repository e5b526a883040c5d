//! Browsers signed in to the dashboard: the digest of a cookie, and of the key used at the sign-in.

use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::audit::{Action, Entry};
use latchkey_core::dashboard::LIFETIME;
use latchkey_core::key::Caller;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use super::{Inner, SignIn, SignedInAs};
use crate::error::{Error, Result};
use crate::objects::storage::time;
use crate::runtime::now;

/// A row that counts: it has not expired, and the key still opens something.
struct Session {
    key_digest: String,
    caller: Caller,
    expires_at: UnixMillis,
}

#[derive(Deserialize)]
struct Row {
    key_digest: String,
    expires_at: i64,
}

impl Inner {
    /// Any good key may; what it can do here is what it can do anywhere.
    pub(super) fn sign_in(&self, sign_in: &SignIn) -> Result<SignedInAs> {
        let caller = self.caller_of_key(&sign_in.key_digest)?;
        let expires_at = now() + LIFETIME;
        self.db()?.run("DELETE FROM sign_ins WHERE expires_at <= ?", vec![time(now())])?;
        self.db()?.run(
            "INSERT INTO sign_ins (session, key_digest, expires_at) VALUES (?, ?, ?)",
            vec![sign_in.session.as_str().into(), sign_in.key_digest.as_str().into(), time(expires_at)],
        )?;
        self.record_sign(Action::SignedIn, &caller, &sign_in.request_id)?;
        self.view_of(&Session { key_digest: sign_in.key_digest.clone(), caller, expires_at })
    }

    pub(super) fn signed_in(&self, session: &str) -> Result<Option<SignedInAs>> {
        self.session(session)?.map(|session| self.view_of(&session)).transpose()
    }

    /// Whoever the browser signed in as.
    pub(super) fn caller_of_session(&self, session: &str) -> Result<Caller> {
        Ok(self.session(session)?.ok_or_else(signed_out)?.caller)
    }

    /// Answers how many sessions have ended.
    pub(super) fn sign_out(&self, session: &str, is_everywhere: bool, request_id: &str) -> Result<u64> {
        let Some(known) = self.session(session)? else { return Ok(0) };
        let (column, value) =
            if is_everywhere { ("key_digest", known.key_digest.as_str()) } else { ("session", session) };
        let count = format!("SELECT count(*) AS count FROM sign_ins WHERE {column} = ?");
        let ended = self.db()?.count(&count, vec![value.into()])?;
        self.db()?.run(&format!("DELETE FROM sign_ins WHERE {column} = ?"), vec![value.into()])?;
        self.record_sign(Action::SignedOut, &known.caller, request_id)?;
        Ok(ended)
    }

    /// None if it is unknown, has expired, or its key is gone.
    fn session(&self, session: &str) -> Result<Option<Session>> {
        let query = "SELECT key_digest, expires_at FROM sign_ins WHERE session = ? AND expires_at > ?";
        let rows: Vec<Row> = self.db()?.rows(query, vec![session.into(), time(now())])?;
        let Some(Row { key_digest, expires_at }) = rows.into_iter().next() else { return Ok(None) };
        match self.caller_of_key(&key_digest) {
            Ok(caller) => Ok(Some(Session { key_digest, caller, expires_at: UnixMillis(expires_at) })),
            Err(Error::Refused(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    fn view_of(&self, session: &Session) -> Result<SignedInAs> {
        let count = "SELECT count(*) AS count FROM sign_ins WHERE key_digest = ? AND expires_at > ?";
        let sessions = self.db()?.count(count, vec![session.key_digest.as_str().into(), time(now())])?;
        Ok(SignedInAs {
            key_id: session.caller.key_id.clone(),
            scopes: session.caller.scopes.clone(),
            tenant_id: session.caller.binding.tenant_id.clone(),
            account_id: session.caller.binding.account_id.clone(),
            expires_at: session.expires_at.to_iso(),
            sessions,
        })
    }

    fn record_sign(&self, action: Action, caller: &Caller, request_id: &str) -> Result<()> {
        self.write_entry(&Entry {
            at: now(),
            key_id: Some(caller.key_id.clone()),
            action,
            tenant_id: caller.binding.tenant_id.clone(),
            target_id: None,
            request_id: Some(request_id.to_owned()),
        })
    }
}

fn signed_out() -> Error {
    Refused::new(Code::InvalidSessionToken, "Nobody is signed in here any more.")
        .with_hint(
            "Sign in with an API key: a session ends after 12 hours, with its key, or by signing out everywhere.",
        )
        .into()
}
