//! Every option of a post in words.

use latchkey_core::messages::approval::{Approval, Choices};
use latchkey_core::x::options::{Choice, Options, Repliers};

use super::super::escape::escape;
use super::super::text::{name, shown};

/// The options as a list; nothing without any.
pub fn list(options: &Options, messages: &Approval) -> String {
    let items: Vec<String> =
        options.choices().iter().map(|choice| format!("<li>{}</li>", words(choice, messages))).collect();
    if items.is_empty() { String::new() } else { format!("<ul class=choices>{}</ul>", items.concat()) }
}

fn words(choice: &Choice<'_>, Approval { choices: words, times, .. }: &Approval) -> String {
    match choice {
        Choice::MayReply(repliers) => repliers_in(*repliers, words).to_owned(),
        Choice::AnswersTo(id) => words.answers.replace("{post}", &address(id)),
        Choice::LeavesOut(ids) => words.leaves_out.replace("{ids}", &listed(ids)),
        Choice::Quotes(id) => words.quotes.replace("{post}", &address(id)),
        Choice::Poll { options, minutes } => {
            let answers: Vec<_> = options.iter().map(|option| format!("<li dir=auto>{}</li>", shown(option))).collect();
            format!("{}<ol>{}</ol>", words.poll.replace("{length}", &times.length(*minutes)), answers.concat())
        }
        Choice::Community(id) => words.community.replace("{id}", &name(id)),
        Choice::SharedWithFollowers(is_on) => pick(*is_on, words.shared, words.not_shared),
        Choice::Place(id) => words.place.replace("{id}", &name(id)),
        Choice::TagsUsers(ids) => words.tags.replace("{ids}", &listed(ids)),
        Choice::MadeWithAi(is_on) => pick(*is_on, words.made_with_ai, words.not_made_with_ai),
        Choice::PaidPartnership(is_on) => pick(*is_on, words.paid_partnership, words.no_paid_partnership),
        Choice::ForSuperFollowersOnly(is_on) => pick(*is_on, words.super_followers, words.not_super_followers),
        Choice::Other { name: option, value } => {
            words.other.replace("{name}", &name(option)).replace("{value}", &name(&value.to_string()))
        }
    }
}

const fn repliers_in(repliers: Repliers, words: &Choices) -> &'static str {
    match repliers {
        Repliers::Following => words.following_reply,
        Repliers::Mentioned => words.mentioned_reply,
        Repliers::Subscribers => words.subscribers_reply,
        Repliers::Verified => words.verified_reply,
    }
}

fn pick(is_on: bool, on: &'static str, off: &'static str) -> String {
    if is_on { on.to_owned() } else { off.to_owned() }
}

fn listed(ids: &[&str]) -> String {
    ids.iter().map(|id| name(id)).collect::<Vec<_>>().join(", ")
}

/// A post on X, to be looked at elsewhere. An id of X is digits; whatever else is stored leads nowhere.
fn address(id: &str) -> String {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return name(id);
    }
    let address = escape(&format!("https://x.com/i/status/{id}"));
    format!("<a href=\"{address}\" target=_blank rel=\"noreferrer noopener\">{address}</a>")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use latchkey_core::messages::Messages;
    use serde_json::{Value, json};

    use super::*;

    fn shown_in(lang: &str, options: Value) -> String {
        list(&serde_json::from_value(options).unwrap(), &Messages::accepted(lang).approval)
    }

    #[test]
    fn the_options_of_a_post_are_said_in_words() {
        let options = json!({
            "reply_settings": "verified",
            "poll": {"options": ["<b>", "\u{202E}no"], "duration_minutes": 1500},
            "made_with_ai": true,
            "paid_partnership": false,
        });
        assert_eq!(
            shown_in("en", options),
            "<ul class=choices><li>Is labelled as made with AI.</li><li>Is not labelled as a paid partnership.</li>\
             <li>Poll, open for 1 day 1 hour:<ol><li dir=auto>&lt;b&gt;</li>\
             <li dir=auto><mark dir=ltr>U+202E</mark>no</li></ol></li>\
             <li>Only verified accounts and people whom the post mentions may reply.</li></ul>"
        );
        assert_eq!(shown_in("en", json!({})), "");
    }

    #[test]
    fn the_post_that_is_answered_is_an_address_on_x_that_learns_nothing_of_the_page() {
        assert_eq!(
            shown_in("de", json!({"reply": {"in_reply_to_tweet_id": "12"}})),
            "<ul class=choices><li>Antwortet auf den Beitrag <a href=\"https://x.com/i/status/12\" target=_blank \
             rel=\"noreferrer noopener\">https://x.com/i/status/12</a></li></ul>"
        );
        assert!(!shown_in("en", json!({"quote_tweet_id": "javascript:alert(1)"})).contains("<a "));
    }

    #[test]
    fn an_option_without_words_is_shown_as_it_is_stored() {
        assert!(
            shown_in("fr", json!({"<nullcast>": [true]}))
                .contains("Autre réglage, <bdi>&lt;nullcast&gt;</bdi>\u{a0}: <bdi>[true]</bdi>")
        );
    }
}
