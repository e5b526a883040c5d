//! The file that carries a deployment to another deployment: a line of text with the format, then sealed lines.
//!
//! Argon2id (RFC 9106) makes the key from the operator's passphrase, with the file's id as salt. Each line is sealed
//! for its number in this file, so an altered, missing, repeated or moved line does not open. The last line is marked
//! as the last. The file's key seals values of the first deployment's ring inside a line, and the ring of the second
//! deployment seals the values on arrival. In between the values are never in the open.
//!
//! File format, pinned by a test.

mod keys;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::keys::Keys;
use crate::id::NetworkId;
use crate::json;
use crate::refusal::Refused;
use crate::schema::{CURRENT, reads_rows_of};
use crate::seal::{Context, Keyring, Purpose, SealError, base64url, base64url_decode};
use crate::secret::Secret;
use crate::time::UnixMillis;

const FORMAT: &str = "backup";
/// Version 1 did not name the schema of its rows: the rows have schema version 1. Code of version 1 does not read
/// version 2.
const VERSION: u32 = 2;
const KEY_ID: &str = "backup";
/// OWASP's first choice for Argon2id where memory is short (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Who writes fewer could as well write none.
const PASSPHRASE: std::ops::RangeInclusive<usize> = 12..=1024;

/// The header that carries the passphrase: never an address or a body, which are logged and kept elsewhere.
pub const PASSPHRASE_HEADER: &str = "X-Passphrase";

/// The first line, in the open.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    format: String,
    version: u32,
    id: String,
}

/// What a sealed line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    Begin {
        created_at: UnixMillis,
        /// Of the tables that the rows are from. Files of version 1 lack it, and have rows of the first.
        #[serde(default = "first_schema")]
        schema_version: usize,
    },
    /// A client secret, sealed by the file's key.
    Secret {
        network_id: NetworkId,
        version: u32,
        sealed: String,
    },
    /// A row of the workspace.
    Row {
        table: String,
        row: Map<String, Value>,
    },
    /// A row of an account's object.
    AccountRow {
        object: String,
        table: String,
        row: Map<String, Value>,
    },
    End,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    #[error("the file is no backup")]
    Format,
    #[error("the backup is of version {0}, which this deployment does not know")]
    Version(u32),
    #[error("its rows have schema version {0}, which this deployment ({CURRENT}) cannot take")]
    Schema(usize),
    #[error("expected 12 to 1024 printable ASCII characters")]
    Passphrase,
    #[error("it does not open this backup")]
    WrongPassphrase,
    #[error("line {0} was altered, or is not in its place")]
    Altered(u64),
    #[error("the file breaks off after sealed line {0}")]
    Truncated(u64),
    #[error("there is something behind the last line")]
    Trailing,
    #[error("no key can be made of the passphrase")]
    Derivation,
}

impl From<BackupError> for Refused {
    fn from(error: BackupError) -> Self {
        let field = match error {
            BackupError::Passphrase | BackupError::WrongPassphrase => PASSPHRASE_HEADER,
            _ => "body",
        };
        Self::field(field, error.to_string()).with_hint(match error {
            BackupError::Version(_) | BackupError::Schema(_) => {
                "Deploy the version of the Worker that made the backup, restore it there, and then upgrade."
            }
            BackupError::Passphrase => {
                "Send 12 to 1,024 printable ASCII characters. The passphrase that makes a backup is the one that restores it."
            }
            BackupError::WrongPassphrase => {
                "Send the passphrase that the backup was made with; nobody can restore it without."
            }
            _ => {
                "Send the file as it was made, from its first byte to its last. Nothing of it is in use before its end."
            }
        })
    }
}

const fn first_schema() -> usize {
    1
}

/// Whether this code can take the rows of a file that begins so.
pub fn check_schema(begin: &Entry) -> Result<(), BackupError> {
    match begin {
        Entry::Begin { schema_version, .. } if !reads_rows_of(*schema_version) => {
            Err(BackupError::Schema(*schema_version))
        }
        _ => Ok(()),
    }
}

