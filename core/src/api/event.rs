//! Webhook events (docs/API.md, section 7): the body, and the `data` of each kind of event.

use serde_json::{Map, Value, json};

use super::account::AccountView;
use super::post::status_word;
use crate::account::Account;
use crate::delivery::Delivery;
use crate::network::{Network, Pause};
use crate::post::Post;
use crate::time::UnixMillis;
use crate::webhook::{EventKind, Webhook};

/// `{event, timestamp, data}`, to be signed and sent as it is.
pub fn event_body(kind: EventKind, at: UnixMillis, data: &Value) -> String {
    json!({ "event": kind, "timestamp": at.to_iso(), "data": data }).to_string()
}

/// The account as its list shows it. `connect_id` is the session by which it was connected.
pub fn account_data(account: &Account, org_id: &str, connect_id: Option<&str>) -> Value {
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

/// A pause that begins or ends.
pub fn network_data(network: &Network, org_id: &str, pause: &Pause) -> Value {
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
pub fn post_data(post: &Post, org_id: &str, deliveries: &[(Delivery, Account)]) -> Value {
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
