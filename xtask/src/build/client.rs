//! The browser crate: `wasm-client/pkg/wasm/`, which the sources in `wasm-client/js` import.
//!
//! End users wait for these bytes, so std is rebuilt for size and a panic aborts on the spot, without its message.

use super::{is_stale, optimise};
use crate::paths;
use crate::run::{self, Result};
use crate::setup::{Tools, WasmProfile, wasm_modules};

const PROFILE: WasmProfile = WasmProfile {
    std: "std,panic_abort",
    std_features: "optimize_for_size",
    // Without locations no file name of ours is in the module; sha2's compact code is fast enough for one short hash.
    rustflags: "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none --cfg sha2_backend_soft=\"compact\"",
    opt_level: "z",
};

pub(crate) const OUT_DIR: &str = "wasm-client/pkg/wasm";
/// The generated files are `embed.js` and `embed_bg.wasm`: end users fetch the second one, so it has no product name.
pub(crate) const OUT_NAME: &str = "embed";
pub(crate) const MODULE: &str = "embed_bg.wasm";

pub(crate) fn build(tools: &Tools) -> Result {
    run::step("cargo build the browser crate", &mut cargo_build(tools))?;
    let compiled = wasm_modules().join("latchkey_client.wasm");
    let finished = paths::at(OUT_DIR).join(".finished");
    if is_stale(&finished, &compiled)? {
        let mut bindgen = std::process::Command::new(tools.wasm_bindgen());
        bindgen.arg(&compiled).args(["--target", "web", "--out-name", OUT_NAME, "--out-dir"]).arg(paths::at(OUT_DIR));
        run::step("wasm-bindgen", &mut bindgen)?;
        optimise(&paths::at(OUT_DIR).join(MODULE), &["-Oz"])?;
        std::fs::write(&finished, "")?;
    }
    Ok(())
}

fn cargo_build(tools: &Tools) -> std::process::Command {
    let mut cargo = tools.wasm_command("cargo", &PROFILE);
    cargo
        .args(["build", "--lib", "--release", "--target", "wasm32-unknown-unknown"])
        .current_dir(paths::at("wasm-client"));
    cargo
}
