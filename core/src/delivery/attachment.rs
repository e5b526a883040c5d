//! A photo, GIF or video of a segment, and the progress of its upload to X.

use serde::{Deserialize, Serialize};

use crate::id::{MediaId, XMediaId};
use crate::media::{Class, Kind, Said, differs};
use crate::time::UnixMillis;
use crate::x::media::{MediaCall, ProcessingState, Range, Receipt, SEGMENT};

/// The number of times that an upload may begin anew, because X lost the upload or refuses a finished upload.
const RESTARTS: u32 = 3;

/// A medium of a post. Stored with the post, and with each delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The id in the workspace; a URL has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<MediaId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtitles: Vec<Track>,
    /// For a URL: present once the file was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
    #[serde(default, skip_serializing_if = "Upload::is_waiting")]
    pub upload: Upload,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_described: bool,
    #[serde(default)]
    pub restarts: u32,
}

/// The place of the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub key: String,
    pub kind: Kind,
    /// The announced kind of a URL, if the bytes are of another kind. Older files were not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Kind>,
    pub size: u64,
}

impl File {
    /// The copy of the file behind `url`. The answer announces the kind, else the caller's file name, else the URL.
    pub fn fetched(key: &str, kind: Kind, size: u64, names: &Names<'_>) -> Self {
        Self { key: key.to_owned(), kind, announced: names.said().filter(|said| *said != kind), size }
    }
}

/// The announcements for a file behind a URL.
pub struct Names<'a> {
    pub content_type: Option<&'a str>,
    pub filename: Option<&'a str>,
    pub url: &'a str,
}

impl Names<'_> {
    fn said(&self) -> Option<Kind> {
        let answered = self.content_type.and_then(|content_type| Said::parse(content_type).kind());
        let named = || self.filename.and_then(Kind::from_filename);
        answered.or_else(named).or_else(|| Kind::from_filename(last_segment(self.url)))
    }
}

fn last_segment(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

/// Subtitles of a video, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    pub media_id: MediaId,
    pub language_code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
    #[serde(default, skip_serializing_if = "Upload::is_waiting")]
    pub upload: Upload,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_added: bool,
}

/// How far X has the bytes of one file. `until` is when X forgets them, or soon will.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Upload {
    #[default]
    Waiting,
    /// The first `sent` bytes.
    Sending {
        id: XMediaId,
        sent: u64,
        until: UnixMillis,
    },
    Processing {
        id: XMediaId,
        percent: Option<u8>,
        until: UnixMillis,
    },
    Taken {
        id: XMediaId,
        until: UnixMillis,
    },
}

/// What an answer makes of an upload.
pub(super) enum Progress {
    /// The next call may be made at once, or not before then.
    Next(Option<UnixMillis>),
    Failed(String),
}

