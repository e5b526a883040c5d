//! Whose a call is: the key or the browser's session that it came with.

use latchkey_core::dashboard::is_session;
use latchkey_core::key::{Access, Caller};

use super::Workspace;
use super::areas::{keys, sign_ins};
use crate::error::Result;
use crate::names::CALLBACK_PATH;
use crate::rpc::workspace::Head;

/// Every failure of authentication is the same on the wire. What a good key lacks is said.
pub fn authorise(w: &Workspace, head: &Head) -> Result<Caller> {
    learn_origin(w, &head.callback_url);
    caller_of(w, &head.key_digest, head.access)
}

/// Where people see this deployment.
pub fn learn_origin(w: &Workspace, callback_url: &str) {
    w.origin.get_or_init(|| callback_url.trim_end_matches(CALLBACK_PATH).to_owned());
}

/// `presented` is the digest of a key, or the name of a browser's session.
pub fn caller_of(w: &Workspace, presented: &str, access: Access) -> Result<Caller> {
    let nobody = if is_session(presented) { sign_ins::signed_out } else { keys::unknown_key };
    let caller = keys::caller_of(w, presented)?.ok_or_else(nobody)?;
    caller.require(access)?;
    Ok(caller)
}
