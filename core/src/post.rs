//! A post as the workspace stores it: texts, accounts, time and price. The results are in the deliveries.

mod approval;
mod check;
mod expiry;
mod media;
mod parts;
mod recipients;
mod schedule;
mod segments;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::approval::By;
pub use self::media::{Named, is_for};
pub use self::recipients::{Recipients, means_every, require_one_user, resolve};
pub use self::schedule::{Past, Time, is_unmoved, schedule};
use crate::account::Account;
use crate::approval::Approval;
use crate::delivery::{Attachment, Delivery, State};
use crate::id::{MediaId, PostId, TenantId, XPostId};
use crate::refusal::Refused;
use crate::text::{weigh, with_line_feeds};
use crate::time::UnixMillis;
use crate::x::options::Options;
use crate::x::price::{Micros, Prices};

/// Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub id: PostId,
    pub(crate) tenant_id: Option<TenantId>,
    pub(crate) containers: Vec<Container>,
    /// Of the whole post.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub(crate) options: Options,
    /// A repost has no containers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) repost_of: Option<XPostId>,
    pub(crate) is_draft: bool,
    pub(crate) scheduled_at: Option<UnixMillis>,
    pub created_at: UnixMillis,
    /// Counts the changes begun, so that of two at once only the later one is completed.
    #[serde(default)]
    pub(crate) changes: u32,
    /// None of a post that never asked for approval. Code before schema version 6 wrote no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) approval: Option<Approval>,
}

/// One segment of a thread; the first is the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    pub id: String,
    pub content: String,
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Attachment>,
    pub weighted_length: u32,
    pub has_url: bool,
}

/// The content that a caller wants to publish, checked as far as possible without the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub parts: Vec<Part>,
    pub wording: Wording,
}

/// What one container is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// An absent field has no words, options or media; in a change that is spelled with `content` or `media`, the field
    /// of the post stays.
    pub content: Option<String>,
    pub options: Option<Options>,
    pub media: Option<Vec<Named>>,
}

/// The caller's spelling (`content` or `containers`). The spelling decides the path in messages about mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    Content,
    Containers,
}

impl Wording {
    fn text_path(self, n: usize) -> String {
        match self {
            Self::Content => "content".to_owned(),
            Self::Containers => format!("containers.{n}.content"),
        }
    }

    fn media_path(self, n: usize) -> String {
        match self {
            Self::Content => "media".to_owned(),
            Self::Containers => format!("containers.{n}.media"),
        }
    }
}

impl Post {
    pub fn new(id: PostId, tenant_id: Option<TenantId>, now: UnixMillis) -> Self {
        Self {
            id,
            tenant_id,
            containers: Vec::new(),
            options: Options::default(),
            repost_of: None,
            is_draft: false,
            scheduled_at: None,
            created_at: now,
            changes: 0,
            approval: None,
        }
    }

    /// A post that a caller wants, before anybody has said what it says, when it goes out and for whom.
    pub fn planned(id: PostId, options: Options, is_draft: bool, now: UnixMillis) -> Self {
        Self { options, is_draft, ..Self::new(id, None, now) }
    }

    /// A reply by one account to what X calls `parent`, checked.
    pub fn reply(
        id: PostId,
        account: &Account,
        parent: &XPostId,
        content: String,
        now: UnixMillis,
    ) -> Result<Self, Refused> {
        let options = Options::replying_to(parent);
        let mut reply = Self { options, ..Self::new(id, account.tenant_id.clone(), now) };
        let parts = vec![Part { content: Some(content), ..Part::default() }];
        reply.say(&Draft { parts, wording: Wording::Content })?;
        reply.check(Wording::Content)?;
        reply.check_length(Wording::Content, &[account])?;
        Ok(reply)
    }

    /// A repost of what a post of the same tenant published.
    pub fn repost(id: PostId, tenant_id: Option<TenantId>, of: XPostId, now: UnixMillis) -> Self {
        Self { repost_of: Some(of), ..Self::new(id, tenant_id, now) }
    }

