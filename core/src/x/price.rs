//! X's prices (X docs, x-api/getting-started/pricing, with the changelog of 2026-02-06 and 2026-04-16): prepaid
//! credits, per request for writes, for successful answers only. In millionths of a US dollar, so that sums are exact.

use serde::{Deserialize, Serialize};

use crate::refusal::Refused;

/// A sum in millionths of a US dollar.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

/// Prices of what is written for an account, and of the reads that settle a lost answer. Stored in the settings, where the operator may overwrite each.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Prices {
    pub post: Micros,
    pub post_with_url: Micros,
    pub summoned_reply: Micros,
    pub repost: Micros,
    /// An alt text.
    pub media_metadata: Micros,
    /// For each post that a read returns.
    pub post_read: Micros,
    /// For each person that a read returns. X does not state what `GET /2/users/me` costs.
    pub user_read: Micros,
    /// A like, a repost or the like that is taken back.
    pub interaction_delete: Micros,
    /// What X calls managing content, and bookmarks, which cost the same.
    pub content_manage: Micros,
}

/// The kind of write of a segment, in the order of a bill.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Write {
    Post,
    PostWithUrl,
    SummonedReply,
    Repost,
    AltText,
}

/// What X charges for, of calls that are passed on.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Charge {
    /// A like or a follow is an interaction as a repost is.
    Write(Write),
    /// A post that only X can read.
    DearestPost,
    EndInteraction,
    Manage,
    Free,
}

/// What X charges for, of an answer to a read: as many as it holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Reads {
    pub posts: usize,
    pub users: usize,
}

impl Default for Prices {
    /// As of 2026-04-16.
    fn default() -> Self {
        Self {
            post: Micros(15_000),
            post_with_url: Micros(200_000),
            summoned_reply: Micros(10_000),
            repost: Micros(15_000),
            media_metadata: Micros(5_000),
            post_read: Micros(5_000),
            user_read: Micros(10_000),
            interaction_delete: Micros(10_000),
            content_manage: Micros(5_000),
        }
    }
}

impl Prices {
    pub const NAMES: [&'static str; 9] = [
        "post",
        "post_with_url",
        "summoned_reply",
        "repost",
        "media_metadata",
        "post_read",
        "user_read",
        "interaction_delete",
        "content_manage",
    ];

    pub const fn of(&self, write: Write) -> Micros {
        match write {
            Write::Post => self.post,
            Write::PostWithUrl => self.post_with_url,
            Write::SummonedReply => self.summoned_reply,
            Write::Repost => self.repost,
            Write::AltText => self.media_metadata,
        }
    }

    pub fn of_charge(&self, charge: Charge) -> Micros {
        match charge {
            Charge::Write(write) => self.of(write),
            Charge::DearestPost => self.post.max(self.post_with_url).max(self.summoned_reply),
            Charge::EndInteraction => self.interaction_delete,
            Charge::Manage => self.content_manage,
            Charge::Free => Micros(0),
        }
    }

    pub fn of_reads(&self, reads: Reads) -> Micros {
        self.post_read.times(reads.posts) + self.user_read.times(reads.users)
    }

    /// The price that the settings call `name`.
    pub fn named(&mut self, name: &str) -> Option<&mut Micros> {
        match name {
            "post" => Some(&mut self.post),
            "post_with_url" => Some(&mut self.post_with_url),
            "summoned_reply" => Some(&mut self.summoned_reply),
            "repost" => Some(&mut self.repost),
            "media_metadata" => Some(&mut self.media_metadata),
            "post_read" => Some(&mut self.post_read),
            "user_read" => Some(&mut self.user_read),
            "interaction_delete" => Some(&mut self.interaction_delete),
            "content_manage" => Some(&mut self.content_manage),
            _ => None,
        }
    }
}

impl Write {
    /// A URL decides, whether X would link it or the caller wrote `https://`.
    pub const fn of_text(has_url: bool, is_reply: bool) -> Self {
        match (has_url, is_reply) {
            (true, _) => Self::PostWithUrl,
            (false, true) => Self::SummonedReply,
            (false, false) => Self::Post,
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Post => ("post", "posts"),
            Self::PostWithUrl => ("post with a URL", "posts with a URL"),
            Self::SummonedReply => ("reply", "replies"),
            Self::Repost => ("repost", "reposts"),
            Self::AltText => ("alt text", "alt texts"),
        }
    }
}

