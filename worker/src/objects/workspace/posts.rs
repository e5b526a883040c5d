//! Posts in the ledger, and what their accounts report of them.

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{CreatePost, IGNORED, PostFilter, post_view};
use latchkey_core::api::query::Query;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::PostId;
use latchkey_core::post::{Post, resolve};
use latchkey_core::time::{Span, UnixMillis};
use serde_json::{Value, json};
use worker::SqlStorageValue;

use super::outbox::Errand;
use super::{Call, Inner, not_found};
use crate::app::ORG_ID;
use crate::error::Result;
use crate::objects::storage::time;
use crate::runtime::{entropy, now, within};

impl Inner {
    /// Accepted means durable: post, deliveries and the errands that send them are one transaction.
    pub(super) fn create_post(&self, body: &str) -> Result<Answer> {
        let input = read::<CreatePost>(body.as_bytes(), IGNORED)?;
        let new = input.value.validate(input.warnings)?;
        let known: Vec<Account> = self
            .accounts()?
            .into_iter()
            .filter(|account| new.tenant_id.is_none() || account.tenant_id == new.tenant_id)
            .collect();
        let accounts = resolve(&new.accounts, &known)?;
        let tenant_id = accounts.first().and_then(|account| account.tenant_id.clone());
        let post = Post::new(PostId::from_entropy(entropy()?), tenant_id, new.contents.clone(), now());
        self.save_post(&post)?;
        for account in accounts {
            let delivery = post.delivery_to(account);
            self.save_delivery(&delivery)?;
            let errand = Errand::Enqueue { object: account.object(), delivery: Box::new(delivery) };
            self.owe(&errand, post.created_at)?;
        }
        self.post_answer(&post, &new.warnings)
    }

    pub(super) fn get_post(&self, id: &str) -> Result<Answer> {
        let post = self.post(id)?.ok_or_else(|| not_found("post"))?;
        self.post_answer(&post, &[])
    }

    /// Newest first.
    pub(super) fn list_posts(&self, mut query: Query) -> Result<Answer> {
        let filter = PostFilter::from_query(&mut query)?;
        let warnings = query.finish()?;
        let (condition, values) = condition(&filter);
        let total =
            self.db()?.count(&format!("SELECT count(*) AS count FROM posts p WHERE {condition}"), values.clone())?;
        let query = format!("SELECT doc FROM posts p WHERE {condition} ORDER BY seq DESC LIMIT ? OFFSET ?");
        let page = [i64::from(filter.page.limit).into(), i64::from(filter.page.offset).into()];
        let posts: Vec<Post> = self.db()?.docs(&query, values.into_iter().chain(page).collect())?;
        let rows = posts.iter().map(|post| self.view(post)).collect::<Result<Vec<Value>>>()?;
        let pagination = json!({ "limit": filter.page.limit, "offset": filter.page.offset, "total": total });
        Ok(Answer::success(
            200,
            json!({ "posts": rows, "data": rows, "count": rows.len(), "pagination": pagination, "warnings": warnings }),
        ))
    }

    /// What accounts report; a report that arrives again or late changes nothing.
    pub(super) fn delivered(&self, deliveries: &[Delivery]) -> Result<()> {
        deliveries.iter().try_for_each(|delivery| self.save_delivery(delivery))
    }

    /// `Prefer: wait`: the post once every delivery is final, or as it is when the time is up.
    pub(super) async fn await_post(&self, call: &Call, id: &str, wait_ms: i64) -> Result<Answer> {
        self.authorise(call)?;
        let id = PostId::parse(id).map_err(|_| not_found("post"))?;
        let deadline = now() + Span::millis(wait_ms);
        while now() < deadline && !self.is_final(&id)? {
            within(deadline - now(), self.waiting.news()).await;
        }
        self.get_post(id.as_str())
    }

    fn is_final(&self, id: &PostId) -> Result<bool> {
        Ok(self.deliveries_of(id)?.iter().all(|(delivery, _)| delivery.is_final()))
    }

    fn post_answer(&self, post: &Post, warnings: &[String]) -> Result<Answer> {
        let view = self.view(post)?;
        Ok(Answer::success(200, json!({ "post": view, "data": { "post": view }, "warnings": warnings })))
    }

    fn view(&self, post: &Post) -> Result<Value> {
        Ok(post_view(post, ORG_ID, &self.deliveries_of(&post.id)?))
    }
}

/// The filters as SQL over `posts p`. Nothing is scheduled yet, so a filter on the schedule admits nothing.
fn condition(filter: &PostFilter) -> (String, Vec<SqlStorageValue>) {
    let mut parts = vec!["1 = 1"];
    let mut values = Vec::new();
    let mut add = |part, value: Option<SqlStorageValue>| {
        if let Some(value) = value {
            parts.push(part);
            values.push(value);
        }
    };
    let text = |value: &Option<String>| value.as_deref().map(SqlStorageValue::from);
    let at = |value: Option<UnixMillis>| value.map(time);
    let of_account = "EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.account_id = ?)";
    let of_status = "EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.status = ?)";
    add("p.tenant_id = ?", text(&filter.tenant_id));
    add(of_account, text(&filter.social_account_id));
    add(of_status, text(&filter.status));
    add("p.created_at > ?", at(filter.created_after));
    add("p.created_at < ?", at(filter.created_before));
    add("NULL > ?", at(filter.scheduled_after));
    add("NULL < ?", at(filter.scheduled_before));
    (parts.join(" AND "), values)
}
