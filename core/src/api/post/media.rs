//! `containers[].media[]` and `mediaIds[]`: the media of a post, as named by the caller.

use serde::Deserialize;

use crate::api::line::clean_if_any;
use crate::delivery::{Attachment, Track};
use crate::id::MediaId;
use crate::post::Named;
use crate::public_url::PublicUrlError;
use crate::refusal::{Code, Refused};

/// X's API description 2.167, `MetadataCreateRequest`.
const ALT_TEXT_CHARACTERS: usize = 1000;
const FILENAME_CHARACTERS: usize = 255;

/// Who decides which URL is fetched: `PublicUrl::judge`, or the composer, which has its browser's parser of URLs.
pub type Judge<'a> = &'a dyn Fn(&str) -> Result<String, PublicUrlError>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMedia {
    id: Option<String>,
    url: Option<String>,
    #[serde(default, deserialize_with = "clean_if_any")]
    filename: Option<String>,
    #[serde(rename = "altText")]
    alt_text: Option<String>,
    #[serde(default)]
    subtitles: Vec<NewTrack>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTrack {
    id: String,
    language_code: String,
    display_name: Option<String>,
}

/// Both lists, one after the other; `None` when neither is given. `path` ends in a dot, or is empty.
pub(super) fn named(
    media: Option<Vec<NewMedia>>,
    ids: Option<Vec<String>>,
    path: &str,
    judge: Judge<'_>,
) -> Result<Option<Vec<Named>>, Refused> {
    if media.is_none() && ids.is_none() {
        return Ok(None);
    }
    let media = media.into_iter().flatten().enumerate().map(|(n, media)| {
        let path = format!("{path}media.{n}");
        Ok((format!("{path}.id"), media.attachment(&path, judge)?))
    });
    let ids = ids.into_iter().flatten().enumerate().map(|(n, id)| {
        let path = format!("{path}mediaIds.{n}");
        let media_id = Some(media_id(&id, &path)?);
        Ok((path, Attachment { media_id, ..Attachment::default() }))
    });
    media
        .chain(ids)
        .map(|named| named.map(|(path, attachment)| Named::new(path, attachment)))
        .collect::<Result<_, _>>()
        .map(Some)
}

impl NewMedia {
    fn attachment(self, path: &str, judge: Judge<'_>) -> Result<Attachment, Refused> {
        // A row of `GET /v1/media` has both: the id counts, and its address is not asked.
        let (media_id, url) = match (&self.id, &self.url) {
            (Some(id), _) => (Some(media_id(id, &format!("{path}.id"))?), None),
            (None, Some(url)) => (None, Some(public(url, &format!("{path}.url"), judge)?)),
            (None, None) => return Err(Refused::field(&format!("{path}.url"), "give `id` or `url`")),
        };
        let alt_text = self.alt_text.filter(|text| !text.trim().is_empty());
        at_most(alt_text.as_ref(), ALT_TEXT_CHARACTERS, &format!("{path}.altText"))?;
        at_most(self.filename.as_ref(), FILENAME_CHARACTERS, &format!("{path}.filename"))?;
        let tracks = self.subtitles.into_iter().enumerate();
        let tracks = tracks.map(|(n, track)| track.track(&format!("{path}.subtitles.{n}")));
        let subtitles = tracks.collect::<Result<_, _>>()?;
        Ok(Attachment { media_id, url, filename: self.filename, alt_text, subtitles, ..Attachment::default() })
    }
}

impl NewTrack {
    /// X's API description 2.167, `SubtitlesCreateRequest`: `^[A-Z]{2}$`.
    fn track(self, path: &str) -> Result<Track, Refused> {
        let is_code = self.language_code.len() == 2 && self.language_code.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code {
            return Err(Refused::field(&format!("{path}.language_code"), "expected two capital letters, such as EN"));
        }
        Ok(Track::new(media_id(&self.id, &format!("{path}.id"))?, self.language_code, self.display_name))
    }
}

fn media_id(text: &str, path: &str) -> Result<MediaId, Refused> {
    MediaId::parse(text).map_err(|_| Refused::field(path, "there is no such media"))
}

fn public(url: &str, path: &str, judge: Judge<'_>) -> Result<String, Refused> {
    judge(url).map_err(|reason| {
        let message = format!("The media URL is refused: {reason}.");
        Refused::new(Code::MediaUrlRefused, message.clone()).with_detail(path, message)
    })
}

fn at_most(text: Option<&String>, characters: usize, path: &str) -> Result<(), Refused> {
    match text {
        Some(text) if text.chars().count() > characters => {
            Err(Refused::field(path, format!("has more than {characters} characters")))
        }
        _ => Ok(()),
    }
}
