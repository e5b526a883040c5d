//! Changing, deleting and retrying an accepted post.
//!
//! A delivery on its way belongs to its account's object. A change therefore has three steps: the change is begun, the
//! accounts recall deliveries that have not begun, and the change is completed as the deliveries' next versions. An
//! account without further news of a change asks. The question ends a change that was not completed, so that the old
//! and the new version are never both sent.

mod approval;

pub use self::approval::{answer, ask, end_without_accounts, expire, require_permitted, versions};
use crate::account::{Account, Status};
use crate::delivery::{Delivery, State};
use crate::id::AccountId;
use crate::post::{By, Draft, Post, Time, Wording};
use crate::refusal::{Code, Refused};
use crate::time::UnixMillis;
use crate::x::options::Options;
use crate::x::price::{Micros, Prices};

/// What of a post is to be another than before; the rest stays.
#[derive(Debug, Default)]
pub struct Change {
    /// No time is now.
    pub scheduled_at: Option<Time>,
    pub is_draft: Option<bool>,
    pub options: Option<Options>,
    pub draft: Option<Draft>,
}

/// A delivery's next version: the row to store, and the message for the account.
#[derive(Debug)]
pub struct Next {
    /// The account's object.
    pub object: String,
    pub stored: Delivery,
    /// Nobody is to send it.
    pub is_idle: bool,
    pub sent: Delivery,
}

/// A post is deleted.
#[derive(Debug)]
pub struct Deletion {
    pub steps: Vec<Next>,
    /// The record goes too: nothing of the post was pending, or it was a draft.
    pub forgets: bool,
}

/// The deliveries of a retry. Failed deliveries go on at the first missing segment, as their next versions. A held
/// delivery stays unchanged and is tried now: a held delivery may begin at any moment, so only the account's object can
/// say when.
#[derive(Debug)]
pub struct Retry {
    pub failed: Vec<(Delivery, Account)>,
    pub held: Vec<(Delivery, Account)>,
}

/// All but the deliveries that ended when their account was removed.
pub fn changeable(mut deliveries: Vec<(Delivery, Account)>) -> Vec<(Delivery, Account)> {
    deliveries.retain(|(delivery, _)| delivery.state != State::Cancelled);
    deliveries
}

/// Whether a post may be changed: a draft, or what is scheduled and has not begun anywhere.
pub fn require_changeable(post: &Post, deliveries: &[(Delivery, Account)]) -> Result<(), Refused> {
    let open: Vec<_> = deliveries.iter().filter(|(delivery, _)| delivery.state != State::Cancelled).collect();
    if post.is_draft && open.is_empty() {
        require_connected(deliveries)?;
    }
    if open.is_empty() || !(post.is_draft || post.scheduled_at.is_some()) {
        return Err(already_published());
    }
    require_connected(open.iter().copied())?;
    if open.iter().all(|(delivery, _)| delivery.has_not_begun()) { Ok(()) } else { Err(already_published()) }
}

/// The changed post, checked for every account that is to send the post.
pub fn apply(before: &Post, change: Change, by: By, accounts: &[&Account]) -> Result<Post, Refused> {
    let mut post = before.clone();
    if let Some(time) = change.scheduled_at {
        post.scheduled_at = time.at;
    }
    post.options = change.options.unwrap_or(post.options);
    let wording = change.draft.as_ref().map_or(Wording::Containers, |draft| draft.wording);
    if let Some(draft) = &change.draft {
        require_part(&post, draft)?;
        post.say(draft)?;
    }
    post.go_on_from(before, change.is_draft, by);
    check(&post, wording, accounts)?;
    Ok(post)
}

fn check(post: &Post, wording: Wording, accounts: &[&Account]) -> Result<(), Refused> {
    post.check(wording)?;
    post.check_length(wording, accounts)?;
    post.check_scopes(accounts)?;
    if post.awaits_approval() { post.require_uploaded(wording) } else { Ok(()) }
}

/// Media without words could be those of any part of a thread.
fn require_part(post: &Post, draft: &Draft) -> Result<(), Refused> {
    let is_of_any_part = draft.wording == Wording::Content && draft.parts.iter().all(|part| part.content.is_none());
    if !is_of_any_part || post.containers.len() < 2 {
        return Ok(());
    }
    let message = format!("the post is a thread of {} parts: send `containers`", post.containers.len());
    Err(Refused::field("media", message))
}

/// A warning if words of one post take the place of a thread.
pub fn shortened(before: &Post, after: &Post, wording: Option<Wording>) -> Option<String> {
    let (parts, left) = (before.containers.len(), after.containers.len());
    let is_meant = wording != Some(Wording::Content) || parts == left;
    (!is_meant)
        .then(|| format!("The post was a thread of {parts} parts; `content` has taken the place of all of them."))
}

/// What is on its way, and so has to be recalled before the post is another.
pub fn recalls(post: &Post, deliveries: Vec<(Delivery, Account)>) -> Vec<(Delivery, Account)> {
    deliveries.into_iter().filter(|(delivery, _)| !post.is_draft && !delivery.is_final()).collect()
}

