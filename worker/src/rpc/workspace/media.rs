//! The messages about media.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::refused::Refused;
use latchkey_core::id::TenantId;
pub use latchkey_core::media::Remains;
use latchkey_core::media::upload::Part;
use latchkey_core::media::{Announced, Limits, Media};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an API key may ask of media. The edge signs the addresses, so rows go there as they are.
#[derive(Clone, Serialize, Deserialize)]
pub enum MediaCommand {
    /// Whether such a file would be taken, and for which tenant.
    Announce {
        said: Announced,
        size: u64,
        tenant_id: Option<TenantId>,
    },
    Create {
        media: Media,
        answer: Answer,
        is_sealed: bool,
    },
    List {
        query: String,
    },
    Get {
        id: String,
    },
    /// Whether what has arrived is a file.
    PlanConfirm {
        id: String,
        size: Option<u64>,
    },
    /// The parts of this upload are one object, and it is what it was said to be.
    Confirm {
        media: Media,
        upload_id: String,
        answer: Answer,
        is_sealed: bool,
    },
    /// They are not, and the bytes are gone.
    Reject {
        media: Media,
        upload_id: String,
        refused: Box<Refused>,
    },
    Delete {
        id: String,
    },
}

#[derive(Serialize, Deserialize)]
pub struct MediaRows {
    pub rows: Vec<Media>,
    pub count: u64,
    pub pagination: Value,
    pub warnings: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub enum ConfirmPlan {
    /// Confirmed before.
    Active(Media),
    Arrived(Arrived),
}

/// Parts that can be put together.
#[derive(Serialize, Deserialize)]
pub struct Arrived {
    pub media: Media,
    pub upload_id: String,
    pub parts: Vec<Part>,
    pub size: u64,
    /// What its bytes say it is decides which one holds.
    pub limits: Limits,
}
