//! Calls passed on to X unchanged (docs/API.md, section 9): the permitted paths, their names in X's rate limits, and
//! X's price.
//!
//! The list has areas and not endpoints, so that a new endpoint in an area works at once. The token endpoints are in
//! none of the areas.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::price::{Charge, Micros, Write};
use crate::account::lacks_scope;
use crate::oauth::Scopes;
use crate::refusal::{Code, Refused};
use crate::text::weigh;

/// The first segment behind `/2/`.
const AREAS: [&str; 9] = ["bookmarks", "likes", "lists", "media", "retweets", "spaces", "tweets", "usage", "users"];
/// Longer than any id, username or word in X's API description 2.167.
const SEGMENT_LENGTH: usize = 64;

/// A path of X that is passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target(Vec<String>);

impl Target {
    /// From the segments behind `/2/`, of a path that was parsed as a URL's. No segment of X's has any need of an
    /// escape, a dot or a slash, so whatever could mean another path to another parser is refused.
    pub fn parse(segments: &[&str]) -> Option<Self> {
        let is_plain = |segment: &&str| {
            let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            (1..=SEGMENT_LENGTH).contains(&segment.len()) && segment.bytes().all(is_allowed)
        };
        let is_area = segments.first().is_some_and(|area| AREAS.contains(area));
        let is_known = is_area && segments.iter().all(is_plain);
        is_known.then(|| Self(segments.iter().map(|segment| (*segment).to_owned()).collect()))
    }

    pub fn path(&self) -> String {
        format!("/2/{}", self.0.join("/"))
    }

    /// As X's rate limits name it: `GET /2/users/:id/tweets`.
    pub fn endpoint(&self, method: &str) -> String {
        let mut name = format!("{method} /2");
        let mut is_name_next = false;
        for segment in &self.0 {
            name.push('/');
            name.push_str(if is_name_next || !is_word(segment) { ":id" } else { segment });
            is_name_next = segment == "username";
        }
        name
    }

    /// X's price for a writing call. `body` is read if the price depends on the body.
    pub fn charge(&self, method: &str, body: &[u8]) -> Charge {
        let words: Vec<&str> = self.0.iter().map(String::as_str).collect();
        match (method, words.as_slice()) {
            ("POST", ["tweets"]) => write_of(body).map_or(Charge::DearestPost, Charge::Write),
            (_, ["media", "metadata"]) => Charge::Write(Write::AltText),
            (_, ["users", _, "bookmarks", ..] | ["media", "subtitles"]) => Charge::Manage,
            // X states no price for uploads.
            (_, ["media", ..]) => Charge::Free,
            ("DELETE", ["users", ..]) => Charge::EndInteraction,
            ("POST", ["users", ..]) => Charge::Write(Write::Repost),
            _ => Charge::Manage,
        }
    }

