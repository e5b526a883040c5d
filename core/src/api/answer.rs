//! An answer that is ready for the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Bytes rather than values, since a replay under the same idempotency key returns the first answer byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub retry_after: Option<i64>,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string(), retry_after: None }
    }

    /// `{"success":true, …fields}`.
    pub fn success(status: u16, mut fields: Value) -> Self {
        if let Some(map) = fields.as_object_mut() {
            map.insert("success".into(), Value::Bool(true));
        }
        Self::json(status, &fields)
    }

    /// `{"success":true,"data":…}`.
    pub fn data(status: u16, data: impl Serialize) -> Self {
        Self::success(status, json!({ "data": data }))
    }

    /// Whether a replay may return it: what may be different next time is not kept (docs/API.md, section 1).
    pub const fn is_repeatable(&self) -> bool {
        !matches!(self.status, 401 | 402 | 409 | 429 | 500..)
    }
}
