//! Addresses of files that stop working by themselves: what a signed URL says of its own end.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use url::Url;

use super::Post;
use crate::time::{Span, UnixMillis};

/// An end in hexadecimal seconds, and the signature that tells it from any other field of that name.
const HEXADECIMAL: [(&str, &str); 2] = [("ex", "hm"), ("oe", "oh")];

impl Post {
    /// For whoever names a file by an address that will not work any more when the post goes out.
    pub fn expiry_warnings(&self, now: UnixMillis) -> Vec<String> {
        let goes_out_at = self.scheduled_at.unwrap_or(now).max(now);
        let media = self.containers.iter().flat_map(|container| &container.media);
        let linked = media.filter_map(|attachment| {
            let ends_at = ends_at(attachment.url.as_deref()?).filter(|end| *end <= goes_out_at)?;
            Some(format!(
                "The URL of \"{}\" expires at {}, and the file is fetched when the post goes out, at {}: without another \
                 URL the post will fail.",
                attachment.name(),
                ends_at.to_iso(),
                goes_out_at.to_iso()
            ))
        });
        linked.collect()
    }
}

/// When the URL ends by what it says. In order: signatures with their own date (S3, Google, Alibaba), Azure's, a plain end
/// (`CloudFront`, older S3), a hexadecimal one (Discord, Facebook).
fn ends_at(url: &str) -> Option<UnixMillis> {
    let url = Url::parse(url).ok()?;
    let fields: BTreeMap<String, String> =
        url.query_pairs().map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned())).collect();
    let field = |name: &str| fields.get(name).map(String::as_str);
    dated(&fields)
        .or_else(|| field("se").filter(|_| fields.contains_key("sig")).and_then(instant))
        .or_else(|| field("expires").and_then(|end| epoch(end, 10)))
        .or_else(|| {
            let mut signed = HEXADECIMAL.into_iter().filter(|(_, signature)| fields.contains_key(*signature));
            signed.find_map(|(end, _)| epoch(field(end)?, 16))
        })
}

/// `X-Amz-Date` and `X-Amz-Expires`, by whichever prefix.
fn dated(fields: &BTreeMap<String, String>) -> Option<UnixMillis> {
    fields.iter().find_map(|(name, seconds)| {
        let prefix = name.strip_prefix("x-")?.strip_suffix("-expires")?;
        let signed = fields.get(&format!("x-{prefix}-date"))?;
        let signed = NaiveDateTime::parse_from_str(signed, "%Y%m%dT%H%M%SZ").ok()?;
        Some(UnixMillis(signed.and_utc().timestamp_millis()) + Span::secs(seconds.parse().ok()?))
    })
}

/// Azure takes a date alone, and a time without seconds.
fn instant(text: &str) -> Option<UnixMillis> {
    let spellings = [text.to_owned(), text.replace('Z', ":00Z"), format!("{text}T00:00:00Z")];
    spellings.iter().find_map(|text| UnixMillis::parse_iso(text).ok())
}

/// Seconds of this century and the next; anything else under such a name is something else.
fn epoch(text: &str, radix: u32) -> Option<UnixMillis> {
    let seconds = i64::from_str_radix(text, radix).ok()?;
    (1_000_000_000..=7_000_000_000).contains(&seconds).then(|| UnixMillis(0) + Span::secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(query: &str) -> Option<String> {
        ends_at(&format!("https://files.example/a/photo.jpg?{query}")).map(UnixMillis::to_iso)
    }

    #[test]
    fn the_end_of_a_signed_url_is_read_in_every_spelling() {
        for query in [
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261129T010000Z&X-Amz-Expires=3600&X-Amz-Signature=0",
            "x-amz-expires=3600&x-amz-date=20261129T010000Z",
            "X-Goog-Date=20261129T010000Z&X-Goog-Expires=3600&X-Goog-Signature=0",
            "x-oss-date=20261129T010000Z&x-oss-expires=3600",
            "AWSAccessKeyId=A&Expires=1795917600&Signature=0",
            "expires=1795917600",
            "sv=2024-05-04&se=2026-11-29T02%3A00%3A00Z&sig=0",
            "se=2026-11-29T02:00Z&sig=0",
            "ex=6b0b8720&is=6b0b7910&hm=0",
            "oh=0&oe=6B0B8720",
        ] {
            assert_eq!(end(query).as_deref(), Some("2026-11-29T02:00:00.000Z"), "{query}");
        }
        assert_eq!(end("se=2026-11-29&sig=0").as_deref(), Some("2026-11-29T00:00:00.000Z"));
    }

    #[test]
    fn what_says_no_end_has_none() {
        for query in [
            "",
            "se=2026-11-29",
            "ex=6b0b8720",
            "expires=never",
            "expires=3600",
            "X-Amz-Expires=3600",
            "X-Amz-Date=today&X-Amz-Expires=3600",
            "X-Amz-Date=20261129T010000Z&X-Amz-Expires=soon",
            "expires=99999999999999999999",
        ] {
            assert_eq!(end(query), None, "{query}");
        }
    }
}
