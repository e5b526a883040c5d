//! Bytes on their way in. Every upload is one of R2's multipart uploads, also of a single part: no object comes to be
//! before it is confirmed, so what is active cannot be overwritten by a request that was still under way.

use serde::{Deserialize, Serialize};

use super::{Kind, Media, Status};
use crate::api::code::Code;
use crate::api::refused::Refused;

/// As many parts as an upload may have (Cloudflare's docs, R2 "Limits").
pub const MAX_PARTS: u16 = 10_000;
/// The least that a part has, but for the last one (the same page): 5 MiB.
const MIN_PART_BYTES: u64 = 5 << 20;

/// A part as R2 knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub number: u16,
    pub size: u64,
    pub etag: String,
}

/// What the ledger knows when bytes come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiving {
    pub media: Media,
    /// The most bytes that a file of its kind may have; zero when it is refused.
    pub limit: u64,
    /// Bytes that are there already and stay.
    pub others: u64,
    /// The upload of R2 that a part belongs to, if there is one already.
    pub upload_id: Option<String>,
}

impl Receiving {
    /// How many bytes are to be stored; or why none are. In order: (1) confirmed already, 409; (2) another type, 415;
    /// (3) no length, or an empty body, 400; (4) too many, 422.
    pub fn length(
        &self,
        content_type: Option<&str>,
        content_length: Option<u64>,
        part: Option<u16>,
    ) -> Result<u64, Refused> {
        if self.media.status == Status::Active {
            return Err(spent());
        }
        if content_type.and_then(Kind::from_mime) != Some(self.media.kind) {
            let mime = self.media.kind.mime();
            return Err(Refused::new(Code::UnsupportedMediaType, format!("The content type must be {mime}."))
                .with_hint(format!("Send `Content-Type: {mime}`, as it was announced.")));
        }
        // Without a length of its own a body has to have the one that was announced.
        let length = content_length
            .or(self.media.size.filter(|_| part.is_none()))
            .ok_or_else(|| Refused::field("Content-Length", "expected, since bytes are stored as they come"))?;
        if length == 0 {
            return Err(Refused::field("Content-Length", "the body is empty"));
        }
        within(self.media.kind, self.others.saturating_add(length), self.limit)?;
        Ok(length)
    }
}

/// Nothing is written any more.
pub fn spent() -> Refused {
    Refused::new(Code::SessionSpent, "The upload was confirmed already, or is being confirmed.")
        .with_hint("Create a new upload with POST /v1/media/upload.")
}

/// Whether a file of this kind and size is taken; a limit of zero refuses the kind.
pub fn within(kind: Kind, size: u64, limit: u64) -> Result<(), Refused> {
    let mime = kind.mime();
    if limit == 0 {
        return Err(Refused::new(Code::UnsupportedMedia, format!("Files of the type {mime} are switched off here.")));
    }
    if size > limit {
        let message = format!("A file of the type {mime} may have at most {limit} bytes; this one has {size} or more.");
        return Err(Refused::new(Code::MediaTooLarge, message));
    }
    Ok(())
}

/// The size of the file that the parts make; or why they make none. `said` is what it was announced with, if it was.
pub fn assemble(kind: Kind, parts: &[Part], said: &[Option<u64>], limit: u64) -> Result<u64, Refused> {
    require_sequence(parts)?;
    require_sizes(parts)?;
    let size = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.size));
    if let Some(said) = said.iter().flatten().find(|said| **said != size) {
        return Err(Refused::field("size", format!("{said} bytes were announced, and {size} have arrived"))
            .with_hint("Upload the whole file again, or announce a new upload with the size that it has."));
    }
    within(kind, size, limit)?;
    Ok(size)
}

fn require_sequence(parts: &[Part]) -> Result<(), Refused> {
    let Some(last) = parts.last() else {
        return Err(Refused::new(Code::InvalidPayload, "No bytes have arrived.")
            .with_hint("PUT the file to `upload_url` first."));
    };
    match parts.iter().zip(1u16..).find(|(part, number)| part.number != *number) {
        None => Ok(()),
        Some((_, missing)) => {
            let message = format!("Part {missing} has not arrived; the last one is {}.", last.number);
            Err(Refused::new(Code::InvalidPayload, message.clone()).with_detail("part", message))
        }
    }
}

