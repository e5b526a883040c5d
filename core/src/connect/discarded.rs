//! Tokens without an owner: X is asked to revoke the tokens until X has, or for 30 days.

use serde::{Deserialize, Serialize};

use crate::backoff::pause;
use crate::revocation::Pace;
use crate::time::{Span, UnixMillis};

/// A try that is not heard of is made again.
const LEASE: Span = Span::secs(30);

/// Sealed token pairs, and when they are tried next. The session is kept as long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    pub(super) sealed: Vec<String>,
    failures: u32,
    pub(super) next_at: Option<UnixMillis>,
    /// When the last pair came. Sessions of before do not say: the next try counts as that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<UnixMillis>,
}

impl Discarded {
    pub const fn none() -> Self {
        Self { sealed: Vec::new(), failures: 0, next_at: None, since: None }
    }

    pub const fn is_empty(&self) -> bool {
        self.sealed.is_empty()
    }

    pub fn sealed(&self) -> &[String] {
        &self.sealed
    }

    /// X was asked before, and has not revoked everything.
    pub const fn was_put_off(&self) -> bool {
        self.failures > 0
    }

    /// The same pairs, sealed anew. Other pairs than these are kept as they are.
    pub(super) fn re_encrypted(&mut self, sealed: Vec<String>) {
        if sealed.len() == self.sealed.len() {
            self.sealed = sealed;
        }
    }

    /// They are revoked at once; the time is for a crash in between.
    pub fn add(&mut self, sealed_tokens: String, now: UnixMillis) {
        self.sealed.push(sealed_tokens);
        self.failures = 0;
        self.next_at = Some(now + LEASE);
        self.since = Some(now);
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

    /// What is left after a try waits for the next one. Says whether there is one: after 30 days X is asked no more.
    pub fn put_off(&mut self, now: UnixMillis, pace: Pace) -> bool {
        let is_over = now - *self.since.get_or_insert(now) >= pace.patience;
        if is_over {
            *self = Self::none();
        } else {
            self.failures = self.failures.saturating_add(1);
            self.next_at = Some(now + pause(pace.first, pace.longest(), self.failures));
        }
        !is_over
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
        assert!(discarded.put_off(T0, Pace::default()) && discarded.put_off(T0, Pace::default()));
        assert_eq!(discarded.next_at, Some(T0 + Span::secs(60)));
        for _ in 0..20 {
            discarded.put_off(T0, Pace::default());
        }
        assert_eq!(discarded.next_at, Some(T0 + Span::hours(1)));
    }

    #[test]
    fn x_is_asked_for_30_days_from_the_last_pair_on() {
        let mut discarded = Discarded::none();
        discarded.add("a".into(), T0);
        discarded.add("b".into(), T0 + Span::days(1));
        assert!(discarded.put_off(T0 + Span::days(30), Pace::default()));
        assert!(!discarded.put_off(T0 + Span::days(31), Pace::default()));
        assert_eq!(discarded, Discarded::none());
        let mut of_before = Discarded { sealed: vec!["a".into()], ..Discarded::none() };
        assert!(of_before.put_off(T0 + Span::days(31), Pace::default()), "a session that does not say begins anew");
    }

    #[test]
    fn pairs_sealed_anew_wait_as_they_did() {
        let mut discarded = Discarded::none();
        discarded.add("a".into(), T0);
        discarded.add("b".into(), T0);
        let before = discarded.next_at;
        discarded.re_encrypted(vec!["a".into(), "b2".into()]);
        assert_eq!((discarded.sealed(), discarded.next_at), (["a".to_owned(), "b2".to_owned()].as_slice(), before));
        discarded.re_encrypted(vec!["a3".into()]);
        assert_eq!(discarded.sealed(), ["a", "b2"], "no pair is lost to a list that is not of the same pairs");
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
