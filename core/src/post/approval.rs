//! A post that waits for approval. It is stored as a draft, so that nobody sends it, and asks for an answer.

use super::{Container, Post, Wording};
use crate::account::{Account, Status as AccountStatus};
use crate::approval::{
    AccountShown, Approval, ApprovalShown, ContainerShown, Link, MediaShown, Requester, Status, SubtitlesShown, is_late,
};
use crate::delivery::{Attachment, Track};
use crate::id::MediaId;
use crate::refusal::Refused;
use crate::text::normalized;
use crate::time::{Span, UnixMillis};
use crate::x::price::Micros;

/// Who asks, and for how long a request waits.
#[derive(Clone, Debug)]
pub struct By {
    pub requester: Requester,
    /// Whether a post may leave for X because this caller wants it.
    pub may_publish: bool,
    pub at: UnixMillis,
    pub lifetime: Span,
}

impl Post {
    /// What it has asked for. Nothing of a request that was taken back.
    pub fn approval(&self) -> Option<&Approval> {
        self.approval.as_ref().filter(|approval| approval.status != Status::Withdrawn)
    }

    pub fn awaits_approval(&self) -> bool {
        self.approval.as_ref().is_some_and(Approval::is_pending)
    }

    /// Nobody sends it before somebody has said yes. What was asked or answered before is over.
    pub fn ask_approval(&mut self, by: By) {
        self.is_draft = true;
        self.approval = Some(Approval::after(self.approval.as_ref(), by.requester, by.at, by.lifetime));
    }

    /// Whether the post is sent, asks or is a draft, now that it is another than `before`. `is_draft` is what the caller
    /// says of it; a post that asks is no draft on the wire.
    pub(crate) fn go_on_from(&mut self, before: &Self, is_draft: Option<bool>, by: By) {
        let has_asked = before.is_as_seen() && !before.has_expired(by.at);
        match is_draft {
            Some(true) if has_asked || !before.is_draft => {
                self.is_draft = true;
                self.forget_approval();
            }
            _ if has_asked && self.says_other_than(before) => self.ask_approval(by),
            Some(false) if before.is_draft && !has_asked && by.may_publish => {
                self.is_draft = false;
                self.forget_approval();
            }
            Some(false) if before.is_draft && !has_asked => self.ask_approval(by),
            _ if self.says_other_than(before) => self.outdate_approval(),
            _ => {}
        }
    }

    /// It is what somebody was asked to approve, or has approved: any change asks anew.
    pub fn is_as_seen(&self) -> bool {
        let is_approved = self.approval.as_ref().is_some_and(|approval| approval.status == Status::Approved);
        self.awaits_approval() || !self.is_draft && is_approved
    }

    fn says_other_than(&self, before: &Self) -> bool {
        let said = |post: &Self| (post.containers.clone(), post.options.clone(), post.scheduled_at);
        said(self) != said(before)
    }

    /// Nobody has answered in time, also before the alarm has noted it.
    pub(crate) fn has_expired(&self, now: UnixMillis) -> bool {
        self.approval.as_ref().is_some_and(|approval| approval.status_at(now) == Status::Expired)
    }

    /// A draft goes on after a no, or after nobody has answered. Whoever was asked is not shown how.
    fn outdate_approval(&mut self) {
        self.approval = self.approval.take().map(|approval| Approval { is_outdated: true, ..approval });
    }

    /// It asks for nothing any more, and no earlier answer counts.
    pub(crate) fn forget_approval(&mut self) {
        self.approval = self.approval.as_ref().map(|approval| approval.over(Status::Withdrawn));
    }

    /// Nobody has answered in time: it is a draft again.
    pub(crate) fn expire_approval(&mut self) {
        self.approval = self.approval.as_ref().map(|approval| approval.over(Status::Expired));
    }

    /// With an answer. A post that is approved is no draft any more.
    #[must_use]
    pub(crate) fn answered(&self, approval: Approval) -> Self {
        let is_draft = approval.status != Status::Approved;
        Self { is_draft, approval: Some(approval), ..self.clone() }
    }

