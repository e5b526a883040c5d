//! `cargo xtask release`: the optimised build as an npm package in `dist/`. cli/pack/pack.mjs puts the package together.

use crate::build;
use crate::progress::Steps;
use crate::run::{self, Result};
use crate::setup::{node_command, tools};

pub(crate) fn run() -> Result {
    let mut steps = Steps::of(build::STEPS + 2);
    steps.next("set-up");
    let tools = tools()?;
    build::all(&tools, &mut steps)?;
    steps.next("the package");
    let mut pack = node_command("node");
    pack.args(["cli/pack/pack.mjs", "dist"]).env("RUST_FOR_WASM", tools.rust_version());
    run::replace_with(&mut pack)
}
