//! Compared with the crate unicode-normalization, which has the whole tables.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

fn ours(text: &str) -> String {
    Normal::of(text).chars.iter().collect()
}

#[track_caller]
fn assert_normal(text: &str) {
    let expected = text.nfc().collect::<String>().replace("\r\n", "\n").replace('\r', "\n");
    assert_eq!(ours(text), expected, "{}", text.escape_unicode());
}

#[test]
fn every_character_has_the_form_that_unicode_says() {
    (char::MIN..=char::MAX).for_each(|c| assert_normal(&c.to_string()));
}

#[test]
fn every_line_ends_with_one_line_feed() {
    for (text, expected) in [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\r\r\n\n\rb", "a\n\n\n\nb"),
        ("\r\n", "\n"),
        ("\n\r", "\n\n"),
        ("e\r\n\u{301}", "e\n\u{301}"),
        ("a\u{2028}b\u{85}c", "a\u{2028}b\u{85}c"),
    ] {
        assert_eq!(ours(text), expected, "{text:?}");
    }
    assert_eq!(Normal::of("a\r\nb").bytes(&(2..3)), 3..4);
}

#[test]
fn every_pair_composes_as_unicode_says() {
    let firsts = TABLES.pairs.iter().flat_map(|&(composed, (first, _))| [composed, first]);
    let firsts: Vec<char> = firsts.chain(['\u{1100}', '가', '각']).collect();
    let seconds = TABLES.pairs.iter().map(|row| row.1.1);
    let seconds = seconds.chain(['\u{1161}', '\u{11A7}', '\u{11A8}', '\u{11C2}']);
    let seconds: std::collections::BTreeSet<char> = seconds.collect();
    for (first, second) in firsts.iter().flat_map(|first| seconds.iter().map(move |second| (first, second))) {
        assert_normal(&format!("{first}{second}"));
    }
}

#[test]
fn offsets_are_those_of_the_text() {
    let normal = Normal::of("ae\u{301}\u{20D0}\u{323}日");
    assert_eq!(normal.chars, ['a', 'ẹ', '\u{301}', '\u{20D0}', '日']);
    assert_eq!(normal.bytes(&(0..1)), 0..1);
    assert_eq!(normal.bytes(&(1..4)), 1..9);
    assert_eq!(normal.bytes(&(4..5)), 9..12);
}

/// Mostly what composes, reorders or blocks.
fn marks_and_letters() -> impl Strategy<Value = String> {
    let classes = TABLES.runs.iter().map(|run| run.0).collect::<Vec<_>>();
    let composed = TABLES.pairs.iter().flat_map(|row| [row.0, row.1.0, row.1.1]).collect::<Vec<_>>();
    let expanded = TABLES.expanded.iter().map(|row| row.0).collect::<Vec<_>>();
    let frequent = "aeouA\u{301}\u{323}\u{302}\u{308}\u{338}\u{1100}\u{1161}\u{11A8}가".chars().collect::<Vec<_>>();
    let character = prop_oneof![
        4 => prop::sample::select(frequent),
        2 => prop::sample::select(classes),
        2 => prop::sample::select(composed),
        1 => prop::sample::select(expanded),
        1 => any::<char>(),
    ];
    prop::collection::vec(character, 0..12).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn any_text_has_the_form_that_unicode_says(text in marks_and_letters()) {
        assert_normal(&text);
    }

    #[test]
    fn offsets_ascend_and_are_boundaries(text in marks_and_letters()) {
        let normal = Normal::of(&text);
        prop_assert!(normal.offsets.is_sorted());
        prop_assert!(normal.offsets.iter().all(|&at| text.is_char_boundary(at)));
        prop_assert_eq!(normal.offsets.first().copied().unwrap_or_default(), 0);
    }
}
