//! The options of a post beside its text: the fields of `POST /2/tweets`, under X's own names and with X's limits (X's
//! API description 2.167, `CreatePostsRequest`). The caller's body, the stored value and the call to X have the same
//! JSON.

mod choice;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::choice::{Choice, Repliers};
use crate::id::XPostId;
use crate::json::filtered;
use crate::refusal::{Refused, name as path_name};

/// Options that were checked, as a JSON object. A field that is absent or null says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Options(Map<String, Value>);

/// The options that are taken.
const NAMES: [&str; 11] = [
    "reply_settings",
    "reply",
    "quote_tweet_id",
    "poll",
    "community_id",
    "share_with_followers",
    "geo",
    "media",
    "made_with_ai",
    "paid_partnership",
    "for_super_followers_only",
];
/// They describe each post of a thread; all other options describe the thread and belong to its root.
const OF_EVERY_SEGMENT: [&str; 3] = ["made_with_ai", "paid_partnership", "for_super_followers_only"];
const REPLY_SETTINGS: [&str; 4] = ["following", "mentionedUsers", "subscribers", "verified"];
const POLL_MINUTES: std::ops::RangeInclusive<u64> = 5..=10_080;
const POLL_OPTION_CHARACTERS: usize = 25;
const TAGGED_USERS: usize = 10;

impl Options {
    /// Checks the caller's options at `path`. A value with a form that X would refuse is refused here, with its path.
    pub fn parse(value: Value, path: &str) -> Result<Self, Refused> {
        let Value::Object(given) = value else { return Err(Refused::field(path, "expected an object")) };
        let given = filtered(given, &|_, value| !value.is_null());
        for (name, value) in &given {
            check(name, value, &format!("{path}.{name}"))?;
        }
        if given.contains_key("poll") && given.contains_key("quote_tweet_id") {
            return Err(Refused::field(&format!("{path}.quote_tweet_id"), "X takes a poll or a quote, not both"));
        }
        Ok(Self(given))
    }

    /// The options of the segment at `position` of a thread: its own options over the options of the whole post.
    #[must_use]
    pub fn for_segment(&self, own: &Self, position: usize) -> Self {
        let belongs = |name: &str| position == 0 || OF_EVERY_SEGMENT.contains(&name);
        let mut merged = filtered(self.0.clone(), &|name, _| belongs(name));
        merged.extend(own.0.clone());
        Self(merged)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether X lists the post where its author's own posts are read: a community's or one for subscribers may not be.
    pub fn is_listed(&self) -> bool {
        !self.has("community_id") && self.0.get("for_super_followers_only") != Some(&Value::Bool(true))
    }

    /// The post that the caller replies to.
    pub fn reply_to(&self) -> Option<XPostId> {
        XPostId::parse(self.0.get("reply")?.get("in_reply_to_tweet_id")?.as_str()?).ok()
    }

    /// The post that the caller quotes.
    pub fn quotes(&self) -> Option<XPostId> {
        XPostId::parse(self.0.get("quote_tweet_id")?.as_str()?).ok()
    }

    #[must_use]
    pub fn replying_to(parent: &XPostId) -> Self {
        let reply = serde_json::json!({ "in_reply_to_tweet_id": parent });
        Self(Map::from_iter([("reply".to_owned(), reply)]))
    }

    /// As fields of X's request.
    pub fn to_fields(&self) -> Map<String, Value> {
        self.0.clone()
    }
}

fn check(name: &str, value: &Value, path: &str) -> Result<(), Refused> {
    match name {
        unknown if !NAMES.contains(&unknown) => Err(Refused::field(path, "unknown option")),
        "reply_settings" if !value.as_str().is_some_and(|word| REPLY_SETTINGS.contains(&word)) => {
            Err(Refused::field(path, "expected following, mentionedUsers, subscribers or verified"))
        }
        "reply_settings" => Ok(()),
        "reply" => check_reply(value, path),
        "quote_tweet_id" | "community_id" => check_id(value, path),
        "poll" => check_poll(value, path),
        "geo" => {
            let geo = fields(value, path, &["place_id"])?;
            geo.get("place_id").and_then(Value::as_str).map(drop).ok_or_else(|| missing(path, "place_id"))
        }
        "media" => check_media(value, path),
        // The others are flags.
        _ => value.as_bool().map(drop).ok_or_else(|| Refused::field(path, "expected true or false")),
    }
}

fn check_reply(value: &Value, path: &str) -> Result<(), Refused> {
    let reply = fields(value, path, &["in_reply_to_tweet_id", "exclude_reply_user_ids"])?;
    let parent = reply.get("in_reply_to_tweet_id").ok_or_else(|| missing(path, "in_reply_to_tweet_id"))?;
    check_id(parent, &format!("{path}.in_reply_to_tweet_id"))?;
    let Some(excluded) = reply.get("exclude_reply_user_ids") else { return Ok(()) };
    let path = format!("{path}.exclude_reply_user_ids");
    let ids = excluded.as_array().ok_or_else(|| Refused::field(&path, "expected a list of ids"))?;
    ids.iter().enumerate().try_for_each(|(n, id)| check_id(id, &format!("{path}.{n}")))
}

fn check_poll(value: &Value, path: &str) -> Result<(), Refused> {
    let poll = fields(value, path, &["options", "duration_minutes"])?;
    let options = poll.get("options").and_then(Value::as_array).ok_or_else(|| missing(path, "options"))?;
    if !(2..=4).contains(&options.len()) {
        return Err(Refused::field(&format!("{path}.options"), "expected 2 to 4 options"));
    }
    let fits = |text: &str| (1..=POLL_OPTION_CHARACTERS).contains(&text.chars().count());
    if let Some(n) = options.iter().position(|option| !option.as_str().is_some_and(fits)) {
        return Err(Refused::field(&format!("{path}.options.{n}"), "expected 1 to 25 characters"));
    }
    let minutes = poll.get("duration_minutes").ok_or_else(|| missing(path, "duration_minutes"))?;
    if minutes.as_u64().is_some_and(|minutes| POLL_MINUTES.contains(&minutes)) {
        return Ok(());
    }
    Err(Refused::field(&format!("{path}.duration_minutes"), "expected a whole number from 5 to 10080, the minutes"))
}

fn check_media(value: &Value, path: &str) -> Result<(), Refused> {
    let media = fields(value, path, &["tagged_user_ids"])?;
    let path = format!("{path}.tagged_user_ids");
    let ids = media.get("tagged_user_ids").and_then(Value::as_array);
    let ids = ids.filter(|ids| (1..=TAGGED_USERS).contains(&ids.len()));
    let ids = ids.ok_or_else(|| Refused::field(&path, "expected a list of 1 to 10 ids"))?;
    ids.iter().enumerate().try_for_each(|(n, id)| check_id(id, &format!("{path}.{n}")))
}

fn check_id(value: &Value, path: &str) -> Result<(), Refused> {
    let is_id = value.as_str().is_some_and(|text| XPostId::parse(text).is_ok());
    is_id.then_some(()).ok_or_else(|| Refused::field(path, "expected an id of X: a string of 1 to 19 digits"))
}

fn fields<'a>(value: &'a Value, path: &str, known: &[&str]) -> Result<&'a Map<String, Value>, Refused> {
    let object = value.as_object().ok_or_else(|| Refused::field(path, "expected an object"))?;
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Refused::field(&format!("{path}.{}", path_name(name)), "unknown option")),
        None => Ok(object),
    }
}

