//! The operator's settings for the whole workspace.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::media::Limits;
use crate::x::price::{Micros, Prices};

/// Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub on_unknown: OnUnknown,
    pub prices: Prices,
    #[serde(default, skip_serializing_if = "Limits::is_usual")]
    pub allowed_media: Limits,
    #[serde(default, skip_serializing_if = "Budgets::is_empty")]
    pub budgets: Budgets,
}

/// What may be spent at X in a calendar month; nothing said, no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budgets {
    pub workspace: Option<Micros>,
    pub tenants: BTreeMap<TenantId, Micros>,
}

impl Budgets {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The treatment of a post whose answer was lost and that two reads did not find (docs/API.md, section 5, promise 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// It is sent once more.
    #[default]
    Resend,
    /// It waits for a person.
    Hold,
}
