//! `GET /v1/changes`: what has changed behind a cursor, as soon as something has (docs/API.md, section 8, "Changes").

use std::collections::BTreeSet;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::query::Query;
use latchkey_core::recent::Topic;
use latchkey_core::time::Span;
use serde_json::json;

use super::Workspace;
use crate::error::Result;
use crate::objects::workspace::access;
use crate::rpc::workspace::Head;
use crate::runtime::{now, within};

/// Answers with the first change, or with none when the time is up or too many wait. The key may end meanwhile.
pub async fn changes(w: &Workspace, head: &Head, query: &str, wait_ms: i64) -> Result<Answer> {
    let mut query = Query::parse(query);
    let after = query.take(&["after"]);
    let caller = access::authorise(w, head)?;
    let warnings = query.finish()?;
    let deadline = now() + Span::millis(wait_ms);
    while after.is_some()
        && w.live.since(after.as_deref(), &caller.binding).is_empty()
        && now() < deadline
        && w.live.has_room(&caller.key_id)
    {
        within(deadline - now(), w.live.next(&caller.key_id)).await;
        access::authorise(w, head)?;
    }
    Ok(answer(w, &w.live.since(after.as_deref(), &caller.binding), &warnings))
}

fn answer(w: &Workspace, topics: &BTreeSet<Topic>, warnings: &[String]) -> Answer {
    let changed: Vec<_> = topics.iter().map(|topic| topic.as_str()).collect();
    Answer::success(200, json!({ "data": { "after": w.live.cursor(), "changed": changed }, "warnings": warnings }))
}
