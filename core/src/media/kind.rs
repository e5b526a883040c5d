//! The kinds of files that X takes, and the maximum size of each kind. `names` and `sniff` find the kind of a file.

use serde::{Deserialize, Serialize};

/// The files that a post can carry (X's docs, "Media best practices") and the subtitles of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
    Gif,
    Mp4,
    Mov,
    Srt,
    Vtt,
}

/// X's class of the kind: a post carries four photos, one GIF or one video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Photo,
    Gif,
    Video,
    Subtitles,
}

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not a type of media that X takes")]
pub struct UnknownKind;

const MIB: u64 = 1 << 20;

impl Kind {
    pub const ALL: [Self; 8] =
        [Self::Jpeg, Self::Png, Self::Webp, Self::Gif, Self::Mp4, Self::Mov, Self::Srt, Self::Vtt];

    /// The name that X's API description 2.167 has for it.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Srt => "text/srt",
            Self::Vtt => "text/vtt",
        }
    }

    /// X's limits, and for video what every account may post. The setting `allowed_media` replaces them.
    pub const fn default_max_bytes(self) -> u64 {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => 5 * MIB,
            Self::Gif => 15 * MIB,
            Self::Mp4 | Self::Mov => 512 * MIB,
            Self::Srt | Self::Vtt => MIB,
        }
    }

    pub const fn class(self) -> Class {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => Class::Photo,
            Self::Gif => Class::Gif,
            Self::Mp4 | Self::Mov => Class::Video,
            Self::Srt | Self::Vtt => Class::Subtitles,
        }
    }
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> Self {
        kind.mime()
    }
}

impl TryFrom<String> for Kind {
    type Error = UnknownKind;

    fn try_from(mime: String) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.mime() == mime).ok_or(UnknownKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_stored_as_its_type() {
        for kind in Kind::ALL {
            let json = serde_json::to_value(kind).unwrap_or_default();
            assert_eq!(json, kind.mime());
            assert_eq!(serde_json::from_value::<Kind>(json).ok(), Some(kind));
        }
    }
}
