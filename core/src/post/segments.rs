//! What one account sends to X for a post, and what X charges for it.

use super::{Container, Post};
use crate::account::Account;
use crate::delivery::{Delivery, Segment};
use crate::time::UnixMillis;
use crate::x::options::Options;
use crate::x::price::{Prices, Write};

impl Post {
    /// The segments that one account sends to X.
    pub fn segments(&self, prices: &Prices) -> Vec<Segment> {
        if let Some(id) = &self.repost_of {
            let container_id = format!("{}.0", self.id);
            let price = prices.of(Write::Repost);
            let (text, options, media) = (String::new(), Options::default(), Vec::new());
            return vec![Segment {
                container_id,
                text,
                options,
                media,
                repost_of: Some(id.clone()),
                price,
                platform_post_id: None,
            }];
        }
        let segment = |(n, container): (usize, &Container)| Segment {
            container_id: container.id.clone(),
            text: container.content.clone(),
            options: self.options_at(n),
            media: container.media.clone(),
            repost_of: None,
            price: self.writes_at(n).into_iter().map(|write| prices.of(write)).sum(),
            platform_post_id: None,
        };
        self.containers.iter().enumerate().map(segment).collect()
    }

    /// The writes of one account for this post, for the bill.
    pub fn writes(&self) -> Vec<Write> {
        match self.repost_of {
            Some(_) => vec![Write::Repost],
            None => (0..self.containers.len()).flat_map(|n| self.writes_at(n)).collect(),
        }
    }

    pub fn delivery_to(&self, account: &Account, prices: &Prices, now: UnixMillis) -> Delivery {
        let delivery = Delivery::new(self.id.clone(), account.id.clone(), self.segments(prices), self.run_at(now));
        if self.awaits_approval() { delivery.held_for_approval() } else { delivery }
    }

    fn writes_at(&self, n: usize) -> Vec<Write> {
        let Some(container) = self.containers.get(n) else { return Vec::new() };
        let alt_texts = container.media.iter().filter(|attachment| attachment.alt_text.is_some());
        let post = Write::of_text(container.has_url, self.options_at(n).has("reply"));
        std::iter::once(post).chain(alt_texts.map(|_| Write::AltText)).collect()
    }
}
