//! A post's text by X's count: twitter-text with its configuration v3
//! (<https://docs.x.com/fundamentals/counting-characters>, <https://github.com/twitter/twitter-text>).
//!
//! The count takes the characters of the normalized text (`normalized`). Most characters weigh 1 or 2. An emoji of any
//! number of characters weighs 2. A URL of any length weighs 23, since X replaces the URL by a link of its own.
//! docs/TEXT.md lists the differences from twitter-text, and the sources of the tables.
//!
//! Nothing here knows a limit: 280 or 25,000 belongs to the account.

mod cashtag;
mod emoji;
mod folded;
pub mod hidden;
mod normal;
mod url;

use std::ops::Range;

use normal::Normal;

const URL_WEIGHT: u32 = 23;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    pub weighted_length: u32,
    /// Whether X takes the text's characters. Length is another question.
    pub is_valid: bool,
    /// Whether there are any `urls`: X bills such a post differently.
    pub has_url: bool,
    /// What X makes a link of, in order: byte ranges of the text that was given.
    pub urls: Vec<Range<usize>>,
}

/// The text as X counts and stores the text: lines end with a line feed, and characters are in normalization form C. X
/// documents the form for counting (docs.x.com, fundamentals/counting-characters); that X stores the form is observed for
/// line ends and assumed for characters.
pub fn normalized(text: &str) -> String {
    Normal::of(text).chars.into_iter().collect()
}

/// The text with X's line ends, and otherwise as it was written: what goes to X.
pub fn with_line_feeds(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// How many cashtags X finds in a text.
pub fn cashtags(text: &str) -> usize {
    cashtag::count(&Normal::of(text).chars)
}

pub fn weigh(text: &str) -> Weighed {
    let normal = Normal::of(text);
    let urls = url::find(&normal.chars);
    Weighed {
        weighted_length: weight(&normal.chars, &urls),
        is_valid: !text.contains(is_forbidden),
        has_url: !urls.is_empty(),
        urls: urls.iter().map(|span| normal.bytes(span)).collect(),
    }
}

/// A byte order mark and two noncharacters. Directional marks are allowed.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{FFFE}' | '\u{FEFF}' | '\u{FFFF}')
}

fn weight(text: &[char], urls: &[Range<usize>]) -> u32 {
    let mut sum = 0;
    let mut done = 0;
    for url in urls {
        sum += plain_weight(text.get(done..url.start).unwrap_or_default()) + URL_WEIGHT;
        done = url.end;
    }
    sum + plain_weight(text.get(done..).unwrap_or_default())
}

fn plain_weight(mut text: &[char]) -> u32 {
    let mut sum = 0;
    while let [first, rest @ ..] = text {
        let emoji = emoji::sequence(text);
        sum += if emoji.is_some() { 2 } else { char_weight(*first) };
        text = emoji.and_then(|length| text.get(length..)).unwrap_or(rest);
    }
    sum
}

/// `ranges` of config/v3.json: these weigh 100 of a scale of 100, everything else 200. So an emoji that is one character
/// needs no table.
fn char_weight(c: char) -> u32 {
    match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> Vec<&str> {
        weigh(text).urls.into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn a_url_weighs_23_with_and_without_a_scheme() {
        assert_eq!(weigh("example.com").weighted_length, 23);
        assert_eq!(weigh("see foo.rs and bar.io/x now").weighted_length, 59);
        assert_eq!(weigh("https://example.com/a/very/long/path?that=goes&on").weighted_length, 23);
    }

    #[test]
    fn an_emoji_weighs_2_however_it_is_made() {
        for emoji in ["🦀", "👋🏽", "👩🏽‍🚀", "👨‍👩‍👧‍👦", "🇪🇺", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "❤️", "©️"]
        {
            assert_eq!(weigh(emoji).weighted_length, 2, "{emoji}");
        }
    }

    #[test]
    fn spans_are_bytes_of_the_text_as_given() {
        // The first word is three characters longer than its normal form.
        assert_eq!(urls("e\u{301}e\u{301}e\u{301} 日本 foo.com/a, https://bar.io."), ["foo.com/a", "https://bar.io"]);
        assert_eq!(urls("http://cafe\u{301}.fr/ o\u{323}\u{302}"), ["http://cafe\u{301}.fr/"]);
    }

    #[test]
    fn the_two_characters_of_a_line_end_weigh_as_one() {
        for end in ["\r\n", "\n", "\r"] {
            let text = format!("{}{end}{}", "a".repeat(139), "b".repeat(140));
            assert_eq!(weigh(&text).weighted_length, 280, "{end:?}");
        }
        assert_eq!(weigh("\r\n\r\n").weighted_length, 2);
        assert_eq!(urls("one\r\nfoo.com\r\ntwo"), ["foo.com"]);
    }

    #[test]
    fn what_goes_to_x_has_xs_line_ends_and_is_otherwise_as_it_was_written() {
        assert_eq!(with_line_feeds("e\u{301}\r\nb\rc\n".into()), "e\u{301}\nb\nc\n");
        assert_eq!(normalized("e\u{301}\r\nb\rc\n"), "\u{e9}\nb\nc\n");
    }

    #[test]
    fn only_three_characters_are_forbidden() {
        for text in ["a\u{FEFF}", "\u{FFFE}", "https://x.com \u{FFFF}"] {
            assert!(!weigh(text).is_valid, "{text:?}");
        }
        assert!(weigh("\u{202A}\u{200E}\u{0}\u{FFFD}").is_valid);
    }

    #[test]
    fn nothing_weighs_nothing() {
        assert_eq!(weigh(""), Weighed { weighted_length: 0, is_valid: true, has_url: false, urls: Vec::new() });
    }
}
