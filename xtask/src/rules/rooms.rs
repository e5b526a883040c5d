//! The rooms of the workspace's object (docs/ARCHITECTURE.md): SQL is in `store/` alone, each table in one file or folder
//! there, `store/` refuses nothing, and `mod.rs` is the object and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::circles::code_of;
use super::{defined, refuse, rust_files};
use crate::paths;
use crate::run::Result;

const OBJECT: &str = "worker/src/objects/workspace";
const MOST_LINES: usize = 150;
/// Lists of all tables: the versions of the schema, and what a backup carries.
const SCHEMA: &str = "schema";
const LISTS: [&str; 2] = [SCHEMA, "tables"];

pub(super) fn sql_is_in_the_store() -> Result {
    let mut found = Vec::new();
    for (name, source) in sources(OBJECT)? {
        if !name.starts_with("store/") {
            found.extend(
                texts_of(&source).into_iter().filter(|text| is_sql(text)).map(|text| format!("{name}: {text}")),
            );
        }
    }
    refuse(found, "SQL of the workspace is in store/ alone; here as well")
}

pub(super) fn the_store_refuses_nothing() -> Result {
    const REFUSALS: [&str; 3] = ["Code::", "Refused", "refused("];
    let mut found = Vec::new();
    for (name, source) in sources(&format!("{OBJECT}/store"))? {
        let code = code_of(&source);
        let lines = code.lines().filter(|line| REFUSALS.iter().any(|word| line.contains(word)));
        found.extend(lines.map(|line| format!("{name}: {}", line.trim())));
    }
    refuse(found, "the workspace's store returns rows and refuses nothing; these lines refuse")
}

/// A group is a file of `store/`, or a folder.
pub(super) fn a_table_has_one_group() -> Result {
    let sources = sources(&format!("{OBJECT}/store"))?;
    let tables: BTreeSet<&str> =
        sources.iter().filter(|(name, _)| group_of(name) == SCHEMA).flat_map(|(_, schema)| defined(schema)).collect();
    let mut groups: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, source) in &sources {
        let group = group_of(name);
        if LISTS.contains(&group) {
            continue;
        }
        for table in texts_of(source).iter().flat_map(|text| named(text)).filter_map(|name| tables.get(name)) {
            groups.entry(table).or_default().insert(group.to_owned());
        }
    }
    let shared = groups.into_iter().filter(|(_, groups)| groups.len() > 1);
    let found = shared.map(|(table, groups)| format!("{table}: {}", groups.into_iter().collect::<Vec<_>>().join(", ")));
    refuse(found, "a table of the workspace belongs to one group of the store; ask the group's store for its rows")
}

fn group_of(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or_default()
}

pub(super) fn the_object_is_short() -> Result {
    let lines = std::fs::read_to_string(paths::at(format!("{OBJECT}/mod.rs")))?.lines().count();
    let found = (lines > MOST_LINES).then(|| format!("mod.rs has {lines} lines, {MOST_LINES} at most"));
    refuse(found, "the workspace's mod.rs is the object and nothing else")
}

fn sources(folder: &str) -> Result<Vec<(String, String)>> {
    let folder = paths::at(folder);
    let name = |file: &Path| file.strip_prefix(&folder).unwrap_or(file).to_string_lossy().into_owned();
    rust_files(&folder)?.iter().map(|file| Ok((name(file), std::fs::read_to_string(file)?))).collect()
}

/// The texts in a source, its comments and tests apart.
fn texts_of(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n").replace("\\\"", "").replace("'\"'", "");
    code.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn is_sql(text: &str) -> bool {
    const STATEMENTS: [&str; 6] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "CREATE ", "ALTER TABLE "];
    const PARTS: [&str; 4] = [" = ?", "json_extract(", " IS NULL", " IS NOT NULL"];
    STATEMENTS.iter().any(|start| text.starts_with(start)) || PARTS.iter().any(|part| text.contains(part))
}

/// The words of a statement that stand where a table's name does.
fn named(text: &str) -> Vec<&str> {
    let words: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let is_before = |word: &str| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&word);
    let pairs = words.windows(2).filter_map(|pair| match pair {
        [before, name] if is_before(before) => Some(*name),
        _ => None,
    });
    // A list's table is a text by itself.
    let alone = (words.len() <= 2).then(|| words.first().copied()).flatten();
    pairs.chain(alone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_seen_and_comments_and_tests_are_not() {
        let source = "// \"SELECT 1\"\nrun(\"DELETE FROM a\", \"b = ?\");\n#[cfg(test)]\nmod tests { \"SELECT 2\" }";
        let texts = texts_of(source);
        assert_eq!(texts, ["DELETE FROM a", "b = ?"]);
        assert!(texts.iter().all(|text| is_sql(text)) && !is_sql("The post has no updates, select one."));
    }

    #[test]
    fn tables_are_seen_in_every_statement() {
        let named = |text| named(text).into_iter().collect::<BTreeSet<_>>();
        assert_eq!(named("SELECT d.doc FROM one d JOIN two t ON t.id = d.id"), BTreeSet::from(["one", "two"]));
        assert_eq!(named("INSERT INTO three (id) VALUES (?)"), BTreeSet::from(["three"]));
        assert!(named("UPDATE four SET id = 1").contains("four") && named("five f").contains("five"));
    }
}
