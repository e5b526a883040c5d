//! Posts of the workspace: accepted, and shown.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{CreatePost, IGNORED, PostFilter, estimate, post_view};
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::budget::require_ceiling;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{PostId, TenantId};
use latchkey_core::key::{Binding, Caller};
use latchkey_core::media::Media;
use latchkey_core::outbox::OutboxJob;
use latchkey_core::post::{Draft, Post, is_for, resolve};
use latchkey_core::public_url::PublicUrl;
use latchkey_core::x::price::Prices;
use serde_json::{Map, Value, json};

use super::super::store::outbox::Begun;
use super::super::store::posts::deliveries::Addressed;
use super::links::links;
use super::{Done, Workspace, budget, lists, not_found, requests};
use crate::error::{Error, Result};
use crate::names::ORG_ID;
use crate::runtime::{entropy, now};

/// Newest first.
pub fn list(w: &Workspace, mut query: Query, caller: &Caller) -> Result<Answer> {
    let filter = PostFilter::from_query(&mut query)?;
    let warnings = query.finish()?;
    let posts = w.store.posts.list(&filter, &caller.binding)?;
    let views = views(w, &posts.rows, caller)?;
    lists::answer_twice(&posts, "posts", &views, &warnings)
}

/// Of several posts, with their deliveries by one statement.
pub fn views<P: Borrow<Post>>(w: &Workspace, posts: &[P], caller: &Caller) -> Result<Vec<Value>> {
    let mut deliveries = BTreeMap::<PostId, Vec<(Delivery, Account)>>::new();
    for (delivery, account) in w.store.deliveries.of_posts(posts.iter().map(|post| &post.borrow().id))? {
        deliveries.entry(delivery.post_id.clone()).or_default().push((delivery, account));
    }
    let of = |post: &Post| deliveries.get(&post.id).map(Vec::as_slice).unwrap_or_default();
    posts.iter().map(Borrow::borrow).map(|post| view_with(w, post, of(post), caller)).collect()
}

/// A medium of one tenant is not for the accounts of another: to them, it is not there.
pub fn require_tenant(media: &[(String, Media)], tenant_id: Option<&TenantId>) -> Result<(), Refused> {
    match media.iter().find(|(_, media)| !is_for(media, tenant_id)) {
        Some((path, _)) => Err(Refused::field(path, "there is no such media")),
        None => Ok(()),
    }
}

fn rows_mut<'a>(view: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    view.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

pub fn new_id() -> Result<PostId> {
    Ok(PostId::from_entropy(entropy()?))
}

/// In order: (1) the body by itself, (2) whom it names, (3) what X takes from them, (4) the price. Accepted means
/// durable: post, deliveries and the jobs that send them are one transaction.
pub fn create(w: &Workspace, body: &str, caller: &Caller) -> Result<Done<Answer>> {
    let binding = &caller.binding;
    let input = read::<CreatePost>(body.as_bytes(), IGNORED)?;
    let (mut wanted, mut warnings) = (input.value, input.warnings);
    binding.tenant_for(wanted.tenant_id.clone())?;
    let mut draft = wanted.draft(&PublicUrl::judge(allows_loopback(w)?))?;
    let media = find_media(w, &mut draft, binding)?;
    let mut post = Post::planned(new_id()?, wanted.options()?, wanted.is_draft, now());
    if let Some(time) = &wanted.scheduled_at {
        warnings.extend(post.schedule(time, wanted.past)?);
    }
    if wanted.asks_approval(caller.may_publish())? {
        post.ask_approval(requests::by(w, caller)?);
    }
    post.say(&draft)?;
    post.check(draft.wording)?;
    if post.awaits_approval() {
        post.require_uploaded(draft.wording)?;
    }
    let mut known = w.store.accounts.named(&wanted.accounts)?;
    known.retain(|account| binding.admits(account));
    known.retain(|account| wanted.tenant_id.is_none() || account.tenant_id == wanted.tenant_id);
    let recipients = resolve(&wanted.accounts, &known, &w.store.apps.paused()?, "accounts")?;
    warnings.extend(recipients.warnings);
    let accounts = recipients.accounts;
    post.check_length(draft.wording, &accounts)?;
    post.check_scopes(&accounts)?;
    post.address(&accounts);
    require_tenant(&media, post.tenant_id())?;
    require_ceiling(estimate(&post, accounts.len(), &w.store.settings.get()?.prices).0, wanted.max_cost_usd)?;
    budget::require_for_post(w, &post, accounts.len(), None)?;
    warnings.extend(post.expiry_warnings(now()));
    if wanted.dry_run {
        return Ok(dry_answer(w, &post, &accounts, &warnings, caller)?.into());
    }
    accepted(w, &post, &accounts, &warnings, caller)
}

/// The transaction takes the post: the answer, and the audited actions.
pub fn accepted(
    w: &Workspace,
    post: &Post,
    accounts: &[&Account],
    warnings: &[String],
    caller: &Caller,
) -> Result<Done<Answer>> {
    let (deliveries, handed) = accept(w, post, accounts)?;
    let view = view_with(w, post, &deliveries, caller)?;
    let done = answer_of(post, &view, warnings).did(audited(Action::PostCreated, post)).hands(handed);
    if !post.awaits_approval() {
        return Ok(done);
    }
    requests::made(w, post)?;
    Ok(done.did(audited(Action::PostApprovalRequested, post)))
}

pub fn audited(action: Action, post: &Post) -> Audited {
    Audited::on(action, post.tenant_id(), post.id.as_str())
}

