//! Approval by a person: a post asks, is answered by a key or by the holder of its page's address, or is answered by
//! nobody. What each means is decided in `core/src/post_change/approval.rs`.

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{Approve, Reject, estimate, rejection};
use latchkey_core::api::refused::Refused;
use latchkey_core::approval::{ApprovalShown, BY_LINK, Decision, Link};
use latchkey_core::audit::Action;
use latchkey_core::delivery::Delivery;
use latchkey_core::key::Caller;
use latchkey_core::outbox::OutboxJob;
use latchkey_core::post::Post;
use latchkey_core::post_change;
use latchkey_core::webhook::EventKind;

use super::super::store::outbox::Begun;
use super::links::links;
use super::posts::audited;
use super::{Done, Workspace, budget, events, posts, requests};
use crate::error::Result;
use crate::runtime::now;

/// A draft asks. One that asks already goes on asking.
pub fn ask(w: &Workspace, id: &str, caller: &Caller) -> Result<Done<Answer>> {
    let post = posts::find(w, id, &caller.binding)?;
    post_change::require_permitted(&post, caller.may_publish())?;
    let deliveries = w.store.deliveries.of_post(&post.id)?;
    let Some(after) = post_change::ask(&post, &deliveries, requests::by(w, caller)?)? else {
        return posts::answer(w, &post, &[], caller);
    };
    save(w, &after, deliveries)?;
    requests::made(w, &after)?;
    Ok(posts::answer(w, &after, &[], caller)?.did(audited(Action::PostApprovalRequested, &after)))
}

pub fn approve(w: &Workspace, id: &str, body: &str, caller: &Caller) -> Result<Done<Answer>> {
    let Approve { number } = read::<Approve>(body.as_bytes(), &[])?.value;
    answered_by_key(w, id, &Decision::Approve, number, caller)
}

pub fn reject(w: &Workspace, id: &str, body: &str, caller: &Caller) -> Result<Done<Answer>> {
    let Reject { number, note } = read::<Reject>(body.as_bytes(), &[])?.value;
    answered_by_key(w, id, &rejection(note.as_deref())?, number, caller)
}

fn answered_by_key(
    w: &Workspace,
    id: &str,
    decision: &Decision,
    number: Option<u32>,
    caller: &Caller,
) -> Result<Done<Answer>> {
    let post = posts::find(w, id, &caller.binding)?;
    let Some((after, handed)) = decide(w, &post, decision, number, &caller.key_id)? else {
        return posts::answer(w, &post, &[], caller);
    };
    let done = posts::answer(w, &after, &[], caller)?;
    Ok(done.did(audited(action_of(decision), &after)).hands(handed))
}

/// The holder of the page's address answers.
pub fn answered_by_link(w: &Workspace, link: &Link, decision: &Decision, request_id: &str) -> Result<Vec<Begun>> {
    let post = asking(w, link)?;
    let decided = decide(w, &post, decision, Some(link.number), BY_LINK)?;
    let Some((after, handed)) = decided else { return Ok(Vec::new()) };
    events::record(w, &audited(action_of(decision), &after).by_link(request_id, now()))?;
    Ok(handed)
}

/// Everything on which a person decides.
pub fn shown(w: &Workspace, link: &Link) -> Result<ApprovalShown> {
    let (post, links) = (asking(w, link)?, links(w, false)?);
    let deliveries = post_change::changeable(w.store.deliveries.of_post(&post.id)?);
    let accounts: Vec<&Account> = deliveries.iter().map(|(_, account)| account).collect();
    let price = estimate(&post, accounts.len(), &w.store.settings.get()?.prices);
    let shown = post.shown_for_approval(&accounts, price, &|id| links.file(id), links.now);
    Ok(shown.ok_or_else(stale)?)
}

/// Nobody has answered: the post is a draft again.
pub fn expire(w: &Workspace, post: &Post) -> Result<()> {
    let after = post_change::expire(post);
    save(w, &after, w.store.deliveries.of_post(&post.id)?)?;
    events::happened(w, &requests::event(w, EventKind::PostApprovalExpired, &after)?)
}

/// The post that a link is for, as long as the version that asked is the current one.
fn asking(w: &Workspace, link: &Link) -> Result<Post> {
    let post = w.store.posts.find(link.post_id.as_str())?;
    Ok(post.filter(|post| post.has_link(link)).ok_or_else(stale)?)
}

fn stale() -> Refused {
    Refused::new(Code::ApprovalStale, "The post has changed since, or is gone.")
}

const fn action_of(decision: &Decision) -> Action {
    match decision {
        Decision::Approve => Action::PostApproved,
        Decision::Reject { .. } => Action::PostRejected,
    }
}

/// The post with the answer, and its deliveries on their way; nothing if it was answered so before.
fn decide(
    w: &Workspace,
    post: &Post,
    decision: &Decision,
    number: Option<u32>,
    by: &str,
) -> Result<Option<(Post, Vec<Begun>)>> {
    let deliveries = w.store.deliveries.of_post(&post.id)?;
    let answered = post_change::answer(post, &deliveries, decision, number, by, now())?;
    let Some(after) = answered else { return Ok(None) };
    let open = deliveries.iter().filter(|(delivery, _)| !delivery.is_final()).count();
    budget::require_for_post(w, &after, open, Some(&post.id))?;
    let handed = save(w, &after, deliveries)?;
    let kind = match decision {
        Decision::Approve => EventKind::PostApproved,
        Decision::Reject { .. } => EventKind::PostRejected,
    };
    events::notify(w, &requests::event(w, kind, &after)?)?;
    Ok(Some((after, handed)))
}

/// The post and the next versions of its deliveries. Those that somebody is to send go to their accounts.
fn save(w: &Workspace, after: &Post, deliveries: Vec<(Delivery, Account)>) -> Result<Vec<Begun>> {
    let prices = w.store.settings.get()?.prices;
    w.store.posts.save(after)?;
    let mut jobs = Vec::new();
    for next in post_change::versions(after, deliveries, &prices, now()) {
        if next.is_idle {
            w.store.deliveries.save_idle(&next.stored)?;
        } else {
            w.store.deliveries.save(&next.stored)?;
            jobs.push(OutboxJob::Enqueue { object: next.object, delivery: Box::new(next.sent) });
        }
    }
    w.store.outbox.add_begun(jobs, now())
}
