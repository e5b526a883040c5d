//! esbuild: one script of a source and all that the source imports.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use crate::run::{self, Result};
use crate::setup::node_command;

/// A page may load the script as a module or as a plain script, whose names would be the page's own.
pub(super) const ALSO_CLASSIC: &[&str] = &["--banner:js=(()=>{", "--footer:js=})();"];

/// The script still asks for what is `external`.
pub(super) fn bundle(source: &str, bundled: &Path, external: &[&str], wrapping: &[&str]) -> Result {
    let mut esbuild = node_command("esbuild");
    esbuild
        .arg(format!("wasm-client/js/{source}"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8"])
        .args(external.iter().map(|name| format!("--external:./{name}")))
        .args(wrapping)
        .arg(format!("--outfile={}", bundled.display()));
    run::step(&format!("bundle {source}"), &mut esbuild).map(drop)
}

/// Where `source` asks for `name`, it then asks for `part` as it is now, `embed_bg.wasm?v=<content>`: a new script never
/// meets an older part of itself in a cache.
pub(super) fn point(source: &Path, name: &str, part: &Path) -> Result {
    let text = std::fs::read_to_string(source)?;
    if !text.contains(name) {
        return Err(format!("{} does not ask for {name}", source.display()).into());
    }
    let mut hasher = DefaultHasher::new();
    std::fs::read(part)?.hash(&mut hasher);
    let file = part.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let versioned = format!("{file}?v={:08x}", hasher.finish() & 0xffff_ffff);
    Ok(std::fs::write(source, text.replace(name, &versioned))?)
}
