//! Changing, ending and repeating what was accepted, and hearing of it. What each means is decided in
//! `core/src/post_change.rs`.

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{ChangePost, IGNORED};
use latchkey_core::api::refused::Refused;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{AccountId, PostId};
use latchkey_core::key::{Binding, Caller};
use latchkey_core::outbox::OutboxJob;
use latchkey_core::post::{Post, Time, is_unmoved, schedule};
use latchkey_core::post_change;
use latchkey_core::post_change::{Change, Next, Retry};
use latchkey_core::public_url::PublicUrl;
use serde_json::json;

use super::budget::Expense;
use super::posts::require_tenant;
use super::{Done, Workspace, budget, committed, done, events, not_found, planned, posts, requests};
use crate::error::Result;
use crate::rpc::workspace::{ChangePlan, InsightPlan, Outcome, PostCommand};
use crate::runtime::now;

pub fn command(w: &Workspace, command: &PostCommand, caller: &Caller) -> Result<Done<Outcome>> {
    match command {
        PostCommand::PlanChange(asked) => planned(asked, plan_change(w, &asked.id, &asked.body, caller)?),
        PostCommand::CommitChange { id, number, body } => Ok(committed(commit_change(w, id, *number, body, caller)?)),
        PostCommand::PlanDelete(asked) => planned(asked, plan_delete(w, &asked.id, caller)?),
        PostCommand::CommitDelete { id, number } => Ok(committed(commit_delete(w, id, *number)?)),
        PostCommand::PlanInsight(asked) => planned(asked, plan_insight(w, &asked.id, &caller.binding)?),
        PostCommand::CountReads(asked) => planned(asked, budget::count_reads(w, &asked.account_id, asked.reads)?),
        PostCommand::CommitRemote { id, deleted, answer } => Ok(done(commit_remote(w, id, deleted, answer)?)),
        PostCommand::Show { id } => Ok(done(posts::resolved(w, id, caller)?)),
    }
}

/// Begins a change of a draft or of what is scheduled. What is wrong with it is said before anything is recalled.
fn plan_change(w: &Workspace, id: &str, body: &str, caller: &Caller) -> Result<ChangePlan> {
    let post = posts::find(w, id, &caller.binding)?;
    post_change::require_permitted(&post, caller.may_publish())?;
    let deliveries = w.store.deliveries.of_post(&post.id)?;
    post_change::require_changeable(&post, &deliveries)?;
    let deliveries = post_change::changeable(deliveries);
    let (after, _) = changed(w, &post, &deliveries, body, caller)?;
    budget::require_for_post(w, &after, deliveries.len(), Some(&post.id))?;
    begin_change(w, post, deliveries)
}

/// Completes the change; nothing when another one or an account's question came in between.
fn commit_change(w: &Workspace, id: &PostId, number: u32, body: &str, caller: &Caller) -> Result<Option<Done<Answer>>> {
    let Some(before) = post_under_change(w, id, number)? else { return Ok(None) };
    let deliveries = post_change::changeable(w.store.deliveries.of_post(id)?);
    let (after, warnings) = changed(w, &before, &deliveries, body, caller)?;
    budget::require_for_post(w, &after, deliveries.len(), Some(id))?;
    let prices = w.store.settings.get()?.prices;
    w.store.media.look_again(id)?;
    w.store.posts.save(&after)?;
    let versions = post_change::complete(&after, &deliveries, &prices, now());
    versions.into_iter().try_for_each(|next| save_next(w, next))?;
    let view = posts::view(w, &after, caller)?;
    let is_rescheduled = before.scheduled_at() != after.scheduled_at();
    let body = json!({ "rescheduled": is_rescheduled, "post": view, "data": { "post": view }, "warnings": warnings });
    let done = Done::from(Answer::success(200, body)).did(posts::audited(Action::PostChanged, &after));
    if !after.asks_anew_since(&before) {
        return Ok(Some(done));
    }
    requests::made(w, &after)?;
    Ok(Some(done.did(posts::audited(Action::PostApprovalRequested, &after))))
}

/// The post as the caller wants it, and what it says that means nothing here.
fn changed(
    w: &Workspace,
    post: &Post,
    deliveries: &[(Delivery, Account)],
    body: &str,
    caller: &Caller,
) -> Result<(Post, Vec<String>)> {
    let input = read::<ChangePost>(body.as_bytes(), IGNORED)?;
    let (mut wanted, mut warnings) = (input.value, input.warnings);
    if wanted.is_empty() {
        return Err(Refused::new(Code::InvalidPayload, "The body changes nothing.").into());
    }
    let scheduled_at = match wanted.scheduled_at.take() {
        // The time that was seen is no change, also after it has passed.
        Some(Some(time)) if post.is_as_seen() && is_unmoved(&time, post.scheduled_at()) => None,
        Some(Some(time)) => Some(schedule(&time, wanted.past, now())?),
        Some(None) => Some(Time::default()),
        None => None,
    };
    warnings.extend(scheduled_at.as_ref().and_then(|time| time.warning.clone()));
    let (options, mut draft) = (wanted.options()?, wanted.draft(&PublicUrl::judge(posts::allows_loopback(w)?))?);
    if let Some(draft) = &mut draft {
        require_tenant(&posts::find_media(w, draft, &caller.binding)?, post.tenant_id())?;
    }
    let accounts: Vec<&Account> = deliveries.iter().map(|(_, account)| account).collect();
    let change = Change { scheduled_at, is_draft: wanted.is_draft, options, draft };
    let wording = change.draft.as_ref().map(|draft| draft.wording);
    let after = post_change::apply(post, change, requests::by(w, caller)?, &accounts)?;
    warnings.extend(post_change::shortened(post, &after, wording));
    warnings.extend(after.expiry_warnings(now()));
    Ok((after, warnings))
}

