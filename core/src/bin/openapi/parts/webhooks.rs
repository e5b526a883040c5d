use latchkey_core::api::code::Code;
use latchkey_core::api::webhook::{ChangeWebhook, CreateWebhook};
use latchkey_core::delivery::FailureCode;
use latchkey_core::webhook::{DisabledReason, EventKind, State, Subject};
use serde_json::{Value, json};

use super::Part;
use crate::examples;
use crate::operation::Operation;
use crate::schema::{
    a, body, capital, count, flag, id, list, named, nullable, only, page_of, record, row, success, text, texts, words,
    words_of,
};

pub fn part() -> Result<Part, String> {
    let headers =
        || named("WebhookHeaders", json!({ "type": "object", "additionalProperties": text(), "maxProperties": 20 }));
    let events = || json!({ "type": "array", "items": a("EventKind"), "minItems": 1 });
    let create = body::<CreateWebhook>(
        json!({
            "name": text(), "url": text(), "events": events(), "secret?": nullable(text()), "headers?": nullable(headers()),
            "tenant_id?": nullable(a("TenantIdInput")), "legacy_signature?": flag(),
        }),
        &[],
    )?;
    let change = body::<ChangeWebhook>(
        json!({
            "name?": nullable(text()), "url?": nullable(text()), "events?": nullable(events()), "secret?": nullable(text()),
            "headers?": nullable(headers()), "legacy_signature?": nullable(flag()), "enabled?": nullable(flag()),
        }),
        &[],
    )?;
    let one = || success(json!({ "data": a("Webhook") }));
    let sent = || success(json!({ "data": a("WebhookDelivery") }));
    let operations = vec![
        Operation::new("POST", "/v1/webhooks", "createWebhook", "An address that is told what happens")
            .takes(create)
            .answers(
                201,
                "With its secret, shown this once.",
                success(json!({ "data": named("NewWebhook", webhook(json!({ "secret": text() }))) })),
            ),
        Operation::new("GET", "/v1/webhooks", "listWebhooks", "Webhooks, newest first")
            .query("tenant_id", text(), "Of this tenant.")
            .lists(page_of("Webhook", json!({}))),
        Operation::new("GET", "/v1/webhooks/{id}", "getWebhook", "One webhook").answers(200, "It.", one()),
        Operation::new("PATCH", "/v1/webhooks/{id}", "changeWebhook", "Changes it, or switches it off or on")
            .takes(change)
            .answers(200, "As it is now.", success(json!({ "data": a("Webhook"), "warnings": a("Warnings") }))),
        Operation::new("DELETE", "/v1/webhooks/{id}", "deleteWebhook", "Deletes it and its log").answers(
            200,
            "Gone.",
            success(json!({ "message": text() })),
        ),
        Operation::new("POST", "/v1/webhooks/{id}/test", "testWebhook", "Sends a test event")
            .may_take(record(json!({})))
            .answers(200, "Under way.", sent()),
        Operation::new("GET", "/v1/webhooks/{id}/deliveries", "listWebhookDeliveries", "Its log of the last 30 days")
            .query("status", words_of::<State>("WebhookDeliveryState"), "In this state.")
            .query("event", a("EventKind"), "Of this event.")
            .lists(page_of("WebhookDelivery", json!({}))),
        Operation::new(
            "POST",
            "/v1/webhooks/{id}/deliveries/{event}/redeliver",
            "redeliverWebhook",
            "Sends an event again",
        )
        .may_take(record(json!({})))
        .answers(200, "Under way.", sent())
        .refuses(&[Code::InFlight]),
    ];
    let attempt = row(
        "WebhookAttempt",
        json!({
            "attempted_at": a("Time"), "duration_ms": count(), "status_code": nullable(json!({ "type": "integer" })),
            "error": nullable(text()),
        }),
    );
    let delivery = record(json!({
        "id": id("evt"), "event": a("EventKind"), "status": words_of::<State>("WebhookDeliveryState"), "created_at": a("Time"),
        "next_attempt_at": nullable(a("Time")), "attempts": list(attempt), "body": text(),
    }));
    Ok(Part::new("Webhooks", operations, [("Webhook", webhook(json!({}))), ("WebhookDelivery", delivery)]))
}

