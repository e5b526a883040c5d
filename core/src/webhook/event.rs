//! The kinds of events: one row each. The dashboard's list, `/openapi.json` and the audit come from the rows, and the
//! table in docs/API.md, section 7, is checked against them.

use serde::{Deserialize, Serialize};

use crate::audit::Action;

/// A kind of event; the name never changes. `test` is sent only on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum EventKind {
    AccountConnected,
    AccountTokenExpired,
    AccountDisconnected,
    PostPublished,
    PostError,
    NetworkPaused,
    NetworkResumed,
    MediaFailed,
    PostApprovalRequested,
    PostApproved,
    PostRejected,
    PostApprovalExpired,
    Test,
}

/// The subject of an event decides the fields of its `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Account,
    Post,
    Network,
    Webhook,
}

#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// On the wire.
    pub name: &'static str,
    pub subject: Subject,
    /// For the operator, beside the name.
    pub words: &'static str,
    /// The audit entry of an event that nobody asked for. A post's outcomes have none: the post's creation has an entry.
    pub audited: Option<Action>,
}

/// A name that no event has.
#[derive(Debug, thiserror::Error)]
#[error("expected the name of an event")]
pub struct UnknownEvent;

impl EventKind {
    /// In the order in which they are shown.
    pub const ALL: &[Self] = &[
        Self::AccountConnected,
        Self::AccountTokenExpired,
        Self::AccountDisconnected,
        Self::PostPublished,
        Self::PostError,
        Self::MediaFailed,
        Self::PostApprovalRequested,
        Self::PostApproved,
        Self::PostRejected,
        Self::PostApprovalExpired,
        Self::NetworkPaused,
        Self::NetworkResumed,
        Self::Test,
    ];

    pub const fn row(self) -> Row {
        use Subject::{Account, Network, Post, Webhook};
        match self {
            Self::AccountConnected => {
                Row::new("account.connected", Account, "Somebody has connected").audited(Action::AccountConnected)
            }
            Self::AccountTokenExpired => {
                Row::new("account.token_expired", Account, "An account must be connected again")
                    .audited(Action::AccountTokenExpired)
            }
            Self::AccountDisconnected => {
                Row::new("account.disconnected", Account, "An account was removed").audited(Action::AccountDisconnected)
            }
            Self::PostPublished => Row::new("post.published", Post, "A post is on X"),
            Self::PostError => Row::new("post.error", Post, "A post is on X at no account"),
            Self::MediaFailed => Row::new("media.failed", Post, "A post's media failed"),
            Self::PostApprovalRequested => Row::new("post.approval_requested", Post, "A post waits for approval")
                .audited(Action::PostApprovalRequested),
            Self::PostApproved => Row::new("post.approved", Post, "A post was approved").audited(Action::PostApproved),
            Self::PostRejected => Row::new("post.rejected", Post, "A post was rejected").audited(Action::PostRejected),
            Self::PostApprovalExpired => {
                Row::new("post.approval_expired", Post, "Nobody has answered a request for approval")
                    .audited(Action::PostApprovalExpired)
            }
            Self::NetworkPaused => {
                Row::new("network.paused", Network, "X refuses the app").audited(Action::NetworkPaused)
            }
            Self::NetworkResumed => {
                Row::new("network.resumed", Network, "X takes the app again").audited(Action::NetworkResumed)
            }
            Self::Test => Row::new("test", Webhook, "Somebody asked for a test"),
        }
    }
}

impl Row {
    const fn new(name: &'static str, subject: Subject, words: &'static str) -> Self {
        Self { name, subject, words, audited: None }
    }

    const fn audited(self, action: Action) -> Self {
        Self { audited: Some(action), ..self }
    }
}

impl From<EventKind> for &'static str {
    fn from(kind: EventKind) -> Self {
        kind.row().name
    }
}

impl TryFrom<String> for EventKind {
    type Error = UnknownEvent;

    fn try_from(name: String) -> Result<Self, UnknownEvent> {
        Self::ALL.iter().copied().find(|kind| kind.row().name == name).ok_or(UnknownEvent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_back_from_its_name() {
        for kind in EventKind::ALL.iter().copied() {
            let json = serde_json::to_value(kind).unwrap_or_default();
            assert_eq!(json, kind.row().name);
            assert_eq!(serde_json::from_value::<EventKind>(json).ok(), Some(kind));
        }
    }

    #[test]
    fn an_event_that_is_added_is_listed() {
        // The last variant's number is one less than how many there are.
        assert_eq!(EventKind::ALL.len(), EventKind::Test as usize + 1);
    }

    #[test]
    fn an_event_is_audited_under_its_own_name() {
        for row in EventKind::ALL.iter().map(|kind| kind.row()) {
            let Some(action) = row.audited else { continue };
            assert_eq!(serde_json::to_value(action).unwrap_or_default(), row.name);
        }
    }
}
