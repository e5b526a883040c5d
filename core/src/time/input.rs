//! Times in the spellings of people and programs. Output and storage use [`super::iso`] alone.

use super::{TimeError, UnixMillis};

/// The first number read as milliseconds: in milliseconds the instant is in 1973, in seconds it would be in 5138.
const FIRST_MILLIS: u64 = 100_000_000_000;

impl UnixMillis {
    /// RFC 3339, and what is clearly meant as it: `t`, `z` or a space for `T`, minutes without seconds, `+01`, `+0100`, a
    /// space before the offset. Any offset is accepted, none is refused: such a time is another instant in every place.
    pub fn parse_input(text: &str) -> Result<Self, TimeError> {
        as_rfc3339(text).map_or(Err(TimeError::Format), |text| Self::parse_iso(&text))
    }

    /// The same in a query, where an offset's `+` arrives as a space unless it was escaped; or a number since 1970.
    pub fn parse_query(text: &str) -> Result<Self, TimeError> {
        Self::from_digits(text).map_or_else(|| Self::parse_input(&with_plus(text)), Ok)
    }

    /// Seconds or milliseconds since 1970, told apart by their size.
    pub fn from_digits(text: &str) -> Option<Self> {
        let number: u64 = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))?;
        let millis = if number < FIRST_MILLIS { number * 1000 } else { number };
        i64::try_from(millis).ok().map(Self).filter(|time| time.0 <= Self::WRITABLE.1)
    }
}

fn as_rfc3339(text: &str) -> Option<String> {
    let (date, rest) = text.trim().split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, offset) = rest.split_at_checked(rest.find(['Z', 'z', '+', '-'])?)?;
    let time = time.strip_suffix(' ').unwrap_or(time);
    let seconds = if time.len() == "09:30".len() { ":00" } else { "" };
    Some(format!("{date}T{time}{seconds}{}", full_offset(offset)?))
}

/// `+01` and `+0100` as `+01:00`.
fn full_offset(offset: &str) -> Option<String> {
    let (hours, minutes) = offset.split_at_checked(offset.len().min(3))?;
    Some(match minutes.len() {
        0 if hours.len() == 3 => format!("{hours}:00"),
        2 => format!("{hours}:{minutes}"),
        _ => offset.to_ascii_uppercase(),
    })
}

/// Digits after the last space of a time were an offset behind a `+`.
fn with_plus(text: &str) -> String {
    let offset = text
        .rsplit_once(' ')
        .filter(|(time, offset)| time.contains(':') && offset.starts_with(|c: char| c.is_ascii_digit()));
    offset.map_or_else(|| text.to_owned(), |(time, offset)| format!("{time}+{offset}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-11-23T09:30:00.000Z
    const MEANT: Result<UnixMillis, TimeError> = Ok(UnixMillis(1_795_426_200_000));
    const NONE: Result<UnixMillis, TimeError> = Err(TimeError::Format);

    #[test]
    fn what_is_clearly_meant_as_a_time_is_one() {
        for text in [
            "2026-11-23T09:30:00.000Z",
            "2026-11-23T10:30:00+0100",
            "2026-11-23T10:30:00+01",
            "2026-11-23T10:30+01:00",
            "2026-11-23T10:30+0100",
            "2026-11-23T09:30Z",
            "2026-11-23 09:30:00Z",
            "2026-11-23 10:30:00 +0100",
            "2026-11-23 10:30 +01",
            "2026-11-23t09:30:00z",
            "2026-11-23t04:00-0530",
            " 2026-11-23T09:30:00Z\n",
        ] {
            assert_eq!(UnixMillis::parse_input(text), MEANT, "{text}");
        }
    }

    #[test]
    fn what_may_be_another_time_is_refused() {
        for text in [
            "2026-11-23T09:30:00",
            "2026-11-23 09:30",
            "2026-11-23",
            "1795426200",
            "",
            "tomorrow",
            "2026-11-23T09Z",
            "2026-11-23T09:30:00+1",
            "2026-11-23T09:30:00+010",
            "2026-11-23T09:30:00+01000",
            "2026-11-23T09:30:00 01:00",
            "2026-11-23T09:30:00ZZ",
            "2026-11-23T25:00Z",
            "23.11.2026 09:30Z",
            "2026-11-23T09:30:00 CET",
        ] {
            assert_eq!(UnixMillis::parse_input(text), NONE, "{text}");
        }
    }

    #[test]
    fn in_a_query_a_space_before_an_offset_is_a_plus() {
        for text in [
            "2026-11-23T10:30:00 01:00",
            "2026-11-23T10:30:00.000 0100",
            "2026-11-23 10:30 01",
            "2026-11-23T10:30:00+01:00",
            "2026-11-23 10:30:00  0100",
            "2026-11-23 09:30Z",
            "1795426200",
            "1795426200000",
        ] {
            assert_eq!(UnixMillis::parse_query(text), MEANT, "{text}");
        }
        for text in
            ["2026-11-23 09:30", "2026-11-23", "yesterday", "-1", "1.5", "253402300800000", "99999999999999999999"]
        {
            assert_eq!(UnixMillis::parse_query(text), NONE, "{text}");
        }
    }

    #[test]
    fn a_number_is_seconds_or_milliseconds_by_its_size() {
        let shown = |text: &str| UnixMillis::from_digits(text).map(UnixMillis::to_iso).unwrap_or_default();
        assert_eq!(shown("0"), "1970-01-01T00:00:00.000Z");
        assert_eq!(shown("99999999999"), "5138-11-16T09:46:39.000Z");
        assert_eq!(shown("100000000000"), "1973-03-03T09:46:40.000Z");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = (UnixMillis::parse_input(&text), UnixMillis::parse_query(&text));
        }
    }
}
