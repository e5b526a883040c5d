//! Bodies and rows of `/v1/posts` (docs/API.md, section 5).

mod approval;
mod filter;
pub mod insight;
mod links;
mod media;
pub mod stage;
mod states;
mod view;

use serde::Deserialize;
use serde_json::Value;

pub use self::approval::{Approve, Reject, rejection};
pub use self::filter::PostFilter;
pub use self::links::{Links, approval_view};
pub use self::media::Judge;
use self::media::{NewMedia, named};
pub use self::states::States;
pub use self::view::{estimate, post_view, status_word};
use super::input::given;
use crate::id::{TenantId, XPostId};
use crate::post::{Draft, Part, Past, Wording};
use crate::refusal::Refused;
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
    media: Option<Vec<NewMedia>>,
    #[serde(rename = "mediaIds")]
    media_ids: Option<Vec<String>>,
    containers: Option<Vec<NewContainer>>,
    pub accounts: Vec<String>,
    pub tenant_id: Option<TenantId>,
    #[serde(rename = "scheduledAt")]
    pub scheduled_at: Option<Value>,
    pub past: Option<Past>,
    #[serde(rename = "isDraft", default)]
    pub is_draft: bool,
    /// The post waits until a person has approved it.
    #[serde(default)]
    pub approval: bool,
    x: Option<Value>,
    #[serde(rename = "dryRun", default)]
    pub dry_run: bool,
    pub max_cost_usd: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewContainer {
    #[serde(default)]
    content: Option<String>,
    media: Option<Vec<NewMedia>>,
    #[serde(rename = "mediaIds")]
    media_ids: Option<Vec<String>>,
    x: Option<Value>,
}

/// `PATCH`: what is not given stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePost {
    content: Option<String>,
    media: Option<Vec<NewMedia>>,
    #[serde(rename = "mediaIds")]
    media_ids: Option<Vec<String>>,
    containers: Option<Vec<NewContainer>>,
    /// Null is now.
    #[serde(rename = "scheduledAt", default, deserialize_with = "given")]
    pub scheduled_at: Option<Option<Value>>,
    pub past: Option<Past>,
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

impl CreatePost {
    pub fn draft(&mut self, judge: Judge<'_>) -> Result<Draft, Refused> {
        if self.accounts.is_empty() {
            return Err(Refused::field("accounts", "name at least one account"));
        }
        let root = NewContainer::root(&mut self.content, &mut self.media, &mut self.media_ids);
        draft(root, self.containers.take(), judge)?
            .ok_or_else(|| Refused::field("content", "give either `content` or `containers`"))
    }

    pub fn options(&mut self) -> Result<Options, Refused> {
        Ok(options(self.x.take())?.unwrap_or_default())
    }

    /// Whether the post asks for approval: because its caller wants it, or because the caller may not publish.
    pub fn asks_approval(&self, may_publish: bool) -> Result<bool, Refused> {
        if self.is_draft && self.approval {
            return Err(Refused::field("approval", "a draft asks for nothing: leave `isDraft` out"));
        }
        Ok(!self.is_draft && (self.approval || !may_publish))
    }
}

impl ChangePost {
    /// Media are changed together with the text that they belong to.
    pub fn draft(&mut self, judge: Judge<'_>) -> Result<Option<Draft>, Refused> {
        let root = NewContainer::root(&mut self.content, &mut self.media, &mut self.media_ids);
        draft(root, self.containers.take(), judge)
    }

    pub fn options(&mut self) -> Result<Option<Options>, Refused> {
        options(self.x.take())
    }

    pub const fn is_empty(&self) -> bool {
        self.content.is_none()
            && self.media.is_none()
            && self.media_ids.is_none()
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

impl NewContainer {
    /// A post of one container, written without it.
    fn root(
        content: &mut Option<String>,
        media: &mut Option<Vec<NewMedia>>,
        media_ids: &mut Option<Vec<String>>,
    ) -> Option<Self> {
        let (content, media, media_ids) = (content.take(), media.take(), media_ids.take());
        let is_given = content.is_some() || media.is_some() || media_ids.is_some();
        is_given.then_some(Self { content, media, media_ids, x: None })
    }

    /// `path` ends in a dot, or is empty.
    fn part(self, path: &str, judge: Judge<'_>) -> Result<Part, Refused> {
        let options = self.x.map(|value| Options::parse(value, &format!("{path}x"))).transpose()?;
        let media = named(self.media, self.media_ids, path, judge)?;
        Ok(Part { content: self.content, options, media })
    }
}

fn draft(
    root: Option<NewContainer>,
    containers: Option<Vec<NewContainer>>,
    judge: Judge<'_>,
) -> Result<Option<Draft>, Refused> {
    match (root, containers) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Refused::field("content", "give either `content` or `containers`")),
        (Some(root), None) => Ok(Some(Draft { parts: vec![root.part("", judge)?], wording: Wording::Content })),
        (None, Some(containers)) if containers.is_empty() || containers.len() > MAX_CONTAINERS => {
            Err(Refused::field("containers", "expected 1 to 25 containers"))
        }
        (None, Some(containers)) => {
            let parts = containers.into_iter().enumerate();
            let parts = parts.map(|(n, container)| container.part(&format!("containers.{n}."), judge));
            Ok(Some(Draft { parts: parts.collect::<Result<_, _>>()?, wording: Wording::Containers }))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::api::input::read;
    use crate::public_url::PublicUrl;

    fn drafted(body: &str) -> Result<Draft, Refused> {
        read::<CreatePost>(body.as_bytes(), IGNORED)?.value.draft(&PublicUrl::judge(false))
    }

    fn fields(body: &str) -> Vec<String> {
        drafted(body).unwrap_err().details.into_keys().collect()
    }

    fn change(body: &str) -> ChangePost {
        read::<ChangePost>(body.as_bytes(), IGNORED).unwrap().value
    }

    #[test]
    fn a_post_has_content_or_containers_and_an_account() {
        assert_eq!(drafted(r#"{"content":"hi","accounts":["x"]}"#).unwrap().parts.len(), 1);
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
        assert_eq!(fields(r#"{"content":"a","accounts":["x"],"colour":1}"#), ["colour"]);
    }

    #[test]
    fn a_post_asks_for_approval_if_it_is_to_or_if_its_caller_may_not_publish() {
        let asks = |rest: &str, may_publish| {
            let body = format!(r#"{{"content":"a","accounts":["x"]{rest}}}"#);
            let post = read::<CreatePost>(body.as_bytes(), IGNORED).unwrap().value;
            post.asks_approval(may_publish).map_err(|refused| refused.details.into_keys().collect::<Vec<_>>())
        };
        for (rest, of_publisher, of_other) in [
            ("", false, true),
            (r#","approval":true"#, true, true),
            (r#","approval":false"#, false, true),
            (r#","isDraft":true"#, false, false),
        ] {
            assert_eq!((asks(rest, true), asks(rest, false)), (Ok(of_publisher), Ok(of_other)), "{rest}");
        }
        assert_eq!(asks(r#","isDraft":true,"approval":true"#, true), Err(vec!["approval".to_owned()]));
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
