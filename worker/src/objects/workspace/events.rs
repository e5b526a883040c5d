//! What happens, written down for whoever wants to be told, in the transaction in which it happens.

use latchkey_core::account::{Account, Status};
use latchkey_core::api::event::{account_data, event_body, network_data, post_data};
use latchkey_core::audit::Action;
use latchkey_core::delivery::{Delivery, State};
use latchkey_core::id::{AccountId, EventId, PostId, TenantId};
use latchkey_core::network::{Network, Pause};
use latchkey_core::post::Post;
use latchkey_core::webhook::{Dispatch, EventKind};
use serde::Deserialize;
use serde_json::Value;

use super::Inner;
use crate::error::Result;
use crate::names::ORG_ID;
use crate::objects::storage::time;
use crate::runtime::{entropy, now};

/// An edition of a delivery whose outcome was told.
#[derive(Deserialize)]
struct Announced {
    account_id: String,
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
        let data = account_data(account, ORG_ID, account.session_id.as_deref());
        self.emit(EventKind::AccountConnected, account.tenant_id.as_ref(), &data)
    }

    /// An account has another status than before, and nobody asked for that.
    pub(super) fn account_fell(&self, account: &Account) -> Result<()> {
        let action = match account.status {
            Status::Active => return Ok(()),
            Status::ReconnectRequired => Action::AccountTokenExpired,
            Status::Disconnected => Action::AccountDisconnected,
        };
        self.record(action, account.tenant_id.as_ref(), account.id.as_str())?;
        self.tell_status(account)
    }

    pub(super) fn tell_status(&self, account: &Account) -> Result<()> {
        let kind = match account.status {
            Status::Active => return Ok(()),
            Status::ReconnectRequired => EventKind::AccountTokenExpired,
            Status::Disconnected => EventKind::AccountDisconnected,
        };
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

    /// Once nothing more happens to a post by itself: what became of it, if that was not told yet. It is published when
    /// one account published it, and an error when none did. A retry has an outcome of its own. Says whether there was
    /// something to tell.
    pub(super) fn announce(&self, id: &PostId) -> Result<bool> {
        let deliveries = self.deliveries_of(id)?;
        if !deliveries.iter().all(|(delivery, _)| delivery.is_settled()) {
            return Ok(false);
        }
        let told = self.announced(id)?;
        let is_news = |(delivery, _): &&(Delivery, Account)| {
            let is_told =
                |row: &Announced| row.account_id == delivery.account_id.as_str() && row.edition == delivery.edition;
            matches!(delivery.state, State::Published | State::Failed) && !told.iter().any(is_told)
        };
        let news: Vec<&(Delivery, Account)> = deliveries.iter().filter(is_news).collect();
        let Some(post) = self.post(id.as_str())?.filter(|_| !news.is_empty()) else { return Ok(false) };
        for (delivery, _) in &news {
            self.remember_announced(id, &delivery.account_id, delivery.edition)?;
        }
        let is_published = news.iter().any(|(delivery, _)| delivery.state == State::Published);
        let kind = if is_published { EventKind::PostPublished } else { EventKind::PostError };
        self.emit(kind, post.tenant_id.as_ref(), &post_data(&post, ORG_ID, &deliveries))?;
        self.tell_media(&post, &news)?;
        Ok(true)
    }

    /// The accounts for which it was the post's media that failed.
    fn tell_media(&self, post: &Post, news: &[&(Delivery, Account)]) -> Result<()> {
        let is_of_media = |delivery: &Delivery| delivery.error.as_ref().is_some_and(|error| error.code.is_of_media());
        let failed = news.iter().filter(|(delivery, _)| delivery.state == State::Failed && is_of_media(delivery));
        let failed: Vec<(Delivery, Account)> = failed.map(|row| (*row).clone()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        self.emit(EventKind::MediaFailed, post.tenant_id.as_ref(), &post_data(post, ORG_ID, &failed))
    }

    fn announced(&self, id: &PostId) -> Result<Vec<Announced>> {
        let query = "SELECT account_id, edition FROM announced WHERE post_id = ?";
        self.db()?.rows(query, vec![id.as_str().into()])
    }

    fn remember_announced(&self, id: &PostId, account_id: &AccountId, edition: u32) -> Result<()> {
        let insert = "INSERT OR REPLACE INTO announced (post_id, account_id, edition) VALUES (?, ?, ?)";
        self.db()?.run(insert, vec![id.as_str().into(), account_id.as_str().into(), i64::from(edition).into()])
    }
}
