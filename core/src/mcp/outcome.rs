//! The answer of the HTTP API as the result of a tool.

use serde_json::{Value, json};

use super::question::Asked;
use super::rpc::Response;
use super::server::Server;
use super::tool::Tool;
use crate::json;

/// A secret's other half, which no agent needs.
const HIDDEN: &str = "client_key";

impl Asked {
    /// An answer of the call: its JSON on success, else what is wrong and what to do.
    pub fn outcome(&self, server: &Server, tool: &Tool, status: u16, body: &str) -> Response {
        let body = json::value(body).unwrap_or_default();
        if !(200..300).contains(&status) {
            return self.failed(server, &told(status, &body));
        }
        let mut shown = body;
        if let Some(fields) = shown.as_object_mut() {
            tool.drops.iter().for_each(|name| drop(fields.remove(*name)));
        }
        hide(&mut shown);
        let text = shown.to_string();
        self.result(server, json!({ "content": [{ "type": "text", "text": text }], "structuredContent": shown }))
    }

    /// An error that a model can act upon: a result, and no fault of the protocol.
    pub fn failed(&self, server: &Server, message: &str) -> Response {
        self.result(server, json!({ "content": [{ "type": "text", "text": message }], "isError": true }))
    }
}

fn told(status: u16, refusal: &Value) -> String {
    let text = |name: &str| refusal.get(name).and_then(Value::as_str);
    let code = text("code").map_or_else(|| status.to_string(), str::to_owned);
    let message = text("message").unwrap_or("The call failed.");
    let said = [Some(format!("{message} ({code})")), text("hint").map(str::to_owned)];
    let details = refusal.get("details").map(|details| format!("Details: {details}"));
    let request = text("request_id").map(|id| format!("Request: {id}"));
    said.into_iter().flatten().chain(details).chain(request).collect::<Vec<_>>().join("\n")
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
