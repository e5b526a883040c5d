//! Options one by one, each with a type of its own: for a page that puts them into a person's words.

use serde_json::Value;

use super::Options;

/// What one option says. The names are those of X.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    MayReply(Repliers),
    AnswersTo(&'a str),
    /// Users whom the answer does not mention.
    LeavesOut(Vec<&'a str>),
    Quotes(&'a str),
    Poll {
        options: Vec<&'a str>,
        minutes: u64,
    },
    Community(&'a str),
    SharedWithFollowers(bool),
    Place(&'a str),
    TagsUsers(Vec<&'a str>),
    MadeWithAi(bool),
    PaidPartnership(bool),
    ForSuperFollowersOnly(bool),
    /// An option that has no words yet. It is shown as it is stored: nobody approves what was not shown.
    Other {
        name: &'a str,
        value: &'a Value,
    },
}

/// `reply_settings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repliers {
    Following,
    Mentioned,
    Subscribers,
    Verified,
}

impl Options {
    /// Every option, in the order of the names.
    pub fn choices(&self) -> Vec<Choice<'_>> {
        self.0.iter().flat_map(|(name, value)| choices(name, value)).collect()
    }
}

fn choices<'a>(name: &'a str, value: &'a Value) -> Vec<Choice<'a>> {
    if name == "reply" {
        return reply(value).unwrap_or_else(|| vec![Choice::Other { name, value }]);
    }
    vec![choice(name, value).unwrap_or(Choice::Other { name, value })]
}

fn choice<'a>(name: &str, value: &'a Value) -> Option<Choice<'a>> {
    Some(match name {
        "reply_settings" => Choice::MayReply(Repliers::named(value.as_str()?)?),
        "quote_tweet_id" => Choice::Quotes(value.as_str()?),
        "poll" => Choice::Poll { options: texts(value, "options")?, minutes: value.get("duration_minutes")?.as_u64()? },
        "community_id" => Choice::Community(value.as_str()?),
        "share_with_followers" => Choice::SharedWithFollowers(value.as_bool()?),
        "geo" => Choice::Place(value.get("place_id")?.as_str()?),
        "media" => Choice::TagsUsers(texts(value, "tagged_user_ids")?),
        "made_with_ai" => Choice::MadeWithAi(value.as_bool()?),
        "paid_partnership" => Choice::PaidPartnership(value.as_bool()?),
        "for_super_followers_only" => Choice::ForSuperFollowersOnly(value.as_bool()?),
        _ => return None,
    })
}

/// One option of X's that says two things.
fn reply(value: &Value) -> Option<Vec<Choice<'_>>> {
    let parent = Choice::AnswersTo(value.get("in_reply_to_tweet_id")?.as_str()?);
    match value.get("exclude_reply_user_ids") {
        None => Some(vec![parent]),
        Some(_) => Some(vec![parent, Choice::LeavesOut(texts(value, "exclude_reply_user_ids")?)]),
    }
}

fn texts<'a>(value: &'a Value, name: &str) -> Option<Vec<&'a str>> {
    value.get(name)?.as_array()?.iter().map(Value::as_str).collect()
}

impl Repliers {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "following" => Self::Following,
            "mentionedUsers" => Self::Mentioned,
            "subscribers" => Self::Subscribers,
            "verified" => Self::Verified,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::super::{NAMES, REPLY_SETTINGS};
    use super::*;

    /// A value that X takes.
    fn example(name: &str) -> Value {
        match name {
            "reply_settings" => json!("verified"),
            "reply" => json!({"in_reply_to_tweet_id": "12", "exclude_reply_user_ids": ["3", "4"]}),
            "quote_tweet_id" | "community_id" => json!("1"),
            "poll" => json!({"options": ["a", "b"], "duration_minutes": 60}),
            "geo" => json!({"place_id": "df51dec6f4ee2b2c"}),
            "media" => json!({"tagged_user_ids": ["7"]}),
            _ => json!(true),
        }
    }

    #[test]
    fn every_option_that_is_taken_has_a_choice_of_its_own() {
        for name in NAMES {
            let options = Options::parse(json!({name: example(name)}), "x").unwrap();
            let choices = options.choices();
            assert!(!choices.is_empty(), "{name}");
            assert!(!choices.iter().any(|choice| matches!(choice, Choice::Other { .. })), "{name}: {choices:?}");
        }
    }

    #[test]
    fn every_reply_setting_has_a_choice_of_its_own() {
        for setting in REPLY_SETTINGS {
            assert!(Repliers::named(setting).is_some(), "{setting}");
        }
    }

    #[test]
    fn an_answer_says_whom_it_leaves_out() {
        let options = Options::parse(json!({"reply": example("reply")}), "x").unwrap();
        assert_eq!(options.choices(), [Choice::AnswersTo("12"), Choice::LeavesOut(vec!["3", "4"])]);
    }

    #[test]
    fn an_option_of_newer_code_is_shown_as_it_is_stored() {
        let options: Options = serde_json::from_value(json!({"nullcast": true, "poll": {"options": 3}})).unwrap();
        assert_eq!(
            options.choices(),
            [
                Choice::Other { name: "nullcast", value: &json!(true) },
                Choice::Other { name: "poll", value: &json!({"options": 3}) },
            ]
        );
    }
}
