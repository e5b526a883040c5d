//! The browser crate, a module for each of its features: below `wasm-client/pkg`, where `wasm-client/js` imports both.
//!
//! End users wait for these bytes, so std is rebuilt for size, and a panic aborts on the spot, without a message.

use std::path::PathBuf;

use super::{is_stale, optimise};
use crate::paths;
use crate::run::{self, Result};
use crate::setup::{Tools, WASM_TARGET, WASM_TARGET_DIR, WasmProfile, node_command};

/// The scripts of `wasm-client/js` say where the module is: bundlers would look for an address in what wasm-bindgen writes.
const BINDGEN: [&str; 3] = ["--target", "web", "--omit-default-module-path"];
/// What a finished folder holds: another text after a change of these steps, so that old folders are made anew.
const FINISHED: &str = "wasm-bindgen without a default path, wasm-opt that inlines little, a packed script";

/// wasm-opt moves a function that is called once into its caller, whatever the size: fewer bytes, but gzip finds less in the
/// large function that comes about (7 % of the composer).
const PASSES: &[&str] = &["-Oz", "--one-caller-inline-max-function-size=20"];

const PROFILE: WasmProfile = WasmProfile {
    std: "std,panic_abort",
    std_features: "optimize_for_size",
    // Without locations no file name of ours is in the module; sha2's compact code is fast enough for one short hash.
    rustflags: "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none --cfg sha2_backend_soft=\"compact\"",
    settings: &[],
    target_dir: WASM_TARGET_DIR,
};

/// One module: `<name>.js` and `<name>_bg.wasm`. End users fetch the second file, so the file has no product name.
pub(crate) struct Entry {
    feature: &'static str,
    folder: &'static str,
    name: &'static str,
    /// Cargo gives a crate's module the same name for all features, so each module has a folder of its own.
    target_dir: Option<&'static str>,
}

/// Connecting: what visitors of a customer's page download.
pub(crate) const EMBED: Entry =
    Entry { feature: "connect", folder: "wasm-client/pkg/wasm", name: "embed", target_dir: None };
/// Composing: for dashboards and sites.
pub(crate) const COMPOSER: Entry =
    Entry { feature: "composer", folder: "wasm-client/pkg/composer", name: "composer", target_dir: Some("composer") };

impl Entry {
    pub(crate) fn module_name(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    pub(crate) fn module(&self) -> PathBuf {
        paths::at(self.folder).join(self.module_name())
    }

    fn target_dir(&self) -> PathBuf {
        let folder = paths::at(PROFILE.target_dir);
        self.target_dir.map_or(folder.clone(), |name| folder.join(name))
    }

    pub(crate) fn build(&self, tools: &Tools) -> Result {
        run::step(&format!("cargo build the browser crate: {}", self.feature), &mut self.cargo_build(tools))?;
        let compiled = self.target_dir().join(WASM_TARGET).join("release/latchkey_client.wasm");
        let finished = paths::at(self.folder).join(".finished");
        if is_stale(&finished, &compiled)? || std::fs::read_to_string(&finished)? != FINISHED {
            let mut bindgen = std::process::Command::new(tools.wasm_bindgen());
            bindgen.arg(&compiled).args(BINDGEN).args(["--out-name", self.name, "--out-dir"]);
            run::step("wasm-bindgen", bindgen.arg(paths::at(self.folder)))?;
            optimise(&self.module(), PASSES)?;
            self.pack()?;
            std::fs::write(&finished, FINISHED)?;
        }
        Ok(())
    }

    /// The module in a script, for the npm package.
    fn pack(&self) -> Result {
        let mut node = node_command("node");
        let script = paths::at(self.folder).join(format!("{}_packed.js", self.name));
        node.arg("wasm-client/pack-module.mjs").arg(self.module()).arg(script);
        run::step("pack the module", &mut node).map(drop)
    }

    fn cargo_build(&self, tools: &Tools) -> std::process::Command {
        let mut cargo = tools.wasm_command("cargo", &PROFILE);
        cargo
            .args(["build", "--lib", "--release", "--target", WASM_TARGET])
            .args(["--no-default-features", "--features", self.feature])
            .env("CARGO_TARGET_DIR", self.target_dir())
            .current_dir(paths::at("wasm-client"));
        cargo
    }
}
