//! The headers of a webhook call: ours, and the owner's custom headers.

use std::collections::BTreeMap;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use super::signature::{SigningSecret, timestamp};
use crate::id::EventId;
use crate::secret::Secret;
use crate::time::UnixMillis;

const MAX_HEADERS: usize = 20;
/// The maximum length of one value. All values together stay below the limits of servers.
const MAX_VALUE_BYTES: usize = 1024;

/// Headers with a meaning for the connection, for proxies, or for us. An entry with a hyphen at the end refuses every
/// name with this prefix.
const OURS: [&str; 27] = [
    "accept-encoding",
    "cdn-loop",
    "cf-",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "origin",
    "proxy-",
    "referer",
    "sec-",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "webhook-",
    "x-forwarded-",
    "x-outstand-signature",
    "x-real-ip",
];

/// Headers that a webhook's owner adds, such as a key of its own.
#[derive(Clone, Debug, Default)]
pub struct CustomHeaders(Vec<(HeaderName, HeaderValue)>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("at most {MAX_HEADERS} headers")]
    TooMany,
    #[error("not a header's name")]
    Name,
    #[error("this header is set by the service or the connection")]
    Ours,
    #[error("expected 1 to {MAX_VALUE_BYTES} printable ASCII characters")]
    Value,
    #[error("the header is given twice")]
    Twice,
}

impl CustomHeaders {
    /// An error comes with the name that it is about.
    pub fn parse(given: &BTreeMap<String, Secret<String>>) -> Result<Self, (String, HeaderError)> {
        if given.len() > MAX_HEADERS {
            return Err((String::new(), HeaderError::TooMany));
        }
        let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
        for (name, value) in given {
            let header = header(name, value).map_err(|error| (name.clone(), error))?;
            if headers.iter().any(|(known, _)| *known == header.0) {
                return Err((name.clone(), HeaderError::Twice));
            }
            headers.push(header);
        }
        Ok(Self(headers))
    }

    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.to_string()).collect()
    }

    /// What is sealed: a line each, name, colon, value. No value has a line end in it.
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        let line = |(name, value): &(HeaderName, HeaderValue)| {
            [name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"].concat()
        };
        Secret::new(self.0.iter().flat_map(line).collect())
    }

    /// Nothing when it was not written by [`Self::to_bytes`].
    pub fn from_bytes(bytes: &Secret<Vec<u8>>) -> Option<Self> {
        // EXPOSE: read into header values that print nothing.
        let text = std::str::from_utf8(bytes.expose()).ok()?;
        let read = |line: &str| {
            let (name, value) = line.split_once(':')?;
            header(name, &Secret::new(value.to_owned())).ok()
        };
        text.lines().map(read).collect::<Option<Vec<_>>>().map(Self)
    }
}

/// Header values hide their content in debug output, and do not wipe the content on drop. They therefore live for one
/// call only.
fn header(name: &str, value: &Secret<String>) -> Result<(HeaderName, HeaderValue), HeaderError> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderError::Name)?;
    let is_ours = |ours: &&str| name == *ours || (ours.ends_with('-') && name.as_str().starts_with(*ours));
    if OURS.iter().any(is_ours) {
        return Err(HeaderError::Ours);
    }
    // EXPOSE: into the header.
    let text = value.expose();
    let is_printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && text.trim() == text;
    if text.is_empty() || text.len() > MAX_VALUE_BYTES || !is_printable {
        return Err(HeaderError::Value);
    }
    let mut value = HeaderValue::from_str(text).map_err(|_| HeaderError::Value)?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Everything that goes along with `body`, tried at `at`. `secrets` sign, the current one first.
pub fn delivery_headers(
    id: &EventId,
    at: UnixMillis,
    body: &str,
    secrets: &[SigningSecret],
    legacy_signature: bool,
    custom: CustomHeaders,
) -> Result<HeaderMap, http::header::InvalidHeaderValue> {
    let mut headers: HeaderMap = custom.0.into_iter().collect();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Webhooks/1.0"));
    headers.insert("webhook-id", HeaderValue::from_str(id.as_str())?);
    headers.insert("webhook-timestamp", HeaderValue::from(timestamp(at)));
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(id, at, body)).collect();
    headers.insert("webhook-signature", HeaderValue::from_str(&signatures.join(" "))?);
    if let (true, Some(secret)) = (legacy_signature, secrets.first()) {
        headers.insert("x-outstand-signature", HeaderValue::from_str(&secret.sign_legacy(body))?);
    }
    Ok(headers)
}
