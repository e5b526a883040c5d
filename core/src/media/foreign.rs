//! Files that X does not take, by their first bytes. The names help a caller to find the mistake.

use super::Kind;

/// Bytes of no kind that X takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    Multipart,
    DataUrl,
    Base64,
    Heic,
    Avif,
    Matroska,
    Svg,
    Pdf,
    Html,
    Bmp,
    Tiff,
    Gzip,
    Unknown,
}

const USUAL_HINT: &str = "Use JPEG, PNG, WEBP, GIF, MP4 or MOV.";

/// The kind of a file, or what the file is instead.
pub fn kind_of(head: &[u8]) -> Result<Kind, Foreign> {
    Kind::sniff(head).ok_or_else(|| Foreign::of(head))
}

impl Foreign {
    fn of(head: &[u8]) -> Self {
        match head {
            [b'-', b'-', ..] if contains(head, b"Content-Disposition:") => Self::Multipart,
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Self::Matroska,
            [b'%', b'P', b'D', b'F', ..] => Self::Pdf,
            [0x1F, 0x8B, ..] => Self::Gzip,
            [b'B', b'M', ..] => Self::Bmp,
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Self::Tiff,
            [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => Self::Avif,
            [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => Self::Heic,
            _ => Self::of_text(head),
        }
    }

    fn of_text(head: &[u8]) -> Self {
        let text = head.trim_ascii_start();
        let starts = |name: &[u8]| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if starts(b"data:") {
            Self::DataUrl
        } else if starts(b"<svg") || (starts(b"<?xml") && contains(text, b"<svg")) {
            Self::Svg
        } else if starts(b"<!doctype html") || starts(b"<html") {
            Self::Html
        } else if is_base64(text) {
            Self::Base64
        } else {
            Self::Unknown
        }
    }

    /// A phrase for "The bytes are …".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Multipart => "a form (multipart/form-data) around a file",
            Self::DataUrl => "a data: URL, not a file",
            Self::Base64 => "text in base64, not a file",
            Self::Heic => "a HEIC picture, which X does not take",
            Self::Avif => "an AVIF picture, which X does not take",
            Self::Matroska => "a WebM or Matroska film, which X does not take",
            Self::Svg => "an SVG picture, which X does not take",
            Self::Pdf => "a PDF document, which X does not take",
            Self::Html => "an HTML page, not a file",
            Self::Bmp => "a BMP picture, which X does not take",
            Self::Tiff => "a TIFF picture, which X does not take",
            Self::Gzip => "compressed (gzip)",
            Self::Unknown => "of no type that X takes",
        }
    }

    pub const fn hint(self) -> &'static str {
        match self {
            Self::Multipart => "Send the bytes of the file as the whole body, without a form.",
            Self::DataUrl | Self::Base64 => "Decode the base64, and send the bytes of the file.",
            Self::Gzip => "Send the bytes of the file without compression.",
            Self::Html => "Check the address: a page of an error or of a sign-in may stand in for the file.",
            _ => USUAL_HINT,
        }
    }
}

fn contains(bytes: &[u8], name: &[u8]) -> bool {
    bytes.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name))
}

/// The beginnings of JPEG, PNG, GIF, WEBP and of MP4's first box, in base64 (RFC 4648 §4).
fn is_base64(text: &[u8]) -> bool {
    let begins =
        [&b"/9j/"[..], b"iVBORw0KGgo", b"R0lGOD", b"UklGR", b"AAAA"].iter().any(|start| text.starts_with(start));
    begins && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_x_does_not_take_is_named() {
        let cases: [(&[u8], Foreign); 20] = [
            (
                b"------WebKitFormBoundaryX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n\xFF\xD8",
                Foreign::Multipart,
            ),
            (b"--x\r\ncontent-disposition: form-data\r\n", Foreign::Multipart),
            (b"-- a note", Foreign::Unknown),
            (b"data:image/png;base64,iVBORw0KGgo=", Foreign::DataUrl),
            (b"/9j/4AAQSkZJRgABAQ", Foreign::Base64),
            (b"iVBORw0KGgoAAAANSUhEUg==\r\n", Foreign::Base64),
            (b"AAAAIGZ0eXBpc29t", Foreign::Base64),
            (b"AAAA is not base64", Foreign::Unknown),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Foreign::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", Foreign::Heic),
            (b"\0\0\0\x18ftypavif\0\0\0\0", Foreign::Avif),
            (b"\x1A\x45\xDF\xA3\x9F", Foreign::Matroska),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", Foreign::Svg),
            (b"\n<?xml version=\"1.0\"?><svg/>", Foreign::Svg),
            (b"<!DOCTYPE html><title>Sign in</title>", Foreign::Html),
            (b"%PDF-1.7", Foreign::Pdf),
            (b"\x1F\x8B\x08", Foreign::Gzip),
            (b"BM\x36\0", Foreign::Bmp),
            (b"MM\0*\0\0\0\x08", Foreign::Tiff),
            (b"", Foreign::Unknown),
        ];
        for (head, foreign) in cases {
            assert_eq!(kind_of(head), Err(foreign), "{}", String::from_utf8_lossy(head));
        }
        assert_eq!(kind_of(b"GIF89a"), Ok(Kind::Gif));
    }
}
