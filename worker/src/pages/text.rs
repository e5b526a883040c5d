//! Texts that somebody else wrote, as a person may judge them: nothing in them is hidden, and nothing is a link.

use latchkey_core::text::hidden::{Piece, pieces};

use super::escape::escape;

/// A text of several lines, or a name. Invisible characters are marked, each by its code point.
pub fn shown(text: &str) -> String {
    let html = |piece: Piece<'_>| match piece {
        Piece::Seen(text) => escape(text),
        Piece::Hidden(c) => mark(c),
    };
    pieces(text).into_iter().map(html).collect()
}

/// A name beside other words: its direction is its own (HTML standard §4.5.24).
pub fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", shown(text))
}

/// A character that nobody sees. `dir` keeps the mark in one piece within Arabic and Hebrew.
pub fn mark(c: char) -> String {
    format!("<mark dir=ltr>U+{:04X}</mark>", u32::from(c))
}

/// Whether a text has a character for which a mark stands.
pub fn has_marks(text: &str) -> bool {
    pieces(text).iter().any(|piece| matches!(piece, Piece::Hidden(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_neither_markup_nor_turned_around() {
        assert_eq!(
            shown("<a href=//evil>\u{202E}x</a>\n\u{200B}"),
            "&lt;a href=//evil&gt;<mark dir=ltr>U+202E</mark>x&lt;/a&gt;\n<mark dir=ltr>U+200B</mark>"
        );
        assert!(has_marks("a\u{2066}b") && !has_marks("U+202E\nشركة"));
    }

    #[test]
    fn an_address_in_a_text_is_no_link() {
        assert_eq!(shown("https://evil.example"), "https://evil.example");
    }

    #[test]
    fn a_name_keeps_its_direction_to_itself() {
        assert_eq!(name("شركة\u{202E}"), "<bdi>شركة<mark dir=ltr>U+202E</mark></bdi>");
    }
}
