//! The meaning of a repeated `Idempotency-Key` (docs/API.md, section 1).

mod canonical;

use serde::{Deserialize, Serialize};

use self::canonical::canonical;
use crate::routes::without_slash;
use crate::seal::{Context, Keyring, Purpose, SealError, base64url, sha256};
use crate::secret::Secret;
use crate::time::{Span, UnixMillis};

/// How long an answer is remembered.
pub const REMEMBERED: Span = Span::hours(24);
/// How long an answer is remembered under a key that we have made: clients count their requests from 1 in each
/// conversation, so such a key is right for a repetition after a lost answer, and for nothing later.
const REMEMBERED_OF_MADE: Span = Span::mins(10);
/// In front of the stored name of a made key. No key from a caller has a line end.
const MADE: &str = "made\n";
/// How long a call that has not committed anything may hold its key.
const RUNNING: Span = Span::secs(60);

/// A key as the caller sent it, with the fingerprint of the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub key: String,
    /// SHA-256 over method, path and body: the path without a slash at its end, JSON in its one spelling.
    pub fingerprint: String,
    /// The digests over other spellings of the same call. Rows stored before path and JSON had one spelling here have
    /// such a digest.
    pub earlier: Vec<String>,
    /// The caller gave none: the key is made of an agent's request. Absent in a message of the release before.
    #[serde(default)]
    pub is_made: bool,
}

/// The row under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub fingerprint: String,
    pub started_at: UnixMillis,
    pub answer: Option<Stored>,
}

/// An answer for repetitions. The edge seals an answer with a credential before the answer is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    pub status: u16,
    pub body: String,
    pub is_sealed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Run,
    /// The answer of this time.
    Replay(Stored, UnixMillis),
    InProgress,
    Reused,
}

