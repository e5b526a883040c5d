//! The answer to a list: the rows of a page, and what there is beside them (docs/API.md, section 1).

use latchkey_core::api::answer::Answer;
use serde_json::{Map, Value, json};

use crate::objects::workspace::store::list::Listed;

pub fn answer<T>(listed: &Listed<T>, view: impl Fn(&T) -> Value, warnings: &[String]) -> Answer {
    Answer::success(200, body(listed, listed.rows.iter().map(view).collect(), warnings).into())
}

/// The body of an answer, for a list that says more.
pub fn body<T>(listed: &Listed<T>, data: Vec<Value>, warnings: &[String]) -> Map<String, Value> {
    let (count, pagination) = (json!(listed.count), listed.pagination.clone());
    let fields = [("data", data.into()), ("count", count), ("pagination", pagination), ("warnings", json!(warnings))];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
