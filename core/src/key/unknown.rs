//! Keys that nobody has, remembered for a moment, so that repeated tries with such a key ask no object.

use std::collections::HashMap;

use crate::time::{Span, UnixMillis};

/// A key is random, so none is made with a digest that was refused before. A backup that is restored brings such keys, and
/// they may be refused for so long.
const REMEMBERED: Span = Span::secs(10);
const MOST: usize = 1000;

/// By their digests, with the time of the refusal.
#[derive(Debug, Default)]
pub struct UnknownKeys(HashMap<String, UnixMillis>);

impl UnknownKeys {
    pub fn remember(&mut self, digest: &str, now: UnixMillis) {
        if self.0.len() >= MOST {
            self.0.retain(|_, since| is_remembered(*since, now));
        }
        if self.0.len() < MOST {
            self.0.insert(digest.to_owned(), now);
        }
    }

    pub fn holds(&self, digest: &str, now: UnixMillis) -> bool {
        self.0.get(digest).is_some_and(|since| is_remembered(*since, now))
    }
}

fn is_remembered(since: UnixMillis, now: UnixMillis) -> bool {
    (Span::millis(0)..REMEMBERED).contains(&(now - since))
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: UnixMillis = UnixMillis(1_795_426_200_000);

    #[test]
    fn a_refused_digest_is_remembered_for_ten_seconds() {
        let mut unknown = UnknownKeys::default();
        assert!(!unknown.holds("a", T0));
        unknown.remember("a", T0);
        assert!(unknown.holds("a", T0) && unknown.holds("a", T0 + Span::millis(9_999)));
        assert!(!unknown.holds("a", T0 + Span::secs(10)));
        assert!(!unknown.holds("a", T0 - Span::millis(1)), "a clock that was set back");
        assert!(!unknown.holds("b", T0), "a digest that was never refused");
    }

    #[test]
    fn a_thousand_are_remembered_and_no_more() {
        let mut unknown = UnknownKeys::default();
        for n in 0..=MOST {
            unknown.remember(&n.to_string(), T0);
        }
        assert!(unknown.holds("0", T0) && !unknown.holds(&MOST.to_string(), T0));
        unknown.remember("later", T0 + Span::secs(10));
        assert!(unknown.holds("later", T0 + Span::secs(10)));
        assert_eq!(unknown.0.len(), 1, "what is over makes room");
    }
}
