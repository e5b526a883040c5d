//! `GET /2/users/{id}/tweets` by the user itself: does a post exist whose answer was lost?
//!
//! A long text is cut; the whole text is in `note_tweet`, called `note_post` in X's newer dialect.

use http::{Method, Request, Response};
use serde_json::Value;

use super::large::json;
pub use super::shown::Sent;
use super::shown::{Link, next_link, unescaped_once};
use super::{XError, authorized, refused};
use crate::{
    id::{XPostId, XUserId},
    oauth::Endpoints,
    secret::Secret,
    time::{Span, UnixMillis},
};

/// How far X's clock may be behind ours. An own post of the same text shortly before is no danger: X would have refused
/// the second one as a duplicate, and what we were answered about is claimed.
const CLOCKS_DIFFER: Span = Span::secs(5);

/// What a post is read from.
pub(super) const OWN_POST_FIELDS: &str = "created_at,entities,note_tweet,referenced_tweets";

/// A post as its author's timeline shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnPost {
    pub id: XPostId,
    pub created_at: UnixMillis,
    pub reply_to: Option<XPostId>,
    text: String,
    links: Vec<Link>,
}

/// A page, and what asks for the next one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    pub posts: Vec<OwnPost>,
    pub next: Option<String>,
}

/// Everything since `since`, a page of so many posts at a time.
pub fn own_posts_request(
    endpoints: &Endpoints,
    access_token: &Secret<String>,
    user_id: &XUserId,
    since: UnixMillis,
    (count, page): (u32, Option<&str>),
) -> Request<Vec<u8>> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("max_results", &count.to_string())
        .append_pair("start_time", &earliest(since).to_iso())
        .append_pair("tweet.fields", OWN_POST_FIELDS);
    if let Some(page) = page {
        query.append_pair("pagination_token", page);
    }
    authorized(Method::GET, endpoints, &format!("/2/users/{user_id}/tweets?{}", query.finish()), access_token)
}

/// An empty page has no `data`. A page that cannot be read is not an empty one.
pub fn own_posts_response(answer: &Response<Vec<u8>>) -> Result<Page, XError> {
    let malformed = || XError::Malformed { status: answer.status().as_u16() };
    if !answer.status().is_success() {
        return Err(refused(answer));
    }
    let body = json(answer.body()).ok_or_else(malformed)?;
    own_posts(&body).ok_or_else(malformed)
}

/// The page that a body is.
pub fn own_posts(body: &Value) -> Option<Page> {
    let meta = body.get("meta")?;
    let posts = match body.get("data") {
        None => Vec::new(),
        Some(rows) => rows.as_array()?.iter().map(own_post).collect::<Option<_>>()?,
    };
    Some(Page { posts, next: meta.get("next_token").and_then(Value::as_str).map(str::to_owned) })
}

fn own_post(row: &Value) -> Option<OwnPost> {
    let either = |names: [&str; 2]| names.into_iter().find_map(|name| row.get(name));
    let note = either(["note_tweet", "note_post"]).filter(|note| note.get("text").is_some());
    let parents = either(["referenced_tweets", "referenced_posts"]).and_then(Value::as_array);
    let parent = parents.and_then(|list| list.iter().find(|post| post.get("type") == Some(&"replied_to".into())));
    Some(OwnPost {
        id: XPostId::parse(row.get("id")?.as_str()?).ok()?,
        created_at: UnixMillis::parse_iso(row.get("created_at")?.as_str()?).ok()?,
        reply_to: parent.map(|post| XPostId::parse(post.get("id")?.as_str()?).ok()).unwrap_or_default(),
        text: note.unwrap_or(row).get("text")?.as_str()?.to_owned(),
        links: note.into_iter().chain([row]).flat_map(links).collect(),
    })
}

fn links(whole: &Value) -> Vec<Link> {
    let urls = whole.pointer("/entities/urls").and_then(Value::as_array);
    let link = |url: &Value| {
        let short = url.get("url")?.as_str().filter(|short| !short.is_empty())?;
        Some(Link { short: short.to_owned(), expanded: url.get("expanded_url")?.as_str()?.to_owned() })
    };
    urls.map(|urls| urls.iter().filter_map(link).collect()).unwrap_or_default()
}

impl OwnPost {
    /// Whether this is the post that was sent at `since` or later.
    pub fn is(&self, sent: &Sent<'_>, since: UnixMillis) -> bool {
        let is_where = self.reply_to.as_ref() == sent.reply_to;
        self.created_at >= earliest(since) && is_where && sent.is_shown_as(&self.text, &self.links)
    }

    /// The text for readers: each short link is replaced by its address. The link that X adds for the post's own media
    /// is left out.
    pub fn content(&self) -> String {
        let shown = unescaped_once(&self.text);
        let (mut content, mut rest) = (String::new(), shown.as_str());
        while let Some((before, link, after)) = next_link(&self.links, rest) {
            let is_own_media = is_media_of(&self.id, &link.expanded);
            content.extend([before, if is_own_media { "" } else { link.expanded.as_str() }]);
            rest = after;
        }
        content.push_str(rest);
        content.trim().to_owned()
    }
}

