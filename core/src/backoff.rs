//! How long to wait after the n-th failure in a row.

use crate::time::Span;

/// Doubles from `first` up to `longest`. `failures` counts from one. No jitter: each account has an object of its own
/// that is one client of X, and X counts per user.
pub fn pause(first: Span, longest: Span, failures: u32) -> Span {
    let factor = 1_i64.checked_shl(failures.saturating_sub(1)).filter(|f| *f > 0).unwrap_or(i64::MAX);
    Span::millis(first.as_millis().saturating_mul(factor)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_the_longest() {
        let pauses = [1, 2, 3, 8, 9, 63, 64, u32::MAX].map(|n| pause(Span::secs(2), Span::mins(5), n).as_secs());
        assert_eq!(pauses, [2, 4, 8, 256, 300, 300, 300, 300]);
    }
}