/// The deliveries of a changed post. Those of a draft are for nobody to send.
pub fn complete(after: &Post, deliveries: &[(Delivery, Account)], prices: &Prices, now: UnixMillis) -> Vec<Next> {
    let next = |(delivery, account): &(Delivery, Account)| {
        let stored = next_of(after, delivery, prices, now);
        let sent = if after.is_draft { stored.withdrawn() } else { stored.clone() };
        Next { object: account.object(), stored, is_idle: after.is_draft, sent }
    };
    deliveries.iter().map(next).collect()
}

/// The next version of a delivery, as its post is now.
fn next_of(after: &Post, delivery: &Delivery, prices: &Prices, now: UnixMillis) -> Delivery {
    let next = delivery.next_version(after.segments(prices), after.run_at(now));
    if after.awaits_approval() { next.held_for_approval() } else { next }
}

/// Whether a post may be deleted: what may be on X by now is not.
pub fn require_deletable(deliveries: &[(Delivery, Account)]) -> Result<(), Refused> {
    let is_under_way = |delivery: &Delivery| matches!(delivery.state, State::Publishing | State::Unknown);
    if deliveries.iter().any(|(delivery, _)| is_under_way(delivery)) { Err(in_flight()) } else { Ok(()) }
}

/// What has not been sent never will be. With nothing pending, only our record ends.
pub fn delete(post: &Post, deliveries: &[(Delivery, Account)]) -> Deletion {
    let pending = deliveries.iter().filter(|(delivery, _)| !delivery.is_final());
    let cancel = |(delivery, account): &(Delivery, Account)| {
        let stored = delivery.ended_as(State::Cancelled);
        Next { object: account.object(), sent: stored.clone(), is_idle: false, stored }
    };
    let steps: Vec<Next> = pending.map(cancel).collect();
    Deletion { forgets: post.is_draft || steps.is_empty(), steps }
}

/// The current form of a recalled delivery, for the account that asks. Nothing is sent of a draft or of a deleted post.
pub fn reclaimed(post: Option<&Post>, delivery: Delivery) -> Delivery {
    if post.is_some_and(|post| !post.is_draft) { delivery } else { delivery.withdrawn() }
}

/// These accounts' posts are gone at X.
pub fn gone_at_x(deliveries: &[(Delivery, Account)], deleted: &[AccountId]) -> Vec<Delivery> {
    let gone = deliveries
        .iter()
        .filter(|(delivery, account)| deleted.contains(&account.id) && delivery.state != State::Deleted);
    gone.map(|(delivery, _)| delivery.ended_as(State::Deleted)).collect()
}

impl Retry {
    pub fn of(deliveries: Vec<(Delivery, Account)>) -> Result<Self, Refused> {
        let is_pending = deliveries.iter().any(|(delivery, _)| !delivery.is_final());
        let (failed, others): (Vec<_>, Vec<_>) =
            deliveries.into_iter().partition(|(delivery, _)| delivery.state == State::Failed);
        let is_held = |delivery: &Delivery| delivery.state == State::Held && !delivery.awaits_approval();
        let (held, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|(delivery, _)| is_held(delivery));
        if failed.is_empty() && held.is_empty() {
            let awaits_approval = others.iter().any(|(delivery, _)| delivery.awaits_approval());
            return Err(match is_pending {
                true if awaits_approval => not_approved(),
                true => in_flight(),
                false => nothing_failed(),
            });
        }
        require_connected(failed.iter().chain(&held))?;
        Ok(Self { failed, held })
    }

    /// What the failed ones are still to cost. The held ones are committed spend already.
    pub fn cost(&self) -> Micros {
        self.failed.iter().map(|(delivery, _)| delivery.owed()).sum()
    }

    pub fn count(&self) -> usize {
        self.failed.len() + self.held.len()
    }

    pub fn versions(&self, now: UnixMillis) -> Vec<Next> {
        let next = |(delivery, account): &(Delivery, Account)| {
            let stored = delivery.next_version(delivery.segments.clone(), now);
            Next { object: account.object(), sent: stored.clone(), is_idle: false, stored }
        };
        self.failed.iter().map(next).collect()
    }
}

/// Removed accounts take nothing new. The rows of removed accounts have the status `disconnected`.
fn require_connected<'a>(deliveries: impl IntoIterator<Item = &'a (Delivery, Account)>) -> Result<(), Refused> {
    let gone = deliveries.into_iter().find(|(_, account)| account.status == Status::Disconnected);
    let Some((_, account)) = gone else { return Ok(()) };
    let message = format!("The account @{} is not connected any more.", account.user.username);
    Err(Refused::new(Code::UnknownAccount, message))
}

fn already_published() -> Refused {
    Refused::new(Code::AlreadyPublished, "Only a draft or a scheduled post that has not begun can be changed.")
        .with_hint("Delete this one, or delete it on X if it is there, and create another.")
}

fn nothing_failed() -> Refused {
    Refused::new(Code::AlreadyPublished, "No delivery of this post has failed.")
        .with_hint("Only failed deliveries are tried again; the post's `socialAccounts` say how each ended.")
}

fn not_approved() -> Refused {
    Refused::new(Code::InFlight, "The post waits until somebody has approved it.").with_hint(
        "Somebody who may publish approves the post: on the page of `approval`, or by POST /v1/posts/{id}/approve.",
    )
}

fn in_flight() -> Refused {
    Refused::new(Code::InFlight, "The post is being published, or its fate is not known yet.")
}

#[cfg(test)]
mod tests;
