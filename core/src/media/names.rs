//! The names of a kind of file, as used by people, browsers and programs: MIME types and extensions. A name only
//! announces a kind: the bytes decide (`sniff`).

use super::Kind;

/// What a `Content-Type` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Kind(Kind),
    /// Nothing: it is empty, or stands for any bytes.
    Nothing,
    /// Something that X does not take.
    Other,
}

/// Types that a program writes for an unknown file. Plain text is among these types: captions come as plain text.
const ANY: [&str; 9] = [
    "",
    "application/force-download",
    "application/download",
    "application/octet-stream",
    "application/x-octet-stream",
    "application/x-binary",
    "application/unknown",
    "binary/octet-stream",
    "text/plain",
];

/// What registers (IANA), older programs and phones call the types beside their own names.
const ALIASES: [(&str, Kind); 33] = [
    ("image/jpg", Kind::Jpeg),
    ("image/jpe", Kind::Jpeg),
    ("image/jfif", Kind::Jpeg),
    ("image/pjpeg", Kind::Jpeg),
    ("image/pjpg", Kind::Jpeg),
    ("image/pipeg", Kind::Jpeg),
    ("image/x-jpeg", Kind::Jpeg),
    ("image/x-jpg", Kind::Jpeg),
    ("image/x-citrix-jpeg", Kind::Jpeg),
    ("image/x-png", Kind::Png),
    ("image/apng", Kind::Png),
    ("image/vnd.mozilla.apng", Kind::Png),
    ("image/x-citrix-png", Kind::Png),
    ("image/x-webp", Kind::Webp),
    ("image/x-gif", Kind::Gif),
    ("video/x-mp4", Kind::Mp4),
    ("video/mpeg4", Kind::Mp4),
    ("video/mp4v-es", Kind::Mp4),
    ("video/m4v", Kind::Mp4),
    ("video/x-m4v", Kind::Mp4),
    ("application/mp4", Kind::Mp4),
    ("video/mov", Kind::Mov),
    ("video/x-mov", Kind::Mov),
    ("video/qt", Kind::Mov),
    ("video/x-quicktime", Kind::Mov),
    ("application/quicktime", Kind::Mov),
    ("application/x-subrip", Kind::Srt),
    ("application/srt", Kind::Srt),
    ("text/x-srt", Kind::Srt),
    ("text/x-subrip", Kind::Srt),
    ("text/webvtt", Kind::Vtt),
    ("text/x-vtt", Kind::Vtt),
    ("application/x-vtt", Kind::Vtt),
];

impl Said {
    /// RFC 9110 §8.3.1: the type and subtype, whatever their case; parameters say nothing here.
    pub fn parse(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if ANY.contains(&essence.as_str()) || essence.ends_with("/*") {
            return Self::Nothing;
        }
        let own = Kind::ALL.into_iter().find(|kind| kind.mime() == essence);
        let alias = || ALIASES.iter().find(|(name, _)| *name == essence).map(|(_, kind)| *kind);
        own.or_else(alias).map_or(Self::Other, Self::Kind)
    }

    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Kind(kind) => Some(kind),
            Self::Nothing | Self::Other => None,
        }
    }
}

impl Kind {
    pub fn from_filename(name: &str) -> Option<Self> {
        // Names are often the end of a URL, with its query.
        let name = name.split(['?', '#']).next().unwrap_or_default();
        let (_, extension) = name.trim_end().rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" | "pjpeg" | "pjp" => Self::Jpeg,
            "png" | "apng" => Self::Png,
            "webp" => Self::Webp,
            "gif" => Self::Gif,
            "mp4" | "m4v" | "mp4v" | "mpg4" => Self::Mp4,
            "mov" | "qt" => Self::Mov,
            "srt" => Self::Srt,
            "vtt" => Self::Vtt,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_type_whatever_the_parameters_and_case() {
        for kind in Kind::ALL {
            assert_eq!(Said::parse(kind.mime()), Said::Kind(kind));
            assert_eq!(Said::parse(&kind.mime().to_uppercase()), Said::Kind(kind));
        }
        for (spelling, kind) in [
            ("Image/JPEG; charset=binary", Kind::Jpeg),
            ("image/jpg", Kind::Jpeg),
            (" image/pjpeg ", Kind::Jpeg),
            ("image/x-png", Kind::Png),
            ("video/x-m4v", Kind::Mp4),
            ("video/mp4; codecs=\"avc1.640028, mp4a.40.2\"", Kind::Mp4),
            ("VIDEO/MOV", Kind::Mov),
            ("application/x-subrip", Kind::Srt),
            ("text/vtt;charset=utf-8", Kind::Vtt),
        ] {
            assert_eq!(Said::parse(spelling), Said::Kind(kind), "{spelling}");
        }
    }

    #[test]
    fn a_type_that_stands_for_any_bytes_says_nothing() {
        for any in ["", " ", ";", "application/octet-stream", "Binary/Octet-Stream", "image/*", "*/*", "text/plain"] {
            assert_eq!(Said::parse(any), Said::Nothing, "{any:?}");
        }
    }

    #[test]
    fn a_type_that_x_does_not_take_is_another() {
        for other in ["image/svg+xml", "image/heic", "video/webm", "text/html", "png", "audio/mp4"] {
            assert_eq!(Said::parse(other), Said::Other, "{other}");
        }
    }

    #[test]
    fn a_name_is_listed_once_and_as_it_is_compared() {
        for (n, (name, _)) in ALIASES.iter().enumerate() {
            let is_new = ALIASES.iter().take(n).all(|(before, _)| before != name);
            assert!(
                is_new && *name == name.to_ascii_lowercase() && Kind::ALL.iter().all(|kind| kind.mime() != *name),
                "{name}"
            );
        }
    }

    #[test]
    fn a_kind_is_found_by_the_extension_of_a_name() {
        assert_eq!(Kind::from_filename("holiday.2026.JPG"), Some(Kind::Jpeg));
        assert_eq!(Kind::from_filename("clip.mov"), Some(Kind::Mov));
        assert_eq!(Kind::from_filename("IMG_0001.M4V "), Some(Kind::Mp4));
        assert_eq!(Kind::from_filename("photo.jpg?width=200"), Some(Kind::Jpeg));
        assert_eq!(Kind::from_filename("clip.mp4#t=1.5"), Some(Kind::Mp4));
        assert_eq!(Kind::from_filename("blob?name=a.jpg"), None);
        assert_eq!(Kind::from_filename("jpg"), None);
        assert_eq!(Kind::from_filename("picture.svg"), None);
    }
}
