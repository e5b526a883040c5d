//! docs/guide/troubleshooting.md has a line for every code that a caller or a delivery can meet, and for no other.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use latchkey_core::api::code::Code;
use latchkey_core::delivery::FailureCode;

const GUIDE: &str = include_str!("../../docs/guide/troubleshooting.md");

/// The codes in the first column of a section's table. One that is there twice is a mistake.
fn explained(section: &str) -> BTreeSet<&'static str> {
    let text = GUIDE.split_once(&format!("\n## {section}\n")).unwrap().1;
    let text = text.split("\n## ").next().unwrap();
    let codes: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let unique = codes.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(unique.len(), codes.len(), "a code is explained twice in {section}");
    unique
}

#[test]
fn every_code_of_a_call_is_explained() {
    assert_eq!(explained("Codes of calls"), Code::ALL.iter().map(|code| code.as_str()).collect());
}

#[test]
fn every_code_of_a_delivery_is_explained() {
    // serde lists the names of an enum when it meets one that is not among them.
    let refusal = serde_json::from_str::<FailureCode>("\"?\"").unwrap_err().to_string();
    let (_, names) = refusal.split_once("expected one of ").unwrap();
    let known: BTreeSet<String> = names.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(explained("Codes of deliveries").into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), known);
}
