//! How long to wait after the n-th failure in a row.

use crate::time::Span;

/// Doubles from `first` up to `longest`. `failures` counts from one. There is no jitter: each account has an object of
/// its own, each object is one client of X, and X counts per user. The exception is the limit that X's edge applies to
/// all accounts together (`spread`).
pub fn pause(first: Span, longest: Span, failures: u32) -> Span {
    let factor = 1_i64.checked_shl(failures.saturating_sub(1)).filter(|f| *f > 0).unwrap_or(i64::MAX);
    Span::millis(first.as_millis().saturating_mul(factor)).min(longest)
}

/// A pause and up to a fifth more, by chance: those who were limited together do not come back together.
pub fn spread(pause: Span, chance: u32) -> Span {
    let most = pause.as_millis() / 5;
    Span::millis(pause.as_millis() + most.saturating_mul(i64::from(chance)) / i64::from(u32::MAX))
}

/// How work begins that a dying process may leave half done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The time after which the work begins anew if nothing is heard of it; `None` if whoever begins it waits for it.
    pub span: Option<Span>,
    /// The process died in the work so often that a person should look.
    pub is_suspect: bool,
}

impl Lease {
    /// `deaths` is how often the process died in the work, `usual` the lease of work in which it did not.
    pub fn new(deaths: u32, usual: Option<Span>) -> Self {
        let pause = after_deaths(deaths);
        Self { span: pause.max(usual), is_suspect: pause.is_some() }
    }
}

/// How long work waits in which the process died so often; `None` for what may have been a power cut.
pub fn after_deaths(deaths: u32) -> Option<Span> {
    let beyond = deaths.checked_sub(2)?;
    Some(pause(Span::secs(1), Span::hours(1), beyond + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_the_longest() {
        let pauses = [1, 2, 3, 8, 9, 63, 64, u32::MAX].map(|n| pause(Span::secs(2), Span::mins(5), n).as_secs());
        assert_eq!(pauses, [2, 4, 8, 256, 300, 300, 300, 300]);
    }

    #[test]
    fn a_third_death_makes_work_wait_and_each_later_one_longer() {
        let waits = [0, 1, 2, 3, 4, 20].map(|deaths| after_deaths(deaths).map(Span::as_secs));
        assert_eq!(waits, [None, None, Some(1), Some(2), Some(4), Some(3600)]);
    }

    #[test]
    fn a_lease_is_the_usual_one_until_the_wait_after_deaths_is_longer() {
        let usual = Some(Span::secs(60));
        assert_eq!(Lease::new(0, usual), Lease { span: usual, is_suspect: false });
        assert_eq!(Lease::new(0, None), Lease { span: None, is_suspect: false });
        assert_eq!(Lease::new(2, usual), Lease { span: usual, is_suspect: true });
        assert_eq!(Lease::new(2, None), Lease { span: Some(Span::secs(1)), is_suspect: true });
        assert_eq!(Lease::new(20, usual).span, Some(Span::hours(1)));
    }

    #[test]
    fn chance_adds_a_fifth_at_most() {
        let spread = [0, u32::MAX / 2, u32::MAX].map(|chance| spread(Span::secs(60), chance).as_secs());
        assert_eq!(spread, [60, 65, 72]);
    }
}