impl Upload {
    pub const fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting)
    }

    pub const fn taken(&self) -> Option<&XMediaId> {
        match self {
            Self::Taken { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The call that brings it further; `None` once X has it.
    fn next_call(&self, file: &File) -> Option<MediaCall> {
        Some(match self {
            Self::Waiting => MediaCall::Initialize { kind: file.kind, size: file.size },
            Self::Sending { id, sent, .. } if *sent < file.size => {
                MediaCall::Append(Range { id: id.clone(), offset: *sent, len: SEGMENT.min(file.size - sent) })
            }
            Self::Sending { id, .. } => MediaCall::Finalize(id.clone()),
            Self::Processing { id, .. } => MediaCall::Status(id.clone()),
            Self::Taken { .. } => return None,
        })
    }

    /// X did what `next_call` asked.
    fn answered(&mut self, receipt: Option<&Receipt>, file: &File, now: UnixMillis) -> Progress {
        if let (Self::Sending { sent, .. }, None) = (&mut *self, receipt) {
            *sent = file.size.min(*sent + SEGMENT);
            return Progress::Next(None);
        }
        let Some(receipt) = receipt else { return Progress::Next(None) };
        let (id, until) = (receipt.id.clone(), now + receipt.usable_for());
        if self.is_waiting() {
            *self = Self::Sending { id, sent: 0, until };
            return Progress::Next(None);
        }
        let Some(processing) = &receipt.processing_info else {
            *self = Self::Taken { id, until };
            return Progress::Next(None);
        };
        match processing.state {
            ProcessingState::Succeeded => {
                *self = Self::Taken { id, until };
                Progress::Next(None)
            }
            ProcessingState::Failed => Progress::Failed(processing.reason()),
            ProcessingState::Pending | ProcessingState::InProgress => {
                *self = Self::Processing { id, percent: processing.progress_percent, until };
                Progress::Next(Some(now + processing.check_after()))
            }
        }
    }

    /// The answer of the last call was lost. All but the finalization can be asked for again; of what X processes, the
    /// status says what became of that. Says whether the call may be repeated.
    fn answer_lost(&mut self, file: &File) -> bool {
        match self {
            Self::Sending { id, sent, until } if *sent >= file.size => {
                if file.kind.is_processed() {
                    *self = Self::Processing { id: id.clone(), percent: None, until: *until };
                    return true;
                }
                false
            }
            _ => true,
        }
    }

    fn expires_by(&self, time: UnixMillis) -> bool {
        match self {
            Self::Waiting => false,
            Self::Sending { until, .. } | Self::Processing { until, .. } | Self::Taken { until, .. } => *until <= time,
        }
    }
}

impl Attachment {
    /// The call that brings it further; `None` when it may be posted, or has no bytes yet.
    pub(super) fn next_call(&self) -> Option<MediaCall> {
        if let Some(call) = self.upload.next_call(self.file.as_ref()?) {
            return Some(call);
        }
        let id = self.upload.taken()?;
        if let Some(call) = self.subtitles.iter().find(|track| !track.is_added).and_then(|track| track.next_call(id)) {
            return Some(call);
        }
        let alt_text = self.alt_text.clone().filter(|_| !self.is_described)?;
        Some(MediaCall::Describe { id: id.clone(), alt_text })
    }

    pub(super) fn answered(&mut self, receipt: Option<&Receipt>, now: UnixMillis) -> Progress {
        let Some(file) = &self.file else { return Progress::Next(None) };
        if self.upload.taken().is_none() {
            return self.upload.answered(receipt, file, now);
        }
        if let Some(track) = self.subtitles.iter_mut().find(|track| !track.is_added) {
            return track.answered(receipt, now);
        }
        self.is_described = true;
        Progress::Next(None)
    }

    pub(super) fn answer_lost(&mut self) -> bool {
        let Some(file) = &self.file else { return true };
        match self.subtitles.iter_mut().find(|track| !track.is_added) {
            Some(track) if self.upload.taken().is_some() => {
                track.file.as_ref().is_none_or(|file| track.upload.answer_lost(file))
            }
            _ => self.upload.answer_lost(file),
        }
    }

    /// The file that the next call reads from.
    pub(super) fn file_at_work(&self) -> Option<&File> {
        let track = self.subtitles.iter().find(|track| !track.is_added).filter(|_| self.upload.taken().is_some());
        track.map_or(self.file.as_ref(), |track| track.file.as_ref())
    }

    /// From the first byte, if that was not too often. What a URL names is fetched again.
    pub(super) fn restart(&mut self) -> bool {
        self.restarts += 1;
        self.forget();
        self.restarts <= RESTARTS
    }

    /// What X has of it counts no more.
    pub(super) fn forget(&mut self) {
        self.upload = Upload::Waiting;
        self.is_described = false;
        if self.url.is_some() {
            self.file = None;
        }
        for track in &mut self.subtitles {
            track.upload = Upload::Waiting;
            track.is_added = false;
        }
    }

    /// As the caller gave it: what a new version begins with.
    pub(super) fn begin_anew(&mut self) {
        self.restarts = 0;
        if self.next_call().is_some() {
            self.forget();
        }
    }

    pub(super) fn forget_expired(&mut self, now: UnixMillis) {
        let is_expired = |upload: &Upload| upload.expires_by(now);
        if is_expired(&self.upload) || self.subtitles.iter().any(|track| !track.is_added && is_expired(&track.upload)) {
            self.forget();
        }
    }

    /// Only a video has subtitles; the kind behind a URL is not known before the file was fetched.
    pub fn may_have_its_subtitles(&self) -> bool {
        self.subtitles.is_empty() || self.file.as_ref().is_none_or(|file| file.kind.class() == Class::Video)
    }

    /// A warning for the caller, if the announced type or name differs from the bytes.
    pub fn warning(&self) -> Option<String> {
        let file = self.file.as_ref()?;
        differs(self.name(), file.announced, file.kind)
    }

    /// As the caller knows it.
    pub fn name(&self) -> &str {
        self.filename.as_deref().or(self.url.as_deref().map(last_segment)).unwrap_or_default()
    }

    /// Bytes at X, of those in the file.
    pub fn bytes_sent(&self) -> u64 {
        match &self.upload {
            Upload::Waiting => 0,
            Upload::Sending { sent, .. } => *sent,
            Upload::Processing { .. } | Upload::Taken { .. } => self.file.as_ref().map_or(0, |file| file.size),
        }
    }

    /// The word for a person who waits.
    pub fn stage(&self) -> &'static str {
        match &self.upload {
            Upload::Waiting if self.file.is_none() => "fetching",
            Upload::Waiting => "waiting",
            Upload::Sending { .. } => "uploading",
            Upload::Processing { .. } => "processing",
            Upload::Taken { .. } if self.next_call().is_some() => "processing",
            Upload::Taken { .. } => "ready",
        }
    }

    pub const fn processing_percent(&self) -> Option<u8> {
        match &self.upload {
            Upload::Processing { percent, .. } => *percent,
            _ => None,
        }
    }
}

impl Track {
    pub const fn new(media_id: MediaId, language_code: String, display_name: Option<String>) -> Self {
        Self { media_id, language_code, display_name, file: None, upload: Upload::Waiting, is_added: false }
    }

    fn next_call(&self, video: &XMediaId) -> Option<MediaCall> {
        let Some(id) = self.upload.taken() else { return self.upload.next_call(self.file.as_ref()?) };
        Some(MediaCall::AddSubtitles {
            id: video.clone(),
            file: id.clone(),
            language_code: self.language_code.clone(),
            display_name: self.display_name.clone(),
        })
    }

    fn answered(&mut self, receipt: Option<&Receipt>, now: UnixMillis) -> Progress {
        match &self.file {
            Some(file) if self.upload.taken().is_none() => self.upload.answered(receipt, file, now),
            _ => {
                self.is_added = true;
                Progress::Next(None)
            }
        }
    }
}
