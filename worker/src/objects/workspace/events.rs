//! Events for webhooks, stored in the transaction of the effect.

use latchkey_core::account::Account;
use latchkey_core::announcement::{self, Notified};
use latchkey_core::api::event::{account_data, event_body, network_data, post_data};
use latchkey_core::audit::Action;
use latchkey_core::id::{AccountId, EventId, PostId, TenantId};
use latchkey_core::network::{Network, Pause};
use latchkey_core::webhook::{Dispatch, EventKind};
use serde::Deserialize;
use serde_json::Value;

use super::Inner;
use crate::error::Result;
use crate::names::ORG_ID;
use crate::objects::storage::time;
use crate::runtime::{entropy, now};

/// A version of a delivery whose outcome was notified.
#[derive(Deserialize)]
struct Row {
    account_id: AccountId,
    edition: u32,
}

impl Inner {
    /// Once for each webhook that hears of it. One that is switched off finds it in its log.
    fn emit(&self, kind: EventKind, tenant_id: Option<&TenantId>, data: &Value) -> Result<()> {
        let mut webhooks = self.webhooks_in_reach(tenant_id)?;
        webhooks.retain(|webhook| webhook.hears(kind, tenant_id));
        if webhooks.is_empty() {
            return Ok(());
        }
        let (event_id, _) = self.write_event(kind, data)?;
        for webhook in webhooks {
            let is_enabled = webhook.disabled.is_none();
            self.add_dispatch(&Dispatch::new(event_id.clone(), webhook.id, kind, is_enabled, now()))?;
        }
        Ok(())
    }

    /// The body that is signed and sent, the same each time.
    pub(super) fn write_event(&self, kind: EventKind, data: &Value) -> Result<(EventId, String)> {
        let (id, at) = (EventId::from_entropy(entropy()?), now());
        let body = event_body(kind, at, data);
        let insert = "INSERT INTO events (id, created_at, body) VALUES (?, ?, ?)";
        self.db()?.run(insert, vec![id.as_str().into(), time(at), body.as_str().into()])?;
        Ok((id, body))
    }

    pub(super) fn account_connected(&self, account: &Account) -> Result<()> {
        self.record(Action::AccountConnected, account.tenant_id.as_ref(), account.id.as_str())?;
        let data = account_data(account, ORG_ID, account.session_id());
        self.emit(EventKind::AccountConnected, account.tenant_id.as_ref(), &data)
    }

    /// An account has another status than before, and nobody asked for that.
    pub(super) fn account_fell(&self, account: &Account) -> Result<()> {
        let kind = announcement::of_account(account.status());
        if let Some(action) = kind.and_then(|kind| kind.row().audited) {
            self.record(action, account.tenant_id.as_ref(), account.id.as_str())?;
        }
        self.tell_status(account)
    }

    pub(super) fn tell_status(&self, account: &Account) -> Result<()> {
        let Some(kind) = announcement::of_account(account.status()) else { return Ok(()) };
        self.emit(kind, account.tenant_id.as_ref(), &account_data(account, ORG_ID, None))
    }

    pub(super) fn network_paused(&self, network: &Network, pause: &Pause) -> Result<()> {
        self.record(Action::NetworkPaused, network.tenant_id.as_ref(), network.id.as_str())?;
        let data = network_data(network, ORG_ID, pause);
        self.emit(EventKind::NetworkPaused, network.tenant_id.as_ref(), &data)
    }

    pub(super) fn network_resumed(&self, network: &Network, pause: &Pause) -> Result<()> {
        let data = network_data(network, ORG_ID, pause);
        self.emit(EventKind::NetworkResumed, network.tenant_id.as_ref(), &data)
    }

    /// What became of a post, if that is news. Says whether there was something to tell.
    pub(super) fn announce(&self, id: &PostId) -> Result<bool> {
        let deliveries = self.deliveries_of(id)?;
        let Some(announcement) = announcement::of_post(&deliveries, &self.notified(id)?) else { return Ok(false) };
        let Some(post) = self.post(id.as_str())? else { return Ok(false) };
        announcement.news.iter().try_for_each(|outcome| self.remember_notified(id, outcome))?;
        let tenant_id = post.tenant_id.as_ref();
        self.emit(announcement.event, tenant_id, &post_data(&post, ORG_ID, &deliveries))?;
        if !announcement.media_failed.is_empty() {
            let data = post_data(&post, ORG_ID, &announcement.media_failed);
            self.emit(EventKind::MediaFailed, tenant_id, &data)?;
        }
        Ok(true)
    }

    fn notified(&self, id: &PostId) -> Result<Vec<Notified>> {
        let query = "SELECT account_id, edition FROM announced WHERE post_id = ?";
        let rows: Vec<Row> = self.db()?.rows(query, vec![id.as_str().into()])?;
        Ok(rows.into_iter().map(|row| Notified { account_id: row.account_id, version: row.edition }).collect())
    }

    fn remember_notified(&self, id: &PostId, outcome: &Notified) -> Result<()> {
        let insert = "INSERT OR REPLACE INTO announced (post_id, account_id, edition) VALUES (?, ?, ?)";
        let (account_id, version) = (outcome.account_id.as_str(), i64::from(outcome.version));
        self.db()?.run(insert, vec![id.as_str().into(), account_id.into(), version.into()])
    }
}
