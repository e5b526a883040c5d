//! Rows that a backup carries from one deployment to another, a page at a time.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How far a list of tables has been read: which table, and the key of its last row.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Place {
    pub table: usize,
    pub after: Vec<Value>,
}

/// Rows of one table, and where the next ones are.
#[derive(Serialize, Deserialize)]
pub struct Page {
    pub table: String,
    pub rows: Vec<Map<String, Value>>,
    pub next: Option<Place>,
}
