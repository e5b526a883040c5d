//! Rules about the code that neither the compiler nor deny.toml can say: what core's own tree may contain, who opens
//! bindings, which tables have to be explained, which promises name their test, how plain a document is, who imports
//! whom, what the rooms of the workspace's object know, which words names are made of, and when a test begins to wait.

mod circles;
mod rooms;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths;
use crate::prose::Figure;
use crate::run::{self, Result};

pub(crate) type Rule = (&'static str, fn() -> Result);

pub(crate) const ALL: [Rule; 13] = [
    ("core is pure", core_is_pure),
    ("bindings are opened in app.rs", bindings_are_opened_in_app),
    ("tables are in docs/STORAGE.md", tables_are_documented),
    ("docs/SECURITY.md names tests that exist", security_names_its_tests),
    ("docs/ARCHITECTURE.md names its nouns", architecture_names_its_nouns),
    ("no module imports in a circle", circles::no_import_circles),
    ("core's domain does not import api", circles::domain_does_not_import_api),
    ("the workspace's SQL is in its store", rooms::sql_is_in_the_store),
    ("the workspace's store refuses nothing", rooms::the_store_refuses_nothing),
    ("a table of the workspace has one group", rooms::a_table_has_one_group),
    ("the workspace's mod.rs is the object alone", rooms::the_object_is_short),
    ("names are the field's words", words::names_are_the_fields),
    ("tests wait for an event before they cause it", tests_wait_before_they_act),
];

/// docs/ARCHITECTURE.md: core has no runtime, no browser, no clock, no entropy of its own. deny.toml sees the features of
/// the whole workspace; here they are those of core alone.
fn core_is_pure() -> Result {
    const FORBIDDEN: [&str; 8] =
        ["worker", "wasm-bindgen", "js-sys", "web-sys", "tokio", "async-std", "getrandom", "reqwest"];
    let mut found = cargo_tree(&["-p", "latchkey-core", "-e", "normal", "--target", "all", "-f", "{p}"])?;
    found.retain(|line| line.split(' ').next().is_some_and(|name| FORBIDDEN.contains(&name)));
    refuse(found, "latchkey-core must not depend on")
}

/// Only `worker/src/app.rs` calls `Env`'s methods; others pass it on whole. clippy cannot say this per file.
fn bindings_are_opened_in_app() -> Result {
    let mut found = Vec::new();
    for file in rust_files(&paths::at("worker/src"))? {
        if file.ends_with("app.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&file)?;
        let lines = source.lines().enumerate().filter(|(_, line)| calls_env(line));
        found.extend(lines.map(|(at, line)| format!("{}:{}: {}", file.display(), at + 1, line.trim())));
    }
    refuse(found, "bindings are opened in worker/src/app.rs alone; here as well")
}

fn calls_env(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let starts_word = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    code.match_indices("env.").any(|(at, _)| starts_word(at))
}

/// docs/STORAGE.md explains every table, index, view and column: content, lifetime and readers.
fn tables_are_documented() -> Result {
    let document = std::fs::read_to_string(paths::at("docs/STORAGE.md"))?;
    let mut found = BTreeSet::new();
    for file in rust_files(&paths::at("worker/src/objects"))? {
        let source = std::fs::read_to_string(file)?;
        found.extend(
            defined(&source).into_iter().filter(|name| !document.contains(&format!("`{name}`"))).map(str::to_owned),
        );
    }
    refuse(found, "docs/STORAGE.md does not explain")
}

/// What the SQL in a source defines, its tests apart.
fn defined(source: &str) -> BTreeSet<&str> {
    const DEFINITIONS: [&str; 7] = [
        "CREATE TABLE ",
        "CREATE VIRTUAL TABLE ",
        "CREATE INDEX ",
        "CREATE UNIQUE INDEX ",
        "CREATE VIEW ",
        "CREATE TRIGGER ",
        " ADD COLUMN ",
    ];
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let after = |definition| code.split(definition).skip(1);
    let names = DEFINITIONS.into_iter().flat_map(after).map(|rest| rest.trim_start_matches("IF NOT EXISTS "));
    names.filter_map(|rest| rest.split([' ', '(']).next()).filter(is_name).collect()
}

/// Playwright's `waitForResponse` and its kind hear what comes after the call alone. `await page.waitForResponse(…)` in
/// one step comes after the act that it waits for: a quick answer is missed, on a busy machine one time in a hundred.
fn tests_wait_before_they_act() -> Result {
    let mut found = Vec::new();
    for file in paths::files_ending("tests/browser", ".mjs") {
        let source = std::fs::read_to_string(&file)?;
        let lines = source.lines().enumerate().filter(|(_, line)| waits_too_late(line));
        found.extend(lines.map(|(at, line)| format!("{}:{}: {}", file.display(), at + 1, line.trim())));
    }
    refuse(found, "a test begins to wait for an event before the act that causes it; these are late")
}

fn waits_too_late(line: &str) -> bool {
    const WAITS: [&str; 3] = [".waitForResponse(", ".waitForRequest(", ".waitForEvent("];
    line.contains("await ") && !line.contains("Promise.all([") && WAITS.iter().any(|wait| line.contains(wait))
}

/// Each row of a table whose last column is called "test" names one, and each named test exists: under the title
/// `file: sentence` in a `*.test.mjs`, as `core module: name` in Rust, or as a check of `cargo xtask test`.
fn security_names_its_tests() -> Result {
    let document = std::fs::read_to_string(paths::at("docs/SECURITY.md"))?;
    let titles = test_titles()?;
    let mut found = Vec::new();
    for row in tested_rows(&document) {
        let named = names(row.rsplit('|').nth(1).unwrap_or_default());
        if named.is_empty() {
            found.push(format!("no test: {row}"));
        }
        found.extend(named.into_iter().filter(|name| !titles.contains(*name)).map(str::to_owned));
    }
    refuse(found, "docs/SECURITY.md names no test, or one that is not there")
}

/// Fewer than five vague pronouns in 100 words, so that a newcomer reads a sentence once (`cargo xtask prose`).
fn architecture_names_its_nouns() -> Result {
    let figure = Figure::of(&std::fs::read_to_string(paths::at("docs/ARCHITECTURE.md"))?);
    let found = (!figure.is_below(5)).then(|| figure.to_string());
    refuse(found, "docs/ARCHITECTURE.md has too many vague pronouns: say the noun again")
}

/// The rows below each heading that ends with the column "test".
fn tested_rows(document: &str) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut is_tested = false;
    for line in document.lines() {
        if !line.starts_with('|') {
            is_tested = false;
        } else if line.ends_with("| test |") {
            is_tested = true;
        } else if is_tested && !line.starts_with("|---") {
            rows.push(line);
        }
    }
    rows
}

/// What a cell has between backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn test_titles() -> Result<BTreeSet<String>> {
    let mut titles: BTreeSet<String> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    titles.insert("cargo deny".to_owned());
    for folder in ["tests/worker", "tests/browser", "tests/support"] {
        for file in paths::files_ending(folder, ".test.mjs") {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let source = std::fs::read_to_string(&file)?;
            let area = name.trim_end_matches(".test.mjs");
            titles.extend(script_titles(&source).map(|title| format!("{area}: {title}")));
        }
    }
    for file in rust_files(&paths::at("core/src"))? {
        let source = std::fs::read_to_string(&file)?;
        titles.extend(rust_titles(&source).map(|title| format!("{}: {title}", module(&file))));
    }
    Ok(titles)
}