/// A passphrase as a header brought it.
pub fn passphrase(header: Option<String>) -> Result<Secret<String>, BackupError> {
    let text = Secret::new(header.unwrap_or_default());
    // EXPOSE: only its length and alphabet.
    let is_good =
        PASSPHRASE.contains(&text.expose().len()) && text.expose().bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if is_good { Ok(text) } else { Err(BackupError::Passphrase) }
}

impl Header {
    pub fn new(entropy: [u8; SALT_BYTES]) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, id: base64url(&entropy) }
    }

    pub fn parse(line: &[u8]) -> Result<Self, BackupError> {
        let header: Self = json::from_slice(line).map_err(|_| BackupError::Format)?;
        if header.format != FORMAT {
            return Err(BackupError::Format);
        }
        if !(1..=VERSION).contains(&header.version) {
            return Err(BackupError::Version(header.version));
        }
        Ok(header)
    }

    pub fn line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// The file's key, as a ring of its own.
    pub fn ring(&self, passphrase: &Secret<String>) -> Result<Keyring, BackupError> {
        let salt = base64url_decode(&self.id).filter(|salt| salt.len() == SALT_BYTES).ok_or(BackupError::Format)?;
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| BackupError::Derivation)?;
        let mut key = Secret::new([0; 32]);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // EXPOSE: into the derivation.
        argon2
            .hash_password_into(passphrase.expose().as_bytes(), &salt, key.expose_mut())
            .map_err(|_| BackupError::Derivation)?;
        Ok(Keyring::of_one(KEY_ID, key))
    }
}

/// A line as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Without the line end.
    pub bytes: Vec<u8>,
    /// Whether its line end was there.
    pub is_whole: bool,
}

/// Seals or opens the lines of one file, in their order.
#[derive(Debug)]
pub struct Lines {
    ring: Keyring,
    id: String,
    /// How many were written or read.
    count: u64,
    has_ended: bool,
}

impl Lines {
    pub fn new(header: &Header, ring: Keyring) -> Self {
        Self { ring, id: header.id.clone(), count: 0, has_ended: false }
    }

    /// For what is sealed inside the lines.
    pub const fn ring(&self) -> &Keyring {
        &self.ring
    }

    pub fn seal(&mut self, entry: &Entry, nonce: [u8; 12]) -> Result<String, SealError> {
        self.count += 1;
        let text = Secret::new(serde_json::to_vec(entry).map_err(|_| SealError::Malformed)?);
        // EXPOSE: into the seal.
        self.ring.seal(&context(&self.row()), text.expose(), nonce)
    }

    /// The next line. Each has a line end behind it: without one, a line that does not open was cut.
    pub fn open(&mut self, line: &Line) -> Result<Entry, BackupError> {
        if self.has_ended {
            return Err(BackupError::Trailing);
        }
        let before = self.count;
        self.open_sealed(&line.bytes)
            .map_err(|error| if line.is_whole { error } else { BackupError::Truncated(before) })
    }

    fn open_sealed(&mut self, line: &[u8]) -> Result<Entry, BackupError> {
        self.count += 1;
        let altered = if self.count == 1 { BackupError::WrongPassphrase } else { BackupError::Altered(self.count) };
        let sealed = std::str::from_utf8(line).map_err(|_| altered.clone())?;
        let text = self.ring.open(&context(&self.row()), sealed).map_err(|_| altered.clone())?;
        // EXPOSE: read into an entry, whose secrets are sealed.
        let entry: Entry = json::from_slice(text.expose()).map_err(|_| altered.clone())?;
        if matches!(entry, Entry::Begin { .. }) != (self.count == 1) {
            return Err(altered);
        }
        self.has_ended = entry == Entry::End;
        Ok(entry)
    }

