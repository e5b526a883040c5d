//! Names are the field's words. These are words that this project once had of its own, each with a word of the field that
//! took its place: none comes back in a name. Stored and wire names keep them, as strings.

use super::circles::code_of;
use super::{refuse, rust_files};
use crate::paths;
use crate::run::Result;

const REPLACED: [(&str, &str); 18] = [
    ("doubt", "unconfirmed"),
    ("dues", "committed spend"),
    ("edition", "version"),
    ("errand", "outbox job"),
    ("dispatch", "route, enqueue or webhook delivery"),
    ("gate", "breaker"),
    ("heard", "response"),
    ("landing", "redirect target"),
    ("lane", "pool"),
    ("ledger", "workspace"),
    ("newcomer", "second browser"),
    ("passage", "proxy call"),
    ("remains", "pending cleanup"),
    ("reseal", "re-encryption"),
    ("silence", "no response"),
    ("standstill", "freeze"),
    ("trip", "batch"),
    ("wish", "input"),
];

pub(super) fn names_are_the_fields() -> Result {
    let mut found = Vec::new();
    for room in ["core/src", "worker/src"] {
        // Tests pin what is stored, in the names that it is stored by.
        for file in rust_files(&paths::at(room))?.into_iter().filter(|file| !file.ends_with("tests.rs")) {
            let source = std::fs::read_to_string(&file)?;
            let code = code_of(&source);
            let replaced = |word: &str| REPLACED.iter().find(|(old, _)| *old == word);
            let words = words_of(&code).filter_map(|word| replaced(&word).copied());
            found.extend(words.map(|(old, new)| format!("{}: {old} (say {new})", file.display())));
        }
    }
    found.dedup();
    refuse(found, "names are the field's words; these are not")
}

/// The words of the names in a code: `next_edition` and `NextEdition` have two each.
fn words_of(code: &str) -> impl Iterator<Item = String> {
    let names = code.split(|c: char| !c.is_ascii_alphabetic());
    names.flat_map(|name| {
        let starts: Vec<usize> = name
            .char_indices()
            .filter(|(at, c)| {
                *at == 0 || c.is_ascii_uppercase() && !name[..*at].ends_with(|c: char| c.is_ascii_uppercase())
            })
            .map(|(at, _)| at)
            .collect();
        let ends = starts.iter().skip(1).copied().chain([name.len()]);
        starts.iter().copied().zip(ends).map(|(from, to)| name[from..to].to_ascii_lowercase()).collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn a_name_falls_into_its_words() {
        let words = |code| words_of(code).collect::<Vec<_>>();
        assert_eq!(words("fn next_edition(a: &HTTPErrand)"), ["fn", "next", "edition", "a", "httperrand"]);
        assert_eq!(words("NextEdition::MOST_TRIPS"), ["next", "edition", "most", "trips"]);
    }
}
