//! `/v1/reseal`: every sealed value is re-encrypted by the ring's first key, a few at a time, by the alarm.
//!
//! The workspace only walks: the vault re-encrypts a client secret, the account's object a token pair.

use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::api::answer::Answer;
use latchkey_core::app_change::SUPERSEDED_FOR;
use latchkey_core::id::WebhookId;
use latchkey_core::network::Network;
use latchkey_core::reseal::Reseal;
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::time::{Span, UnixMillis};
use serde::Deserialize;

use super::outbox::Errand;
use super::{Inner, not_found};
use crate::error::Result;
use crate::log;
use crate::names::WORKSPACE;
use crate::objects::storage::{doc, time};
use crate::runtime::{entropy, now};

/// A secret is read twice, written, and read back: 10 × 4 = 40 of the 50 requests that an alarm may make on Workers'
/// free plan.
const PAGE: i32 = 10;
/// A page that is not heard of for so long is begun anew.
const LEASE: Span = Span::mins(1);

/// Whatever keeps sealed values: X apps and webhooks by their ids, accounts by the names of their objects, and secrets that
/// are kept for revocations by their keys in KV.
const NAMES: &str = "SELECT id AS name FROM networks WHERE is_deleted = 0
    UNION SELECT network_id || '/' || x_user_id AS name FROM accounts
    UNION SELECT id AS name FROM webhooks
    UNION SELECT 'secret/' || json_extract(doc, '$.ForgetSecret.network_id') || '/'
        || json_extract(doc, '$.ForgetSecret.version') AS name FROM outbox
        WHERE json_extract(doc, '$.ForgetSecret.network_id') IN (SELECT network_id FROM accounts
            WHERE json_extract(doc, '$.revocation.pending_since') IS NOT NULL
            UNION SELECT id FROM networks WHERE json_extract(doc, '$.secrets_held_until') IS NOT NULL)";

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Inner {
    /// Begins a run, or joins the one that is under way.
    pub(super) fn start_reseal(&self) -> Result<Answer> {
        let key_id = self.app()?.keyring().current_key_id();
        if !self.reseal_run()?.is_some_and(|run| run.is_under_way_with(key_id)) {
            self.save_reseal(&Reseal::new(key_id, now()), Some(now()))?;
        }
        self.show_reseal(202)
    }

    pub(super) fn show_reseal(&self, status: u16) -> Result<Answer> {
        let run = self.reseal_run()?.ok_or_else(|| not_found("re-sealing; POST begins one"))?;
        let count = |condition: &str, values| {
            self.db()?.count(&format!("SELECT count(*) AS count FROM ({NAMES}) {condition}"), values)
        };
        let done = count("WHERE name <= ?", vec![run.cursor.as_str().into()])?;
        Ok(Answer::data(status, run.view(done, count("", Vec::new())?)))
    }

    /// The next page, if one is due. What fails is named and keeps nothing else from going on.
    pub(super) async fn reseal_page(self: Rc<Self>) -> Result<()> {
        let due = "SELECT doc FROM reseal WHERE next_at <= ?";
        let Some(mut run) = self.db()?.doc::<Reseal>(due, vec![time(now())])? else { return Ok(()) };
        self.save_reseal(&run, Some(now() + LEASE))?;
        let page = format!("SELECT name FROM ({NAMES}) WHERE name > ? ORDER BY name LIMIT ?");
        let rows: Vec<Named> = self.db()?.rows(&page, vec![run.cursor.as_str().into(), PAGE.into()])?;
        let names: Vec<String> = rows.into_iter().map(|row| row.name).collect();
        let outcomes = join_all(names.iter().map(|name| self.reseal_one(name, &run.key_id))).await;
        let mut failed = Vec::new();
        for (name, outcome) in names.iter().zip(outcomes) {
            if outcome.is_err() {
                log::unattended("workspace", "seal anew", &outcome);
                failed.push(name.clone());
            }
        }
        // Another run may have begun meanwhile, for a newer key.
        if self.reseal_run()?.as_ref() != Some(&run) {
            return Ok(());
        }
        run.walked(&names, failed, now());
        let next_at = run.finished_at.is_none().then(now);
        self.save_reseal(&run, next_at)
    }

    async fn reseal_one(&self, name: &str, key_id: &str) -> Result<()> {
        if let Some(row) = name.strip_prefix("secret/") {
            return self.app()?.vault()?.reseal(row).await;
        }
        if name.contains('/') {
            return self.app()?.account(name)?.reseal(key_id.to_owned()).await;
        }
        if let Ok(id) = WebhookId::parse(name) {
            return self.reseal_webhook(&id);
        }
        match self.network(name)? {
            Some(network) => self.reseal_secret(&network).await,
            None => Ok(()),
        }
    }

    /// Nothing is waited for, so no change comes in between. A superseded secret is over within a day.
    fn reseal_webhook(&self, id: &WebhookId) -> Result<()> {
        let Some(mut webhook) = self.webhook(id)? else { return Ok(()) };
        let keyring = self.app()?.keyring();
        let context = |purpose| Context { workspace: WORKSPACE, purpose, row: id.as_str() };
        let secret = keyring.reseal(&context(Purpose::WebhookSecret), &webhook.secret, entropy()?)?;
        let headers = match &webhook.headers {
            Some(headers) => keyring.reseal(&context(Purpose::WebhookHeaders), &headers.sealed, entropy()?)?,
            None => None,
        };
        webhook.re_encrypted(secret, headers);
        self.save_webhook(&webhook)
    }

    /// KV values are never overwritten: a secret that is sealed anew is another version.
    async fn reseal_secret(&self, network: &Network) -> Result<()> {
        let vault = self.app()?.vault()?;
        if !vault.needs_reseal(&network.client()).await? {
            return Ok(());
        }
        let version = self.db()?.transaction(|| {
            let version = self.next_secret_version(&network.id)?;
            let forget = Errand::ForgetSecret { network_id: network.id.clone(), version };
            self.owe(&forget, now() + SUPERSEDED_FOR)?;
            Ok(version)
        })?;
        vault.copy(&network.client(), version).await?;
        self.db()?.transaction(|| {
            let current = self.network(network.id.as_str())?;
            // Another secret has come meanwhile: the first key sealed that one already.
            let Some(mut current) = current.filter(|now| now.secret_version() == network.secret_version()) else {
                return Ok(());
            };
            current.re_encrypted(version);
            self.save_network(&current)?;
            let (network_id, version) = (network.id.clone(), network.secret_version());
            self.owe(&Errand::ForgetSecret { network_id, version }, now() + SUPERSEDED_FOR)
        })
    }

    fn reseal_run(&self) -> Result<Option<Reseal>> {
        self.db()?.doc("SELECT doc FROM reseal", Vec::new())
    }

    fn save_reseal(&self, run: &Reseal, next_at: Option<UnixMillis>) -> Result<()> {
        let write = "INSERT OR REPLACE INTO reseal (id, next_at, doc) VALUES (1, ?, ?)";
        self.db()?.run(write, vec![next_at.map(time).into(), doc(run)?])
    }
}
