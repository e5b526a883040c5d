//! JSON-RPC 2.0, as the protocol narrows it: one message per POST, ids that are texts or whole numbers.

use serde_json::{Map, Value, json};

use crate::json;

/// The type of a stream of events (HTML, "Server-sent events").
pub const EVENTS: &str = "text/event-stream";

/// Whether a client reads streams and nothing else, by its `Accept` (RFC 9110 §12.5.1).
pub fn reads_only_streams(accept: &str) -> bool {
    let mut kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kinds.clone().any(|kind| kind.eq_ignore_ascii_case(EVENTS))
        && !kinds
            .any(|kind| ["application/json", "application/*", "*/*"].iter().any(|json| kind.eq_ignore_ascii_case(json)))
}

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// JSON; empty for a notification.
    pub body: String,
}

/// Codes of JSON-RPC, and those that the protocol adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Parse,
    Request,
    Method,
    Params,
    /// A header and the body differ, or a header is missing.
    Headers,
    /// A revision that is not spoken here.
    Version,
}

/// A message that a client sent.
#[derive(Clone, Debug)]
pub(super) enum Message {
    Request {
        id: Value,
        method: String,
        params: Map<String, Value>,
    },
    /// A notification, or the answer to a question that nobody here asks.
    Unanswered {
        method: Option<String>,
    },
}

impl Fault {
    const fn code(self) -> i32 {
        match self {
            Self::Parse => -32700,
            Self::Request => -32600,
            Self::Method => -32601,
            Self::Params => -32602,
            Self::Headers => -32020,
            Self::Version => -32022,
        }
    }

    /// The protocol's, for clients that look at the status first.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Method => 404,
            _ => 400,
        }
    }
}

impl Response {
    /// The same message as the only event of a stream. JSON has no line break.
    pub fn as_event(&self) -> String {
        format!("event: message\ndata: {}\n\n", self.body)
    }

    pub(super) const fn nothing() -> Self {
        Self { status: 202, body: String::new() }
    }

    pub(super) fn result(id: &Value, result: &Value) -> Self {
        Self { status: 200, body: json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string() }
    }

    /// A message whose id cannot be read gets an error without one.
    pub(super) fn fault(status: u16, id: Option<&Value>, fault: Fault, message: &str, data: Option<Value>) -> Self {
        let mut error = json!({ "code": fault.code(), "message": message });
        if let (Some(fields), Some(data)) = (error.as_object_mut(), data) {
            fields.insert("data".into(), data);
        }
        let mut body = json!({ "jsonrpc": "2.0", "error": error });
        if let (Some(fields), Some(id)) = (body.as_object_mut(), id) {
            fields.insert("id".into(), id.clone());
        }
        Self { status, body: body.to_string() }
    }
}

impl Message {
    /// From any bytes; or the fault, with the id of the message if there is one.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, (Option<Value>, Fault, &'static str)> {
        let value = json::value_of(bytes).map_err(|_| (None, Fault::Parse, "The body is not JSON in UTF-8."))?;
        let Value::Object(mut fields) = value else {
            return Err((None, Fault::Request, "The body must be one JSON-RPC message."));
        };
        let id = fields.remove("id");
        let is_id = |id: &Value| id.is_string() || id.is_i64() || id.is_u64();
        let known = id.clone().filter(is_id);
        if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err((known, Fault::Request, "`jsonrpc` must be \"2.0\"."));
        }
        let method = match fields.remove("method") {
            Some(Value::String(method)) => method,
            None if fields.contains_key("result") || fields.contains_key("error") => {
                return Ok(Self::Unanswered { method: None });
            }
            _ => return Err((known, Fault::Request, "`method` must be a text.")),
        };
        match (id, fields.remove("params")) {
            (None, _) => Ok(Self::Unanswered { method: Some(method) }),
            (Some(id), _) if !is_id(&id) => Err((None, Fault::Request, "`id` must be a text or a whole number.")),
            // Some clients write absent parameters as null.
            (Some(id), None | Some(Value::Null)) => Ok(Self::Request { id, method, params: Map::new() }),
            (Some(id), Some(Value::Object(params))) => Ok(Self::Request { id, method, params }),
            (Some(id), Some(_)) => Err((Some(id), Fault::Params, "`params` must be an object.")),
        }
    }
}
