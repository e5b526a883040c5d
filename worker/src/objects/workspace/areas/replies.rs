//! Replies to published posts, and reposts.

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{IGNORED, NewReply, NewRepost};
use latchkey_core::id::XPostId;
use latchkey_core::key::Caller;
use latchkey_core::post::{Post, Recipients, require_one_user, resolve};

use super::{Done, Workspace, budget, not_found, posts};
use crate::error::Result;
use crate::runtime::now;

/// A reply to a post of ours, or to what somebody said below it.
pub fn reply(w: &Workspace, id: &str, body: &str, caller: &Caller) -> Result<Done<Answer>> {
    let input = read::<NewReply>(body.as_bytes(), IGNORED)?;
    let (wanted, warnings) = (input.value, input.warnings);
    let original = posts::find(w, id, &caller.binding)?;
    let by_name = |account: &Account| wanted.account_username.as_ref().is_none_or(|name| account.is_called(name));
    if let Some(name) = &wanted.account_username {
        let deliveries = w.store.deliveries.of_post(&original.id)?;
        let so_called: Vec<&Account> =
            deliveries.iter().map(|(_, account)| account).filter(|account| by_name(account)).collect();
        require_one_user(name, &so_called, "account_username")?;
    }
    let published = published_by(w, &original, by_name, wanted.platform_post_id.as_ref())?;
    let (root, account) = published.ok_or_else(|| not_found("published post of this account to reply to"))?;
    let parent = wanted.parent_comment_id.as_ref().unwrap_or(&root);
    let reply = Post::reply(posts::new_id()?, &account, parent, wanted.content, now())?;
    budget::require_for_post(w, &reply, 1, None)?;
    posts::accepted(w, &reply, &[&account], &warnings, caller)
}

/// A repost of what one account published, by this or another account.
pub fn repost(w: &Workspace, id: &str, body: &str, caller: &Caller) -> Result<Done<Answer>> {
    let input = read::<NewRepost>(body.as_bytes(), IGNORED)?;
    let (wanted, mut warnings) = (input.value, input.warnings);
    let (binding, original) = (&caller.binding, posts::find(w, id, &caller.binding)?);
    let names = [wanted.account];
    let mut known = w.store.accounts.named(&names)?;
    known.retain(|account| binding.admits(account) && account.tenant_id.as_ref() == original.tenant_id());
    let Recipients { accounts, warnings: left_out } = resolve(&names, &known, &w.store.apps.paused()?, "account")?;
    warnings.extend(left_out);
    let is_other = |account: &Account| accounts.iter().all(|by| by.user().id != account.user().id);
    let published = match published_by(w, &original, is_other, None)? {
        None => published_by(w, &original, |_| true, None)?,
        other => other,
    };
    let (root, _) = published.ok_or_else(|| not_found("published post to repost"))?;
    let repost = Post::repost(posts::new_id()?, original.tenant_id().cloned(), root, now());
    budget::require_for_post(w, &repost, accounts.len(), None)?;
    posts::accepted(w, &repost, &accounts, &warnings, caller)
}

/// What one of a post's accounts published of it: the root, or the segment that is named.
fn published_by(
    w: &Workspace,
    post: &Post,
    is_meant: impl Fn(&Account) -> bool,
    named: Option<&XPostId>,
) -> Result<Option<(XPostId, Account)>> {
    let deliveries = w.store.deliveries.of_post(&post.id)?;
    let published = deliveries.into_iter().filter(|(_, account)| is_meant(account)).find_map(|(delivery, account)| {
        let id = delivery.published_ids().find(|id| named.is_none_or(|named| named == *id))?.clone();
        Some((id, account))
    });
    Ok(published)
}
