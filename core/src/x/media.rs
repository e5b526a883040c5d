//! `/2/media`, scope `media.write`: an upload is initialized, appended to in order, finalized and, if X processes the
//! file, asked about (X docs, x-api/media/quickstart; X's API description 2.167). Nobody sees an upload until a post
//! names it, so each of these calls may be repeated.

use http::{HeaderValue, Method, Request, Response, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{XError, authorized, data, with_json};
use crate::{
    id::XMediaId,
    media::{Class, Kind},
    oauth::Endpoints,
    secret::Secret,
    time::Span,
};

/// Without it X answers 403 to everything here.
pub const SCOPE: &str = "media.write";

/// The bytes of one segment. X takes 5 MB and recommends less (X docs, x-api/media/quickstart/media-upload-chunked).
pub const SEGMENT: u64 = 4_000_000;
/// Where X does not say how long an upload lives.
const LIFETIME: Span = Span::hours(24);
const LONGEST_MARGIN: Span = Span::mins(5);
const SHORTEST_USE: Span = Span::mins(1);
/// Where X does not say when to ask again, and the longest that we wait.
const CHECK_AFTER: (Span, Span) = (Span::secs(5), Span::mins(1));

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaCall {
    Initialize { kind: Kind, size: u64 },
    Append(Range),
    Finalize(XMediaId),
    Status(XMediaId),
    Describe { id: XMediaId, alt_text: String },
    AddSubtitles { id: XMediaId, file: XMediaId, language_code: String, display_name: Option<String> },
}

/// One segment: `len` bytes of the file from `offset` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub id: XMediaId,
    pub offset: u64,
    pub len: u64,
}

/// A request whose body is `before`, the bytes of a segment, and `after`.
#[derive(Debug)]
pub struct Multipart {
    pub request: Request<Vec<u8>>,
    pub before: Vec<u8>,
    pub after: Vec<u8>,
}

/// What X says of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Receipt {
    pub id: XMediaId,
    expires_after_secs: Option<u32>,
    pub processing_info: Option<Processing>,
}

/// Photos have none: X takes them at once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Processing {
    pub state: ProcessingState,
    check_after_secs: Option<u32>,
    pub progress_percent: Option<u8>,
    error: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessingState {
    Pending,
    InProgress,
    Succeeded,
    Failed,
}

impl Kind {
    /// Photos and texts are taken at once; the rest is looked at first.
    pub(crate) const fn is_processed(self) -> bool {
        matches!(self.class(), Class::Gif | Class::Video)
    }

    /// X's `media_category` of what a post carries.
    const fn category(self) -> &'static str {
        match self.class() {
            Class::Photo => "tweet_image",
            Class::Gif => "tweet_gif",
            Class::Video => "tweet_video",
            Class::Subtitles => "subtitles",
        }
    }
}

/// Whether X takes these in one post (X docs, x-api/media/quickstart/best-practices).
pub fn check_together(kinds: &[Kind]) -> Result<(), &'static str> {
    let count = |class: Class| kinds.iter().filter(|kind| kind.class() == class).count();
    if count(Class::Subtitles) > 0 {
        return Err("subtitles belong to a video");
    }
    let is_alone = kinds.len() <= 1;
    let are_photos = kinds.len() <= 4 && count(Class::Photo) == kinds.len();
    if is_alone || are_photos { Ok(()) } else { Err("X takes 4 photos, 1 GIF or 1 video") }
}

