//! `/v1/media` (docs/API.md, section 6): bodies, rows, and the headers of a served file.

mod direct;

use std::fmt::Write;
use std::num::NonZeroU64;

use serde::Deserialize;
use serde_json::{Value, json};

use super::line::clean;
use super::page::{List, Page};
use super::query::Query;
use crate::id::TenantId;
use crate::media::link::LinkError;
use crate::media::upload::MAX_PARTS;
use crate::media::{Announced, Kind, Media, Said, Status};
use crate::refusal::Code;
use crate::refusal::Refused;

pub use self::direct::{Direct, NewMedia, Source};

const FILENAME_CHARACTERS: usize = 255;

/// `POST /v1/media/upload`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    #[serde(deserialize_with = "clean")]
    pub filename: String,
    content_type: Option<String>,
    pub size: Option<NonZeroU64>,
    pub tenant_id: Option<TenantId>,
}

impl NewUpload {
    /// The kind by its type, or by its name when the type says nothing. The bytes decide later.
    pub fn validate(&self) -> Result<Announced, Refused> {
        let characters = self.filename.chars().count();
        if characters == 0 || characters > FILENAME_CHARACTERS {
            return Err(Refused::field("filename", "expected 1 to 255 characters"));
        }
        let content_type = self.content_type.as_deref().unwrap_or_default();
        match Said::parse(content_type) {
            Said::Kind(kind) => Ok(Announced::Kind(kind)),
            Said::Nothing => Ok(Kind::from_filename(&self.filename).map_or(Announced::Nothing, Announced::Kind)),
            Said::Other => {
                let message = format!("\"{content_type}\" is no type of media that X takes.");
                Err(Refused::new(Code::UnsupportedMedia, message.clone()).with_detail("content_type", message))
            }
        }
    }
}

/// `POST /v1/media/{id}/confirm`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmUpload {
    pub size: Option<u64>,
}

/// The filters of the list.
#[derive(Debug)]
pub struct MediaFilter {
    pub tenant_id: Option<String>,
    pub status: Option<Status>,
    pub page: Page,
}

impl MediaFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        let tenant_id = query.take_tenant();
        let status = match query.take(&["status"]).as_deref() {
            None => None,
            Some("pending") => Some(Status::Pending),
            Some("active") => Some(Status::Active),
            Some(_) => return Err(Refused::field("status", "expected pending or active")),
        };
        Ok(Self { tenant_id, status, page: Page::from_query(query, List::Media)? })
    }
}

/// A row as callers see it. Only what is active has an address to be read at.
pub fn media_view(media: &Media, url: Option<&str>) -> Value {
    json!({
        "id": media.id,
        "tenant_id": media.tenant_id,
        "filename": media.filename,
        "alt_text": media.alt_text,
        "url": url,
        "content_type": media.kind,
        "size": media.size,
        "received": media.received,
        "status": media.status,
        "created_at": media.created_at.to_iso(),
        "expires_at": media.expires_at.to_iso(),
    })
}

/// The query of a signed address. Only these names mean anything in it.
#[derive(Debug, PartialEq, Eq)]
pub struct SignedQuery {
    pub expires: String,
    pub token: String,
    pub part: Option<u16>,
}

impl SignedQuery {
    pub fn parse(query: &str) -> Result<Self, Refused> {
        let mut query = Query::parse(query);
        let expected = format!("a number from 1 to {MAX_PARTS}");
        let part: Option<u16> = query.take_parsed(&["part"], &expected)?;
        if part.is_some_and(|part| part == 0 || part > MAX_PARTS) {
            return Err(Refused::field("part", format!("expected {expected}")));
        }
        let mut text = |name: &'static str| query.take(&[name]).unwrap_or_default();
        Ok(Self { expires: text("expires"), token: text("token"), part })
    }
}

/// Who comes with a bad address is told whether a new one would help.
impl From<LinkError> for Refused {
    fn from(error: LinkError) -> Self {
        let (code, hint) = match error {
            LinkError::Forged => (Code::InvalidSessionToken, "Use the address exactly as it was given."),
            LinkError::Expired => (
                Code::SessionExpired,
                "Addresses of media work for an hour: ask for a new upload, or read the row anew.",
            ),
        };
        Self::new(code, format!("{error}.")).with_hint(hint)
    }
}

