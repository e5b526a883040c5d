//! Generators of API clients, for `cargo xtask test` alone: npm's under `tests/generators`, Python's in an environment of
//! their own. The tests prove that each generator takes `/openapi.json`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt;
use super::node::packages_of;
use crate::paths;
use crate::progress::say;
use crate::run::{self, Result};

const FOLDER: &str = "tests/generators";
/// tests/generators/generators.mjs runs the programs in `bin`.
const ENVIRONMENT: &str = "target/tools/python";

pub(crate) fn generators() -> Result {
    packages_of("generators", FOLDER)?;
    python()
}

fn python() -> Result {
    let (environment, wanted) = (paths::at(ENVIRONMENT), paths::at(FOLDER).join("requirements.txt"));
    let stamp = environment.join("installed-requirements.txt");
    if is_copy(&stamp, &wanted)? {
        return Ok(());
    }
    make_environment(&environment)?;
    let mut pip = Command::new(program(&environment, "pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]).arg(&wanted);
    run::step("pip install, of the generators", &mut pip)?;
    Ok(std::fs::copy(wanted, stamp).map(drop)?)
}

/// Debian's Python has no `venv` of its own: a package brings `venv`.
fn make_environment(environment: &Path) -> Result {
    let make = || {
        let mut python = Command::new("python3");
        python.args(["-m", "venv", "--clear"]).arg(environment);
        python
    };
    if run::ask(&mut make()).is_some() {
        return Ok(());
    }
    say("  Python 3 with venv is missing: Debian's, by apt");
    apt::install("python3-venv", &["python3", "python3-venv"])?;
    run::step("python3 -m venv", &mut make()).map(drop)
}

fn program(environment: &Path, name: &str) -> PathBuf {
    environment.join("bin").join(name)
}

fn is_copy(stamp: &Path, source: &Path) -> Result<bool> {
    Ok(std::fs::read(stamp).unwrap_or_default() == std::fs::read(source)?)
}
