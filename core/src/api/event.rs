//! Webhook events (docs/API.md, section 7): the body, and the `data` of each subject.

use serde_json::{Map, Value, json};

use super::account::AccountView;
use super::post::{Links, approval_view, status_word};
use crate::account::Account;
use crate::audit::Audited;
use crate::delivery::Delivery;
use crate::id::TenantId;
use crate::network::{Network, Pause};
use crate::post::Post;
use crate::time::UnixMillis;
use crate::webhook::{EventKind, Webhook};

/// An event, described by the code that brings the event about: the audit and the webhooks are fed from the same value.
#[derive(Debug)]
pub struct Event {
    pub kind: EventKind,
    pub tenant_id: Option<TenantId>,
    target_id: String,
    pub data: Value,
    /// It holds an address by which anybody may act, and is stored sealed.
    pub is_secret: bool,
}

impl Event {
    /// `connect_id` is the session that has connected the account.
    pub fn of_account(kind: EventKind, account: &Account, org_id: &str, connect_id: Option<&str>) -> Self {
        let data = account_data(account, org_id, connect_id);
        Self { kind, tenant_id: account.tenant_id.clone(), target_id: account.id.to_string(), data, is_secret: false }
    }

    /// `pause` begins or ends.
    pub fn of_network(kind: EventKind, network: &Network, org_id: &str, pause: &Pause) -> Self {
        let data = network_data(network, org_id, pause);
        Self { kind, tenant_id: network.tenant_id.clone(), target_id: network.id.to_string(), data, is_secret: false }
    }

    pub fn of_post(kind: EventKind, post: &Post, org_id: &str, deliveries: &[(Delivery, Account)]) -> Self {
        let data = post_data(post, org_id, deliveries);
        Self { kind, tenant_id: post.tenant_id.clone(), target_id: post.id.to_string(), data, is_secret: false }
    }

    /// A request for approval, or what became of it: with the row of the request, as whoever may answer sees it.
    pub fn of_approval(
        kind: EventKind,
        post: &Post,
        org_id: &str,
        deliveries: &[(Delivery, Account)],
        links: &Links<'_>,
    ) -> Self {
        let mut event = Self::of_post(kind, post, org_id, deliveries);
        if let (Some(approval), Some(fields)) = (approval_view(post, links), event.data.as_object_mut()) {
            event.is_secret = approval.get("url").is_some();
            fields.insert("approval".into(), approval);
        }
        event
    }

    /// For the audit, if nobody asked for the event. A call that asked has an entry of its own.
    pub fn audited(&self) -> Option<Audited> {
        let action = self.kind.row().audited?;
        Some(Audited::on(action, self.tenant_id.as_ref(), &self.target_id))
    }
}

/// `{event, timestamp, data}`, to be signed and sent as it is.
pub fn event_body(kind: EventKind, at: UnixMillis, data: &Value) -> String {
    json!({ "event": kind, "timestamp": at.to_iso(), "data": data }).to_string()
}

/// The account as its list shows it.
fn account_data(account: &Account, org_id: &str, connect_id: Option<&str>) -> Value {
    let mut data = json!({
        "accountId": account.id,
        "orgId": org_id,
        "tenant_id": account.tenant_id,
        "account": AccountView::new(account, org_id),
    });
    if let (Some(connect_id), Some(fields)) = (connect_id, data.as_object_mut()) {
        fields.insert("connect_id".into(), json!(connect_id));
    }
    data
}

fn network_data(network: &Network, org_id: &str, pause: &Pause) -> Value {
    json!({
        "networkId": network.id,
        "orgId": org_id,
        "tenant_id": network.tenant_id,
        "network": "x",
        "reason": pause.reason,
        "since": pause.since.to_iso(),
    })
}

/// A post, with every account that it was for.
fn post_data(post: &Post, org_id: &str, deliveries: &[(Delivery, Account)]) -> Value {
    let mut data = Map::new();
    data.insert("postId".into(), json!(post.id));
    data.insert("orgId".into(), json!(org_id));
    data.insert("tenant_id".into(), json!(post.tenant_id));
    if let Some(at) = deliveries.iter().filter_map(|(delivery, _)| delivery.published_at).min() {
        data.insert("publishedAt".into(), json!(at.to_iso()));
    }
    let rows: Vec<Value> = deliveries.iter().map(|(delivery, account)| delivery_row(delivery, account)).collect();
    data.insert("socialAccounts".into(), json!(rows));
    Value::Object(data)
}

fn delivery_row(delivery: &Delivery, account: &Account) -> Value {
    let root = delivery.root();
    json!({
        "accountId": account.id,
        "network": "x",
        "username": account.user.username,
        "platformPostId": root,
        "platformPostUrl": root.map(|id| account.post_url(id)),
        "status": status_word(delivery.state),
        "error": delivery.error.as_ref().map(|error| &error.message),
        "error_code": delivery.error.as_ref().map(|error| error.code),
    })
}

/// What somebody asked for to see that it arrives.
pub fn test_data(webhook: &Webhook, org_id: &str) -> Value {
    json!({ "webhookId": webhook.id, "orgId": org_id, "tenant_id": webhook.tenant_id, "message": "This is a test." })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Action;
    use crate::fixtures::{account, delivery};

    #[test]
    fn an_event_names_its_row_to_the_audit() {
        let account = account(1);
        let event = Event::of_account(EventKind::AccountTokenExpired, &account, "org", None);
        let expected = Audited::on(Action::AccountTokenExpired, account.tenant_id.as_ref(), account.id.as_str());
        assert_eq!(event.audited(), Some(expected));
    }

    #[test]
    fn events_of_posts_have_no_entry() {
        let (delivery, account) = (delivery(1), account(1));
        let post = Post::new(delivery.post_id.clone(), None, UnixMillis(0));
        for kind in [EventKind::PostPublished, EventKind::PostError, EventKind::MediaFailed] {
            let rows = [(delivery.clone(), account.clone())];
            assert_eq!(Event::of_post(kind, &post, "org", &rows).audited(), None);
        }
    }
}
