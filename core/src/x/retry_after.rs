//! `Retry-After` of X and its edge (RFC 9110 §10.2.3).

use chrono::DateTime;
use http::{HeaderMap, HeaderName, header};

use crate::time::Span;

/// What is longer would be somebody's mistake, or a block that nobody lifts.
const LONGEST: Span = Span::hours(1);

/// A number of seconds, or a date: that counts from the answer's own `Date`, so that no two clocks are compared.
pub fn read(headers: &HeaderMap) -> Option<Span> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let told = match text.parse() {
        Ok(seconds) => seconds,
        Err(_) => date(text)? - date(value(headers, &header::DATE)?)?,
    };
    (told > 0).then(|| Span::secs(told).min(LONGEST))
}

fn value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Seconds since 1970 of an HTTP date in its preferred form.
fn date(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn told(retry_after: &str, date: Option<&str>) -> Option<i64> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, retry_after.parse().unwrap());
        date.map(|date| headers.insert(header::DATE, date.parse().unwrap()));
        read(&headers).map(Span::as_secs)
    }

    const DATE: Option<&str> = Some("Sun, 29 Nov 2026 02:00:00 GMT");

    #[test]
    fn seconds_and_dates_are_read_up_to_an_hour() {
        for (text, seconds) in [("90", 90), (" 3600 ", 3600), ("3601", 3600), ("9223372036854775807", 3600)] {
            assert_eq!(told(text, None), Some(seconds), "{text}");
        }
        assert_eq!(told("Sun, 29 Nov 2026 02:02:00 GMT", DATE), Some(120));
        assert_eq!(told("Mon, 30 Nov 2026 02:00:00 GMT", DATE), Some(3600));
    }

    #[test]
    fn what_names_no_time_to_come_says_nothing() {
        for text in ["0", "-5", "soon", "", "1.5", "Sun, 29 Nov 2026 01:59:00 GMT", "99999999999999999999"] {
            assert_eq!(told(text, DATE), None, "{text}");
        }
        assert_eq!(told("Sun, 29 Nov 2026 02:02:00 GMT", None), None, "from when is not known");
        assert_eq!(read(&HeaderMap::new()), None);
    }
}
