//! Posts of the workspace: accepted, shown, and updated by the reports of their accounts.

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{CreatePost, IGNORED, NewReply, NewRepost, PostFilter, estimate, post_view};
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::budget::require_ceiling;
use latchkey_core::delivery::{Delivery, State};
use latchkey_core::id::{AccountId, MediaId, PostId, TenantId, XPostId};
use latchkey_core::key::Binding;
use latchkey_core::media::Media;
use latchkey_core::media::link::Use;
use latchkey_core::post::{Draft, Part, Post, Recipients, Wording, is_for, require_one_user, resolve, schedule};
use latchkey_core::time::Span;
use latchkey_core::x::options::Options;
use serde_json::{Map, Value, json};

use super::budget::Expense;
use super::list::Filter;
use super::outbox::Errand;
use super::{Head, Inner, not_found};
use crate::error::{Error, Result};
use crate::names::ORG_ID;
use crate::objects::storage::time;
use crate::runtime::{entropy, now, within};

impl Inner {
    /// In order: (1) the body by itself, (2) whom it names, (3) what X takes from them, (4) the price. Accepted means
    /// durable: post, deliveries and the errands that send them are one transaction.
    pub(super) fn create_post(&self, body: &str, whose: &Binding) -> Result<Answer> {
        let input = read::<CreatePost>(body.as_bytes(), IGNORED)?;
        let (mut wanted, mut warnings) = (input.value, input.warnings);
        let mut draft = wanted.draft(self.allows_loopback()?)?;
        let media = self.find_media(&mut draft, whose)?;
        let mut post = new_post()?;
        post.options = wanted.options()?;
        post.is_draft = wanted.is_draft;
        if let Some(time) = &wanted.scheduled_at {
            let time = schedule(time, wanted.past, post.created_at)?;
            post.scheduled_at = time.at;
            warnings.extend(time.warning);
        }
        post.say(&draft)?;
        post.check(draft.wording)?;
        let mut known = self.accounts_named(&wanted.accounts)?;
        known.retain(|account| whose.admits(account));
        known.retain(|account| wanted.tenant_id.is_none() || account.tenant_id == wanted.tenant_id);
        let recipients = resolve(&wanted.accounts, &known, &self.paused_networks()?, "accounts")?;
        warnings.extend(recipients.warnings);
        let accounts = recipients.accounts;
        post.check_length(draft.wording, &accounts)?;
        post.check_scopes(&accounts)?;
        post.tenant_id = accounts.first().and_then(|account| account.tenant_id.clone());
        require_tenant(&media, post.tenant_id.as_ref())?;
        require_ceiling(estimate(&post, accounts.len(), &self.settings()?.prices).0, wanted.max_cost_usd)?;
        self.require_budget_for(&post, accounts.len(), None)?;
        warnings.extend(post.expiry_warnings(now()));
        if wanted.dry_run {
            return self.dry_answer(&post, &accounts, &warnings);
        }
        self.accept(&post, &accounts)?;
        self.post_answer(&post, &warnings)
    }

    /// A reply to a post of ours, or to what somebody said below it.
    pub(super) fn create_reply(&self, id: &str, body: &str, whose: &Binding) -> Result<Answer> {
        let input = read::<NewReply>(body.as_bytes(), IGNORED)?;
        let (wanted, warnings) = (input.value, input.warnings);
        let original = self.post_for(id, whose)?;
        let by_name = |account: &Account| wanted.account_username.as_ref().is_none_or(|name| account.is_called(name));
        if let Some(name) = &wanted.account_username {
            let deliveries = self.deliveries_of(&original.id)?;
            let called: Vec<&Account> =
                deliveries.iter().map(|(_, account)| account).filter(|account| by_name(account)).collect();
            require_one_user(name, &called, "account_username")?;
        }
        let published = self.published_by(&original, by_name, wanted.platform_post_id.as_ref())?;
        let (root, account) = published.ok_or_else(|| not_found("published post of this account to reply to"))?;
        let mut reply = new_post()?;
        reply.tenant_id.clone_from(&account.tenant_id);
        reply.options = Options::replying_to(wanted.parent_comment_id.as_ref().unwrap_or(&root));
        let parts = vec![Part { content: Some(wanted.content), ..Part::default() }];
        reply.say(&Draft { parts, wording: Wording::Content })?;
        reply.check(Wording::Content)?;
        reply.check_length(Wording::Content, &[&account])?;
        self.require_budget_for(&reply, 1, None)?;
        self.accept(&reply, &[&account])?;
        self.post_answer(&reply, &warnings)
    }

