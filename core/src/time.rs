//! Instants and spans in milliseconds. Nothing here reads a clock: `now` is always a parameter.
//!
//! Times are stored and compared as integers. On the wire times are ISO 8601 in UTC with milliseconds (RFC 3339), by
//! [`iso`].

mod input;

use std::ops::{Add, Sub};

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Arithmetic saturates.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// A length of time in milliseconds; negative when it points back.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TimeError {
    #[error("not an RFC 3339 date-time with an offset, such as 2026-11-23T09:30:00.000Z")]
    Format,
}

impl Span {
    pub const fn millis(n: i64) -> Self {
        Self(n)
    }

    pub const fn secs(n: i64) -> Self {
        Self(n.saturating_mul(1000))
    }

    pub const fn mins(n: i64) -> Self {
        Self::secs(n.saturating_mul(60))
    }

    pub const fn hours(n: i64) -> Self {
        Self::mins(n.saturating_mul(60))
    }

    pub const fn days(n: i64) -> Self {
        Self::hours(n.saturating_mul(24))
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn times(self, n: i64) -> Self {
        Self(self.0.saturating_mul(n))
    }

    /// Whole seconds, rounded towards zero.
    pub const fn as_secs(self) -> i64 {
        self.0 / 1000
    }
}

impl Add<Span> for UnixMillis {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for UnixMillis {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for UnixMillis {
    type Output = Span;

    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl UnixMillis {
    /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: RFC 3339 §1 has years of four digits.
    const WRITABLE: (i64, i64) = (-62_167_219_200_000, 253_402_300_799_999);

    /// `2026-11-23T09:30:00.000Z`. An instant outside RFC 3339 becomes the nearest instant inside.
    pub fn to_iso(self) -> String {
        let (first, last) = Self::WRITABLE;
        DateTime::from_timestamp_millis(self.0.clamp(first, last))
            .unwrap_or_default()
            .to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Any offset is accepted, none is refused: a time without one is a different instant in every place.
    pub fn parse_iso(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text).map(|time| Self(time.timestamp_millis())).map_err(|_| TimeError::Format)
    }
}

/// The wire form of an instant: `#[serde(with = "time::iso")]`.
pub mod iso {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::UnixMillis;

    pub fn serialize<S: Serializer>(time: &UnixMillis, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time.to_iso())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixMillis, D::Error> {
        let text = String::deserialize(deserializer)?;
        UnixMillis::parse_iso(&text).map_err(D::Error::custom)
    }
}

/// [`iso`] for a field that may be null. A field that may be absent needs `#[serde(default)]` too.
pub mod iso_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::UnixMillis;

    pub fn serialize<S: Serializer>(time: &Option<UnixMillis>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(UnixMillis::to_iso).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UnixMillis>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| UnixMillis::parse_iso(&text)).transpose().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_wire_form_is_utc_with_milliseconds() {
        assert_eq!(UnixMillis(1_795_426_200_000).to_iso(), "2026-11-23T09:30:00.000Z");
        assert_eq!(UnixMillis(0).to_iso(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn every_offset_is_accepted() {
        for text in ["2026-11-23T09:30:00Z", "2026-11-23T10:30:00+01:00", "2026-11-23T04:00:00.000-05:30"] {
            assert_eq!(UnixMillis::parse_iso(text), Ok(UnixMillis(1_795_426_200_000)), "{text}");
        }
    }

    #[test]
    fn a_time_without_offset_is_refused() {
        for text in ["2026-11-23T09:30:00", "2026-11-23", "1795426200", "", "tomorrow"] {
            assert_eq!(UnixMillis::parse_iso(text), Err(TimeError::Format), "{text}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        let end = UnixMillis(i64::MAX);
        assert_eq!(end + Span::days(1), end);
        assert_eq!(UnixMillis(i64::MIN) - Span::millis(1), UnixMillis(i64::MIN));
        assert_eq!((UnixMillis(5000) - UnixMillis(7500)).as_secs(), -2);
        assert_eq!(Span::days(i64::MAX), Span::millis(i64::MAX));
        assert_eq!(Span::hours(2).as_secs(), 7200);
    }

    #[test]
    fn stored_as_an_integer_and_sent_as_text() {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        struct Row {
            stored: UnixMillis,
            #[serde(with = "iso")]
            sent: UnixMillis,
            #[serde(with = "iso_option")]
            perhaps: Option<UnixMillis>,
            #[serde(with = "iso_option")]
            never: Option<UnixMillis>,
        }
        let time = UnixMillis(1_795_426_200_000);
        let row = Row { stored: time, sent: time, perhaps: Some(time), never: None };
        let text = serde_json::to_string(&row).unwrap();
        assert_eq!(
            text,
            r#"{"stored":1795426200000,"sent":"2026-11-23T09:30:00.000Z","perhaps":"2026-11-23T09:30:00.000Z","never":null}"#
        );
        assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}") {
            let _ = UnixMillis::parse_iso(&text);
        }

        #[test]
        fn what_is_written_is_read_back(millis in UnixMillis::WRITABLE.0..=UnixMillis::WRITABLE.1) {
            prop_assert_eq!(UnixMillis::parse_iso(&UnixMillis(millis).to_iso()), Ok(UnixMillis(millis)));
        }

        #[test]
        fn every_integer_has_a_wire_form(millis in any::<i64>()) {
            prop_assert!(UnixMillis::parse_iso(&UnixMillis(millis).to_iso()).is_ok());
        }
    }
}
