//! When a receiver says that it wants to be asked again (RFC 9110 §10.2.3).

use crate::time::{Span, UnixMillis};

/// A receiver puts off one try by so much and no more.
const MOST: Span = Span::hours(24);
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Retry-After` of an answer that asks for patience, within 24 hours from now; what cannot be read says nothing.
pub fn retry_at(status: u16, retry_after: Option<&str>, now: UnixMillis) -> Option<UnixMillis> {
    let text = retry_after.filter(|_| matches!(status, 429 | 503))?.trim();
    let latest = now + MOST;
    let is_seconds = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than a number holds are more than a day.
    let seconds = |text: &str| text.parse::<u32>().map_or(latest, |seconds| now + Span::secs(i64::from(seconds)));
    let at = if is_seconds { seconds(text) } else { http_date(text)? };
    Some(at.min(latest)).filter(|at| *at > now)
}

/// The one form that senders may use: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
fn http_date(text: &str) -> Option<UnixMillis> {
    let mut words = text.split_once(", ")?.1.strip_suffix(" GMT")?.split(' ');
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let is_date = words.next().is_none() && day.len() == 2 && year.len() == 4;
    UnixMillis::parse_iso(&format!("{year}-{month:02}-{day}T{time}Z")).ok().filter(|_| is_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T09:30:00Z.
    const NOW: UnixMillis = UnixMillis(1_795_426_200_000);

    #[test]
    fn seconds_and_http_dates_are_read_and_bounded() {
        for (text, seconds) in [
            ("120", Some(120)),
            (" 1 ", Some(1)),
            ("86400", Some(86_400)),
            ("86401", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("Mon, 23 Nov 2026 10:00:00 GMT", Some(1800)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", None),
            ("0", None),
            ("-5", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
            ("Mon, 23 Nov 2026 10:00:00 +0100", None),
            ("Mon, 23 Nov 2026 10:00:00 GMT GMT", None),
            ("2026-11-23T10:00:00Z", None),
            ("Mon, 99 Nov 2026 10:00:00 GMT", None),
        ] {
            let wait = retry_at(503, Some(text), NOW).map(|at| (at - NOW).as_secs());
            assert_eq!(wait, seconds, "{text:?}");
        }
    }

    #[test]
    fn only_answers_that_ask_for_patience_count() {
        for (status, counts) in [(429, true), (503, true), (500, false), (200, false), (302, false), (410, false)] {
            assert_eq!(retry_at(status, Some("60"), NOW).is_some(), counts, "{status}");
        }
        assert_eq!(retry_at(503, None, NOW), None);
    }
}
