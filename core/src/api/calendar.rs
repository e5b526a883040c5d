//! `GET /v1/summary` and `GET /v1/calendar` (docs/API.md, section 5).

use serde_json::{Value, json};

use super::page::{List, Place};
use super::query::{Query, plus_for_space};
use crate::calendar::{Date, Day, MOST_DAYS};
use crate::refusal::Refused;

/// How many posts are shown of a day, or of what is next.
pub const SHOWN: u32 = 5;
/// How many of a single day, at most.
const MOST_SHOWN: u32 = 100;

/// What the calendar is asked for.
pub struct CalendarQuery {
    pub first: Date,
    pub last: Date,
    pub zone: String,
    /// How many posts of each day.
    pub shown: u32,
    /// Of a single day: its first moment, and the place of the post before the first.
    after: Option<Place>,
    pub tenant_id: Option<String>,
}

/// How many posts of a day stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCounts {
    pub scheduled: u64,
    pub published: u64,
    pub failed: u64,
}

impl CalendarQuery {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        let (first, last) = (date(query, "from")?, date(query, "to")?);
        if !(1..=MOST_DAYS).contains(&first.dates_to(last)) {
            return Err(Refused::field(
                "to",
                format!("expected a date from `from` on, {MOST_DAYS} days in all at most"),
            ));
        }
        let zone = query.take(&["tz"]).map_or_else(|| "UTC".to_owned(), |name| plus_for_space(&name));
        let shown = shown(query, first == last)?;
        let after =
            query.take(&["after"]).map(|text| Place::parse(List::Day, &text).ok_or_else(not_of_day)).transpose()?;
        Ok(Self { first, last, zone, shown, after, tenant_id: query.take_tenant() })
    }

    /// The post before the first, of the day that is asked for alone.
    pub fn after(&self, days: &[Day]) -> Result<Option<Place>, Refused> {
        let Some(Place(values)) = &self.after else { return Ok(None) };
        match (values.as_slice(), days) {
            (&[from, at, seq], [day]) if from == day.from.0 => Ok(Some(Place(vec![at, seq]))),
            _ => Err(not_of_day()),
        }
    }
}

fn shown(query: &mut Query, is_one_day: bool) -> Result<u32, Refused> {
    let most = if is_one_day { MOST_SHOWN } else { SHOWN };
    let shown = query.take_parsed(&["limit"], "a number from 1 to 100")?.unwrap_or(SHOWN);
    if (1..=most).contains(&shown) {
        return Ok(shown);
    }
    Err(Refused::field("limit", format!("expected a number from 1 to {SHOWN}, or to {MOST_SHOWN} for a single day")))
}

fn not_of_day() -> Refused {
    Refused::field("after", "expected the `after` of the same day, which is asked for alone")
}

fn date(query: &mut Query, name: &'static str) -> Result<Date, Refused> {
    let text = query.take(&[name]).unwrap_or_default();
    Date::parse(&text).ok_or_else(|| Refused::field(name, "expected a date such as 2026-11-30"))
}

/// `last` is the place of the last post that is shown, if there are posts behind it.
pub fn day_view(day: &Day, counts: DayCounts, posts: &[Value], last: Option<&Place>) -> Value {
    let DayCounts { scheduled, published, failed } = counts;
    let counts = json!({ "scheduled": scheduled, "published": published, "failed": failed });
    let after = last.map(|Place(values)| Place([&[day.from.0], values.as_slice()].concat()).write(List::Day));
    json!({ "date": day.date.to_iso(), "counts": counts, "posts": posts, "after": after })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::calendar::days;
    use crate::time::Span;

    fn refused(query: &str) -> Vec<String> {
        let asked = CalendarQuery::from_query(&mut Query::parse(query));
        asked.map_or_else(|refused| refused.details.into_keys().collect(), |_| Vec::new())
    }

    #[test]
    fn a_calendar_has_62_days_at_most_and_both_its_ends() {
        let none: [&str; 0] = [];
        assert_eq!(refused("from=2026-01-01&to=2026-03-03"), none);
        assert_eq!(refused("from=2026-01-01&to=2026-01-01&tz=Etc/GMT+5"), none);
        assert_eq!(refused("from=2026-01-01&to=2026-03-04"), ["to"]);
        assert_eq!(refused("from=2026-01-02&to=2026-01-01"), ["to"]);
        assert_eq!(
            (refused("to=2026-01-01"), refused("from=2026-01-01")),
            (vec!["from".to_owned()], vec!["to".to_owned()])
        );
    }

    #[test]
    fn a_single_day_shows_a_hundred_posts_and_one_of_several_five() {
        let none: [&str; 0] = [];
        assert_eq!(refused("from=2026-01-01&to=2026-01-01&limit=100"), none);
        assert_eq!(refused("from=2026-01-01&to=2026-01-02&limit=5"), none);
        for bad in ["to=2026-01-02&limit=6", "to=2026-01-01&limit=101", "to=2026-01-01&limit=0"] {
            assert_eq!(refused(&format!("from=2026-01-01&{bad}")), ["limit"], "{bad}");
        }
    }

    #[test]
    fn a_day_that_is_asked_for_alone_goes_on_behind_the_last_post_that_was_shown() {
        let place = Place(vec![1_767_260_000_000, 7]);
        let days = |first, last, ahead| days(first, last, &|_| Span::mins(ahead));
        let after = |to: &str, cursor: &str, ahead| {
            let query = format!("from=2026-01-01&to=2026-01-{to}&after={cursor}");
            let asked = CalendarQuery::from_query(&mut Query::parse(&query))?;
            asked.after(&days(asked.first, asked.last, ahead))
        };
        let cursor = |date: &str, ahead| {
            let day = Date::parse(date).and_then(|date| days(date, date, ahead).first().copied()).unwrap();
            day_view(&day, DayCounts::default(), &[], Some(&place))
                .get("after")
                .and_then(Value::as_str)
                .unwrap()
                .to_owned()
        };
        assert_eq!(after("01", &cursor("2026-01-01", 60), 60).unwrap(), Some(place.clone()));
        let (own, other) = (cursor("2026-01-01", 0), cursor("2026-01-02", 0));
        for (to, bad, ahead) in [
            ("02", &own, 0),
            ("01", &other, 0),
            ("01", &own, 60),
            ("01", &place.write(List::Audit), 0),
            ("01", &String::new(), 0),
        ] {
            let refused = after(to, bad, ahead).unwrap_err();
            assert_eq!(refused.details.into_keys().collect::<Vec<_>>(), ["after"], "{to} {bad} {ahead}");
        }
    }
}
