//! Korean syllables are composed by arithmetic, not by table: Unicode standard, section 3.12.

const FIRST_SYLLABLE: u32 = 0xAC00;
const FIRST_LEAD: u32 = 0x1100;
const FIRST_VOWEL: u32 = 0x1161;
/// One before the first trailing consonant: none at all is the first of the 28.
const NO_TRAIL: u32 = 0x11A7;
const LEADS: u32 = 19;
const VOWELS: u32 = 21;
const TRAILS: u32 = 28;

/// A syllable's last consonant and the part before; or the vowel and the first consonant.
pub(super) fn decompose(c: char) -> Option<(char, char)> {
    let syllable = index(c, FIRST_SYLLABLE, LEADS * VOWELS * TRAILS)?;
    let (open, trail) = (syllable / TRAILS, syllable % TRAILS);
    let pair = match trail {
        0 => (FIRST_LEAD + open / VOWELS, FIRST_VOWEL + open % VOWELS),
        _ => (FIRST_SYLLABLE + open * TRAILS, NO_TRAIL + trail),
    };
    Some((char::from_u32(pair.0)?, char::from_u32(pair.1)?))
}

pub(super) fn compose(first: char, second: char) -> Option<char> {
    let with_vowel = || {
        let open = index(first, FIRST_LEAD, LEADS)? * VOWELS + index(second, FIRST_VOWEL, VOWELS)?;
        Some(FIRST_SYLLABLE + open * TRAILS)
    };
    let with_trail = || {
        let syllable = index(first, FIRST_SYLLABLE, LEADS * VOWELS * TRAILS)?;
        let trail = index(second, NO_TRAIL, TRAILS).filter(|&trail| trail > 0)?;
        (syllable % TRAILS == 0).then_some(FIRST_SYLLABLE + syllable + trail)
    };
    with_vowel().or_else(with_trail).and_then(char::from_u32)
}

fn index(c: char, first: u32, count: u32) -> Option<u32> {
    u32::from(c).checked_sub(first).filter(|&index| index < count)
}
