//! `$ACME`: `validCashtag` of twitter-text, written out by hand.

const LONGEST: usize = 6;

/// How many cashtags a text has, each time that one stands there.
pub(super) fn count(text: &[char]) -> usize {
    let is_one = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        before.is_none_or(|&c| may_precede(c))
            && text.get(*at) == Some(&'$')
            && is_name(text.get(at + 1..).unwrap_or_default())
    };
    (0..text.len()).filter(is_one).count()
}

fn may_precede(c: char) -> bool {
    let is_mark_of_direction =
        matches!(c, '\u{202A}'..='\u{202E}' | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2066}'..='\u{2069}');
    c.is_whitespace() || c == '\u{180E}' || is_mark_of_direction
}

/// One to six letters, and then no letter, digit or character of another alphabet. An ending such as `.B` is a part of the
/// name, and punctuation without that: it makes no difference here.
fn is_name(text: &[char]) -> bool {
    let letters = text.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let may_follow = |&c: &char| c.is_whitespace() || (c.is_ascii_punctuation() && !matches!(c, '"' | '`'));
    (1..=LONGEST).contains(&letters) && text.get(letters).is_none_or(may_follow)
}

#[cfg(test)]
mod tests {
    use crate::text::cashtags;

    #[test]
    fn a_cashtag_is_what_twitter_text_takes_for_one() {
        for (text, count) in [
            ("$TEST", 1),
            ("Example: $TEST $symbol", 2),
            ("$Stock $symbol\n$ABC", 3),
            ("$OG.B and $BRK_B", 2),
            ("($TEST)", 0),
            ("$TEST, $MORE.", 2),
            ("$5 and US$10, not a$b", 0),
            ("$TOOLONG", 0),
            ("$ABC1", 0),
            ("$TESTé", 0),
            ("$twitter.com", 0),
            ("\u{200E}$TEST", 1),
            ("$TEST\u{3000}$TEST", 2),
            ("$ $$ $-", 0),
            ("", 0),
        ] {
            assert_eq!(cashtags(text), count, "{text}");
        }
    }
}
