//! The messages about media.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::refused::Refused;
use latchkey_core::id::TenantId;
pub use latchkey_core::media::PendingCleanup;
use latchkey_core::media::upload::Part;
use latchkey_core::media::{Announced, Limits, Media};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Begin, Command};

/// What an API key may ask of media. The edge signs the addresses, so rows go there as they are.
#[derive(Clone, Serialize, Deserialize)]
pub enum MediaCommand {
    Announce(AnnounceMedia),
    Create {
        media: Media,
        answer: Answer,
        is_sealed: bool,
    },
    Enter(EnterMedia),
    /// Its bytes are there.
    Keep {
        media: Media,
        answer: Answer,
        is_sealed: bool,
    },
    /// Its bytes are not.
    GiveUp {
        media: Media,
        refused: Box<Refused>,
    },
    List(ListMedia),
    Get(GetMedia),
    PlanConfirm(PlanConfirmation),
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
    Delete(DeleteMedia),
}

impl From<MediaCommand> for Command {
    fn from(command: MediaCommand) -> Self {
        Self::Media(Box::new(command))
    }
}

/// Whether such a file would be taken, and for which tenant.
#[derive(Clone, Serialize, Deserialize)]
pub struct AnnounceMedia {
    pub said: Announced,
    pub size: u64,
    pub tenant_id: Option<TenantId>,
}

impl Begin for AnnounceMedia {
    type Plan = Option<TenantId>;

    fn command(self) -> Command {
        MediaCommand::Announce(self).into()
    }
}

/// A file whose bytes are about to be stored. The row is there before them: what a crash leaves is found, and expires.
#[derive(Clone, Serialize, Deserialize)]
pub struct EnterMedia(pub Media);

impl Begin for EnterMedia {
    /// With the caller's own tenant, and the sizes that are allowed.
    type Plan = (Media, Limits);

    fn command(self) -> Command {
        MediaCommand::Enter(self).into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ListMedia {
    pub query: String,
}

impl Begin for ListMedia {
    type Plan = MediaRows;

    fn command(self) -> Command {
        MediaCommand::List(self).into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct GetMedia {
    pub id: String,
}

impl Begin for GetMedia {
    type Plan = Media;

    fn command(self) -> Command {
        MediaCommand::Get(self).into()
    }
}

/// Whether the parts that have arrived are a file.
#[derive(Clone, Serialize, Deserialize)]
pub struct PlanConfirmation {
    pub id: String,
    pub size: Option<u64>,
}

impl Begin for PlanConfirmation {
    type Plan = ConfirmPlan;

    fn command(self) -> Command {
        MediaCommand::PlanConfirm(self).into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct DeleteMedia {
    pub id: String,
}

impl Begin for DeleteMedia {
    type Plan = PendingCleanup;

    fn command(self) -> Command {
        MediaCommand::Delete(self).into()
    }
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
