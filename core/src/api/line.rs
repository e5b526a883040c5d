//! One line of text, written by a caller and read by a person: labels, names, file names.
//!
//! An invisible character can make one name look like another, or turn a sentence of ours around (Unicode Technical
//! Report 36, §2.10 "Bidirectional Text Spoofing", and §3.6 on characters without a picture).

use serde::{Deserialize, Deserializer};

/// Whether `text` is at most `most` characters on one line, and each of them is there to be seen.
pub fn is_line(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(|c| c.is_control() || is_hidden(c)) && joins_rightly(text)
}

/// A text of a person's own machine, such as the name of a file, as it may be shown: without what a line has not.
pub fn cleaned(text: &str) -> String {
    let seen: Vec<char> = text.chars().filter(|c| !c.is_control() && !is_hidden(*c)).collect();
    let kept = seen.iter().enumerate().filter(|(at, _)| joins_at(&seen, *at)).map(|(_, c)| *c);
    kept.collect::<String>().trim().to_owned()
}

/// For serde: the fields of end users.
pub(super) fn clean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| cleaned(&text))
}

/// The same where there may be none.
pub(super) fn clean_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.as_deref().map(cleaned))
}

/// The properties `Bidi_Control` and `Default_Ignorable_Code_Point` without those that [`joins_at`] knows, and line and
/// paragraph separators.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E001F}'
            | '\u{E0080}'..='\u{E00FF}'
            | '\u{E01F0}'..='\u{E0FFF}'
    )
}

/// ZWNJ and ZWJ belong between letters of scripts that join, and between pictures of one emoji; a variation selector
/// behind the character that it varies; tags behind the flag of a region. Anywhere else nobody sees them.
fn joins_rightly(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (0..chars.len()).all(|at| joins_at(&chars, at))
}

/// Whether what is here changes a neighbour, or is there to be seen by itself.
fn joins_at(chars: &[char], at: usize) -> bool {
    let is_joiner = |c: &char| matches!(c, '\u{200C}' | '\u{200D}');
    // From the combining marks on: no Latin letter, digit or space of the common ones joins anything.
    let may_join = |c: Option<&char>| c.is_some_and(|c| *c >= '\u{0300}' && !is_joiner(c) && !c.is_whitespace());
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    match chars.get(at) {
        Some('\u{200C}' | '\u{200D}') => may_join(before) && may_join(chars.get(at + 1)),
        Some('\u{180B}'..='\u{180D}' | '\u{180F}') => matches!(before, Some('\u{1820}'..='\u{18AA}')),
        Some('\u{FE00}'..='\u{FE0F}') => before.is_some_and(|c| is_varied(*c)),
        Some('\u{E0100}'..='\u{E01EF}') => before.is_some_and(|c| is_ideograph(*c)),
        Some(c) if is_tag(*c) => chars.iter().take(at).rev().find(|c| !is_tag(**c)) == Some(&'\u{1F3F4}'),
        _ => true,
    }
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

/// Symbols, letters of other scripts, and what a keycap is made of (Unicode, emoji-variation-sequences.txt).
const fn is_varied(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*' | '\u{A9}' | '\u{AE}' | '\u{1000}'..='\u{109F}' | '\u{203C}'..='\u{FDFF}' | '\u{1F000}'..='\u{3FFFF}')
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_every_script_are_lines() {
        let names = [
            "Acme",
            "Bäckerei Müller",
            "株式会社",
            "شركة",
            "می\u{200C}خواهم",
            "क्\u{200D}ष",
            "👩\u{200D}💻 Ada",
            "👩🏽\u{200D}🚀",
            "❤\u{FE0F}\u{200D}🔥",
            "1\u{FE0F}\u{20E3} first",
            "葛\u{E0100}飾",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
            "ᠠ\u{180B}",
        ];
        for name in names {
            assert!(is_line(name, 80), "{name:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_no_part_of_a_line() {
        let hidden = [
            "\u{202E}emca",
            "a\u{2066}b\u{2069}",
            "a\u{200E}",
            "a\u{061C}b",
            "Ac\u{200B}me",
            "\u{FEFF}Acme",
            "a\u{2060}b",
            "a\u{2028}b",
            "Ac\u{200D}me",
            "Acme\u{200C}",
            "\u{200D}👩",
            "👩\u{200D}",
            "👩\u{200D}\u{200D}💻",
            "a\nb",
            "a\u{85}b",
            "a\u{FFF9}b",
            "Ac\u{AD}me",
            "Ac\u{34F}me",
            "Acme\u{180B}",
            "Acme\u{FE0F}",
            "\u{3164}",
            "\u{115F}a",
            "a\u{FFA0}",
            "a\u{17B4}",
            "Acme\u{E0041}\u{E0042}",
            "\u{E0100}",
            "a\u{E0100}",
        ];
        for text in hidden {
            assert!(!is_line(text, 80), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_cleaned_of_what_is_no_part_of_a_line_and_keeps_the_rest() {
        for (text, clean) in [
            ("photo\u{202E}gnp.exe", "photognp.exe"),
            ("\u{2066}a\u{2069}.png", "a.png"),
            ("a\nb\u{0}.png", "ab.png"),
            (" a\u{200B}.png\u{FEFF} ", "a.png"),
            ("Ac\u{200D}me\u{200D}\u{200D}.mp4", "Acme.mp4"),
            ("\u{202E}\u{2069}", ""),
            ("👩\u{200D}💻 شركة می\u{200C}خواهم.jpg", "👩\u{200D}💻 شركة می\u{200C}خواهم.jpg"),
        ] {
            assert_eq!(cleaned(text), clean, "{text:?}");
            assert!(is_line(&cleaned(text), 80), "{text:?}");
        }
    }

    #[test]
    fn a_line_is_counted_in_characters() {
        assert!(is_line(&"ü".repeat(80), 80) && !is_line(&"ü".repeat(81), 80) && is_line("", 80));
    }
}
