//! Whom an outbox job reaches: an account's object, KV, R2, or X by way of an account.

use std::collections::BTreeSet;

use latchkey_core::account::Status;
use latchkey_core::client_change::ClientChange;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{AccountId, NetworkId, account_object};
use latchkey_core::outbox::{OutboxJob, Work};

use super::{Workspace, imports, secrets};
use crate::error::Result;
use crate::objects::workspace::areas::{accounts, breaker};
use crate::rpc::workspace::RevocationReport;
use crate::runtime::now;

/// Since when a job is in the outbox.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// This process has accepted it, and hands it over.
    ThisProcess,
    /// The alarm has found it.
    Unknown,
}

pub async fn reach(w: &Workspace, work: Work, since: Since) -> Result<()> {
    let app = w.app()?;
    match work {
        Work::Enqueue(object, deliveries) => enqueue(w, &object, deliveries, since).await,
        Work::Other(OutboxJob::Enqueue { object, delivery }) => enqueue(w, &object, vec![*delivery], since).await,
        Work::Other(OutboxJob::Retry { object, delivery }) => app.account(&object)?.retry(*delivery).await,
        Work::Other(OutboxJob::Release { account_id, network_id, x_user_id }) => {
            release(w, account_id, &network_id, &x_user_id).await
        }
        Work::Other(OutboxJob::ClientChanged { object, client_id, account_id, before }) => {
            let change = ClientChange { client_id: client_id_of(w, &object, client_id)?, account_id, before };
            tell_client_changed(w, &object, change).await
        }
        Work::Other(OutboxJob::Import { id }) => imports::run(w, &id).await,
        Work::Other(OutboxJob::ForgetKey { object, id }) => {
            app.account(&object)?.forget_key(id.as_str()).await?;
            w.store.keys.delete(&id)
        }
        Work::Other(OutboxJob::AppMended { object }) => app.account(&object)?.app_mended().await,
        Work::Other(OutboxJob::ForgetSecret { network_id, version }) => secrets::forget(w, &network_id, version).await,
        Work::Other(OutboxJob::RemoveMedia(cleanup)) => app.media()?.remove(&cleanup).await,
        Work::Other(OutboxJob::AbandonUpload { key, upload_id }) => app.media()?.abandon_upload(&key, &upload_id).await,
    }
}

/// A delivery may arrive after its account's row was closed, and would wait for a connection there. The object then hears
/// of the closing once more, which cancels the delivery. What was accepted a moment ago was for accounts that were open, and
/// the rows that were closed since are known.
async fn enqueue(w: &Workspace, object: &str, deliveries: Vec<Delivery>, since: Since) -> Result<()> {
    let mut ids: BTreeSet<AccountId> = deliveries.iter().map(|delivery| delivery.account_id.clone()).collect();
    let breaker = breaker::of_app(w, network_of(object))?;
    w.app()?.account(object)?.enqueue(deliveries, breaker).await?;
    if since == Since::ThisProcess {
        ids.retain(|id| w.store.accounts.may_be_closed(id));
    }
    for id in &ids {
        let row = w.store.accounts.find_even_deleted(id)?;
        if let Some(closed) = row.filter(|account| account.status() == Status::Disconnected) {
            accounts::enqueue_release(w, &closed, now())?;
        }
    }
    Ok(())
}

/// The person may have connected again since the row was closed.
async fn release(w: &Workspace, account_id: AccountId, network_id: &NetworkId, x_user_id: &str) -> Result<()> {
    if accounts::users_of_grant(w, network_id, x_user_id)?.contains(&account_id) {
        return Ok(());
    }
    let Some(account) = w.store.accounts.find_even_deleted(&account_id)? else { return Ok(()) };
    let release = accounts::release_of(w, &account)?;
    let tally = w.app()?.account(&account_object(network_id, x_user_id))?.release(release).await?;
    accounts::learn_revocation(w, &RevocationReport { account_id: account_id.to_string(), tally })
}

async fn tell_client_changed(w: &Workspace, object: &str, change: ClientChange) -> Result<()> {
    let account_id = change.account_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let tally = w.app()?.account(object)?.client_changed(change).await?;
    accounts::learn_revocation(w, &RevocationReport { account_id, tally })
}

/// The client id that an account's app has by now: it may have changed again since the job was written.
fn client_id_of(w: &Workspace, object: &str, written: String) -> Result<String> {
    Ok(w.store.apps.find(network_of(object))?.map_or(written, |network| network.client_id))
}

/// The X app in the name of an account's object.
fn network_of(object: &str) -> &str {
    object.split('/').next().unwrap_or_default()
}