/// The sentences of `test("…")` and `it("…")`.
fn script_titles(source: &str) -> impl Iterator<Item = &str> {
    let calls = source.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("test(\"").or_else(|| line.strip_prefix("it(\""))
    });
    calls.filter_map(|rest| rest.split_once('"').map(|(title, _)| title))
}

fn rust_titles(source: &str) -> impl Iterator<Item = &str> {
    let tests = source.split("#[test]").skip(1);
    tests.filter_map(|rest| rest.trim_start().strip_prefix("fn ")?.split('(').next())
}

/// `core/src/seal/tests.rs` and `core/src/seal.rs` are both `core seal`.
fn module(file: &Path) -> String {
    let path = file.strip_prefix(paths::at("core/src")).unwrap_or(file).with_extension("");
    let path = path.to_string_lossy();
    let module = path.trim_end_matches("/tests").trim_end_matches("/mod");
    format!("core {module}")
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    files_below(folder, &["rs"])
}

fn files_below(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path, endings)?);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)) {
            files.push(path);
        }
    }
    Ok(files)
}

fn cargo_tree(args: &[&str]) -> Result<BTreeSet<String>> {
    let mut command = Command::new("cargo");
    command.args(["tree", "--locked", "--prefix", "none"]).args(args).current_dir(paths::root());
    let tree = run::ask(&mut command).ok_or("cargo tree failed: is Cargo.lock up to date?")?;
    // A crate shown before is marked, and workspace members are parted by empty lines.
    Ok(tree.lines().filter(|line| !line.is_empty()).map(|line| line.trim_end_matches(" (*)").to_owned()).collect())
}

