//! The operator's X apps in the ledger.

use latchkey_core::account::{Account, Reason, Status};
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::network::NetworkView;
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::id::{AccountId, NetworkId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::network::{ClientRef, Network};
use latchkey_core::oauth::Scopes;
use latchkey_core::time::Span;
use serde_json::json;

use super::outbox::Errand;
use super::{DeletionPlan, Inner, NetworkCommit, NetworkPlan, NetworkWish, SessionPlan, VerificationPlan, not_found};
use crate::error::{Error, Result};
use crate::runtime::{entropy, now};

/// A superseded secret can still be read while KV's copies catch up.
pub(super) const SUPERSEDED_FOR: Span = Span::hours(24);
/// Whether a secret is still needed to revoke tokens.
const ASKED_AGAIN_AFTER: Span = Span::hours(1);
/// Accounts whose tokens are revoked before the deletion of their app is answered.
const RELEASED_AT_ONCE: usize = 20;

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
            self.require_same_client(network, &client_id, force)?;
        }
        let id = match &current {
            Some(network) => network.id.clone(),
            None => NetworkId::from_entropy(entropy()?),
        };
        let version = self.next_secret_version(&id)?;
        self.owe(&Errand::ForgetSecret { network_id: id.clone(), version }, now() + SUPERSEDED_FOR)?;
        Ok(NetworkPlan { id, tenant_id, version, client_id, current: current.map(|network| network.client()) })
    }

    /// Tokens belong to the client that they were issued to.
    fn require_same_client(&self, network: &Network, client_id: &str, force: bool) -> Result<()> {
        if force || network.client_id == client_id {
            return Ok(());
        }
        let bound = self.bound_to(network)?;
        if bound.is_empty() {
            return Ok(());
        }
        let named: Vec<String> = bound.iter().map(named).collect();
        let message = format!("Connected with another client id, and to be connected again: {}.", named.join(", "));
        Err(Refused::new(Code::ClientChanged, message.clone()).with_detail("client_key", message).into())
    }

    /// The accounts whose tokens are of no use under another client id.
    fn bound_to(&self, network: &Network) -> Result<Vec<Account>> {
        let mut accounts = self.accounts_of_network(&network.id)?;
        accounts.retain(|account| account.status != Status::Disconnected);
        Ok(accounts)
    }

    /// The new version is readable: from here on it is the one that is used.
    pub(super) fn commit_network(&self, commit: &NetworkCommit, callback_url: &str) -> Result<Answer> {
        let time = now();
        let before = self.network(commit.id.as_str())?;
        let tenant = commit.tenant_id.as_ref().map_or("", TenantId::as_str);
        if before.is_none() && commit.replaces {
            let refused = Refused::new(Code::InFlight, "Another call has just deleted this social network.");
            return Err(refused.with_hint("Send the call again to see what is there.").into());
        }
        if before.is_none() && self.network_of(tenant)?.is_some() {
            let refused = Refused::new(Code::InFlight, "Another call has just added this social network.");
            return Err(refused.with_hint("Send the call again: it then rotates what is there.").into());
        }
        let mut network = Network {
            id: commit.id.clone(),
            tenant_id: commit.tenant_id.clone(),
            client_id: commit.client_id.clone(),
            secret_version: commit.version,
            client_type: commit.client_type,
            verified_at: commit.is_verified.then_some(time),
            paused: before.as_ref().and_then(|network| network.paused.clone()),
            probe_at: None,
            closed_until: before.as_ref().and_then(|network| network.closed_until),
            closed_limit: before.as_ref().and_then(|network| network.closed_limit),
            created_at: before.as_ref().map_or(time, |network| network.created_at),
            updated_at: time,
        };
        self.save_network(&network)?;
        let mut warnings = commit.warnings.clone();
        if let Some(before) = &before {
            let ended = self.supersede(before, &network)?;
            warnings.extend(ended.iter().map(|account| format!("{} has to be connected again.", named(account))));
            // What it was paused for may be mended now; if not, the next call to X says so.
            network = self.resume(network)?;
        }
        let status = if before.is_some() { 200 } else { 201 };
        let view = NetworkView::new(&network, callback_url, &Binding::default());
        Ok(Answer::success(status, json!({ "data": view, "warnings": warnings })))
    }

    /// Answers the accounts that end with the client id.
    fn supersede(&self, before: &Network, after: &Network) -> Result<Vec<Account>> {
        let old = Errand::ForgetSecret { network_id: before.id.clone(), version: before.secret_version };
        self.owe(&old, after.updated_at + SUPERSEDED_FOR)?;
        if before.client_id == after.client_id {
            return Ok(Vec::new());
        }
        let mut ended = self.bound_to(before)?;
        for account in &mut ended {
            let is_news = account.set_status(Status::ReconnectRequired, Some(Reason::ClientChanged), after.updated_at);
            account.revocation.begin(after.updated_at);
            self.save_account(account)?;
            if is_news {
                self.account_fell(account)?;
            }
            let errand = Errand::ClientChanged {
                object: account.object(),
                client_id: after.client_id.clone(),
                account_id: Some(account.id.clone()),
                before: Some(before.client()),
            };
            self.owe(&errand, after.updated_at)?;
        }
        Ok(ended)
    }

    pub(super) fn list_networks(&self, mut query: Query, callback_url: &str, whose: &Binding) -> Result<Answer> {
        let tenant_id = query.take_tenant();
        let warnings = query.finish()?;
        let is_wanted = |network: &Network| tenant_id.as_deref() == network.tenant_id.as_ref().map(TenantId::as_str);
        let mut networks = self.networks()?;
        networks.retain(|network| is_readable(network, whose) && (tenant_id.is_none() || is_wanted(network)));
        let views: Vec<_> = networks.iter().map(|network| NetworkView::new(network, callback_url, whose)).collect();
        Ok(Answer::success(200, json!({ "data": views, "count": views.len(), "warnings": warnings })))
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
        if whose.admits_tenant(network.tenant_id.as_ref()) {
            return Ok(network);
        }
        Err(Error::refused(Code::InsufficientKeyScope, "This X app is the operator's, for all tenants."))
    }

    /// Its accounts stay listed, inactive, and say what X has confirmed of their tokens. The edge asks X for the first of
    /// them at once, to say in its answer what X has confirmed; the errands do the rest.
    pub(super) fn delete_network(&self, id: &str, whose: &Binding) -> Result<DeletionPlan> {
        let network = self.own_network(id, whose)?;
        let accounts = self.accounts_of_network(&network.id)?;
        let others = accounts.len().saturating_sub(RELEASED_AT_ONCE);
        for (at, account) in accounts.iter().enumerate() {
            let mut account = account.clone();
            let is_news = account.set_status(Status::Disconnected, Some(Reason::NetworkDeleted), now());
            account.revocation.begin(now());
            self.save_account(&account)?;
            if is_news {
                self.account_fell(&account)?;
            }
            let wait = if at < RELEASED_AT_ONCE { Span::mins(1) } else { Span::secs(0) };
            self.owe_release(&account, now() + wait)?;
        }
        let forget = Errand::ForgetSecret { network_id: network.id.clone(), version: network.secret_version };
        self.owe(&forget, now() + SUPERSEDED_FOR)?;
        self.db()?.run("UPDATE networks SET is_deleted = 1 WHERE id = ?", vec![network.id.as_str().into()])?;
        let first = accounts.iter().take(RELEASED_AT_ONCE);
        let releases = first.map(|account| Ok((account.object(), self.release_of(account)?))).collect::<Result<_>>()?;
        Ok(DeletionPlan { releases, others })
    }

    /// A secret version that is no longer used; for as long as X has tokens to revoke it is.
    pub(super) async fn forget_secret(&self, network_id: &NetworkId, version: u32) -> Result<()> {
        let is_current = self.network(network_id.as_str())?.is_some_and(|network| network.secret_version == version);
        if is_current {
            return Ok(());
        }
        if self.owes_revocations(network_id)? {
            let errand = Errand::ForgetSecret { network_id: network_id.clone(), version };
            return self.owe(&errand, now() + ASKED_AGAIN_AFTER);
        }
        self.app()?.vault()?.forget(network_id, version).await
    }

    pub(super) fn plan_verification(&self, id: &str, whose: &Binding) -> Result<VerificationPlan> {
        let network = self.own_network(id, whose)?;
        let accounts = self.accounts_of_network(&network.id)?;
        let granted = accounts.iter().map(|account| account.scopes.clone()).reduce(|all, scopes| common(&all, &scopes));
        Ok(VerificationPlan { network, granted })
    }

    pub(super) fn commit_verification(&self, id: &NetworkId, is_good: bool, answer: &Answer) -> Result<Answer> {
        if let Some(mut network) = self.network(id.as_str())?.filter(|_| is_good) {
            network.verified_at = Some(now());
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
        // One tenant's app is for no other tenant's accounts.
        let is_fit = |network: &Network| network.tenant_id.is_none() || network.tenant_id == tenant_id;
        let network = self
            .find_network(network, tenant_id.as_ref())?
            .filter(is_fit)
            .ok_or_else(|| Error::refused(Code::NetworkNotConfigured, "No X app is configured for this tenant."))?;
        let Some(id) = reconnect else {
            return Ok(SessionPlan { client: network.client(), tenant_id, expected_user: None });
        };
        let account = self.account(id.as_str())?.filter(|account| account.tenant_id == tenant_id);
        let account = account.ok_or_else(|| not_found("account to reconnect under this tenant"))?;
        // An account stays with its X app, also when the tenant has another one by now.
        let own = self.network(account.network_id.as_str())?.unwrap_or(network);
        Ok(SessionPlan { client: own.client(), tenant_id, expected_user: Some(account.user.id) })
    }

    pub(super) fn client(&self, id: &NetworkId, even_deleted: bool) -> Result<ClientRef> {
        let network = if even_deleted { self.network_even_deleted(id)? } else { self.network(id.as_str())? };
        let network = network.ok_or_else(|| Error::refused(Code::NetworkNotConfigured, "The X app was removed."))?;
        Ok(network.client())
    }

    /// By id; or by name: the tenant's own, else the one that all share.
    pub(super) fn find_network(&self, id_or_name: &str, tenant_id: Option<&TenantId>) -> Result<Option<Network>> {
        if !matches!(id_or_name, "x" | "twitter") {
            return self.network(id_or_name);
        }
        match tenant_id.map(|tenant_id| self.network_of(tenant_id.as_str())).transpose()?.flatten() {
            Some(own) => Ok(Some(own)),
            None => self.network_of(""),
        }
    }
}

fn named(account: &Account) -> String {
    format!("@{} ({})", account.user.username, account.id)
}

/// The shared app is there for every tenant to know of.
fn is_readable(network: &Network, whose: &Binding) -> bool {
    network.tenant_id.is_none() || whose.admits_tenant(network.tenant_id.as_ref())
}

fn common(a: &Scopes, b: &Scopes) -> Scopes {
    let both: Vec<&str> = a.iter().filter(|name| b.contains(name)).collect();
    Scopes::parse(&both.join(" ")).unwrap_or_default()
}