/// `Content-Disposition: attachment` with the file's name: in ASCII for old programs, and exactly (RFC 6266 §4.3, RFC
/// 8187 §3.2). A browser offers it for saving and never shows it as a page of ours.
pub fn disposition(filename: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .-_()".contains(c);
    let plain: String = filename.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut exact = String::new();
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            exact.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(exact, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// What of a file is asked for (RFC 9110 §14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    /// From the first byte to the last, both included.
    Range(u64, u64),
    Unsatisfiable,
}

impl Wanted {
    /// One range in bytes. What is malformed, in other units or more than one range is ignored, as a server may.
    pub fn parse(header: Option<&str>, size: u64) -> Self {
        let spec = header.and_then(|header| header.trim().strip_prefix("bytes="));
        let Some((first, last)) = spec.and_then(|spec| spec.trim().split_once('-')) else { return Self::Whole };
        let (first, last) = (first.trim(), last.trim());
        let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let end = size.saturating_sub(1);
        let (from, to) = match (number(first), number(last)) {
            (None, Some(suffix)) if first.is_empty() => {
                let from = size.saturating_sub(suffix);
                (if suffix == 0 { size } else { from }, end)
            }
            (Some(from), None) if last.is_empty() => (from, end),
            (Some(from), Some(to)) if from <= to => (from, to.min(end)),
            _ => return Self::Whole,
        };
        if from >= size { Self::Unsatisfiable } else { Self::Range(from, to) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::api::input::read;

    fn kind_of(body: &str) -> Result<Announced, Refused> {
        read::<NewUpload>(body.as_bytes(), &[])?.value.validate()
    }

    #[test]
    fn the_type_comes_from_the_content_type_or_else_from_the_name() {
        assert_eq!(kind_of(r#"{"filename":"a.png"}"#).unwrap(), Announced::Kind(Kind::Png));
        let said = kind_of(r#"{"filename":"a.png","content_type":"image/webp"}"#).unwrap();
        assert_eq!(said, Announced::Kind(Kind::Webp));
        for nothing in ["", " ", "application/octet-stream", "application/force-download", "image/*"] {
            let body = |name| json!({ "filename": name, "content_type": nothing }).to_string();
            assert_eq!(kind_of(&body("a.MOV")).unwrap(), Announced::Kind(Kind::Mov), "{nothing:?}");
            for name in ["a", "blob", "IMG_0001", "photo.jpg.download"] {
                assert_eq!(kind_of(&body(name)).unwrap(), Announced::Nothing, "{nothing:?}, {name}");
            }
        }
        let said = kind_of(r#"{"filename":"a","content_type":"video/x-m4v"}"#).unwrap();
        assert_eq!(said, Announced::Kind(Kind::Mp4));
        let refused = kind_of(r#"{"filename":"a.png","content_type":"image/svg+xml"}"#).unwrap_err();
        assert_eq!(refused.code, Code::UnsupportedMedia);
        assert_eq!(refused.details.keys().collect::<Vec<_>>(), ["content_type"]);
    }

    #[test]
    fn a_bad_field_is_named() {
        let long = format!(r#"{{"filename":"{}.png"}}"#, "a".repeat(252));
        for (body, field) in [
            (r#"{"filename":""}"#, "filename"),
            (r#"{"filename":"\u202e"}"#, "filename"),
            (r#"{"filename":null}"#, "filename"),
            (&long, "filename"),
            (r#"{"filename":"a.png","size":0}"#, "size"),
            (r#"{"filename":"a.png","size":-1}"#, "size"),
            (r#"{"filename":"a.png","tenant_id":"a b"}"#, "tenant_id"),
            (r#"{"filename":"a.png","colour":1}"#, "colour"),
            ("{}", "filename"),
        ] {
            let refused = kind_of(body).unwrap_err();
            assert_eq!(refused.code, Code::InvalidPayload);
            assert_eq!(refused.details.keys().collect::<Vec<_>>(), [field], "{body}");
            assert!(
                field != "size" || refused.message == "`size`: expected a whole number from 1",
                "{}",
                refused.message
            );
        }
        assert_eq!(
            kind_of(&format!(r#"{{"filename":"{}.png"}}"#, "ä".repeat(251))).unwrap(),
            Announced::Kind(Kind::Png)
        );
    }

    #[test]
    fn the_name_of_a_file_is_kept_without_what_nobody_sees() {
        let body = r#"{"filename":"cat\u202egnp\u0000.jpg"}"#;
        assert_eq!(read::<NewUpload>(body.as_bytes(), &[]).unwrap().value.filename, "catgnp.jpg");
        assert_eq!(kind_of(body).unwrap(), Announced::Kind(Kind::Jpeg));
    }

    #[test]
    fn a_part_is_numbered_from_1_to_10000() {
        let part = |query: &str| SignedQuery::parse(query).map(|query| query.part);
        assert_eq!(part("expires=1&token=t").unwrap(), None);
        assert_eq!(part("part=10000").unwrap(), Some(10_000));
        for bad in ["part=0", "part=10001", "part=x", "part=", "part=-1"] {
            assert_eq!(part(bad).unwrap_err().details.keys().collect::<Vec<_>>(), ["part"], "{bad}");
        }
    }

    #[test]
    fn a_name_is_given_in_ascii_and_exactly() {
        assert_eq!(disposition("cat.gif"), r#"attachment; filename="cat.gif"; filename*=UTF-8''cat.gif"#);
        assert_eq!(
            disposition("Käse \"1\"\\.png"),
            r#"attachment; filename="K_se _1__.png"; filename*=UTF-8''K%C3%A4se%20%221%22%5C.png"#
        );
    }

    #[test]
    fn one_range_in_bytes_is_understood() {
        for (header, wanted) in [
            ("bytes=0-0", Wanted::Range(0, 0)),
            ("bytes=2-5", Wanted::Range(2, 5)),
            ("bytes=2-99", Wanted::Range(2, 9)),
            ("bytes=9-", Wanted::Range(9, 9)),
            ("bytes=-3", Wanted::Range(7, 9)),
            ("bytes=-99", Wanted::Range(0, 9)),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=10-12", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
        ] {
            assert_eq!(Wanted::parse(Some(header), 10), wanted, "{header}");
        }
        assert_eq!(Wanted::parse(None, 10), Wanted::Whole);
    }

    proptest! {
        #[test]
        fn a_range_lies_within_the_file(header in "bytes=[0-9]{0,3}-[0-9]{0,3}", size in 1u64..500) {
            if let Wanted::Range(first, last) = Wanted::parse(Some(&header), size) {
                prop_assert!(first <= last && last < size);
            }
        }

        #[test]
        fn any_name_gives_a_header(name in "\\PC{1,60}") {
            let header = disposition(&name);
            prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        }
    }
}
