//! The packages of package.json, Node 22 among them, by `npm ci`: exactly the content of package-lock.json.

use std::ffi::OsString;
use std::process::Command;

use crate::paths;
use crate::run::{self, Result};

/// Installs the packages unless `node_modules` was made from this very lock file.
pub(crate) fn packages() -> Result {
    if is_present()? {
        return Ok(());
    }
    // The engines warning is about the Node that runs npm; what we run uses the Node among the packages.
    run::step("npm ci", Command::new("npm").args(["ci", "--loglevel=error"]).current_dir(paths::root()))?;
    std::fs::copy(paths::at("package-lock.json"), stamp())?;
    Ok(())
}

pub(crate) fn is_present() -> Result<bool> {
    let installed = std::fs::read(stamp()).unwrap_or_default();
    Ok(installed == std::fs::read(paths::at("package-lock.json"))?)
}

/// A copy of the lock file of the installed `node_modules`; npm removes the copy when npm starts over.
fn stamp() -> std::path::PathBuf {
    paths::at("node_modules/.installed-lock.json")
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
