//! What a repeated `Idempotency-Key` means (docs/API.md, section 1).

use serde::{Deserialize, Serialize};

use crate::seal::{base64url, sha256};
use crate::time::{Span, UnixMillis};

/// How long an answer is remembered.
pub const REMEMBERED: Span = Span::hours(24);
/// How long a call that has not committed anything may hold its key.
const RUNNING: Span = Span::secs(60);

/// A key as the caller sent it, and what it was sent with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub key: String,
    /// SHA-256 over method, path and body.
    pub fingerprint: String,
}

/// The row under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub fingerprint: String,
    pub started_at: UnixMillis,
    pub answer: Option<Stored>,
}

/// An answer that may be given again. One that carries a credential is sealed by the edge before it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    pub status: u16,
    pub body: String,
    pub is_sealed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Run,
    Replay(Stored),
    InProgress,
    Reused,
}

impl Key {
    /// `None` unless `key` is 1 to 255 printable ASCII characters.
    pub fn new(key: &str, method: &str, path: &str, body: &[u8]) -> Option<Self> {
        let printable = key.bytes().all(|b| (0x20..0x7f).contains(&b));
        if key.is_empty() || key.len() > 255 || !printable {
            return None;
        }
        let message = [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body].concat();
        Some(Self { key: key.to_owned(), fingerprint: base64url(&sha256(&message)) })
    }

    pub fn decide(&self, row: Option<Row>, now: UnixMillis) -> Decision {
        let Some(row) = row.filter(|row| row.is_alive(now)) else { return Decision::Run };
        if row.fingerprint != self.fingerprint {
            return Decision::Reused;
        }
        row.answer.map_or(Decision::InProgress, Decision::Replay)
    }
}

impl Row {
    fn is_alive(&self, now: UnixMillis) -> bool {
        let span = if self.answer.is_some() { REMEMBERED } else { RUNNING };
        now < self.started_at + span
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const T0: UnixMillis = UnixMillis(0);

    fn key(body: &str) -> Key {
        Key::new("k", "POST", "/v1/posts", body.as_bytes()).unwrap()
    }

    fn row(answer: Option<&str>) -> Row {
        let answer = answer.map(|body| Stored { status: 200, body: body.into(), is_sealed: false });
        Row { fingerprint: key("{}").fingerprint, started_at: T0, answer }
    }

    #[test]
    fn a_repetition_gets_the_first_answer_for_a_day() {
        let stored = row(Some("first")).answer.unwrap();
        assert_eq!(key("{}").decide(Some(row(Some("first"))), T0 + Span::hours(23)), Decision::Replay(stored));
        assert_eq!(key("{}").decide(Some(row(Some("first"))), T0 + Span::hours(24)), Decision::Run);
    }

    #[test]
    fn the_same_key_with_another_body_or_path_is_refused() {
        assert_eq!(key("{ }").decide(Some(row(Some("first"))), T0), Decision::Reused);
        let elsewhere = Key::new("k", "POST", "/v1/media", b"{}").unwrap();
        assert_eq!(elsewhere.decide(Some(row(None)), T0), Decision::Reused);
    }

    #[test]
    fn a_call_that_committed_nothing_frees_its_key_after_a_minute() {
        assert_eq!(key("{}").decide(Some(row(None)), T0 + Span::secs(59)), Decision::InProgress);
        assert_eq!(key("{}").decide(Some(row(None)), T0 + Span::secs(60)), Decision::Run);
    }

    #[test]
    fn a_key_is_printable_ascii_of_1_to_255_characters() {
        let long = "k".repeat(256);
        for bad in ["", "ключ", "a\nb", long.as_str()] {
            assert_eq!(Key::new(bad, "POST", "/", b""), None);
        }
    }
}
