//! Bodies and rows of `/v1/posts` (docs/API.md, section 5).

mod filter;
pub mod insight;
mod view;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use self::filter::PostFilter;
pub use self::view::{estimate, post_view, status_word};
use super::refused::Refused;
use crate::id::{TenantId, XPostId};
use crate::post::{Draft, Wording};
use crate::x::options::Options;

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
    content: Option<String>,
    containers: Option<Vec<NewContainer>>,
    pub accounts: Vec<String>,
    pub tenant_id: Option<TenantId>,
    #[serde(rename = "scheduledAt")]
    pub scheduled_at: Option<String>,
    #[serde(rename = "isDraft", default)]
    pub is_draft: bool,
    x: Option<Value>,
    #[serde(rename = "dryRun", default)]
    pub dry_run: bool,
    pub max_cost_usd: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewContainer {
    #[serde(default)]
    content: String,
    x: Option<Value>,
}

/// `PATCH`: what is not given stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePost {
    content: Option<String>,
    containers: Option<Vec<NewContainer>>,
    /// Null is now.
    #[serde(rename = "scheduledAt", default, deserialize_with = "given")]
    pub scheduled_at: Option<Option<String>>,
    #[serde(rename = "isDraft")]
    pub is_draft: Option<bool>,
    x: Option<Value>,
}

/// `POST …/deliveries/{id}/resolve`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    r#as: String,
    platform_post_id: Option<XPostId>,
}

/// `POST …/replies`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    pub content: String,
    pub account_username: Option<String>,
    pub platform_post_id: Option<XPostId>,
    pub parent_comment_id: Option<XPostId>,
}

/// `POST …/repost`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRepost {
    pub account: String,
}

/// Tells null from absent.
#[expect(clippy::option_option, reason = "absent, null and a time are three things to say")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl CreatePost {
    pub fn draft(&mut self) -> Result<Draft, Refused> {
        if self.accounts.is_empty() {
            return Err(Refused::field("accounts", "name at least one account"));
        }
        let draft = draft(self.content.take(), self.containers.take())?;
        draft.ok_or_else(|| Refused::field("content", "give either `content` or `containers`"))
    }

    pub fn options(&mut self) -> Result<Options, Refused> {
        Ok(options(self.x.take())?.unwrap_or_default())
    }
}

impl ChangePost {
    pub fn draft(&mut self) -> Result<Option<Draft>, Refused> {
        draft(self.content.take(), self.containers.take())
    }

    pub fn options(&mut self) -> Result<Option<Options>, Refused> {
        options(self.x.take())
    }

    pub const fn is_empty(&self) -> bool {
        self.content.is_none()
            && self.containers.is_none()
            && self.scheduled_at.is_none()
            && self.is_draft.is_none()
            && self.x.is_none()
    }
}

impl Resolve {
    /// The id of the post as which it came about; `None` when it did not.
    pub fn verdict(self) -> Result<Option<XPostId>, Refused> {
        match (self.r#as.as_str(), self.platform_post_id) {
            ("published", Some(id)) => Ok(Some(id)),
            ("published", None) => Err(Refused::field("platform_post_id", "is missing")),
            ("absent", None) => Ok(None),
            ("absent", Some(_)) => Err(Refused::field("platform_post_id", "what is absent has no id")),
            _ => Err(Refused::field("as", "expected published or absent")),
        }
    }
}

fn options(given: Option<Value>) -> Result<Option<Options>, Refused> {
    given.map(|value| Options::parse(value, "x")).transpose()
}

fn draft(content: Option<String>, containers: Option<Vec<NewContainer>>) -> Result<Option<Draft>, Refused> {
    match (content, containers) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Refused::field("content", "give either `content` or `containers`")),
        (Some(text), None) => Ok(Some(Draft { content: vec![(text, Options::default())], wording: Wording::Content })),
        (None, Some(containers)) if containers.is_empty() || containers.len() > MAX_CONTAINERS => {
            Err(Refused::field("containers", "expected 1 to 25 containers"))
        }
        (None, Some(containers)) => {
            let content = containers.into_iter().enumerate().map(|(n, container)| {
                let options =
                    container.x.map(|value| Options::parse(value, &format!("containers.{n}.x"))).transpose()?;
                Ok((container.content, options.unwrap_or_default()))
            });
            Ok(Some(Draft { content: content.collect::<Result<_, Refused>>()?, wording: Wording::Containers }))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::api::input::read;

    fn drafted(body: &str) -> Result<Draft, Refused> {
        read::<CreatePost>(body.as_bytes(), IGNORED)?.value.draft()
    }

    fn fields(body: &str) -> Vec<String> {
        drafted(body).unwrap_err().details.into_keys().collect()
    }

    fn change(body: &str) -> ChangePost {
        read::<ChangePost>(body.as_bytes(), IGNORED).unwrap().value
    }

    #[test]
    fn a_post_has_content_or_containers_and_an_account() {
        assert_eq!(drafted(r#"{"content":"hi","accounts":["x"]}"#).unwrap().content.len(), 1);
        assert_eq!(fields(r#"{"content":"hi","accounts":[]}"#), ["accounts"]);
        assert_eq!(fields(r#"{"accounts":["x"]}"#), ["content"]);
        assert_eq!(fields(r#"{"content":"a","containers":[{"content":"b"}],"accounts":["x"]}"#), ["content"]);
        assert_eq!(fields(r#"{"containers":[],"accounts":["x"]}"#), ["containers"]);
    }

    #[test]
    fn a_containers_options_are_refused_by_its_path() {
        let body = r#"{"containers":[{"content":"a"},{"content":"b","x":{"reply_settings":"me"}}],"accounts":["x"]}"#;
        assert_eq!(fields(body), ["containers.1.x.reply_settings"]);
    }

    #[test]
    fn options_of_other_networks_are_warned_of_and_unknown_fields_refused() {
        let body = read::<CreatePost>(br#"{"content":"a","accounts":["x"],"tiktok":{"privacy":1}}"#, IGNORED).unwrap();
        assert_eq!(body.warnings, ["`tiktok` has no effect for X."]);
        assert_eq!(fields(r#"{"content":"a","accounts":["x"],"mediaIds":["m"]}"#), ["mediaIds"]);
    }

    #[test]
    fn a_change_tells_null_from_absent() {
        assert_eq!(change(r#"{"scheduledAt":null}"#).scheduled_at, Some(None));
        assert_eq!(change(r#"{"isDraft":true}"#).scheduled_at, None);
        assert!(change("{}").is_empty() && !change(r#"{"scheduledAt":null}"#).is_empty());
    }

    #[test]
    fn a_verdict_is_an_id_or_that_there_is_none() {
        let verdict = |body: &str| read::<Resolve>(body.as_bytes(), &[]).unwrap().value.verdict();
        assert_eq!(verdict(r#"{"as":"published","platform_post_id":"7"}"#).unwrap(), XPostId::parse("7").ok());
        assert_eq!(verdict(r#"{"as":"absent"}"#).unwrap(), None);
        for bad in [r#"{"as":"published"}"#, r#"{"as":"absent","platform_post_id":"7"}"#, r#"{"as":"gone"}"#] {
            assert!(verdict(bad).is_err(), "{bad}");
        }
    }
}
