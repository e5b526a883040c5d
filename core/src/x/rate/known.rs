//! The windows of one account, as X told them last. They are in memory, and stored where a crash must not forget them:
//! the end of a window, and whether the window is spent. How much is left of a window may be forgotten: X tells it with
//! the next answer, and answers 429 to a call too many.

use std::collections::BTreeMap;

use super::Window;
use crate::time::UnixMillis;

/// More endpoints than one account is likely to call; then those whose windows are over go.
const ENDPOINTS: usize = 100;
/// What may have been used of a window since it was stored: this part of its limit.
const PART: u64 = 10;

/// By endpoint.
#[derive(Debug, Default)]
pub struct KnownWindows(BTreeMap<String, Vec<Known>>);

#[derive(Clone, Copy, Debug)]
struct Known {
    told: Window,
    stored: Window,
}

impl KnownWindows {
    /// As they were stored.
    pub fn of_stored(rows: impl IntoIterator<Item = (String, Window)>) -> Self {
        let mut known = Self::default();
        rows.into_iter().for_each(|(endpoint, window)| known.set(&endpoint, Known { told: window, stored: window }));
        known
    }

    /// Which of the windows that X has told now a crash must not forget.
    pub fn to_store(&self, endpoint: &str, told: &[Window]) -> Vec<Window> {
        told.iter().filter(|window| !self.is_stored(endpoint, window)).copied().collect()
    }

    /// What X has told now, behind the write of what is stored of it.
    pub fn learn(&mut self, endpoint: &str, told: &[Window], now: UnixMillis) {
        for window in told {
            let stored = self.known(endpoint, window).map(|known| known.stored);
            let stored = stored.filter(|stored| window.may_be_forgotten_since(stored)).unwrap_or(*window);
            self.set(endpoint, Known { told: *window, stored });
        }
        if self.0.len() > ENDPOINTS {
            self.0.retain(|_, windows| windows.iter().any(|known| known.told.is_open(now)));
        }
    }

    /// The windows of an endpoint that are not over. Those of older code may end at a time that cannot be.
    pub fn of(&self, endpoint: &str, now: UnixMillis) -> Vec<Window> {
        let known = self.0.get(endpoint).map(Vec::as_slice).unwrap_or_default();
        known.iter().map(|known| known.told).filter(|window| window.is_open(now)).collect()
    }

    /// The same of every endpoint.
    pub fn all(&self, now: UnixMillis) -> Vec<(String, Window)> {
        let of =
            |endpoint: &String| self.of(endpoint, now).into_iter().map(|window| (endpoint.clone(), window)).collect();
        self.0.keys().flat_map(|endpoint| -> Vec<_> { of(endpoint) }).collect()
    }

    fn is_stored(&self, endpoint: &str, window: &Window) -> bool {
        self.known(endpoint, window).is_some_and(|known| window.may_be_forgotten_since(&known.stored))
    }

    fn known(&self, endpoint: &str, window: &Window) -> Option<&Known> {
        self.0.get(endpoint)?.iter().find(|known| known.told.kind == window.kind)
    }

    fn set(&mut self, endpoint: &str, known: Known) {
        if !self.0.contains_key(endpoint) {
            self.0.insert(endpoint.to_owned(), Vec::new());
        }
        let Some(windows) = self.0.get_mut(endpoint) else { return };
        windows.retain(|other| other.told.kind != known.told.kind);
        windows.push(known);
        windows.sort_by_key(|known| known.told.kind.as_str());
    }
}

impl Window {
    const fn is_spent(&self) -> bool {
        self.remaining <= 0
    }

    fn is_open(&self, now: UnixMillis) -> bool {
        self.reset_at > now && self.is_credible(now)
    }

    /// Whether a crash may put `stored` in the place of this window: both end at the same time, both are spent or neither
    /// is, and little was used between them.
    fn may_be_forgotten_since(&self, stored: &Self) -> bool {
        let is_same = self.kind == stored.kind && self.limit == stored.limit && self.reset_at == stored.reset_at;
        let used = self.remaining.abs_diff(stored.remaining).saturating_mul(PART);
        is_same && self.is_spent() == stored.is_spent() && used < self.limit.unsigned_abs().max(PART)
    }
}

#[cfg(test)]
mod tests {
    use super::super::WindowKind;
    use super::*;
    use crate::time::Span;

    const NOW: UnixMillis = UnixMillis(1_795_426_200_000);
    const POSTS: &str = "POST /2/tweets";

    fn window(limit: i64, remaining: i64) -> Window {
        Window { limit, remaining, reset_at: NOW + Span::mins(10), kind: WindowKind::QuarterHour }
    }

    fn stored(window: Window) -> KnownWindows {
        KnownWindows::of_stored([(POSTS.to_owned(), window)])
    }

    #[test]
    fn a_window_is_stored_when_it_is_new_spent_or_there_again() {
        let known = stored(window(100, 50));
        assert_eq!(KnownWindows::default().to_store(POSTS, &[window(100, 99)]), [window(100, 99)], "the first of all");
        let next = Window { reset_at: NOW + Span::mins(15), ..window(100, 50) };
        let day = Window { kind: WindowKind::UserDay, ..window(100, 50) };
        for news in [next, day, window(100, 0), window(100, -1), window(300, 50)] {
            assert_eq!(known.to_store(POSTS, &[news]), [news], "{news:?}");
        }
        assert_eq!(known.to_store("GET /2/tweets", &[window(100, 50)]).len(), 1, "another endpoint's");
        assert_eq!(stored(window(1, 0)).to_store(POSTS, &[window(1, 1)]), [window(1, 1)], "there again");
        assert_eq!(stored(window(100, 0)).to_store(POSTS, &[window(100, -1)]), [], "spent as before");
    }

    #[test]
    fn a_crash_forgets_less_than_a_tenth_of_a_window() {
        let (mut known, mut writes) = (KnownWindows::default(), Vec::new());
        for remaining in (0..900).rev() {
            let told = [window(900, remaining)];
            writes.extend(known.to_store(POSTS, &told));
            known.learn(POSTS, &told, NOW);
            let (now, after) = (known.of(POSTS, NOW), writes.last().copied());
            assert_eq!(now, told);
            assert!(after.is_some_and(|after| after.remaining.abs_diff(remaining) < 90), "{remaining}");
            assert_eq!(after.map(|after| after.remaining <= 0), Some(remaining <= 0), "a spent one is never forgotten");
        }
        assert_eq!(writes.len(), 11);
    }

    #[test]
    fn what_was_told_last_counts_and_what_is_over_does_not() {
        let mut known = stored(window(100, 50));
        known.learn(POSTS, &[window(100, 49)], NOW);
        assert_eq!(known.all(NOW), [(POSTS.to_owned(), window(100, 49))]);
        assert_eq!(known.of("GET /2/tweets", NOW), []);
        assert_eq!(known.of(POSTS, NOW + Span::mins(10)), [], "over");
        let never = Window { reset_at: NOW + Span::hours(500), ..window(100, 50) };
        assert_eq!(stored(never).all(NOW), [], "of older code");
    }

    #[test]
    fn windows_that_are_over_make_room() {
        let mut known = KnownWindows::default();
        for at in 0..=ENDPOINTS {
            known.learn(&format!("GET /2/{at}"), &[window(100, 50)], NOW);
        }
        assert_eq!(known.0.len(), ENDPOINTS + 1, "all of them count");
        let later = Window { reset_at: NOW + Span::mins(20), ..window(100, 50) };
        known.learn(POSTS, &[later], NOW + Span::mins(10));
        assert_eq!(known.0.len(), 1);
    }
}
