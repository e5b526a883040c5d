//! Times in words, in the languages of the pages. A page without script does not know the person's time zone, so a time
//! names its own: UTC.

use chrono::{DateTime, Datelike};

use crate::time::UnixMillis;

/// One language's names, and the order in which they stand.
#[derive(Debug)]
pub struct Times {
    /// `{weekday}`, `{day}`, `{month}`, `{year}` and `{clock}`.
    pub date: &'static str,
    /// From Monday on.
    pub weekdays: [&'static str; 7],
    pub months: [&'static str; 12],
    pub day: Unit,
    pub hour: Unit,
    pub minute: Unit,
}

/// The words for one and for several.
#[derive(Clone, Copy, Debug)]
pub struct Unit(pub &'static str, pub &'static str);

impl Times {
    /// "Monday, 30 November 2026, 14:30 UTC".
    pub fn instant(&self, time: UnixMillis) -> String {
        let at = DateTime::from_timestamp_millis(time.0).unwrap_or_default();
        let name = |names: &[&'static str], at: u32| usize::try_from(at).ok().and_then(|at| names.get(at)).copied();
        self.date
            .replace("{weekday}", name(&self.weekdays, at.weekday().num_days_from_monday()).unwrap_or_default())
            .replace("{day}", &at.day().to_string())
            .replace("{month}", name(&self.months, at.month0()).unwrap_or_default())
            .replace("{year}", &at.year().to_string())
            .replace("{clock}", &at.format("%H:%M UTC").to_string())
    }

    /// "1 day 2 hours": the parts of `minutes` that are not zero.
    pub fn length(&self, minutes: u64) -> String {
        let parts = [(self.day, minutes / 1440), (self.hour, minutes / 60 % 24), (self.minute, minutes % 60)];
        let parts = parts.into_iter().filter(|(_, count)| *count > 0);
        let words = parts.map(|(Unit(one, many), count)| format!("{count} {}", if count == 1 { one } else { many }));
        words.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DE, EN, ES, FR, JA, PT};
    use super::*;

    /// 2026-11-30, a Monday.
    const TIME: UnixMillis = UnixMillis(1_796_049_000_000);

    #[test]
    fn an_instant_reads_as_each_language_writes_dates_and_names_its_zone() {
        for (approval, words) in [
            (&EN, "Monday, 30 November 2026, 14:30 UTC"),
            (&ES, "lunes, 30 de noviembre de 2026, 14:30 UTC"),
            (&PT, "segunda-feira, 30 de novembro de 2026, 14:30 UTC"),
            (&FR, "lundi 30 novembre 2026, 14:30 UTC"),
            (&DE, "Montag, 30. November 2026, 14:30 UTC"),
            (&JA, "2026年11月30日（月）14:30 UTC"),
        ] {
            assert_eq!(approval.times.instant(TIME), words);
        }
    }

    #[test]
    fn every_day_and_month_has_a_name_of_its_own() {
        for approval in [&EN, &ES, &PT, &FR, &DE, &JA] {
            let days: std::collections::BTreeSet<_> =
                (0..366).map(|day| approval.times.instant(TIME + crate::time::Span::days(day))).collect();
            assert_eq!(days.len(), 366);
            assert!(days.iter().all(|day| !day.contains(['{', '}'])), "{days:?}");
        }
    }

    #[test]
    fn a_length_is_said_in_its_largest_units() {
        assert_eq!(EN.times.length(1440 + 120), "1 day 2 hours");
        assert_eq!(EN.times.length(5), "5 minutes");
        assert_eq!(DE.times.length(10_080), "7 Tage");
        assert_eq!(JA.times.length(90), "1 時間 30 分");
    }
}