    /// Nothing more comes.
    pub const fn finish(&self) -> Result<(), BackupError> {
        if self.has_ended { Ok(()) } else { Err(BackupError::Truncated(self.count)) }
    }

    fn row(&self) -> String {
        format!("{}/{}", self.id, self.count)
    }
}

const fn context(row: &str) -> Context<'_> {
    Context { workspace: FORMAT, purpose: Purpose::BackupLine, row }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    const NONCE: [u8; 12] = [3; 12];

    fn ring(passphrase: &str) -> Keyring {
        Header::new([7; 16]).ring(&Secret::new(passphrase.to_owned())).unwrap()
    }

    fn lines(passphrase: &str) -> Lines {
        Lines::new(&Header::new([7; 16]), ring(passphrase))
    }

    fn file(ring: &Keyring, entries: &[Entry]) -> Vec<String> {
        let mut lines = Lines::new(&Header::new([7; 16]), ring.clone());
        entries.iter().map(|entry| lines.seal(entry, NONCE).unwrap()).collect()
    }

    fn whole(line: &str) -> Line {
        Line { bytes: line.into(), is_whole: true }
    }

    fn read(ring: &Keyring, file: &[String]) -> Result<Vec<Entry>, BackupError> {
        let mut lines = Lines::new(&Header::new([7; 16]), ring.clone());
        let entries = file.iter().map(|line| lines.open(&whole(line))).collect::<Result<Vec<_>, _>>()?;
        lines.finish().map(|()| entries)
    }

    fn entries() -> Vec<Entry> {
        let row = |n: u32| Entry::Row { table: "posts".into(), row: Map::from_iter([("n".to_owned(), n.into())]) };
        vec![Entry::Begin { created_at: UnixMillis(5), schema_version: 2 }, row(1), row(2), Entry::End]
    }

    #[test]
    fn a_file_reads_back_with_its_passphrase_and_no_other() {
        let good = ring("correct horse battery");
        let file = file(&good, &entries());
        assert_eq!(read(&good, &file).unwrap(), entries());
        assert_eq!(lines("correct horse staple").open(&whole(&file[0])), Err(BackupError::WrongPassphrase));
    }

    #[test]
    fn lines_that_are_missing_moved_repeated_or_altered_are_found() {
        let ring = ring("correct horse battery");
        let all = file(&ring, &entries());
        let without = |n: usize| [&all[..n], &all[n + 1..]].concat();
        assert_eq!(read(&ring, &without(3)), Err(BackupError::Truncated(3)));
        assert_eq!(read(&ring, &without(1)), Err(BackupError::Altered(2)));
        assert_eq!(read(&ring, &without(0)), Err(BackupError::WrongPassphrase));
        let mut moved = all.clone();
        moved.swap(1, 2);
        assert_eq!(read(&ring, &moved), Err(BackupError::Altered(2)));
        let mut altered = all.clone();
        altered[2].push('A');
        assert_eq!(read(&ring, &altered), Err(BackupError::Altered(3)));
        assert_eq!(read(&ring, &[all.clone(), all[3..].to_vec()].concat()), Err(BackupError::Trailing));
    }

    #[test]
    fn a_file_that_was_cut_blames_no_passphrase_wherever_the_cut_is() {
        let ring = ring("correct horse battery");
        let all = file(&ring, &entries());
        for (n, line) in all.iter().enumerate() {
            let count = n as u64;
            for cut in [0, 1, line.len() / 2, line.len() - 1] {
                let mut lines = Lines::new(&Header::new([7; 16]), ring.clone());
                assert!(all[..n].iter().all(|line| lines.open(&whole(line)).is_ok()));
                let part = Line { bytes: line[..cut].into(), is_whole: false };
                assert_eq!(lines.open(&part), Err(BackupError::Truncated(count)), "line {count}, {cut} bytes");
            }
        }
        // The line end of the last line is no part of what it says.
        let mut lines = Lines::new(&Header::new([7; 16]), ring);
        let ends = all.iter().map(|line| lines.open(&Line { is_whole: false, ..whole(line) }));
        assert!(ends.collect::<Vec<_>>().iter().all(Result::is_ok));
    }

    #[test]
    fn a_passphrase_has_twelve_printable_characters() {
        let is_good = |text: &str| passphrase(Some(text.to_owned())).is_ok();
        assert!(is_good("twelve chars") && is_good(&"x".repeat(1024)));
        assert!(!is_good("eleven char") && !is_good(&"x".repeat(1025)) && !is_good("tw\u{e9}lve chars here"));
        assert!(passphrase(None).is_err());
    }

    #[test]
    fn what_is_no_backup_is_not_read() {
        let parse = |line: &str| Header::parse(line.as_bytes()).map(|header| header.id);
        assert_eq!(parse("{}"), Err(BackupError::Format));
        assert_eq!(parse(r#"{"format":"zip","version":1,"id":""}"#), Err(BackupError::Format));
        assert_eq!(parse(r#"{"format":"backup","version":3,"id":""}"#), Err(BackupError::Version(3)));
        let short = Header::parse(br#"{"format":"backup","version":1,"id":"AA"}"#).unwrap();
        assert_eq!(short.ring(&Secret::new(String::new())).err(), Some(BackupError::Format));
    }

    #[test]
    fn a_file_is_refused_whose_rows_are_not_for_these_tables() {
        let begin = |schema_version| Entry::Begin { created_at: UnixMillis(5), schema_version };
        assert_eq!(check_schema(&begin(CURRENT)), Ok(()));
        assert_eq!(check_schema(&begin(CURRENT + 1)), Err(BackupError::Schema(CURRENT + 1)));
        assert_eq!(check_schema(&begin(0)), Err(BackupError::Schema(0)));
    }

    #[test]
    fn backup_v1_is_read() {
        assert!(Header::parse(br#"{"format":"backup","version":1,"id":"BwcHBwcHBwcHBwcHBwcHBw"}"#).is_ok());
        let mut lines = lines("correct horse battery");
        let begin = lines.open(&whole(PINNED_V1)).unwrap();
        assert_eq!(begin, Entry::Begin { created_at: UnixMillis(5), schema_version: 1 });
        assert_eq!(check_schema(&begin), Ok(()));
    }

    const PINNED_V1: &str =
        "AQZiYWNrdXADAwMDAwMDAwMDAwP6JKI92yhjIOgW6IKj6rTIuq12Gih0zXsQFNstjfQFkD7jdr9e8LZN4nh6-hNGwQ";

    #[test]
    fn backup_v2_format_unchanged() {
        assert_eq!(
            Header::new([7; 16]).line().unwrap(),
            r#"{"format":"backup","version":2,"id":"BwcHBwcHBwcHBwcHBwcHBw"}"#
        );
        let row = Entry::AccountRow { object: "o".into(), table: "t".into(), row: Map::new() };
        let text = r#"{"kind":"account_row","object":"o","table":"t","row":{}}"#;
        assert_eq!(serde_json::to_string(&row).unwrap(), text);
        let line = &file(&ring("correct horse battery"), &entries())[0];
        assert_eq!(line, PINNED);
    }

    const PINNED: &str = "AQZiYWNrdXADAwMDAwMDAwMDAwP6JKI92yhjIOgW6IKj6rTIuq12Gih0zXsQFNstjfRUGVBQfdMnoRfXj_1r55c2bOaSqeqnsWZTTdDajtaLuvAY6YY";

    proptest! {
        #[test]
        fn any_bytes_are_a_header_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Header::parse(&bytes);
        }

        #[test]
        fn no_made_up_line_opens(line in "[A-Za-z0-9_-]{0,120}") {
            let mut lines = Lines::new(&Header::new([7; 16]), Keyring::of_one("backup", Secret::new([1; 32])));
            prop_assert!(lines.open(&whole(&line)).is_err());
        }
    }
}