/// 1 to 255 printable ASCII characters.
pub fn is_key(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

impl Key {
    /// `None` unless `key` is 1 to 255 printable ASCII characters. In quotation marks, as the IETF's draft writes keys, it
    /// is the same key as without.
    pub fn new(key: &str, method: &str, path: &str, body: &[u8]) -> Option<Self> {
        let unquoted = unquoted(key);
        let key = unquoted.as_deref().unwrap_or(key);
        if !is_key(key) {
            return None;
        }
        let fingerprint = |path: &str, body: &[u8]| {
            base64url(&sha256(&[method.as_bytes(), b"\n", path.as_bytes(), b"\n", body].concat()))
        };
        let path = without_slash(path);
        let canonical = canonical(body).map_or_else(|| body.to_vec(), String::into_bytes);
        let spelled = [path.to_owned(), format!("{path}/")]
            .into_iter()
            .flat_map(|path| [&canonical, body].map(|body| fingerprint(&path, body)));
        let (fingerprint, earlier) = (fingerprint(path, &canonical), spelled.collect());
        Some(Self { key: key.to_owned(), fingerprint, earlier, is_made: false })
    }

    /// The key as it is stored: one that we have made is never one that a caller has given.
    pub fn name(&self) -> String {
        if self.is_made { format!("{MADE}{}", self.key) } else { self.key.clone() }
    }

    /// Whether an answer with this status is kept. Under a made key no refusal is: the same call asks again whether it is
    /// refused now.
    pub const fn keeps(&self, status: u16) -> bool {
        !self.is_made || status < 400
    }

    /// Whether a row with this fingerprint is of this very call.
    fn is_of(&self, fingerprint: &str) -> bool {
        fingerprint == self.fingerprint || self.earlier.iter().any(|earlier| earlier == fingerprint)
    }

    /// Seals an answer that carries a credential, bound to this call.
    pub fn seal(&self, ring: &Keyring, workspace: &str, body: &str, nonce: [u8; 12]) -> Result<String, SealError> {
        ring.seal(&context(workspace, &self.fingerprint), body.as_bytes(), nonce)
    }

    /// Opens the answer stored for this call, under the current or an earlier spelling.
    pub fn open(&self, ring: &Keyring, workspace: &str, sealed: &str) -> Result<Secret<Vec<u8>>, SealError> {
        let open = |fingerprint| ring.open(&context(workspace, fingerprint), sealed);
        let others = self.earlier.iter().map(|earlier| open(earlier));
        others.fold(open(&self.fingerprint), Result::or)
    }

    pub fn decide(&self, row: Option<Row>, now: UnixMillis) -> Decision {
        let remembered = if self.is_made { REMEMBERED_OF_MADE } else { REMEMBERED };
        let Some(row) = row.filter(|row| row.is_alive(remembered, now)) else { return Decision::Run };
        if !self.is_of(&row.fingerprint) {
            return Decision::Reused;
        }
        let started_at = row.started_at;
        row.answer.map_or(Decision::InProgress, |answer| Decision::Replay(answer, started_at))
    }
}

/// What a string says that is written as a structured field (RFC 9651 §3.3.3); `None` if it is none.
fn unquoted(key: &str) -> Option<String> {
    let mut rest = key.trim_matches(' ').strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut said = String::new();
    while let Some(next) = rest.next() {
        said.push(match next {
            '\\' => rest.next().filter(|escaped| matches!(escaped, '"' | '\\'))?,
            '"' => return None,
            plain => plain,
        });
    }
    Some(said)
}

const fn context<'a>(workspace: &'a str, fingerprint: &'a str) -> Context<'a> {
    Context { workspace, purpose: Purpose::CredentialAnswer, row: fingerprint }
}

impl Row {
    fn is_alive(&self, remembered: Span, now: UnixMillis) -> bool {
        let span = if self.answer.is_some() { remembered } else { RUNNING };
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

    fn named(key: &str) -> Option<String> {
        Key::new(key, "POST", "/v1/posts", b"{}").map(|key| key.key)
    }

    #[test]
    fn a_key_in_quotation_marks_is_the_key_without() {
        for (written, said) in [
            (r#""abc""#, "abc"),
            (r#""8e03978e-40d5-43dd-bc93-6894a57f9324""#, "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            (r#""a \"b\" \\ c""#, r#"a "b" \ c"#),
            (r#"" ""#, " "),
        ] {
            assert_eq!(named(written).as_deref(), Some(said), "{written}");
        }
        let longest = "k".repeat(255);
        assert_eq!(named(&format!("\"{longest}\"")), Some(longest));
        assert_eq!((named(r#""""#), named(&format!("\"{}\"", "k".repeat(256)))), (None, None));
    }

    #[test]
    fn what_is_no_quoted_string_is_a_key_as_it_stands() {
        for key in [r#"""#, r#""abc"#, r#"abc""#, r#"a"b"c"#, r#""a"b""#, r#""a\b""#, r#""a\""#, "'abc'"] {
            assert_eq!(named(key).as_deref(), Some(key));
        }
    }

    fn row(answer: Option<&str>) -> Row {
        let answer = answer.map(|body| Stored { status: 200, body: body.into(), is_sealed: false });
        Row { fingerprint: key("{}").fingerprint, started_at: T0, answer }
    }

    #[test]
    fn a_repetition_gets_the_first_answer_for_a_day() {
        let stored = row(Some("first")).answer.unwrap();
        assert_eq!(key("{}").decide(Some(row(Some("first"))), T0 + Span::hours(23)), Decision::Replay(stored, T0));
        assert_eq!(key("{}").decide(Some(row(Some("first"))), T0 + Span::hours(24)), Decision::Run);
    }

    #[test]
    fn an_answer_under_a_made_key_is_remembered_for_ten_minutes_and_a_refusal_not_at_all() {
        let made = Key { is_made: true, ..key("{}") };
        let stored = row(Some("first")).answer.unwrap();
        assert_eq!(made.decide(Some(row(Some("first"))), T0 + Span::secs(599)), Decision::Replay(stored, T0));
        assert_eq!(made.decide(Some(row(Some("first"))), T0 + Span::mins(10)), Decision::Run);
        assert_eq!(made.decide(Some(row(None)), T0 + Span::secs(59)), Decision::InProgress);
        assert_eq!(
            [200, 201, 202, 400, 404, 422].map(|status| made.keeps(status)),
            [true, true, true, false, false, false]
        );
        assert!(key("{}").keeps(422), "the caller's own key");
    }

    #[test]
    fn a_made_key_is_no_callers_key_whatever_the_caller_gives() {
        let made = Key { is_made: true, ..key("{}") };
        assert_eq!(key("{}").name(), "k");
        assert_ne!(made.name(), key("{}").name());
        assert!(!is_key(&made.name()), "no caller can give it");
    }

    #[test]
    fn the_same_key_with_another_body_or_path_is_refused() {
        assert_eq!(key(r#"{"a":1}"#).decide(Some(row(Some("first"))), T0), Decision::Reused);
        let elsewhere = Key::new("k", "POST", "/v1/media", b"{}").unwrap();
        assert_eq!(elsewhere.decide(Some(row(None)), T0), Decision::Reused);
    }

    #[test]
    fn the_same_json_in_another_spelling_is_the_same_call() {
        let first = r#"{"content":"a","accounts":["x"]}"#;
        let row = Row { fingerprint: key(first).fingerprint, ..row(None) };
        for again in [first, r#"{"accounts":["x"],"content":"a"}"#, "{ \"content\": \"a\",\n \"accounts\": [ \"x\" ] }"]
        {
            assert_eq!(key(again).decide(Some(row.clone()), T0), Decision::InProgress, "{again}");
        }
        for other in [r#"{"accounts":["y"],"content":"a"}"#, r#"{"content":"a","content":"a","accounts":["x"]}"#] {
            assert_eq!(key(other).decide(Some(row.clone()), T0), Decision::Reused, "{other}");
        }
    }

    #[test]
    fn a_slash_at_the_end_of_a_path_is_no_other_call_now_or_in_a_row_of_before() {
        let slashed = Key::new("k", "POST", "/v1/posts/", b"{}").unwrap();
        assert_eq!(slashed, key("{}"));
        for (path, body) in [("/v1/posts/", "{}"), ("/v1/posts", "{}"), ("/v1/posts/", "{ }"), ("/v1/posts", "{ }")] {
            let digest = base64url(&sha256(format!("POST\n{path}\n{body}").as_bytes()));
            let row = Row { fingerprint: digest, ..row(None) };
            assert_eq!(key("{ }").decide(Some(row.clone()), T0), Decision::InProgress, "{path} {body:?}");
            let elsewhere = Key::new("k", "POST", "/v1/posts/x/", b"{ }").unwrap();
            assert_eq!(elsewhere.decide(Some(row), T0), Decision::Reused, "{path} {body:?}");
        }
    }

    #[test]
    fn a_row_from_before_json_had_one_spelling_counts_for_its_day() {
        let body = "{ \"b\": 1, \"a\": 2 }";
        // The SHA-256 of `POST\n/v1/posts\n` and the body's bytes.
        let digest = base64url(&sha256(format!("POST\n/v1/posts\n{body}").as_bytes()));
        let row = Row { fingerprint: digest, ..row(Some("first")) };
        let stored = row.answer.clone().unwrap();
        assert_eq!(key(body).decide(Some(row.clone()), T0 + Span::hours(23)), Decision::Replay(stored, T0));
        assert_eq!(key(r#"{"a":2,"b":2}"#).decide(Some(row.clone()), T0), Decision::Reused);

        let ring = Keyring::parse(&format!("k:{}", "BwcH".repeat(10) + "Bwc=")).unwrap();
        let earlier = ring.seal(&context("main", &row.fingerprint), b"a link", [1; 12]).unwrap();
        let present = key(body).seal(&ring, "main", "a link", [2; 12]).unwrap();
        assert_eq!(key(body).open(&ring, "main", &earlier).unwrap().expose(), b"a link");
        assert_eq!(key(r#"{"a":2,"b":1}"#).open(&ring, "main", &present).unwrap().expose(), b"a link");
        assert!(key(r#"{"a":2,"b":2}"#).open(&ring, "main", &earlier).is_err());
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
