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
    /// Of a single day: the post before the first.
    pub after: Option<Place>,
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
        let after = after(query, first == last)?;
        Ok(Self { first, last, zone, shown, after, tenant_id: query.take_tenant() })
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

fn after(query: &mut Query, is_one_day: bool) -> Result<Option<Place>, Refused> {
    let Some(text) = query.take(&["after"]) else { return Ok(None) };
    let place = Place::parse(List::Day, &text).filter(|_| is_one_day);
    place
        .map(Some)
        .ok_or_else(|| Refused::field("after", "expected the `after` of the same day, which is asked for alone"))
}

fn date(query: &mut Query, name: &'static str) -> Result<Date, Refused> {
    let text = query.take(&[name]).unwrap_or_default();
    Date::parse(&text).ok_or_else(|| Refused::field(name, "expected a date such as 2026-11-30"))
}

/// `last` is the place of the last post that is shown, if there are posts behind it.
pub fn day_view(day: &Day, counts: DayCounts, posts: &[Value], last: Option<&Place>) -> Value {
    let DayCounts { scheduled, published, failed } = counts;
    let counts = json!({ "scheduled": scheduled, "published": published, "failed": failed });
    let after = last.map(|place| place.write(List::Day));
    json!({ "date": day.date.to_iso(), "counts": counts, "posts": posts, "after": after })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let place = Place(vec![1_795_426_200_000, 7]);
        let query = |to, after: &str| format!("from=2026-01-01&to=2026-01-{to}&after={after}");
        let asked = CalendarQuery::from_query(&mut Query::parse(&query("01", &place.write(List::Day))));
        assert_eq!(asked.ok().and_then(|asked| asked.after), Some(place.clone()));
        for bad in [query("02", &place.write(List::Day)), query("01", &place.write(List::Audit)), query("01", "")] {
            assert_eq!(refused(&bad), ["after"], "{bad}");
        }
    }
}
