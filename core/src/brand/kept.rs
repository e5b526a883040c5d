//! A brand kept in memory since the last question.

use super::Brand;
use crate::time::{Span, UnixMillis};

/// A page wears a brand that is at most this old.
pub const KEPT_FOR: Span = Span::secs(60);

#[derive(Clone, Debug)]
pub struct KeptBrand {
    brand: Brand,
    until: UnixMillis,
}

impl KeptBrand {
    pub fn new(brand: Brand, now: UnixMillis) -> Self {
        Self { brand, until: now + KEPT_FOR }
    }

    /// The brand, as long as it counts.
    pub fn at(&self, now: UnixMillis) -> Option<&Brand> {
        (now < self.until).then_some(&self.brand)
    }
}

impl Brand {
    /// Whether this is the address of its logo.
    pub fn names(&self, digest: &str) -> bool {
        self.logo.as_ref().is_some_and(|logo| logo.digest == digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brand::Logo;
    use crate::media::Kind;

    #[test]
    fn a_brand_counts_for_a_minute() {
        let start = UnixMillis(1_000);
        let kept = KeptBrand::new(Brand { name: Some("Acme".into()), ..Brand::default() }, start);
        assert!(kept.at(start).is_some() && kept.at(start + Span::millis(59_999)).is_some());
        assert_eq!(kept.at(start + Span::secs(60)), None);
    }

    #[test]
    fn a_brand_names_its_own_logo_alone() {
        let logo = Logo { url: "https://acme.example/logo.png".into(), digest: "digest".into(), kind: Kind::Png };
        let brand = Brand { logo: Some(logo), ..Brand::default() };
        assert!(brand.names("digest") && !brand.names("") && !brand.names("diges"));
        assert!(!Brand::default().names("digest"));
    }
}
