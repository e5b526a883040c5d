//! What the page of an approval shows: everything on which a person decides.

use serde::{Deserialize, Serialize};

use super::Status;
use crate::id::XPostId;
use crate::media::Kind;
use crate::time::UnixMillis;
use crate::x::options::Options;
use crate::x::price::Micros;

/// The post that asks, as it would be at X, and what has become of the request. Answered by the workspace to the edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalShown {
    pub status: Status,
    /// The version that is shown, which is the link's.
    pub number: u32,
    /// The parts of a thread, in order.
    pub containers: Vec<ContainerShown>,
    /// Of the whole post.
    pub options: Options,
    /// The post that the root answers.
    pub answers: Option<XPostId>,
    /// The post that the root quotes.
    pub quotes: Option<XPostId>,
    /// Whose post it becomes, without accounts that are disconnected.
    pub accounts: Vec<AccountShown>,
    /// None: as soon as it is approved.
    pub scheduled_at: Option<UnixMillis>,
    /// Its time has passed by more than an hour, so that it cannot be approved before it gets a new time.
    pub is_late: bool,
    /// What X charges for it at all accounts, by the prices of today.
    pub cost: Micros,
    /// The lines of the sum.
    pub cost_reasons: Vec<String>,
    /// The name of the key that asks.
    pub requested_by: String,
    pub requested_at: UnixMillis,
    pub expires_at: UnixMillis,
    pub decided_at: Option<UnixMillis>,
    /// A key's id, or `link`.
    pub decided_by: Option<String>,
    /// Of a rejection.
    pub note: Option<String>,
}

/// One part of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerShown {
    /// With X's normal form of characters (docs/TEXT.md). What cannot be seen is still in it: the page shows it.
    pub text: String,
    pub media: Vec<MediaShown>,
    /// Of this part alone; they win over those of the whole post.
    pub options: Options,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaShown {
    /// By its bytes; `kind.class()` says whether it is a picture, a GIF or a video.
    pub kind: Kind,
    /// A signed address of ours.
    pub url: String,
    pub filename: Option<String>,
    pub alt_text: Option<String>,
    pub subtitles: Vec<SubtitlesShown>,
}

/// Words of a video in one language, which leave with the video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubtitlesShown {
    pub language: String,
    /// A signed address of ours, of the file.
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountShown {
    /// Without `@`.
    pub handle: String,
    /// As its person is called at X.
    pub name: String,
    /// At X. The page's policy lets no picture of another origin load.
    pub picture: Option<String>,
}
