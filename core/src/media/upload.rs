//! Bytes on their way in. Every upload is one of R2's multipart uploads, even an upload of a single part. R2 has no
//! object before the confirmation, so a request still under way cannot overwrite an active file.

use serde::{Deserialize, Serialize};

use super::{Kind, Media, Status};
use crate::refusal::{Code, Refused};
use crate::time::Span;

/// As many parts as an upload may have (Cloudflare's docs, R2 "Limits").
pub const MAX_PARTS: u16 = 10_000;
/// The least that a part has, but for the last one (the same page): 5 MiB.
const MIN_PART_BYTES: u64 = 5 << 20;

/// The time for which an unfinished try keeps its room: the process of the try has died.
pub const RESERVED_FOR: Span = Span::mins(5);
/// The maximum number of pending uploads for one tenant (uploads without a tenant count together), and in all.
const PENDING_OF_TENANT: u64 = 100;
const PENDING_IN_ALL: u64 = 1000;

/// A part as R2 knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub number: u16,
    pub size: u64,
    pub etag: String,
    /// The kind of the file by these bytes, if this is the first part and the bytes show a kind.
    #[serde(default)]
    pub kind: Option<Kind>,
}

/// The workspace's knowledge when bytes arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiving {
    pub media: Media,
    /// The kind shown by the first bytes: of this try, of a stored part or of a part under way. Before any first bytes:
    /// the announced kind.
    pub kind: Kind,
    /// The maximum number of bytes of a file of this kind; zero if the kind is refused.
    pub limit: u64,
    /// Stored bytes of other parts that stay.
    pub stored: u64,
    /// The same, with the reserved bytes of parts under way.
    pub others: u64,
}

/// Why bytes are not stored. The refusal has an effect when what is there is too large by itself.
#[derive(Debug)]
pub struct Rejection {
    pub refused: Box<Refused>,
    pub gives_up: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    Now,
    /// Another call has confirmed it.
    Before,
}

/// Room for the bytes of one try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Of a part; a whole file replaces everything, and needs none.
    pub id: Option<i64>,
    pub media: Media,
    /// The kind that counts: the kind seen in this try or another, else the announced kind.
    pub kind: Kind,
    /// The kind shown by the try's own first bytes.
    pub seen: Option<Kind>,
    pub length: u64,
    /// The upload of R2 that a part belongs to, if there is one already.
    pub upload_id: Option<String>,
}

impl Receiving {
    /// How many bytes are to be stored; or why none are, and whether what is there is given up.
    pub fn decide(&self, content_length: Option<u64>, part: Option<u16>) -> Result<u64, Rejection> {
        self.length(content_length, part).map_err(|refused| {
            let gives_up = !self.media.is_active() && self.is_outgrown();
            Rejection { refused: Box::new(refused), gives_up }
        })
    }

    /// How many bytes are to be stored; or why none are. In order: (1) confirmed already, 409; (2) no length, or an empty
    /// body, 400; (3) too many, 422.
    fn length(&self, content_length: Option<u64>, part: Option<u16>) -> Result<u64, Refused> {
        if self.media.status == Status::Active {
            return Err(spent());
        }
        // Without a length of its own a body has to have the one that was announced.
        let length = content_length
            .or(self.media.size.filter(|_| part.is_none()))
            .ok_or_else(|| Refused::field("Content-Length", "expected, since bytes are stored as they come"))?;
        if length == 0 {
            return Err(Refused::field("Content-Length", "the body is empty"));
        }
        within(self.kind, self.others.saturating_add(length), self.limit)?;
        Ok(length)
    }

    /// The stored bytes alone are too large: the limit has changed since the first bytes were seen, or since the
    /// setting changed.
    const fn is_outgrown(&self) -> bool {
        self.stored > self.limit
    }
}

/// A part belongs to the upload that is under way; another whole file has replaced it, or it was given up.
pub fn require_upload(current: Option<&str>, upload_id: &str) -> Result<(), Refused> {
    if current == Some(upload_id) { Ok(()) } else { Err(spent()) }
}

