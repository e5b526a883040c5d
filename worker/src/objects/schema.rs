//! Brings an object's tables to the version of this code, before the object serves (docs/STORAGE.md, "Schema
//! versions").

use latchkey_core::api::refused::Refused;
use latchkey_core::schema::{CURRENT, SchemaVersion, mark, missing};
use worker::Storage;

use super::storage::Db;
use crate::error::{Doing, Result};

/// An object's statements, one list for each version.
pub type Versions = [&'static [&'static str]; CURRENT];

const CREATE: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, oldest INTEGER NOT NULL)";

/// Brings the tables to this code's version. An error leaves them as they are.
pub fn open(storage: Storage, versions: &Versions) -> Result<Db> {
    let db = Db::new(storage);
    let version = upgrade(&db, versions)?.version;
    Ok(db.of_version(version))
}

/// Runs all missing versions, or none. Refuses data of code that is too new, and then writes nothing.
fn upgrade(db: &Db, versions: &Versions) -> Result<SchemaVersion> {
    let stored = stored(db)?;
    let missing = missing(stored, versions).map_err(Refused::from)?;
    if missing.is_empty() {
        return Ok(stored);
    }
    db.transaction(|| {
        missing.iter().copied().flatten().try_for_each(|statement| db.run(statement, Vec::new()))?;
        store(db, mark())
    })
    .doing("upgrade the schema")
}

