//! `cargo xtask bench`: the report, which is docs/BENCH.md. `cargo xtask bench <name>`: one bench, which takes longer than a test
//! may, or measures without asserting.

use crate::build;
use crate::progress::Steps;
use crate::run::{self, Result};
use crate::setup::{node_command, tools};

/// Each bench is a program in tests/bench. The program takes the options and prints its results.
pub(crate) const ALL: [&str; 14] = [
    "crash",
    "throughput",
    "cost",
    "proxy",
    "rows",
    "cold",
    "plans",
    "schedule",
    "refresh",
    "media",
    "widget",
    "timers",
    "strangers",
    "schemathesis",
];

/// Runs the report, or the bench that the first word names.
pub(crate) fn run(arguments: &[String]) -> Result {
    let (name, options) = match arguments.split_first() {
        Some((name, options)) if ALL.contains(&name.as_str()) => (name.as_str(), options),
        Some((option, _)) if !option.starts_with("--") => return Err(format!("no bench is called {option}").into()),
        _ => ("report", arguments),
    };
    let tools = tools()?;
    build::all(&tools, &mut Steps::of(build::STEPS))?;
    build::bench_peer(&tools)?;
    run::replace_with(node_command("node").arg(format!("tests/bench/{name}.mjs")).args(options))
}
