use latchkey_core::api::code::Code;
use latchkey_core::api::connect::{CreateAuthUrl, IGNORED};
use latchkey_core::api::network::{CreateNetwork, UpdateNetwork};
use latchkey_core::connect::Accept;
use latchkey_core::network::ClientType;
use serde_json::{Value, json};

use super::Part;
use crate::operation::{OF_X, Operation};
use crate::schema::{
    a, body, flag, id, list, nullable, only, page_of, record, row, said, success, text, texts, words, words_of,
};

const OF_PROOF: &[Code] = &[Code::InvalidClientId, Code::InvalidClientSecret, Code::OAuth1KeyGiven, Code::PublicClient];

#[expect(clippy::too_many_lines, reason = "one table, a row a call")]
pub fn part() -> Result<Part, String> {
    let create = body::<CreateNetwork>(
        json!({
            "network": words("NetworkInput", &["x", "twitter"]), "client_key": text(), "client_secret": text(),
            "tenant_id?": nullable(a("TenantIdInput")), "verify?": flag(), "force?": flag(),
        }),
        &[],
    )?;
    let update = body::<UpdateNetwork>(
        json!({ "client_key?": nullable(text()), "client_secret?": nullable(text()), "verify?": flag() }),
        &[],
    )?;
    let link = body::<CreateAuthUrl>(
        json!({
            "redirect_uri?": said("Where the browser lands afterwards; absent: a page that says how it went.", nullable(text())),
            "tenant_id?": said("Whose the account is to be.", nullable(a("TenantIdInput"))),
            "scopes?": said("What X is asked for, as a list or with spaces between; absent: all that publishing needs.", nullable(a("ScopeList"))),
            "expected_username?": said("The X handle that has to sign in; another one is refused.", nullable(text())),
            "reconnect_account_id?": said("The account that is connected again, `acc_…`.", nullable(id("acc"))),
            "label?": said("One line for the person, at most 80 characters.", nullable(text())), "accept?": accept(),
        }),
        IGNORED,
    )?;
    let saved = || success(json!({ "data": a("XApp"), "warnings": a("Warnings") }));
    let app = || success(json!({ "data": a("XApp") }));
    let operations = vec![
        Operation::new("POST", "/v1/social-networks", "saveXApp", "Adds the X app, or replaces its credentials")
            .takes(create)
            .answers(201, "Added.", saved())
            .answers(200, "There was one for this tenant already: its credentials were replaced.", saved())
            .refuses(&[Code::UnsupportedNetwork, Code::ClientChanged, Code::InFlight])
            .refuses(OF_PROOF),
        Operation::new("GET", "/v1/social-networks", "listXApps", "X apps")
            .query("tenant_id", a("TenantId"), "Those of this tenant.")
            .lists(page_of("XApp", json!({}))),
        Operation::new("GET", "/v1/social-networks/{id}", "getXApp", "One X app; `x` is the one without tenant")
            .answers(200, "It.", app()),
        Operation::new("PATCH", "/v1/social-networks/{id}", "changeXApp", "Replaces credentials")
            .takes(update)
            .answers(200, "As it is now.", saved())
            .refuses(&[Code::ClientChanged, Code::InFlight])
            .refuses(OF_PROOF),
        Operation::new(
            "DELETE",
            "/v1/social-networks/{id}",
            "deleteXApp",
            "Removes the app; its accounts are disconnected",
        )
        .answers(200, "Removed.", success(json!({ "message": text(), "warnings": a("Warnings") }))),
        Operation::new("POST", "/v1/social-networks/{id}/verify", "diagnoseXApp", "The key doctor")
            .may_take(record(json!({})))
            .answers(
                200,
                "What is right and wrong, and what to do about it.",
                success(json!({ "data": a("Diagnosis") })),
            )
            .refuses(OF_X),
        Operation::new("POST", "/v1/social-networks/{id}/resume", "resumeXApp", "Ends a pause")
            .may_take(record(json!({})))
            .answers(200, "No longer paused.", app()),
        Operation::new(
            "POST",
            "/v1/social-networks/{id}/auth-url",
            "createConnectLink",
            "A link that connects whoever opens it",
        )
        .may_take(link)
        .answers(200, "The link.", success(json!({ "data": a("ConnectLink"), "warnings": a("Warnings") })))
        .refuses(&[Code::NetworkNotConfigured]),
        Operation::new(
            "GET",
            "/v1/social-networks/{id}/auth-url",
            "getConnectLink",
            "The same, with the fields in the query",
        )
        .query("redirect_uri", text(), "Where the browser lands.")
        .query("tenant_id", a("TenantId"), "Whose the account is to be.")
        .query("scopes", text(), "With spaces or commas between.")
        .query("expected_username", text(), "Who has to sign in.")
        .query("reconnect_account_id", id("acc"), "Which account is connected again.")
        .query("label", text(), "Shown to the person.")
        .query("accept", accept(), "Whether the back end has to accept the account.")
        .answers(200, "The link.", success(json!({ "data": a("ConnectLink"), "warnings": a("Warnings") })))
        .refuses(&[Code::NetworkNotConfigured]),
    ];
    let check = row(
        "Check",
        json!({
            "name": words("CheckName", &["client_id_shape", "client_secret", "callback_url", "scopes", "credits"]),
            "ok": flag(), "message": text(), "hint": nullable(text()),
        }),
    );
    let app = record(json!({
        "id": id("net"), "network": only("x"), "client_key?": text(), "createdAt": a("Time"), "updatedAt": a("Time"),
        "tenant_id": nullable(a("TenantId")), "callback_url": text(), "required_scopes": texts(),
        "client_type": words_of::<ClientType>("ClientType"), "verified_at": nullable(a("Time")), "paused": nullable(a("Pause")),
    }));
    let pause = record(json!({
        "reason": words("PauseReason", &["credits_depleted", "app_read_only", "app_not_enrolled", "invalid_client"]), "since": a("Time"),
    }));
    let link = record(json!({ "auth_url": text(), "expires_at": a("Time"), "connect_id": text() }));
    Ok(Part::new(
        "X apps",
        operations,
        [
            ("XApp", app),
            ("Pause", pause),
            ("Diagnosis", record(json!({ "ok": flag(), "checks": list(check) }))),
            ("ConnectLink", link),
        ],
    ))
}

fn accept() -> Value {
    said(
        "`auto`: the account can post at once. `manual`: when the back end has accepted it.",
        words_of::<Accept>("Accept"),
    )
}
