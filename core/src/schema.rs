//! Versions of the stored tables. One version number counts for the whole deployment: each object has one list of
//! statements for each version (docs/STORAGE.md, "Schema versions").

use serde::{Deserialize, Serialize};

use crate::refusal::{Code, Refused};

/// For each version, from 1 on: the oldest version of the code that may open the tables. Such code reads and writes rows
/// beside the newer code's, so a version that moves or removes anything names itself.
pub const OLDEST: [usize; 6] = [1, 1, 1, 1, 1, 6];
/// The oldest version whose rows this code reads without a change: every column has a value or a default, and the values mean
/// the same. A version whose statements change rows names itself.
const READ_FROM: usize = 1;
/// The version that this code writes.
pub const CURRENT: usize = OLDEST.len();

/// What an object has stored about its own tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaVersion {
    /// 0: a new object, or an object of code without versions. Version 1 creates everything that either lacks.
    pub version: usize,
    /// The oldest version of the code that may open them.
    pub oldest: usize,
}

/// Why the tables, or the rows of a backup, are not for this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    #[error(
        "The stored data has schema version {}. Code of schema version {} or newer may open it; this code has version {CURRENT}.",
        stored.version, stored.oldest
    )]
    TooNew { stored: SchemaVersion },
}

/// The missing versions of an object, in order. None for an object of newer code that this code may open.
pub fn missing<T>(stored: SchemaVersion, versions: &[T; CURRENT]) -> Result<&[T], SchemaError> {
    if stored.oldest > CURRENT {
        return Err(SchemaError::TooNew { stored });
    }
    Ok(versions.get(stored.version..).unwrap_or_default())
}

/// What an object stores once it has been brought to this version.
pub fn mark() -> SchemaVersion {
    SchemaVersion { version: CURRENT, oldest: oldest() }
}

/// The oldest version of the code that may still open today's tables.
fn oldest() -> usize {
    OLDEST.last().copied().unwrap_or(CURRENT)
}

/// Whether rows written by code of `version` fit into today's tables: all columns of such a row exist, and the values
/// mean the same.
pub fn reads_rows_of(version: usize) -> bool {
    (READ_FROM..=CURRENT).contains(&version)
}

impl From<SchemaError> for Refused {
    fn from(error: SchemaError) -> Self {
        Self::new(Code::Misconfigured, error.to_string())
            .with_hint("Deploy the version of the Worker that wrote the data, or a newer one. Nothing was changed.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the versions that are missing.
    fn numbers(stored: SchemaVersion) -> Result<Vec<usize>, SchemaError> {
        let versions: [usize; CURRENT] = std::array::from_fn(|at| at + 1);
        missing(stored, &versions).map(<[usize]>::to_vec)
    }

    fn stored(version: usize, oldest: usize) -> SchemaVersion {
        SchemaVersion { version, oldest }
    }

    #[test]
    fn a_new_object_gets_every_version_and_an_older_one_what_it_lacks() {
        assert_eq!(numbers(SchemaVersion::default()), Ok((1..=CURRENT).collect()));
        assert_eq!(numbers(stored(1, 1)), Ok((2..=CURRENT).collect()));
        assert_eq!(numbers(mark()), Ok(Vec::new()));
    }

    #[test]
    fn an_object_of_newer_code_opens_as_long_as_that_code_allows_it() {
        for version in CURRENT + 1..CURRENT + 4 {
            assert_eq!(numbers(stored(version, CURRENT)), Ok(Vec::new()), "rolled back from {version}");
            let too_new = stored(version, CURRENT + 1);
            assert_eq!(numbers(too_new), Err(SchemaError::TooNew { stored: too_new }));
        }
    }

    #[test]
    fn a_refusal_names_the_versions_and_what_to_deploy() {
        let refused = Refused::from(SchemaError::TooNew { stored: stored(9, 7) });
        let said = "The stored data has schema version 9. Code of schema version 7 or newer may open it; this code has version";
        assert!(refused.message.starts_with(said), "{}", refused.message);
        assert_eq!((refused.code.status(), refused.code.as_str()), (500, "misconfigured"));
        assert!(
            refused.hint.is_some_and(|hint| hint.starts_with("Deploy the version of the Worker that wrote the data"))
        );
    }

    #[test]
    fn each_version_names_an_oldest_that_exists_and_none_goes_back() {
        for (at, oldest) in OLDEST.iter().enumerate() {
            assert!((1..=at + 1).contains(oldest), "version {}: no code has version {oldest}", at + 1);
        }
        assert!(OLDEST.is_sorted(), "code that may not open a version may not open a later one");
    }

    #[test]
    fn rows_are_read_from_all_code_that_may_write_beside_this_one_and_from_older_code() {
        assert!((READ_FROM..=CURRENT).all(reads_rows_of) && READ_FROM <= oldest());
        assert!(!reads_rows_of(READ_FROM - 1) && !reads_rows_of(CURRENT + 1));
    }
}