fn webhook(mut others: Value) -> Value {
    let disabled = row(
        "WebhookDisabled",
        json!({ "reason": words_of::<DisabledReason>("WebhookDisabledReason"), "since": a("Time") }),
    );
    let ours = json!({
        "id": id("wh"), "tenant_id": nullable(a("TenantId")), "name": text(), "url": text(), "events": list(a("EventKind")),
        "header_names": texts(), "legacy_signature": flag(), "enabled": flag(), "disabled": nullable(disabled),
        "failing_since": nullable(a("Time")), "created_at": a("Time"), "updated_at": a("Time"),
    });
    if let (Some(fields), Value::Object(ours)) = (others.as_object_mut(), ours) {
        fields.extend(ours);
    }
    record(others)
}

pub fn names() -> Value {
    words("EventKind", &EventKind::ALL.iter().map(|kind| kind.row().name).collect::<Vec<_>>())
}

/// What each event sends, by its name.
pub fn events() -> Value {
    let described = |kind: &EventKind| (kind.row().name.to_owned(), event(kind.row().name, kind.row().subject));
    Value::Object(EventKind::ALL.iter().map(described).collect())
}

fn event(name: &str, subject: Subject) -> Value {
    let type_name = camel_case(name);
    let data = row(data_name(subject), data(subject));
    let body = row(&format!("{type_name}Event"), json!({ "event": only(name), "timestamp": a("Time"), "data": data }));
    let example = json!({ "event": name, "timestamp": examples::now(), "data": examples::event(subject) });
    let header = |name: &str, description: &str| {
        let example = examples::parameter("", name);
        json!({ "name": name, "in": "header", "required": true, "schema": text(), "description": description, "example": example })
    };
    json!({ "post": {
        "operationId": format!("on{type_name}"),
        "tags": ["Webhooks"],
        "summary": format!("`{name}` happened"),
        "parameters": [
            header("webhook-id", "The event's id, the same at each try."),
            header("webhook-timestamp", "Of this try, in seconds since 1970."),
            header("webhook-signature", "Standard Webhooks: `v1,<base64>`, two of them while an old secret still signs."),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": body, "example": example } } },
        "responses": { "2XX": { "description": "Taken. Anything else is tried again." } },
    } })
}

/// `account.token_expired` → `AccountTokenExpired`.
fn camel_case(name: &str) -> String {
    name.split(['.', '_']).map(capital).collect()
}

const fn data_name(subject: Subject) -> &'static str {
    match subject {
        Subject::Account => "AccountEventData",
        Subject::Post => "PostEventData",
        Subject::Network => "NetworkEventData",
        Subject::Webhook => "WebhookEventData",
    }
}

fn data(subject: Subject) -> Value {
    let tenant_id = nullable(a("TenantId"));
    let account = json!({ "accountId": id("acc"), "orgId": text(), "tenant_id": tenant_id, "account": a("Account"), "connect_id?": text() });
    let delivery = row(
        "EventDelivery",
        json!({
            "accountId": id("acc"), "network": only("x"), "username": text(), "platformPostId": nullable(a("XId")),
            "platformPostUrl": nullable(text()), "status": a("DeliveryStatus"), "error": nullable(text()),
            "error_code": nullable(words_of::<FailureCode>("FailureCode")),
        }),
    );
    match subject {
        Subject::Account => account,
        Subject::Post => json!({
            "postId": id("post"), "orgId": text(), "tenant_id": tenant_id, "publishedAt?": a("Time"), "socialAccounts": list(delivery),
            "approval?": a("Approval"),
        }),
        Subject::Network => json!({
            "networkId": id("net"), "orgId": text(), "tenant_id": tenant_id, "network": only("x"), "reason": text(), "since": a("Time"),
        }),
        Subject::Webhook => {
            json!({ "webhookId": id("wh"), "orgId": text(), "tenant_id": tenant_id, "message": text() })
        }
    }
}