    /// The address that answers the request under way.
    pub fn approval_link(&self, now: UnixMillis) -> Option<Link> {
        let approval = self.approval.as_ref().filter(|approval| approval.is_open(now))?;
        Some(Link { post_id: self.id.clone(), number: approval.number, expires_at: approval.expires_at })
    }

    /// Whether an address is of the last request, whatever has become of that, and the post says what it said then.
    pub fn has_link(&self, link: &Link) -> bool {
        let is_of = |approval: &Approval| {
            !approval.is_outdated && (approval.number, approval.expires_at) == (link.number, link.expires_at)
        };
        self.approval().is_some_and(is_of)
    }

    /// Whether it asks, and did not ask so before a change.
    pub fn asks_anew_since(&self, before: &Self) -> bool {
        let number = |post: &Self| post.approval.as_ref().map(|approval| approval.number);
        self.awaits_approval() && number(self) != number(before)
    }

    /// What a URL names can change after the yes.
    pub fn require_uploaded(&self, wording: Wording) -> Result<(), Refused> {
        let fetched = self.containers.iter().enumerate().find_map(|(n, container)| {
            let at = container.media.iter().position(|attachment| attachment.media_id.is_none())?;
            Some(format!("{}.{at}.url", wording.media_path(n)))
        });
        let Some(path) = fetched else { return Ok(()) };
        Err(Refused::field(&path, "a post that needs approval takes uploaded media only")
            .with_hint("Upload the file first: POST /v1/media/upload, then give its `id`."))
    }

    /// Everything on which a person decides; none of a post that has asked for nothing. `price` is what X charges at the
    /// accounts, with the lines of the sum; `address` makes the signed address of a medium.
    pub fn shown_for_approval(
        &self,
        accounts: &[&Account],
        price: (Micros, Vec<String>),
        address: &dyn Fn(&MediaId) -> String,
        now: UnixMillis,
    ) -> Option<ApprovalShown> {
        let approval = self.approval()?.clone();
        let (status, decided) = (approval.status_at(now), approval.decided);
        let connected = accounts.iter().filter(|account| account.status() != AccountStatus::Disconnected);
        let root = self.options_at(0);
        Some(ApprovalShown {
            status,
            number: approval.number,
            containers: self.containers.iter().map(|container| container_shown(container, address)).collect(),
            options: self.options.clone(),
            answers: root.reply_to(),
            quotes: root.quotes(),
            accounts: connected.map(|account| account_shown(account)).collect(),
            scheduled_at: self.scheduled_at,
            is_late: is_late(self.scheduled_at, now),
            cost: price.0,
            cost_reasons: price.1,
            requested_by: approval.requested_by.name,
            requested_at: approval.requested_at,
            expires_at: approval.expires_at,
            decided_at: decided.as_ref().map(|decided| decided.at),
            decided_by: decided.as_ref().map(|decided| decided.by.clone()),
            note: decided.and_then(|decided| decided.note),
        })
    }
}

fn container_shown(container: &Container, address: &dyn Fn(&MediaId) -> String) -> ContainerShown {
    let media = container.media.iter().filter_map(|attachment| media_shown(attachment, address));
    ContainerShown { text: normalized(&container.content), media: media.collect(), options: container.options.clone() }
}

/// A post that asks has uploaded media alone, each with its file.
fn media_shown(attachment: &Attachment, address: &dyn Fn(&MediaId) -> String) -> Option<MediaShown> {
    let subtitles =
        |track: &Track| SubtitlesShown { language: track.language_code.clone(), url: address(&track.media_id) };
    Some(MediaShown {
        kind: attachment.file.as_ref()?.kind,
        url: address(attachment.media_id.as_ref()?),
        filename: attachment.filename.clone(),
        alt_text: attachment.alt_text.clone(),
        subtitles: attachment.subtitles.iter().map(subtitles).collect(),
    })
}

fn account_shown(account: &Account) -> AccountShown {
    let user = account.user();
    AccountShown { handle: user.username.clone(), name: user.name.clone(), picture: user.profile_image_url.clone() }
}
