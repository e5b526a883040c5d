//! The audit: key, action, row and time (docs/API.md, section 8). An entry never has a body, a secret or the text of a
//! post.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::approval::BY_LINK;
use crate::id::TenantId;
use crate::key::Caller;
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
    #[serde(rename = "post.approval_requested")]
    PostApprovalRequested,
    #[serde(rename = "post.approved")]
    PostApproved,
    #[serde(rename = "post.rejected")]
    PostRejected,
    #[serde(rename = "post.approval_expired")]
    PostApprovalExpired,
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
    #[serde(rename = "page_session.created")]
    PageSessionCreated,
    #[serde(rename = "page_session.deleted")]
    PageSessionDeleted,
    #[serde(rename = "agent.connected")]
    AgentConnected,
    #[serde(rename = "agent.disconnected")]
    AgentDisconnected,
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
    /// The key's id, `admin` for the configuration's own, or `link` for whoever held the address of an approval's page;
    /// nobody's for what happened by itself.
    pub key_id: Option<String>,
    pub action: Action,
    pub tenant_id: Option<TenantId>,
    /// The row that it was done to.
    pub target_id: Option<String>,
    /// Of the call, as its answer and the log have it.
    pub request_id: Option<String>,
}

/// An action for the audit, named by the code that carries out the action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    pub action: Action,
    /// Of the row.
    pub tenant_id: Option<TenantId>,
    pub target_id: Option<String>,
}

impl Audited {
    /// To no row.
    pub const fn of(action: Action) -> Self {
        Self { action, tenant_id: None, target_id: None }
    }

    pub fn on(action: Action, tenant_id: Option<&TenantId>, target_id: &str) -> Self {
        Self { action, tenant_id: tenant_id.cloned(), target_id: Some(target_id.to_owned()) }
    }

    /// Nobody asked for the action.
    pub fn by_itself(self, at: UnixMillis) -> Entry {
        Entry {
            at,
            key_id: None,
            action: self.action,
            tenant_id: self.tenant_id,
            target_id: self.target_id,
            request_id: None,
        }
    }

    /// Whoever holds the address of a page asked for the action, without a key.
    pub fn by_link(self, request_id: &str, at: UnixMillis) -> Entry {
        let (key_id, request_id) = (Some(BY_LINK.to_owned()), Some(request_id.to_owned()));
        Entry { key_id, request_id, ..self.by_itself(at) }
    }

    /// A call with a key asked for the action. An action to a row of no tenant is listed for the tenant of the key.
    pub fn by(self, caller: &Caller, request_id: &str, at: UnixMillis) -> Entry {
        Entry {
            at,
            key_id: Some(caller.key_id.clone()),
            action: self.action,
            tenant_id: self.tenant_id.or_else(|| caller.binding.tenant_id.clone()),
            target_id: self.target_id,
            request_id: Some(request_id.to_owned()),
        }
    }
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

    const T0: UnixMillis = UnixMillis(7);

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }

    #[test]
    fn an_action_to_a_row_is_listed_for_the_tenant_of_the_row() {
        let mut caller = Caller::admin();
        caller.binding.tenant_id = Some(tenant("of-the-key"));
        let entry = Audited::on(Action::KeyDeleted, Some(&tenant("of-the-row")), "key_1").by(&caller, "req_1", T0);
        assert_eq!((entry.tenant_id, entry.target_id.as_deref()), (Some(tenant("of-the-row")), Some("key_1")));
        assert_eq!((entry.key_id.as_deref(), entry.request_id.as_deref()), (Some("admin"), Some("req_1")));
    }

    #[test]
    fn an_action_to_no_tenants_row_is_listed_for_the_tenant_of_the_key() {
        let mut caller = Caller::admin();
        caller.binding.tenant_id = Some(tenant("of-the-key"));
        let of_key = |audited: Audited| audited.by(&caller, "req_1", T0).tenant_id;
        assert_eq!(of_key(Audited::of(Action::SettingsChanged)), Some(tenant("of-the-key")));
        assert_eq!(of_key(Audited::on(Action::NetworkResumed, None, "net_1")), Some(tenant("of-the-key")));
        assert_eq!(Audited::of(Action::SettingsChanged).by(&Caller::admin(), "req_1", T0).tenant_id, None);
    }

    #[test]
    fn an_action_that_nobody_asked_for_has_no_key_and_no_call() {
        let entry = Audited::on(Action::NetworkPaused, None, "net_1").by_itself(T0);
        assert_eq!((entry.key_id, entry.request_id, entry.tenant_id), (None, None, None));
    }

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
