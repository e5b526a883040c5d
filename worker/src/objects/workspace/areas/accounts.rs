//! Connected accounts: shown, disconnected, and kept up to date by what their objects and X say.

use latchkey_core::account::{Account, Status};
use latchkey_core::api::account::{AccountFilter, AccountView};
use latchkey_core::api::answer::Answer;
use latchkey_core::api::query::Query;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::delivery::State;
use latchkey_core::id::{AccountId, NetworkId, XUserId};
use latchkey_core::key::Binding;
use latchkey_core::outbox::OutboxJob;
use latchkey_core::post_change;
use latchkey_core::time::{Span, UnixMillis};
use latchkey_core::x::user::XUser;
use serde_json::json;

use super::{Done, Workspace, events, lists, not_found, planned};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::rpc::account::Release;
use crate::rpc::workspace::{AccountCommand, DeletionPlan, GrantReport, HealthPlan, Outcome, RevocationReport, Rows};
use crate::runtime::now;

pub fn command(w: &Workspace, command: &AccountCommand, binding: &Binding) -> Result<Done<Outcome>> {
    match command {
        AccountCommand::PlanHealth(asked) => planned(asked, plan_health(w, &asked.id, binding)?),
        AccountCommand::PlanLimits(asked) => planned(asked, plan_limits(w, &asked.id, binding)?),
        AccountCommand::Delete(asked) => planned(asked, delete(w, &asked.id, binding)?),
    }
}

/// Newest first.
pub fn list(w: &Workspace, mut query: Query, binding: &Binding) -> Result<Answer> {
    let filter = AccountFilter::from_query(&mut query)?;
    let warnings = query.finish()?;
    let accounts = w.store.accounts.list(&filter, binding)?;
    let views = accounts.rows.iter().map(|account| json!(AccountView::new(account, ORG_ID)));
    let mut body = lists::body(&accounts, views.collect(), &warnings);
    body.insert("limit".into(), json!(filter.page.limit));
    body.insert("offset".into(), json!(filter.page.offset));
    Ok(Answer::success(200, body.into()))
}

/// Handle, name, picture and limits are X's facts: every row of an X user has the same, deleted rows too, since their
/// posts are still shown.
pub fn learn_users(w: &Workspace, said: &[XUser]) -> Result<()> {
    let ids: Vec<&XUserId> = said.iter().map(|user| &user.id).collect();
    for mut account in w.store.accounts.of_x_users(&ids)? {
        let Some(user) = said.iter().find(|user| user.id == account.user().id) else { continue };
        if account.learn_user(user) {
            w.store.accounts.update(&account)?;
        }
    }
    Ok(())
}

/// An account is removed: its drafts will not be sent, and nobody is asked to approve a post without accounts.
fn cancel_drafts(w: &Workspace, account_id: &AccountId) -> Result<()> {
    for delivery in w.store.deliveries.idle_of(account_id)? {
        w.store.deliveries.save_idle(&delivery.ended_as(State::Cancelled))?;
        if w.store.deliveries.are_all_final(&delivery.post_id)? {
            let post = w.store.posts.find(delivery.post_id.as_str())?;
            post.as_ref()
                .and_then(post_change::end_without_accounts)
                .map_or(Ok(()), |post| w.store.posts.save(&post))?;
        }
    }
    Ok(())
}

/// One that is there for this caller. Another tenant's is as unknown as none.
pub fn account_for(w: &Workspace, id: &str, binding: &Binding) -> Result<Account> {
    w.store.accounts.find(id)?.filter(|account| binding.admits(account)).ok_or_else(|| not_found("account"))
}

pub fn get(w: &Workspace, id: &str, binding: &Binding) -> Result<Answer> {
    let account = account_for(w, id, binding)?;
    Ok(Answer::data(200, AccountView::new(&account, ORG_ID)))
}

fn plan_health(w: &Workspace, id: &str, binding: &Binding) -> Result<HealthPlan> {
    let account = account_for(w, id, binding)?;
    Ok(HealthPlan { object: account.object(), username: account.user().username.clone(), account_id: account.id })
}

