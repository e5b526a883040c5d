//! `cargo xtask deploy`: wrangler uploads the build; its options pass through, `--dry-run` among them.

use crate::build;
use crate::progress::Steps;
use crate::run::{self, Result};
use crate::setup::{node_command, tools};

pub(crate) fn run(options: &[String]) -> Result {
    let mut steps = Steps::of(build::STEPS + 2);
    steps.next("set-up");
    build::all(&tools()?, &mut steps)?;
    steps.next("the upload");
    run::replace_with(node_command("wrangler").arg("deploy").args(options))
}
