//! No module imports, directly or through others, a module that imports it. A module and the modules inside are one
//! room: an import from a parent or of a child does not count, except at the crate's root.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{files_below, refuse, rust_files};
use crate::paths;
use crate::run::Result;

/// Of each module, what it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

const CRATES: [&str; 4] = ["core/src", "worker/src", "wasm-client/src", "xtask/src"];
const SCRIPTS: [&str; 2] = ["worker/dashboard/src", "wasm-client/js"];

pub(super) fn no_import_circles() -> Result {
    let mut found = Vec::new();
    for folder in CRATES {
        found
            .extend(in_circles(&rust_imports(&paths::at(folder))?).into_iter().map(|name| format!("{folder}: {name}")));
    }
    for folder in SCRIPTS {
        found.extend(
            in_circles(&script_imports(&paths::at(folder))?).into_iter().map(|name| format!("{folder}: {name}")),
        );
    }
    refuse(found, "modules import each other in a circle")
}

/// The domain does not know the wire: `core/src/api` is built upon it.
pub(super) fn domain_does_not_import_api() -> Result {
    let is_api = |name: &str| name == "api" || name.starts_with("api::");
    let imports = rust_imports(&paths::at("core/src"))?;
    let domain = imports.into_iter().filter(|(module, _)| !is_api(module) && !module.starts_with("bin"));
    let found = domain.filter(|(_, imported)| imported.iter().any(|name| is_api(name))).map(|(module, _)| module);
    refuse(found, "modules of core's domain import api")
}

/// Each module from which its imports lead back to it, with what it imports of the circle.
fn in_circles(imports: &Imports) -> Vec<String> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        imports.keys().map(|module| (module, reachable(imports, module))).collect();
    let leads = |from: &String, to: &String| reached.get(from).is_some_and(|names| names.contains(to));
    let circled = imports.iter().filter(|(module, _)| leads(module, module));
    circled
        .map(|(module, imported)| {
            let back: Vec<&str> = imported.iter().filter(|name| leads(name, module)).map(String::as_str).collect();
            format!("{module} -> {}", back.join(", "))
        })
        .collect()
}

fn reachable<'a>(imports: &'a Imports, from: &str) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(name) = open.pop() {
        for next in imports.get(name).into_iter().flatten() {
            if reached.insert(next) {
                open.push(next);
            }
        }
    }
    reached
}

fn rust_imports(folder: &Path) -> Result<Imports> {
    let mut sources = BTreeMap::new();
    for file in rust_files(folder)? {
        let path = file.strip_prefix(folder)?.with_extension("");
        let mut parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let is_program = parts.first().is_some_and(|first| first == "bin");
        if is_program || parts.last().is_some_and(|last| last == "tests") {
            continue;
        }
        parts.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
        sources.insert(parts.join("::"), std::fs::read_to_string(file)?);
    }
    let names: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
    Ok(sources.iter().map(|(module, source)| (module.clone(), imported(module, source, &names))).collect())
}

/// The modules that a source names.
fn imported(module: &str, source: &str, names: &BTreeSet<&str>) -> BTreeSet<String> {
    let code = code_of(source);
    let paths = code.split(';').flat_map(|statement| match statement.split_once("use ") {
        Some((before, tree)) if is_end_of_word(before) => inline(before).chain(paths_of(tree)).collect::<Vec<_>>(),
        _ => inline(statement).collect(),
    });
    let found = paths.filter_map(|path| resolved(module, &path, names));
    found.filter(|name| name != module && (name.is_empty() || !is_one_room(module, name))).collect()
}

/// Without comments, texts and tests.
pub(super) fn code_of(source: &str) -> String {
    let tests =
        ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub mod "].into_iter().filter_map(|start| source.find(start)).min();
    let code = tests.map_or(source, |at| &source[..at]);
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join("\n").replace("\\\"", "");
    text.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

fn inline(code: &str) -> impl Iterator<Item = String> {
    let words = code.split(|c: char| !(c.is_alphanumeric() || "_:".contains(c)));
    words.map(|word| word.trim_end_matches(':').to_owned())
}

fn is_end_of_word(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// `a::{b, c::{d}}` as `a::b` and `a::c::d`.
fn paths_of(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, inner)) = tree.split_once('{') else { return vec![tree.replace(char::is_whitespace, "")] };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in inner.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if c != ',' || depth > 0 => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths_of(part)).map(|part| format!("{}{part}", before.trim())).collect()
}

