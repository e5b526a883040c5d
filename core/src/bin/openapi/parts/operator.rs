use latchkey_core::api::code::Code;
use latchkey_core::api::key::CreateKey;
use latchkey_core::api::settings::ChangeSettings;
use latchkey_core::audit::Action;
use latchkey_core::key::Scope;
use latchkey_core::media::Kind;
use latchkey_core::retention::KeepDays;
use latchkey_core::settings::OnUnknown;
use latchkey_core::x::price::Prices;
use serde_json::{Map, Value, json};

use super::Part;
use crate::operation::{Auth, Operation};
use crate::schema::{
    a, between, body, bytes, characters, count, flag, id, list, named, nullable, page_of, record, row, success, text,
    texts, words, words_of,
};

pub fn part() -> Result<Part, String> {
    let create = body::<CreateKey>(
        json!({
            "name": characters(1, 80), "scopes": { "type": "array", "items": words_of::<Scope>("Scope"), "minItems": 1 },
            "tenant_id?": nullable(a("TenantIdInput")), "account_id?": nullable(id("acc")),
        }),
        &[],
    )?;
    let change = body::<ChangeSettings>(
        json!({
            "on_unknown?": nullable(words_of::<OnUnknown>("OnUnknown")), "prices?": prices("PricesInput", "?"), "allowed_media?": allowed_media("AllowedMediaInput", "?"),
            "monthly_budget_usd?": nullable(a("Usd")), "tenant_budgets_usd?": by_tenant("TenantBudgetsInput", nullable(a("Usd"))),
            "keep_posts_days?": keep_posts_days(), "brand?": row("BrandInput", json!({ "name?": nullable(text()), "color?": nullable(text()), "logo_url?": nullable(text()) })),
        }),
        &[],
    )?;
    let settings = || success(json!({ "data": a("Settings") }));
    let passphrase = || json!({ "type": "string", "pattern": "^[ -~]{12,1024}$" });
    let restored =
        row("RestoredRows", json!({ "social_networks": count(), "social_accounts": count(), "posts": count() }));
    // The second type is for clients that know bytes by no other name.
    let lines =
        json!({ "application/x-ndjson": { "schema": text() }, "application/octet-stream": { "schema": bytes() } });
    let operations = vec![
        Operation::new("POST", "/v1/api-keys", "createKey", "A key that may do less")
            .takes(create)
            .answers(
                201,
                "With the key, shown this once.",
                success(json!({ "data": named("NewKey", key(json!({ "key": text() }))) })),
            )
            .refuses(&[Code::NotFound]),
        Operation::new("GET", "/v1/api-keys", "listKeys", "Keys, newest first").lists(page_of("Key", json!({}))),
        Operation::new("DELETE", "/v1/api-keys/{id}", "deleteKey", "The key is dead when this has answered").answers(
            200,
            "Gone.",
            success(json!({ "message": text() })),
        ),
        Operation::new("GET", "/v1/settings", "getSettings", "Settings").answers(200, "As they are.", settings()),
        Operation::new("PATCH", "/v1/settings", "changeSettings", "Changes what is named")
            .takes(change)
            .answers(200, "As they are now.", settings())
            .refuses(&[Code::MediaUrlRefused, Code::UnsupportedMedia, Code::MediaTooLarge]),
        Operation::new("GET", "/v1/export", "exportBackup", "The deployment as one sealed file")
            .header("X-Passphrase", passphrase(), "What the file is sealed with.")
            .answers_content(200, "A line a row.", lines)
            .refuses(&[Code::InFlight]),
        Operation::new("POST", "/v1/import", "importBackup", "Restores such a file into an empty deployment")
            .header("X-Passphrase", passphrase(), "What the file was sealed with.")
            .query(
                "keys",
                words("RestoredKeys", &["keep", "drop"]),
                "Whether the file's API keys come along; `keep` if absent.",
            )
            .takes_content(json!({ "application/octet-stream": { "schema": bytes() } }))
            .answers(200, "It goes on from where the other one stood.", success(json!({ "data": restored })))
            .refuses(&[Code::InFlight]),
        Operation::new("GET", "/v1/account/usage", "getUsage", "This month's posts and what X charges for them")
            .answers(200, "Until now.", success(json!({ "usage": a("Usage") }))),
        metrics(),
        Operation::new("GET", "/v1/audit", "listDeeds", "Who did what, newest first")
            .query("action", words_of::<Action>("AuditAction"), "This deed.")
            .query("key_id", text(), "By this key.")
            .query("tenant_id", text(), "Of this tenant; also `tenantId`.")
            .query("target_id", text(), "To this row.")
            .query("since", text(), "RFC 3339.")
            .query("until", text(), "RFC 3339.")
            .lists(page_of("Deed", json!({}))),
        Operation::new("POST", "/v1/dashboard/session", "signIn", "Signs a browser in to the dashboard")
            .by(Auth::None)
            .takes(record(json!({ "key": text() })))
            .answers(201, "With a cookie.", success(json!({ "data": a("DashboardSession") })))
            .refuses(&[Code::InvalidApiKey, Code::OriginNotAllowed]),
        Operation::new("GET", "/v1/dashboard/session", "getDashboardSession", "Who is signed in here")
            .by(Auth::Cookie)
            .answers(200, "Null if nobody is.", success(json!({ "data": nullable(a("DashboardSession")) }))),
        Operation::new("DELETE", "/v1/dashboard/session", "signOut", "Signs this browser out")
            .by(Auth::Cookie)
            .answers(200, "How many sessions ended.", success(json!({ "message": text(), "ended": count() }))),
        Operation::new(
            "DELETE",
            "/v1/dashboard/sessions",
            "signOutEverywhere",
            "Signs out every browser with the same key",
        )
        .by(Auth::Cookie)
        .answers(200, "How many sessions ended.", success(json!({ "message": text(), "ended": count() }))),
        sample_page(),
        Operation::page("/", "GET", "getDashboard", "The dashboard").answers_content(
            200,
            "The page.",
            json!({ "text/html": { "schema": text() } }),
        ),
        health(),
    ];
    let operations = operations.into_iter().chain(re_encryption("/v1/reseal", ["startReseal", "getReseal"]));
    let operations = operations.chain(re_encryption("/v1/re-encryption", ["startReEncryption", "getReEncryption"]));
    let operations = operations.chain(freeze("/v1/handover", ["startHandover", "getHandover", "endHandover"]));
    let operations = operations.chain(freeze("/v1/freeze", ["startFreeze", "getFreeze", "endFreeze"]));
    Ok(Part::new("Operator", operations.collect(), rows()))
}