/// Whether an address is X's for the media of this post: `https://x.com/<user>/status/<id>/photo/1`, or `video`. Nobody can
/// have written that address into the text, since the post had no id yet.
fn is_media_of(id: &XPostId, address: &str) -> bool {
    let path = ["https://x.com/", "https://twitter.com/"].into_iter().find_map(|site| address.strip_prefix(site));
    let mut parts = path.unwrap_or_default().split('/').skip(1);
    let is_media = |kind| matches!(kind, Some("photo" | "video"));
    parts.next() == Some("status") && parts.next() == Some(id.as_str()) && is_media(parts.next())
}

/// X's times are whole seconds, of X's clock.
fn earliest(since: UnixMillis) -> UnixMillis {
    let earliest = since - CLOCKS_DIFFER;
    UnixMillis(earliest.0 - earliest.0.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    const T0: UnixMillis = UnixMillis(1_795_426_200_500);

    fn page(body: &Value) -> Page {
        own_posts_response(&Response::new(body.to_string().into_bytes())).unwrap()
    }

    /// One post of this second, with these links.
    fn post(text: &str, urls: &[(&str, &str)]) -> OwnPost {
        let urls: Vec<_> = urls.iter().map(|(url, expanded)| json!({"url": url, "expanded_url": expanded})).collect();
        let row =
            json!({"id": "7", "text": text, "created_at": "2026-11-23T09:30:00.000Z", "entities": {"urls": urls}});
        page(&json!({"data": [row], "meta": {"result_count": 1}})).posts.remove(0)
    }

    fn is(post: &OwnPost, text: &str, reply_to: Option<&XPostId>, since: UnixMillis) -> bool {
        post.is(&Sent { text, reply_to, has_attachment: false }, since)
    }

    #[test]
    fn an_empty_page_has_no_data_and_an_unreadable_one_is_no_page() {
        assert_eq!(page(&json!({"meta": {"result_count": 0}})), Page { posts: vec![], next: None });
        assert_eq!(page(&json!({"meta": {"next_token": "n"}})).next.as_deref(), Some("n"));
        for body in ["<html>", "{}", r#"{"meta":{},"data":7}"#, r#"{"meta":{},"data":[{"id":"1"}]}"#] {
            assert!(own_posts_response(&Response::new(body.into())).is_err(), "{body}");
        }
    }

    #[test]
    fn what_is_imported_reads_as_it_was_written() {
        let links =
            [("https://t.co/1", "https://example.com/a"), ("https://t.co/9", "https://x.com/ada/status/7/photo/1")];
        assert_eq!(post("a &amp; b https://t.co/1 https://t.co/9", &links).content(), "a & b https://example.com/a");
    }

    #[test]
    fn only_the_link_to_the_posts_own_media_is_no_part_of_its_text() {
        for own in ["x.com/ada/status/7/photo/1", "twitter.com/ada/status/7/video/1", "x.com/i/status/7/photo/4"] {
            assert_eq!(post("a https://t.co/1", &[("https://t.co/1", &format!("https://{own}"))]).content(), "a");
        }
        for link in [
            "https://www.tiktok.com/@a/video/1",
            "https://example.com/photo/1",
            "https://x.com/ada/status/6/photo/1",
            "https://x.com/ada/status/77/photo/1",
            "https://x.com/ada/status/7",
            "https://x.com/ada/photo/7",
            "https://example.com/x.com/ada/status/7/photo/1",
            "https://x.com.example/ada/status/7/video/1",
        ] {
            assert_eq!(post("a https://t.co/1", &[("https://t.co/1", link)]).content(), format!("a {link}"));
        }
    }

    #[test]
    fn a_link_in_a_links_own_address_stays_as_it_is() {
        let links = [
            ("https://t.co/1", "https://example.com/?u=https://t.co/9"),
            ("https://t.co/9", "https://x.com/ada/status/7/photo/1"),
        ];
        assert_eq!(post("https://t.co/1 https://t.co/9", &links).content(), "https://example.com/?u=https://t.co/9");
    }

    #[test]
    fn a_long_text_is_read_from_its_note_in_both_dialects() {
        let urls = json!({ "urls": [{"url": "https://t.co/1", "expanded_url": "https://example.com/end"}] });
        for (note, parents) in [("note_tweet", "referenced_tweets"), ("note_post", "referenced_posts")] {
            let row = json!({
                "id": "7", "text": "long…", "created_at": "2026-11-23T09:30:00Z",
                note: {"text": "long and whole https://t.co/1", "entities": urls},
                parents: [{"type": "replied_to", "id": "5"}],
            });
            let parent = XPostId::parse("5").unwrap();
            let post = &page(&json!({"data": [row], "meta": {}})).posts[0];
            assert!(is(post, "long and whole example.com/end", Some(&parent), T0), "{note}");
        }
    }

    #[test]
    fn parent_and_time_must_be_the_same() {
        let row = json!({
            "id": "7", "text": "a", "created_at": "2026-11-23T09:30:00.000Z",
            "referenced_tweets": [{"type": "quoted", "id": "4"}, {"type": "replied_to", "id": "5"}],
        });
        let post = &page(&json!({"data": [row], "meta": {}})).posts[0];
        let parent = XPostId::parse("5").unwrap();
        assert!(is(post, "a", Some(&parent), T0 + Span::secs(5)), "clocks differ, and X's counts in seconds");
        assert!(!is(post, "a", None, T0));
        assert!(!is(post, "a", Some(&parent), T0 + Span::secs(6)));
    }
}
