//! A Chromium for the browser tests.

use std::path::PathBuf;

use super::apt;
use crate::progress::say;
use crate::run::Result;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The browser in `CHROMIUM`, else one on PATH, else Debian's by apt.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        return Ok(chosen.into());
    }
    if let Some(found) = on_path() {
        return Ok(found);
    }
    say("  no Chromium on PATH: Debian's, by apt (CHROMIUM=<path> names another)");
    apt::install("chromium", &["chromium"])?;
    on_path().ok_or_else(|| "apt installed chromium, but it is not on PATH".into())
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|program| program.is_file())
}
