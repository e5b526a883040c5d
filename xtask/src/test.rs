//! `cargo xtask test`: every check, from the fastest to the slowest. None is advisory.
//!
//! A failed check does not stop later checks, except that a failed build leaves nothing to test.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths::{files_ending, root};
use crate::progress::{Steps, say};
use crate::run::{self, Finished, Result};
use crate::setup::{Tools, cargo_deny, chromium, generators, node_command, node_packages, node_packages_of, tools};
use crate::tally::Tally;
use crate::{build, failures, rules};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What needs no build: format, lints, documentation, rules, tests of the pure code and of the stand-in for X.
    Native,
    /// The Worker's build output in workerd.
    Worker,
    /// The button and the pages in Chromium.
    Browser,
}

pub(crate) const ALL: [Kind; 3] = [Kind::Native, Kind::Worker, Kind::Browser];

impl Kind {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "native" => Some(Self::Native),
            "worker" => Some(Self::Worker),
            "browser" => Some(Self::Browser),
            _ => None,
        }
    }
}

/// Runs the checks, then names what failed, and prints the line `N passed, N failed`.
pub(crate) fn run(kinds: &[Kind]) -> Result {
    let mut report = Report::default();
    if kinds.contains(&Kind::Native) {
        native(&mut report);
    }
    if kinds.iter().any(|kind| *kind != Kind::Native) {
        match tools().and_then(|tools| built(&tools, kinds)) {
            Ok(()) => in_runtimes(kinds, &mut report),
            Err(error) => report.broken("build", &error.to_string()),
        }
    }
    report.close()
}

/// The benches, which run small among the worker tests, measure beside a plain Worker. The tests of the release run
/// `cargo xtask dev`: its build belongs to no test.
fn built(tools: &Tools, kinds: &[Kind]) -> Result {
    if !kinds.contains(&Kind::Worker) {
        return build::all(tools, &mut Steps::of(build::STEPS));
    }
    let mut steps = Steps::of(2 * build::STEPS);
    build::all(tools, &mut steps)?;
    build::quick(tools, &mut steps)?;
    build::bench_peer(tools)
}

