//! Client secrets that are no longer used leave KV.

use latchkey_core::app_change::{Secret, fate_of};
use latchkey_core::id::NetworkId;
use latchkey_core::outbox::OutboxJob;

use super::Workspace;
use crate::error::Result;
use crate::runtime::now;

/// A secret version that is no longer used; for as long as X has tokens to revoke it is.
pub async fn forget(w: &Workspace, network_id: &NetworkId, version: u32) -> Result<()> {
    let current = w.store.apps.find(network_id.as_str())?;
    match fate_of(version, current.as_ref(), owes_revocations(w, network_id)?, now()) {
        Secret::Stays => Ok(()),
        Secret::StaysUntil(time) => {
            w.store.outbox.add(&OutboxJob::ForgetSecret { network_id: network_id.clone(), version }, time)
        }
        Secret::Goes => drop_secret(w, network_id, version).await,
    }
}

async fn drop_secret(w: &Workspace, network_id: &NetworkId, version: u32) -> Result<()> {
    w.app()?.vault()?.forget(network_id, version).await?;
    let Some(mut network) = w.store.apps.find_even_deleted(network_id)? else { return Ok(()) };
    if network.secret_forgotten(version) { w.store.apps.save(&network) } else { Ok(()) }
}

/// Whether X still has to revoke tokens of an app's accounts or sessions: its credentials are needed as long.
pub fn owes_revocations(w: &Workspace, network_id: &NetworkId) -> Result<bool> {
    if w.store.apps.find_even_deleted(network_id)?.is_some_and(|network| network.holds_secrets(now())) {
        return Ok(true);
    }
    w.store.accounts.have_revocations(network_id)
}
