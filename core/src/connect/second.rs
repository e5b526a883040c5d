//! The second browsers of one start: X's codes in their callbacks, and the codes that X refused.
//!
//! A callback URL belongs to the second browser that brought the URL. The person who started the session may have sent
//! somebody else to X and learned the URL afterwards. The URL therefore does not count in the starter's browser, except
//! for a short time: a prefetcher of the same browser may have been first.

use serde::{Deserialize, Serialize};

use crate::refusal::Code;
use crate::secret::ct_eq;
use crate::time::{Span, UnixMillis};

/// How long after its first arrival the starter's browser may still bring a callback URL.
pub const TAKEOVER: Span = Span::secs(30);
/// Each costs a call to X. After as many only the starter's browser is listened to.
const MOST_REFUSALS: usize = 5;
/// The latest arrivals at one start that are known. One of before is dead at X: a code lives 30 seconds. So however many
/// strangers come, what the starter's browser brings and nobody else was seen with is its own.
const MOST_ARRIVALS: usize = 200;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondBrowsers {
    arrivals: Vec<Arrival>,
    refusals: Vec<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Arrival {
    /// SHA-256 of X's code.
    x_code: String,
    /// When it came first.
    at: UnixMillis,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Refusal {
    x_code: String,
    /// SHA-256 of the cookie of the second browser. This browser is told the reason.
    cookie: String,
    reason: Code,
}

impl SecondBrowsers {
    pub const fn none() -> Self {
        Self { arrivals: Vec::new(), refusals: Vec::new() }
    }

    /// A repetition keeps the time of the first arrival.
    pub fn arrived(&mut self, x_code: &str, now: UnixMillis) {
        if self.arrival(x_code).is_none() {
            self.arrivals.push(Arrival { x_code: x_code.to_owned(), at: now });
            let surplus = self.arrivals.len().saturating_sub(MOST_ARRIVALS);
            self.arrivals.drain(..surplus);
        }
    }

    pub fn refused(&mut self, x_code: String, cookie: String, reason: Code) {
        self.refusals.push(Refusal { x_code, cookie, reason });
    }

    /// Whether X is asked about what a second browser brings.
    pub fn may_bring(&self, x_code: &str) -> bool {
        self.refusals.len() < MOST_REFUSALS && !self.refusals.iter().any(|refusal| same(&refusal.x_code, x_code))
    }

    /// Whether the starter's browser may bring it, although a second one may have been first.
    pub fn starter_may_bring(&self, x_code: &str, takeover: Span, now: UnixMillis) -> bool {
        self.arrival(x_code).is_none_or(|arrival| now < arrival.at + takeover)
    }

    /// Why what a browser brought was refused.
    pub fn refusal_of(&self, cookie: &str) -> Option<Code> {
        self.refusals.iter().find(|refusal| same(&refusal.cookie, cookie)).map(|refusal| refusal.reason)
    }

    fn arrival(&self, x_code: &str) -> Option<&Arrival> {
        self.arrivals.iter().find(|arrival| same(&arrival.x_code, x_code))
    }
}

fn same(stored: &str, given: &str) -> bool {
    ct_eq(stored.as_bytes(), given.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: UnixMillis = UnixMillis(1_000_000);

    #[test]
    fn a_url_counts_for_the_starter_until_thirty_seconds_after_its_first_arrival() {
        let mut second = SecondBrowsers::none();
        second.arrived("a", T0);
        second.arrived("a", T0 + Span::secs(29));
        second.arrived("b", T0 + Span::secs(29));
        let may = |code, secs| second.starter_may_bring(code, TAKEOVER, T0 + Span::secs(secs));
        assert_eq!([may("a", 0), may("a", 29), may("a", 30)], [true, true, false], "a repetition is no first arrival");
        assert_eq!([may("b", 58), may("b", 59)], [true, false], "each has a clock of its own");
        assert!(may("c", 10_000), "its own consent is the starter's at any time");
    }

    #[test]
    fn after_five_refusals_no_second_browser_is_listened_to() {
        let mut second = SecondBrowsers::none();
        for code in ["a", "b", "c", "d", "e"] {
            assert!(second.may_bring(code));
            second.refused(code.into(), format!("cookie of {code}"), Code::InvalidGrant);
            assert!(!second.may_bring(code), "nor a second time before");
        }
        assert!(!second.may_bring("f") && second.starter_may_bring("f", TAKEOVER, T0));
        assert_eq!(second.refusal_of("cookie of b"), Some(Code::InvalidGrant));
        assert_eq!(second.refusal_of("cookie of f"), None);
    }

    #[test]
    fn however_many_strangers_come_the_starters_own_counts_and_the_latest_of_theirs_do_not() {
        let mut second = SecondBrowsers::none();
        for n in 0..=MOST_ARRIVALS * 2 {
            second.arrived(&n.to_string(), T0);
        }
        let may = |code: usize| second.starter_may_bring(&code.to_string(), TAKEOVER, T0 + Span::mins(5));
        assert!(second.starter_may_bring("the starter's own", TAKEOVER, T0 + Span::mins(5)));
        assert_eq!([may(MOST_ARRIVALS * 2), may(MOST_ARRIVALS + 1)], [false, false]);
        assert_eq!(second.arrivals.len(), MOST_ARRIVALS);
    }
}
