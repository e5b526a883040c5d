//! The kind of a file by its first bytes. Nothing but the bytes is trusted.

use super::Kind;

/// As many first bytes as [`Kind::sniff`] looks at: a film may have room to spare before the box that names its brand.
pub const HEAD_BYTES: u64 = 4096;
/// So many are enough for a kind whose signature stands at the very beginning.
const SIGNATURE_BYTES: usize = 64;

/// Brands of ISO base media files without a film that X would take: pictures (ISO/IEC 23008-12 annex B, MIAF, AVIF 1.1,
/// Canon's raw format) and sound (Apple's, Adobe's).
const NO_FILM: [&[u8]; 25] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"mif3", b"msf1",
    b"miaf", b"MiHB", b"MiHE", b"MiPr", b"avif", b"avis", b"avio", b"crx ", b"M4A ", b"M4B ", b"M4P ", b"F4A ",
    b"F4B ",
];
/// More than anybody spares before a film. What is larger is text that spells the name of a box.
const MOST_SPARE: u64 = 1 << 24;

impl Kind {
    /// What the bytes say they are.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        match head {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => film(head).or_else(|| subtitles(head)),
        }
    }
}

/// Whether further bytes would say nothing more. Only `QuickTime` may begin with space that other films have too.
pub fn is_enough(head: &[u8]) -> bool {
    let is_signed = head.len() >= SIGNATURE_BYTES && !matches!(Kind::sniff(head), None | Some(Kind::Mov));
    is_signed || head.len() as u64 >= HEAD_BYTES
}

/// A box (in `QuickTime`'s word an atom): size, name, content (ISO/IEC 14496-12 §4.2).
struct Atom<'a> {
    size: u64,
    name: [u8; 4],
    content: &'a [u8],
    /// The bytes behind the box, as far as the first bytes of the file reach.
    rest: &'a [u8],
}

impl<'a> Atom<'a> {
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (size, named) = bytes.split_first_chunk::<4>()?;
        let (name, content) = named.split_first_chunk::<4>()?;
        let (size, content) = match u32::from_be_bytes(*size) {
            // It goes on to the end of the file.
            0 => (u64::MAX, content),
            1 => content.split_first_chunk::<8>().map(|(size, content)| (u64::from_be_bytes(*size), content))?,
            size => (u64::from(size), content),
        };
        let rest = usize::try_from(size).ok().and_then(|size| bytes.get(size..)).unwrap_or_default();
        (size >= 8).then_some(Self { size, name: *name, content, rest })
    }
}

/// The box `ftyp` names the brand and stands first in an MP4. `QuickTime` files need not have one: their top level has
/// movie, media data, free space, and a preview, in any order (`QuickTime` File Format, "Basic atom types"). Free space may
/// also stand before the brand.
fn film(head: &[u8]) -> Option<Kind> {
    let (mut bytes, mut found) = (head, None);
    while let Some(atom) = Atom::first(bytes) {
        match &atom.name {
            b"ftyp" => return brand(atom.content),
            b"moov" | b"mdat" => return Some(Kind::Mov),
            b"wide" | b"free" | b"skip" | b"pnot" | b"PICT" if atom.size <= MOST_SPARE => found = Some(Kind::Mov),
            _ => return found,
        }
        bytes = atom.rest;
    }
    found
}

