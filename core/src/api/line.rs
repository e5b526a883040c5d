//! One line of text, written by a caller and read by a person: labels, names, file names.
//!
//! An invisible character can make one name look like another, or turn a sentence of ours around (Unicode Technical
//! Report 36, §2.10 "Bidirectional Text Spoofing", and §3.6 on characters without a picture).

use serde::{Deserialize, Deserializer};

use crate::text::hidden::{cleaned, is_hidden_at};

/// Whether `text` is at most `most` characters on one line, and each of them is there to be seen.
pub fn is_line(text: &str, most: usize) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.len() <= most && !(0..chars.len()).any(|at| is_hidden_at(&chars, at))
}

/// For serde: the fields of end users.
pub(super) fn clean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| cleaned(&text))
}

/// The same where there may be none.
pub(super) fn clean_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.as_deref().map(cleaned))
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
