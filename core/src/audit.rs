//! The audit: key, action, row and time (docs/API.md, section 8). An entry never has a body, a secret or the text of a
//! post.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::id::TenantId;
use crate::time::{Span, UnixMillis};

/// How long a row is kept.
pub const KEPT: Span = Span::days(400);

/// What was done, or happened by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    #[serde(rename = "network.saved")]
    NetworkSaved,
    #[serde(rename = "network.deleted")]
    NetworkDeleted,
    #[serde(rename = "network.paused")]
    NetworkPaused,
    #[serde(rename = "network.resumed")]
    NetworkResumed,
    #[serde(rename = "connect.requested")]
    ConnectRequested,
    #[serde(rename = "account.connected")]
    AccountConnected,
    #[serde(rename = "account.token_expired")]
    AccountTokenExpired,
    #[serde(rename = "account.disconnected")]
    AccountDisconnected,
    #[serde(rename = "post.created")]
    PostCreated,
    #[serde(rename = "post.changed")]
    PostChanged,
    #[serde(rename = "post.deleted")]
    PostDeleted,
    #[serde(rename = "post.deleted_at_x")]
    PostDeletedAtX,
    #[serde(rename = "post.retried")]
    PostRetried,
    #[serde(rename = "post.resolved")]
    PostResolved,
    #[serde(rename = "media.created")]
    MediaCreated,
    #[serde(rename = "media.deleted")]
    MediaDeleted,
    #[serde(rename = "x.called")]
    XCalled,
    #[serde(rename = "import.created")]
    ImportCreated,
    #[serde(rename = "import.completed")]
    ImportCompleted,
    #[serde(rename = "import.failed")]
    ImportFailed,
    #[serde(rename = "key.created")]
    KeyCreated,
    #[serde(rename = "key.deleted")]
    KeyDeleted,
    #[serde(rename = "webhook.created")]
    WebhookCreated,
    #[serde(rename = "webhook.changed")]
    WebhookChanged,
    #[serde(rename = "webhook.deleted")]
    WebhookDeleted,
    #[serde(rename = "webhook.switched_off")]
    WebhookSwitchedOff,
    #[serde(rename = "settings.changed")]
    SettingsChanged,
    #[serde(rename = "deployment.handed_over")]
    HandedOver,
    #[serde(rename = "deployment.taken_back")]
    TakenBack,
    #[serde(rename = "deployment.exported")]
    Exported,
    #[serde(rename = "deployment.restored")]
    Restored,
    #[serde(rename = "dashboard.signed_in")]
    SignedIn,
    #[serde(rename = "dashboard.signed_out")]
    SignedOut,
}

/// A row. Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub at: UnixMillis,
    /// The key's id, or `admin` for the configuration's own; nobody's for what happened by itself.
    pub key_id: Option<String>,
    pub action: Action,
    pub tenant_id: Option<TenantId>,
    /// The row that it was done to.
    pub target_id: Option<String>,
    /// Of the call, as its answer and the log have it.
    pub request_id: Option<String>,
}

impl Entry {
    pub fn view(&self) -> Value {
        json!({
            "at": self.at.to_iso(),
            "key_id": self.key_id,
            "action": self.action,
            "tenant_id": self.tenant_id,
            "target_id": self.target_id,
            "request_id": self.request_id,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn audit_entry_v1_format_unchanged() {
        let entry = Entry {
            at: UnixMillis(7),
            key_id: Some("admin".into()),
            action: Action::PostCreated,
            tenant_id: None,
            target_id: Some("post_1".into()),
            request_id: None,
        };
        let text = r#"{"at":7,"key_id":"admin","action":"post.created","tenant_id":null,"target_id":"post_1","request_id":null}"#;
        assert_eq!(serde_json::to_string(&entry).unwrap(), text);
        assert_eq!(serde_json::from_str::<Entry>(text).unwrap(), entry);
    }
}