fn refuse(found: impl IntoIterator<Item = impl AsRef<str>>, why: &str) -> Result {
    let list: Vec<String> = found.into_iter().map(|item| item.as_ref().to_owned()).collect();
    if list.is_empty() { Ok(()) } else { Err(format!("{why}:\n  {}", list.join("\n  ")).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_defined_is_seen_in_every_form() {
        let source = r#"
            "CREATE TABLE IF NOT EXISTS one (
                id INTEGER)", "CREATE TABLE two(id)", "CREATE UNIQUE INDEX three ON two (id)",
            "CREATE INDEX IF NOT EXISTS four ON one (id)", "CREATE VIEW five AS SELECT 1",
            "ALTER TABLE two ADD COLUMN six TEXT"
            #[cfg(test)] "CREATE TABLE seven (id)""#;
        assert_eq!(defined(source), BTreeSet::from(["one", "two", "three", "four", "five", "six"]));
    }

    #[test]
    fn rows_under_a_column_of_tests_are_seen_and_others_are_not() {
        let document = "| a | b |\n|---|---|\n| 1 | 2 |\n\n| a | test |\n|---|---|\n| 1 | `x: y`, `core z: w` |\n";
        let rows = tested_rows(document);
        assert_eq!(rows, ["| 1 | `x: y`, `core z: w` |"]);
        let cell = rows.first().and_then(|row| row.rsplit('|').nth(1)).unwrap_or_default();
        assert_eq!(names(cell), ["x: y", "core z: w"]);
    }

    #[test]
    fn titles_are_read_in_both_languages() {
        let script = "test(\"one holds\", async () => {\n  it(\"two holds\", () => {";
        assert_eq!(script_titles(script).collect::<Vec<_>>(), ["one holds", "two holds"]);
        assert_eq!(rust_titles("#[test]\n    fn three_holds() {}").collect::<Vec<_>>(), ["three_holds"]);
        assert_eq!(module(&paths::at("core/src/seal/tests.rs")), "core seal");
    }

    #[test]
    fn calling_env_is_seen_and_passing_it_on_is_not() {
        assert!(calls_env("let bucket = env.bucket(\"MEDIA\")?;"));
        assert!(calls_env("self.env.kv(\"SECRETS\")"));
        assert!(!calls_env("App::open(&env)"));
        assert!(!calls_env("// env.bucket is not for here"));
        assert!(!calls_env("my_env.bucket()"));
    }
}
