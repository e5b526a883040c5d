//! cargo-deny, which checks dependencies against deny.toml. It takes 3 minutes to compile, so only `cargo xtask test`
//! installs it.

use std::path::PathBuf;

use super::cargo_install::install;
use crate::paths::cargo_tool;
use crate::run::Result;

/// No crate of ours depends on it, so Cargo.lock cannot name it.
const VERSION: &str = "0.20.2";

pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let program = cargo_tool("cargo-deny", VERSION).join("bin/cargo-deny");
    if !program.exists() {
        install("cargo-deny", VERSION, &[])?;
    }
    Ok(program)
}
