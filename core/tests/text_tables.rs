//! The tables of core/src/text are what the crates say that they are written from. `UPDATE_TABLES=1` writes them anew.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use latchkey_core::text::weigh;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

const FIRST_TONE: char = '\u{1F3FB}';
const SYLLABLES: std::ops::RangeInclusive<char> = '\u{AC00}'..='\u{D7A3}';

/// Fails, or writes the file, if `path` under core/ has another content than `expected`.
fn assert_file(path: &str, expected: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read(&path).expect("the table");
    assert!(found == expected, "{} is out of date: run with UPDATE_TABLES=1", path.display());
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Each name without the beginning that it shares with the name before; a capital letter says how long that is.
fn folded(names: &BTreeSet<&str>) -> String {
    let mut folded = String::new();
    let mut before = "";
    for name in names {
        let shared = name.chars().zip(before.chars()).take_while(|(a, b)| a == b).count();
        folded.push(char::from(b'A' + u8::try_from(shared).unwrap()));
        folded.extend(name.chars().skip(shared));
        before = name;
    }
    folded
}

/// The lists in both files, as one that the program reads.
fn assert_folded(path: &str, lists: [&str; 2]) {
    let [one, other] = lists.map(read);
    let names: BTreeSet<&str> = one.lines().chain(other.lines()).collect();
    assert!(names.iter().all(|name| !name.contains(|c: char| c.is_ascii_uppercase())));
    assert_file(path, folded(&names).as_bytes());
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
    let sequences = lines(&sequences.map(|emoji| emoji.chars().map(any_tone).collect()).collect());
    assert_file("data/text/emoji.txt", sequences.as_bytes());
    assert_folded("data/text/emoji-folded.txt", ["data/text/emoji.txt", "data/text/emoji-tolerated.txt"]);
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

/// LEB128.
fn write_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.extend(u8::try_from(number));
}

/// The length, and each number as the difference from the number before, with the sign in the lowest bit.
fn write_column(bytes: &mut Vec<u8>, column: impl Iterator<Item = u32>) {
    let column: Vec<i32> = column.map(|number| i32::try_from(number).unwrap()).collect();
    write_number(bytes, u32::try_from(column.len()).unwrap());
    let before = std::iter::once(&0).chain(&column);
    for step in column.iter().zip(before).map(|(number, before)| number - before) {
        write_number(bytes, ((step << 1) ^ (step >> 31)).cast_unsigned());
    }
}

/// For each character of the blocks the ideograph that the character stands for, or the character itself.
fn unified() -> impl Iterator<Item = char> {
    let blocks = ['\u{F900}'..='\u{FAD9}', '\u{2F800}'..='\u{2FA1D}'];
    let is_in_block = |c: char| blocks.iter().any(|block| block.contains(&c));
    assert!((char::MIN..=char::MAX).filter(|&c| is_compatibility_ideograph(c)).all(is_in_block));
    blocks.into_iter().flatten().map(|c| decomposed(c).chars().next().unwrap())
}

#[test]
fn the_tables_of_form_c_are_those_of_unicode() {
    let composed: Vec<(char, (char, char))> = changing().filter_map(|c| Some((c, composed_of(c)?))).collect();
    let expanded: Vec<char> = changing().filter(|&c| composed_of(c).is_none()).collect();
    assert!(expanded.iter().all(|&c| decomposed(c).chars().count() <= 3));
    let part = |n: usize| expanded.iter().map(move |&c| decomposed(c).chars().nth(n).unwrap_or('\0'));
    let columns: [Vec<char>; 9] = [
        composed.iter().map(|row| row.0).collect(),
        composed.iter().map(|row| row.1.0).collect(),
        composed.iter().map(|row| row.1.1).collect(),
        expanded.clone(),
        part(0).collect(),
        part(1).collect(),
        part(2).collect(),
        classes().iter().map(|run| run.0).collect(),
        classes().iter().map(|run| run.1).collect(),
    ];
    let mut bytes = Vec::new();
    for column in columns {
        write_column(&mut bytes, column.into_iter().map(u32::from));
    }
    write_column(&mut bytes, classes().iter().map(|run| u32::from(run.2)));
    write_column(&mut bytes, unified().map(u32::from));
    assert_file("data/text/form-c.bin", &bytes);
}

#[test]
fn the_folded_names_are_those_of_both_lists() {
    assert_folded("data/text/tlds-folded.txt", ["data/text/tlds.txt", "data/text/tlds-kept.txt"]);
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
