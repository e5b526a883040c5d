//! The lists of words that the dashboard offers.

use latchkey_core::audit::Action;
use latchkey_core::webhook::EventKind;
use serde_json::{Value, json};

use super::schema::names;

/// Every event that a webhook may hear of without asking for it, with words for the operator; and every action of the audit.
pub fn all() -> Value {
    let subscribable = EventKind::ALL.iter().filter(|kind| **kind != EventKind::Test);
    let events: Vec<[&str; 2]> = subscribable.map(|kind| [kind.row().name, kind.row().words]).collect();
    json!({ "events": events, "actions": names::<Action>() })
}
