//! Tools that cargo compiles, each into a folder of its own under `target/tools`.

use std::process::Command;

use crate::paths::{self, cargo_tool};
use crate::progress::say;
use crate::run::{self, Result};

/// Tries the tool's own lock file first. If the registry lacks a version in the lock file, takes the newest fitting
/// version.
pub(super) fn install(package: &str, version: &str, options: &[&str]) -> Result {
    let name = format!("cargo install {package} {version}");
    if run::attempt(&format!("{name} --locked"), install_command(package, version, options).arg("--locked"))? {
        return Ok(());
    }
    say("  its lock file cannot be met here: once more with the newest dependencies that fit");
    run::step(&name, &mut install_command(package, version, options)).map(drop)
}

/// A tool runs for a second after minutes of compiling, so the tool is compiled without optimising, in half the time of
/// `opt-level = 1`. One folder lets the next tool reuse the results of the previous tool.
fn install_command(package: &str, version: &str, options: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["install", package, "--version", version, "--root"])
        .arg(cargo_tool(package, version))
        .args(options)
        .env("CARGO_TARGET_DIR", paths::at("target/tools/build"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    command
}
