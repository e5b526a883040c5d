//! The row of a post in the layout of Outstand's API, with the exact `state` beside the `status`.

use serde_json::{Value, json};

use super::links::{Links, approval_view};
use crate::account::Account;
use crate::delivery::{Attachment, Delivery, Segment, State, Track};
use crate::post::{Container, Post};
use crate::time::UnixMillis;
use crate::x::price::{Micros, Prices, bill};

/// The original's four words, which its clients' loops end by.
pub const fn status_word(state: State) -> &'static str {
    match state {
        State::Queued | State::Publishing | State::Held | State::Unknown => "pending",
        State::Published => "published",
        State::Failed => "failed",
        State::Deleted | State::Cancelled => "deleted",
    }
}

pub fn post_view(
    post: &Post,
    org_id: &str,
    deliveries: &[(Delivery, Account)],
    prices: &Prices,
    links: &Links<'_>,
) -> Value {
    let published_at = deliveries.iter().filter_map(|(delivery, _)| delivery.published_at).min();
    let is_pending = deliveries.iter().any(|(delivery, _)| !delivery.is_final());
    let mut view = json!({
        "id": post.id,
        "orgId": org_id,
        "tenant_id": post.tenant_id,
        "createdAt": post.created_at.to_iso(),
        "publishedAt": published_at.map(UnixMillis::to_iso),
        "scheduledAt": post.scheduled_at.map(UnixMillis::to_iso),
        "scheduled": post.scheduled_at.is_some() && !post.is_draft && is_pending && published_at.is_none(),
        "isDraft": post.is_draft && !post.awaits_approval(),
        "containers": post.containers.iter().map(|container| container_view(container, links)).collect::<Vec<_>>(),
        "socialAccounts": deliveries.iter().map(|(d, a)| delivery_view(d, a, post.is_draft)).collect::<Vec<_>>(),
        "cost": cost_view(post, deliveries, prices),
    });
    if let (false, Some(fields)) = (post.options.is_empty(), view.as_object_mut()) {
        fields.insert("x".into(), json!(post.options));
    }
    if let (Some(approval), Some(fields)) = (approval_view(post, links), view.as_object_mut()) {
        fields.insert("approval".into(), approval);
    }
    view
}

fn container_view(container: &Container, links: &Links<'_>) -> Value {
    let mut view = json!({
        "id": container.id,
        "content": container.content,
        "weighted_length": container.weighted_length,
        "media": container.media.iter().map(|attachment| attachment_view(attachment, links)).collect::<Vec<_>>(),
    });
    if let (false, Some(fields)) = (container.options.is_empty(), view.as_object_mut()) {
        fields.insert("x".into(), json!(container.options));
    }
    view
}

fn attachment_view(attachment: &Attachment, links: &Links<'_>) -> Value {
    let mut view = json!({
        "id": attachment.media_id,
        "url": attachment.media_id.as_ref().map(|id| links.file(id)).or_else(|| attachment.url.clone()),
        "filename": attachment.filename,
        "altText": attachment.alt_text,
    });
    if let (false, Some(fields)) = (attachment.subtitles.is_empty(), view.as_object_mut()) {
        let track = |track: &Track| json!({ "id": track.media_id, "language_code": track.language_code, "display_name": track.display_name });
        fields.insert("subtitles".into(), attachment.subtitles.iter().map(track).collect());
    }
    view
}

/// The estimate is by today's prices for every account; what was spent by the prices when each post was accepted.
fn cost_view(post: &Post, deliveries: &[(Delivery, Account)], prices: &Prices) -> Value {
    let (estimate, reasons) = estimate(post, deliveries.len(), prices);
    let spent: Micros = deliveries.iter().map(|(delivery, _)| delivery.spent()).sum();
    json!({
        "estimate_usd": estimate.to_usd(),
        "actual_usd": (spent > Micros(0)).then(|| spent.to_usd()),
        "reasons": reasons,
    })
}

/// What a post costs at so many accounts.
pub fn estimate(post: &Post, accounts: usize, prices: &Prices) -> (Micros, Vec<String>) {
    bill(prices, &post.writes().repeat(accounts))
}

fn delivery_view(delivery: &Delivery, account: &Account, is_draft: bool) -> Value {
    let root = delivery.root();
    let waits_until = (!is_draft && !delivery.is_final()).then(|| delivery.due()).flatten();
    json!({
        "id": account.id,
        "nickname": account.user.name,
        "network": "x",
        "username": account.user.username,
        "status": status_word(delivery.state),
        "state": delivery.state.as_str(),
        "error": delivery.error.as_ref().map(|e| &e.message),
        "error_code": delivery.error.as_ref().map(|e| e.code),
        "platformPostId": root,
        "platformPostUrl": root.map(|id| account.post_url(id)),
        "publishedAt": delivery.published_at.map(UnixMillis::to_iso),
        "next_attempt_at": waits_until.map(UnixMillis::to_iso),
        "attempts": delivery.attempts,
        "segments": segments_view(delivery),
    })
}

fn segments_view(delivery: &Delivery) -> Vec<Value> {
    let missing = delivery.missing();
    let state = |n: usize, sent: bool| match sent {
        true if delivery.state == State::Deleted => State::Deleted,
        true => State::Published,
        // What holds the first missing segment holds the rest; only the first can be on its way.
        false if missing == Some(n) || delivery.state != State::Publishing => delivery.state,
        false => State::Queued,
    };
    let view = |(n, segment): (usize, &Segment)| {
        let id = segment.platform_post_id.as_ref();
        let mut view = json!({
            "container_id": segment.container_id,
            "state": state(n, id.is_some()).as_str(),
            "platformPostId": id,
        });
        if let (false, Some(fields)) = (segment.media.is_empty(), view.as_object_mut()) {
            fields.insert("media".into(), segment.media.iter().map(progress_view).collect());
        }
        view
    };
    delivery.segments.iter().enumerate().map(view).collect()
}

/// For a person who waits.
fn progress_view(attachment: &Attachment) -> Value {
    json!({
        "id": attachment.media_id,
        "state": attachment.stage(),
        "content_type": attachment.file.as_ref().map(|file| file.kind),
        "warning": attachment.warning(),
        "bytes_sent": attachment.bytes_sent(),
        "bytes_total": attachment.file.as_ref().map(|file| file.size),
        "processing_percent": attachment.processing_percent(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_shows_one_of_the_originals_four_words() {
        let words = [State::Queued, State::Held, State::Unknown, State::Published, State::Failed, State::Cancelled];
        assert_eq!(words.map(status_word), ["pending", "pending", "pending", "published", "failed", "deleted"]);
    }
}
