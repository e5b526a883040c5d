//! The tables of core/src/text are what the crates say that they are written from. `UPDATE_TABLES=1` writes them anew.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use latchkey_core::text::weigh;
use unicode_normalization::UNICODE_VERSION;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

const FIRST_TONE: char = '\u{1F3FB}';
const SYLLABLES: std::ops::RangeInclusive<char> = '\u{AC00}'..='\u{D7A3}';

/// Fails, or writes the file, if `path` under core/ has another content than `expected`.
fn assert_file(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).expect("the table");
    assert!(found == expected, "{} is out of date: run with UPDATE_TABLES=1", path.display());
}

fn lines(sorted: &BTreeSet<String>) -> String {
    sorted.iter().flat_map(|line| [line, "\n"]).collect()
}

/// Every emoji of the list, with each of its skin tones.
fn all_emoji() -> impl Iterator<Item = &'static str> {
    emojis::iter().flat_map(|emoji| match emoji.skin_tones() {
        Some(tones) => tones.map(emojis::Emoji::as_str).collect(),
        None => vec![emoji.as_str()],
    })
}

#[test]
fn the_sequences_are_those_of_unicode() {
    let any_tone = |c| if (FIRST_TONE..='\u{1F3FF}').contains(&c) { FIRST_TONE } else { c };
    let sequences = all_emoji().filter(|emoji| emoji.chars().nth(1).is_some());
    assert_file("data/text/emoji.txt", &lines(&sequences.map(|emoji| emoji.chars().map(any_tone).collect()).collect()));
}

#[test]
fn every_emoji_of_unicode_weighs_2() {
    for emoji in all_emoji() {
        assert_eq!(weigh(emoji).weighted_length, 2, "{emoji}");
    }
    assert!(all_emoji().count() > 3900);
}

fn decomposed(c: char) -> String {
    let mut parts = String::new();
    decompose_canonical(c, |part| parts.push(part));
    parts
}

/// What `c` is composed of, if it is composed again from that.
fn composed_of(c: char) -> Option<(char, char)> {
    let mut parts = decomposed(c);
    let second = parts.pop()?;
    let mut rest = parts.chars();
    let first = rest.next()?;
    let first = rest.try_fold(first, compose)?;
    (compose(first, second) == Some(c)).then_some((first, second))
}

/// A CJK ideograph that is another spelling of one other.
fn is_compatibility_ideograph(c: char) -> bool {
    let mut parts = decomposed(c);
    parts.pop().is_some_and(|other| other != c && other >= '\u{3400}') && parts.is_empty()
}

/// Those that composing has to know, without the syllables of Korean.
fn changing() -> impl Iterator<Item = char> {
    let changes = |c: &char| decomposed(*c) != c.to_string() && !is_compatibility_ideograph(*c);
    (char::MIN..=char::MAX).filter(|c| !SYLLABLES.contains(c)).filter(changes)
}

fn literal(c: char) -> String {
    format!("'{}'", c.escape_unicode())
}

fn classes() -> Vec<(char, char, u8)> {
    let mut ranges: Vec<(char, char, u8)> = Vec::new();
    for c in char::MIN..=char::MAX {
        match (canonical_combining_class(c), ranges.last_mut()) {
            (0, _) => {}
            (class, Some((_, last, same))) if class == *same && u32::from(*last) + 1 == u32::from(c) => *last = c,
            (class, _) => ranges.push((c, c, class)),
        }
    }
    ranges
}

/// `items` as a Rust table, filled up to the width of a line.
fn table(name: &str, of: &str, items: impl Iterator<Item = String>) -> String {
    let mut lines = vec![String::from("    ")];
    let mut count = 0;
    for item in items {
        if lines.last().is_some_and(|line| line.len() + item.len() > 117) {
            lines.push(String::from("    "));
        }
        write!(lines.last_mut().unwrap(), "{item}, ").unwrap();
        count += 1;
    }
    let lines: String = lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect();
    format!("#[rustfmt::skip]\npub(super) static {name}: [{of}; {count}] = [\n{lines}];\n")
}

#[test]
fn the_table_of_form_c_is_that_of_unicode() {
    let (major, minor, patch) = UNICODE_VERSION;
    let mut text = format!("//! Unicode {major}.{minor}.{patch}, written by `core/tests/text_tables.rs`.\n//!\n");
    text += "//! Columns rather than rows: like stands beside like, which gzip finds.\n";
    let column = |name: &str, chars: Vec<char>| table(name, "char", chars.into_iter().map(literal));
    let composed: Vec<(char, (char, char))> = changing().filter_map(|c| Some((c, composed_of(c)?))).collect();
    text += "\n// What is composed of FIRSTS and SECONDS.\n";
    text += &column("COMPOSED", composed.iter().map(|row| row.0).collect());
    text += &column("FIRSTS", composed.iter().map(|row| row.1.0).collect());
    text += &column("SECONDS", composed.iter().map(|row| row.1.1).collect());
    text += "\n// What is not composed again, and its parts.\n";
    let expanded = changing().filter(|&c| composed_of(c).is_none());
    let row = |c: char| format!("({}, \"{}\")", literal(c), decomposed(c).escape_unicode());
    text += &table("EXPANDED", "(char, &str)", expanded.map(row));
    text += "\n// Runs of characters that share a combining class.\n";
    text += &column("RUN_STARTS", classes().iter().map(|run| run.0).collect());
    text += &column("RUN_ENDS", classes().iter().map(|run| run.1).collect());
    text += &table("RUN_CLASSES", "u8", classes().iter().map(|run| run.2.to_string()));
    assert_file("src/text/normal/table.rs", &text);
}

#[test]
fn the_table_of_compatibility_ideographs_is_that_of_unicode() {
    let blocks = ['\u{F900}'..='\u{FAD9}', '\u{2F800}'..='\u{2FA1D}'];
    assert!(
        (char::MIN..=char::MAX)
            .filter(|&c| is_compatibility_ideograph(c))
            .all(|c| blocks.iter().any(|b| b.contains(&c)))
    );
    let line =
        |block: std::ops::RangeInclusive<char>| block.map(decomposed).chain(["\n".to_owned()]).collect::<String>();
    assert_file("data/text/compatibility.txt", &blocks.map(line).concat());
}

#[test]
fn the_lists_of_names_can_be_searched() {
    const LONGEST: usize = 24;
    let lists = [include_str!("../data/text/tlds.txt"), include_str!("../data/text/tlds-kept.txt")];
    for list in lists {
        let names: Vec<&str> = list.lines().collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        for name in names {
            assert!(name.chars().count() <= LONGEST && name.to_lowercase() == name, "{name}");
            assert!(!name.starts_with("xn--") && !name.contains(['.', '_', ' ']), "{name}");
            assert_eq!(weigh(&format!("example.{name}")).weighted_length, 23, "{name}");
        }
    }
    let names: BTreeSet<&str> = lists.iter().flat_map(|list| list.lines()).collect();
    assert_eq!(names.len(), lists.iter().flat_map(|list| list.lines()).count(), "a name is on both lists");
    // What twitter-text linked in 2021, and nine since: a name that IANA removes moves to the other list.
    assert!(names.len() >= 1583);
}
