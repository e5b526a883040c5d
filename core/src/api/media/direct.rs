//! `POST /v1/media`: a file in one call, by its address or in the body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::FILENAME_CHARACTERS;
use crate::api::line::clean_if_any;
use crate::id::TenantId;
use crate::public_url::PublicUrl;
use crate::refusal::{Code, Refused};
use crate::text::hidden::cleaned;

/// X's API description 2.167, `MetadataCreateRequest`.
const ALT_TEXT_CHARACTERS: usize = 1000;
/// Of a file in a body of JSON, which is in memory whole.
const DATA_BYTES: usize = 512 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMedia {
    url: Option<String>,
    data: Option<String>,
    #[serde(default, deserialize_with = "clean_if_any")]
    filename: Option<String>,
    alt_text: Option<String>,
    tenant_id: Option<TenantId>,
}

/// Where the bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Url(PublicUrl),
    Data(Vec<u8>),
}

/// A file that is wanted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direct {
    pub source: Source,
    pub filename: String,
    pub alt_text: Option<String>,
    pub tenant_id: Option<TenantId>,
}

impl NewMedia {
    pub fn validate(self, allows_loopback: bool) -> Result<Direct, Refused> {
        let source = match (self.url, self.data) {
            (Some(url), None) => Source::Url(public(&url, allows_loopback)?),
            (None, Some(data)) => Source::Data(decoded(&data)?),
            _ => return Err(Refused::field("url", "give `url` or `data`, and one of them")),
        };
        let filename = self.filename.filter(|name| !name.is_empty()).unwrap_or_else(|| source.name());
        if filename.chars().count() > FILENAME_CHARACTERS {
            return Err(Refused::field("filename", "expected 1 to 255 characters"));
        }
        let alt_text = self.alt_text.filter(|text| !text.trim().is_empty());
        if alt_text.as_ref().is_some_and(|text| text.chars().count() > ALT_TEXT_CHARACTERS) {
            return Err(Refused::field("alt_text", format!("has more than {ALT_TEXT_CHARACTERS} characters")));
        }
        Ok(Direct { source, filename, alt_text, tenant_id: self.tenant_id })
    }
}

impl Source {
    /// The last part of an address, as a name; else a name that says nothing.
    fn name(&self) -> String {
        let last = match self {
            Self::Url(url) => url.as_str().split(['?', '#']).next().and_then(|path| path.rsplit('/').next()),
            Self::Data(_) => None,
        };
        let name = cleaned(last.unwrap_or_default());
        let is_name = !name.is_empty() && name.chars().count() <= FILENAME_CHARACTERS;
        if is_name { name } else { "file".to_owned() }
    }
}

fn public(url: &str, allows_loopback: bool) -> Result<PublicUrl, Refused> {
    PublicUrl::parse(url, allows_loopback).map_err(|reason| {
        let message = format!("The media URL is refused: {reason}.");
        Refused::new(Code::MediaUrlRefused, message.clone()).with_detail("url", message)
    })
}

/// RFC 4648 §4.
fn decoded(data: &str) -> Result<Vec<u8>, Refused> {
    let bytes = STANDARD.decode(data).map_err(|_| Refused::field("data", "expected base64 (RFC 4648, section 4)"))?;
    if bytes.is_empty() {
        return Err(Refused::field("data", "has no bytes"));
    }
    if bytes.len() > DATA_BYTES {
        let message = format!("The file has {} bytes, and at most {DATA_BYTES} fit into `data`.", bytes.len());
        let refused = Refused::new(Code::MediaTooLarge, message.clone()).with_detail("data", message);
        return Err(refused.with_hint("Give its `url`, or announce it with POST /v1/media/upload."));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{Value, json};

    use super::*;
    use crate::api::input::read;

    fn direct(body: &Value) -> Result<Direct, (Code, Vec<String>)> {
        let read = read::<NewMedia>(body.to_string().as_bytes(), &[]).and_then(|body| body.value.validate(false));
        read.map_err(|refused| (refused.code, refused.details.into_keys().collect()))
    }

    #[test]
    fn a_file_comes_by_an_address_or_in_the_body() {
        let named = |body| direct(&body).unwrap().filename;
        assert_eq!(named(json!({ "url": "https://a.example/pictures/cat.png?size=2" })), "cat.png");
        assert_eq!(named(json!({ "url": "https://a.example/" })), "file");
        assert_eq!(named(json!({ "url": "https://a.example/cat.png", "filename": "dog.png" })), "dog.png");
        let inside = direct(&json!({ "data": "AQID", "alt_text": " " })).unwrap();
        assert_eq!(
            (inside.source, inside.filename.as_str(), inside.alt_text),
            (Source::Data(vec![1, 2, 3]), "file", None)
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_by_its_field() {
        let large = STANDARD.encode(vec![0; DATA_BYTES + 1]);
        for (body, code, field) in [
            (json!({}), Code::InvalidPayload, "url"),
            (json!({ "url": "https://a.example/x", "data": "AQID" }), Code::InvalidPayload, "url"),
            (json!({ "url": "http://a.example/x" }), Code::MediaUrlRefused, "url"),
            (json!({ "url": "https://127.0.0.1/x" }), Code::MediaUrlRefused, "url"),
            (json!({ "data": "?" }), Code::InvalidPayload, "data"),
            (json!({ "data": "" }), Code::InvalidPayload, "data"),
            (json!({ "data": large }), Code::MediaTooLarge, "data"),
            (json!({ "data": "AQID", "alt_text": "a".repeat(1001) }), Code::InvalidPayload, "alt_text"),
            (json!({ "data": "AQID", "filename": "a".repeat(256) }), Code::InvalidPayload, "filename"),
            (json!({ "data": "AQID", "size": 3 }), Code::InvalidPayload, "size"),
        ] {
            assert_eq!(direct(&body), Err((code, vec![field.to_owned()])), "{body}");
        }
        assert!(direct(&json!({ "data": STANDARD.encode(vec![0; DATA_BYTES]) })).is_ok());
    }
}
