//! Connected accounts in the ledger.

use latchkey_core::account::{Account, Consent, Reason, Status};
use latchkey_core::api::account::{AccountFilter, AccountView};
use latchkey_core::api::answer::Answer;
use latchkey_core::api::query::Query;
use latchkey_core::id::{AccountId, NetworkId};
use latchkey_core::key::Binding;
use latchkey_core::time::{Span, UnixMillis};
use serde_json::{Value, json};

use super::outbox::Errand;
use super::{DeletionPlan, GrantReport, HealthPlan, Inner, not_found};
use crate::app::ORG_ID;
use crate::error::Result;
use crate::objects::account::Release;
use crate::runtime::{entropy, now};

impl Inner {
    /// The same X user under the same tenant and app keeps id, posts and schedules. What its session has told already is
    /// no news.
    pub(super) fn connected(&self, consent: Consent) -> Result<Value> {
        let rows = self.accounts_of_user(&consent.network_id, consent.user.id.as_str(), true)?;
        let known = rows.into_iter().find(|account| account.tenant_id == consent.tenant_id);
        let account = match known {
            Some(account) if consent.session_id.is_some() && account.session_id == consent.session_id => {
                return Ok(serde_json::to_value(AccountView::new(&account, ORG_ID))?);
            }
            Some(mut account) => {
                account.reconnected(consent, now());
                account
            }
            None => Account::new(AccountId::from_entropy(entropy()?), consent, now()),
        };
        self.save_account(&account)?;
        self.account_connected(&account)?;
        Ok(serde_json::to_value(AccountView::new(&account, ORG_ID))?)
    }

    /// Every row that shares the grant learns of it.
    pub(super) fn grant_changed(&self, report: &GrantReport) -> Result<()> {
        for mut account in self.accounts_of_user(&report.network_id, &report.x_user_id, false)? {
            account.scopes = report.scopes.clone();
            account.token_expires_at = report.token_expires_at;
            let is_news = match report.ended {
                Some(ended) => account.set_status(Status::ReconnectRequired, Some(Reason::from(ended)), now()),
                None if account.status == Status::ReconnectRequired => account.set_status(Status::Active, None, now()),
                None => false,
            };
            self.save_account(&account)?;
            if is_news {
                self.account_fell(&account)?;
            }
        }
        Ok(())
    }

    pub(super) fn list_accounts(&self, mut query: Query, whose: &Binding) -> Result<Answer> {
        let filter = AccountFilter::from_query(&mut query)?;
        let warnings = query.finish()?;
        let mut accounts = self.accounts()?;
        accounts.retain(|account| whose.admits(account) && filter.admits(account));
        let (offset, limit) = (filter.page.offset as usize, filter.page.limit as usize);
        let rows: Vec<_> = accounts.iter().skip(offset).take(limit).map(|a| AccountView::new(a, ORG_ID)).collect();
        Ok(Answer::success(
            200,
            json!({ "data": rows, "count": accounts.len(), "limit": limit, "offset": offset, "warnings": warnings }),
        ))
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
        Ok(HealthPlan { object: account.object(), username: account.user.username })
    }

    pub(super) fn plan_limits(&self, id: &str, whose: &Binding) -> Result<String> {
        Ok(self.account_for(id, whose)?.object())
    }

    /// Closes the row and owes the rest to the account's object, so that a crash cannot leave tokens behind. The edge
    /// does it at once, to say in its answer whether X confirmed it; the errand comes after that.
    pub(super) fn delete_account(&self, id: &str, whose: &Binding) -> Result<DeletionPlan> {
        let mut account = self.account_for(id, whose)?;
        self.db()?.run("UPDATE accounts SET is_deleted = 1 WHERE id = ?", vec![id.into()])?;
        if account.set_status(Status::Disconnected, None, now()) {
            self.tell_status(&account)?;
        }
        self.cancel_drafts(&account.id)?;
        self.delete_keys_of(&account.id)?;
        self.owe_release(&account, now() + Span::mins(1))?;
        let is_last = self.users_of_grant(&account.network_id, account.user.id.as_str())?.is_empty();
        Ok(DeletionPlan { object: account.object(), release: Release { account_id: account.id, is_last } })
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
        let live = rows.into_iter().filter(|account| account.status != Status::Disconnected);
        Ok(live.map(|account| account.id).collect())
    }
}
