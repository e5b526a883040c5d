//! docs/API.md says what the code does: every error code with its status and hint, and only calls that are routed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use latchkey_core::api::code::Code;
use latchkey_core::api::route::Route;
use latchkey_core::delivery::FailureCode;

const DOCUMENT: &str = include_str!("../../docs/API.md");

fn section(title: &str) -> &'static str {
    let start = DOCUMENT.split_once(&format!("\n## {title}\n")).unwrap().1;
    start.split("\n## ").next().unwrap()
}

/// The cells of the table rows in `text`.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter_map(|line| Some(line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect()))
}

#[test]
fn every_error_code_is_documented_with_its_status_and_hint() {
    let written: BTreeSet<String> = rows(section("10. Error codes")).skip(1).map(|row| row.join(" | ")).collect();
    let row = |code: &Code| format!("{} | `{}` | {}", code.status(), code.as_str(), code.hint());
    assert_eq!(written, Code::ALL.iter().map(row).collect());
}

#[test]
fn every_code_of_a_delivery_is_documented() {
    // serde lists the names of an enum when it meets one that is not among them.
    let refusal = serde_json::from_str::<FailureCode>("\"?\"").unwrap_err().to_string();
    let (_, names) = refusal.split_once("expected one of ").unwrap();
    for name in names.split('`').skip(1).step_by(2) {
        assert!(section("10. Error codes").contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn every_documented_call_is_routed() {
    let methods = ["GET", "POST", "PATCH", "DELETE"];
    let calls = rows(DOCUMENT).filter_map(|row| row[0].strip_prefix('`')?.strip_suffix('`')?.split_once(' '));
    // An address that another call gives is not written out.
    let calls: Vec<_> = calls.filter(|(method, path)| methods.contains(method) && path.starts_with('/')).collect();
    assert!(calls.len() > 20, "the tables are read: {calls:?}");
    for (method, path) in calls {
        assert!(Route::parse(method, &path.replace("{id}", "x")).is_some(), "{method} {path}");
    }
}
