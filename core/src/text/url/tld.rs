//! Top-level domains: the existing domains, and the domains that twitter-text has kept.

use std::sync::LazyLock;

use super::class;

/// IANA's list, internationalised names in Unicode.
static REGISTERED: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../../../data/text/tlds.txt").lines().collect());

/// Names that twitter-text still links although they are no longer, or never were, in the DNS: `an`, `onion`.
static KEPT: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("../../../data/text/tlds-kept.txt").lines().collect());

/// In characters.
const LONGEST: usize = 24;

/// How many characters of `text` are the top-level domain that it begins with.
pub(super) fn length(text: &[char]) -> Option<usize> {
    let letters = text.iter().take(LONGEST).take_while(|c| class::is_host_letter(**c));
    let mut name: String = letters.map(|&c| lower_case(c)).collect();
    while !name.is_empty() {
        let length = name.chars().count();
        if !text.get(length).is_some_and(|&next| prolongs(next)) && is_known(&name) {
            return Some(length);
        }
        name.pop();
    }
    punycode_length(text)
}

/// One character for one. A character whose lower case has several characters is in no name.
fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    lower.next().filter(|_| lower.len() == 0).unwrap_or(c)
}

fn is_known(name: &str) -> bool {
    [&REGISTERED, &KEPT].iter().any(|list| list.binary_search(&name).is_ok())
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