/// The second type is for clients that know text by no other name.
fn metrics() -> Operation {
    let content = json!({ "application/openmetrics-text": { "schema": text() }, "text/plain": { "schema": text() } });
    Operation::new("GET", "/v1/metrics", "getMetrics", "Counts of the whole deployment, in OpenMetrics")
        .answers_content(200, "As they are.", content)
}

fn sample_page() -> Operation {
    Operation::new(
        "GET",
        "/v1/dashboard/pages/{page}",
        "showSamplePage",
        "A page that customers see, with made-up data: for a frame of our own origin",
    )
    .query("scheme", words("ColorScheme", &["light", "dark"]), "Default `light`.")
    .query("lang", text(), "As `Accept-Language`; English without it.")
    .query("name", text(), "The brand's name, tried out; empty for none.")
    .query("color", text(), "The colour of buttons, tried out; empty for none.")
    .answers_content(200, "The page.", json!({ "text/html": { "schema": text() } }))
    .refuses(&[Code::NotFound])
}

fn health() -> Operation {
    let schema = row("SchemaVersion", json!({ "version": count(), "oldest": count() }));
    let health = record(json!({ "ok": flag(), "version": text(), "schema": schema }));
    Operation::new("GET", "/healthz", "getHealth", "Whether it runs, which version, and whose data that version opens")
        .by(Auth::None)
        .answers(200, "It runs.", health)
}

/// By either of its two paths.
fn re_encryption(path: &'static str, [start, get]: [&'static str; 2]) -> [Operation; 2] {
    let answer = || success(json!({ "data": a("Reseal") }));
    [
        Operation::new("POST", path, start, "Seals every kept secret anew with the first master key")
            .may_take(record(json!({})))
            .answers(202, "It runs by itself.", answer()),
        Operation::new("GET", path, get, "How far the last run is")
            .answers(200, "Its state.", answer())
            .refuses(&[Code::NotFound]),
    ]
}

/// By either of its two paths.
fn freeze(path: &'static str, [start, get, end]: [&'static str; 3]) -> [Operation; 3] {
    let answer = || success(json!({ "data": a("Standstill") }));
    [
        Operation::new("POST", path, start, "The deployment stands still, so that it can be moved or copied")
            .may_take(record(json!({})))
            .answers(202, "It accepts nothing more; accounts end what is under way.", answer()),
        Operation::new("GET", path, get, "Whether it stands still").answers(200, "Its state.", answer()),
        Operation::new("DELETE", path, end, "It goes on")
            .answers(200, "Its state.", answer())
            .refuses(&[Code::InFlight]),
    ]
}

