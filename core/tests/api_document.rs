//! docs/API.md says what the code does: every error code with its status and hint, every event, every action of the audit,
//! and only calls that are routed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use latchkey_core::api::code::Code;
use latchkey_core::audit::Action;
use latchkey_core::delivery::FailureCode;
use latchkey_core::mcp::{TOOLS, Tool};
use latchkey_core::routes::{Found, ROUTES, find};
use latchkey_core::webhook::EventKind;
use serde::de::DeserializeOwned;

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

/// The first cells of the table with these columns.
fn first_cells(columns: &str) -> impl Iterator<Item = &'static str> {
    let (_, table) = DOCUMENT.split_once(&format!("\n| {columns} |\n")).unwrap();
    rows(table.split("\n\n").next().unwrap()).map(|row| row[0])
}

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// serde lists the names of an enum when it meets one that is not among them.
fn names_of<T: DeserializeOwned>() -> BTreeSet<String> {
    let refusal = serde_json::from_str::<T>("\"?\"").err().unwrap().to_string();
    quoted(refusal.split_once("expected one of ").unwrap().1).collect()
}

#[test]
fn every_code_of_a_delivery_is_documented() {
    for name in names_of::<FailureCode>() {
        assert!(section("10. Error codes").contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn every_event_is_documented_and_no_other() {
    let written: BTreeSet<String> = first_cells("event | time, once each | `data`").flat_map(quoted).collect();
    assert_eq!(written, EventKind::ALL.iter().map(|kind| kind.row().name.to_owned()).collect());
}

#[test]
fn every_action_of_the_audit_is_documented_and_no_other() {
    let written: BTreeSet<String> = first_cells("`action` | `target_id`").flat_map(quoted).collect();
    assert_eq!(written, names_of::<Action>());
}

/// The calls in the first column of the tables.
fn calls() -> Vec<(&'static str, &'static str)> {
    let methods = ["GET", "POST", "PATCH", "DELETE", "ANY"];
    let calls = rows(DOCUMENT).filter_map(|row| row[0].strip_prefix('`')?.strip_suffix('`')?.split_once(' '));
    // An address that another call gives is not written out.
    calls.filter(|(method, path)| methods.contains(method) && path.starts_with('/')).collect()
}

#[test]
fn every_documented_call_is_routed() {
    assert!(calls().len() > 20, "the tables are read: {:?}", calls());
    for (method, path) in calls() {
        let path = path.replace("{id}", "x").replace("<path>", "users/me");
        assert!(matches!(find(&method.replace("ANY", "GET"), &path), Found::Call(_)), "{method} {path}");
    }
}

#[test]
fn every_call_of_the_table_is_documented() {
    // Addresses that an answer has and nobody writes.
    let unwritten = |path: &str| path == "/v1/media/{id}/upload" || path == "/v1/media/{id}/file";
    let documented: BTreeSet<String> = calls().iter().map(|(method, path)| format!("{method} {path}")).collect();
    for row in ROUTES.iter().filter(|row| !unwritten(row.path)) {
        let method = if row.path.ends_with('*') { "ANY" } else { row.method };
        let call = format!("{method} {}", row.path.replace("{digest}", "{id}").replace('*', "<path>"));
        assert!(documented.contains(&call), "docs/API.md has no row for {call}");
    }
}

#[test]
fn every_tool_is_documented_with_its_call_and_scope_in_its_order() {
    let written: Vec<(String, String, String)> = rows(section("12. Agents"))
        .filter(|row| !row[0].contains(' ') && row[0].starts_with('`'))
        .map(|row| (row[0].to_owned(), quoted(row[1]).next().unwrap(), row[2].to_owned()))
        .collect();
    let tool = |tool: &Tool| {
        let row = tool.row().unwrap();
        let scope = row.access.unwrap().scope.unwrap().as_str();
        (format!("`{}`", tool.name), format!("{} {}", row.method, row.path), format!("`{scope}`"))
    };
    assert_eq!(written, TOOLS.iter().map(tool).collect::<Vec<_>>());
}
