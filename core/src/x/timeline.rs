//! `GET /2/users/{id}/tweets` by the user itself: did a post whose answer was lost come about?
//!
//! X gives text back changed: `&`, `<` and `>` are escaped, links are t.co links, attached media and quoted posts are a
//! t.co link more at the end, and a long text is cut, with the whole in `note_tweet`.

use http::{Method, Request, Response};
use serde_json::Value;

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

#[derive(Clone, PartialEq, Eq, Debug)]
struct Link {
    /// `https://t.co/…`, as it stands in the text.
    short: String,
    expanded: String,
}

/// A page, and what asks for the next one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    pub posts: Vec<OwnPost>,
    pub next: Option<String>,
}

/// Everything since `since`, a page of a hundred at a time.
pub fn own_posts_request(
    endpoints: &Endpoints,
    access_token: &Secret<String>,
    user_id: &XUserId,
    since: UnixMillis,
    page: Option<&str>,
) -> Request<Vec<u8>> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("max_results", "100")
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
    let body: Value = serde_json::from_slice(answer.body()).map_err(|_| malformed())?;
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
    let note = row.get("note_tweet").filter(|note| note.get("text").is_some());
    let whole = note.unwrap_or(row);
    let parents = row.get("referenced_tweets").and_then(Value::as_array);
    let parent = parents.and_then(|list| list.iter().find(|post| post.get("type") == Some(&"replied_to".into())));
    Some(OwnPost {
        id: XPostId::parse(row.get("id")?.as_str()?).ok()?,
        created_at: UnixMillis::parse_iso(row.get("created_at")?.as_str()?).ok()?,
        reply_to: parent.map(|post| XPostId::parse(post.get("id")?.as_str()?).ok()).unwrap_or_default(),
        text: whole.get("text")?.as_str()?.to_owned(),
        links: links(whole),
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
    /// Whether this is the post that was sent at `since` or later with this text and this parent.
    pub fn is(&self, text: &str, reply_to: Option<&XPostId>, since: UnixMillis) -> bool {
        self.created_at >= earliest(since) && self.reply_to.as_ref() == reply_to && self.says(text)
    }

    /// The text as a person reads it: short links are what they stand for, and that of media is none.
    pub fn content(&self) -> String {
        let shown = unescaped(&self.text);
        let long = |text: String, link: &Link| {
            let is_media = link.expanded.contains("/photo/") || link.expanded.contains("/video/");
            let expanded = if is_media { "" } else { link.expanded.as_str() };
            text.replace(&link.short, expanded)
        };
        self.links.iter().fold(shown, long).trim().to_owned()
    }

    /// Compares piece by piece: where X shows a short link, the text may have the address with or without its scheme.
    /// A reply is shown behind the names of those whom it answers.
    fn says(&self, text: &str) -> bool {
        let shown = unescaped(&self.text);
        let whole = Some(shown.trim());
        let without_names = std::iter::successors(whole, |shown| self.reply_to.as_ref().and(after_mention(shown)));
        without_names.into_iter().any(|shown| is_same(text.trim(), shown, &self.links))
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What stands behind a leading `@name`.
fn after_mention(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    name.starts_with('@').then(|| rest.trim_start())
}

fn is_same(sent: &str, shown: &str, links: &[Link]) -> bool {
    let next = links.iter().filter_map(|link| Some((shown.find(&link.short)?, link))).min_by_key(|(at, _)| *at);
    let Some((at, link)) = next else { return sent == shown };
    let Some((before, rest)) = shown.split_at_checked(at) else { return false };
    let after = rest.strip_prefix(link.short.as_str()).unwrap_or_default();
    if after.is_empty() && sent.trim_end() == before.trim_end() {
        return true;
    }
    let Some(sent) = sent.strip_prefix(before) else { return false };
    spellings(&link.expanded)
        .any(|spelling| strip_ignoring_case(sent, spelling).is_some_and(|sent| is_same(sent, after, links)))
}

/// X completes an address: `example.com` is expanded to `http://example.com`, sometimes with a slash at its end.
fn spellings(expanded: &str) -> impl Iterator<Item = &str> {
    let bare = expanded.strip_prefix("https://").or_else(|| expanded.strip_prefix("http://")).unwrap_or(expanded);
    [expanded, bare].into_iter().flat_map(|url| [url, url.strip_suffix('/').unwrap_or(url)])
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// X's times are whole seconds, of X's clock.
fn earliest(since: UnixMillis) -> UnixMillis {
    let earliest = since - CLOCKS_DIFFER;
    UnixMillis(earliest.0 - earliest.0.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use proptest::prelude::*;
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

    fn says(text: &str, urls: &[(&str, &str)], sent: &str) -> bool {
        post(text, urls).is(sent, None, T0)
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
    fn escaped_characters_are_read_back() {
        assert!(says("a &amp; b &lt;c&gt; &amp;amp;", &[], "a & b <c> &amp;"));
        assert!(!says("a &amp; b", &[], "a and b"));
    }

    #[test]
    fn short_links_are_what_they_stand_for() {
        let link = ("https://t.co/1", "https://example.com/a?b=1");
        assert!(says("see https://t.co/1 now", &[link], "see https://example.com/a?b=1 now"));
        assert!(!says("see https://t.co/1 now", &[link], "see https://example.com/other now"));
        assert!(says("see https://t.co/1 now", &[("https://t.co/1", "http://foo.rs")], "see foo.rs now"));
        assert!(says("https://t.co/1", &[("https://t.co/1", "http://Example.com/")], "example.com"));
        let two = [("https://t.co/1", "http://a.io"), ("https://t.co/2", "http://b.io")];
        assert!(says("https://t.co/1 https://t.co/2", &two, "a.io b.io"));
        assert!(!says("https://t.co/1 https://t.co/2", &two, "b.io a.io"));
    }

    #[test]
    fn the_link_of_media_or_of_a_quoted_post_is_not_part_of_the_text() {
        let link = ("https://t.co/9", "https://x.com/ada/status/1/photo/1");
        assert!(says("hello https://t.co/9", &[link], "hello"));
        assert!(says("https://t.co/9", &[link], ""));
        assert!(!says("hello https://t.co/9 you", &[link], "hello you"));
    }

    #[test]
    fn what_is_imported_reads_as_it_was_written() {
        let links =
            [("https://t.co/1", "https://example.com/a"), ("https://t.co/9", "https://x.com/ada/status/1/photo/1")];
        assert_eq!(post("a &amp; b https://t.co/1 https://t.co/9", &links).content(), "a & b https://example.com/a");
    }

    #[test]
    fn a_long_text_is_read_from_its_note() {
        let row = json!({
            "id": "7", "text": "long…", "created_at": "2026-11-23T09:30:00Z", "note_tweet": {"text": "long and whole"},
        });
        assert!(page(&json!({"data": [row], "meta": {}})).posts[0].is("long and whole", None, T0));
    }

    #[test]
    fn a_reply_is_shown_behind_the_names_of_those_it_answers() {
        let reply = |text: &str| {
            let row = json!({
                "id": "7", "text": text, "created_at": "2026-11-23T09:30:00.000Z",
                "referenced_tweets": [{"type": "replied_to", "id": "5"}],
            });
            page(&json!({"data": [row], "meta": {}})).posts.remove(0)
        };
        let parent = XPostId::parse("5").unwrap();
        assert!(reply("@ada @linus fine").is("fine", Some(&parent), T0));
        assert!(reply("@ada @linus fine").is("@linus fine", Some(&parent), T0));
        assert!(!reply("@ada not fine").is("fine", Some(&parent), T0));
        assert!(!says("@ada fine", &[], "fine"), "what is no reply begins as it was written");
    }

    #[test]
    fn parent_and_time_must_be_the_same() {
        let row = json!({
            "id": "7", "text": "a", "created_at": "2026-11-23T09:30:00.000Z",
            "referenced_tweets": [{"type": "quoted", "id": "4"}, {"type": "replied_to", "id": "5"}],
        });
        let post = &page(&json!({"data": [row], "meta": {}})).posts[0];
        let parent = XPostId::parse("5").unwrap();
        assert!(post.is("a", Some(&parent), T0 + Span::secs(5)), "clocks differ, and X's counts in seconds");
        assert!(!post.is("a", None, T0));
        assert!(!post.is("a", Some(&parent), T0 + Span::secs(6)));
    }

    proptest! {
        #[test]
        fn comparing_never_panics(shown in "\\PC{0,40}", sent in "\\PC{0,40}", short in "\\PC{1,6}", long in "\\PC{0,6}") {
            let post = OwnPost {
                id: XPostId::parse("1").unwrap(), created_at: T0, reply_to: None, text: shown,
                links: vec![Link { short, expanded: long }],
            };
            let _ = post.says(&sent);
        }

        #[test]
        fn a_text_without_links_is_itself(text in "[^&]{0,40}") {
            let shown = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            prop_assert!(is_same(text.trim(), shown.replace("&lt;", "<").replace("&gt;", ">").trim(), &[]));
        }
    }
}
