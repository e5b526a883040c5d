//! The characters of a text that nobody sees: a text may say less, more or something else than it shows.
//!
//! An invisible character can make one name look like another, or turn a sentence around (Unicode Technical Report 36,
//! §2.10 "Bidirectional Text Spoofing", and §3.6 on characters without a picture).

/// A tag sequence of Unicode's own (emoji-sequences.txt) has six tags and the tag that ends it.
const MOST_TAGS: usize = 7;
const BLACK_FLAG: char = '\u{1F3F4}';

/// A text, cut where it holds what nobody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Seen(&'a str),
    Hidden(char),
}

/// The pieces of a text of several lines. A line feed is seen: the next line begins behind it.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut from = 0;
    for (at, (start, c)) in text.char_indices().enumerate() {
        if c != '\n' && is_hidden_at(&chars, at) {
            found.extend(seen(text, from, start));
            found.push(Piece::Hidden(c));
            from = start + c.len_utf8();
        }
    }
    found.extend(seen(text, from, text.len()));
    found
}

fn seen(text: &str, from: usize, to: usize) -> Option<Piece<'_>> {
    text.get(from..to).filter(|piece| !piece.is_empty()).map(Piece::Seen)
}

/// A text that somebody else has named a thing by, such as the name of a file, as it may be shown on one line.
pub fn cleaned(text: &str) -> String {
    let seen: Vec<char> = text.chars().filter(|c| !is_control_or_hidden(*c)).collect();
    let kept = seen.iter().enumerate().filter(|(at, _)| joins_at(&seen, *at)).map(|(_, c)| *c);
    kept.collect::<String>().trim().to_owned()
}

/// Whether nobody sees the character at `at`.
pub(crate) fn is_hidden_at(chars: &[char], at: usize) -> bool {
    chars.get(at).is_some_and(|c| is_control_or_hidden(*c)) || !joins_at(chars, at)
}

/// Whether nobody sees `c`, wherever it stands.
pub(crate) fn is_control_or_hidden(c: char) -> bool {
    c.is_control() || is_hidden(c)
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

/// Whether what is here changes a neighbour, or is there to be seen by itself. ZWNJ and ZWJ belong between letters of
/// scripts that join, and between pictures of one emoji; a variation selector behind the character that it varies; tags
/// behind the flag of a region. Anywhere else nobody sees them.
pub(crate) fn joins_at(chars: &[char], at: usize) -> bool {
    let is_joiner = |c: &char| matches!(c, '\u{200C}' | '\u{200D}');
    // From the combining marks on: no Latin letter, digit or space of the common ones joins anything.
    let may_join = |c: Option<&char>| c.is_some_and(|c| *c >= '\u{0300}' && !is_joiner(c) && !c.is_whitespace());
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    match chars.get(at) {
        Some('\u{200C}' | '\u{200D}') => may_join(before) && may_join(chars.get(at + 1)),
        Some('\u{180B}'..='\u{180D}' | '\u{180F}') => matches!(before, Some('\u{1820}'..='\u{18AA}')),
        Some('\u{FE00}'..='\u{FE0F}') => before.is_some_and(|c| is_varied(*c)),
        Some('\u{E0100}'..='\u{E01EF}') => before.is_some_and(|c| is_ideograph(*c)),
        Some(c) if is_tag(*c) => {
            chars.iter().take(at).rev().take(MOST_TAGS).find(|c| !is_tag(**c)) == Some(&BLACK_FLAG)
        }
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
    fn what_nobody_sees_is_cut_out_at_its_place() {
        assert_eq!(
            pieces("pay \u{202E}moc.x\u{202C} now\u{200B}"),
            [
                Piece::Seen("pay "),
                Piece::Hidden('\u{202E}'),
                Piece::Seen("moc.x"),
                Piece::Hidden('\u{202C}'),
                Piece::Seen(" now"),
                Piece::Hidden('\u{200B}'),
            ]
        );
        assert_eq!(pieces("\u{0}\t"), [Piece::Hidden('\u{0}'), Piece::Hidden('\t')]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn lines_and_every_script_are_one_piece() {
        for text in ["one\ntwo\n\nthree", "株式会社", "شركة می\u{200C}خواهم", "👩\u{200D}💻 ❤\u{FE0F}", "葛\u{E0100}飾"]
        {
            assert_eq!(pieces(text), [Piece::Seen(text)], "{text:?}");
        }
    }

    #[test]
    fn every_directional_control_is_hidden_wherever_it_stands() {
        // PropList.txt, `Bidi_Control`.
        let controls = ['\u{061C}', '\u{200E}', '\u{200F}']
            .into_iter()
            .chain('\u{202A}'..='\u{202E}')
            .chain('\u{2066}'..='\u{2069}');
        for control in controls {
            for text in [format!("{control}"), format!("a{control}b"), format!("ا{control}ب"), format!("\n{control}\n")]
            {
                assert!(pieces(&text).contains(&Piece::Hidden(control)), "{text:?}");
            }
        }
    }

    #[test]
    fn tags_belong_to_a_flag_and_to_no_more_than_one_sequence() {
        let scotland = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}";
        assert_eq!(pieces(scotland), [Piece::Seen(scotland)]);
        let smuggled = format!("{scotland}{}", "\u{E0061}".repeat(25_000));
        assert!(pieces(&smuggled).iter().filter(|piece| matches!(piece, Piece::Hidden(_))).count() > 24_990);
    }
}
