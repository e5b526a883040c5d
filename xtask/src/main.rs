//! The repository's commands: `cargo xtask <command>`. Each command installs its missing tools before it works.
//!
//! Only std is used, so that the first command of a fresh clone starts after seconds of compiling.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program: printing is its work")]
#![allow(clippy::disallowed_methods, reason = "runs on the developer's machine, where std's clock exists")]

mod bench;
mod build;
mod deploy;
mod dev;
mod failures;
mod paths;
mod progress;
mod prose;
mod release;
mod rules;
mod run;
mod setup;
mod tally;
mod test;

use std::process::ExitCode;

use progress::Steps;
use run::Result;

const USAGE: &str = "\
usage: cargo xtask <command>

  setup                              install what the other commands need (they do it themselves)
  release                            the build as an npm package in dist/, which needs no Rust
  build [--quick]                    the Worker into build/worker, its static files into build/assets;
                                     quick: a Worker that is not optimised, into build/quick, as dev uses it
  dev [--real] [--port N] [--x-port N] [--site-port N]
                                     the Worker, a stand-in for X and a demo site, on this machine;
                                     with --real against x.com
  test [native|worker|browser]       every check, or those of one kind
  bench [--quick]                    the report docs/BENCH.md, in at most 25 minutes; quick in three
  bench <name> [options]             one bench of docs/BENCH.md: load, power cuts, memory, bytes
  prose                              vague pronouns in each document, counted
  deploy [wrangler's options]        build, then `wrangler deploy`; with --dry-run nothing is uploaded";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result {
    let (command, rest) = args.split_first().ok_or(USAGE)?;
    if rest.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    match (command.as_str(), rest) {
        ("setup", []) => setup::tools().map(drop),
        ("build", [option]) if option == "--quick" => build::quick(&setup::tools()?, &mut Steps::of(build::STEPS)),
        ("build", []) => build::all(&setup::tools()?, &mut Steps::of(build::STEPS)),
        ("release", []) => release::run(),
        ("dev", options) => dev::run(options),
        ("test", []) => test::run(&test::ALL),
        ("test", [kind]) => test::run(&[test::Kind::parse(kind).ok_or(USAGE)?]),
        ("bench", arguments) => bench::run(arguments),
        ("prose", []) => prose::print(),
        ("deploy", options) => deploy::run(options),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}
