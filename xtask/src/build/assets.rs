//! The static files: the embed, the composer, the dashboard, and their headers.
//!
//! An end user never meets the product's name, so the build searches every served file for the name. The dashboard's document has
//! the name, and the Worker serves the document under another title where a person lets an assistant in.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::bundle::{ALSO_CLASSIC, bundle, point};
use super::client::{COMPOSER, EMBED, Entry};
use super::{dashboard, elements, llms};
use crate::paths;
use crate::run::{self, Result};

const FOLDER: &str = "build/assets";
const HEADERS: &str = include_str!("headers.txt");
const SCRIPT: &str = "embed.js";
/// As the sources import it on demand, which is the package's, the Worker's own in its place, and as visitors download it.
const ATTEMPT: [&str; 3] = ["packed.js", "served.js", "embed_attempt.js"];
const COMPOSER_SCRIPT: &str = "composer.js";
const COMPOSER_SOURCE: &str = "served-composer.js";
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
    let [imported, served, downloaded] = ATTEMPT;
    let assets = Assets {
        script: file(SCRIPT),
        attempt: file(downloaded),
        module: file(&EMBED.module_name()),
        composer: [file(COMPOSER_SCRIPT), file(&COMPOSER.module_name())],
        dashboard: dashboard::build(&folder)?,
    };
    elements::build(&folder)?;
    let of_button = elements::OF_BUTTON;
    bundle_with_module(served, &assets.attempt, &[of_button], &EMBED, &assets.module)?;
    point(&assets.attempt, of_button, &file(of_button))?;
    bundle(SCRIPT, &assets.script, &[imported], ALSO_CLASSIC)?;
    point(&assets.script, imported, &assets.attempt)?;
    let [composer, composer_module] = &assets.composer;
    bundle_with_module(COMPOSER_SOURCE, composer, &[], &COMPOSER, composer_module)?;
    llms::write(&folder)?;
    refuse_our_name_in(&folder)?;
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

/// Two bundles, not one that is split: what both need is small, and a third file would be a third request.
fn bundle_with_module(source: &str, bundled: &Path, external: &[&str], entry: &Entry, module: &Path) -> Result {
    bundle(source, bundled, external, &[])?;
    std::fs::copy(entry.module(), module)?;
    point(bundled, &entry.module_name(), module)
}

fn refuse_our_name_in(folder: &Path) -> Result {
    for entry in std::fs::read_dir(folder)? {
        let (path, is_folder) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?.is_dir())))?;
        if is_folder {
            refuse_our_name_in(&path)?;
        } else {
            refuse_our_name(&path)?;
        }
    }
    Ok(())
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
