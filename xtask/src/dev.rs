//! `cargo xtask dev`: everything on this machine, from the build to a demo page.

use crate::build;
use crate::run::{self, Result};
use crate::setup::{node_command, tools};

/// tests/support/dev.mjs starts, wires and ends the servers.
pub(crate) fn run(options: &[String]) -> Result {
    build::quick(&tools()?)?;
    run::replace_with(node_command("node").arg("tests/support/dev.mjs").args(options))
}
