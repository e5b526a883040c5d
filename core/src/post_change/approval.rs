//! What an approval makes of a post and its deliveries. No account has any of them before the yes, so nothing is recalled.

use super::{Next, changeable, check, next_of, require_changeable};
use crate::account::Account;
use crate::approval::{Decision, nothing_asked, require_in_time};
use crate::delivery::Delivery;
use crate::post::{By, Post, Wording};
use crate::refusal::{Code, Refused};
use crate::time::UnixMillis;
use crate::x::price::Prices;

/// Whoever may not publish changes and ends only what nobody sends.
pub fn require_permitted(post: &Post, may_publish: bool) -> Result<(), Refused> {
    if may_publish || post.is_draft() {
        return Ok(());
    }
    let message = "This key changes drafts, and posts that wait for approval.";
    Err(Refused::new(Code::InsufficientKeyScope, message).with_hint("Use a key with the scope `publish`."))
}

/// A draft asks for approval, as a version of its own. Nothing of a post that asks already.
pub fn ask(post: &Post, deliveries: &[(Delivery, Account)], by: By) -> Result<Option<Post>, Refused> {
    if post.awaits_approval() && !post.has_expired(by.at) {
        return Ok(None);
    }
    if !post.is_draft() {
        let refused = Refused::new(Code::AlreadyPublished, "Only a draft can ask for approval.");
        return Err(refused.with_hint("PATCH the post with `\"isDraft\": true` first, if it has not begun."));
    }
    require_changeable(post, deliveries)?;
    let mut after = post.clone();
    after.ask_approval(by);
    after.begin_change();
    check_for(&after, deliveries)?;
    Ok(Some(after))
}

/// The post after an answer; nothing if it was answered so before. What is approved has to be ready to leave.
pub fn answer(
    post: &Post,
    deliveries: &[(Delivery, Account)],
    decision: &Decision,
    number: Option<u32>,
    by: &str,
    now: UnixMillis,
) -> Result<Option<Post>, Refused> {
    let approval = post.approval().ok_or_else(nothing_asked)?;
    let Some(approval) = approval.decide(decision, number, by, now)? else { return Ok(None) };
    if *decision == Decision::Approve {
        require_in_time(post.scheduled_at(), now)?;
        require_changeable(post, deliveries)?;
        check_for(post, deliveries)?;
    }
    let mut after = post.answered(approval);
    after.begin_change();
    Ok(Some(after))
}

/// Nobody has answered: it is a draft again.
pub fn expire(post: &Post) -> Post {
    let mut after = post.clone();
    after.expire_approval();
    after.begin_change();
    after
}

/// The last account of a post is removed, so that nobody is asked any more. Nothing of a post that asks for nothing.
pub fn end_without_accounts(post: &Post) -> Option<Post> {
    post.awaits_approval().then(|| {
        let mut after = post.clone();
        after.forget_approval();
        after.begin_change();
        after
    })
}

fn check_for(post: &Post, deliveries: &[(Delivery, Account)]) -> Result<(), Refused> {
    let open = deliveries.iter().filter(|(delivery, _)| !delivery.is_final());
    let accounts: Vec<&Account> = open.map(|(_, account)| account).collect();
    check(post, Wording::Containers, &accounts)
}

/// The next versions of the deliveries, each with the object of its account: queued for an approved post, held for one that
/// asks, and nobody's for a draft.
pub fn versions(after: &Post, deliveries: Vec<(Delivery, Account)>, prices: &Prices, now: UnixMillis) -> Vec<Next> {
    let next = |(delivery, account): (Delivery, Account)| {
        let stored = next_of(after, &delivery, prices, now);
        Next { object: account.object(), sent: stored.clone(), is_idle: after.is_draft(), stored }
    };
    changeable(deliveries).into_iter().map(next).collect()
}
