//! The dashboard, from `worker/dashboard`: `dashboard/static/` holds scripts and styles by the hash of their content.
//! `dashboard/page` is the document that asks for both; the Worker serves the document at `/` with its policy.

use std::path::{Path, PathBuf};

use crate::paths;
use crate::run::{self, Result};
use crate::setup::node_command;

const SOURCE: &str = "worker/dashboard";
const FILES: &str = "dashboard/static";
/// What the document asks for, by the name in its source and the way esbuild calls the result.
const ENTRIES: [(&str, &str, &str); 2] = [("src/main.jsx", "main-", ".js"), ("style/main.css", "main-", ".css")];

/// Answers the files that the first page cannot do without.
pub(crate) fn build(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = folder.join(FILES);
    bundle(&files)?;
    let mut page = std::fs::read_to_string(paths::at(SOURCE).join("page.html"))?;
    let mut entries = Vec::new();
    for (source, prefix, suffix) in ENTRIES {
        let name = only_file(&files, prefix, suffix)?;
        if !page.contains(source) {
            return Err(format!("{SOURCE}/page.html does not ask for {source}").into());
        }
        page = page.replace(source, &format!("/{FILES}/{name}"));
        entries.push(files.join(name));
    }
    std::fs::write(folder.join("dashboard/page.html"), page)?;
    Ok(entries)
}

/// Pages are chunks of their own, loaded on the first visit. The button is the same button that every site loads.
fn bundle(files: &Path) -> Result {
    let mut esbuild = node_command("esbuild");
    esbuild
        .args(ENTRIES.map(|(source, ..)| format!("{SOURCE}/{source}")))
        .args(["--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022", "--charset=utf8"])
        .args(["--jsx=automatic", "--jsx-import-source=preact", "--external:/embed.js", "--external:/composer.js"])
        .args(["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]"])
        .arg(format!("--outdir={}", files.display()));
    run::step("bundle the dashboard", &mut esbuild).map(drop)
}

fn only_file(folder: &Path, prefix: &str, suffix: &str) -> Result<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(prefix) && name.ends_with(suffix) {
            found.push(name);
        }
    }
    match found.as_slice() {
        [name] => Ok(name.clone()),
        _ => Err(format!("expected one {prefix}*{suffix}, found {found:?}").into()),
    }
}
