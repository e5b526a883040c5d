//! Whose a call is: the key or the browser's session that it came with.

use latchkey_core::dashboard::session_of;
use latchkey_core::key::{Access, Caller};

use super::Workspace;
use super::areas::{keys, sign_ins};
use crate::error::Result;
use crate::names::CALLBACK_PATH;
use crate::rpc::workspace::Head;

/// Every failure of authentication is the same on the wire. What a good key lacks is said.
pub fn authorise(w: &Workspace, head: &Head) -> Result<Caller> {
    w.origin.get_or_init(|| head.callback_url.trim_end_matches(CALLBACK_PATH).to_owned());
    caller_of(w, &head.key_digest, head.access)
}

/// `presented` is the digest of a key, or a session that stands for one.
pub fn caller_of(w: &Workspace, presented: &str, access: Access) -> Result<Caller> {
    let caller = match session_of(presented) {
        Some(session) => sign_ins::caller_of_session(w, session)?,
        None => keys::caller_of_key(w, presented)?,
    };
    caller.require(access)?;
    Ok(caller)
}
