//! The media of a container: named by the caller, found in the workspace, and allowed together by X.

use super::Container;
use crate::delivery::{Attachment, File};
use crate::id::{MediaId, TenantId};
use crate::media::{Class, Kind, Media, Status, key_of};
use crate::refusal::Refused;
use crate::x::media::check_together;
use crate::x::options::Options;

/// An attachment as named by the caller, by an id or URL at `path`. The other fields of the attachment are beside id or
/// URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub path: String,
    attachment: Attachment,
}

impl Named {
    pub const fn new(path: String, attachment: Attachment) -> Self {
        Self { path, attachment }
    }

    pub(super) fn attachment(&self) -> Attachment {
        self.attachment.clone()
    }

    /// Says where the bytes of each id lie. `find` knows the media that were uploaded.
    pub fn find<E: From<Refused>>(
        &mut self,
        mut find: impl FnMut(&MediaId) -> Result<Option<Media>, E>,
    ) -> Result<(), E> {
        if let Some(id) = &self.attachment.media_id {
            let media = usable(find(id)?, &self.path)?;
            self.attachment.filename = Some(media.filename.clone());
            let said = self.attachment.alt_text.take();
            self.attachment.alt_text = said.or_else(|| media.alt_text.clone());
            self.attachment.file = Some(file(&media, &self.path)?);
        }
        for (n, track) in self.attachment.subtitles.iter_mut().enumerate() {
            let item = self.path.strip_suffix(".id").unwrap_or(&self.path);
            let path = format!("{item}.subtitles.{n}.id");
            let file = file(&usable(find(&track.media_id)?, &path)?, &path)?;
            if file.kind.class() != Class::Subtitles {
                return Err(Refused::field(&path, "is no subtitle file (SRT or WebVTT)").into());
            }
            track.file = Some(file);
        }
        Ok(())
    }
}

impl Attachment {
    /// The media of the workspace that it needs.
    pub fn media_ids(&self) -> impl Iterator<Item = &MediaId> {
        self.media_id.iter().chain(self.subtitles.iter().map(|track| &track.media_id))
    }
}

fn usable(media: Option<Media>, path: &str) -> Result<Media, Refused> {
    let media = media.ok_or_else(|| Refused::field(path, "there is no such media"))?;
    if media.status == Status::Active { Ok(media) } else { Err(Refused::field(path, "is not confirmed yet")) }
}

fn file(media: &Media, path: &str) -> Result<File, Refused> {
    let size = media.size.ok_or_else(|| Refused::field(path, "has no bytes"))?;
    Ok(File { key: key_of(&media.id), kind: media.kind, announced: media.announced, size })
}

/// A medium of one tenant is not for the accounts of another.
pub fn is_for(media: &Media, tenant_id: Option<&TenantId>) -> bool {
    media.tenant_id.is_none() || media.tenant_id.as_ref() == tenant_id
}

/// X's rules for the media of one post (X docs, x-api/media/quickstart/best-practices; `CreatePostsRequest` of X's API
/// description 2.167). The kind of a file behind a URL is known once the file is fetched.
pub(super) fn check(
    container: &Container,
    options: &Options,
    media_path: &str,
    option_path: &dyn Fn(&str) -> String,
) -> Result<(), Refused> {
    let media = &container.media;
    if media.is_empty() {
        return if options.has("media") {
            Err(Refused::field(&option_path("media"), "there are no media"))
        } else {
            Ok(())
        };
    }
    for other in ["poll", "quote_tweet_id"] {
        if options.has(other) {
            return Err(Refused::field(&option_path(other), "X takes media, a poll or a quote, and only one of them"));
        }
    }
    // What a URL names may still turn out to be a photo.
    let kinds: Vec<_> =
        media.iter().map(|attachment| attachment.file.as_ref().map_or(Kind::Jpeg, |file| file.kind)).collect();
    check_together(&kinds).map_err(|words| Refused::field(media_path, words))?;
    match media.iter().position(|attachment| !attachment.may_have_its_subtitles()) {
        Some(n) => Err(Refused::field(&format!("{media_path}.{n}.subtitles"), "only a video has subtitles")),
        None => Ok(()),
    }
}
