use latchkey_core::account::{Reason, Status};
use latchkey_core::api::code::Code;
use latchkey_core::api::profile::CreateImport;
use latchkey_core::import::{ImportStatus, MAX_POSTS};
use latchkey_core::revocation;
use latchkey_core::x::rate::WindowKind;
use serde_json::json;

use super::Part;
use crate::operation::{OF_X, Operation};
use crate::schema::{
    a, between, body, count, flag, id, list, named, nullable, only, page_of, record, row, success, text, texts,
    words_of,
};

#[expect(clippy::too_many_lines, reason = "one table, a row a call")]
pub fn part() -> Result<Part, String> {
    let import = body::<CreateImport>(json!({ "limit?": nullable(between(1, MAX_POSTS.into())) }), &[])?;
    let operations = vec![
        Operation::new("GET", "/v1/social-accounts", "listAccounts", "Connected accounts")
            .query("id", text(), "The account with this id, `acc_…`.")
            .query("tenant_id", text(), "Of this tenant; also `tenantId`.")
            .query("network", text(), "`x`.")
            .query("network_unique_id", text(), "X's id of the user; also `networkUniqueId`.")
            .query("customer_social_network_id", text(), "Connected through this X app.")
            .query("username", text(), "A part of the username, in any case, with or without `@`.")
            .query(
                "status",
                text(),
                "`active`, `reconnect_required` or `disconnected`; absent: all that are connected.",
            )
            .lists(page_of("Account", json!({ "limit": count(), "offset": count() }))),
        Operation::new("GET", "/v1/social-accounts/{id}", "getAccount", "One account").answers(
            200,
            "It.",
            success(json!({ "data": a("Account") })),
        ),
        Operation::new(
            "DELETE",
            "/v1/social-accounts/{id}",
            "deleteAccount",
            "Disconnects it; its tokens are revoked (RFC 7009)",
        )
        .answers(200, "Gone.", success(json!({ "message": text(), "warnings": a("Warnings") }))),
        Operation::new("GET", "/v1/social-accounts/{id}/health", "getAccountHealth", "Asks X who this is")
            .answers(200, "An observation.", success(json!({ "data": a("Health") })))
            .refuses(&[Code::InFlight]),
        Operation::new(
            "GET",
            "/v1/social-accounts/{id}/limits",
            "listAccountLimits",
            "What X last said of its rate limits",
        )
        .answers(200, "Windows that are open.", success(json!({ "data": list(a("Limit")) }))),
        Operation::new("GET", "/v1/social-accounts/{id}/metrics", "getAccountMetrics", "X's totals")
            .query(
                "since",
                text(),
                "A time by RFC 3339, or seconds since 1970: repeated in `period`. X has only totals as they are now.",
            )
            .query("until", text(), "A time as in `since`.")
            .answers(200, "As they are now.", success(json!({ "data": a("Metrics") })))
            .refuses(OF_X),
        Operation::new("POST", "/v1/social-accounts/{id}/imports", "createImport", "Enters the account's latest posts")
            .may_take(import)
            .answers(202, "It runs by itself.", success(json!({ "data": a("Import") })))
            .refuses(&[Code::InFlight, Code::UnknownAccount]),
        Operation::new("GET", "/v1/social-accounts/{id}/imports", "listImports", "Imports, newest first")
            .lists(page_of("Import", json!({}))),
        Operation::new("GET", "/v1/social-accounts/{id}/imports/{import}", "getImport", "One import").answers(
            200,
            "How far it is.",
            success(json!({ "data": a("Import") })),
        ),
    ];
    let flag_number = named("ActiveNumber", json!({ "type": "integer", "enum": [0, 1] }));
    let length = named("MaxPostLength", json!({ "type": "integer", "enum": [280, 25000] }));
    let status = words_of::<revocation::Status>("RevocationStatus");
    let revocation = row("Revocation", json!({ "status": status, "since": a("Time") }));
    // Go writes both spellings of the tenant alike.
    let twin = json!({ "anyOf": [a("TenantId"), { "type": "null" }], "x-go-name": "TenantIDInCamelCase" });
    let account = record(json!({
        "id": id("acc"), "orgId": text(), "nickname": text(), "network": only("x"), "username": text(),
        "profile_picture_url": nullable(text()), "network_unique_id": a("XId"), "customer_social_network_id": id("net"),
        "accountType": only("personal"), "isActive": flag_number, "createdAt": a("Time"),
        "tenantId": twin, "tenant_id": nullable(a("TenantId")), "scopes": texts(),
        "status": words_of::<Status>("AccountStatus"), "status_reason": nullable(words_of::<Reason>("AccountStatusReason")), "status_since": a("Time"),
        "max_post_length": length, "token_expires_at": a("Time"),
        "revocation": nullable(revocation),
    }));
    let window = json!({ "limit": count(), "remaining": count(), "reset_at": a("Time"), "window": words_of::<WindowKind>("RateWindowKind") });
    let mut limit = window.clone();
    if let Some(fields) = limit.as_object_mut() {
        fields.insert("endpoint".into(), text());
    }
    let health = record(json!({
        "id": id("acc"), "network": only("x"), "healthy": flag(), "checkedAt": a("Time"),
        "details": row("HealthDetails", json!({
            "username": text(), "scopes": texts(), "missing_scopes": texts(), "token_expires_at": nullable(a("Time")),
            "rate_limits": list(row("RateWindow", window)),
        })),
        "error?": text(), "errorCode?": text(),
    }));
    let figure = || nullable(count());
    let metrics = record(json!({
        "account_id": id("acc"), "network": only("x"), "followers_count": figure(), "following_count": figure(),
        "posts_count": figure(), "engagement": row("AccountEngagement", json!({})),
        "platform_specific": row("AccountFigures", json!({ "listed_count": figure(), "like_count": figure(), "media_count": figure() })),
        "period": row("MetricsPeriod", json!({ "since": nullable(a("Time")), "until": nullable(a("Time")), "note": text() })),
        "fetched_at": a("Time"),
    }));
    let import = record(json!({
        "id": id("imp"), "account_id": id("acc"), "status": words_of::<ImportStatus>("ImportStatus"), "limit": count(), "imported": count(),
        "skipped": count(), "error": nullable(text()), "error_code": nullable(text()), "created_at": a("Time"),
        "finished_at": nullable(a("Time")),
    }));
    Ok(Part::new(
        "Accounts",
        operations,
        [("Account", account), ("Limit", record(limit)), ("Health", health), ("Metrics", metrics), ("Import", import)],
    ))
}