/// The sum of some writes, and a line for each kind.
pub fn bill(prices: &Prices, writes: &[Write]) -> (Micros, Vec<String>) {
    let mut sorted = writes.to_vec();
    sorted.sort_unstable();
    let lines = sorted.chunk_by(|a, b| a == b).filter_map(|same| {
        let (one, many) = same.first()?.words();
        let name = if same.len() == 1 { one } else { many };
        Some(format!("{} {name} at ${}", same.len(), prices.of(*same.first()?)))
    });
    (writes.iter().map(|write| prices.of(*write)).sum(), lines.collect())
}

impl Micros {
    /// Exact to the millionth in what JSON calls a number.
    #[expect(clippy::cast_precision_loss, reason = "sums beyond 2^53 millionths are nine thousand million dollars")]
    pub fn to_usd(self) -> f64 {
        self.0 as f64 / 1_000_000.0
    }

    #[must_use]
    pub fn times(self, count: usize) -> Self {
        Self(self.0.saturating_mul(u64::try_from(count).unwrap_or(u64::MAX)))
    }

    /// A caller's amount in US dollars.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    pub fn from_usd(usd: f64, path: &str) -> Result<Self, Refused> {
        if !(0.0..=1_000_000.0).contains(&usd) {
            return Err(Refused::field(path, "expected US dollars from 0 to 1000000"));
        }
        Ok(Self((usd * 1_000_000.0).round() as u64))
    }
}

/// In dollars, with three decimals as X writes its prices, and more where they are needed.
impl std::fmt::Display for Micros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (dollars, millis, rest) = (self.0 / 1_000_000, self.0 / 1000 % 1000, self.0 % 1000);
        if rest == 0 {
            return write!(f, "{dollars}.{millis:03}");
        }
        f.write_str(format!("{dollars}.{millis:03}{rest:03}").trim_end_matches('0'))
    }
}

impl std::ops::Add for Micros {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_bill_has_a_line_for_each_kind_and_an_exact_sum() {
        let writes = [Write::Post, Write::PostWithUrl, Write::Post, Write::SummonedReply];
        let (sum, lines) = bill(&Prices::default(), &writes);
        assert!((sum.to_usd() - 0.24).abs() < f64::EPSILON);
        assert_eq!(lines, ["2 posts at $0.015", "1 post with a URL at $0.200", "1 reply at $0.010"]);
        assert_eq!(bill(&Prices::default(), &[]), (Micros(0), Vec::new()));
    }

    #[test]
    fn a_url_decides_the_price_of_a_reply_too() {
        assert_eq!(Write::of_text(true, true), Write::PostWithUrl);
        assert_eq!(Write::of_text(false, true), Write::SummonedReply);
        assert_eq!(Write::of_text(false, false), Write::Post);
    }

    #[test]
    fn an_amount_is_written_to_the_last_digit_that_counts() {
        let written = [15_000, 12_500, 1_200_000, 1, 0].map(|micros| Micros(micros).to_string());
        assert_eq!(written, ["0.015", "0.0125", "1.200", "0.000001", "0.000"]);
    }

    #[test]
    fn dollars_are_read_to_the_millionth() {
        assert_eq!(Micros::from_usd(0.015, "x").unwrap(), Micros(15_000));
        for bad in [-0.1, f64::NAN, f64::INFINITY, 1e9] {
            assert!(Micros::from_usd(bad, "x").is_err(), "{bad}");
        }
    }

    #[test]
    fn the_dearest_post_is_the_dearest_by_the_prices_in_force() {
        let usual = Prices::default();
        assert_eq!(usual.of_charge(Charge::DearestPost), usual.post_with_url);
        let odd = Prices { summoned_reply: Micros(300_000), ..usual };
        assert_eq!(odd.of_charge(Charge::DearestPost), Micros(300_000));
    }

    #[test]
    fn every_named_price_can_be_overwritten() {
        let mut prices = Prices::default();
        assert!(Prices::NAMES.iter().all(|name| prices.named(name).is_some()));
        assert!(prices.named("like").is_none());
    }
}
