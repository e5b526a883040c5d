//! Tokens without an owner: X is asked to revoke the tokens until X has.

use serde::{Deserialize, Serialize};

use crate::backoff::pause;
use crate::time::{Span, UnixMillis};

const FIRST_PAUSE: Span = Span::secs(30);
const LONGEST_PAUSE: Span = Span::hours(1);

/// Sealed token pairs, and when they are tried next. Kept until X has confirmed, at the longest until the session is
/// forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    pub sealed: Vec<String>,
    pub failures: u32,
    pub next_at: Option<UnixMillis>,
}

impl Discarded {
    pub const fn none() -> Self {
        Self { sealed: Vec::new(), failures: 0, next_at: None }
    }

    /// They are revoked at once; the time is for a crash in between.
    pub fn add(&mut self, sealed_tokens: String, now: UnixMillis) {
        self.sealed.push(sealed_tokens);
        self.failures = 0;
        self.next_at = Some(now + FIRST_PAUSE);
    }

    pub fn is_due(&self, now: UnixMillis) -> bool {
        self.next_at.is_some_and(|at| at <= now)
    }

    pub fn revoked(&mut self, sealed_tokens: &str) {
        self.sealed.retain(|sealed| sealed != sealed_tokens);
        if self.sealed.is_empty() {
            *self = Self::none();
        }
    }

    pub fn failed(&mut self, now: UnixMillis) {
        self.failures = self.failures.saturating_add(1);
        self.next_at = Some(now + pause(FIRST_PAUSE, LONGEST_PAUSE, self.failures));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: UnixMillis = UnixMillis(0);

    #[test]
    fn what_x_has_not_revoked_is_tried_again_less_and_less_often() {
        let mut discarded = Discarded::none();
        discarded.add("a".into(), T0);
        assert!(!discarded.is_due(T0) && discarded.is_due(T0 + Span::secs(30)));
        discarded.failed(T0);
        discarded.failed(T0);
        assert_eq!(discarded.next_at, Some(T0 + Span::secs(60)));
        for _ in 0..20 {
            discarded.failed(T0);
        }
        assert_eq!(discarded.next_at, Some(T0 + Span::hours(1)));
    }

    #[test]
    fn what_x_has_revoked_is_forgotten() {
        let mut discarded = Discarded::none();
        discarded.add("a".into(), T0);
        discarded.add("b".into(), T0);
        discarded.revoked("a");
        assert_eq!(discarded.sealed, ["b"]);
        discarded.revoked("b");
        assert_eq!(discarded, Discarded::none());
    }
}
