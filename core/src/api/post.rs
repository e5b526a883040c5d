//! Bodies and rows of `/v1/posts` (docs/API.md, section 5).

use serde::Deserialize;
use serde_json::{Value, json};

use super::query::{Page, Query};
use super::refused::Refused;
use crate::account::Account;
use crate::delivery::{Delivery, State};
use crate::id::TenantId;
use crate::post::Post;
use crate::time::UnixMillis;

/// The longest thread.
const MAX_CONTAINERS: usize = 25;

/// Names that clients of the original API send and X has no use for.
pub const IGNORED: &[&str] = &[
    "processMedia",
    "force_account_selection",
    "resolve_author_names",
    "include_replies",
    "instagram",
    "facebook",
    "linkedin",
    "tiktok",
    "youtube",
    "threads",
    "bluesky",
    "pinterest",
    "googleBusiness",
    "google_business",
    "reddit",
    "snapchat",
    "telegram",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatePost {
    pub content: Option<String>,
    pub containers: Option<Vec<NewContainer>>,
    pub accounts: Vec<String>,
    pub tenant_id: Option<TenantId>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewContainer {
    pub content: String,
}

/// What the ledger is asked to create.
#[derive(Debug)]
pub struct NewPost {
    pub contents: Vec<String>,
    pub accounts: Vec<String>,
    pub tenant_id: Option<TenantId>,
    pub warnings: Vec<String>,
}

impl CreatePost {
    /// One of `content` and `containers`; at least one account; nothing empty.
    pub fn validate(self, warnings: Vec<String>) -> Result<NewPost, Refused> {
        if self.accounts.is_empty() {
            return Err(Refused::field("accounts", "name at least one account"));
        }
        let (contents, path) = match (self.content, self.containers) {
            (Some(content), None) => (vec![content], None),
            (None, Some(containers)) => (containers.into_iter().map(|c| c.content).collect(), Some("containers")),
            _ => return Err(Refused::field("content", "give either `content` or `containers`")),
        };
        if contents.is_empty() || contents.len() > MAX_CONTAINERS {
            return Err(Refused::field("containers", "expected 1 to 25 containers"));
        }
        if let Some(n) = contents.iter().position(|content| content.trim().is_empty()) {
            let field = path.map_or_else(|| "content".to_owned(), |path| format!("{path}.{n}.content"));
            return Err(Refused::field(&field, "is empty"));
        }
        Ok(NewPost { contents, accounts: self.accounts, tenant_id: self.tenant_id, warnings })
    }
}

/// The filters of the list.
#[derive(Debug)]
pub struct PostFilter {
    pub social_account_id: Option<String>,
    pub tenant_id: Option<String>,
    pub status: Option<String>,
    pub created_after: Option<UnixMillis>,
    pub created_before: Option<UnixMillis>,
    pub scheduled_after: Option<UnixMillis>,
    pub scheduled_before: Option<UnixMillis>,
    pub page: Page,
}

impl PostFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        let mut time = |name: &'static str| match query.take(&[name]) {
            Some(text) => UnixMillis::parse_iso(&text)
                .map(Some)
                .map_err(|_| Refused::field(name, "expected an ISO 8601 time with an offset")),
            None => Ok(None),
        };
        let created_after = time("created_after")?;
        let created_before = time("created_before")?;
        let scheduled_after = time("scheduled_after")?;
        let scheduled_before = time("scheduled_before")?;
        Ok(Self {
            social_account_id: query.take(&["social_account_id", "socialAccountId"]),
            tenant_id: query.take(&["tenant_id", "tenantId"]),
            status: query.take(&["status"]),
            created_after,
            created_before,
            scheduled_after,
            scheduled_before,
            page: query.take_page()?,
        })
    }
}

/// The original's four words, which its clients' loops end by.
pub const fn status_word(state: State) -> &'static str {
    match state {
        State::Queued | State::Publishing | State::Held | State::Unknown => "pending",
        State::Published => "published",
        State::Failed => "failed",
        State::Deleted | State::Cancelled => "deleted",
    }
}