/// What a confirmation finds when its bytes are one object. `current` is the upload that is under way by then: of two
/// calls at once the second finds the medium confirmed, and if other bytes have come in between, those are confirmed next.
pub fn confirmation(media: &Media, current: Option<&str>, confirmed: &str) -> Result<Confirmation, Refused> {
    if media.is_active() {
        return Ok(Confirmation::Before);
    }
    if current == Some(confirmed) {
        return Ok(Confirmation::Now);
    }
    let refused = Refused::new(Code::InFlight, "Other bytes have arrived while these were being confirmed.");
    Err(refused.with_hint("Confirm again."))
}

/// What a draft or an unfinished post names stays.
pub fn require_unused(post: Option<&str>) -> Result<(), Refused> {
    let Some(post) = post else { return Ok(()) };
    Err(Refused::new(Code::InFlight, format!("The post {post} is still to be sent with it."))
        .with_hint("Delete the post, or wait until it is published."))
}

/// Whether one more upload may be announced beside the pending uploads.
pub fn require_quota(of_tenant: u64, in_all: u64) -> Result<(), Refused> {
    let message = if of_tenant >= PENDING_OF_TENANT {
        format!("{of_tenant} uploads of this tenant are pending, and no more than {PENDING_OF_TENANT} may be.")
    } else if in_all >= PENDING_IN_ALL {
        format!("{in_all} uploads are pending here, and no more than {PENDING_IN_ALL} may be.")
    } else {
        return Ok(());
    };
    Err(Refused::new(Code::TooManyUploads, message))
}

