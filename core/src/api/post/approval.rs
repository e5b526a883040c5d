//! Bodies of `/v1/posts/{id}/approve` and `/reject` (docs/API.md, section 5, "Approval by a person").

use serde::Deserialize;

use crate::api::line::is_line;
use crate::approval::Decision;
use crate::refusal::Refused;

/// Characters of the note of a rejection.
const NOTE_CHARACTERS: usize = 500;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The version that was seen.
    pub number: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reject {
    pub number: Option<u32>,
    pub note: Option<String>,
}

/// A rejection, with a note as a person or a caller wrote it: lines of which each character can be seen.
pub fn rejection(note: Option<&str>) -> Result<Decision, Refused> {
    let note = note.map(|note| note.replace("\r\n", "\n").trim().to_owned()).filter(|note| !note.is_empty());
    let is_seen = |note: &String| note.lines().all(|line| is_line(line, NOTE_CHARACTERS));
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARACTERS || !is_seen(note)) {
        let message = format!("expected at most {NOTE_CHARACTERS} characters that can be seen");
        return Err(Refused::field("note", message));
    }
    Ok(Decision::Reject { note })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_note_has_500_characters_at_most_and_each_is_seen() {
        let note = |text: &str| match rejection(Some(text)) {
            Ok(Decision::Reject { note }) => Ok(note),
            other => Err(other.unwrap_err().details.into_keys().collect::<Vec<_>>()),
        };
        assert_eq!(note(" Not\r\nnow. "), Ok(Some("Not\nnow.".into())));
        assert_eq!(note(" \n "), Ok(None));
        assert_eq!(note(&"é".repeat(500)), Ok(Some("é".repeat(500))));
        for bad in ["é".repeat(501), "a\u{202E}b".into(), "a\u{0}b".into(), "a\u{200B}b".into()] {
            assert_eq!(note(&bad), Err(vec!["note".to_owned()]), "{bad:?}");
        }
    }
}