/// The row of the original API, and the exact state beside its word.
pub fn post_view(post: &Post, org_id: &str, deliveries: &[(Delivery, Account)]) -> Value {
    let published_at = deliveries.iter().filter_map(|(delivery, _)| delivery.published_at).min();
    let containers: Vec<Value> =
        post.containers.iter().map(|c| json!({ "id": c.id, "content": c.content, "media": [] })).collect();
    json!({
        "id": post.id,
        "orgId": org_id,
        "tenant_id": post.tenant_id,
        "createdAt": post.created_at.to_iso(),
        "publishedAt": published_at.map(UnixMillis::to_iso),
        "scheduledAt": null,
        "scheduled": false,
        "isDraft": false,
        "containers": containers,
        "socialAccounts": deliveries.iter().map(|(d, a)| delivery_view(d, a)).collect::<Vec<_>>(),
    })
}

fn delivery_view(delivery: &Delivery, account: &Account) -> Value {
    let root = delivery.segments.first().and_then(|segment| segment.platform_post_id.as_ref());
    let waits_until = (!delivery.is_final()).then(|| delivery.due()).flatten();
    json!({
        "id": account.id,
        "nickname": account.user.name,
        "network": "x",
        "username": account.user.username,
        "status": status_word(delivery.state),
        "state": delivery.state,
        "error": delivery.error.as_ref().map(|e| &e.message),
        "error_code": delivery.error.as_ref().map(|e| e.code),
        "platformPostId": root,
        "platformPostUrl": root.map(|id| format!("https://x.com/{}/status/{}", account.user.username, id)),
        "publishedAt": delivery.published_at.map(UnixMillis::to_iso),
        "next_attempt_at": waits_until.map(UnixMillis::to_iso),
        "attempts": delivery.attempts,
        "segments": segments_view(delivery),
    })
}

fn segments_view(delivery: &Delivery) -> Vec<Value> {
    let missing = delivery.segments.iter().position(|segment| segment.platform_post_id.is_none());
    let state = |n: usize, sent: bool| match sent {
        true => State::Published,
        // What holds the first missing segment holds the rest; only the first can be on its way.
        false if missing == Some(n) || delivery.state != State::Publishing => delivery.state,
        false => State::Queued,
    };
    let view = |(n, segment): (usize, &crate::delivery::Segment)| {
        let id = segment.platform_post_id.as_ref();
        json!({ "container_id": segment.container_id, "state": state(n, id.is_some()), "platformPostId": id })
    };
    delivery.segments.iter().enumerate().map(view).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::api::input::read;

    fn validate(body: &str) -> Result<NewPost, Refused> {
        let body = read::<CreatePost>(body.as_bytes(), IGNORED)?;
        body.value.validate(body.warnings)
    }

    fn fields(body: &str) -> Vec<String> {
        validate(body).unwrap_err().details.into_keys().collect()
    }

    #[test]
    fn a_post_has_content_or_containers_and_an_account() {
        assert_eq!(validate(r#"{"content":"hi","accounts":["x"]}"#).unwrap().contents, ["hi"]);
        assert_eq!(fields(r#"{"content":"hi","accounts":[]}"#), ["accounts"]);
        assert_eq!(fields(r#"{"accounts":["x"]}"#), ["content"]);
        assert_eq!(fields(r#"{"content":"a","containers":[{"content":"b"}],"accounts":["x"]}"#), ["content"]);
    }

    #[test]
    fn an_empty_text_is_named_where_it_stands() {
        assert_eq!(fields(r#"{"content":" ","accounts":["x"]}"#), ["content"]);
        assert_eq!(
            fields(r#"{"containers":[{"content":"a"},{"content":""}],"accounts":["x"]}"#),
            ["containers.1.content"]
        );
    }

    #[test]
    fn options_of_other_networks_are_warned_of_and_unknown_fields_refused() {
        let post = validate(r#"{"content":"a","accounts":["x"],"tiktok":{"privacy":1}}"#).unwrap();
        assert_eq!(post.warnings, ["`tiktok` has no effect for X."]);
        assert_eq!(fields(r#"{"content":"a","accounts":["x"],"mediaIds":["m"]}"#), ["mediaIds"]);
    }

    #[test]
    fn a_delivery_shows_one_of_the_originals_four_words() {
        let words = [State::Queued, State::Held, State::Unknown, State::Published, State::Failed, State::Cancelled];
        assert_eq!(words.map(status_word), ["pending", "pending", "pending", "published", "failed", "deleted"]);
    }
}