fn brand(content: &[u8]) -> Option<Kind> {
    match content.first_chunk::<4>()? {
        b"qt  " => Some(Kind::Mov),
        brand if NO_FILM.contains(&brand.as_slice()) => None,
        _ => Some(Kind::Mp4),
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

/// `00:00:01,000 -->`. Programs also write a point, or one digit for the hours.
fn is_cue(times: &str) -> bool {
    let Some((begin, _)) = times.split_once("-->") else { return false };
    let shape: String = begin.trim().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "00:00:00,000" | "00:00:00.000" | "0:00:00,000" | "0:00:00.000")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_bytes_say_what_a_file_is() {
        let cases: [(&[u8], Option<Kind>); 19] = [
            (b"\xFF\xD8\xFF\xE0\x00\x10JFIF", Some(Kind::Jpeg)),
            (b"\xFF\xD8\xFF\xE1\x00\x10Exif", Some(Kind::Jpeg)),
            (b"\xFF\xD8\xFF\xDB\x00\x43", Some(Kind::Jpeg)),
            (b"\xFF\xD8\xFF\xEE\x00\x0EAdobe", Some(Kind::Jpeg)),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Some(Kind::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Kind::Webp)),
            (b"RIFF\x10\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0", Some(Kind::Webp)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"GIF87a", Some(Kind::Gif)),
            (b"GIF89a", Some(Kind::Gif)),
            (b"GIF88a--", None),
            (b"\0\0\0\x0CJXL \r\n\x87\n", None),
            (b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81", None),
            (b"II*\0\x08\0\0\0", None),
            (b"BM\x36\0\0\0\0\0", None),
            (b"<html><script>", None),
            (b"%PDF-1.7", None),
            (b"The free lunch is over", None),
            (b"", None),
        ];
        for (head, kind) in cases {
            assert_eq!(Kind::sniff(head), kind, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_film_is_known_by_its_brand() {
        let ftyp = |brand: &str| [b"\0\0\0\x18ftyp", brand.as_bytes(), b"\0\0\x02\0isommp41"].concat();
        for brand in
            ["isom", "iso2", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "M4VH", "M4VP", "MSNV", "dash", "f4v "]
        {
            assert_eq!(Kind::sniff(&ftyp(brand)), Some(Kind::Mp4), "{brand}");
        }
        assert_eq!(Kind::sniff(&ftyp("qt  ")), Some(Kind::Mov));
        for brand in ["heic", "heix", "hevc", "hevx", "mif1", "msf1", "avif", "avis", "crx ", "M4A ", "M4B "] {
            assert_eq!(Kind::sniff(&ftyp(brand)), None, "{brand}");
        }
        for cut in [b"\0\0\0\x18ftyp".as_slice(), b"\0\0\0\x18fty", b"\0\0\0\x04ftypisom"] {
            assert_eq!(Kind::sniff(cut), None, "{cut:?}");
        }
    }

    #[test]
    fn a_quicktime_film_need_not_begin_with_its_brand() {
        for head in [
            b"\0\0\0\x08wide\0\0\0\0mdat".as_slice(),
            b"\0\0\0\x08wide\0\x10\0\0mdat",
            b"\0\x01\0\0moov\0\0\0\x6Cmvhd",
            b"\0\x10\0\0mdat\0\0",
            b"\0\0\0\x01mdat\0\0\0\x01\0\0\0\0",
            b"\0\0\0\x00mdat",
            b"\0\0\0\x10free\0\0\0\0\0\0\0\0\0\x10\0\0mdat",
            b"\0\0\x20\0skip\0\0\0\0",
            b"\0\0\0\x14pnot\0\0\0\0\0\0PICT\0\x01\0\0\x20\0PICT",
            b"\0\0\0\x08free\0\0\0\x08free\0\0\0\x14ftypqt  ",
        ] {
            assert_eq!(Kind::sniff(head), Some(Kind::Mov), "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn free_space_before_a_brand_says_nothing() {
        let behind =
            |brand: &[u8]| [b"\0\0\x02\0free".as_slice(), &[0; 504], b"\0\0\0\x18ftyp", brand, &[0; 12]].concat();
        assert_eq!(Kind::sniff(&behind(b"mp42")), Some(Kind::Mp4));
        assert_eq!(Kind::sniff(&behind(b"qt  ")), Some(Kind::Mov));
        assert_eq!(Kind::sniff(&behind(b"heic")), None);
    }

    #[test]
    fn as_many_bytes_are_read_as_say_something() {
        let long = |head: &[u8], length: usize| [head, &vec![0; length - head.len()]].concat();
        assert!(is_enough(&long(b"GIF89a", 64)) && !is_enough(&long(b"GIF89a", 63)));
        assert!(is_enough(&long(b"\0\0\0\x18ftypisom", 64)));
        assert!(!is_enough(&long(b"\0\0\x02\0free", 4095)) && is_enough(&long(b"\0\0\x02\0free", 4096)));
        assert!(!is_enough(b"") && !is_enough(&long(b"<html>", 4095)) && is_enough(&long(b"<html>", 5000)));
    }

    #[test]
    fn subtitles_are_known_by_their_first_line() {
        let cases = [
            ("1\n00:00:00,000 --> 00:00:01,000\nHello\n", Some(Kind::Srt)),
            ("\u{FEFF}1\r\n00:00:00,000 --> 00:00:01,000\r\nHello\r\n", Some(Kind::Srt)),
            ("\n12\n00:00:00,000 -->", Some(Kind::Srt)),
            ("1\n0:00:01.500 --> 0:00:02.000\nHello\n", Some(Kind::Srt)),
            ("0\n00:00:00.000-->00:00:01.000\n", Some(Kind::Srt)),
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

    proptest! {
        #[test]
        fn any_bytes_are_a_kind_or_not(head in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Kind::sniff(&head);
        }

        #[test]
        fn any_boxes_are_a_kind_or_not(sizes in proptest::collection::vec(any::<u32>(), 0..9)) {
            let boxes: Vec<u8> = sizes.iter().flat_map(|size| [size.to_be_bytes(), *b"free"].concat()).collect();
            let _ = Kind::sniff(&boxes);
        }
    }
}
