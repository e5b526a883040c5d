//! The answer to a list: the rows of a page, and what there is beside them (docs/API.md, section 1).

use latchkey_core::api::answer::Answer;
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::objects::workspace::store::list::Listed;

pub fn answer<T>(listed: &Listed<T>, view: impl Fn(&T) -> Value, warnings: &[String]) -> Answer {
    Answer::success(200, body(listed, listed.rows.iter().map(view).collect(), warnings).into())
}

/// An answer that has the rows under a second name as well. They are written once: fields come in the order of their names.
pub fn answer_twice<T>(listed: &Listed<T>, name: &str, rows: &[Value], warnings: &[String]) -> Result<Answer> {
    let (rows, Listed { count, pagination, .. }) = (serde_json::to_string(rows)?, listed);
    let warnings = json!(warnings);
    let body = format!(
        r#"{{"count":{count},"data":{rows},"pagination":{pagination},"{name}":{rows},"success":true,"warnings":{warnings}}}"#
    );
    Ok(Answer { status: 200, body, retry_after: None })
}

/// The body of an answer, for a list that says more.
pub fn body<T>(listed: &Listed<T>, data: Vec<Value>, warnings: &[String]) -> Map<String, Value> {
    let (count, pagination) = (json!(listed.count), listed.pagination.clone());
    let fields = [("data", data.into()), ("count", count), ("pagination", pagination), ("warnings", json!(warnings))];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
