//! Posts that have ended, and their end in the store. Triggers keep the times (schema.rs).

use latchkey_core::retention::PURGED_AT_ONCE;
use latchkey_core::time::{Span, UnixMillis};
use serde::Deserialize;

use super::Posts;
use crate::error::Result;
use crate::objects::storage::time;
use crate::objects::workspace::store::settings::KEEP_POSTS_DAYS;

/// A post of which nothing is to come.
#[derive(Deserialize)]
pub struct Ended {
    pub post_id: String,
    /// How many deliveries the post has.
    pub deliveries: u32,
}

impl Posts {
    /// Some of those that ended by this time, the first of them first.
    pub fn ended_by(&self, until: UnixMillis) -> Result<Vec<Ended>> {
        let query = "SELECT post_id, (SELECT count(*) FROM deliveries d WHERE d.post_id = e.post_id) AS deliveries
            FROM ended_posts e WHERE ended_at <= ? ORDER BY ended_at LIMIT +?";
        self.db.rows(query, vec![time(until), i64::from(PURGED_AT_ONCE).into()])
    }

    /// The rows of these posts go. X's ids stay, so that an import skips them; so does what was spent.
    pub fn purge(&self, ids: &[&str]) -> Result<()> {
        let ids = serde_json::to_string(ids)?;
        let delete = [
            "INSERT OR IGNORE INTO purged_x_ids SELECT d.account_id, json_extract(s.value, '$.platform_post_id')
                FROM deliveries d, json_each(d.doc, '$.segments') s WHERE d.post_id IN (SELECT value FROM json_each(?))
                AND json_extract(s.value, '$.platform_post_id') IS NOT NULL",
            "DELETE FROM posts WHERE id IN (SELECT value FROM json_each(?))",
            "DELETE FROM deliveries WHERE post_id IN (SELECT value FROM json_each(?))",
            "DELETE FROM post_media WHERE post_id IN (SELECT value FROM json_each(?))",
            "DELETE FROM announced WHERE post_id IN (SELECT value FROM json_each(?))",
        ];
        delete.into_iter().try_for_each(|statement| self.db.run(statement, vec![ids.as_str().into()]))
    }
}

/// The end of the time of the post that ended first.
pub fn next_purge() -> String {
    let day = Span::days(1).as_millis();
    format!("SELECT (SELECT min(ended_at) FROM ended_posts) + ({KEEP_POSTS_DAYS}) * {day}")
}
