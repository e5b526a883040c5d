//! The days of a time zone: where each begins and ends. What the zone's clocks show is for the platform to say.

use crate::time::{Span, UnixMillis};

/// The most days that are asked for at once.
pub const MOST_DAYS: i64 = 62;
const DAY: Span = Span::days(1);

/// A date of the proleptic Gregorian calendar, in days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(i64);

/// A day, from its first moment to that of the next. One with a change of the clocks is longer or shorter than others, and
/// one that a zone has left out has no length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    pub from: UnixMillis,
    pub until: UnixMillis,
}

impl Date {
    /// `2026-11-30`, from 1970 on.
    pub fn parse(text: &str) -> Option<Self> {
        let midnight = UnixMillis::parse_iso(&format!("{text}T00:00:00Z")).ok().filter(|_| text.len() == 10)?;
        (midnight.0 >= 0).then_some(Self(midnight.0 / DAY.as_millis()))
    }

    pub fn to_iso(self) -> String {
        self.midnight_in_utc().to_iso().chars().take(10).collect()
    }

    /// How many dates there are up to another one, with both.
    pub const fn dates_to(self, last: Self) -> i64 {
        last.0 - self.0 + 1
    }

    fn midnight_in_utc(self) -> UnixMillis {
        UnixMillis(self.0.saturating_mul(DAY.as_millis()))
    }
}

/// The days from `first` to `last`. `offset_at` says by how much the zone's clocks are ahead of UTC at a time.
pub fn days(first: Date, last: Date, offset_at: &dyn Fn(UnixMillis) -> Span) -> Vec<Day> {
    let mut from = start_of(first, offset_at);
    let day = |date: i64| {
        let day = Day { date: Date(date), from, until: start_of(Date(date + 1), offset_at) };
        from = day.until;
        day
    };
    (first.0..=last.0).map(day).collect()
}

/// The first moment at which the clocks show the date: midnight, or what they show in its place.
fn start_of(date: Date, offset_at: &dyn Fn(UnixMillis) -> Span) -> UnixMillis {
    let midnight = date.midnight_in_utc();
    let shown_at = |time: UnixMillis| time + offset_at(time);
    let guess = midnight - offset_at(midnight - offset_at(midnight));
    if shown_at(guess) == midnight && shown_at(guess - Span::millis(1)) < midnight {
        return guess;
    }
    // The clocks leave midnight out. No clock is a day away from UTC.
    let (mut before, mut reached) = (midnight - DAY, midnight + DAY);
    while reached - before > Span::millis(1) {
        let middle = UnixMillis(before.0.midpoint(reached.0));
        if shown_at(middle) < midnight {
            before = middle;
        } else {
            reached = middle;
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn at(text: &str) -> UnixMillis {
        UnixMillis::parse_iso(text).unwrap()
    }

    /// A zone whose clocks change at these times, to so many minutes ahead of UTC.
    fn zone(before: i64, changes: &[(&str, i64)]) -> impl Fn(UnixMillis) -> Span {
        let changes: Vec<_> = changes.iter().map(|(time, minutes)| (at(time), *minutes)).collect();
        move |time| {
            let last = changes.iter().rev().find(|(change, _)| *change <= time);
            Span::mins(last.map_or(before, |(_, minutes)| *minutes))
        }
    }

    fn hours(first: &str, last: &str, zone: &dyn Fn(UnixMillis) -> Span) -> Vec<i64> {
        days(date(first), date(last), zone).iter().map(|day| (day.until - day.from).as_secs() / 3600).collect()
    }

    #[test]
    fn a_date_is_ten_characters_of_a_day_that_there_is() {
        assert_eq!(date("2024-02-29").to_iso(), "2024-02-29");
        assert_eq!(date("2026-11-30").dates_to(date("2026-12-01")), 2);
        for bad in ["", "2026-11-31", "2025-02-29", "2026-1-01", "26-11-30", "2026-11-30Z", "1969-12-31", "20261130"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let date = date("2026-11-30");
        let day = Day { date, from: at("2026-11-29T18:30:00Z"), until: at("2026-11-30T18:30:00Z") };
        assert_eq!(days(date, date, &zone(330, &[])), [day]);
    }

    #[test]
    fn days_follow_each_other_without_a_gap() {
        assert_eq!(hours("2026-01-01", "2026-03-03", &zone(-720, &[])), [24; 62]);
    }

    #[test]
    fn a_day_with_a_change_of_the_clocks_has_its_own_length() {
        let berlin = zone(60, &[("2026-03-29T01:00:00Z", 120), ("2026-10-25T01:00:00Z", 60)]);
        assert_eq!(hours("2026-03-28", "2026-03-30", &berlin), [24, 23, 24]);
        assert_eq!(hours("2026-10-24", "2026-10-26", &berlin), [24, 25, 24]);
    }

    #[test]
    fn a_day_without_midnight_begins_with_the_first_moment_that_it_has() {
        // Cairo, whose clocks go from 00:00 to 01:00.
        let cairo = zone(120, &[("2026-04-23T22:00:00Z", 180)]);
        let days = days(date("2026-04-23"), date("2026-04-24"), &cairo);
        assert_eq!(
            days.iter().map(|day| day.from).collect::<Vec<_>>(),
            [at("2026-04-22T22:00:00Z"), at("2026-04-23T22:00:00Z")]
        );
        assert_eq!(hours("2026-04-23", "2026-04-25", &cairo), [24, 23, 24]);
    }

    #[test]
    fn a_day_that_a_zone_left_out_has_no_length() {
        let apia = zone(-600, &[("2011-12-30T10:00:00Z", 840)]);
        assert_eq!(hours("2011-12-29", "2011-12-31", &apia), [24, 0, 24]);
    }
}
