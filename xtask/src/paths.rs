//! The places of files. Everything made by set-up is under the repository: `target/`, `build/`, `node_modules/`.

use std::path::{Path, PathBuf};

use crate::run::Result;

/// The repository: the folder above this crate, wherever the command was called from.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// A path inside the repository.
pub(crate) fn at(path: impl AsRef<Path>) -> PathBuf {
    root().join(path)
}

/// A program of a package in package.json, or Node 22 itself.
pub(crate) fn node_program(name: &str) -> PathBuf {
    at("node_modules/.bin").join(name)
}

/// A program built by `cargo install`. The version is in the path, so that a new version never meets an old one.
pub(crate) fn cargo_tool(package: &str, version: &str) -> PathBuf {
    at("target/tools").join(format!("{package}-{version}"))
}

/// The version of a crate in Cargo.lock: the only place where it is written down.
pub(crate) fn locked_version(name: &str) -> Result<String> {
    let lock = std::fs::read_to_string(at("Cargo.lock"))?;
    version_in(&lock, name).ok_or_else(|| format!("Cargo.lock has no package `{name}`").into())
}

fn version_in(lock: &str, name: &str) -> Option<String> {
    let (_, entry) = lock.split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
    entry.split_once('"').map(|(version, _)| version.to_owned())
}

/// Node files below a folder whose names end in `suffix`, sorted; none if the folder is not there.
pub(crate) fn files_ending(folder: &str, suffix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(at(folder)) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.to_string_lossy().ends_with(suffix));
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"worker-macros\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"worker\"\nversion = \"2.0.0\"\n";
        assert_eq!(version_in(lock, "worker").as_deref(), Some("2.0.0"));
        assert_eq!(version_in(lock, "work"), None);
    }
}
