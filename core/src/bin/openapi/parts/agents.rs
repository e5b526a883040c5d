use serde_json::{Value, json};

use super::Part;
use crate::operation::Operation;
use crate::schema::{a, only, row, text};

/// Clients of agents know what is in a message by the protocol, so a message is described by its frame.
pub fn part() -> Part {
    let operations = vec![
        Operation::for_agents(
            "POST",
            "/mcp",
            "callTools",
            "A message of an agent's client, by the Model Context Protocol",
        )
        .takes(a("RpcMessage"))
        .answers(200, "The result, or an error.", json!({ "anyOf": [a("RpcResult"), a("RpcFault")] }))
        .answers_nothing(202, "A notification was taken."),
    ];
    let id = || json!({ "type": ["string", "integer"] });
    let message =
        frame(json!({ "id": id(), "method": text(), "params": { "type": "object" }, "result": {}, "error": {} }), &[]);
    let result = frame(json!({ "id": id(), "result": { "type": "object" } }), &["id", "result"]);
    let error =
        row("RpcError", json!({ "code": { "type": "integer" }, "message": text(), "data?": { "type": "object" } }));
    let fault = frame(json!({ "id": id(), "error": error }), &["error"]);
    Part::new("Agents", operations, [("RpcMessage", message), ("RpcResult", result), ("RpcFault", fault)])
}

fn frame(mut fields: Value, needed: &[&str]) -> Value {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("jsonrpc".into(), only("2.0"));
    }
    let required: Vec<&str> = needed.iter().copied().chain(["jsonrpc"]).collect();
    json!({ "type": "object", "properties": fields, "required": required, "additionalProperties": false })
}
