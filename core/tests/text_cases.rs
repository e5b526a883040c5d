//! Texts with the weight that twitter-text gives them. core/data/text says of each file where it is from.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use latchkey_core::text::weigh;
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    weighted: u32,
    /// Valid, and not above 280.
    valid: Option<bool>,
}

#[track_caller]
fn assert_weights(file: &str, count: usize) {
    let Cases { cases } = serde_json::from_str(file).unwrap();
    let weights =
        |weigh: &dyn Fn(&Case) -> (u32, bool)| cases.iter().map(|case| (&case.text, weigh(case))).collect::<Vec<_>>();
    let expected = weights(&|case| (case.weighted, case.valid.unwrap_or(true)));
    let found = weights(&|case| {
        let found = weigh(&case.text);
        let fits = case.valid.is_none() || (1..=280).contains(&found.weighted_length);
        (found.weighted_length, found.is_valid && fits)
    });
    let wrong: Vec<_> = found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
    assert!(wrong.is_empty(), "found and expected: {wrong:#?}");
    assert_eq!(cases.len(), count);
}

#[test]
fn the_official_cases_of_counting_hold() {
    assert_weights(include_str!("../data/text/validate.json"), 42);
}

#[test]
fn the_official_cases_of_finding_urls_hold() {
    assert_weights(include_str!("../data/text/extract.json"), 98);
}

#[test]
fn strings_of_real_posts_weigh_as_in_twitter_text() {
    assert_weights(include_str!("../data/text/posts.json"), 269);
}

#[test]
fn generated_strings_weigh_as_in_twitter_text() {
    assert_weights(include_str!("../data/text/generated.json"), 2500);
}
