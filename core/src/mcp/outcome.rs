//! The answer of the HTTP API as the result of a tool.

use std::iter;

use serde_json::{Value, json};

use super::overview;
use super::question::Asked;
use super::rpc::Response;
use super::server::Server;
use super::tool::Tool;
use super::words;
use crate::json;
use crate::time::UnixMillis;

/// A secret's other half, which no agent needs.
const HIDDEN: &str = "client_key";
/// In `_meta` of a result, where a name without a prefix is nobody's (revision 2026-07-28, "General fields").
const REPLAY: &str = "idempotencyReplay";

/// What the call has answered.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    pub status: u16,
    /// JSON.
    pub body: &'a str,
    /// The header, in seconds.
    pub retry_after: Option<&'a str>,
    /// When the answer was given first, if an idempotency key has brought it back.
    pub first_at: Option<UnixMillis>,
}

impl Asked {
    /// An answer of the call: its JSON on success, else what is wrong and what to do, which a model can act upon.
    pub fn outcome(&self, server: &Server, tool: &Tool, answered: &Answered) -> Response {
        let body = json::value(answered.body).unwrap_or_default();
        let replay = answered.first_at.map(replayed);
        let mut result = if (200..300).contains(&answered.status) {
            shown(tool, body, replay.as_deref())
        } else {
            json!({ "content": [text(&told(tool, answered, body))], "isError": true })
        };
        if let (Some(said), Some(fields)) = (replay, result.as_object_mut()) {
            fields.insert("_meta".into(), json!({ REPLAY: true }));
            if let Some(content) = fields.get_mut("content").and_then(Value::as_array_mut) {
                content.push(text(&said));
            }
        }
        self.result(server, result)
    }
}

/// A sentence for the model: clients need not show `_meta`.
fn replayed(first_at: UnixMillis) -> String {
    let at = first_at.to_iso();
    format!(
        "This is the answer to the same call of {at}; nothing was done again. To do it again, give another `idempotency_key`."
    )
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn shown(tool: &Tool, mut body: Value, replay: Option<&str>) -> Value {
    if let Some(fields) = body.as_object_mut() {
        tool.drops.iter().for_each(|name| drop(fields.remove(*name)));
    }
    hide(&mut body);
    if let Some(Value::Array(warnings)) = body.get_mut("warnings") {
        for warning in warnings.iter_mut() {
            words::translate(tool, warning);
        }
        warnings.extend(replay.map(Value::from));
    }
    let was_cut = tool.is_overview && overview::shorten(&mut body);
    let content: Vec<Value> =
        iter::once(text(&body.to_string())).chain(was_cut.then(|| text(overview::SAID))).collect();
    json!({ "content": content, "structuredContent": body })
}

fn told(tool: &Tool, answered: &Answered, mut refusal: Value) -> String {
    words::translate(tool, &mut refusal);
    words::name_arguments(tool, &mut refusal);
    let text = |name: &str| refusal.get(name).and_then(Value::as_str);
    let code = text("code").map_or_else(|| answered.status.to_string(), str::to_owned);
    let message = text("message").unwrap_or("The call failed.");
    let said = [Some(format!("{message} ({code})")), text("hint").map(str::to_owned)];
    let details = refusal.get("details").map(|details| format!("Details: {details}"));
    let later = answered.retry_after.map(|seconds| format!("Retry-After: {seconds} seconds"));
    let request = text("request_id").map(|id| format!("Request: {id}"));
    said.into_iter().flatten().chain(details).chain(later).chain(request).collect::<Vec<_>>().join("\n")
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove(HIDDEN);
            fields.values_mut().for_each(hide);
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}
