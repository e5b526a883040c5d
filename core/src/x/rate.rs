//! X's rate windows (X docs, x-api/fundamentals/rate-limits): `x-rate-limit-*`, and two windows of 24 hours (observed,
//! not documented). The first may show over a million while another window is spent, so all are read.

mod known;

use http::HeaderMap;
use serde::{Deserialize, Serialize};

pub use self::known::KnownWindows;
use crate::time::{Span, UnixMillis};

/// By how much X's clock may be ahead of ours.
const CLOCKS: Span = Span::mins(1);

#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Window {
    pub limit: i64,
    pub remaining: i64,
    pub reset_at: UnixMillis,
    pub kind: WindowKind,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum WindowKind {
    #[serde(rename = "15min")]
    QuarterHour,
    #[serde(rename = "24h")]
    UserDay,
    #[serde(rename = "app_24h")]
    AppDay,
}

impl WindowKind {
    const ALL: [Self; 3] = [Self::QuarterHour, Self::UserDay, Self::AppDay];

    /// How long it lasts.
    const fn length(self) -> Span {
        match self {
            Self::QuarterHour => Span::mins(15),
            Self::UserDay | Self::AppDay => Span::hours(24),
        }
    }

    /// The latest time at which one ends that is told at `now`.
    fn latest_end(self, now: UnixMillis) -> UnixMillis {
        now + self.length() + CLOCKS
    }

    /// The name in the API and in the columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QuarterHour => "15min",
            Self::UserDay => "24h",
            Self::AppDay => "app_24h",
        }
    }

    /// The names of three headers: the limit, the remaining calls, and the time of the reset.
    const fn header_names(self) -> [&'static str; 3] {
        match self {
            Self::QuarterHour => ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"],
            Self::UserDay => {
                ["x-user-limit-24hour-limit", "x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"]
            }
            Self::AppDay => ["x-app-limit-24hour-limit", "x-app-limit-24hour-remaining", "x-app-limit-24hour-reset"],
        }
    }
}

impl Window {
    /// No window lasts longer than its kind does, whatever X says: a time in milliseconds would close it for ever.
    pub fn ends_at(&self, now: UnixMillis) -> UnixMillis {
        self.reset_at.min(self.kind.latest_end(now))
    }

    /// One that was stored and that ends later than any was stored by code that took X at its word.
    pub fn is_credible(&self, now: UnixMillis) -> bool {
        self.ends_at(now) == self.reset_at
    }
}

/// When the app's day ends, as it was stored, if that can be.
pub fn app_day_end(stored: Option<UnixMillis>, now: UnixMillis) -> Option<UnixMillis> {
    stored.filter(|until| *until > now && *until <= WindowKind::AppDay.latest_end(now))
}

/// The windows that the headers tell in full, at `now`.
pub fn windows(headers: &HeaderMap, now: UnixMillis) -> Vec<Window> {
    ending_by(told(headers), now)
}

/// The same of headers that were read one by one.
pub fn windows_in(headers: &[(&str, String)], now: UnixMillis) -> Vec<Window> {
    let value = |name: &str| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str());
    ending_by(WindowKind::ALL.into_iter().filter_map(|kind| window(value, kind)).collect(), now)
}

/// The same in X's words.
pub fn told(headers: &HeaderMap) -> Vec<Window> {
    let value = |name: &str| headers.get(name)?.to_str().ok();
    WindowKind::ALL.into_iter().filter_map(|kind| window(value, kind)).collect()
}

fn ending_by(told: Vec<Window>, now: UnixMillis) -> Vec<Window> {
    told.into_iter().map(|window| Window { reset_at: window.ends_at(now), ..window }).collect()
}

fn window<'a>(header: impl Fn(&str) -> Option<&'a str>, kind: WindowKind) -> Option<Window> {
    let [limit, remaining, reset] =
        kind.header_names().map(|name| -> Option<i64> { header(name)?.trim().parse().ok() });
    Some(Window { limit: limit?, remaining: remaining?, reset_at: UnixMillis(0) + Span::secs(reset?), kind })
}