fn plan_limits(w: &Workspace, id: &str, binding: &Binding) -> Result<(String, AccountId)> {
    let account = account_for(w, id, binding)?;
    Ok((account.object(), account.id))
}

/// Closes the row and owes the rest to the account's object, so that a crash cannot leave tokens behind. The edge
/// does it at once, to say in its answer whether X confirmed it; the job comes after that.
fn delete(w: &Workspace, id: &str, binding: &Binding) -> Result<Done<DeletionPlan>> {
    let mut account = account_for(w, id, binding)?;
    let is_news = account.removed(None, now());
    w.store.accounts.save(&account)?;
    w.store.accounts.close(&account.id)?;
    if let Some(event) = events::of_status(&account).filter(|_| is_news) {
        events::notify(w, &event)?;
    }
    cancel_drafts(w, &account.id)?;
    w.store.keys.delete_of_account(&account.id)?;
    enqueue_release(w, &account, now() + Span::mins(1))?;
    let plan = DeletionPlan { releases: vec![(account.object(), release_of(w, &account)?)], others: 0 };
    Ok(Done::from(plan).did(Audited::on(Action::AccountDisconnected, account.tenant_id.as_ref(), account.id.as_str())))
}

/// What an account's object is to hear of a row that was closed.
pub fn release_of(w: &Workspace, account: &Account) -> Result<Release> {
    let rows = users_of_grant(w, &account.network_id, account.user().id.as_str())?;
    // Of an app that is gone every pair is meant, also that of a consent which was not entered any more.
    let is_there = w.store.apps.find(account.network_id.as_str())?.is_some();
    let session_id = account.session_id().filter(|_| is_there).map(str::to_owned);
    Ok(Release { account_id: account.id.clone(), session_id, rows })
}

pub fn enqueue_release(w: &Workspace, account: &Account, due_at: UnixMillis) -> Result<()> {
    let job = OutboxJob::Release {
        account_id: account.id.clone(),
        network_id: account.network_id.clone(),
        x_user_id: account.user().id.as_str().to_owned(),
    };
    w.store.outbox.add(&job, due_at)
}

/// The rows for whose sake the tokens of an X user are kept.
pub fn users_of_grant(w: &Workspace, network_id: &NetworkId, x_user_id: &str) -> Result<Vec<AccountId>> {
    let rows = w.store.accounts.of_user(network_id, x_user_id, false)?;
    let live = rows.into_iter().filter(|account| account.status() != Status::Disconnected);
    Ok(live.map(|account| account.id).collect())
}

/// The rows that act with a grant learn of it.
pub fn grant_changed(w: &Workspace, report: &GrantReport) -> Result<()> {
    let accounts: Vec<Account> = match &report.rows {
        Rows::One(id) => w.store.accounts.find(id.as_str())?.into_iter().collect(),
        Rows::AllBut(others) => {
            let mut accounts = w.store.accounts.of_user(&report.network_id, &report.x_user_id, false)?;
            accounts.retain(|account| !others.contains(&account.id));
            accounts
        }
    };
    for mut account in accounts.into_iter().filter(|account| account.status() != Status::Disconnected) {
        let is_news = account.learn_grant(&report.scopes, report.token_expires_at, report.ended, now());
        w.store.accounts.save(&account)?;
        if let Some(event) = events::of_status(&account).filter(|_| is_news) {
            events::happened(w, &event)?;
        }
    }
    Ok(())
}

/// What an account's object says of the tokens that X has to revoke; deleted rows have some too.
pub fn learn_revocation(w: &Workspace, report: &RevocationReport) -> Result<()> {
    let Ok(id) = AccountId::parse(&report.account_id) else { return Ok(()) };
    let Some(mut account) = w.store.accounts.find_even_deleted(&id)? else { return Ok(()) };
    account.learn_revocations(&report.tally, now());
    w.store.accounts.update(&account)
}