fn missing(path: &str, name: &str) -> Refused {
    Refused::field(&format!("{path}.{name}"), "is missing")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn refused_at(value: Value) -> Vec<String> {
        Options::parse(value, "x").unwrap_err().details.into_keys().collect()
    }

    #[test]
    fn every_option_of_x_is_taken_as_x_names_it() {
        let all = json!({
            "reply_settings": "mentionedUsers", "community_id": "1", "share_with_followers": true, "made_with_ai": false,
            "reply": {"in_reply_to_tweet_id": "12", "exclude_reply_user_ids": ["3"]},
            "poll": {"options": ["a", "b"], "duration_minutes": 5}, "geo": {"place_id": "df51dec6f4ee2b2c"},
            "paid_partnership": true, "for_super_followers_only": false,
        });
        assert_eq!(json!(Options::parse(all.clone(), "x").unwrap()), all);
        assert!(Options::parse(json!({"quote_tweet_id": "1"}), "x").unwrap().has("quote_tweet_id"));
        assert!(Options::parse(json!({"quote_tweet_id": null}), "x").unwrap().is_empty());
    }

    #[test]
    fn what_x_would_refuse_by_its_form_is_named_by_its_path() {
        let long = "a".repeat(26);
        for (given, path) in [
            (json!({"reply_settings": "everyone"}), "x.reply_settings"),
            (json!({"reply": {}}), "x.reply.in_reply_to_tweet_id"),
            (json!({"reply": {"in_reply_to_tweet_id": 12}}), "x.reply.in_reply_to_tweet_id"),
            (
                json!({"reply": {"in_reply_to_tweet_id": "1", "exclude_reply_user_ids": ["2", "a"]}}),
                "x.reply.exclude_reply_user_ids.1",
            ),
            (json!({"quote_tweet_id": "x1"}), "x.quote_tweet_id"),
            (json!({"poll": {"options": ["a"], "duration_minutes": 5}}), "x.poll.options"),
            (json!({"poll": {"options": ["a", long], "duration_minutes": 5}}), "x.poll.options.1"),
            (json!({"poll": {"options": ["a", "b"], "duration_minutes": 4}}), "x.poll.duration_minutes"),
            (json!({"poll": {"options": ["a", "b"], "duration_minutes": 5, "colour": 1}}), "x.poll.colour"),
            (
                json!({"poll": {"options": ["a", "b"], "duration_minutes": 5}, "quote_tweet_id": "1"}),
                "x.quote_tweet_id",
            ),
            (json!({"geo": {}}), "x.geo.place_id"),
            (json!({"made_with_ai": "yes"}), "x.made_with_ai"),
            (json!({"nullcast": true}), "x.nullcast"),
        ] {
            assert_eq!(refused_at(given.clone()), [path], "{given}");
        }
        assert_eq!(refused_at(json!([])), ["x"]);
    }

    #[test]
    fn options_of_the_post_belong_to_its_root_but_for_what_describes_each_part() {
        let wide = Options::parse(json!({"reply_settings": "verified", "made_with_ai": true}), "x").unwrap();
        let own = Options::parse(json!({"made_with_ai": false}), "x").unwrap();
        let none = Options::default();
        assert_eq!(json!(wide.for_segment(&none, 0)), json!({"reply_settings": "verified", "made_with_ai": true}));
        assert_eq!(json!(wide.for_segment(&none, 1)), json!({"made_with_ai": true}));
        assert_eq!(json!(wide.for_segment(&own, 1)), json!({"made_with_ai": false}));
    }

    proptest! {
        #[test]
        fn any_json_is_taken_or_refused(name in "[a-z_]{1,16}", text in "\\PC{0,16}", number: i64) {
            for value in [json!({&name: &text}), json!({&name: number}), json!({&name: {&name: [&text]}})] {
                let _ = Options::parse(value, "x");
            }
        }
    }
}
