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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_the_longest() {
        let pauses = [1, 2, 3, 8, 9, 63, 64, u32::MAX].map(|n| pause(Span::secs(2), Span::mins(5), n).as_secs());
        assert_eq!(pauses, [2, 4, 8, 256, 300, 300, 300, 300]);
    }

    #[test]
    fn chance_adds_a_fifth_at_most() {
        let spread = [0, u32::MAX / 2, u32::MAX].map(|chance| spread(Span::secs(60), chance).as_secs());
        assert_eq!(spread, [60, 65, 72]);
    }
}
