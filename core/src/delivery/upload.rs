//! The media of a delivery go to X before its first post, so that a thread does not break in the middle for a file.
//!
//! No call of an upload shows anything to anybody. A call with a lost answer is therefore made again, and no upload is
//! ever unconfirmed.

use super::attachment::{Attachment, File, Progress};
use super::effect::{LimitHeaders, failure};
use super::{Delivery, Failure, FailureCode, Pace, State};
use crate::time::UnixMillis;
use crate::x::XError;
use crate::x::media::{MediaCall, Receipt, check_together};
use crate::x::problem::Refusal;

/// An attachment of the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub segment: usize,
    pub attachment: usize,
}

/// The next step of the uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadStep {
    /// The bytes that a URL names are to be copied to `key`. The caller may have a name for them.
    Fetch { url: String, filename: Option<String>, key: String },
    /// `file` is what an append reads.
    Call { call: MediaCall, file: File },
}

impl UploadStep {
    /// The endpoint as X's rate limits name it.
    pub const fn endpoint(&self) -> Option<&'static str> {
        match self {
            Self::Fetch { .. } => None,
            Self::Call { call, .. } => Some(call.endpoint()),
        }
    }
}

/// What became of one.
#[derive(Debug)]
pub enum UploadOutcome {
    Fetched(File),
    Done(Option<Receipt>),
    Refused(XError),
    /// No answer.
    Lost,
    /// Whoever has the bytes does not give them now.
    SourceSilent(String),
    /// These bytes will never do.
    Unusable(Failure),
}

impl Delivery {
    /// What is missing at X before the next post may be made. All that a URL names is fetched first: what X would not take
    /// together is known before anything is sent.
    pub fn next_upload(&mut self, now: UnixMillis) -> Option<(Place, UploadStep)> {
        self.attachments_mut().for_each(|(_, attachment)| attachment.forget_expired(now));
        self.next_fetch().or_else(|| self.next_media_call())
    }

    fn next_fetch(&self) -> Option<(Place, UploadStep)> {
        self.attachments().find_map(|(place, attachment)| {
            let url = attachment.url.clone().filter(|_| attachment.file.is_none())?;
            let filename = attachment.filename.clone();
            Some((place, UploadStep::Fetch { url, filename, key: self.copy_key(place) }))
        })
    }

    fn next_media_call(&self) -> Option<(Place, UploadStep)> {
        self.attachments().find_map(|(place, attachment)| {
            let call = attachment.next_call()?;
            Some((place, UploadStep::Call { call, file: attachment.file_at_work()?.clone() }))
        })
    }

    pub fn upload_effect(&mut self, at: Place, outcome: UploadOutcome, now: UnixMillis, pace: Pace) {
        self.revision += 1;
        match outcome {
            UploadOutcome::Fetched(file) => self.fetched(at, file, now),
            UploadOutcome::Done(receipt) => self.upload_answered(at, receipt.as_ref(), now),
            UploadOutcome::Lost | UploadOutcome::Refused(XError::Malformed { status: 200..=299 }) => {
                if self.attachment_mut(at).is_some_and(Attachment::answer_lost) {
                    self.x_fault("X's answer to an upload was lost.", None, now, pace);
                } else {
                    self.restart_upload(at, "X's answers to the upload were lost.", now);
                }
            }
            UploadOutcome::Refused(XError::Malformed { status }) => {
                self.x_fault(&format!("X answered {status} with something that cannot be read."), None, now, pace);
            }
            UploadOutcome::Refused(XError::Refused { refusal, problem, windows, retry_after }) => match refusal {
                Refusal::NotFound => self.restart_upload(at, &problem.words(), now),
                Refusal::InvalidRequest | Refusal::InvalidMedia | Refusal::NotPermitted => {
                    self.fail(FailureCode::MediaFailed, &problem.words());
                }
                other => self.refused(other, &problem, LimitHeaders { windows: &windows, retry_after }, now, pace),
            },
            UploadOutcome::SourceSilent(words) => self.source_fault(&words, now),
            UploadOutcome::Unusable(Failure { code, message }) => self.fail(code, &message),
        }
    }

