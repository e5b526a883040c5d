//! Metrics and replies of a post, from X's layout to the layout of Outstand's API.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::delivery::Delivery;
use crate::post::Post;
use crate::time::{Span, UnixMillis};

/// X gives the non-public metrics of a post for this long (X docs, x-api/fundamentals/metrics).
const OWN_METRICS_FOR: Span = Span::days(30);

/// Whether X still tells the non-public metrics of a delivery.
pub fn is_recent(delivery: &Delivery, now: UnixMillis) -> bool {
    delivery.published_at.is_some_and(|at| now - at < OWN_METRICS_FOR)
}

/// The sums over the segments of one delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Metrics {
    likes: u64,
    replies: u64,
    reposts: u64,
    quotes: u64,
    bookmarks: u64,
    impressions: u64,
    link_clicks: u64,
    profile_clicks: u64,
}

impl Metrics {
    fn of(list: &Value) -> Self {
        let rows = list.get("data").and_then(Value::as_array);
        rows.into_iter().flatten().map(Self::of_post).fold(Self::default(), Self::plus)
    }

    /// Both of X's dialects.
    fn of_post(row: &Value) -> Self {
        let number = |paths: &[&str]| paths.iter().find_map(|path| row.pointer(path)?.as_u64()).unwrap_or(0);
        Self {
            likes: number(&["/public_metrics/like_count"]),
            replies: number(&["/public_metrics/reply_count"]),
            reposts: number(&["/public_metrics/retweet_count", "/public_metrics/repost_count"]),
            quotes: number(&["/public_metrics/quote_count"]),
            bookmarks: number(&["/public_metrics/bookmark_count"]),
            impressions: number(&["/non_public_metrics/impression_count", "/public_metrics/impression_count"]),
            link_clicks: number(&["/non_public_metrics/url_link_clicks"]),
            profile_clicks: number(&["/non_public_metrics/user_profile_clicks"]),
        }
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            likes: self.likes + other.likes,
            replies: self.replies + other.replies,
            reposts: self.reposts + other.reposts,
            quotes: self.quotes + other.quotes,
            bookmarks: self.bookmarks + other.bookmarks,
            impressions: self.impressions + other.impressions,
            link_clicks: self.link_clicks + other.link_clicks,
            profile_clicks: self.profile_clicks + other.profile_clicks,
        }
    }

    const fn shares(self) -> u64 {
        self.reposts + self.quotes
    }

    /// Per cent of impressions; null without any.
    #[expect(clippy::cast_precision_loss, reason = "a rate of counts far below 2^53")]
    fn engagement_rate(self) -> Option<f64> {
        let engagements = self.likes + self.replies + self.shares() + self.bookmarks;
        (self.impressions > 0).then(|| engagements as f64 * 100.0 / self.impressions as f64)
    }

    fn view(self) -> Value {
        json!({
            "likes": self.likes,
            "comments": self.replies,
            "shares": self.shares(),
            "views": self.impressions,
            "impressions": self.impressions,
            "reach": self.impressions,
            "saves": self.bookmarks,
            "engagement_rate": self.engagement_rate(),
            "platform_specific": {
                "repost_count": self.reposts,
                "quote_count": self.quotes,
                "bookmark_count": self.bookmarks,
                "url_link_clicks": self.link_clicks,
                "user_profile_clicks": self.profile_clicks,
            },
        })
    }
}

/// `GET /v1/posts/{id}/analytics`, from X's list for each account.
pub fn analytics_view(post: &Post, answers: &[(Delivery, Account, Value)]) -> Value {
    let all: Vec<Metrics> = answers.iter().map(|(_, _, list)| Metrics::of(list)).collect();
    let rows: Vec<Value> = answers.iter().zip(&all).map(|((d, a, _), metrics)| account_row(d, a, *metrics)).collect();
    let sum = all.iter().copied().fold(Metrics::default(), Metrics::plus);
    let published_at = answers.iter().filter_map(|(delivery, _, _)| delivery.published_at).min();
    json!({
        "post": {
            "id": post.id,
            "publishedAt": published_at.map(UnixMillis::to_iso),
            "createdAt": post.created_at.to_iso(),
        },
        "metrics_by_account": rows,
        "aggregated_metrics": {
            "total_likes": sum.likes,
            "total_comments": sum.replies,
            "total_shares": sum.shares(),
            "total_views": sum.impressions,
            "total_impressions": sum.impressions,
            "total_reach": sum.impressions,
            "average_engagement_rate": sum.engagement_rate(),
        },
    })
}

fn account_row(delivery: &Delivery, account: &Account, metrics: Metrics) -> Value {
    let root = delivery.root();
    json!({
        "social_account": { "id": account.id, "network": "x", "username": account.user.username, "nickname": account.user.name },
        "platform_post_id": root,
        "platform_post_url": root.map(|id| account.post_url(id)),
        "published_at": delivery.published_at.map(UnixMillis::to_iso),
        "metrics": metrics.view(),
    })
}

