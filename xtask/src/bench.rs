//! `cargo xtask bench`: work that takes longer than a test may, or measures without asserting (docs/BENCH.md).

use crate::build;
use crate::run::{self, Result};
use crate::setup::{node_command, tools};

/// Each bench is a program in tests/bench. The program takes the options and prints its results.
pub(crate) const ALL: [&str; 12] = [
    "crash",
    "throughput",
    "cost",
    "proxy",
    "rows",
    "schedule",
    "refresh",
    "media",
    "widget",
    "timers",
    "strangers",
    "schemathesis",
];

pub(crate) fn run(name: &str, options: &[String]) -> Result {
    build::all(&tools()?)?;
    run::replace_with(node_command("node").arg(format!("tests/bench/{name}.mjs")).args(options))
}
