//! What the workspace has just said of keys, by their digests: whoever goes on trying one that nobody has asks nobody, and
//! the body of a call is read for a key that somebody has.

use std::collections::HashMap;

use crate::time::{Span, UnixMillis};

/// A key is random, so none is made with a digest that was refused before. A backup that is restored brings such keys: where
/// it is restored, the refusals are forgotten; elsewhere they may last for so long.
const REMEMBERED: Span = Span::secs(10);
const MOST: usize = 1000;

/// With the time of the answer.
#[derive(Debug, Default)]
pub struct RecentDigests(HashMap<String, UnixMillis>);

impl RecentDigests {
    pub fn remember(&mut self, digest: &str, now: UnixMillis) {
        if self.0.len() >= MOST {
            self.0.retain(|_, since| is_remembered(*since, now));
        }
        if self.0.len() < MOST {
            self.0.insert(digest.to_owned(), now);
        }
    }

    pub fn forget(&mut self, digest: &str) {
        self.0.remove(digest);
    }

    pub fn clear(&mut self) {
        self.0.clear();
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
    fn a_digest_is_remembered_for_ten_seconds() {
        let mut recent = RecentDigests::default();
        assert!(!recent.holds("a", T0));
        recent.remember("a", T0);
        assert!(recent.holds("a", T0) && recent.holds("a", T0 + Span::millis(9_999)));
        assert!(!recent.holds("a", T0 + Span::secs(10)));
        assert!(!recent.holds("a", T0 - Span::millis(1)), "a clock that was set back");
        assert!(!recent.holds("b", T0), "a digest that was never asked about");
    }

    #[test]
    fn a_thousand_are_remembered_and_no_more() {
        let mut recent = RecentDigests::default();
        for n in 0..=MOST {
            recent.remember(&n.to_string(), T0);
        }
        assert!(recent.holds("0", T0) && !recent.holds(&MOST.to_string(), T0));
        recent.remember("later", T0 + Span::secs(10));
        assert!(recent.holds("later", T0 + Span::secs(10)));
        assert_eq!(recent.0.len(), 1, "what is over makes room");
    }

    #[test]
    fn what_may_have_changed_is_forgotten() {
        let mut recent = RecentDigests::default();
        for digest in ["a", "b", "c"] {
            recent.remember(digest, T0);
        }
        recent.forget("a");
        assert!(!recent.holds("a", T0) && recent.holds("b", T0));
        recent.clear();
        assert!(!recent.holds("b", T0) && !recent.holds("c", T0));
    }
}