    fn fetched(&mut self, place: Place, file: File, now: UnixMillis) {
        if let Some(attachment) = self.attachment_mut(place) {
            attachment.file = Some(file);
        }
        let media = self.segments.get(place.segment).map(|segment| segment.media.as_slice()).unwrap_or_default();
        let kinds: Vec<_> = media.iter().filter_map(|attachment| Some(attachment.file.as_ref()?.kind)).collect();
        let tracks_fit = media.iter().all(Attachment::may_have_its_subtitles);
        match check_together(&kinds) {
            Ok(()) if tracks_fit => self.go_on(now),
            Ok(()) => self.fail(FailureCode::UnsupportedMedia, "Only a video has subtitles."),
            Err(words) => self.fail(FailureCode::UnsupportedMedia, words),
        }
    }

    fn upload_answered(&mut self, place: Place, receipt: Option<&Receipt>, now: UnixMillis) {
        let progress = self.attachment_mut(place).map(|attachment| attachment.answered(receipt, now));
        match progress {
            Some(Progress::Failed(words)) => self.fail(FailureCode::MediaFailed, &words),
            Some(Progress::Next(Some(time))) => self.go_on(time),
            Some(Progress::Next(None)) | None => self.go_on(now),
        }
    }

    fn restart_upload(&mut self, place: Place, words: &str, now: UnixMillis) {
        if self.attachment_mut(place).is_some_and(Attachment::restart) {
            self.requeue(now, Some(failure(FailureCode::MediaFailed, words)));
        } else {
            self.fail(FailureCode::MediaFailed, words);
        }
    }

    /// X does not know what it took before, or not as this account's.
    pub(super) fn media_refused(&mut self, words: &str, now: UnixMillis) {
        let segment = self.missing().and_then(|at| self.segments.get_mut(at));
        let media = segment.map(|segment| segment.media.as_mut_slice()).unwrap_or_default();
        // All of them: which one X means it does not say.
        let restarted = media.iter_mut().filter_map(|attachment| attachment.restart().then_some(())).count();
        if restarted > 0 && restarted == media.len() {
            self.requeue(now, Some(failure(FailureCode::MediaFailed, words)));
        } else {
            self.fail(FailureCode::MediaFailed, words);
        }
    }

    /// On its way, with the next call at `due_at`.
    fn go_on(&mut self, due_at: UnixMillis) {
        self.requeue(due_at, None);
        self.state = State::Publishing;
        self.waits = 0;
    }

    /// Copies of what URLs name that are of no more use: X has the bytes, or nothing will be sent.
    pub fn spent_copies(&self) -> Vec<String> {
        let is_spent = |attachment: &Attachment| self.is_final() || attachment.upload.taken().is_some();
        let copies = self.segments.iter().enumerate().flat_map(|(segment, row)| {
            row.media.iter().enumerate().filter_map(move |(attachment, row)| {
                (row.url.is_some() && row.file.is_some() && is_spent(row)).then_some(Place { segment, attachment })
            })
        });
        copies.map(|place| self.copy_key(place)).collect()
    }

    fn copy_key(&self, Place { segment, attachment }: Place) -> String {
        format!("fetched/{}/{}/{segment}.{attachment}", self.post_id, self.account_id)
    }

    /// Those of the segments that are not on X.
    fn attachments(&self) -> impl Iterator<Item = (Place, &Attachment)> {
        let missing = self.segments.iter().enumerate().filter(|(_, segment)| segment.platform_post_id.is_none());
        missing.flat_map(|(segment, row)| {
            row.media.iter().enumerate().map(move |(attachment, row)| (Place { segment, attachment }, row))
        })
    }

    fn attachments_mut(&mut self) -> impl Iterator<Item = (usize, &mut Attachment)> {
        let missing = self.segments.iter_mut().filter(|segment| segment.platform_post_id.is_none());
        missing.flat_map(|segment| segment.media.iter_mut().enumerate())
    }

    fn attachment_mut(&mut self, place: Place) -> Option<&mut Attachment> {
        self.segments.get_mut(place.segment)?.media.get_mut(place.attachment)
    }
}

#[cfg(test)]
mod tests;