/// The windows as X's own headers. X's clients read `x-rate-limit-*` first, and some read nothing else. If the window
/// of 15 minutes is not known, these headers show the spent window that lasts longest.
pub fn headers(windows: &[Window]) -> Vec<(&'static str, String)> {
    let known = windows.iter().flat_map(|window| lines(window.kind, window));
    let is_short_known = windows.iter().any(|window| window.kind == WindowKind::QuarterHour);
    let spent = windows.iter().filter(|window| window.remaining <= 0).max_by_key(|window| window.reset_at);
    let stand_in = spent.filter(|_| !is_short_known).into_iter();
    known.chain(stand_in.flat_map(|window| lines(WindowKind::QuarterHour, window))).collect()
}

fn lines(kind: WindowKind, window: &Window) -> impl Iterator<Item = (&'static str, String)> {
    let values = [window.limit, window.remaining.max(0), (window.reset_at - UnixMillis(0)).as_secs()];
    kind.header_names().into_iter().zip(values.map(|value| value.to_string()))
}

/// When all that is spent is there again: the latest reset among the windows with nothing left.
pub fn exhausted_until(windows: &[Window], now: UnixMillis) -> Option<UnixMillis> {
    windows.iter().filter(|window| window.remaining <= 0).map(|window| window.ends_at(now)).max()
}

