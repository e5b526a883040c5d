//! The time at which a post leaves.

use serde::Deserialize;
use serde_json::Value;

use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};

/// How far ahead a post may be scheduled.
const HORIZON: Span = Span::days(365);
/// How late a time may be without a word about it: what is older is rather a slip of the year than a late call.
const LATE: Span = Span::hours(24);

/// What the caller says of a time that has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    Now,
}

/// The time of leaving (`None` means now), and a warning for the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Time {
    pub at: Option<UnixMillis>,
    pub warning: Option<String>,
}

/// A time for a post. What is a day late at most is now, with a warning; what is older too, if the caller says so.
pub fn schedule(wanted: &Value, past: Option<Past>, now: UnixMillis) -> Result<Time, Refused> {
    let at = read(wanted)?;
    if at > now + HORIZON {
        return Err(refused("`scheduledAt` is more than 365 days ahead."));
    }
    if at > now {
        return Ok(Time { at: Some(at), warning: None });
    }
    if at < now - LATE && past.is_none() {
        let message = format!(
            "`scheduledAt` is {}, more than 24 hours ago. Correct it, or give `\"past\": \"now\"` to post at once.",
            at.to_iso()
        );
        return Err(refused(&message));
    }
    let warning = format!("`scheduledAt` is {}, which has passed: the post does not wait.", at.to_iso());
    Ok(Time { at: None, warning: Some(warning) })
}

/// Whether the caller wants the time that the post has already, which may have passed since.
pub fn is_unmoved(wanted: &Value, at: Option<UnixMillis>) -> bool {
    at.is_some() && read(wanted).ok() == at
}

fn read(wanted: &Value) -> Result<UnixMillis, Refused> {
    let digits = match wanted {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => {
            return Err(refused(
                "`scheduledAt` is no text: write an ISO 8601 time with an offset, such as 2027-01-31T09:30:00Z.",
            ));
        }
    };
    if let Some(time) = UnixMillis::from_digits(&digits) {
        let message = format!(
            "`scheduledAt` is a number. If {digits} counts from 1970, it is \"{}\": send the time as that text.",
            time.to_iso()
        );
        return Err(refused(&message));
    }
    let text = wanted.as_str().ok_or_else(|| {
        refused("`scheduledAt` is a number: write an ISO 8601 time with an offset, such as 2027-01-31T09:30:00Z.")
    })?;
    UnixMillis::parse_input(text).map_err(|_| {
        refused(
            "`scheduledAt` is no time of the calendar with an offset: write year, month and day, then hours and minutes, \
             then the offset, such as 2027-01-31T09:30:00Z or 2027-01-31T10:30+01:00.",
        )
    })
}

fn refused(message: &str) -> Refused {
    Refused::new(Code::InvalidSchedule, message).with_detail("scheduledAt", message)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    /// 2026-11-23T09:30:00.000Z
    const NOW: UnixMillis = UnixMillis(1_795_426_200_000);

    fn at(text: &str) -> Result<Time, Refused> {
        schedule(&json!(text), None, NOW)
    }

    #[test]
    fn a_time_is_at_most_a_year_ahead() {
        assert_eq!(at("2026-11-23T09:30:00.001Z").unwrap(), Time { at: Some(UnixMillis(NOW.0 + 1)), warning: None });
        assert_eq!(at("2026-11-23 10:31+01").unwrap().at, Some(NOW + Span::mins(1)));
        assert!(at("2027-11-23T09:30:00Z").unwrap().at.is_some());
        for bad in ["2027-11-23T09:30:00.001Z", "2026-11-24T09:30:00", "tomorrow", ""] {
            assert_eq!(at(bad).unwrap_err().code, Code::InvalidSchedule, "{bad}");
        }
    }

    #[test]
    fn a_day_late_is_now_and_older_is_a_slip_unless_the_caller_says_otherwise() {
        for text in ["2026-11-23T10:29:59+01:00", "2026-11-23T09:30:00Z", "2026-11-22T09:30:00Z"] {
            let time = at(text).unwrap();
            assert_eq!(time.at, None);
            assert!(time.warning.unwrap().contains("2026-11-2"), "{text}");
        }
        for text in ["2026-11-22T09:29:59.999Z", "2025-11-24T09:30:00Z", "0001-01-01T00:00:00Z"] {
            let refused = at(text).unwrap_err();
            assert_eq!(refused.code, Code::InvalidSchedule);
            let shown = UnixMillis::parse_iso(text).unwrap().to_iso();
            assert!(refused.message.contains(&shown) && refused.message.contains("past"), "{}", refused.message);
            let time = schedule(&json!(text), Some(Past::Now), NOW).unwrap();
            assert!(time.at.is_none() && time.warning.unwrap().contains(&shown));
        }
    }

    #[test]
    fn a_number_is_refused_with_the_time_that_it_may_mean() {
        for number in [json!(1_795_426_200), json!(1_795_426_200_000_i64), json!("1795426200")] {
            let refused = schedule(&number, None, NOW).unwrap_err();
            assert_eq!(refused.code, Code::InvalidSchedule);
            assert!(refused.message.contains("\"2026-11-23T09:30:00.000Z\""), "{}", refused.message);
        }
        for other in [json!(-1), json!(1.5), json!(true), json!({}), json!([])] {
            assert_eq!(schedule(&other, None, NOW).unwrap_err().code, Code::InvalidSchedule, "{other}");
        }
    }
}
