//! The packages of package.json, Node 22 among them, by `npm ci`: exactly the content of package-lock.json.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::paths;
use crate::run::{self, Result};

const LOCK: &str = "package-lock.json";
/// A copy of the lock file of the installed `node_modules`; npm removes the copy when npm starts over.
const STAMP: &str = "node_modules/.installed-lock.json";

/// Installs the packages of the repository.
pub(crate) fn packages() -> Result {
    install("npm ci", paths::root())
}

/// Packages that only some tests need, in a folder with a lock file of its own.
pub(crate) fn packages_of(what: &str, folder: &str) -> Result {
    install(&format!("npm ci, of the {what}"), &paths::at(folder))
}

pub(crate) fn is_present() -> Result<bool> {
    is_installed(paths::root())
}

/// Installs the packages unless `node_modules` was made from this very lock file.
fn install(name: &str, folder: &Path) -> Result {
    if is_installed(folder)? {
        return Ok(());
    }
    // The engines warning is about the Node that runs npm; what we run uses the Node among the packages.
    run::step(name, Command::new("npm").args(["ci", "--loglevel=error"]).current_dir(folder))?;
    std::fs::copy(folder.join(LOCK), folder.join(STAMP))?;
    Ok(())
}

fn is_installed(folder: &Path) -> Result<bool> {
    let installed = std::fs::read(folder.join(STAMP)).unwrap_or_default();
    Ok(installed == std::fs::read(folder.join(LOCK))?)
}

/// PATH with the packages' programs in front.
pub(crate) fn path() -> OsString {
    let mut path = paths::at("node_modules/.bin").into_os_string();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    path
}
