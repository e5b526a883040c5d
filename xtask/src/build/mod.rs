//! The build. The two parts of the upload are `build/worker` (the module) and `build/assets` (static files).
//!
//! Cargo decides which part is stale. The later steps (bindings, optimising, bundling) run only for a new module.

mod assets;
mod bundle;
mod client;
mod dashboard;
mod elements;
mod llms;
mod worker;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::progress::{Steps, say};
use crate::run::{self, Result};
use crate::setup::{Tools, node_command};

pub(crate) use worker::build_peer as bench_peer;

/// How many steps each kind of build announces.
pub(crate) const STEPS: usize = 3;

/// Not the goal of docs/BUILD.md, but what the upload has grown to: it grows no further unnoticed. Cloudflare takes 3 MB.
const UPLOAD_BUDGET: u64 = 1_330_000;

/// The composer's module. A writer's page waits for these bytes before the text is counted.
const COMPOSER_BUDGET: u64 = 75_000;

pub(crate) fn all(tools: &Tools, steps: &mut Steps) -> Result {
    steps.next("the Worker");
    let module = worker::build(tools)?;
    let assets = build_assets(tools, steps)?;
    keep_budget("Worker's upload", &module, UPLOAD_BUDGET)?;
    say(&format!(
        "  widget: {} before the click; when idle {}, wasm {}",
        sizes(&[assets.script])?,
        sizes(&[assets.attempt])?,
        sizes(&[assets.module])?
    ));
    say(&format!("  dashboard: {} at first", sizes(&assets.dashboard)?));
    Ok(())
}

/// For development: the Worker in `build/quick`, and the same static files.
pub(crate) fn quick(tools: &Tools, steps: &mut Steps) -> Result {
    steps.next("the Worker, not optimised");
    worker::build_quick(tools)?;
    build_assets(tools, steps).map(drop)
}

fn build_assets(tools: &Tools, steps: &mut Steps) -> Result<assets::Assets> {
    steps.next("the modules for browsers");
    client::EMBED.build(tools)?;
    client::COMPOSER.build(tools)?;
    steps.next("the static files");
    let assets = assets::build()?;
    let [_, composer] = &assets.composer;
    keep_budget("composer's module", &[composer], COMPOSER_BUDGET)?;
    Ok(assets)
}

/// Shrinks a module in place. The features are those that rustc emits and workerd and browsers have; `--all-features`
/// would let wasm-opt use newer ones. The names section goes: 25 KB gzip of the Worker, and names are not for readers.
fn optimise(module: &Path, passes: &[&str]) -> Result {
    const FEATURES: [&str; 7] = [
        "--enable-mutable-globals",
        "--enable-sign-ext",
        "--enable-nontrapping-float-to-int",
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-reference-types",
        "--enable-exception-handling",
    ];
    let smaller = module.with_extension("opt");
    let mut wasm_opt = node_command("wasm-opt");
    wasm_opt
        .arg(module)
        .arg("-o")
        .arg(&smaller)
        .args(passes)
        .args(["--strip-debug", "--strip-producers"])
        .args(FEATURES);
    run::step("wasm-opt", &mut wasm_opt)?;
    Ok(std::fs::rename(smaller, module)?)
}

/// Whether `made` has to be made again from `source`.
fn is_stale(made: &Path, source: &Path) -> Result<bool> {
    let modified = |path: &Path| -> std::io::Result<SystemTime> { path.metadata()?.modified() };
    let Ok(made) = modified(made) else { return Ok(true) };
    Ok(made < modified(source)?)
}

fn sizes(files: &[impl AsRef<Path>]) -> Result<String> {
    let (mut plain, mut packed) = (0, 0);
    for file in files {
        plain += file.as_ref().metadata()?.len();
        packed += gzip_size(file.as_ref())?;
    }
    Ok(format!("{:.1} KB, gzip {:.1} KB", kilobytes(plain), kilobytes(packed)))
}

/// Says how large the files are, and fails if they are larger than they may be together, in bytes of gzip.
fn keep_budget(name: &str, files: &[impl AsRef<Path>], budget: u64) -> Result {
    let packed = files.iter().map(|file| gzip_size(file.as_ref())).sum::<Result<u64>>()?;
    say(&format!("  {name}: {}", sizes(files)?));
    if packed > budget {
        return Err(format!("{name}: {packed} bytes of gzip, of {budget}").into());
    }
    Ok(())
}

fn gzip_size(file: &Path) -> Result<u64> {
    let packed = Command::new("gzip").args(["-9", "-c"]).arg(file).stdin(Stdio::null()).output()?;
    Ok(packed.stdout.len().try_into()?)
}

#[expect(clippy::cast_precision_loss, reason = "a size to read, of files below 2^52 bytes")]
fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