/// When the limit of a day ends that X says is reached: X may say so before the window of the headers is spent.
pub fn day_ends_at(windows: &[Window], now: UnixMillis) -> Option<UnixMillis> {
    let is_day = |window: &&Window| match window.kind {
        WindowKind::QuarterHour => false,
        WindowKind::UserDay => true,
        WindowKind::AppDay => window.remaining <= 0,
    };
    windows.iter().filter(is_day).map(|window| window.ends_at(now)).max()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    const NOW: UnixMillis = UnixMillis(1_795_426_200_000);
    const T0: UnixMillis = UnixMillis(0);

    const SPENT_DAY: [(&str, &str); 6] = [
        ("x-rate-limit-limit", "1080000"),
        ("x-rate-limit-remaining", "1079999"),
        ("x-rate-limit-reset", "1795427100"),
        ("x-app-limit-24hour-limit", "17"),
        ("x-app-limit-24hour-remaining", "0"),
        ("x-app-limit-24hour-reset", "1795500000"),
    ];

    #[test]
    fn a_spent_day_counts_though_the_quarter_hour_does_not() {
        let windows = windows(&headers(&SPENT_DAY), NOW);
        assert_eq!(
            windows.iter().map(|window| window.kind).collect::<Vec<_>>(),
            [WindowKind::QuarterHour, WindowKind::AppDay]
        );
        assert_eq!(exhausted_until(&windows, NOW), Some(UnixMillis(1_795_500_000_000)));
    }

    #[test]
    fn the_latest_of_the_spent_windows_decides() {
        let window = |remaining, seconds, kind| Window { limit: 9, remaining, reset_at: UnixMillis(seconds), kind };
        let windows = [
            window(0, 100, WindowKind::QuarterHour),
            window(0, 300, WindowKind::UserDay),
            window(1, 900, WindowKind::AppDay),
        ];
        assert_eq!(exhausted_until(&windows, T0), Some(UnixMillis(300)));
        assert_eq!(exhausted_until(&[], T0), None);
    }

    #[test]
    fn a_day_ends_with_the_users_window_or_a_spent_one_of_the_app() {
        let window = |remaining, seconds, kind| Window { limit: 9, remaining, reset_at: UnixMillis(seconds), kind };
        let (quarter, app) = (window(0, 100, WindowKind::QuarterHour), window(1, 900, WindowKind::AppDay));
        assert_eq!(day_ends_at(&[quarter, app], T0), None);
        assert_eq!(day_ends_at(&[quarter, app, window(3, 300, WindowKind::UserDay)], T0), Some(UnixMillis(300)));
        assert_eq!(day_ends_at(&[window(0, 700, WindowKind::AppDay)], T0), Some(UnixMillis(700)));
    }

    #[test]
    fn a_window_that_is_not_told_in_full_is_left_out() {
        assert!(windows(&headers(&SPENT_DAY[..2]), NOW).is_empty());
        assert!(windows(&headers(&[("x-rate-limit-limit", "many"), SPENT_DAY[1], SPENT_DAY[2]]), NOW).is_empty());
    }

    #[test]
    fn a_window_ends_no_later_than_its_kind_lasts() {
        let latest = [("x-rate-limit", 16), ("x-user-limit-24hour", 1441), ("x-app-limit-24hour", 1441)];
        for reset in ["1795427100000", "1795427100000000", "99999999999", "9223372036854775807"] {
            for (prefix, minutes) in latest {
                let name = |word| HeaderName::try_from(format!("{prefix}-{word}")).unwrap();
                let words = [("limit", "9"), ("remaining", "0"), ("reset", reset)];
                let headers = words.into_iter().map(|(word, value)| (name(word), value.parse().unwrap())).collect();
                let end = Some(NOW + Span::mins(minutes));
                assert_eq!(windows(&headers, NOW).first().map(|window| window.reset_at), end, "{reset}");
                assert_eq!(exhausted_until(&told(&headers), NOW), end, "{reset}");
                assert!(told(&headers).iter().all(|window| !window.is_credible(NOW)), "{reset}");
            }
        }
        let day = told(&headers(&SPENT_DAY));
        assert_eq!((windows(&headers(&SPENT_DAY), NOW), day.iter().all(|window| window.is_credible(NOW))), (day, true));
    }

    #[test]
    fn the_stored_end_of_a_day_counts_while_it_can_be_one() {
        let end = |minutes| app_day_end(Some(NOW + Span::mins(minutes)), NOW).is_some();
        assert_eq!([-1, 0, 1, 1441, 1442, i64::MAX].map(end), [false, false, true, true, false, false]);
    }

    #[test]
    fn windows_are_told_as_they_were_read() {
        let told = headers_of(&super::headers(&windows(&headers(&SPENT_DAY), NOW)));
        assert_eq!(told, headers(&SPENT_DAY));
        let one_by_one = SPENT_DAY.map(|(name, value)| (name, value.to_owned()));
        assert_eq!(windows_in(&one_by_one, NOW), windows(&headers(&SPENT_DAY), NOW));
    }

    #[test]
    fn a_spent_day_stands_where_clients_look_when_nothing_else_is_known() {
        let day =
            Window { limit: 17, remaining: -1, reset_at: UnixMillis(1_795_500_000_999), kind: WindowKind::UserDay };
        let told = headers_of(&super::headers(&[day]));
        for prefix in ["x-rate-limit", "x-user-limit-24hour"] {
            let value = |name| told.get(format!("{prefix}-{name}")).unwrap().to_str().unwrap();
            let values = ["limit", "remaining", "reset"].map(value);
            assert_eq!(values, ["17", "0", "1795500000"], "{prefix}");
        }
        assert!(super::headers(&[]).is_empty());
        assert_eq!(
            super::headers(&[Window { remaining: 3, ..day }]).len(),
            3,
            "what is not spent stands for itself alone"
        );
    }

    fn headers_of(told: &[(&'static str, String)]) -> HeaderMap {
        told.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn reading_never_panics(value: Vec<u8>, number: i64) {
            let number = HeaderValue::from(number);
            let value = HeaderValue::from_bytes(&value).unwrap_or(number.clone());
            let pair = |name, value: &HeaderValue| (HeaderName::from_static(name), value.clone());
            let headers = [
                pair("x-rate-limit-limit", &value),
                pair("x-user-limit-24hour-limit", &number),
                pair("x-user-limit-24hour-remaining", &number),
                pair("x-user-limit-24hour-reset", &number),
            ];
            let _ = exhausted_until(&windows(&headers.into_iter().collect(), NOW), NOW);
        }
    }
}