fn stored(db: &Db) -> Result<SchemaVersion> {
    let table = "SELECT count(*) AS count FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'";
    if db.count(table, Vec::new())? == 0 {
        return Ok(SchemaVersion::default());
    }
    let rows = db.rows("SELECT version, oldest FROM schema_version", Vec::new())?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

fn store(db: &Db, mark: SchemaVersion) -> Result<SchemaVersion> {
    let SchemaVersion { version, oldest } = mark;
    db.run(CREATE, Vec::new())?;
    db.run(
        &format!("INSERT OR REPLACE INTO schema_version (id, version, oldest) VALUES (1, {version}, {oldest})"),
        Vec::new(),
    )?;
    Ok(mark)
}

#[cfg(test)]
pub mod tests {
    use latchkey_core::schema::OLDEST;

    use latchkey_core::schema::CURRENT;
    use latchkey_core::seal::{base64url, sha256};

    use super::super::storage::Table;
    use super::super::{account, connect, workspace};
    use super::Versions;

    const ALL: [&Versions; 3] = [&workspace::VERSIONS, &account::VERSIONS, &connect::VERSIONS];

    /// The tables that an object's statements create.
    pub fn tables<'a>(versions: &'a [&'static [&'static str]]) -> impl Iterator<Item = &'a str> {
        let statements = versions.iter().copied().flatten();
        let created = statements.filter_map(|statement| {
            statement.strip_prefix("CREATE TABLE ").or_else(|| statement.strip_prefix("CREATE VIRTUAL TABLE "))
        });
        created.filter_map(|rest| rest.trim_start_matches("IF NOT EXISTS ").split([' ', '(']).next())
    }

    /// A table of the object is carried by its backup or left on purpose.
    pub fn assert_carried_or_left(versions: &Versions, carried: &[Table], left: &[&str]) {
        for name in tables(versions) {
            let is_carried = carried.iter().any(|table| table.name == name);
            assert!(is_carried != left.contains(&name), "{name}: say in CARRIED or in LEFT what becomes of it");
        }
    }

    /// Data that has a version does not run its statements again: what is new begins a version.
    #[test]
    fn a_version_that_data_may_have_does_not_change() {
        let digest = |at: usize| {
            let statements = ALL.iter().filter_map(|versions| versions.get(at)).copied().flatten();
            base64url(&sha256(statements.copied().collect::<Vec<_>>().join(";").as_bytes()))
        };
        let known = [
            "VlTQokOQDt2LZAPbT2i0x0K0ArES6WLzg8UUVxbE6Ck",
            "HqbeZ2tKzq-d2xL_S1UdPoUMRDgdug9xd3Y2FNff8WM",
            "2VKE2qpFmnXUrDLLJGFKyR3edc5CJpaWaQk8xE-TEJg",
            "pQmRb9o_HhAbQIXkB9mU3YXDV5y9ZxXmDggAD3LDkNU",
            "95FrFdGScHWWiMyoy8SHTB0Kux_4f44H-tNPCuJzCJ0",
            "gNj8-VrFgwJeNGwHI7rzlWefPCGHYya0ZUlfNQGWw88",
        ];
        assert_eq!((0..CURRENT).map(digest).collect::<Vec<_>>(), known);
    }

    /// Whether older code, which does not know the statement, works as before: everything that older code reads is
    /// still there, and each row that older code writes is still accepted.
    fn only_adds(statement: &str) -> bool {
        const ADDITIONS: [&str; 6] = [
            "CREATE TABLE ",
            "CREATE VIRTUAL TABLE ",
            "CREATE INDEX ",
            "CREATE VIEW ",
            "CREATE TRIGGER ",
            "DROP INDEX ",
        ];
        let adds_a_column = statement.starts_with("ALTER TABLE ") && statement.contains(" ADD COLUMN ");
        let needs_a_value = statement.contains(" NOT NULL") && !statement.contains(" DEFAULT ");
        ADDITIONS.iter().any(|word| statement.starts_with(word)) || adds_a_column && !needs_a_value
    }

    /// Whether a statement fills a table that its own version creates, or one of which older code reads the rows of
    /// kinds that it knows.
    fn fills_a_new_table(statement: &str, version: &'static [&'static str]) -> bool {
        const READ_BY_KIND: [&str; 2] = ["counts", "post_statuses"];
        let filled = statement.strip_prefix("INSERT INTO ").and_then(|rest| rest.split([' ', '(']).next());
        filled.is_some_and(|table| READ_BY_KIND.contains(&table) || tables(&[version]).any(|created| created == table))
    }

    #[test]
    fn a_version_that_older_code_may_open_only_adds() {
        for versions in ALL {
            for (statements, (at, oldest)) in versions.iter().zip(OLDEST.iter().enumerate()).skip(1) {
                let may_change = *oldest == at + 1;
                let changes: Vec<&&str> = statements
                    .iter()
                    .filter(|statement| !only_adds(statement) && !fills_a_new_table(statement, statements))
                    .collect();
                assert!(may_change || changes.is_empty(), "version {} allows code of {oldest}: {changes:#?}", at + 1);
            }
        }
    }

    #[test]
    fn version_1_creates_only_what_is_not_there() {
        let careful =
            ["CREATE TABLE IF NOT EXISTS ", "CREATE INDEX IF NOT EXISTS ", "CREATE UNIQUE INDEX IF NOT EXISTS "];
        for statement in ALL.iter().filter_map(|versions| versions.first().copied()).flatten() {
            let is_careful = careful.iter().any(|start| statement.starts_with(start))
                || statement.starts_with("CREATE VIEW IF NOT EXISTS ")
                || statement.starts_with("INSERT OR IGNORE INTO ");
            assert!(is_careful, "tables of the code that knew no versions have it already: {statement}");
        }
    }

    #[test]
    fn what_is_not_an_addition_is_known() {
        let added = [
            "CREATE TABLE t (a)",
            "ALTER TABLE t ADD COLUMN b TEXT",
            "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 0",
        ];
        let changed = [
            "DROP TABLE t",
            "ALTER TABLE t ADD COLUMN b TEXT NOT NULL",
            "ALTER TABLE t RENAME TO u",
            "UPDATE t SET a = 1",
        ];
        assert!(added.iter().all(|statement| only_adds(statement)));
        assert!(!changed.iter().any(|statement| only_adds(statement)) && !only_adds("CREATE UNIQUE INDEX i ON t (a)"));
    }
}
