//! The static files: the embed, the dashboard, and the headers that they are served with.
//!
//! An end user never meets the product's name, so the embed is searched for it after bundling.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use super::client;
use crate::paths;
use crate::run::{self, Result};
use crate::setup::node_command;

const FOLDER: &str = "build/assets";
const HEADERS: &str = include_str!("headers.txt");
const DASHBOARD: &str = "worker/dashboard";

/// Assembles the folder anew and returns the files that a visitor of a customer's page downloads.
pub(crate) fn build() -> Result<[PathBuf; 2]> {
    let folder = paths::at(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let embed = [folder.join("embed.js"), folder.join(client::MODULE)];
    let [script, module] = &embed;
    std::fs::copy(paths::at(client::OUT_DIR).join(client::MODULE), module)?;
    bundle(script)?;
    point_to_module(script, module)?;
    embed.iter().try_for_each(|file| refuse_our_name(file))?;
    copy_dashboard(&folder)?;
    Ok(embed)
}

fn bundle(script: &Path) -> Result {
    let mut esbuild = node_command("esbuild");
    esbuild
        .args(["wasm-client/js/embed.js", "--bundle", "--minify", "--format=esm", "--target=es2022"])
        .arg(format!("--outfile={}", script.display()));
    run::step("bundle embed.js", &mut esbuild).map(drop)
}

/// The generated script asks for `embed_bg.wasm`. Here it asks for `embed_bg.wasm?v=<content>`: a new script then never
/// meets an older module in a cache.
fn point_to_module(script: &Path, module: &Path) -> Result {
    let source = std::fs::read_to_string(script)?;
    if !source.contains(client::MODULE) {
        return Err(format!("the bundled embed.js does not ask for {}", client::MODULE).into());
    }
    let mut hasher = DefaultHasher::new();
    std::fs::read(module)?.hash(&mut hasher);
    let name = format!("{}?v={:016x}", client::MODULE, hasher.finish());
    Ok(std::fs::write(script, source.replace(client::MODULE, &name))?)
}

fn refuse_our_name(file: &Path) -> Result {
    let bytes = std::fs::read(file)?.to_ascii_lowercase();
    let name = b"latchkey";
    let Some(at) = bytes.windows(name.len()).position(|window| window == name) else {
        return Ok(());
    };
    let context = bytes.get(at.saturating_sub(40)..(at + 40).min(bytes.len())).unwrap_or_default();
    Err(format!("{} shows end users our name: …{}…", file.display(), String::from_utf8_lossy(context)).into())
}

/// The dashboard's own `_headers`, if it has some, follow ours in the one file that Cloudflare reads.
fn copy_dashboard(folder: &Path) -> Result {
    let source = paths::at(DASHBOARD);
    let own = std::fs::read_to_string(source.join("_headers")).unwrap_or_default();
    if source.exists() {
        copy_folder(&source, folder)?;
    }
    Ok(std::fs::write(folder.join("_headers"), format!("{HEADERS}{own}"))?)
}

fn copy_folder(from: &Path, to: &Path) -> Result {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
