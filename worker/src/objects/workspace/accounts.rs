//! The connected accounts of the workspace.

use std::slice;

use latchkey_core::account::{Account, Consent, Status};
use latchkey_core::api::account::{AccountFilter, AccountView};
use latchkey_core::api::answer::Answer;
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::id::{AccountId, NetworkId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::network::require_client;
use latchkey_core::time::{Span, UnixMillis};
use latchkey_core::x::user::XUser;
use serde_json::{Value, json};

use super::list::Filter;
use super::outbox::Errand;
use super::{DeletionPlan, GrantReport, HealthPlan, Inner, Reserved, RevocationReport, Rows, not_found};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::objects::storage::doc;
use crate::rpc::account::Release;
use crate::runtime::{entropy, now};

impl Inner {
    /// A step towards an account, as long as the X app of the consent is there. The refusal is committed with what it
    /// brings about: a step before may have handed tokens to the account's object.
    pub(super) fn with_app<T>(
        &self,
        consent: &Consent,
        step: impl FnOnce() -> Result<T>,
    ) -> Result<std::result::Result<T, Refused>> {
        let network = self.network(consent.network_id.as_str())?;
        let current = network.as_ref().map(|network| network.client_id.as_str());
        match require_client(current, &consent.client_id) {
            Ok(()) => step().map(Ok),
            Err(refused) => self.take_back_consent(consent, current).map(|()| Err(refused)),
        }
    }

    /// What an account's object has of a client that is gone is discarded there and revoked at X.
    fn take_back_consent(&self, consent: &Consent, current: Option<&str>) -> Result<()> {
        // Without a row nothing was handed over.
        let Some(mut account) = self.row_of(consent)? else { return Ok(()) };
        account.revocation.begin(now());
        self.update_account(&account)?;
        let errand = Errand::ClientChanged {
            object: account.object(),
            // Of an app that was deleted no client id is left.
            client_id: current.unwrap_or_default().to_owned(),
            account_id: Some(account.id),
            before: None,
        };
        self.owe(&errand, now())
    }

    /// The row of an X user under a tenant and an app, a closed one too.
    fn row_of(&self, consent: &Consent) -> Result<Option<Account>> {
        let rows = self.accounts_of_user(&consent.network_id, consent.user.id.as_str(), true)?;
        Ok(rows.into_iter().find(|account| account.tenant_id == consent.tenant_id))
    }

    /// The row that a consent will be entered in. A new one is there for nobody before its consent is entered: it is kept
    /// as one that was deleted, which a connection revives.
    pub(super) fn reserve_account(&self, consent: &Consent) -> Result<Reserved> {
        let rows = self.users_of_grant(&consent.network_id, consent.user.id.as_str())?;
        if let Some(account) = self.row_of(consent)? {
            return Ok(Reserved { account_id: account.id, rows });
        }
        let account = Account::reserved(AccountId::from_entropy(entropy()?), consent.clone(), now());
        self.save_account(&account)?;
        self.close_account(&account.id)?;
        Ok(Reserved { account_id: account.id, rows })
    }

    fn close_account(&self, id: &AccountId) -> Result<()> {
        self.db()?.run("UPDATE accounts SET is_deleted = 1 WHERE id = ?", vec![id.as_str().into()])
    }

    /// The same X user under the same tenant and app keeps id, posts and schedules. What its session has told already is
    /// no news.
    pub(super) fn connected(&self, consent: &Consent) -> Result<Value> {
        let account = match self.row_of(consent)? {
            Some(account) if account.has_entered(consent) => {
                return Ok(serde_json::to_value(AccountView::new(&account, ORG_ID))?);
            }
            Some(mut account) => {
                account.reconnected(consent.clone(), now());
                account
            }
            None => Account::new(AccountId::from_entropy(entropy()?), consent.clone(), now()),
        };
        self.save_account(&account)?;
        self.learn_users(slice::from_ref(&account.user))?;
        self.account_connected(&account)?;
        Ok(serde_json::to_value(AccountView::new(&account, ORG_ID))?)
    }

    /// Handle, name, picture and limits are X's facts: every row of an X user has the same, deleted rows too, since their
    /// posts are still shown.
    pub(super) fn learn_users(&self, said: &[XUser]) -> Result<()> {
        let ids = serde_json::to_string(&said.iter().map(|user| &user.id).collect::<Vec<_>>())?;
        let query = "SELECT doc FROM accounts WHERE x_user_id IN (SELECT value FROM json_each(?))";
        for mut account in self.db()?.docs::<Account>(query, vec![ids.into()])? {
            let Some(user) = said.iter().find(|user| user.id == account.user.id) else { continue };
            if account.learn_user(user) {
                self.update_account(&account)?;
            }
        }
        Ok(())
    }

    /// A row that is there or was deleted, and stays so.
    fn update_account(&self, account: &Account) -> Result<()> {
        let update = "UPDATE accounts SET username = ?, doc = ? WHERE id = ?";
        let username = account.user.username.to_lowercase();
        self.db()?.run(update, vec![username.into(), doc(account)?, account.id.as_str().into()])
    }

    /// The rows that act with a grant learn of it.
    pub(super) fn grant_changed(&self, report: &GrantReport) -> Result<()> {
        let accounts: Vec<Account> = match &report.rows {
            Rows::One(id) => self.account(id.as_str())?.into_iter().collect(),
            Rows::AllBut(others) => {
                let mut accounts = self.accounts_of_user(&report.network_id, &report.x_user_id, false)?;
                accounts.retain(|account| !others.contains(&account.id));
                accounts
            }
        };
        for mut account in accounts.into_iter().filter(|account| account.status() != Status::Disconnected) {
            let is_news = account.learn_grant(&report.scopes, report.token_expires_at, report.ended, now());
            self.save_account(&account)?;
            if is_news {
                self.account_fell(&account)?;
            }
        }
        Ok(())
    }

    /// What an account's object says of the tokens that X has to revoke; deleted rows have some too.
    pub(super) fn learn_revocation(&self, report: &RevocationReport) -> Result<()> {
        let Ok(id) = AccountId::parse(&report.account_id) else { return Ok(()) };
        let Some(mut account) = self.account_even_deleted(&id)? else { return Ok(()) };
        account.revocation.learn(&report.tally, now());
        self.update_account(&account)
    }

    /// Whether X still has to revoke tokens of an app's accounts or sessions: its credentials are needed as long.
    pub(super) fn owes_revocations(&self, network_id: &NetworkId) -> Result<bool> {
        if self.network_even_deleted(network_id)?.is_some_and(|network| network.holds_secrets(now())) {
            return Ok(true);
        }
        let query = "SELECT count(*) AS count FROM accounts WHERE network_id = ?
            AND json_extract(doc, '$.revocation.pending_since') IS NOT NULL";
        Ok(self.db()?.count(query, vec![network_id.as_str().into()])? > 0)
    }

    /// Newest first.
    pub(super) fn list_accounts(&self, mut query: Query, whose: &Binding) -> Result<Answer> {
        let filter = AccountFilter::from_query(&mut query)?;
        let warnings = query.finish()?;
        let accounts = self.db()?.list::<Account>("accounts", "doc", &wanted(&filter, whose), &filter.page)?;
        let views = accounts.rows.iter().map(|account| json!(AccountView::new(account, ORG_ID)));
        let mut body = accounts.body(views.collect(), &warnings);
        body.insert("limit".into(), json!(filter.page.limit));
        body.insert("offset".into(), json!(filter.page.offset));
        Ok(Answer::success(200, body.into()))
    }

    /// One that is there for this caller. Another tenant's is as unknown as none.
    pub(super) fn account_for(&self, id: &str, whose: &Binding) -> Result<Account> {
        self.account(id)?.filter(|account| whose.admits(account)).ok_or_else(|| not_found("account"))
    }

    pub(super) fn get_account(&self, id: &str, whose: &Binding) -> Result<Answer> {
        let account = self.account_for(id, whose)?;
        Ok(Answer::data(200, AccountView::new(&account, ORG_ID)))
    }

    pub(super) fn plan_health(&self, id: &str, whose: &Binding) -> Result<HealthPlan> {
        let account = self.account_for(id, whose)?;
        Ok(HealthPlan { object: account.object(), account_id: account.id, username: account.user.username })
    }

    pub(super) fn plan_limits(&self, id: &str, whose: &Binding) -> Result<(String, AccountId)> {
        let account = self.account_for(id, whose)?;
        Ok((account.object(), account.id))
    }

    /// Closes the row and owes the rest to the account's object, so that a crash cannot leave tokens behind. The edge
    /// does it at once, to say in its answer whether X confirmed it; the errand comes after that.
    pub(super) fn delete_account(&self, id: &str, whose: &Binding) -> Result<DeletionPlan> {
        let mut account = self.account_for(id, whose)?;
        let is_news = account.removed(None, now());
        self.save_account(&account)?;
        self.close_account(&account.id)?;
        if is_news {
            self.tell_status(&account)?;
        }
        self.cancel_drafts(&account.id)?;
        self.delete_keys_of(&account.id)?;
        self.owe_release(&account, now() + Span::mins(1))?;
        Ok(DeletionPlan { releases: vec![(account.object(), self.release_of(&account)?)], others: 0 })
    }

    /// What an account's object is to hear of a row that was closed.
    pub(super) fn release_of(&self, account: &Account) -> Result<Release> {
        let rows = self.users_of_grant(&account.network_id, account.user.id.as_str())?;
        // Of an app that is gone every pair is meant, also that of a consent which was not entered any more.
        let is_there = self.network(account.network_id.as_str())?.is_some();
        let session_id = account.session_id().filter(|_| is_there).map(str::to_owned);
        Ok(Release { account_id: account.id.clone(), session_id, rows })
    }

    pub(super) fn owe_release(&self, account: &Account, due_at: UnixMillis) -> Result<()> {
        let errand = Errand::Release {
            account_id: account.id.clone(),
            network_id: account.network_id.clone(),
            x_user_id: account.user.id.as_str().to_owned(),
        };
        self.owe(&errand, due_at)
    }

    /// The rows for whose sake the tokens of an X user are kept.
    pub(super) fn users_of_grant(&self, network_id: &NetworkId, x_user_id: &str) -> Result<Vec<AccountId>> {
        let rows = self.accounts_of_user(network_id, x_user_id, false)?;
        let live = rows.into_iter().filter(|account| account.status() != Status::Disconnected);
        Ok(live.map(|account| account.id).collect())
    }
}

/// The filters as SQL over `accounts`. Rows that are gone but for tokens that X has not revoked are asked for by their
/// status.
fn wanted(filter: &AccountFilter, whose: &Binding) -> Filter {
    let is_there = if filter.wants_disconnected() {
        "(is_deleted = 0 OR json_extract(doc, '$.revocation.pending_since') IS NOT NULL
            OR json_extract(doc, '$.revocation.ended') = 'not_confirmed')"
    } else {
        "is_deleted = 0"
    };
    let of_network = if filter.is_of_x() { "TRUE" } else { "FALSE" };
    Filter::new(is_there)
        .only(of_network)
        .given("id = ?", whose.account_id.as_ref().map(AccountId::as_str))
        .given("tenant_id = ?", whose.tenant_id.as_ref().map(TenantId::as_str))
        .given("id = ?", filter.id.as_deref())
        .given("tenant_id = ?", filter.tenant_id.as_deref())
        .given("x_user_id = ?", filter.network_unique_id.as_deref())
        .given("instr(username, lower(?)) > 0", filter.username.as_deref())
        .given("json_extract(doc, '$.status') = ?", filter.status.as_deref())
}
