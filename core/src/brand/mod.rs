//! The operator's name, logo and colour, for the pages that people see.

mod color;
pub mod kept;

use serde::{Deserialize, Serialize};

pub use self::color::{Color, NotAColor};
use crate::media::{Class, Kind};

/// Far more than a logo at 48 pixels needs, and little enough for a row of the workspace (`SQLite` there: 2 MB).
pub const LOGO_BYTES: usize = 256 * 1024;

/// Of the name, on one line.
pub const NAME_CHARACTERS: usize = 80;
/// A picture at X is shown at 96 pixels.
pub const PICTURE_BYTES: usize = 64 * 1024;

/// Stored as JSON. Each part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    pub name: Option<String>,
    pub color: Option<Color>,
    pub logo: Option<Logo>,
}

/// A fetched logo. The bytes are stored beside the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// Where it was fetched from.
    pub url: String,
    /// SHA-256 of its bytes: another logo has another address on our origin.
    pub digest: String,
    pub kind: Kind,
}

/// Pictures that every browser shows in an `<img>`, recognised by the first bytes. SVG is excluded: an SVG is a
/// document, and a browser could open the document on our origin.
pub fn logo_kind(bytes: &[u8]) -> Option<Kind> {
    Kind::sniff(bytes).filter(|kind| matches!(kind.class(), Class::Photo | Class::Gif))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_logo_is_a_picture_and_no_document() {
        assert_eq!(logo_kind(b"\x89PNG\r\n\x1a\n rest"), Some(Kind::Png));
        assert_eq!(logo_kind(b"GIF89a rest"), Some(Kind::Gif));
        for other in [&b"<svg xmlns="[..], b"<!doctype html>", b"\0\0\0\x18ftypmp42", b""] {
            assert_eq!(logo_kind(other), None);
        }
    }

    #[test]
    fn brand_v1_format_unchanged() {
        let logo = Logo { url: "https://acme.example/logo.png".into(), digest: "digest".into(), kind: Kind::Png };
        let brand = Brand { name: Some("Acme".into()), color: Color::parse("#1D9BF0").ok(), logo: Some(logo) };
        assert_eq!(
            serde_json::to_string(&brand).unwrap(),
            r##"{"name":"Acme","color":"#1d9bf0","logo":{"url":"https://acme.example/logo.png","digest":"digest","kind":"image/png"}}"##
        );
        assert_eq!(serde_json::from_str::<Brand>("{}").unwrap(), Brand::default());
    }
}
