//! Where a post as a whole stands, as the summary and the calendar count posts (docs/API.md, section 5).

use crate::refusal::Refused;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Draft,
    AwaitingApproval,
    Scheduled,
    Published,
    Failed,
}

impl Stage {
    pub const ALL: [Self; 5] = [Self::Draft, Self::AwaitingApproval, Self::Scheduled, Self::Published, Self::Failed];

    /// On the wire, and in the table `post_stages`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Failed => "failed",
        }
    }

    pub(super) fn from_word(word: &str) -> Result<Self, Refused> {
        let words = Self::ALL.map(Self::as_str).join(", ");
        let found = Self::ALL.into_iter().find(|stage| stage.as_str() == word);
        found.ok_or_else(|| Refused::field("stage", format!("expected one of {words}")))
    }
}
