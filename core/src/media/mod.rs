//! Media: files that posts carry. Uploaded by whoever holds a signed URL, confirmed, used, and gone after a while.
//!
//! The bytes are in R2, the rows in the ledger; what is here decides what a file is, who may write or read it, and when
//! what was uploaded is whole.

mod kind;
pub mod link;

use serde::{Deserialize, Serialize};

pub use self::kind::{Class, HEAD_BYTES, Kind, UnknownKind};
use crate::id::{MediaId, TenantId};
use crate::time::{Span, UnixMillis};

/// One row of the ledger. Stored as JSON; its format is pinned by a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub id: MediaId,
    pub tenant_id: Option<TenantId>,
    pub filename: String,
    pub kind: Kind,
    /// What was announced, and once it is active what is there.
    pub size: Option<u64>,
    pub status: Status,
    /// Bytes that are stored so far.
    pub received: u64,
    pub created_at: UnixMillis,
    pub expires_at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Announced; bytes may be on their way.
    Pending,
    /// Whole, and what it says it is. It never changes again.
    Active,
}

/// How long a medium is kept, from its creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    pub pending: Span,
    pub active: Span,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { pending: Span::hours(24), active: Span::days(60) }
    }
}

/// Where the bytes of a medium are.
pub fn key_of(id: &MediaId) -> String {
    format!("media/{id}")
}
