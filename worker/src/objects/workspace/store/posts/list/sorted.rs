//! Pages of the posts that a search finds or that stand at one stage, of a window of one time in the order of the other, or of an approval in the order of
//! the scheduled time: as many as are found are read, and sorted.

use latchkey_core::api::page::{PostOrder, PostTime};
use latchkey_core::api::post::PostFilter;
use latchkey_core::post::Post;
use worker::SqlStorageValue;

use super::wanted::{APPROVAL, Wanted};
use crate::error::Result;
use crate::objects::workspace::store::list::{Listed, bounds};
use crate::objects::workspace::store::posts::Posts;

/// Where the posts are found, as `p`.
pub struct Source {
    table: &'static str,
    condition: &'static str,
    approval: &'static str,
    /// Of the condition.
    values: Vec<String>,
}

impl Source {
    /// None if an index has the list in its order.
    pub fn of(filter: &PostFilter) -> Option<Self> {
        if let Some(source) = Self::of_stages(filter) {
            return Some(source);
        }
        let is_of_creation = filter.created_after.is_some() || filter.created_before.is_some();
        let is_of_schedule = filter.scheduled_after.is_some() || filter.scheduled_before.is_some();
        let of_posts = |table| Self { table, condition: "p.is_deleted = 0", approval: APPROVAL, values: Vec::new() };
        match filter.order.by {
            PostTime::Created if is_of_schedule => Some(of_posts("posts p INDEXED BY posts_scheduled")),
            PostTime::Scheduled if is_of_creation && !is_of_schedule && filter.approval.is_none() => {
                Some(of_posts("posts p INDEXED BY posts_listed"))
            }
            PostTime::Scheduled if filter.approval.is_some() => Some(of_posts("posts p")),
            _ => None,
        }
    }

    /// The posts that a search finds, or that stand at one stage.
    fn of_stages(filter: &PostFilter) -> Option<Self> {
        const FOUND: &str = "post_texts f CROSS JOIN post_stages p ON p.seq = f.rowid";
        // One phrase: whatever is in the text means itself.
        let phrase = filter.text.as_ref().map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
        let (table, condition) = match (&phrase, filter.stage) {
            (Some(_), Some(_)) => (FOUND, "f.post_texts MATCH ? AND p.stage = +?"),
            (Some(_), None) => (FOUND, "f.post_texts MATCH ?"),
            (None, Some(_)) => ("post_stages p", "p.stage = +?"),
            (None, None) => return None,
        };
        let stage = filter.stage.map(|stage| stage.as_str().to_owned());
        Some(Self { table, condition, approval: "p.approval", values: phrase.into_iter().chain(stage).collect() })
    }
}

impl Posts {
    pub(super) fn list_sorted(
        &self,
        source: &Source,
        wanted: &Wanted<'_>,
        filter: &PostFilter,
    ) -> Result<Listed<Post>> {
        let of_posts = wanted.of_posts(source.condition, source.approval, filter);
        let (table, condition) = (source.table, of_posts.condition());
        let values: Vec<SqlStorageValue> =
            source.values.iter().map(|value| value.as_str().into()).chain(of_posts.values().iter().cloned()).collect();
        let count = format!("SELECT count(*) AS count FROM {table} WHERE {condition}");
        let count = self.db.count(&count, values.clone())?;
        let keys = keys(filter.order);
        let after = after(filter);
        let beyond = if after.is_empty() { "TRUE".to_owned() } else { keys.beyond.clone() };
        let query = format!(
            "SELECT (SELECT doc FROM posts p WHERE p.seq = t.seq) AS doc, {} AS place FROM (
                SELECT p.created_at, p.scheduled_at, p.seq FROM {table} WHERE {condition} AND {beyond}
                ORDER BY {} LIMIT +? OFFSET ?) t",
            keys.place, keys.sorted,
        );
        let values = values.into_iter().chain(after).chain(bounds(&filter.page));
        Listed::of(self.db.rows(&query, values.collect())?, count, &filter.page)
    }
}

struct Keys {
    beyond: String,
    sorted: String,
    place: &'static str,
}

/// What no time is after, in the order of the list.
const fn never(order: PostOrder) -> i64 {
    if order.is_ascending { (1 << 53) - 1 } else { 0 }
}

fn keys(order: PostOrder) -> Keys {
    let (sign, direction) = if order.is_ascending { (">", "ASC") } else { ("<", "DESC") };
    let never = never(order);
    let (keys, place) = match order.by {
        PostTime::Created => (vec!["p.created_at".to_owned(), "p.seq".to_owned()], "json_array(created_at, seq)"),
        PostTime::Scheduled => {
            let scheduled = format!("coalesce(p.scheduled_at, {never})");
            let place = "json_array(coalesce(scheduled_at, 0), created_at, seq)";
            (vec![scheduled, "p.created_at".to_owned(), "p.seq".to_owned()], place)
        }
    };
    let beyond = format!("({}) {sign} ({})", keys.join(", "), vec!["?"; keys.len()].join(", "));
    let sorted = keys.iter().map(|key| format!("{key} {direction}")).collect::<Vec<_>>().join(", ");
    Keys { beyond, sorted, place }
}

/// The values of the cursor by [`keys`].
fn after(filter: &PostFilter) -> Vec<SqlStorageValue> {
    let place = filter.page.after.as_ref().map(|place| place.0.clone()).unwrap_or_default();
    let is_timed = filter.order.by == PostTime::Scheduled;
    let value = |(at, value): (usize, i64)| if is_timed && at == 0 && value == 0 { never(filter.order) } else { value };
    place.into_iter().enumerate().map(value).map(Into::into).collect()
}
