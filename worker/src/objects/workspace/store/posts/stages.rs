//! Where posts stand: the drafts, what is scheduled next, and the calendar. Triggers keep the rows and the totals (schema
//! version 6).

use std::collections::BTreeMap;

use latchkey_core::api::calendar::{DayCounts, SHOWN};
use latchkey_core::api::page::Place;
use latchkey_core::api::post::stage::Stage;
use latchkey_core::calendar::Day;
use latchkey_core::json;
use latchkey_core::post::Post;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;
use worker::SqlStorageValue;

use super::Posts;
use super::list::Wanted;
use crate::error::{Doing, Result};
use crate::objects::storage::{read, time};
use crate::objects::workspace::store::list::{Kinds, Total};
use crate::objects::workspace::store::scope::Scope;

/// The posts of a scope: the index that has them in order, and the condition that finds them there.
struct Whose<'a> {
    scope: String,
    index: &'static str,
    condition: &'static str,
    value: Option<&'a str>,
}

#[derive(Deserialize)]
struct DayRow {
    key: usize,
    /// How many posts, as an array of three numbers.
    counts: String,
    /// Times and numbers of posts, one more than is shown.
    posts: String,
}

#[derive(Deserialize)]
struct Numbered {
    seq: i64,
    doc: String,
}

/// A day of the calendar: how many posts, and those that are shown.
pub struct DayRows {
    pub counts: DayCounts,
    pub posts: Vec<Post>,
    /// The place of the last of them, if there are posts behind it.
    pub last: Option<Place>,
}

impl Posts {
    pub fn count_at(&self, seen: &Wanted<'_>, stage: Stage) -> Result<u64> {
        let kinds = Kinds::OneOf(vec![stage.as_str().to_owned()]);
        self.db.total(&Total { list: "stages", scope: Whose::of(seen).scope, kinds })
    }

    /// The posts that are scheduled for after `now`, the next one first.
    pub fn next_scheduled(&self, seen: &Wanted<'_>, now: UnixMillis) -> Result<Vec<Post>> {
        let Whose { index, condition, value, .. } = Whose::of(seen);
        let query = format!(
            "SELECT (SELECT doc FROM posts p WHERE p.seq = s.seq) AS doc FROM post_stages s INDEXED BY {index}
                WHERE {condition} AND stage = 'scheduled' AND at > ? ORDER BY at, seq LIMIT +?"
        );
        let values = value.map(SqlStorageValue::from).into_iter().chain([time(now), i64::from(SHOWN).into()]);
        self.db.docs(&query, values.collect())
    }

    /// What each day has, in their order; `after` is the post before the first.
    pub fn calendar(&self, seen: &Wanted<'_>, days: &[Day], shown: u32, after: Option<&Place>) -> Result<Vec<DayRows>> {
        let mut rows = self.day_rows(seen, days, shown, after)?;
        rows.sort_by_key(|row| row.key);
        let of_days: Vec<_> = rows.iter().map(|row| places(&row.posts, shown)).collect::<Result<_>>()?;
        let mut posts = self.numbered(&of_days.iter().flat_map(|(seqs, _)| seqs).copied().collect::<Vec<_>>())?;
        let day = |(row, (seqs, last)): (&DayRow, &(Vec<i64>, Option<Place>))| {
            let counts = match numbers(&row.counts)?[..] {
                [scheduled, published, failed] => DayCounts { scheduled, published, failed },
                _ => DayCounts::default(),
            };
            let posts = seqs.iter().filter_map(|seq| posts.remove(seq)).collect();
            Ok(DayRows { counts, posts, last: last.clone() })
        };
        rows.iter().zip(&of_days).map(day).collect()
    }

    fn day_rows(&self, seen: &Wanted<'_>, days: &[Day], shown: u32, after: Option<&Place>) -> Result<Vec<DayRow>> {
        let Whose { scope, index, condition, value } = Whose::of(seen);
        let at_stage = |stage: &str| {
            format!(
                "SELECT at, seq FROM post_stages INDEXED BY {index} WHERE {condition} AND stage = '{stage}'
                    AND at >= value->>2 AND at < value->>1 AND (at, seq) > (value->>2, value->>3)"
            )
        };
        let stages = ["scheduled", "published", "failed"].map(at_stage).join(" UNION ALL ");
        let query = format!(
            "SELECT key, (SELECT json_array(coalesce(sum(scheduled), 0), coalesce(sum(published), 0), coalesce(sum(failed), 0))
                    FROM calendar_totals WHERE scope = ? AND quarter >= value->>0 AND quarter < value->>1) AS counts,
                (SELECT json_group_array(json_array(at, seq)) FROM ({stages} ORDER BY at, seq LIMIT {})) AS posts
                FROM json_each(?)",
            shown.saturating_add(1)
        );
        let days: Vec<[i64; 4]> = days.iter().map(|day| window(day, after)).collect();
        let whose = vec![value; 3].into_iter().flatten().map(SqlStorageValue::from);
        let values = [scope.into()].into_iter().chain(whose).chain([serde_json::to_string(&days)?.into()]);
        self.db.rows(&query, values.collect())
    }

    fn numbered(&self, seqs: &[i64]) -> Result<BTreeMap<i64, Post>> {
        let query = "SELECT seq, doc FROM posts WHERE seq IN (SELECT value FROM json_each(?))";
        let rows: Vec<Numbered> = self.db.rows(query, vec![serde_json::to_string(seqs)?.into()])?;
        rows.into_iter().map(|row| Ok((row.seq, read(&row.doc)?))).collect()
    }
}

impl<'a> Whose<'a> {
    fn of(seen: &Wanted<'a>) -> Self {
        match (seen.account, seen.tenant) {
            (Some(id), _) => Self {
                scope: format!("account/{id}"),
                index: "stages_of_account",
                condition: "account_id = +?",
                value: Some(id),
            },
            (None, Some(id)) => Self {
                scope: Scope::Tenant(Some(id)).key(),
                index: "stages_of_tenant",
                condition: "tenant_id = +?",
                value: Some(id),
            },
            (None, None) => Self { scope: Scope::All.key(), index: "stages_listed", condition: "TRUE", value: None },
        }
    }
}

/// A day's first moment and that of the next; and the time and number behind which its posts are shown.
fn window(day: &Day, after: Option<&Place>) -> [i64; 4] {
    let [from, until] = [day.from.0, day.until.0];
    match after.map(|place| place.0.as_slice()) {
        Some(&[at, seq]) => [from, until, at, seq],
        _ => [from, until, from, -1],
    }
}

/// The numbers of the posts that are shown, and the place of the last of them if there is another one behind.
fn places(text: &str, shown: u32) -> Result<(Vec<i64>, Option<Place>)> {
    let mut places: Vec<[i64; 2]> = json::from_str(text).doing("read the posts of a day")?;
    let has_more = places.len() > shown as usize;
    places.truncate(shown as usize);
    let last = places.last().filter(|_| has_more).map(|place| Place(place.to_vec()));
    Ok((places.iter().map(|[_, seq]| *seq).collect(), last))
}

fn numbers(text: &str) -> Result<Vec<u64>> {
    json::from_str(text).doing("read the numbers of a day")
}
