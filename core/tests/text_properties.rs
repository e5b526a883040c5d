//! What holds of the weight of any text.

use latchkey_core::text::weigh;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

const PARTS: &[&str] = &[
    "https://",
    "http://",
    "t.co/",
    "foo",
    "日本",
    "é",
    "e\u{301}",
    ".",
    ".com",
    ".рф",
    ".みんな",
    "xn--p1ai",
    "_",
    "-",
    "/",
    "/(",
    ")",
    "?",
    "#",
    "@",
    ":80",
    " ",
    "\u{200E}",
    "👍🏽",
    "👩‍🚀",
    "\u{200D}",
    "\u{FE0F}",
    "🇪🇺",
    "1️⃣",
    "ᄒ",
    "ᅡ",
    "ᆫ",
];

/// Hosts, schemes, marks and emoji among characters of every kind.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => prop::sample::select(PARTS).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn urls_are_in_order_and_inside_the_text(text in text()) {
        let weighed = weigh(&text);
        let ends: Vec<usize> = weighed.urls.iter().flat_map(|span| [span.start, span.end]).collect();
        prop_assert!(ends.is_sorted());
        prop_assert!(weighed.urls.iter().all(|span| text.get(span.clone()).is_some_and(|url| url.contains('.'))));
        prop_assert_eq!(weighed.has_url, !ends.is_empty());
    }

    #[test]
    fn spellings_of_one_text_weigh_the_same(text in text()) {
        let weights = [text.clone(), text.nfc().collect(), text.nfd().collect()].map(|text| weigh(&text).weighted_length);
        prop_assert_eq!(weights, [weights[0]; 3], "{}", text.escape_unicode());
    }

    #[test]
    fn what_a_space_parts_weighs_as_much_together(a in text(), b in text()) {
        // A space before each, since a text's very first character may belong to a host and precede one.
        let [a, b, both] = [format!(" {a}"), format!(" {b}"), format!(" {a} {b}")].map(|text| weigh(&text).weighted_length);
        prop_assert_eq!(both, a + b);
    }

    #[test]
    fn a_weight_is_at_most_two_a_character_outside_urls(text in text()) {
        let weighed = weigh(&text);
        let count = u32::try_from(text.nfc().count()).unwrap_or(u32::MAX);
        let urls = u32::try_from(weighed.urls.len()).unwrap_or(u32::MAX);
        prop_assert!(weighed.weighted_length <= 2 * count + 23 * urls);
    }
}

#[test]
fn long_texts_take_time_in_proportion() {
    // Each made some straightforward way of finding hosts quadratic; this would then not end while anybody waits.
    let units = [
        "日",
        "日.",
        "日本.x",
        "a.",
        "a_",
        "_日.",
        "a.co/(",
        "a.co?.",
        "e\u{301}",
        "👩\u{200D}",
        "http://",
        "日_a.com",
    ];
    for unit in units {
        let text = unit.repeat(50_000 / unit.chars().count());
        assert!(weigh(&text).weighted_length > 0);
        assert!(weigh(&format!("{text}.com")).weighted_length > 0);
    }
}