/// Begins the end of what has not been sent. With nothing pending, only our record ends.
fn plan_delete(w: &Workspace, id: &str, caller: &Caller) -> Result<ChangePlan> {
    let post = posts::find(w, id, &caller.binding)?;
    post_change::require_permitted(&post, caller.may_publish())?;
    let deliveries = w.store.deliveries.of_post(&post.id)?;
    post_change::require_deletable(&deliveries)?;
    begin_change(w, post, deliveries)
}

fn commit_delete(w: &Workspace, id: &PostId, number: u32) -> Result<Option<Done<Answer>>> {
    let Some(post) = post_under_change(w, id, number)? else { return Ok(None) };
    let deletion = post_change::delete(&post, &w.store.deliveries.of_post(id)?);
    deletion.steps.into_iter().try_for_each(|next| save_next(w, next))?;
    events::announce(w, id)?;
    w.store.media.look_again(id)?;
    if deletion.forgets {
        w.store.posts.close(id)?;
    }
    let answer = Answer::success(200, json!({ "message": "Post deleted successfully" }));
    Ok(Some(Done::from(answer).did(posts::audited(Action::PostDeleted, &post))))
}

/// A delivery's next version, here and on its way to the account.
fn save_next(w: &Workspace, next: Next) -> Result<()> {
    let Next { object, stored, is_idle, sent } = next;
    if is_idle {
        w.store.deliveries.save_idle(&stored)?;
    } else {
        w.store.deliveries.save(&stored)?;
    }
    w.store.outbox.add(&OutboxJob::Enqueue { object, delivery: Box::new(sent) }, now())
}

fn begin_change(w: &Workspace, mut post: Post, deliveries: Vec<(Delivery, Account)>) -> Result<ChangePlan> {
    let number = post.begin_change();
    w.store.posts.save(&post)?;
    let recalls = post_change::recalls(&post, deliveries);
    let recalls = recalls.into_iter().map(|(delivery, account)| (account.object(), delivery)).collect();
    Ok(ChangePlan { id: post.id, number, recalls })
}

fn post_under_change(w: &Workspace, id: &PostId, number: u32) -> Result<Option<Post>> {
    let post = w.store.posts.find(id.as_str())?.ok_or_else(|| not_found("post"))?;
    Ok(Some(post).filter(|post| post.is_under_change(number)))
}

/// What a recalled delivery has become. A change of it that has begun and is not completed never will be.
pub fn reclaim(w: &Workspace, known: &Delivery) -> Result<Option<Delivery>> {
    let Some(delivery) = w.store.deliveries.find(known.post_id.as_str(), known.account_id.as_str())? else {
        return Ok(None);
    };
    let mut post = w.store.posts.find(known.post_id.as_str())?;
    if let Some(post) = &mut post {
        post.begin_change();
        w.store.posts.save(post)?;
    }
    Ok(Some(post_change::reclaimed(post.as_ref(), delivery)))
}

pub fn retry(w: &Workspace, id: &str, caller: &Caller) -> Result<Done<Answer>> {
    let post = posts::find(w, id, &caller.binding)?;
    let retry = Retry::of(w.store.deliveries.of_post(&post.id)?)?;
    let (tenant_id, cost) = (post.tenant_id(), retry.cost());
    budget::require(w, &Expense { tenant_id, cost, at: now(), instead_of: None })?;
    retry.versions(now()).into_iter().try_for_each(|next| save_next(w, next))?;
    for (delivery, account) in &retry.held {
        w.store
            .outbox
            .add(&OutboxJob::Retry { object: account.object(), delivery: Box::new(delivery.clone()) }, now())?;
    }
    let view = posts::view(w, &post, caller)?;
    let body = json!({ "retried": retry.count(), "post": view, "data": { "post": view }, "warnings": [] });
    Ok(Done::from(Answer::success(200, body)).did(posts::audited(Action::PostRetried, &post)))
}

fn plan_insight(w: &Workspace, id: &str, binding: &Binding) -> Result<InsightPlan> {
    let post = posts::find(w, id, binding)?;
    let deliveries = w.store.deliveries.of_post(&post.id)?;
    Ok(InsightPlan { post, deliveries })
}

/// These accounts' posts are gone at X. A call that deleted nothing, or what another call at once has deleted, changed nothing.
fn commit_remote(w: &Workspace, id: &PostId, deleted: &[AccountId], answer: &Answer) -> Result<Done<Answer>> {
    let gone = post_change::gone_at_x(&w.store.deliveries.of_post(id)?, deleted);
    if gone.is_empty() {
        return Ok(answer.clone().into());
    }
    gone.iter().try_for_each(|delivery| w.store.deliveries.save(delivery))?;
    let tenant_id = w.store.posts.tenant_of(id.as_str())?;
    Ok(Done::from(answer.clone()).did(Audited::on(Action::PostDeletedAtX, tenant_id.as_ref(), id.as_str())))
}