/// R2 puts together what is of one size, but for the last part, which may be smaller.
fn require_sizes(parts: &[Part]) -> Result<(), Refused> {
    let Some((last, before)) = parts.split_last() else { return Ok(()) };
    let Some(size) = before.first().map(|part| part.size) else { return Ok(()) };
    let odd = if size < MIN_PART_BYTES { before.first() } else { before.iter().find(|part| part.size != size) };
    let Some(odd) = odd.or(Some(last).filter(|last| last.size > size)) else { return Ok(()) };
    let rule = "every part but the last has the same size, at least 5242880 bytes, and the last is no larger";
    let message = format!("Part {} has {} bytes, but {rule}.", odd.number, odd.size);
    Err(Refused::new(Code::InvalidPayload, message.clone()).with_detail("part", message))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::id::MediaId;
    use crate::media::Lifetimes;
    use crate::time::UnixMillis;

    const MIB: u64 = 1 << 20;

    fn receiving(size: Option<u64>) -> Receiving {
        let id = MediaId::from_entropy([1; 16]);
        let media = Media::new(id, None, "a.png".into(), Kind::Png, size, UnixMillis(0), Lifetimes::default());
        Receiving { media, limit: 5 * MIB, others: 0, upload_id: None }
    }

    fn refusal(result: Result<u64, Refused>) -> (Code, String) {
        let refused = result.unwrap_err();
        (refused.code, refused.message)
    }

    #[test]
    fn a_body_has_the_announced_type_and_a_length_within_the_limit() {
        let open = receiving(None);
        assert_eq!(open.length(Some("image/png"), Some(7), None).unwrap(), 7);
        assert_eq!(open.length(Some("image/png; x=y"), Some(5 * MIB), None).unwrap(), 5 * MIB);
        for other in [None, Some("image/jpeg"), Some("text/plain")] {
            assert_eq!(refusal(open.length(other, Some(7), None)).0, Code::UnsupportedMediaType);
        }
        assert_eq!(refusal(open.length(Some("image/png"), Some(5 * MIB + 1), None)).0, Code::MediaTooLarge);
        assert_eq!(refusal(open.length(Some("image/png"), Some(0), None)).0, Code::InvalidPayload);
    }

    #[test]
    fn a_body_without_a_length_has_the_announced_one_or_is_refused() {
        assert_eq!(receiving(Some(9)).length(Some("image/png"), None, None).unwrap(), 9);
        assert_eq!(refusal(receiving(None).length(Some("image/png"), None, None)).0, Code::InvalidPayload);
        assert_eq!(refusal(receiving(Some(9)).length(Some("image/png"), None, Some(1))).0, Code::InvalidPayload);
    }

    #[test]
    fn the_parts_together_stay_within_the_limit() {
        let open = Receiving { others: 5 * MIB, ..receiving(None) };
        assert_eq!(refusal(open.length(Some("image/png"), Some(1), Some(2))).0, Code::MediaTooLarge);
    }

    #[test]
    fn what_is_confirmed_takes_no_more_bytes() {
        let mut open = receiving(None);
        open.media.status = Status::Active;
        assert_eq!(refusal(open.length(Some("image/png"), Some(7), None)).0, Code::SessionSpent);
    }

    #[test]
    fn a_kind_that_is_switched_off_is_unsupported() {
        assert_eq!(within(Kind::Gif, 1, 0).unwrap_err().code, Code::UnsupportedMedia);
    }

    fn parts(sizes: &[(u16, u64)]) -> Vec<Part> {
        sizes.iter().map(|(number, size)| Part { number: *number, size: *size, etag: "e".into() }).collect()
    }

    fn whole(sizes: &[(u16, u64)], said: &[Option<u64>]) -> Result<u64, Refused> {
        assemble(Kind::Mp4, &parts(sizes), said, 100 * MIB)
    }

    #[test]
    fn a_file_is_its_parts() {
        assert_eq!(whole(&[(1, 3)], &[None, None]).unwrap(), 3);
        assert_eq!(whole(&[(1, 5 * MIB), (2, 5 * MIB), (3, 1)], &[Some(10 * MIB + 1)]).unwrap(), 10 * MIB + 1);
        assert_eq!(whole(&[(1, 6 * MIB), (2, 6 * MIB)], &[]).unwrap(), 12 * MIB);
    }

    #[test]
    fn a_part_that_is_missing_is_named() {
        assert_eq!(refusal(whole(&[], &[])), (Code::InvalidPayload, "No bytes have arrived.".into()));
        assert!(refusal(whole(&[(2, 1)], &[])).1.starts_with("Part 1 has not arrived"));
        assert!(refusal(whole(&[(1, 5 * MIB), (3, 1)], &[])).1.starts_with("Part 2 has not arrived"));
    }

    #[test]
    fn parts_are_of_one_size_but_for_a_smaller_last_one() {
        for (sizes, odd) in [
            (vec![(1, 5 * MIB - 1), (2, 1)], "Part 1 "),
            (vec![(1, 5 * MIB), (2, 6 * MIB), (3, 1)], "Part 2 "),
            (vec![(1, 5 * MIB), (2, 5 * MIB + 1)], "Part 2 "),
        ] {
            let (code, message) = refusal(whole(&sizes, &[]));
            assert_eq!(code, Code::InvalidPayload);
            assert!(message.starts_with(odd), "{message}");
        }
    }

    #[test]
    fn a_file_has_the_size_that_was_announced_either_time() {
        assert_eq!(whole(&[(1, 3)], &[Some(3), Some(3)]).unwrap(), 3);
        for said in [[Some(4), None], [None, Some(2)], [Some(3), Some(2)]] {
            assert_eq!(refusal(whole(&[(1, 3)], &said)).0, Code::InvalidPayload);
        }
    }

    #[test]
    fn a_file_that_became_too_large_in_parts_is_refused() {
        let sizes: Vec<_> = (1..=3).map(|number| (number, 50 * MIB)).collect();
        assert_eq!(refusal(whole(&sizes, &[])).0, Code::MediaTooLarge);
    }
}
