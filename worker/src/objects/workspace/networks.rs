//! The operator's X apps in the workspace.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::network::NetworkView;
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::query::Query;
use latchkey_core::app_change::{
    self, Change, Ended, Removed, SUPERSEDED_FOR, Secret, fate_of, require_same_client, require_undisturbed,
};
use latchkey_core::id::{AccountId, NetworkId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::network::{
    ClientRef, Credentials, Network, account_to_reconnect, client_for_session, is_readable, is_x, require_own,
};
use latchkey_core::oauth::Scopes;
use serde_json::json;

use super::list::Filter;
use super::outbox::Errand;
use super::{DeletionPlan, Inner, NetworkCommit, NetworkPlan, NetworkWish, SessionPlan, VerificationPlan, not_found};
use crate::error::{Error, Result};
use crate::runtime::{entropy, now};

impl NetworkCommit {
    fn credentials(&self) -> Credentials {
        Credentials {
            id: self.id.clone(),
            tenant_id: self.tenant_id.clone(),
            client_id: self.client_id.clone(),
            secret_version: self.version,
            client_type: self.client_type,
            is_verified: self.is_verified,
        }
    }
}

impl Inner {
    /// Reserves where the new secret goes. Nothing is current before the commit.
    pub(super) fn plan_network(&self, wish: &NetworkWish, whose: &Binding) -> Result<NetworkPlan> {
        let (current, tenant_id, client_id, force) = match wish {
            NetworkWish::Put { client_id, tenant_id, force } => {
                let tenant_id = whose.tenant_for(tenant_id.clone())?;
                let current = self.network_of(tenant_id.as_ref().map_or("", TenantId::as_str))?;
                (current, tenant_id, Some(client_id), *force)
            }
            NetworkWish::Change { id, client_id } => {
                let current = self.own_network(id, whose)?;
                let tenant_id = current.tenant_id.clone();
                (Some(current), tenant_id, client_id.as_ref(), false)
            }
        };
        let client_id = client_id.or(current.as_ref().map(|network| &network.client_id)).cloned().unwrap_or_default();
        if let Some(network) = &current {
            require_same_client(network, &client_id, force, &self.accounts_of_network(&network.id)?)?;
        }
        let id = match &current {
            Some(network) => network.id.clone(),
            None => NetworkId::from_entropy(entropy()?),
        };
        let version = self.next_secret_version(&id)?;
        self.owe(&Errand::ForgetSecret { network_id: id.clone(), version }, now() + SUPERSEDED_FOR)?;
        Ok(NetworkPlan { id, tenant_id, version, client_id, current: current.map(|network| network.client()) })
    }

    /// The new version is readable: from here on it is the one that is used.
    pub(super) fn commit_network(&self, commit: &NetworkCommit, callback_url: &str) -> Result<Answer> {
        let before = self.network(commit.id.as_str())?;
        let tenant = commit.tenant_id.as_ref().map_or("", TenantId::as_str);
        require_undisturbed(commit.replaces, before.as_ref(), self.network_of(tenant)?.is_some())?;
        let accounts = self.accounts_of_network(&commit.id)?;
        let change = app_change::store(commit.credentials(), before.as_ref(), accounts, now());
        let status = if change.is_new { 201 } else { 200 };
        let mut warnings = commit.warnings.clone();
        warnings.extend(change.ended.iter().map(Ended::warning));
        let network = self.save_change(change, before.as_ref())?;
        let view = NetworkView::new(&network, callback_url, &Binding::default());
        Ok(Answer::success(status, json!({ "data": view, "warnings": warnings })))
    }

    fn save_change(&self, change: Change, before: Option<&Network>) -> Result<Network> {
        let Change { app, superseded, ended, is_new } = change;
        self.save_network(&app)?;
        if let Some(version) = superseded {
            self.owe(&Errand::ForgetSecret { network_id: app.id.clone(), version }, now() + SUPERSEDED_FOR)?;
        }
        for account in &ended {
            self.save_ended(account)?;
            let errand = Errand::ClientChanged {
                object: account.account.object(),
                client_id: app.client_id.clone(),
                account_id: Some(account.account.id.clone()),
                before: before.map(Network::client),
            };
            self.owe(&errand, now())?;
        }
        // What it was paused for may be mended now; if not, the next call to X says so.
        if is_new { Ok(app) } else { self.resume(app) }
    }

    fn save_ended(&self, ended: &Ended) -> Result<()> {
        self.save_account(&ended.account)?;
        if ended.is_news { self.account_fell(&ended.account) } else { Ok(()) }
    }

    pub(super) fn list_networks(&self, mut query: Query, callback_url: &str, whose: &Binding) -> Result<Answer> {
        let tenant_id = query.take_tenant();
        let page = Page::from_query(&mut query, List::Networks)?;
        let warnings = query.finish()?;
        let filter = readable_by(whose).given("tenant_id = ?", tenant_id.as_deref());
        let view = |network: &Network| json!(NetworkView::new(network, callback_url, whose));
        Ok(self.db()?.list("networks", "doc", &filter, &page)?.answer(view, &warnings))
    }

    pub(super) fn get_network(&self, id: &str, callback_url: &str, whose: &Binding) -> Result<Answer> {
        let network = self.readable_network(id, whose)?;
        Ok(Answer::data(200, NetworkView::new(&network, callback_url, whose)))
    }

    /// By id or name: the caller's own, or the one that all share.
    fn readable_network(&self, id: &str, whose: &Binding) -> Result<Network> {
        let network = self.find_network(id, whose.tenant_id.as_ref())?;
        network.filter(|network| is_readable(network, whose)).ok_or_else(|| not_found("social network"))
    }

    /// One that the caller may change. A tenant may know of the shared one, and not touch it.
    pub(super) fn own_network(&self, id: &str, whose: &Binding) -> Result<Network> {
        let network = self.readable_network(id, whose)?;
        require_own(&network, whose)?;
        Ok(network)
    }

    /// Its accounts stay listed, inactive, and say what X has confirmed of their tokens. The edge asks X for the first of
    /// them at once, to say in its answer what X has confirmed; the errands do the rest.
    pub(super) fn delete_network(&self, id: &str, whose: &Binding) -> Result<DeletionPlan> {
        let network = self.own_network(id, whose)?;
        let removed = app_change::remove(self.accounts_of_network(&network.id)?, now());
        for Removed { ended, release_at, .. } in &removed {
            self.save_ended(ended)?;
            self.owe_release(&ended.account, *release_at)?;
        }
        let forget = Errand::ForgetSecret { network_id: network.id.clone(), version: network.secret_version() };
        self.owe(&forget, now() + SUPERSEDED_FOR)?;
        self.db()?.run("UPDATE networks SET is_deleted = 1 WHERE id = ?", vec![network.id.as_str().into()])?;
        let at_once = removed.iter().filter(|removed| removed.is_at_once).map(|removed| &removed.ended.account);
        let releases: Vec<_> =
            at_once.map(|account| Ok((account.object(), self.release_of(account)?))).collect::<Result<_>>()?;
        let others = removed.len() - releases.len();
        Ok(DeletionPlan { releases, others })
    }

    /// A secret version that is no longer used; for as long as X has tokens to revoke it is.
    pub(super) async fn forget_secret(&self, network_id: &NetworkId, version: u32) -> Result<()> {
        let current = self.network(network_id.as_str())?;
        match fate_of(version, current.as_ref(), self.owes_revocations(network_id)?, now()) {
            Secret::Stays => Ok(()),
            Secret::StaysUntil(time) => {
                self.owe(&Errand::ForgetSecret { network_id: network_id.clone(), version }, time)
            }
            Secret::Goes => self.drop_secret(network_id, version).await,
        }
    }

    async fn drop_secret(&self, network_id: &NetworkId, version: u32) -> Result<()> {
        self.app()?.vault()?.forget(network_id, version).await?;
        let Some(mut network) = self.network_even_deleted(network_id)? else { return Ok(()) };
        if network.secret_forgotten(version) { self.save_network(&network) } else { Ok(()) }
    }

    /// The credentials that revoke tokens of a client. A session whose tokens X did not revoke at first holds them each
    /// time that it asks.
    pub(super) fn client_of_tokens(&self, client: &ClientRef, holds: bool) -> Result<ClientRef> {
        let Some(mut network) = self.network_even_deleted(&client.network_id)? else { return Ok(client.clone()) };
        if holds {
            network.hold_secrets(now());
            self.save_network(&network)?;
        }
        Ok(network.client_of_tokens(&client.client_id).unwrap_or_else(|| client.clone()))
    }

    pub(super) fn plan_verification(&self, id: &str, whose: &Binding) -> Result<VerificationPlan> {
        let network = self.own_network(id, whose)?;
        let accounts = self.accounts_of_network(&network.id)?;
        let granted = accounts.iter().map(|account| account.scopes.clone()).reduce(|all, scopes| common(&all, &scopes));
        Ok(VerificationPlan { network, granted })
    }

    pub(super) fn commit_verification(&self, id: &NetworkId, is_good: bool, answer: &Answer) -> Result<Answer> {
        if let Some(mut network) = self.network(id.as_str())?.filter(|_| is_good) {
            network.verified(now());
            self.save_network(&network)?;
        }
        Ok(answer.clone())
    }

    /// Which client a new session is for, and whom it must bring back.
    pub(super) fn plan_session(
        &self,
        network: &str,
        tenant_id: Option<TenantId>,
        reconnect: Option<&AccountId>,
        whose: &Binding,
    ) -> Result<SessionPlan> {
        let tenant_id = whose.tenant_for(tenant_id)?;
        let client = client_for_session(self.find_network(network, tenant_id.as_ref())?, tenant_id.as_ref())?;
        let Some(id) = reconnect else { return Ok(SessionPlan { client, tenant_id, expected_user: None }) };
        let account = account_to_reconnect(self.account(id.as_str())?, tenant_id.as_ref())?;
        // An account stays with its X app, also when the tenant has another one by now.
        let own = self.network(account.network_id.as_str())?.map(|network| network.client());
        Ok(SessionPlan { client: own.unwrap_or(client), tenant_id, expected_user: Some(account.user.id) })
    }

    pub(super) fn client(&self, id: &NetworkId) -> Result<ClientRef> {
        let network = self.network(id.as_str())?;
        let network = network.ok_or_else(|| Error::refused(Code::NetworkNotConfigured, "The X app was removed."))?;
        Ok(network.client())
    }

    /// By id; or by name: the tenant's own, else the one that all share.
    pub(super) fn find_network(&self, id_or_name: &str, tenant_id: Option<&TenantId>) -> Result<Option<Network>> {
        if !is_x(id_or_name) {
            return self.network(id_or_name);
        }
        match tenant_id.map(|tenant_id| self.network_of(tenant_id.as_str())).transpose()?.flatten() {
            Some(own) => Ok(Some(own)),
            None => self.network_of(""),
        }
    }
}

/// [`is_readable`] in SQL over `networks`.
fn readable_by(whose: &Binding) -> Filter {
    let own = whose.tenant_id.as_ref().filter(|_| whose.account_id.is_none()).map_or("", TenantId::as_str);
    Filter::new("is_deleted = 0").given("tenant_id IN ('', ?)", whose.is_narrow().then_some(own))
}

fn common(a: &Scopes, b: &Scopes) -> Scopes {
    let both: Vec<&str> = a.iter().filter(|name| b.contains(name)).collect();
    Scopes::parse(&both.join(" ")).unwrap_or_default()
}
