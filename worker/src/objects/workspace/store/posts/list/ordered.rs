//! Pages of the posts with wanted deliveries, in the order of an index: of `listed_deliveries` by the time of creation, of
//! `timed_deliveries` by the scheduled time.

use latchkey_core::api::page::{Page, PostTime};
use latchkey_core::api::post::{PostFilter, States};
use latchkey_core::post::Post;
use worker::SqlStorageValue;

use super::wanted::{Wanted, words};
use crate::error::Result;
use crate::objects::workspace::store::list::{Listed, Row};
use crate::objects::workspace::store::posts::Posts;

/// A part of the list that one index has in order. Posts without a scheduled time come last by that time, so the list that
/// begins with the earliest has two parts.
struct Part {
    table: &'static str,
    condition: &'static str,
    columns: &'static [&'static str],
    /// Of a row, by these columns.
    place: &'static str,
    is_ascending: bool,
    /// The values of the columns that the part begins behind.
    after: Vec<i64>,
}

/// The deliveries of each state, merged in the order of the list; none is sorted.
struct Deliveries {
    /// None: of any state, in one index.
    states: Vec<Option<&'static str>>,
    condition: String,
    values: Vec<SqlStorageValue>,
}

impl Posts {
    pub(super) fn list_deliveries(&self, wanted: &Wanted<'_>, filter: &PostFilter) -> Result<Listed<Post>> {
        let deliveries = Deliveries::of(wanted, filter);
        let parts = Part::all(filter);
        let is_of_a_time = filter.created_after.is_some()
            || filter.created_before.is_some()
            || filter.scheduled_after.is_some()
            || filter.scheduled_before.is_some();
        let count = if is_of_a_time {
            parts.iter().map(|part| self.count_part(part, &deliveries)).sum::<Result<u64>>()?
        } else {
            self.count_deliveries(wanted)?
        };
        Listed::of(self.rows_of(&parts, &deliveries, &filter.page)?, count, &filter.page)
    }

    /// The newest posts with a delivery in these states, which nobody counts.
    pub fn newest_in(&self, wanted: &Wanted<'_>, states: &States, limit: u32) -> Result<Vec<Post>> {
        let (condition, values) = Wanted { states: Some(states), ..*wanted }.of_each_delivery();
        let deliveries = Deliveries { states: words(states).into_iter().map(Some).collect(), condition, values };
        Row::read_all(&self.part(&Part::newest_first(), &deliveries, limit, 0)?)
    }

    /// The rows of a page, and one more if there is one.
    fn rows_of(&self, parts: &[Part], deliveries: &Deliveries, page: &Page) -> Result<Vec<Row>> {
        let (mut rows, mut offset) = (Vec::new(), u64::from(page.offset));
        let wanted = page.limit as usize + 1;
        for (at, part) in parts.iter().enumerate() {
            let missing = u32::try_from(wanted - rows.len()).unwrap_or_default();
            let found = self.part(part, deliveries, missing, offset)?;
            if found.is_empty() && offset > 0 && at + 1 < parts.len() {
                offset = offset.saturating_sub(self.count_part(part, deliveries)?);
            } else if !found.is_empty() {
                offset = 0;
            }
            rows.extend(found);
            if rows.len() >= wanted {
                break;
            }
        }
        Ok(rows)
    }

    fn part(&self, part: &Part, deliveries: &Deliveries, limit: u32, offset: u64) -> Result<Vec<Row>> {
        let query = format!(
            "SELECT (SELECT doc FROM posts p WHERE p.seq = t.seq) AS doc, {} AS place
                FROM ({} ORDER BY {} LIMIT +? OFFSET ?) t",
            part.place,
            part.places(deliveries, &part.beyond()),
            part.sorted()
        );
        let values = deliveries.values.iter().cloned().chain(part.after.iter().copied().map(Into::into));
        let bounds = [i64::from(limit), i64::try_from(offset).unwrap_or(i64::MAX)].map(Into::into);
        self.db.rows(&query, deliveries.for_each_state(&values.collect::<Vec<_>>()).chain(bounds).collect())
    }

    /// How many posts a part has, from its beginning.
    fn count_part(&self, part: &Part, deliveries: &Deliveries) -> Result<u64> {
        let query = format!("SELECT count(*) AS count FROM ({})", part.places(deliveries, "TRUE"));
        self.db.count(&query, deliveries.for_each_state(&deliveries.values).collect())
    }
}

impl Deliveries {
    fn of(wanted: &Wanted<'_>, filter: &PostFilter) -> Self {
        let (condition, values) = wanted.of_deliveries(filter);
        let states = wanted.states.map_or_else(|| vec![None], |states| words(states).into_iter().map(Some).collect());
        Self { states, condition, values }
    }

    fn for_each_state(&self, values: &[SqlStorageValue]) -> impl Iterator<Item = SqlStorageValue> {
        vec![values.to_vec(); self.states.len()].into_iter().flatten()
    }
}

impl Part {
    fn newest_first() -> Self {
        Self {
            table: "listed_deliveries",
            condition: "TRUE",
            columns: &["created_at", "seq"],
            place: "json_array(created_at, seq)",
            is_ascending: false,
            after: Vec::new(),
        }
    }

    /// Those behind the cursor.
    fn all(filter: &PostFilter) -> Vec<Self> {
        let (order, after) = (filter.order, filter.page.after.as_ref().map(|place| place.0.clone()));
        let by_creation = Self { is_ascending: order.is_ascending, ..Self::newest_first() };
        if order.by == PostTime::Created {
            return vec![Self { after: after.unwrap_or_default(), ..by_creation }];
        }
        let timed = |condition| Self {
            table: "timed_deliveries",
            condition,
            columns: &["scheduled_at", "created_at", "seq"],
            place: "json_array(scheduled_at, created_at, seq)",
            is_ascending: order.is_ascending,
            after: after.clone().unwrap_or_default(),
        };
        if filter.scheduled_after.is_some() || filter.scheduled_before.is_some() {
            return vec![timed("l.scheduled_at > 0")];
        }
        if !order.is_ascending {
            // 0 is less than any time.
            return vec![timed("TRUE")];
        }
        let untimed = |after| Self {
            table: "timed_deliveries",
            condition: "l.scheduled_at = 0",
            place: "json_array(0, created_at, seq)",
            after,
            ..Self { is_ascending: true, ..Self::newest_first() }
        };
        match after.as_deref() {
            Some([0, rest @ ..]) => vec![untimed(rest.to_vec())],
            _ => vec![timed("l.scheduled_at > 0"), untimed(Vec::new())],
        }
    }

    fn places(&self, deliveries: &Deliveries, beyond: &str) -> String {
        let Self { table, condition, .. } = self;
        let (columns, wanted) = (self.columns.join(", "), &deliveries.condition);
        let of_state = |state: Option<&str>| {
            let state = state.map_or_else(|| "TRUE".to_owned(), |state| format!("l.state = '{state}'"));
            format!("SELECT DISTINCT {columns} FROM {table} l WHERE {state} AND {wanted} AND {condition} AND {beyond}")
        };
        deliveries.states.iter().copied().map(of_state).collect::<Vec<_>>().join(" UNION ")
    }

    fn beyond(&self) -> String {
        if self.after.is_empty() {
            return "TRUE".to_owned();
        }
        let sign = if self.is_ascending { ">" } else { "<" };
        format!("({}) {sign} ({})", self.columns.join(", "), vec!["?"; self.columns.len()].join(", "))
    }

    fn sorted(&self) -> String {
        let direction = if self.is_ascending { "ASC" } else { "DESC" };
        self.columns.iter().map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ")
    }
}
