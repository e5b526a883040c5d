//! What kind of file a medium is: by its MIME type, by its name, and by its first bytes, which alone are believed.

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

/// What X makes of it: a post carries four photos, one GIF or one video.
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

/// As many first bytes as [`Kind::sniff`] looks at.
pub const HEAD_BYTES: u64 = 64;

const MIB: u64 = 1 << 20;

/// Brands of ISO base media files that hold pictures and no film (ISO/IEC 23008-12, AVIF 1.1): X takes none of them.
const PICTURE_BRANDS: [&[u8]; 7] = [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"];

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

    /// The kind of a `Content-Type`, whose parameters say nothing here. Browsers and older programs have other names
    /// for two of them.
    pub fn from_mime(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "image/jpg" | "image/pjpeg" => Some(Self::Jpeg),
            "application/x-subrip" => Some(Self::Srt),
            essence => Self::ALL.into_iter().find(|kind| kind.mime() == essence),
        }
    }

    pub fn from_filename(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Self::Jpeg,
            "png" => Self::Png,
            "webp" => Self::Webp,
            "gif" => Self::Gif,
            "mp4" | "m4v" => Self::Mp4,
            "mov" | "qt" => Self::Mov,
            "srt" => Self::Srt,
            "vtt" => Self::Vtt,
            _ => return None,
        })
    }

    /// What the bytes say they are.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        match head {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [_, _, _, _, rest @ ..] => film(rest).or_else(|| subtitles(head)),
            _ => None,
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

/// ISO/IEC 14496-12 §4.2: a box is its size, its type, its content; the first one names the brand. `QuickTime` files from
/// before that standard begin with another box.
fn film(after_size: &[u8]) -> Option<Kind> {
    match after_size.split_first_chunk::<4>()? {
        (b"ftyp", rest) => match rest.first_chunk::<4>()? {
            b"qt  " => Some(Kind::Mov),
            brand if PICTURE_BRANDS.contains(&brand.as_slice()) => None,
            _ => Some(Kind::Mp4),
        },
        (b"moov" | b"mdat" | b"wide", _) => Some(Kind::Mov),
        _ => None,
    }
}

/// `WebVTT` §4.1 begins with its name; `SubRip` with the number and the times of its first line.
fn subtitles(head: &[u8]) -> Option<Kind> {
    let text = String::from_utf8_lossy(head);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    if let Some(rest) = text.strip_prefix("WEBVTT") {
        return rest.chars().next().is_none_or(char::is_whitespace).then_some(Kind::Vtt);
    }
    let (number, times) = text.trim_start().split_once('\n')?;
    let is_number = !number.trim_end().is_empty() && number.trim_end().bytes().all(|byte| byte.is_ascii_digit());
    (is_number && is_cue(times)).then_some(Kind::Srt)
}

/// `00:00:01,000 -->`.
fn is_cue(times: &str) -> bool {
    let shape = times.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.take(16).eq(b"00:00:00,000 -->".iter().copied())
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_bytes_say_what_a_file_is() {
        let cases: [(&[u8], Option<Kind>); 15] = [
            (b"\xFF\xD8\xFF\xE0\x00\x10JFIF", Some(Kind::Jpeg)),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Some(Kind::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Kind::Webp)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"GIF87a", Some(Kind::Gif)),
            (b"GIF89a", Some(Kind::Gif)),
            (b"GIF88a--", None),
            (b"\0\0\0\x18ftypisom\0\0\0\0", Some(Kind::Mp4)),
            (b"\0\0\0\x14ftypqt  \0\0\0\0", Some(Kind::Mov)),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Some(Kind::Mov)),
            (b"\0\0\0\x18ftypheic\0\0\0\0", None),
            (b"\0\0\0\x18ftyp", None),
            (b"<html><script>", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ];
        for (head, kind) in cases {
            assert_eq!(Kind::sniff(head), kind, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn subtitles_are_known_by_their_first_line() {
        let cases = [
            ("1\n00:00:00,000 --> 00:00:01,000\nHello\n", Some(Kind::Srt)),
            ("\u{FEFF}1\r\n00:00:00,000 --> 00:00:01,000\r\nHello\r\n", Some(Kind::Srt)),
            ("\n12\n00:00:00,000 -->", Some(Kind::Srt)),
            ("one\n00:00:00,000 --> 00:00:01,000\n", None),
            ("1\nHello --> world, how are you", None),
            ("WEBVTT\n\n00:00.000 --> 00:01.000\nHello", Some(Kind::Vtt)),
            ("\u{FEFF}WEBVTT - with a title", Some(Kind::Vtt)),
            ("WEBVTTX", None),
        ];
        for (text, kind) in cases {
            assert_eq!(Kind::sniff(text.as_bytes()), kind, "{text:?}");
        }
    }

    #[test]
    fn a_kind_is_found_by_its_type_whatever_the_parameters_and_case() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_mime(kind.mime()), Some(kind));
        }
        assert_eq!(Kind::from_mime("Image/JPEG; charset=binary"), Some(Kind::Jpeg));
        assert_eq!(Kind::from_mime("image/jpg"), Some(Kind::Jpeg));
        assert_eq!(Kind::from_mime("application/x-subrip"), Some(Kind::Srt));
        for other in ["", "image/svg+xml", "video/webm", "text/html"] {
            assert_eq!(Kind::from_mime(other), None, "{other}");
        }
    }

    #[test]
    fn a_kind_is_found_by_the_extension_of_a_name() {
        assert_eq!(Kind::from_filename("holiday.2026.JPG"), Some(Kind::Jpeg));
        assert_eq!(Kind::from_filename("clip.mov"), Some(Kind::Mov));
        assert_eq!(Kind::from_filename("jpg"), None);
        assert_eq!(Kind::from_filename("picture.svg"), None);
    }

    #[test]
    fn a_kind_is_stored_as_its_type() {
        for kind in Kind::ALL {
            let json = serde_json::to_value(kind).unwrap_or_default();
            assert_eq!(json, kind.mime());
            assert_eq!(serde_json::from_value::<Kind>(json).ok(), Some(kind));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_kind_or_not(head in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Kind::sniff(&head);
        }
    }
}
