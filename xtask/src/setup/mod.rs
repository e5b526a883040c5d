//! Set-up: everything that the other commands need and a machine may lack, at exact versions.
//!
//! Each part first checks in milliseconds whether everything is there. Missing tools are installed under the
//! repository, except for Debian's compiler and Chromium: apt installs both. docs/BUILD.md explains the choices.

mod apt;
mod bindgen;
mod cargo_deny;
mod cargo_install;
mod chromium;
mod generators;
mod node;
mod wasm_rust;

use std::process::Command;
use std::time::Instant;

use crate::paths;
use crate::progress::say;
use crate::run::Result;

pub(crate) use cargo_deny::cargo_deny;
pub(crate) use chromium::chromium;
pub(crate) use generators::generators;
pub(crate) use node::packages as node_packages;
pub(crate) use node::packages_of as node_packages_of;
pub(crate) use wasm_rust::TARGET as WASM_TARGET;
use wasm_rust::WasmRust;

/// What set-up found or made.
#[derive(Debug)]
pub(crate) struct Tools {
    rust: WasmRust,
    bindgen: bindgen::Programs,
}

/// All that a build of the Worker and the browser crate needs.
///
/// npm waits for the network and cargo for the processor, so the three parts run side by side.
pub(crate) fn tools() -> Result<Tools> {
    let started = Instant::now();
    if let Some(tools) = present()? {
        say(&format!("✓ set-up: nothing to do ({:.1} s)", started.elapsed().as_secs_f32()));
        return Ok(tools);
    }
    let tools = std::thread::scope(|scope| {
        let rust = scope.spawn(WasmRust::install);
        let node = scope.spawn(node::packages);
        let bindgen = bindgen::Programs::install();
        node.join().map_err(|_| "npm's thread panicked")??;
        Ok::<_, crate::run::Failure>(Tools {
            rust: rust.join().map_err(|_| "rust's thread panicked")??,
            bindgen: bindgen?,
        })
    })?;
    say(&format!("✓ set-up done ({:.0} s)", started.elapsed().as_secs_f32()));
    Ok(tools)
}

fn present() -> Result<Option<Tools>> {
    let bindgen = bindgen::Programs::locate()?;
    if !node::is_present()? || !bindgen.are_present() {
        return Ok(None);
    }
    Ok(WasmRust::find().map(|rust| Tools { rust, bindgen }))
}

impl Tools {
    /// A command that compiles to wasm32 with its own std (see [`WasmRust`]) and finds Node 22 first.
    pub(crate) fn wasm_command(&self, program: impl AsRef<std::ffi::OsStr>, profile: &WasmProfile) -> Command {
        let mut command = Command::new(program);
        self.rust.select(&mut command);
        command
            .env("PATH", node::path())
            .env("CARGO_TARGET_DIR", paths::at(profile.target_dir))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_UNSTABLE_BUILD_STD", profile.std)
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", profile.std_features)
            .env("RUSTFLAGS", profile.rustflags)
            .envs(profile.settings.iter().copied());
        command
    }

    /// The compiler of the modules, in its own words.
    pub(crate) fn rust_version(&self) -> String {
        let mut rustc = Command::new("rustc");
        self.rust.select(&mut rustc);
        crate::run::ask(rustc.arg("--version")).unwrap_or_default()
    }

    pub(crate) fn wasm_bindgen(&self) -> std::path::PathBuf {
        self.bindgen.wasm_bindgen()
    }

    pub(crate) fn worker_build(&self) -> std::path::PathBuf {
        self.bindgen.worker_build()
    }
}

/// Apart from the native `target/`, because the compiler there may be another one. The Worker and the browser crate
/// share this folder: their macros and build scripts are the same programs, and cargo separates builds with different
/// flags.
pub(crate) const WASM_TARGET_DIR: &str = "target/wasm";

/// How a crate is built, and std along with the crate.
#[derive(Debug)]
pub(crate) struct WasmProfile {
    pub(crate) std: &'static str,
    pub(crate) std_features: &'static str,
    pub(crate) rustflags: &'static str,
    /// Variables of cargo that replace settings of Cargo.toml's release profile.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    pub(crate) target_dir: &'static str,
}

impl WasmProfile {
    /// The folder of the compiled modules.
    pub(crate) fn modules(&self) -> std::path::PathBuf {
        paths::at(self.target_dir).join(WASM_TARGET).join("release")
    }
}

/// A command that runs under Node 22 and finds the packages' programs, whatever Node the machine has.
pub(crate) fn node_command(program: &str) -> Command {
    let mut command = Command::new(paths::node_program(program));
    command.env("PATH", node::path()).current_dir(paths::root());
    command
}
