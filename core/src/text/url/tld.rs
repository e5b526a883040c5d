//! Top-level domains: the existing domains, and the domains that twitter-text has kept.

use std::sync::LazyLock;

use super::class;
use crate::text::folded::Names;

/// IANA's list, internationalised names in Unicode, and names that twitter-text still links although they are no longer,
/// or never were, in the DNS: `an`, `onion`.
static LISTED: LazyLock<Names> = LazyLock::new(|| Names::unfold(include_str!("../../../data/text/tlds-folded.txt")));

/// In characters.
const LONGEST: usize = 24;

/// How many characters of `text` are the top-level domain that it begins with.
pub(super) fn length(text: &[char]) -> Option<usize> {
    let letters = text.iter().take(LONGEST).take_while(|c| class::is_host_letter(**c));
    let mut name: String = letters.map(|&c| lower_case(c)).collect();
    while !name.is_empty() {
        let length = name.chars().count();
        if !text.get(length).is_some_and(|&next| prolongs(next)) && LISTED.contains(&name) {
            return Some(length);
        }
        name.pop();
    }
    punycode_length(text)
}

/// One character for one, of the letters that are in a name above: Latin, Greek, Cyrillic, Armenian, Georgian. std's table
/// of all letters would be a tenth of the composer.
fn lower_case(c: char) -> char {
    let code = u32::from(c);
    let lower = match c {
        'A'..='Z' | '\u{d6}' | 'Α'..='Ρ' | 'Σ'..='Ω' | 'А'..='Я' => code + 32,
        'Қ' => code + 1,
        'Ա'..='Ֆ' => code + 48,
        'Ა'..='Ჺ' => code - 3008,
        // The sign for kelvin.
        '\u{212a}' => u32::from('k'),
        _ => code,
    };
    char::from_u32(lower).unwrap_or(c)
}

/// What may not follow. Other scripts may: `example.comです` begins with a host.
fn prolongs(next: char) -> bool {
    next.is_ascii_alphanumeric() || matches!(next, '@' | '+' | '-')
}

/// `xn--` and anything: twitter-text does not ask which names are registered in this form.
fn punycode_length(text: &[char]) -> Option<usize> {
    let (prefix, name) = text.split_at_checked(4)?;
    let is_prefix = prefix.iter().zip("xn--".chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b));
    let length = name.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '-').count();
    (is_prefix && length > 0).then_some(prefix.len() + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A character whose lower case has several characters is in no name.
    #[test]
    fn every_letter_that_is_in_a_name_is_known_in_both_cases() {
        let listed: std::collections::BTreeSet<char> = LISTED.iter().flat_map(str::chars).collect();
        for c in '\0'..=char::MAX {
            let mut all = c.to_lowercase();
            let lower = all.next().filter(|_| all.len() == 0).unwrap_or(c);
            assert_eq!(listed.contains(&lower_case(c)), listed.contains(&lower), "{c}");
            assert!(lower_case(c) == lower || !listed.contains(&lower), "{c}");
        }
    }
}
