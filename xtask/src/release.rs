//! `cargo xtask release`: the optimised build as an npm package in `dist/`, the package of the elements, and the two clients.
//! cli/pack/pack.mjs puts the packages together; the types of a client come from one of the generators.

use crate::build;
use crate::progress::Steps;
use crate::run::{self, Result};
use crate::setup::{generators, node_command, tools};

pub(crate) fn run() -> Result {
    let mut steps = Steps::of(build::STEPS + 2);
    steps.next("set-up");
    let tools = tools()?;
    build::all(&tools, &mut steps)?;
    steps.next("the packages");
    generators()?;
    let mut pack = node_command("node");
    pack.args(["cli/pack/pack.mjs", "dist", "--clients"]).env("RUST_FOR_WASM", tools.rust_version());
    run::replace_with(&mut pack)
}
