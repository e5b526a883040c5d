//! Every sealed value is re-encrypted by the ring's first key, a few at a time.
//!
//! The workspace only walks: the vault re-encrypts a client secret, the account's object a token pair.

use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::app_change::SUPERSEDED_FOR;
use latchkey_core::id::{EventId, WebhookId};
use latchkey_core::network::Network;
use latchkey_core::outbox::OutboxJob;
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::time::Span;

use super::Workspace;
use crate::error::Result;
use crate::log;
use crate::names::WORKSPACE;
use crate::objects::workspace::areas::events;
use crate::runtime::{entropy, now};

/// A secret is read twice, written, and read back: 10 × 4 = 40 of the 50 requests that an alarm may make on Workers'
/// free plan.
const PAGE: i32 = 10;
/// A page that is not heard of for so long is begun anew.
const LEASE: Span = Span::mins(1);

/// The next page, if one is due. What fails is named and keeps nothing else from going on.
pub async fn run(w: Rc<Workspace>) -> Result<()> {
    let Some(mut run) = w.store.re_encryption.due(now())? else { return Ok(()) };
    w.store.re_encryption.save(&run, Some(now() + LEASE))?;
    let names = w.store.re_encryption.names(&run.cursor, PAGE)?;
    let outcomes = join_all(names.iter().map(|name| re_encrypt(&w, name, &run.key_id))).await;
    let mut failed = Vec::new();
    for (name, outcome) in names.iter().zip(outcomes) {
        if outcome.is_err() {
            log::unattended("workspace", "seal anew", &outcome);
            failed.push(name.clone());
        }
    }
    // Another run may have begun meanwhile, for a newer key.
    if w.store.re_encryption.get()?.as_ref() != Some(&run) {
        return Ok(());
    }
    run.walked(&names, failed, now());
    let next_at = run.finished_at.is_none().then(now);
    w.store.re_encryption.save(&run, next_at)
}

async fn re_encrypt(w: &Workspace, name: &str, key_id: &str) -> Result<()> {
    if let Some(row) = name.strip_prefix("secret/") {
        return w.app()?.vault()?.re_encrypt(row).await;
    }
    if name.contains('/') {
        return w.app()?.account(name)?.re_encrypt(key_id.to_owned()).await;
    }
    if let Ok(id) = WebhookId::parse(name) {
        return re_encrypt_webhook(w, &id);
    }
    if let Ok(id) = EventId::parse(name) {
        return events::re_encrypt(w, &id);
    }
    match w.store.apps.find(name)? {
        Some(network) => re_encrypt_secret(w, &network).await,
        None => Ok(()),
    }
}

/// Nothing is waited for, so no change comes in between. A superseded secret is over within a day.
fn re_encrypt_webhook(w: &Workspace, id: &WebhookId) -> Result<()> {
    let Some(mut webhook) = w.store.webhooks.find(id.as_str())? else { return Ok(()) };
    let keyring = w.app()?.keyring();
    let context = |purpose| Context { workspace: WORKSPACE, purpose, row: id.as_str() };
    let secret = keyring.re_encrypt(&context(Purpose::WebhookSecret), webhook.secret(), entropy()?)?;
    let headers = match webhook.headers() {
        Some(headers) => keyring.re_encrypt(&context(Purpose::WebhookHeaders), &headers.sealed, entropy()?)?,
        None => None,
    };
    webhook.re_encrypted(secret, headers);
    w.store.webhooks.save(&webhook)
}

/// KV values are never overwritten: a secret that is sealed anew is another version.
async fn re_encrypt_secret(w: &Workspace, network: &Network) -> Result<()> {
    let vault = w.app()?.vault()?;
    if !vault.needs_re_encryption(&network.client()).await? {
        return Ok(());
    }
    let forget = |version| OutboxJob::ForgetSecret { network_id: network.id.clone(), version };
    let version = w.store.transaction(|| {
        let version = w.store.apps.next_secret_version(&network.id)?;
        w.store.outbox.add(&forget(version), now() + SUPERSEDED_FOR)?;
        Ok(version)
    })?;
    vault.copy(&network.client(), version).await?;
    w.store.transaction(|| {
        let current = w.store.apps.find(network.id.as_str())?;
        // Another secret has come meanwhile: the first key sealed that one already.
        let Some(mut current) = current.filter(|now| now.secret_version() == network.secret_version()) else {
            return Ok(());
        };
        current.re_encrypted(version);
        w.store.apps.save(&current)?;
        w.store.outbox.add(&forget(network.secret_version()), now() + SUPERSEDED_FOR)
    })
}