    /// The time that the caller wants. Answers a warning about a time that has passed.
    pub fn schedule(&mut self, wanted: &Value, past: Option<Past>) -> Result<Option<String>, Refused> {
        let time = schedule(wanted, past, self.created_at)?;
        self.scheduled_at = time.at;
        Ok(time.warning)
    }

    /// The post is of the tenant of its accounts.
    pub fn address(&mut self, accounts: &[&Account]) {
        self.tenant_id = accounts.first().and_then(|account| account.tenant_id.clone());
    }

    pub const fn tenant_id(&self) -> Option<&TenantId> {
        self.tenant_id.as_ref()
    }

    pub const fn is_draft(&self) -> bool {
        self.is_draft
    }

    pub const fn scheduled_at(&self) -> Option<UnixMillis> {
        self.scheduled_at
    }

    pub fn is_reply(&self) -> bool {
        self.options.has("reply")
    }

    /// Replaces containers as a whole. `content` and `media` of one post replace only themselves.
    pub fn say(&mut self, draft: &Draft) -> Result<(), Refused> {
        let container = |(n, Part { content, options, media }): (usize, &Part)| {
            let before = self.containers.get(n).filter(|_| draft.wording == Wording::Content);
            let content = content.clone().or_else(|| before.map(|before| before.content.clone())).unwrap_or_default();
            let content = with_line_feeds(content);
            let weighed = weigh(&content);
            if !weighed.is_valid {
                let path = draft.wording.text_path(n);
                return Err(Refused::field(&path, "has a character that X does not take (U+FFFE, U+FEFF or U+FFFF)"));
            }
            Ok(Container {
                id: format!("{}.{n}", self.id),
                content,
                options: options.clone().or_else(|| before.map(|before| before.options.clone())).unwrap_or_default(),
                media: match media {
                    Some(named) => named.iter().map(Named::attachment).collect(),
                    None => before.map(|before| before.media.clone()).unwrap_or_default(),
                },
                weighted_length: weighed.weighted_length,
                has_url: weighed.has_url,
            })
        };
        self.containers = draft.parts.iter().enumerate().map(container).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// What is on X already, and so needs no check.
    pub fn say_as_published(&mut self, content: &str) {
        let weighed = weigh(content);
        self.containers = vec![Container {
            id: format!("{}.0", self.id),
            content: content.to_owned(),
            options: Options::default(),
            media: Vec::new(),
            weighted_length: weighed.weighted_length,
            has_url: weighed.has_url,
        }];
    }

    /// The delivery of a post that an account published without us, which has cost nothing here.
    pub fn published_by(&self, account: &Account, id: XPostId) -> Delivery {
        let mut segments = self.segments(&Prices::default());
        if let Some(root) = segments.first_mut() {
            root.platform_post_id = Some(id);
            root.price = Micros(0);
        }
        let delivery = Delivery::new(self.id.clone(), account.id.clone(), segments, self.created_at);
        Delivery { state: State::Published, published_at: Some(self.created_at), ..delivery }
    }

    /// A change begins. Answers its number: an earlier one is not completed any more.
    pub const fn begin_change(&mut self) -> u32 {
        self.changes += 1;
        self.changes
    }

    /// Whether the change with this number is the last that was begun.
    pub const fn is_under_change(&self, number: u32) -> bool {
        self.changes == number
    }

    /// When it is to go out.
    pub fn run_at(&self, now: UnixMillis) -> UnixMillis {
        self.scheduled_at.unwrap_or(now)
    }

    /// Whether the post has media to upload, and therefore needs the scope for media.
    pub fn has_media(&self) -> bool {
        self.containers.iter().any(|container| !container.media.is_empty())
    }

    /// The uploaded media that it names.
    pub fn media_ids(&self) -> impl Iterator<Item = &MediaId> {
        self.containers.iter().flat_map(|container| &container.media).flat_map(Attachment::media_ids)
    }

    fn options_at(&self, n: usize) -> Options {
        self.containers.get(n).map(|container| self.options.for_segment(&container.options, n)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