fn native(report: &mut Report) {
    report.rule("rustfmt", cargo(&["fmt", "--all", "--check", "--", "--color", "never"]));
    report.rule("clippy", cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    let mut rustdoc = cargo(&["doc", "--workspace", "--no-deps"]);
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    report.rule("rustdoc", rustdoc);
    match cargo_deny() {
        Ok(program) => report.rule("cargo deny", deny(program)),
        Err(error) => report.broken("cargo-deny", &error.to_string()),
    }
    for (name, check) in rules::ALL {
        match check() {
            Ok(()) => say(&format!("✓ {name}")),
            Err(error) => report.broken(name, &error.to_string()),
        }
    }
    report.tests("cargo test", &mut cargo(&["test", "--workspace", "--no-fail-fast"]), &LIBTEST);
    match node_packages() {
        Ok(()) => report.suite(STAND_IN.command()),
        Err(error) => report.broken("npm ci", &error.to_string()),
    }
}

/// One suite after the other: two suites on two cores only wait for each other, and timed events come late.
fn in_runtimes(kinds: &[Kind], report: &mut Report) {
    if kinds.contains(&Kind::Worker) {
        report.suite(SUPPORT.command());
        report.suite(WORKER.command());
        report.suite(RELEASE.command());
        match generators() {
            Ok(()) => [GENERATORS, CLIENTS].iter().for_each(|suite| report.suite(suite.command())),
            Err(error) => report.broken("generators", &error.to_string()),
        }
    }
    if kinds.contains(&Kind::Browser) {
        match chromium() {
            Ok(program) => in_browsers(&program, report),
            Err(error) => report.broken("Chromium", &error.to_string()),
        }
    }
}

fn in_browsers(chromium: &Path, report: &mut Report) {
    report.suite(BROWSER.with("CHROMIUM", chromium));
    match node_packages_of("bundlers", BUNDLERS.folder) {
        Ok(()) => report.suite(BUNDLERS.with("CHROMIUM", chromium)),
        Err(error) => report.broken("bundlers", &error.to_string()),
    }
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(root());
    command
}

/// Warnings too: an exception that nothing needs any more goes out of deny.toml. No advisories: see CONTRIBUTING.md.
fn deny(program: PathBuf) -> Command {
    let mut command = Command::new(program);
    command.args(["--locked", "--color", "never", "check", "--deny", "warnings", "bans", "licenses", "sources"]);
    command.current_dir(root());
    command
}

/// Tests in Node 22.
struct Suite {
    name: &'static str,
    folder: &'static str,
    files_at_once: &'static str,
}

const STAND_IN: Suite = Suite { name: "tests of the stand-in for X", folder: "tests/fake-x", files_at_once: "2" };
const SUPPORT: Suite = Suite { name: "tests of the test support", folder: "tests/support", files_at_once: "1" };
/// Each file has a Worker of its own, and some of them mostly wait.
const WORKER: Suite = Suite { name: "worker tests", folder: "tests/worker", files_at_once: "3" };
/// Generators of API clients read `/openapi.json`, and what they make calls the Worker.
const GENERATORS: Suite = Suite { name: "tests of generators", folder: "tests/generators", files_at_once: "1" };
/// The two clients, and the examples of docs/API.md.
const CLIENTS: Suite = Suite { name: "tests of the clients", folder: "tests/clients", files_at_once: "1" };
/// The npm package, installed where there is no Rust, with wrangler against a stand-in for Cloudflare.
const RELEASE: Suite = Suite { name: "tests of the release", folder: "tests/release", files_at_once: "2" };
/// Each file has a browser and a Worker of its own, and keeps little more than one core busy.
const BROWSER: Suite = Suite { name: "browser tests", folder: "tests/browser", files_at_once: "2" };
/// The npm package of the elements: its types, and pages that frameworks and bundlers make of the package.
const BUNDLERS: Suite = Suite { name: "tests of the bundlers", folder: "tests/bundlers", files_at_once: "2" };

impl Suite {
    /// tests/support/run.mjs prints TAP on every machine: its closing lines are what is counted.
    fn command(&self) -> (&'static str, Command) {
        let mut node = node_command("node");
        node.args(["tests/support/run.mjs", self.files_at_once]).args(files_ending(self.folder, ".test.mjs"));
        (self.name, node)
    }

    fn with(&self, variable: &str, value: &Path) -> (&'static str, Command) {
        let (name, mut node) = self.command();
        node.env(variable, value);
        (name, node)
    }
}

/// How the output of a test runner is read.
struct Runner {
    count: fn(&str) -> Result<Tally>,
    failures: fn(&str) -> Vec<String>,
}

const LIBTEST: Runner = Runner { count: |output| Ok(Tally::of_cargo(output)), failures: failures::of_cargo };
const NODE: Runner = Runner { count: Tally::of_node, failures: failures::of_node };

/// What has happened so far.
#[derive(Debug, Default)]
struct Report {
    tally: Tally,
    failures: Vec<String>,
    broken: Vec<String>,
}

impl Report {
    fn rule(&mut self, name: &str, mut command: Command) {
        if let Err(error) = run::step(name, &mut command) {
            self.broken(name, &error.to_string());
        }
    }

    /// Runs one to its end.
    fn suite(&mut self, (name, mut node): (&'static str, Command)) {
        self.learn(name, run::watch(name, &mut node), &NODE);
    }

    fn tests(&mut self, name: &str, command: &mut Command, runner: &Runner) {
        self.learn(name, run::watch(name, command), runner);
    }

    /// A run without a single test is a broken one: its files have moved, or do not load.
    fn learn(&mut self, name: &str, outcome: Result<Finished>, runner: &Runner) {
        let finished = match outcome {
            Ok(finished) => finished,
            Err(error) => return self.broken(name, &error.to_string()),
        };
        self.failures.extend((runner.failures)(&finished.output));
        match (runner.count)(&finished.output).map(|tally| (finished.success, tally)) {
            Ok((_, tally)) if tally.total() == 0 => self.broken(name, "no test ran"),
            Ok((false, tally)) if tally.failed == 0 => self.broken(name, "ended badly without a failed test"),
            Ok((_, tally)) => {
                say(&format!("  {name}: {} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped));
                // tests/support/run.mjs says which of its files took longest.
                if let Some(slowest) = finished.output.lines().find_map(|line| line.strip_prefix("# slowest ")) {
                    say(&format!("  slowest: {slowest}"));
                }
                self.tally.add(tally);
            }
            Err(error) => self.broken(name, &error.to_string()),
        }
    }

    fn broken(&mut self, name: &str, why: &str) {
        say(&format!("✗ {name}: {why}"));
        self.broken.push(name.to_owned());
    }

    /// A broken check counts as a failure.
    fn close(self) -> Result {
        let failed = self.tally.failed as usize + self.broken.len();
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        if !self.broken.is_empty() {
            println!("not in order: {}", self.broken.join(", "));
        }
        if self.tally.skipped > 0 {
            println!("{} tests were skipped", self.tally.skipped);
        }
        println!("{} passed, {failed} failed", self.tally.passed);
        if failed == 0 { Ok(()) } else { Err("not every check passed".into()) }
    }
}