/// The module that holds what a path names, if the path is one of this crate.
fn resolved(module: &str, path: &str, names: &BTreeSet<&str>) -> Option<String> {
    let mut segments = path.split("::").peekable();
    let mut full: Vec<&str> = module.split("::").filter(|part| !part.is_empty()).collect();
    match segments.next()? {
        "crate" => full.clear(),
        "self" => {}
        "super" => {
            full.pop();
            while segments.next_if_eq(&"super").is_some() {
                full.pop();
            }
        }
        _ => return None,
    }
    segments.peek()?;
    full.extend(segments);
    while !full.is_empty() && !names.contains(full.join("::").as_str()) {
        full.pop();
    }
    Some(full.join("::"))
}

fn is_one_room(one: &str, other: &str) -> bool {
    let starts = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with("::"));
    starts(one, other) || starts(other, one)
}

fn script_imports(folder: &Path) -> Result<Imports> {
    let mut imports = Imports::new();
    for file in files_below(folder, &["js", "jsx", "mjs"])? {
        let beside = file.parent().unwrap_or(folder);
        let source = std::fs::read_to_string(&file)?;
        let targets = script_targets(&source).map(|target| name_of(folder, &beside.join(target)));
        imports.insert(name_of(folder, &file), targets.collect());
    }
    Ok(imports)
}

/// What `import … from "./x.js"` and `import("./x.js")` name.
fn script_targets(source: &str) -> impl Iterator<Item = &str> {
    let after = ["from \"", "import \"", "import(\""].into_iter().flat_map(|start| source.split(start).skip(1));
    after.filter_map(|rest| rest.split('"').next()).filter(|target| target.starts_with('.'))
}

fn name_of(folder: &Path, path: &Path) -> String {
    let mut parts: Vec<&std::ffi::OsStr> = Vec::new();
    for part in path.strip_prefix(folder).unwrap_or(path) {
        match part.to_str() {
            Some(".") => {}
            Some("..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports_of(sources: &[(&str, &str)]) -> Imports {
        let names: BTreeSet<&str> = sources.iter().map(|(name, _)| *name).collect();
        sources.iter().map(|(name, source)| ((*name).to_owned(), imported(name, source, &names))).collect()
    }

    #[test]
    fn a_circle_is_seen_however_it_is_written() {
        let imports = imports_of(&[
            ("a", "use crate::b::B;"),
            ("b", "fn f() { crate::c::g::<u8>(super::d::h()); }"),
            ("c", "use super::{d::D, e::{E, F}};"),
            ("d", ""),
            ("e", "pub use crate::a::{self, A};"),
        ]);
        assert_eq!(in_circles(&imports), ["a -> b", "b -> c", "c -> e", "e -> a"]);
    }

    #[test]
    fn parents_children_comments_texts_and_tests_make_no_circle() {
        let imports = imports_of(&[
            (
                "a",
                "mod b;\nuse self::b::B;\n// use crate::c::C;\nconst T: &str = \"crate::c::C\";\n#[cfg(test)]\nmod tests { use crate::c::C; }",
            ),
            ("a::b", "use super::A;"),
            ("c", "use crate::a::A;"),
        ]);
        assert_eq!(in_circles(&imports), Vec::<String>::new());
    }

    #[test]
    fn the_root_and_what_imports_from_it_make_a_circle() {
        let imports = imports_of(&[("", "use crate::a::A;"), ("a", "use crate::Shape;")]);
        assert_eq!(in_circles(&imports), [" -> a", "a -> "]);
    }

    #[test]
    fn imports_of_scripts_are_seen_when_they_are_needed_later_too() {
        let source = "import { a } from \"./a.js\";\nimport \"../b.js\";\nconst load = () => import(\"./c.jsx\");\nimport x from \"preact\";";
        assert_eq!(script_targets(source).collect::<BTreeSet<_>>(), BTreeSet::from(["./a.js", "../b.js", "./c.jsx"]));
        assert_eq!(name_of(Path::new("/r"), Path::new("/r/pages/../b.js")), "b.js");
    }
}
