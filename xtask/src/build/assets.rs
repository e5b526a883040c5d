//! The static files: the embed, the composer, the dashboard, and their headers.
//!
//! An end user never meets the product's name, so the build searches the bundled embed for the name.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::client::{COMPOSER, EMBED, Entry};
use super::dashboard;
use crate::paths;
use crate::run::{self, Result};
use crate::setup::node_command;

const FOLDER: &str = "build/assets";
const HEADERS: &str = include_str!("headers.txt");
const SCRIPT: &str = "embed.js";
/// As the sources import it on demand, and as visitors download it.
const ATTEMPT: [&str; 2] = ["attempt.js", "embed_attempt.js"];
/// A page may load the script as a module or as a plain script, whose names would be the page's own.
const ALSO_CLASSIC: &[&str] = &["--banner:js=(()=>{", "--footer:js=})();"];
const COMPOSER_SCRIPT: &str = "composer.js";
const DESCRIPTION: &str = "openapi.json";
/// For the tests that try every call.
const ROUTES: &str = "routes.json";
/// For the dashboard (`src/lists.js` there).
const LISTS: &str = "lists.json";
/// For clients of agents, by way of the Worker.
const TOOLS: &str = "agents/tools.json";
/// For the release (`cli/package.mjs`).
const RELEASE: &str = "release.json";

/// What browsers download: a visitor of a customer's page, and the operator.
pub(super) struct Assets {
    /// All that is needed to see the button.
    pub(crate) script: PathBuf,
    /// Fetched when the page is idle: what follows a click, and the module.
    pub(crate) attempt: PathBuf,
    pub(crate) module: PathBuf,
    /// For pages on which posts are written.
    pub(crate) composer: [PathBuf; 2],
    /// What the operator's browser loads for the first page.
    pub(crate) dashboard: Vec<PathBuf>,
}

/// Assembles the folder anew.
pub(crate) fn build() -> Result<Assets> {
    let folder = paths::at(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let file = |name: &str| folder.join(name);
    std::fs::create_dir_all(folder.join("agents"))?;
    let beside = |name: &str| folder.with_file_name(name);
    describe(&file(DESCRIPTION), [beside(ROUTES), beside(LISTS), file(TOOLS), beside(RELEASE)])?;
    let [imported, downloaded] = ATTEMPT;
    let assets = Assets {
        script: file(SCRIPT),
        attempt: file(downloaded),
        module: file(&EMBED.module_name()),
        composer: [file(COMPOSER_SCRIPT), file(&COMPOSER.module_name())],
        dashboard: dashboard::build(&folder)?,
    };
    bundle_with_module(imported, &assets.attempt, &EMBED, &assets.module)?;
    bundle(SCRIPT, &assets.script, ALSO_CLASSIC)?;
    point(&assets.script, imported, &assets.attempt)?;
    let [composer, composer_module] = &assets.composer;
    bundle_with_module(COMPOSER_SCRIPT, composer, &COMPOSER, composer_module)?;
    let mut shown = vec![&assets.script, &assets.attempt, &assets.module];
    shown.extend(&assets.composer);
    shown.into_iter().try_for_each(|file| refuse_our_name(file))?;
    std::fs::write(folder.join("_headers"), HEADERS)?;
    Ok(assets)
}

/// The description of the HTTP API and the tools for agents, made by core of its own types, and beside the served files
/// core's tables.
fn describe(description: &Path, tables: [PathBuf; 4]) -> Result {
    let mut cargo = Command::new("cargo");
    cargo
        // Not `-p latchkey-core`: alone it has other features, and most of its dependencies would be compiled once more.
        .args(["run", "--locked", "--bin", "openapi", "--"])
        .arg(description)
        .args(tables)
        .current_dir(paths::root());
    run::step("describe the API", &mut cargo).map(drop)
}

fn bundle_with_module(source: &str, bundled: &Path, entry: &Entry, module: &Path) -> Result {
    bundle(source, bundled, &[])?;
    std::fs::copy(entry.module(), module)?;
    point(bundled, &entry.module_name(), module)
}

/// Two bundles, not one that is split: what both need is small, and a third file would be a third request.
fn bundle(source: &str, bundled: &Path, wrapping: &[&str]) -> Result {
    let mut esbuild = node_command("esbuild");
    esbuild
        .arg(format!("wasm-client/js/{source}"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8"])
        .arg(format!("--external:./{}", ATTEMPT[0]))
        .args(wrapping)
        .arg(format!("--outfile={}", bundled.display()));
    run::step(&format!("bundle {source}"), &mut esbuild).map(drop)
}

/// Where `source` asks for `name`, it then asks for `part` as it is now, `embed_bg.wasm?v=<content>`: a new script never
/// meets an older part of itself in a cache.
fn point(source: &Path, name: &str, part: &Path) -> Result {
    let text = std::fs::read_to_string(source)?;
    if !text.contains(name) {
        return Err(format!("{} does not ask for {name}", source.display()).into());
    }
    let mut hasher = DefaultHasher::new();
    std::fs::read(part)?.hash(&mut hasher);
    let file = part.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let versioned = format!("{file}?v={:016x}", hasher.finish());
    Ok(std::fs::write(source, text.replace(name, &versioned))?)
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