/// Nothing is written any more.
pub fn spent() -> Refused {
    Refused::new(Code::SessionSpent, "The upload that these bytes are of is over: confirmed, replaced, or given up.")
        .with_hint(
            "Send the whole file again; if it is confirmed already, create a new upload with POST /v1/media/upload.",
        )
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

/// The size of the file made of the parts, or the reason why the parts make no file. `said` holds the announced sizes,
/// if there are any.
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

/// R2 assembles parts of one size, except for the last part: the last part may be smaller.
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

    use super::super::Announced;
    use super::*;
    use crate::id::MediaId;
    use crate::media::Lifetimes;
    use crate::time::UnixMillis;

    const MIB: u64 = 1 << 20;

    fn receiving(size: Option<u64>) -> Receiving {
        let id = MediaId::from_entropy([1; 16]);
        let media =
            Media::new(id, None, "a.png".into(), Announced::Kind(Kind::Png), size, UnixMillis(0), Lifetimes::default());
        Receiving { media, kind: Kind::Png, limit: 5 * MIB, stored: 0, others: 0 }
    }

    fn refusal<T: std::fmt::Debug>(result: Result<T, Refused>) -> (Code, String) {
        let refused = result.unwrap_err();
        (refused.code, refused.message)
    }

    #[test]
    fn a_body_has_a_length_within_the_limit_of_what_it_is() {
        let open = receiving(None);
        assert_eq!(open.length(Some(7), None).unwrap(), 7);
        assert_eq!(open.length(Some(5 * MIB), None).unwrap(), 5 * MIB);
        let (code, message) = refusal(open.length(Some(5 * MIB + 1), None));
        assert_eq!(code, Code::MediaTooLarge);
        assert!(message.contains("image/png"), "{message}");
        assert_eq!(refusal(open.length(Some(0), None)).0, Code::InvalidPayload);
        let film = Receiving { kind: Kind::Mp4, limit: 512 * MIB, ..open };
        assert_eq!(film.length(Some(5 * MIB + 1), None).unwrap(), 5 * MIB + 1);
    }

    #[test]
    fn a_body_without_a_length_has_the_announced_one_or_is_refused() {
        assert_eq!(receiving(Some(9)).length(None, None).unwrap(), 9);
        assert_eq!(refusal(receiving(None).length(None, None)).0, Code::InvalidPayload);
        assert_eq!(refusal(receiving(Some(9)).length(None, Some(1))).0, Code::InvalidPayload);
    }

    #[test]
    fn the_parts_together_stay_within_the_limit_those_on_their_way_too() {
        let open = Receiving { others: 4 * MIB, ..receiving(None) };
        assert_eq!(open.length(Some(MIB), Some(2)).unwrap(), MIB);
        assert_eq!(refusal(open.length(Some(MIB + 1), Some(2))).0, Code::MediaTooLarge);
    }

    #[test]
    fn what_is_there_is_outgrown_when_it_is_too_large_without_the_new_bytes() {
        let (full, over) =
            (Receiving { stored: 5 * MIB, ..receiving(None) }, Receiving { stored: 5 * MIB + 1, ..receiving(None) });
        assert!(!full.is_outgrown() && over.is_outgrown());
    }

    #[test]
    fn what_is_confirmed_takes_no_more_bytes() {
        let mut open = receiving(None);
        open.media.status = Status::Active;
        assert_eq!(refusal(open.length(Some(7), None)).0, Code::SessionSpent);
    }

    #[test]
    fn what_is_outgrown_is_given_up_and_what_fits_or_is_confirmed_is_not() {
        let gives_up = |open: &Receiving| open.decide(Some(1), Some(2)).map_err(|rejection| rejection.gives_up);
        let full = Receiving { stored: 5 * MIB, others: 5 * MIB, ..receiving(None) };
        assert_eq!(gives_up(&full), Err(false), "only the new part is too much");
        let mut over = Receiving { stored: 5 * MIB + 1, others: 5 * MIB + 1, ..receiving(None) };
        assert_eq!(gives_up(&over), Err(true));
        over.media.status = Status::Active;
        assert_eq!(gives_up(&over), Err(false));
    }

    #[test]
    fn a_part_of_an_upload_that_was_replaced_is_not_stored() {
        assert!(require_upload(Some("u1"), "u1").is_ok());
        for current in [Some("u2"), None] {
            assert_eq!(refusal(require_upload(current, "u1")).0, Code::SessionSpent);
        }
    }

    #[test]
    fn of_two_confirmations_the_second_finds_it_done_and_other_bytes_are_confirmed_next() {
        let mut media = receiving(None).media;
        assert_eq!(confirmation(&media, Some("u1"), "u1").unwrap(), Confirmation::Now);
        assert_eq!(refusal(confirmation(&media, Some("u2"), "u1")).0, Code::InFlight);
        assert_eq!(refusal(confirmation(&media, None, "u1")).0, Code::InFlight);
        media.status = Status::Active;
        assert_eq!(confirmation(&media, None, "u1").unwrap(), Confirmation::Before);
    }

    #[test]
    fn what_a_post_is_still_to_be_sent_with_is_not_deleted() {
        assert!(require_unused(None).is_ok());
        let (code, message) = refusal(require_unused(Some("post_1")));
        assert_eq!((code, message.as_str()), (Code::InFlight, "The post post_1 is still to be sent with it."));
    }

    #[test]
    fn a_hundred_uploads_of_a_tenant_and_a_thousand_in_all_may_be_pending() {
        assert!(require_quota(99, 999).is_ok());
        assert_eq!(refusal(require_quota(100, 100)).0, Code::TooManyUploads);
        assert_eq!(refusal(require_quota(0, 1000)).0, Code::TooManyUploads);
    }

    #[test]
    fn a_kind_that_is_switched_off_is_unsupported() {
        assert_eq!(within(Kind::Gif, 1, 0).unwrap_err().code, Code::UnsupportedMedia);
    }

    fn parts(sizes: &[(u16, u64)]) -> Vec<Part> {
        sizes.iter().map(|(number, size)| Part { number: *number, size: *size, etag: "e".into(), kind: None }).collect()
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
