//! The file behind a URL that a caller names: whether its bytes are taken, and whether asking again may help.

use super::{Kind, Limits, kind_of};

/// Why the bytes of a source are not taken. The words are for the caller who named the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("its bytes are {0}")]
    Foreign(&'static str),
    #[error("its type is not allowed here")]
    NotAllowed,
    #[error("it is too large")]
    TooLarge,
}

/// The kind of a source, by its first bytes and not by its headers. `length` is the announced length, if there is one.
pub fn usable(head: &[u8], length: Option<u64>, limits: &Limits) -> Result<Kind, Unusable> {
    let kind = kind_of(head).map_err(|foreign| Unusable::Foreign(foreign.name()))?;
    match limits.of(kind) {
        0 => Err(Unusable::NotAllowed),
        limit if length.is_some_and(|length| length > limit) => Err(Unusable::TooLarge),
        _ => Ok(kind),
    }
}

/// Whether a source that answers with this status may give its bytes later (RFC 9110 §15.5.9, §15.6; RFC 6585 §4).
pub const fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn the_first_bytes_decide_and_the_limit_of_their_kind() {
        let mut limits = Limits::default();
        limits.set(Kind::Png, 10);
        assert_eq!([None, Some(10)].map(|length| usable(PNG, length, &limits)), [Ok(Kind::Png); 2]);
        assert_eq!(usable(PNG, Some(11), &limits), Err(Unusable::TooLarge));
        limits.set(Kind::Png, 0);
        assert_eq!(usable(PNG, None, &limits), Err(Unusable::NotAllowed));
    }

    #[test]
    fn a_file_of_another_kind_is_named_before_its_size_counts() {
        let refused = usable(b"%PDF-1.7", Some(u64::MAX), &Limits::default()).map_err(|why| why.to_string());
        assert_eq!(refused, Err(format!("its bytes are {}", super::super::Foreign::Pdf.name())));
    }

    #[test]
    fn a_source_is_asked_again_after_a_failure_of_its_own_and_not_after_a_refusal() {
        assert!([408, 429, 500, 503, 599].into_iter().all(is_transient));
        assert!(![301, 400, 401, 403, 404, 410, 451, 600].into_iter().any(is_transient));
    }
}