/// `GET /v1/posts/{id}/replies`: the conversation under `root`, in pages of X's; each reply with those to it. What the
/// account itself wrote as part of the post is not a reply, and what answers a post that is gone stands by itself.
pub fn replies_view(pages: &[Value], root: &str, own: &[&str]) -> Vec<Value> {
    let users: BTreeMap<&str, &Value> = pages
        .iter()
        .flat_map(|page| rows(page.pointer("/includes/users")))
        .map(|user| (text(user, "id"), user))
        .collect();
    let said = || pages.iter().flat_map(|page| rows(page.get("data"))).filter(|row| !own.contains(&text(row, "id")));
    let there: BTreeSet<&str> = said().map(|row| text(row, "id")).collect();
    let mut top = Vec::new();
    let mut children: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in said().filter(|row| text(row, "id") != root) {
        match parent_of(row).filter(|parent| there.contains(parent)) {
            Some(parent) => children.entry(parent).or_default().push(row),
            None => top.push(row),
        }
    }
    in_order(top).into_iter().map(|row| reply_view(row, &users, &mut children)).collect()
}

/// As they were written: X's ids grow with time, and are numbers.
fn in_order(mut replies: Vec<&Value>) -> Vec<&Value> {
    replies.sort_by_key(|row| (text(row, "id").len(), text(row, "id")));
    replies
}

fn reply_view<'a>(
    row: &'a Value,
    users: &BTreeMap<&str, &Value>,
    children: &mut BTreeMap<&'a str, Vec<&'a Value>>,
) -> Value {
    let author = users.get(text(row, "author_id")).copied().unwrap_or(&Value::Null);
    let below = children.remove(text(row, "id")).unwrap_or_default();
    let below: Vec<Value> = in_order(below).into_iter().map(|row| reply_view(row, users, children)).collect();
    let metrics = row.get("public_metrics").cloned().unwrap_or_else(|| Value::Object(Map::new()));
    json!({
        "id": row.get("id"),
        "author": {
            "id": row.get("author_id"),
            "username": author.get("username"),
            "name": author.get("name"),
            "profile_picture_url": author.get("profile_image_url"),
        },
        "text": row.get("text"),
        "created_at": row.get("created_at"),
        "like_count": metrics.get("like_count").and_then(Value::as_u64).unwrap_or(0),
        "platform_specific": { "public_metrics": metrics },
        "replies": below,
    })
}

fn parent_of(row: &Value) -> Option<&str> {
    let parent = rows(row.get("referenced_tweets")).find(|post| text(post, "type") == "replied_to")?;
    parent.get("id")?.as_str()
}

fn rows(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;

    fn reply(id: &str, to: &str, author: &str) -> Value {
        json!({
            "id": id, "text": format!("reply {id}"), "author_id": author, "created_at": format!("2026-11-23T09:30:0{id}Z"),
            "public_metrics": {"like_count": 2}, "referenced_tweets": [{"type": "replied_to", "id": to}],
        })
    }

    #[test]
    fn replies_stand_under_what_they_reply_to() {
        let list = json!({
            "data": [reply("5", "4", "9"), reply("4", "1", "8"), reply("2", "1", "7"), reply("3", "2", "8")],
            "includes": {"users": [{"id": "8", "username": "grace", "name": "Grace"}]},
        });
        // The post is the thread 1, 2: a reply to its second part is a reply to the post.
        let view = replies_view(&[list], "1", &["1", "2"]);
        assert_eq!(view.iter().map(|row| row["id"].as_str().unwrap()).collect::<Vec<_>>(), ["3", "4"]);
        assert_eq!((&view[0]["author"]["username"], &view[0]["like_count"]), (&json!("grace"), &json!(2)));
        assert_eq!(view[1]["replies"][0]["id"], "5");
        assert_eq!(view[1]["replies"][0]["author"]["username"], Value::Null);
    }

    #[test]
    fn nothing_said_is_an_empty_list() {
        assert!(replies_view(&[json!({"meta": {"result_count": 0}})], "1", &["1"]).is_empty());
    }

    #[test]
    fn metrics_are_summed_over_a_thread_in_either_dialect() {
        let list = json!({"data": [
            {"public_metrics": {"like_count": 1, "retweet_count": 2, "quote_count": 1, "reply_count": 1, "impression_count": 10}},
            {"public_metrics": {"like_count": 1, "repost_count": 3}, "non_public_metrics": {"impression_count": 40, "url_link_clicks": 5}},
        ]});
        let metrics = Metrics::of(&list);
        assert_eq!((metrics.likes, metrics.shares(), metrics.impressions, metrics.link_clicks), (2, 6, 50, 5));
        assert!((metrics.engagement_rate().unwrap() - 18.0).abs() < 1e-9);
        assert_eq!(Metrics::of(&json!({})).engagement_rate(), None);
    }
}
