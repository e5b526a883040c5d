//! The Rust that compiles to wasm32: rustup's if rustup can fetch the target, else Debian's.
//!
//! Both build std from source along with our code. The shipped std cannot unwind on wasm32, and one panic would end
//! every request of its isolate (docs/BUILD.md). rustup therefore needs the component rust-src as well.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt;
use crate::progress::say;
use crate::run::{self, Result};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// Rust for Debian's browsers: a compiler, std as source with all dependencies, and the linker.
const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];
const DEBIAN_PREFIX: &str = "/usr";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WasmRust {
    /// The toolchain that runs this program.
    Rustup,
    /// apt's, under /usr beside rustup's. No rustup setting is changed: a folder can be a toolchain by its path.
    Debian,
}

impl WasmRust {
    /// What is already complete, rustup's first.
    pub(crate) fn find() -> Option<Self> {
        [Self::Rustup, Self::Debian].into_iter().find(|rust| rust.is_complete())
    }

    /// Finds or installs one, and says which and why.
    pub(crate) fn install() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        if add_by_rustup() {
            say("  Rust for wasm32: rustup's own toolchain");
            return Ok(Self::Rustup);
        }
        say("  Rust for wasm32: Debian's, since rustup cannot fetch the target here");
        apt::install("Debian's Rust for wasm32", &DEBIAN_PACKAGES)?;
        // worker-build looks for the target's folder and nothing in it: std is built from source.
        apt::as_root("folder for wasm32", "mkdir", &["-p", &debian_libdir().to_string_lossy()])?;
        if Self::Debian.is_complete() { Ok(Self::Debian) } else { Err("Debian's Rust has no std source".into()) }
    }

    /// Makes a command, and all that it calls, use this Rust.
    pub(crate) fn select(self, command: &mut Command) {
        if self == Self::Debian {
            command.env("RUSTUP_TOOLCHAIN", DEBIAN_PREFIX);
            // Cargo points this at the libraries of the compiler that built xtask.
            command.env_remove("LD_LIBRARY_PATH");
        }
    }

    fn is_complete(self) -> bool {
        match self {
            Self::Rustup => sysroot()
                .is_some_and(|sysroot| has_std_source(&sysroot) && sysroot.join("lib/rustlib").join(TARGET).is_dir()),
            Self::Debian => {
                let prefix = Path::new(DEBIAN_PREFIX);
                let programs = ["rustc", "cargo", "rust-lld"].iter().all(|name| prefix.join("bin").join(name).exists());
                programs && has_std_source(prefix) && debian_libdir().is_dir()
            }
        }
    }
}

fn has_std_source(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").exists()
}

fn debian_libdir() -> PathBuf {
    Path::new(DEBIAN_PREFIX).join("lib/rustlib").join(TARGET).join("lib")
}

fn sysroot() -> Option<PathBuf> {
    run::ask(Command::new("rustc").args(["--print", "sysroot"])).map(PathBuf::from)
}

/// Where rustup reaches no server this fails within a second, and there is no rustup on some machines: both are a no.
fn add_by_rustup() -> bool {
    let add = |args: &[&str]| run::ask(Command::new("rustup").args(args)).is_some();
    add(&["target", "add", TARGET]) && add(&["component", "add", "rust-src"])
}
