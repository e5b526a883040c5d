//! `cargo xtask deploy`: wrangler uploads the build; its options pass through, `--dry-run` among them.

use crate::build;
use crate::run::{self, Result};
use crate::setup::{node_command, tools};

pub(crate) fn run(options: &[String]) -> Result {
    build::all(&tools()?)?;
    run::replace_with(node_command("wrangler").arg("deploy").args(options))
}
