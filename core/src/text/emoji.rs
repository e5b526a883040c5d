//! Emoji of more than one character: with a presentation selector, a skin tone, joined, keycaps and flags.
//!
//! Only a sequence on a list counts as one emoji. X draws other sequences as several pictures, and counts several.

use std::sync::LazyLock;

use super::folded::Names;

/// Unicode's emoji "recommended for general interchange" (UTS #51), each skin tone standing for all five, and sequences
/// that only twitter-text accepts: selectors, and missing selectors, where Unicode has another form.
static LISTED: LazyLock<Names> = LazyLock::new(|| Names::unfold(include_str!("../../data/text/emoji-folded.txt")));

/// In characters: two people, two skin tones, and the joiners.
const LONGEST: usize = 10;

const FIRST_TONE: char = '\u{1F3FB}';

/// The number of characters of the emoji at the beginning of `text`, if more than one.
pub(super) fn sequence(text: &[char]) -> Option<usize> {
    if !text.get(1).is_some_and(|&second| continues(second)) {
        return None;
    }
    let mut start: String = text.iter().take(LONGEST).map(|&c| if is_tone(c) { FIRST_TONE } else { c }).collect();
    while start.chars().nth(1).is_some() {
        if LISTED.contains(&start) {
            return Some(start.chars().count());
        }
        start.pop();
    }
    None
}

/// Whether `c` is the second character of some sequence: selector, joiner, keycap, skin tone, or a flag's letter.
fn continues(c: char) -> bool {
    matches!(c, '\u{FE0F}' | '\u{200D}' | '\u{20E3}' | '\u{1F1E6}'..='\u{1F1FF}' | '\u{E0061}'..='\u{E007A}')
        || is_tone(c)
}

fn is_tone(c: char) -> bool {
    matches!(c, FIRST_TONE..='\u{1F3FF}')
}