    /// The scope that X asks for, besides the scopes of every account (X's API description 2.167, `security` of each
    /// operation); `None` for a call outside the description.
    pub fn scope(&self, method: &str) -> Option<&'static str> {
        let words: Vec<&str> = self.0.iter().map(String::as_str).collect();
        let of = |read, write| Some(if is_read(method) { read } else { write });
        match words.as_slice() {
            ["users", _, "likes" | "liked_tweets", ..] | ["tweets", _, "liking_users"] => of("like.read", "like.write"),
            ["users", _, "bookmarks", ..] => of("bookmark.read", "bookmark.write"),
            ["users", _, "muting", ..] => of("mute.read", "mute.write"),
            ["users", _, "blocking", ..] => of("block.read", "block.write"),
            ["users", _, "following" | "followers", ..] => of("follows.read", "follows.write"),
            ["users", _, "followed_lists" | "pinned_lists" | "owned_lists" | "list_memberships", ..]
            | ["lists", ..] => of("list.read", "list.write"),
            ["media", "upload", ..] => Some("media.write"),
            ["media", ..] => of("tweet.read", "media.write"),
            ["tweets", _, "hidden"] => of("tweet.read", "tweet.moderate.write"),
            ["tweets", ..] | ["users", _, "retweets", ..] => of("tweet.read", "tweet.write"),
            ["spaces", ..] if is_read(method) => Some("space.read"),
            ["users" | "retweets" | "usage", ..] if is_read(method) => Some("tweet.read"),
            _ => None,
        }
    }

    /// The scope that a field of the answer needs besides (X docs, "user.fields": the e-mail address alone has a scope of
    /// its own). X's parser reads a field under any escape, so the query is unescaped first.
    pub fn field_scope(query: Option<&str>) -> Option<&'static str> {
        let asked = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let is_email = |text: &str| text.to_ascii_lowercase().contains("email");
        asked.into_iter().any(|(name, value)| is_email(&name) || is_email(&value)).then_some("users.email")
    }

    /// Whether a consent covers the call. X holds a token to the token's own scopes. `only` is the consent of a row that
    /// uses another row's token.
    pub fn require_consent(&self, method: &str, query: Option<&str>, only: Option<&Scopes>) -> Result<(), Refused> {
        let Some(only) = only else { return Ok(()) };
        if let Some(scope) = Self::field_scope(query).filter(|scope| !only.contains(scope)) {
            return Err(lacks_scope(scope));
        }
        match self.scope(method) {
            Some(scope) if only.contains(scope) => Ok(()),
            Some(scope) => Err(lacks_scope(scope)),
            None => {
                Err(Refused::new(Code::MissingScope, "Whether the account's consent covers this call is not known."))
            }
        }
    }

    /// Whether the call creates a post. The post's id is then one of ours.
    pub fn creates_post(&self, method: &str) -> bool {
        method == "POST" && self.0 == ["tweets"]
    }
}

/// How a call that was to be passed on ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// X answered with this status.
    Answered(u16),
    /// X was called and did not answer: whether X acted is not known.
    Unanswered,
    /// The call ended here.
    Stopped,
}

impl Ending {
    /// X bills a call that succeeds. A call that X may have acted on is counted.
    pub const fn is_billed(self) -> bool {
        matches!(self, Self::Answered(200..=299) | Self::Unanswered)
    }

    /// What goes back of the price that was reserved for the call.
    pub fn given_back(self, reserved: Micros) -> Option<Micros> {
        (reserved > Micros(0) && !self.is_billed()).then_some(reserved)
    }
}

pub fn is_read(method: &str) -> bool {
    method == Method::GET || method == Method::HEAD
}

/// The methods that a REST API may have.
pub fn is_passed(method: &str) -> bool {
    is_read(method) || [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].iter().any(|other| method == other)
}

