//! Reading posts for their owner: metrics by id, replies by conversation, and the app's credits.

use http::{Method, Request, Response};
use serde_json::Value;

use super::large::json;
use super::price::Reads;
use super::timeline::OWN_POST_FIELDS;
use super::user::USER_FIELDS;
use super::{XError, authorized, refused};
use crate::{
    id::{XPostId, XUserId},
    oauth::Endpoints,
    secret::Secret,
};

/// What reading posts and people needs.
pub const READ: &[&str] = &["tweet.read", "users.read"];

/// What is read, on behalf of an account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Lookup {
    /// `GET /2/tweets?ids=`, at most a hundred. X gives the non-public metrics of own posts for 30 days.
    Posts { ids: Vec<XPostId>, is_recent: bool },
    /// `GET /2/tweets/search/recent`: seven days. X gives ten a page at least.
    Conversation { id: XPostId, count: u32, page: Option<String> },
    /// `GET /2/users/{id}/tweets` without reposts, with their author. X gives five a page at least.
    OwnPosts { user: XUserId, count: u32, page: Option<String> },
    /// `GET /2/users/me`, with its figures.
    Profile,
    /// `GET /2/usage/credits`.
    Credits,
}

impl Lookup {
    pub fn request(&self, endpoints: &Endpoints, access_token: &Secret<String>) -> Request<Vec<u8>> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let path = match self {
            Self::Posts { ids, is_recent } => {
                let ids: Vec<&str> = ids.iter().map(XPostId::as_str).collect();
                let own = if *is_recent { ",non_public_metrics" } else { "" };
                query
                    .append_pair("ids", &ids.join(","))
                    .append_pair("tweet.fields", &format!("created_at,public_metrics{own}"));
                "/2/tweets?"
            }
            Self::Conversation { id, count, page } => {
                query
                    .append_pair("query", &format!("conversation_id:{id}"))
                    .append_pair("max_results", &count.max(&10).to_string())
                    .append_pair("tweet.fields", "author_id,created_at,public_metrics,referenced_tweets")
                    .append_pair("expansions", "author_id")
                    .append_pair("user.fields", "username,name,profile_image_url");
                if let Some(page) = page {
                    query.append_pair("pagination_token", page);
                }
                "/2/tweets/search/recent?"
            }
            Self::OwnPosts { user, count, page } => {
                query
                    .append_pair("max_results", &count.max(&5).to_string())
                    .append_pair("exclude", "retweets")
                    .append_pair("tweet.fields", OWN_POST_FIELDS)
                    .append_pair("expansions", "author_id")
                    .append_pair("user.fields", USER_FIELDS);
                if let Some(page) = page {
                    query.append_pair("pagination_token", page);
                }
                &format!("/2/users/{user}/tweets?")
            }
            Self::Profile => {
                query.append_pair("user.fields", &format!("public_metrics,{USER_FIELDS}"));
                "/2/users/me?"
            }
            Self::Credits => "/2/usage/credits",
        };
        authorized(Method::GET, endpoints, &format!("{path}{}", query.finish()), access_token)
    }

    /// The scopes that X asks for (X's API description 2.167, `security` of each operation).
    pub const fn scopes(&self) -> &'static [&'static str] {
        match self {
            Self::Posts { .. } | Self::Conversation { .. } | Self::OwnPosts { .. } | Self::Profile => READ,
            Self::Credits => &[],
        }
    }

    /// The same with half as many posts a page, for when a page is too large; nothing where X gives no fewer.
    #[must_use]
    pub fn halved(&self) -> Option<Self> {
        Some(match self {
            Self::Conversation { id, count, page } => {
                Self::Conversation { id: id.clone(), count: half(*count, 10)?, page: page.clone() }
            }
            Self::OwnPosts { user, count, page } => {
                Self::OwnPosts { user: user.clone(), count: half(*count, 5)?, page: page.clone() }
            }
            Self::Posts { .. } | Self::Profile | Self::Credits => return None,
        })
    }

    /// What X charges for of its answer.
    pub fn reads(&self, answer: &Value) -> Reads {
        let listed = || answer.get("data").and_then(Value::as_array).map_or(0, Vec::len);
        match self {
            Self::Posts { .. } | Self::Conversation { .. } | Self::OwnPosts { .. } => {
                Reads { posts: listed(), ..Reads::default() }
            }
            Self::Profile => Reads { users: 1, ..Reads::default() },
            Self::Credits => Reads::default(),
        }
    }

    /// Whether the answer may be as large as a list of long posts.
    pub const fn is_list(&self) -> bool {
        !matches!(self, Self::Profile | Self::Credits)
    }

    /// The endpoint as X's rate limits name it.
    pub const fn endpoint(&self) -> &'static str {
        match self {
            Self::Posts { .. } => "GET /2/tweets",
            Self::Conversation { .. } => "GET /2/tweets/search/recent",
            Self::OwnPosts { .. } => "GET /2/users/:id/tweets",
            Self::Profile => "GET /2/users/me",
            Self::Credits => "GET /2/usage/credits",
        }
    }
}

/// As many posts as X gives a page.
pub const FULL_PAGE: u32 = 100;

/// Half of a page, unless X gives no fewer than `least` a page.
pub fn half(count: u32, least: u32) -> Option<u32> {
    Some(count / 2).filter(|half| *half >= least)
}

/// The whole body of a list. An empty list has no `data`, and missing rows are in `errors` beside the found rows.
pub fn list_response(answer: &Response<Vec<u8>>) -> Result<Value, XError> {
    if !answer.status().is_success() {
        return Err(refused(answer));
    }
    let body: Option<Value> = json(answer.body()).filter(Value::is_object);
    body.ok_or_else(|| XError::Malformed { status: answer.status().as_u16() })
}

/// What asks for the next page of a list.
pub fn next_page(list: &Value) -> Option<String> {
    list.pointer("/meta/next_token")?.as_str().map(str::to_owned)
}

/// Whether there are credits left; `None` when the answer does not say.
pub fn has_credits(body: &Value) -> Option<bool> {
    let balance = body.pointer("/data/total_balance")?;
    // Seen as a number; money often is a string.
    let number = balance.as_f64().or_else(|| balance.as_str()?.parse().ok())?;
    Some(number > 0.0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
        Response::builder().status(status).body(body.into()).unwrap()
    }

    #[test]
    fn credits_are_there_gone_or_not_known() {
        assert_eq!(has_credits(&json!({"data": {"total_balance": 1.5}})), Some(true));
        assert_eq!(has_credits(&json!({"data": {"total_balance": "0.00"}})), Some(false));
        assert_eq!(has_credits(&json!({"data": {}})), None);
    }

    #[test]
    fn a_page_is_halved_as_far_as_x_gives_fewer() {
        let mut lookup = Some(Lookup::OwnPosts { user: XUserId::parse("7").unwrap(), count: 100, page: None });
        let mut counts = Vec::new();
        while let Some(Lookup::OwnPosts { count, .. }) = &lookup {
            counts.push(*count);
            lookup = lookup.and_then(|lookup| lookup.halved());
        }
        assert_eq!(counts, [100, 50, 25, 12, 6]);
        let id = XPostId::parse("7").unwrap();
        assert_eq!(Lookup::Conversation { id, count: 19, page: None }.halved(), None);
        assert_eq!(Lookup::Profile.halved(), None);
    }

    #[test]
    fn a_list_without_data_is_a_list() {
        assert!(list_response(&answer(200, r#"{"meta":{"result_count":0}}"#)).is_ok());
        assert!(list_response(&answer(200, "[]")).is_err());
        assert!(list_response(&answer(503, "{}")).is_err());
    }
}