/// The deliveries in the order in which they are read, and the jobs that have begun.
fn accept(w: &Workspace, post: &Post, accounts: &[&Account]) -> Result<(Vec<Addressed>, Vec<Begun>)> {
    let prices = w.store.settings.get()?.prices;
    let mut owed = Vec::new();
    w.store.posts.add(post)?;
    let mut deliveries = deliveries_of(post, accounts, &prices);
    for (delivery, account) in &deliveries {
        if post.is_draft() {
            w.store.deliveries.save_idle(delivery)?;
        } else {
            w.store.deliveries.save(delivery)?;
            owed.push(OutboxJob::Enqueue { object: account.object(), delivery: Box::new(delivery.clone()) });
        }
    }
    deliveries.sort_by(|(one, _), (other, _)| one.account_id.cmp(&other.account_id));
    Ok((deliveries, w.store.outbox.add_begun(owed, now())?))
}

fn deliveries_of(post: &Post, accounts: &[&Account], prices: &Prices) -> Vec<Addressed> {
    let to = |account: &&Account| (post.delivery_to(account, prices, post.created_at), (*account).clone());
    accounts.iter().map(to).collect()
}

/// The post as it would be. It has no id, since there is none.
fn dry_answer(
    w: &Workspace,
    post: &Post,
    accounts: &[&Account],
    warnings: &[String],
    caller: &Caller,
) -> Result<Answer> {
    let deliveries = deliveries_of(post, accounts, &w.store.settings.get()?.prices);
    let mut view = view_with(w, post, &deliveries, caller)?;
    if let Some(fields) = view.as_object_mut() {
        fields.insert("id".into(), Value::Null);
        // Nobody is asked.
        fields.remove("approval");
    }
    for container in rows_mut(&mut view, "containers") {
        container.insert("id".into(), Value::Null);
    }
    for account in rows_mut(&mut view, "socialAccounts") {
        let segments = account.get_mut("segments").and_then(Value::as_array_mut);
        for segment in segments.into_iter().flatten().filter_map(Value::as_object_mut) {
            segment.insert("container_id".into(), Value::Null);
        }
    }
    let body = json!({ "dryRun": true, "post": view, "data": { "post": view }, "warnings": warnings });
    Ok(Answer::success(200, body))
}

/// One that is there for this caller: of its tenant; for the key of an account, of that account alone.
pub fn find(w: &Workspace, id: &str, binding: &Binding) -> Result<Post> {
    let post = w.store.posts.find(id)?.ok_or_else(|| not_found("post"))?;
    if !binding.is_narrow() {
        return Ok(post);
    }
    let is_whose = w.store.deliveries.of_post(&post.id)?.iter().all(|(_, account)| binding.admits(account));
    if is_whose { Ok(post) } else { Err(not_found("post")) }
}

pub fn get(w: &Workspace, id: &str, caller: &Caller) -> Result<Done<Answer>> {
    let post = find(w, id, &caller.binding)?;
    answer(w, &post, &[], caller)
}

/// Somebody has said whether an unconfirmed post is on X.
pub fn resolved(w: &Workspace, id: &PostId, caller: &Caller) -> Result<Done<Answer>> {
    let post = find(w, id.as_str(), &caller.binding)?;
    Ok(answer(w, &post, &[], caller)?.did(audited(Action::PostResolved, &post)))
}

/// With `reply_id` for what is a reply: X's id, once there is one.
pub fn answer(w: &Workspace, post: &Post, warnings: &[String], caller: &Caller) -> Result<Done<Answer>> {
    Ok(answer_of(post, &view(w, post, caller)?, warnings))
}

fn answer_of(post: &Post, view: &Value, warnings: &[String]) -> Done<Answer> {
    let mut body = json!({ "post": view, "data": { "post": view }, "warnings": warnings });
    if let (true, Some(fields)) = (post.is_reply(), body.as_object_mut()) {
        let id = view.pointer("/socialAccounts/0/platformPostId").cloned().unwrap_or_default();
        fields.insert("reply_id".into(), id);
    }
    Done::from(Answer::success(200, body)).secret(view.pointer("/approval/url").is_some())
}

/// Says where the bytes of each named medium lie.
pub fn find_media(w: &Workspace, draft: &mut Draft, binding: &Binding) -> Result<Vec<(String, Media)>> {
    let mut found = Vec::new();
    for named in draft.parts.iter_mut().filter_map(|part| part.media.as_mut()).flatten() {
        let path = named.path.clone();
        named.find(|id| {
            let is_visible = |media: &Media| !binding.is_narrow() || media.tenant_id == binding.tenant_id;
            let media = w.store.media.find(id.as_str())?.filter(is_visible);
            found.extend(media.clone().map(|media| (path.clone(), media)));
            Ok::<_, Error>(media)
        })?;
    }
    Ok(found)
}

pub fn allows_loopback(w: &Workspace) -> Result<bool> {
    Ok(w.app()?.allows_loopback())
}

pub fn view(w: &Workspace, post: &Post, caller: &Caller) -> Result<Value> {
    view_with(w, post, &w.store.deliveries.of_post(&post.id)?, caller)
}

fn view_with(w: &Workspace, post: &Post, deliveries: &[(Delivery, Account)], caller: &Caller) -> Result<Value> {
    let links = links(w, caller.may_publish())?;
    Ok(post_view(post, ORG_ID, deliveries, &w.store.settings.get()?.prices, &links))
}
