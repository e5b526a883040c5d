//! What the operator decides for the whole workspace.

use serde::{Deserialize, Serialize};

use crate::x::price::Prices;

/// Stored as JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub on_unknown: OnUnknown,
    pub prices: Prices,
}

/// What becomes of a post whose answer was lost and that two reads did not find (docs/API.md, section 5, promise 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// It is sent once more.
    #[default]
    Resend,
    /// It waits for a person.
    Hold,
}