    /// A repost of what one account published, by this or another account.
    pub(super) fn create_repost(&self, id: &str, body: &str, whose: &Binding) -> Result<Answer> {
        let input = read::<NewRepost>(body.as_bytes(), IGNORED)?;
        let (wanted, mut warnings) = (input.value, input.warnings);
        let original = self.post_for(id, whose)?;
        let names = [wanted.account];
        let mut known = self.accounts_named(&names)?;
        known.retain(|account| whose.admits(account) && account.tenant_id == original.tenant_id);
        let Recipients { accounts, warnings: left_out } = resolve(&names, &known, &self.paused_networks()?, "account")?;
        warnings.extend(left_out);
        let is_other = |account: &Account| accounts.iter().all(|by| by.user.id != account.user.id);
        let published = match self.published_by(&original, is_other, None)? {
            None => self.published_by(&original, |_| true, None)?,
            other => other,
        };
        let (root, _) = published.ok_or_else(|| not_found("published post to repost"))?;
        let mut repost = new_post()?;
        repost.tenant_id.clone_from(&original.tenant_id);
        repost.repost_of = Some(root);
        self.require_budget_for(&repost, accounts.len(), None)?;
        self.accept(&repost, &accounts)?;
        self.post_answer(&repost, &warnings)
    }

    /// What one of a post's accounts published of it: the root, or the segment that is named.
    fn published_by(
        &self,
        post: &Post,
        is_meant: impl Fn(&Account) -> bool,
        named: Option<&XPostId>,
    ) -> Result<Option<(XPostId, Account)>> {
        let deliveries = self.deliveries_of(&post.id)?;
        let published =
            deliveries.into_iter().filter(|(_, account)| is_meant(account)).find_map(|(delivery, account)| {
                let id = delivery.published_ids().find(|id| named.is_none_or(|named| named == *id))?.clone();
                Some((id, account))
            });
        Ok(published)
    }

    fn accept(&self, post: &Post, accounts: &[&Account]) -> Result<()> {
        let prices = self.settings()?.prices;
        self.save_post(post)?;
        for account in accounts {
            let delivery = post.delivery_to(account, &prices, post.created_at);
            if post.is_draft {
                self.save_idle_delivery(&delivery)?;
            } else {
                self.dispatch(account, delivery)?;
            }
        }
        Ok(())
    }

    /// Into the ledger, and on its way to the account.
    pub(super) fn dispatch(&self, account: &Account, delivery: Delivery) -> Result<()> {
        self.save_delivery(&delivery)?;
        self.owe(&Errand::Enqueue { object: account.object(), delivery: Box::new(delivery) }, now())
    }

    /// A draft costs nothing before it is one no more. `instead_of` is the post that this one replaces.
    pub(super) fn require_budget_for(&self, post: &Post, accounts: usize, instead_of: Option<&PostId>) -> Result<()> {
        if post.is_draft {
            return Ok(());
        }
        let (cost, _) = estimate(post, accounts, &self.settings()?.prices);
        let tenant_id = post.tenant_id.as_ref();
        self.require_budget(&Expense { tenant_id, cost, at: post.run_at(now()), instead_of })
    }