/// Whether the content type makes the body a document that a browser could show or run: every type but JSON.
pub fn is_document(content_type: Option<&str>) -> bool {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    !(is_json && essence.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+.-".contains(&byte)))
}

/// Every word in a path of X's is of small letters and underscores; ids have digits or capitals.
fn is_word(segment: &str) -> bool {
    segment.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// The fields of a post that decide the price. A repeated field could be read in two ways, so such a post is not read
/// at all.
#[derive(Deserialize)]
struct Priced {
    text: Option<String>,
    reply: Option<Value>,
}

/// `None` for a body that cannot be read here: whether X can is not known.
fn write_of(body: &[u8]) -> Option<Write> {
    let post: Priced = serde_json::from_str(std::str::from_utf8(body).ok()?).ok()?;
    Some(Write::of_text(weigh(&post.text.unwrap_or_default()).has_url, post.reply.is_some()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn target(path: &str) -> Option<Target> {
        Target::parse(&path.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn a_price_is_kept_for_what_succeeds_and_for_what_x_may_have_done() {
        for billed in [Ending::Answered(200), Ending::Answered(201), Ending::Answered(299), Ending::Unanswered] {
            assert_eq!((billed.is_billed(), billed.given_back(Micros(5))), (true, None), "{billed:?}");
        }
        for free in [199, 300, 304, 401, 403, 429, 500].map(Ending::Answered).into_iter().chain([Ending::Stopped]) {
            assert_eq!((free.is_billed(), free.given_back(Micros(5))), (false, Some(Micros(5))), "{free:?}");
            assert_eq!(free.given_back(Micros(0)), None, "nothing was reserved");
        }
    }

    #[test]
    fn with_another_rows_token_the_own_consent_decides() {
        let only = Scopes::parse("tweet.read users.read").unwrap();
        let code = |path: &str, method, query, only| {
            target(path)
                .unwrap()
                .require_consent(method, query, only)
                .map_err(|refused| (refused.code, refused.message))
        };
        let lacks = |scope| Err((Code::MissingScope, format!("The account was connected without {scope}.")));
        assert_eq!(code("tweets", "POST", None, None), Ok(()), "X holds the own token to its scopes");
        assert_eq!(code("tweets/1", "GET", None, Some(&only)), Ok(()));
        assert_eq!(code("tweets", "POST", None, Some(&only)), lacks("tweet.write"));
        let email = Some("user.fields=confirmed_email");
        assert_eq!(code("users/me", "GET", email, Some(&only)), lacks("users.email"));
        assert_eq!(code("users/me", "GET", email, None), Ok(()));
        let unknown = code("users/1/unheard_of", "POST", None, Some(&only));
        assert_eq!(unknown.unwrap_err().1, "Whether the account's consent covers this call is not known.");
    }

    #[test]
    fn paths_of_the_areas_are_passed_on_as_they_are() {
        for path in ["tweets", "users/me", "users/by/username/ada", "media/upload/1/append", "spaces/1DXxyRYNejbKM"] {
            assert_eq!(target(path).unwrap().path(), format!("/2/{path}"));
        }
    }

    #[test]
    fn what_could_be_another_path_is_none() {
        let bad = [
            "oauth2/token",
            "oauth2/revoke",
            "",
            "dm_conversations",
            "TWEETS",
            "tweets/",
            "tweets//1",
            "tweets/..",
            ".",
            "tweets/%2e%2e/oauth2",
            "tweets%2f1",
            "tweets/%2F",
            "tweets/1%5c",
            "tweets/a b",
            "tweets/ä",
            "tweets;x",
            "tweets/1.json",
            "tweets/a\\b",
        ];
        for path in bad {
            assert_eq!(target(path), None, "{path}");
        }
        assert_eq!(target(&format!("tweets/{}", "1".repeat(65))), None);
    }

    #[test]
    fn an_endpoint_is_called_as_xs_rate_limits_call_it() {
        let cases = [
            ("POST", "tweets", "POST /2/tweets"),
            ("GET", "tweets/1445880548472328192", "GET /2/tweets/:id"),
            ("GET", "tweets/search/recent", "GET /2/tweets/search/recent"),
            ("GET", "users/me", "GET /2/users/me"),
            ("GET", "users/by/username/ada", "GET /2/users/by/username/:id"),
            ("DELETE", "users/12/retweets/34", "DELETE /2/users/:id/retweets/:id"),
            ("POST", "media/upload/12/append", "POST /2/media/upload/:id/append"),
            ("GET", "media/3_12", "GET /2/media/:id"),
        ];
        for (method, path, name) in cases {
            assert_eq!(target(path).unwrap().endpoint(method), name);
        }
    }

    #[test]
    fn a_write_is_charged_by_what_it_is() {
        let charge = |method: &str, path: &str, body: &str| target(path).unwrap().charge(method, body.as_bytes());
        assert_eq!(charge("POST", "tweets", r#"{"text":"plain"}"#), Charge::Write(Write::Post));
        assert_eq!(charge("POST", "tweets", r#"{"text":"see example.com"}"#), Charge::Write(Write::PostWithUrl));
        assert_eq!(charge("POST", "tweets", r#"{"text":"a","reply":{}}"#), Charge::Write(Write::SummonedReply));
        assert_eq!(charge("POST", "tweets", r#"{"text":"a","reply":null}"#), Charge::Write(Write::Post));
        assert_eq!(charge("POST", "tweets", r#"{"media":{"media_ids":["1"]}}"#), Charge::Write(Write::Post));
        assert_eq!(charge("POST", "users/1/likes", "{}"), Charge::Write(Write::Repost));
        assert_eq!(charge("DELETE", "users/1/likes/2", ""), Charge::EndInteraction);
        assert_eq!(charge("POST", "users/1/bookmarks", "{}"), Charge::Manage);
        assert_eq!(charge("DELETE", "tweets/1", ""), Charge::Manage);
        assert_eq!(charge("PUT", "tweets/1/hidden", "{}"), Charge::Manage);
        assert_eq!(charge("POST", "media/upload/initialize", "{}"), Charge::Free);
        assert_eq!(charge("POST", "media/metadata", "{}"), Charge::Write(Write::AltText));
    }

    #[test]
    fn a_call_needs_the_scope_of_what_it_does_and_what_is_not_known_has_none() {
        let cases = [
            ("POST", "tweets", Some("tweet.write")),
            ("DELETE", "tweets/1", Some("tweet.write")),
            ("PUT", "tweets/1/hidden", Some("tweet.moderate.write")),
            ("GET", "tweets/1", Some("tweet.read")),
            ("HEAD", "users/me", Some("tweet.read")),
            ("GET", "tweets/1/liking_users", Some("like.read")),
            ("POST", "users/1/likes", Some("like.write")),
            ("DELETE", "users/1/likes/2", Some("like.write")),
            ("GET", "users/1/liked_tweets", Some("like.read")),
            ("POST", "users/1/retweets", Some("tweet.write")),
            ("GET", "users/1/bookmarks", Some("bookmark.read")),
            ("DELETE", "users/1/bookmarks/2", Some("bookmark.write")),
            ("POST", "users/1/following", Some("follows.write")),
            ("GET", "users/1/followers", Some("follows.read")),
            ("POST", "users/1/muting", Some("mute.write")),
            ("GET", "users/1/blocking", Some("block.read")),
            ("POST", "lists", Some("list.write")),
            ("GET", "users/1/pinned_lists", Some("list.read")),
            ("GET", "media/upload", Some("media.write")),
            ("POST", "media/metadata", Some("media.write")),
            ("GET", "spaces/1", Some("space.read")),
            ("POST", "spaces/1", None),
            ("POST", "users/1/something_new", None),
        ];
        for (method, path, scope) in cases {
            assert_eq!(target(path).unwrap().scope(method), scope, "{method} {path}");
        }
    }

    #[test]
    fn a_post_that_cannot_be_read_is_charged_as_the_dearest() {
        let unreadable: [&[u8]; 9] = [
            b"",
            b"<xml>",
            b"{\"text\":\"a\"",
            b"\xef\xbb\xbf{\"text\":\"a\"}",
            b"{\"text\":\"\xff\"}",
            b"\xff\xfe{\0}\0",
            br#"{"text":["example.com"]}"#,
            br#"{"text":"a","text":"example.com"}"#,
            br#"{"text":"a"} {"text":"example.com"}"#,
        ];
        for body in unreadable {
            let charge = target("tweets").unwrap().charge("POST", body);
            assert_eq!(charge, Charge::DearestPost, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn only_json_is_no_document() {
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
            "application/vnd.x+json",
        ] {
            assert!(!is_document(Some(json)), "{json}");
        }
        let documents = [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/xml",
            "text/plain",
            "",
            "json",
            "text/html, application/json",
            "text/html,application/x+json",
            "application/x html+json",
        ];
        for document in documents {
            assert!(is_document(Some(document)), "{document}");
        }
        assert!(is_document(None));
    }

    #[test]
    fn only_the_call_that_creates_a_post_creates_one() {
        assert!(target("tweets").unwrap().creates_post("POST"));
        assert!(!target("tweets").unwrap().creates_post("GET"));
        assert!(!target("tweets/1").unwrap().creates_post("POST"));
    }

    proptest! {
        #[test]
        fn whatever_is_passed_on_is_below_2_and_needs_no_escape(segments in proptest::collection::vec("\\PC{0,8}", 0..5)) {
            let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
            if let Some(target) = Target::parse(&segments) {
                let url = url_of(&target.path());
                prop_assert_eq!(url.path(), target.path());
                prop_assert!(url.path().starts_with("/2/"));
            }
        }

        #[test]
        fn charging_never_panics(body: Vec<u8>) {
            let _ = target("tweets").unwrap().charge("POST", &body);
        }
    }

    fn url_of(path: &str) -> url::Url {
        url::Url::parse(&format!("https://api.x.com{path}")).unwrap()
    }
}
