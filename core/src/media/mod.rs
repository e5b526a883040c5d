//! Media: the files of posts. The holder of a signed URL uploads a file; the file is confirmed, used, and deleted
//! later.
//!
//! The bytes are in R2, the rows in the workspace. This module decides the kind of a file, who may write or read the
//! file, and when an upload is whole.

mod foreign;
mod kind;
pub mod link;
mod names;
mod sniff;
pub mod source;
pub mod upload;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::foreign::{Foreign, kind_of};
pub use self::kind::{Class, Kind, UnknownKind};
pub use self::names::Said;
pub use self::sniff::{HEAD_BYTES, is_enough};
use crate::id::{MediaId, TenantId};
use crate::time::{Span, UnixMillis};

/// One row of the workspace. Stored as JSON; the format is pinned by a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub id: MediaId,
    pub tenant_id: Option<TenantId>,
    pub filename: String,
    /// The announced kind; once active, the kind of the bytes.
    pub(crate) kind: Kind,
    /// The announced kind, if the bytes are known to be of another kind. In rows without this field the bytes are of
    /// the announced kind: other files were refused when the row was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) announced: Option<Kind>,
    /// Nobody announced a kind: neither type nor name says one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_unannounced: bool,
    /// For people who do not see it; a post that names the file may say another. Rows without this field have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// The announced size; once active, the stored size.
    pub(crate) size: Option<u64>,
    pub(crate) status: Status,
    /// Bytes that are stored so far.
    pub(crate) received: u64,
    pub created_at: UnixMillis,
    pub(crate) expires_at: UnixMillis,
}

/// What is left to do of a medium that is closed. It can be done twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCleanup {
    pub key: String,
    pub upload_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Announced; bytes may be on their way.
    Pending,
    /// Whole, and of the named kind. An active medium never changes again.
    Active,
}

/// The kind of a file by the words of whoever announces the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Announced {
    Kind(Kind),
    /// Neither type nor name says a kind. The limit of a film holds until the first bytes are seen.
    Nothing,
}

impl Announced {
    pub const fn kind(self) -> Kind {
        match self {
            Self::Kind(kind) => kind,
            Self::Nothing => Kind::Mp4,
        }
    }
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

    /// The limit of an announcement: of its kind, or of the largest kind.
    pub fn of_announced(&self, said: Announced) -> u64 {
        match said {
            Announced::Kind(kind) => self.of(kind),
            Announced::Nothing => Kind::ALL.into_iter().map(|kind| self.of(kind)).max().unwrap_or_default(),
        }
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
        said: Announced,
        size: Option<u64>,
        now: UnixMillis,
        lifetimes: Lifetimes,
    ) -> Self {
        let (status, expires_at) = (Status::Pending, now + lifetimes.pending);
        let (kind, is_unannounced) = (said.kind(), said == Announced::Nothing);
        Self {
            id,
            tenant_id,
            filename,
            kind,
            announced: None,
            is_unannounced,
            alt_text: None,
            size,
            status,
            received: 0,
            created_at: now,
            expires_at,
        }
    }

    /// The announced kind; once active, the kind of the bytes.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The announced size; once active, the stored size.
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    pub const fn expires_at(&self) -> UnixMillis {
        self.expires_at
    }

    /// Where its bytes are.
    pub fn key(&self) -> String {
        key_of(&self.id)
    }

    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// So many of its bytes are there.
    #[must_use]
    pub fn with_received(self, received: u64) -> Self {
        Self { received, ..self }
    }

    /// Its bytes are there, and of this kind.
    #[must_use]
    pub fn confirmed(self, kind: Kind, size: u64, lifetimes: Lifetimes) -> Self {
        let expires_at = self.created_at + lifetimes.active;
        let announced = (self.kind != kind && !self.is_unannounced).then_some(self.kind);
        Self {
            kind,
            announced,
            is_unannounced: false,
            size: Some(size),
            received: size,
            status: Status::Active,
            expires_at,
            ..self
        }
    }

    /// A warning if name or announcement differ from the bytes.
    pub fn warning(&self) -> Option<String> {
        if self.status != Status::Active {
            return None;
        }
        differs(&self.filename, self.announced.or_else(|| Kind::from_filename(&self.filename)), self.kind)
    }
}

/// A warning for whoever called a file something else than its bytes are.
pub fn differs(name: &str, said: Option<Kind>, kind: Kind) -> Option<String> {
    let said = said.filter(|said| *said != kind)?.mime();
    Some(format!("\"{name}\" is said to be {said}. Its bytes are {}, and it is used as that.", kind.mime()))
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
        Media::new(
            id,
            tenant_id,
            "cat.gif".into(),
            Announced::Kind(Kind::Gif),
            None,
            UnixMillis(5),
            Lifetimes::default(),
        )
    }

    #[test]
    fn a_medium_lives_a_day_until_it_is_confirmed_and_sixty_days_then() {
        let day = Span::days(1).as_millis();
        assert_eq!(media().expires_at, UnixMillis(5 + day));
        let active = media().confirmed(Kind::Gif, 7, Lifetimes::default());
        assert_eq!(active.expires_at, UnixMillis(5 + 60 * day));
        assert_eq!((active.status, active.size, active.received), (Status::Active, Some(7), 7));
    }

    #[test]
    fn a_medium_is_what_its_bytes_are_and_whoever_said_otherwise_is_warned() {
        let confirmed = |kind| media().confirmed(kind, 7, Lifetimes::default());
        let gif = confirmed(Kind::Gif);
        assert_eq!((gif.kind, gif.announced, gif.warning()), (Kind::Gif, None, None));
        let film = confirmed(Kind::Mp4);
        assert_eq!((film.kind, film.announced), (Kind::Mp4, Some(Kind::Gif)));
        let words = "\"cat.gif\" is said to be image/gif. Its bytes are video/mp4, and it is used as that.";
        assert_eq!(film.warning().as_deref(), Some(words));
        assert_eq!(media().warning(), None, "nothing is known of it yet");
    }

    #[test]
    fn a_name_that_says_something_else_is_warned_of_even_if_the_announced_type_is_right() {
        let film = Media { filename: "clip.mp4".into(), kind: Kind::Mov, ..media() };
        let film = film.confirmed(Kind::Mov, 7, Lifetimes::default());
        let words = "\"clip.mp4\" is said to be video/mp4. Its bytes are video/quicktime, and it is used as that.";
        assert_eq!(film.warning().as_deref(), Some(words));
        let unnamed = Media { filename: "blob".into(), ..film };
        assert_eq!(unnamed.warning(), None);
    }

    #[test]
    fn media_v1_format_unchanged() {
        assert_eq!(
            serde_json::to_string(&media()).unwrap(),
            r#"{"id":"med_AQEBAQEBAQEBAQEBAQEBAQ","tenant_id":"t1","filename":"cat.gif","kind":"image/gif","size":null,"status":"pending","received":0,"created_at":5,"expires_at":86400005}"#
        );
        let film = media().confirmed(Kind::Mp4, 7, Lifetimes::default());
        assert_eq!(
            serde_json::to_string(&film).unwrap(),
            r#"{"id":"med_AQEBAQEBAQEBAQEBAQEBAQ","tenant_id":"t1","filename":"cat.gif","kind":"video/mp4","announced":"image/gif","size":7,"status":"active","received":7,"created_at":5,"expires_at":5184000005}"#
        );
    }
}
