//! Debian packages: only tools that cannot be installed under the repository.

use std::process::Command;

use crate::progress::say;
use crate::run::{self, Result};

/// Installs packages; where the package lists are old or empty, after fetching new ones.
pub(crate) fn install(what: &str, packages: &[&str]) -> Result {
    let args = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    if run::attempt(&format!("apt-get install {}", packages.join(" ")), &mut root_command("apt-get", &args)?)? {
        return Ok(());
    }
    say("  once more with fresh package lists");
    as_root("apt-get update", "apt-get", &["update"])?;
    as_root(what, "apt-get", &args)
}

/// Runs a program as root, by sudo if we are not.
pub(crate) fn as_root(name: &str, program: &str, args: &[&str]) -> Result {
    run::step(name, &mut root_command(program, args)?).map(drop)
}

fn root_command(program: &str, args: &[&str]) -> Result<Command> {
    let is_root = run::ask(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    // `-n`: a question for a password would wait unseen behind the progress line.
    let has_sudo = || run::ask(Command::new("sudo").args(["-n", "true"])).is_some();
    let mut command = match (is_root, is_root || has_sudo()) {
        (true, _) => Command::new(program),
        (false, true) => {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "--preserve-env=DEBIAN_FRONTEND", program]);
            sudo
        }
        (false, false) => return Err(format!("this needs root; run: sudo {program} {}", args.join(" ")).into()),
    };
    command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
