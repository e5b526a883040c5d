//! Posts that wait for approval, found by the index over the ends of their requests.

use latchkey_core::post::Post;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use super::Posts;
use crate::error::Result;
use crate::objects::storage::time;

#[derive(Deserialize)]
struct End {
    until: Option<UnixMillis>,
}

impl Posts {
    /// Some of those whose time for an answer is over, the first of them first.
    pub fn unanswered_by(&self, until: UnixMillis, limit: u32) -> Result<Vec<Post>> {
        let query = "SELECT doc FROM posts INDEXED BY posts_unanswered
            WHERE is_deleted = 0 AND json_extract(doc, '$.approval.status') = 'pending'
            AND json_extract(doc, '$.approval.expires_at') <= ?
            ORDER BY json_extract(doc, '$.approval.expires_at') LIMIT +?";
        self.db.docs(query, vec![time(until), i64::from(limit).into()])
    }

    /// Until when a request can be answered that was made by a time.
    pub fn answerable_until(&self, asked_by: UnixMillis, now: UnixMillis) -> Result<Option<UnixMillis>> {
        let query =
            "SELECT max(json_extract(doc, '$.approval.expires_at')) AS until FROM posts INDEXED BY posts_unanswered
            WHERE is_deleted = 0 AND json_extract(doc, '$.approval.status') = 'pending'
            AND json_extract(doc, '$.approval.expires_at') > ? AND json_extract(doc, '$.approval.requested_at') <= ?";
        let rows: Vec<End> = self.db.rows(query, vec![time(now), time(asked_by)])?;
        Ok(rows.into_iter().next().and_then(|row| row.until))
    }
}

/// The end of the time for the answer that is over first.
pub fn next_expiry() -> String {
    "SELECT min(json_extract(doc, '$.approval.expires_at')) FROM posts INDEXED BY posts_unanswered
        WHERE is_deleted = 0 AND json_extract(doc, '$.approval.status') = 'pending'"
        .to_owned()
}
