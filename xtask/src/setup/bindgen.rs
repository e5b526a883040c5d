//! wasm-bindgen's program and worker-build, at the versions of their crates in Cargo.lock.
//!
//! wasm-bindgen refuses a module made with any other version of its crate. worker-build is released together with
//! `worker`. Both are built here, since their ready-made downloads come from a host that is not reachable everywhere.

use std::path::PathBuf;
use std::process::Command;

use crate::paths::{self, cargo_tool, locked_version};
use crate::progress::say;
use crate::run::{self, Result};

#[derive(Debug)]
pub(crate) struct Programs {
    bindgen_version: String,
    worker_version: String,
}

impl Programs {
    pub(crate) fn locate() -> Result<Self> {
        Ok(Self { bindgen_version: locked_version("wasm-bindgen")?, worker_version: locked_version("worker")? })
    }

    pub(crate) fn are_present(&self) -> bool {
        self.wasm_bindgen().exists() && self.worker_build().exists()
    }

    pub(crate) fn install() -> Result<Self> {
        let programs = Self::locate()?;
        if !programs.wasm_bindgen().exists() {
            // Its default features are TLS for a test runner that we do not use.
            install("wasm-bindgen-cli", &programs.bindgen_version, &["--no-default-features"])?;
        }
        if !programs.worker_build().exists() {
            install("worker-build", &programs.worker_version, &[])?;
        }
        Ok(programs)
    }

    pub(crate) fn wasm_bindgen(&self) -> PathBuf {
        cargo_tool("wasm-bindgen-cli", &self.bindgen_version).join("bin/wasm-bindgen")
    }

    pub(crate) fn worker_build(&self) -> PathBuf {
        cargo_tool("worker-build", &self.worker_version).join("bin/worker-build")
    }
}

/// Its own lock file first; where the registry lacks a version that the lock names, the newest that fits.
fn install(package: &str, version: &str, options: &[&str]) -> Result {
    let name = format!("cargo install {package} {version}");
    let locked = run::watch(&format!("{name} --locked"), install_command(package, version, options).arg("--locked"))?;
    if locked.success {
        return Ok(());
    }
    say("  its lock file cannot be met here: once more with the newest dependencies that fit");
    run::step(&name, &mut install_command(package, version, options)).map(drop)
}

/// A tool is run a few times after minutes of compiling, so it is compiled fast rather than well: 3 minutes instead of
/// 6 for the two of them. One folder lets the second reuse what the first has built.
fn install_command(package: &str, version: &str, options: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["install", package, "--version", version, "--root"])
        .arg(cargo_tool(package, version))
        .args(options)
        .env("CARGO_TARGET_DIR", paths::at("target/tools/build"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    command
}
