//! The Worker: `build/worker/index.js` and `index_bg.wasm`, as worker-build makes them, behind an entry of our own. In the same way the plain Worker
//! beside which the benches measure ours.

use std::path::PathBuf;

use super::{is_stale, optimise};
use crate::paths::{self, node_program};
use crate::run::{self, Result};
use crate::setup::{Tools, WASM_TARGET_DIR, WasmProfile, node_command};

/// Panics unwind: under `abort` one panic fails every request in flight in its isolate, and long polls never end.
///
/// The rest is for bytes, measured with gzip: std for size and panics without their place in the source, `Debug` without
/// a body (nothing here prints with it): together 4 %. A large function stays a function of its own, however few callers it
/// has, as [`OURS`] asks of wasm-opt: 4 %, and an isolate's first call waits for 333 KB of compiled code instead of 802.
const UNWINDING: WasmProfile = WasmProfile {
    std: "std,panic_unwind",
    std_features: "optimize_for_size",
    rustflags: "-Cpanic=unwind -Zlocation-detail=none -Zfmt-debug=none \
        -Cllvm-args=-inline-instr-cost=50 -Cllvm-args=-inline-call-penalty=250",
    settings: &[],
    target_dir: WASM_TARGET_DIR,
};

/// For whoever weighs a sixth of the bytes higher than that (docs/BUILD.md): `XTASK_PANIC=abort`.
const ABORTING: WasmProfile = WasmProfile {
    std: "std,panic_abort",
    std_features: "optimize_for_size",
    rustflags: "-Cpanic=abort -Zlocation-detail=none -Zfmt-debug=none \
        -Cllvm-args=-inline-instr-cost=50 -Cllvm-args=-inline-call-penalty=250",
    settings: &[],
    target_dir: WASM_TARGET_DIR,
};

/// For development: neither optimised nor shrunk, since both take longer than all the rest, and built in parts.
const QUICK: WasmProfile = WasmProfile {
    std: "std,panic_unwind",
    std_features: "optimize_for_size",
    rustflags: "-Cpanic=unwind",
    settings: &[
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64"),
        ("CARGO_PROFILE_RELEASE_INCREMENTAL", "true"),
    ],
    target_dir: "target/wasm-quick",
};

fn profile() -> Result<&'static WasmProfile> {
    match std::env::var("XTASK_PANIC").as_deref() {
        Err(_) | Ok("unwind") => Ok(&UNWINDING),
        Ok("abort") => Ok(&ABORTING),
        Ok(_) => Err("XTASK_PANIC is `unwind` or `abort`".into()),
    }
}

/// A crate that becomes a Worker.
struct Part {
    name: &'static str,
    folder: &'static str,
    compiled: &'static str,
    output: &'static str,
    /// The Worker's entry, if it is not the one that worker-build makes.
    entry: Option<&'static str>,
    /// The passes of wasm-opt. By name, like stands beside like, which gzip finds: 1.3 %.
    passes: &'static [&'static str],
}

const OURS: Part = Part {
    name: "the Worker",
    folder: "worker",
    compiled: "latchkey_worker.wasm",
    output: "build/worker",
    entry: Some("worker/js/entry.js"),
    passes: &["-Oz", "--one-caller-inline-max-function-size=200", "--reorder-functions-by-name"],
};

const OURS_QUICK: Part = Part { name: "the Worker, not optimised", output: "build/quick/worker", passes: &[], ..OURS };

const PEER: Part = Part {
    name: "the benches' plain Worker",
    folder: "tests/bench/peer/rust",
    compiled: "bench_peer.wasm",
    output: "build/peer/rust",
    entry: None,
    ..OURS
};

/// Builds the Worker and returns the files that are uploaded.
pub(crate) fn build(tools: &Tools) -> Result<[PathBuf; 2]> {
    OURS.build(tools, profile()?)
}

/// Builds the Worker for development, with a configuration beside the Worker that names the Worker and the static files.
pub(crate) fn build_quick(tools: &Tools) -> Result {
    OURS_QUICK.build(tools, &QUICK)?;
    let configuration = std::fs::read_to_string(paths::at("wrangler.toml"))?;
    let quick = configuration
        .replace("\"build/worker/index.js\"", "\"worker/index.js\"")
        .replace("\"build/assets\"", "\"../assets\"");
    Ok(std::fs::write(paths::at("build/quick/wrangler.toml"), quick)?)
}

pub(crate) fn build_peer(tools: &Tools) -> Result {
    PEER.build(tools, profile()?).map(drop)
}

impl Part {
    fn build(&self, tools: &Tools, profile: &WasmProfile) -> Result<[PathBuf; 2]> {
        run::step(&format!("cargo build {}", self.name), &mut self.cargo_build(tools, profile))?;
        let folder = paths::at(self.output);
        let module = folder.join("index_bg.wasm");
        let compiled = profile.modules().join(self.compiled);
        // Written last, so that an interrupted build is never taken for a finished one; says of what it is the build.
        let finished = folder.join(".finished");
        let is_of_profile = std::fs::read_to_string(&finished).is_ok_and(|flags| flags == profile.rustflags);
        let is_of_entry =
            self.entry.map_or(Ok(true), |entry| is_stale(&finished, &paths::at(entry)).map(|stale| !stale))?;
        if !is_of_profile || !is_of_entry || is_stale(&finished, &compiled)? {
            run::step(&format!("worker-build {}", self.name), &mut self.worker_build(tools, profile))?;
            if let Some(entry) = self.entry {
                run::step(&format!("esbuild {entry}"), &mut self.bundle(entry))?;
            }
            if !self.passes.is_empty() {
                optimise(&module, self.passes)?;
            }
            std::fs::write(&finished, profile.rustflags)?;
        }
        Ok([folder.join("index.js"), module])
    }

    /// The cargo call of worker-build, made here first: cargo then shows its progress and reports whether anything changed.
    fn cargo_build(&self, tools: &Tools, profile: &WasmProfile) -> std::process::Command {
        let mut cargo = tools.wasm_command("cargo", profile);
        cargo
            .args(["build", "--lib", "--release", "--target", "wasm32-unknown-unknown"])
            .env("WASM_BINDGEN_USE_JS_SYS", "1")
            .current_dir(paths::at(self.folder));
        cargo
    }

    /// The entry around what worker-build has made, in one file again.
    fn bundle(&self, entry: &str) -> std::process::Command {
        let made = paths::at(self.output).join("index.js");
        let mut esbuild = node_command("esbuild");
        esbuild
            .arg(paths::at(entry))
            .arg(format!("--alias:rust={}", made.display()))
            .arg(format!("--outfile={}", made.display()))
            .args([
                "--bundle",
                "--minify",
                "--format=esm",
                "--target=es2024",
                "--allow-overwrite",
                "--log-level=warning",
            ])
            .args(["--external:*.wasm", "--external:cloudflare:*"]);
        esbuild
    }

    /// `--no-opt`: it would keep the names section, and one pass of wasm-opt is enough.
    fn worker_build(&self, tools: &Tools, profile: &WasmProfile) -> std::process::Command {
        let mut command = tools.wasm_command(tools.worker_build(), profile);
        command
            .args(["--release", "--no-opt", "--out-dir"])
            .arg(paths::at(self.output))
            .env("WASM_BINDGEN_BIN", tools.wasm_bindgen())
            .env("ESBUILD_BIN", node_program("esbuild"))
            .current_dir(paths::at(self.folder));
        command
    }
}