impl MediaCall {
    /// The endpoint as X's rate limits name it.
    pub const fn endpoint(&self) -> &'static str {
        match self {
            Self::Initialize { .. } => "POST /2/media/upload/initialize",
            Self::Append(_) => "POST /2/media/upload/:id/append",
            Self::Finalize(_) => "POST /2/media/upload/:id/finalize",
            Self::Status(_) => "GET /2/media/upload",
            Self::Describe { .. } => "POST /2/media/metadata",
            Self::AddSubtitles { .. } => "POST /2/media/subtitles",
        }
    }

    /// The request of any call but `Append`, whose body is streamed.
    pub fn request(&self, endpoints: &Endpoints, token: &Secret<String>) -> Option<Request<Vec<u8>>> {
        let post = |path: &str, body: &Value| with_json(authorized(Method::POST, endpoints, path, token), body);
        Some(match self {
            Self::Append(_) => return None,
            Self::Initialize { kind, size } => {
                let body = json!({
                    "media_type": kind.mime(), "total_bytes": size, "media_category": kind.category(),
                });
                post("/2/media/upload/initialize", &body)
            }
            Self::Finalize(id) => authorized(Method::POST, endpoints, &format!("/2/media/upload/{id}/finalize"), token),
            Self::Status(id) => {
                let path = format!("/2/media/upload?command=STATUS&media_id={id}");
                authorized(Method::GET, endpoints, &path, token)
            }
            Self::Describe { id, alt_text } => {
                post("/2/media/metadata", &json!({ "id": id, "metadata": { "alt_text": { "text": alt_text } } }))
            }
            Self::AddSubtitles { id, file, language_code, display_name } => {
                let mut track = json!({ "id": file, "language_code": language_code });
                if let (Some(name), Some(fields)) = (display_name, track.as_object_mut()) {
                    fields.insert("display_name".into(), json!(name));
                }
                let body = json!({ "id": id, "media_category": "TweetVideo", "subtitles": track });
                post("/2/media/subtitles", &body)
            }
        })
    }

    /// X's answer; `None` if X only confirms the step.
    pub fn response(&self, answer: &Response<Vec<u8>>) -> Result<Option<Receipt>, XError> {
        match self {
            Self::Initialize { .. } | Self::Finalize(_) | Self::Status(_) => data(answer).map(Some),
            // Only the status of an append is certain: its body differs between X's descriptions.
            Self::Append(_) if answer.status().is_success() => Ok(None),
            Self::Append(_) | Self::Describe { .. } | Self::AddSubtitles { .. } => data::<Value>(answer).map(|_| None),
        }
    }
}

impl Range {
    /// X counts segments from 0.
    pub const fn index(&self) -> u64 {
        self.offset / SEGMENT
    }

    /// RFC 7578. `nonce` makes a boundary that no file has.
    pub fn request(&self, endpoints: &Endpoints, token: &Secret<String>, nonce: &str) -> Multipart {
        let boundary = format!("segment-{nonce}");
        let path = format!("/2/media/upload/{}/append", self.id);
        let mut request = authorized(Method::POST, endpoints, &path, token);
        if let Ok(value) = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}")) {
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        let before = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n{}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            self.index()
        );
        Multipart { request, before: before.into_bytes(), after: format!("\r\n--{boundary}--\r\n").into_bytes() }
    }
}

impl Receipt {
    /// As long as X keeps it, but for the last moments: a post takes its time. A life too short for anything is tried all
    /// the same, and X has the last word.
    pub fn usable_for(&self) -> Span {
        let life = self.expires_after_secs.map_or(LIFETIME, |secs| Span::secs(i64::from(secs)));
        let margin = LONGEST_MARGIN.min(Span::millis(life.as_millis() / 4));
        Span::millis(life.as_millis() - margin.as_millis()).max(SHORTEST_USE)
    }
}

impl Processing {
    pub fn check_after(&self) -> Span {
        let (usual, longest) = CHECK_AFTER;
        self.check_after_secs.map_or(usual, |secs| Span::secs(i64::from(secs.max(1)))).min(longest)
    }

    /// Why it failed, in X's words.
    pub fn reason(&self) -> String {
        let word = |key: &str| self.error.as_ref().and_then(|error| error.get(key)?.as_str().map(str::to_owned));
        let words = word("message").or_else(|| word("detail")).or_else(|| word("name"));
        words.unwrap_or_else(|| "X could not process the media.".into())
    }
}