fn key(mut others: Value) -> Value {
    let ours = json!({
        "id": id("key"), "name": text(), "scopes": list(words_of::<Scope>("Scope")), "tenant_id": nullable(a("TenantId")),
        "account_id": nullable(id("acc")), "created_at": a("Time"),
    });
    if let (Some(fields), Value::Object(ours)) = (others.as_object_mut(), ours) {
        fields.extend(ours);
    }
    record(others)
}

/// US dollars by name. `mark` is `?` where a part is enough.
fn prices(name: &str, mark: &str) -> Value {
    row(
        name,
        Value::Object(Prices::NAMES.iter().map(|name| (format!("{name}{mark}"), a("Usd"))).collect::<Map<_, _>>()),
    )
}

/// Bytes by type.
fn allowed_media(name: &str, mark: &str) -> Value {
    let bytes = || between(0, 17_179_869_184);
    row(
        name,
        Value::Object(Kind::ALL.iter().map(|kind| (format!("{}{mark}", kind.mime()), bytes())).collect::<Map<_, _>>()),
    )
}

/// Null is for ever.
fn keep_posts_days() -> Value {
    nullable(between(1, KeepDays::MOST.into()))
}

fn by_tenant(name: &str, value: Value) -> Value {
    named(name, json!({ "type": "object", "propertyNames": a("TenantId"), "additionalProperties": value }))
}

fn rows() -> [(&'static str, Value); 7] {
    let brand =
        row("Brand", json!({ "name": nullable(text()), "logo_url": nullable(text()), "color": nullable(text()) }));
    let settings = record(json!({
        "on_unknown": words_of::<OnUnknown>("OnUnknown"), "prices": prices("Prices", ""), "allowed_media": allowed_media("AllowedMedia", ""),
        "monthly_budget_usd": nullable(a("Usd")), "tenant_budgets_usd": by_tenant("TenantBudgets", a("Usd")),
        "keep_posts_days": keep_posts_days(), "brand": brand,
    }));
    let re_encryption = record(json!({
        "key_id": text(), "status": words("ReEncryptionStatus", &["running", "done", "incomplete"]), "done": count(), "total": count(),
        "failed": texts(), "started_at": a("Time"), "finished_at": nullable(a("Time")),
        "old_keys_needed_until": nullable(a("Time")),
    }));
    let freeze = record(json!({
        "status": words("FreezeStatus", &["running", "handing_over", "handed_over", "restoring", "resuming"]), "done": count(), "total": count(),
        "since": nullable(a("Time")),
    }));
    let unlimited = || json!({ "type": "null" });
    let money = || json!({ "type": "number", "minimum": 0 });
    let of_tenant =
        row("TenantUsage", json!({ "tenant_id": nullable(a("TenantId")), "estimate_usd": money(), "posts": count() }));
    let date = json!({ "type": "string", "format": "date", "pattern": "^\\d{4}-\\d{2}-\\d{2}$" });
    let of_day = row("DayUsage", json!({ "date": date, "estimate_usd": money(), "posts": count() }));
    let usage = record(json!({
        "socialAccounts": row("AccountsUsage", json!({ "current": count(), "limit": unlimited(), "remaining": unlimited() })),
        "posts": row("PostsUsage", json!({ "current": count(), "limit": unlimited() })),
        "billingPeriod": row("BillingPeriod", json!({ "start": a("Time"), "end": a("Time") })),
        "currentUsage": count(),
        "x_cost": row("XCost", json!({ "estimate_usd": money(), "by_tenant": list(of_tenant), "by_day": list(of_day) })),
    }));
    let deed = record(json!({
        "at": a("Time"), "key_id": nullable(text()), "action": words_of::<Action>("AuditAction"), "tenant_id": nullable(a("TenantId")),
        "target_id": nullable(text()), "request_id": nullable(text()),
    }));
    let session = record(json!({
        "key_id": text(), "scopes": list(words_of::<Scope>("Scope")), "tenant_id": nullable(a("TenantId")),
        "account_id": nullable(id("acc")), "id": text(), "expires_at": a("Time"), "sessions": count(), "is_frozen": flag(), "changes_after": text(), "callback_url": text(),
    }));
    [
        ("Key", key(json!({}))),
        ("Settings", settings),
        ("Reseal", re_encryption),
        ("Standstill", freeze),
        ("Usage", usage),
        ("Deed", deed),
        ("DashboardSession", session),
    ]
}