    /// The post as it would be. It has no id, since there is none.
    fn dry_answer(&self, post: &Post, accounts: &[&Account], warnings: &[String]) -> Result<Answer> {
        let prices = self.settings()?.prices;
        let deliveries: Vec<(Delivery, Account)> = accounts
            .iter()
            .map(|account| (post.delivery_to(account, &prices, post.created_at), (*account).clone()))
            .collect();
        let mut view = self.view_with(post, &deliveries)?;
        if let Some(fields) = view.as_object_mut() {
            fields.insert("id".into(), Value::Null);
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
    pub(super) fn post_for(&self, id: &str, whose: &Binding) -> Result<Post> {
        let post = self.post(id)?.ok_or_else(|| not_found("post"))?;
        let is_whose = self.deliveries_of(&post.id)?.iter().all(|(_, account)| whose.admits(account));
        if is_whose { Ok(post) } else { Err(not_found("post")) }
    }

    pub(super) fn get_post(&self, id: &str, whose: &Binding) -> Result<Answer> {
        let post = self.post_for(id, whose)?;
        self.post_answer(&post, &[])
    }

    /// Newest first.
    pub(super) fn list_posts(&self, mut query: Query, whose: &Binding) -> Result<Answer> {
        let filter = PostFilter::from_query(&mut query)?;
        let warnings = query.finish()?;
        let posts = self.db()?.list::<Post>("posts p", "doc", &wanted(&filter, whose), &filter.page)?;
        let views = posts.rows.iter().map(|post| self.view(post)).collect::<Result<Vec<Value>>>()?;
        let mut body = posts.body(views, &warnings);
        body.insert("posts".into(), body.get("data").cloned().unwrap_or_default());
        Ok(Answer::success(200, body.into()))
    }

    /// `Prefer: wait`: the post once every delivery is final, or as it is when the time is up. `warnings` are of its creation.
    pub(super) async fn await_post(&self, head: &Head, id: &str, warnings: &[String], wait_ms: i64) -> Result<Answer> {
        let whose = self.authorise(head)?.binding;
        let id = self.post_for(id, &whose)?.id;
        let deadline = now() + Span::millis(wait_ms);
        while now() < deadline && !self.is_final(&id)? {
            within(deadline - now(), self.waiting.news()).await;
        }
        self.post_answer(&self.post_for(id.as_str(), &whose)?, warnings)
    }

    fn is_final(&self, id: &PostId) -> Result<bool> {
        Ok(self.deliveries_of(id)?.iter().all(|(delivery, _)| delivery.is_final()))
    }

    /// With `reply_id` for what is a reply: X's id, once there is one.
    pub(super) fn post_answer(&self, post: &Post, warnings: &[String]) -> Result<Answer> {
        let view = self.view(post)?;
        let mut body = json!({ "post": view, "data": { "post": view }, "warnings": warnings });
        if let (true, Some(fields)) = (post.options.has("reply"), body.as_object_mut()) {
            let id = view.pointer("/socialAccounts/0/platformPostId").cloned().unwrap_or_default();
            fields.insert("reply_id".into(), id);
        }
        Ok(Answer::success(200, body))
    }

    /// Says where the bytes of each named medium lie.
    pub(super) fn find_media(&self, draft: &mut Draft, whose: &Binding) -> Result<Vec<(String, Media)>> {
        let mut found = Vec::new();
        for named in draft.parts.iter_mut().filter_map(|part| part.media.as_mut()).flatten() {
            let path = named.path.clone();
            named.find(|id| {
                let is_visible = |media: &Media| !whose.is_narrow() || media.tenant_id == whose.tenant_id;
                let media = self.media_named(id.as_str())?.filter(is_visible);
                found.extend(media.clone().map(|media| (path.clone(), media)));
                Ok::<_, Error>(media)
            })?;
        }
        Ok(found)
    }

    pub(super) fn allows_loopback(&self) -> Result<bool> {
        Ok(self.app()?.allows_loopback())
    }

    pub(super) fn view(&self, post: &Post) -> Result<Value> {
        self.view_with(post, &self.deliveries_of(&post.id)?)
    }

    fn view_with(&self, post: &Post, deliveries: &[(Delivery, Account)]) -> Result<Value> {
        let ring = self.app()?.keyring();
        let origin = self.origin.get().map(String::as_str).unwrap_or_default();
        let link = |id: &MediaId| Use::Read.address(ring, origin, id, now());
        Ok(post_view(post, ORG_ID, deliveries, &self.settings()?.prices, &link))
    }
}

/// A medium of one tenant is not for the accounts of another: to them, it is not there.
pub(super) fn require_tenant(media: &[(String, Media)], tenant_id: Option<&TenantId>) -> Result<(), Refused> {
    match media.iter().find(|(_, media)| !is_for(media, tenant_id)) {
        Some((path, _)) => Err(Refused::field(path, "there is no such media")),
        None => Ok(()),
    }
}

fn rows_mut<'a>(view: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    view.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

fn new_post() -> Result<Post> {
    Ok(Post::new(PostId::from_entropy(entropy()?), None, now()))
}

/// The filters as SQL over `posts p`.
fn wanted(filter: &PostFilter, whose: &Binding) -> Filter {
    let of_account = "EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.account_id = ?)";
    let of_no_other = "NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.account_id <> ?)";
    Filter::new("p.is_deleted = 0")
        .given("p.tenant_id = ?", whose.tenant_id.as_ref().map(TenantId::as_str))
        .given(of_no_other, whose.account_id.as_ref().map(AccountId::as_str))
        .given("p.tenant_id = ?", filter.tenant_id.as_deref())
        .given(of_account, filter.social_account_id.as_deref())
        .given(&of_status(filter.status.as_deref()), filter.status.as_deref())
        .given("p.created_at > ?", filter.created_after.map(time))
        .given("p.created_at < ?", filter.created_before.map(time))
        .given("p.scheduled_at > ?", filter.scheduled_after.map(time))
        .given("p.scheduled_at < ?", filter.scheduled_before.map(time))
}

/// One of the original's four words, or an exact state.
fn of_status(status: Option<&str>) -> String {
    let meant = match status {
        Some("pending") => &[State::Queued, State::Publishing, State::Held, State::Unknown][..],
        Some("deleted") => &[State::Deleted, State::Cancelled],
        _ => &[],
    };
    let listed: Vec<String> = meant.iter().map(|state| format!("'{}'", state.as_str())).collect();
    // The word itself is bound once, whatever it is.
    format!(
        "EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.state IN (?{}{}))",
        if listed.is_empty() { "" } else { ", " },
        listed.join(", ")
    )
}
