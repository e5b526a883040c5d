//! Media: files that posts carry. Uploaded by whoever holds a signed URL, confirmed, used, and gone after a while.
//!
//! The bytes are in R2, the rows in the ledger; what is here decides what a file is, who may write or read it, and when
//! what was uploaded is whole.

mod kind;
pub mod link;
pub mod upload;

use std::collections::BTreeMap;

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

/// How many bytes a file of each kind may have, where that is not the kind's usual number; zero refuses the kind.
/// Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limits(BTreeMap<Kind, u64>);

impl Limits {
    pub fn of(&self, kind: Kind) -> u64 {
        self.0.get(&kind).copied().unwrap_or_else(|| kind.default_max_bytes())
    }

    pub fn set(&mut self, kind: Kind, bytes: u64) {
        self.0.insert(kind, bytes);
    }

    pub fn is_usual(&self) -> bool {
        self.0.is_empty()
    }
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

impl Media {
    pub fn new(
        id: MediaId,
        tenant_id: Option<TenantId>,
        filename: String,
        kind: Kind,
        size: Option<u64>,
        now: UnixMillis,
        lifetimes: Lifetimes,
    ) -> Self {
        let (status, expires_at) = (Status::Pending, now + lifetimes.pending);
        Self { id, tenant_id, filename, kind, size, status, received: 0, created_at: now, expires_at }
    }

    /// Where its bytes are.
    pub fn key(&self) -> String {
        key_of(&self.id)
    }

    /// Its bytes are there, and are what they were said to be.
    #[must_use]
    pub fn confirmed(self, size: u64, lifetimes: Lifetimes) -> Self {
        let expires_at = self.created_at + lifetimes.active;
        Self { size: Some(size), received: size, status: Status::Active, expires_at, ..self }
    }
}

/// Where the bytes of a medium are, once it is active.
pub fn key_of(id: &MediaId) -> String {
    format!("media/{id}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn media() -> Media {
        let (id, tenant_id) = (MediaId::from_entropy([1; 16]), TenantId::parse("t1").ok());
        Media::new(id, tenant_id, "cat.gif".into(), Kind::Gif, None, UnixMillis(5), Lifetimes::default())
    }

    #[test]
    fn a_medium_lives_a_day_until_it_is_confirmed_and_sixty_days_then() {
        let day = Span::days(1).as_millis();
        assert_eq!(media().expires_at, UnixMillis(5 + day));
        let active = media().confirmed(7, Lifetimes::default());
        assert_eq!(active.expires_at, UnixMillis(5 + 60 * day));
        assert_eq!((active.status, active.size, active.received), (Status::Active, Some(7), 7));
    }

    #[test]
    fn media_v1_format_unchanged() {
        assert_eq!(
            serde_json::to_string(&media()).unwrap(),
            r#"{"id":"med_AQEBAQEBAQEBAQEBAQEBAQ","tenant_id":"t1","filename":"cat.gif","kind":"image/gif","size":null,"status":"pending","received":0,"created_at":5,"expires_at":86400005}"#
        );
    }
}
