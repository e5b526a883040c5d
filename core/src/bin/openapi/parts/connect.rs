use latchkey_core::api::code::Code;
use latchkey_core::api::connect::{CompleteSession, ConfirmSession, CreateSession};
use latchkey_core::connect::Status;
use serde_json::{Value, json};

use super::Part;
use crate::operation::{Auth, OF_X, Operation};
use crate::schema::{
    a, between, body, bytes, characters, id, list, nullable, only, record, row, success, text, words, words_of,
};

pub fn part() -> Result<Part, String> {
    let create = body::<CreateSession>(
        json!({
            "origin?": nullable(text()), "network?": nullable(words("NetworkInput", &["x", "twitter"])), "tenant_id?": nullable(a("TenantIdInput")),
            "redirect_uri?": nullable(text()), "scopes?": nullable(a("ScopeList")), "expected_username?": nullable(text()),
            "reconnect_account_id?": nullable(id("acc")), "expires_in?": nullable(between(60, 1800)),
            "label?": nullable(characters(0, 80)),
        }),
        &[],
    )?;
    let complete = body::<CompleteSession>(json!({ "code_verifier": characters(43, 128) }), &[])?;
    let confirm = body::<ConfirmSession>(json!({ "code": text() }), &[])?;
    let session = || success(json!({ "data": a("ConnectSession") }));
    let waiting =
        || success(json!({ "data": row("AwaitingConfirmation", json!({ "status": only("needs_confirmation") })) }));
    let status = words("UnfinishedStatus", &["authorizing", "needs_confirmation"]);
    let unfinished = row("UnfinishedSession", json!({ "status": status }));
    let mut operations = vec![
        Operation::new("POST", "/v1/connect-sessions", "createConnectSession", "A session for one click on the button")
            .takes(create)
            .answers(201, "`token` is for the page.", success(json!({ "data": a("NewConnectSession") })))
            .refuses(&[Code::UnsupportedNetwork, Code::NetworkNotConfigured, Code::NotFound]),
        Operation::new("GET", "/v1/connect-sessions/{id}", "getConnectSession", "How far it is")
            .by(Auth::SessionTokenOrKey)
            .query("wait", between(0, 25), "Seconds until an answer must come.")
            .query("since", words_of::<Status>("ConnectStatus"), "Answer when the status is no longer this.")
            .answers(200, "Its state.", session())
            .refuses(&[Code::SessionExpired]),
        Operation::new("DELETE", "/v1/connect-sessions/{id}", "cancelConnectSession", "Calls it off")
            .by(Auth::SessionTokenOrKey)
            .answers(200, "Its state.", session())
            .refuses(&[Code::SessionExpired]),
        Operation::new(
            "POST",
            "/v1/connect-sessions/{id}/complete",
            "completeConnectSession",
            "Proves the verifier (RFC 7636 §4.6)",
        )
        .by(Auth::SessionToken)
        .takes(complete)
        .answers(200, "Connected.", session())
        .answers(
            202,
            "Another browser came back: ask for its code; or X refused what it brought, and the person is still awaited.",
            success(json!({ "data": unfinished })) ,
        )
        .refuses(OF_ENDS)
        .refuses(&[Code::VerifierMismatch])
        .refuses(OF_X),
        Operation::new(
            "POST",
            "/v1/connect-sessions/{id}/confirm",
            "confirmConnectSession",
            "The six digits of another browser",
        )
        .by(Auth::SessionToken)
        .takes(confirm)
        .answers(200, "Connected.", session())
        .answers(202, "The page has not completed it yet.", waiting())
        .refuses(OF_ENDS)
        .refuses(OF_X),
        Operation::new(
            "POST",
            "/v1/connect-sessions/{id}/accept",
            "acceptConnectSession",
            "Accepts who came by a link with `accept: \"manual\"`",
        )
        .may_take(record(json!({})))
        .answers(200, "Connected.", session())
        .answers(202, "Another browser came back: its person has yet to agree.", waiting())
        .refuses(OF_ENDS)
        .refuses(OF_X),
    ];
    operations.extend(pages());
    let identity = row(
        "Identity",
        json!({
            "network_unique_id": a("XId"), "username": text(), "nickname": text(), "profile_picture_url": nullable(text()),
        }),
    );
    let failed = row("ConnectFailure", json!({ "code": text(), "message": text(), "hint": text() }));
    let session = record(json!({
        "id": text(), "status": words_of::<Status>("ConnectStatus"), "expires_at": a("Time"), "redirect_uri": nullable(text()),
        "account?": a("Account"), "error?": failed,
        "awaiting?": only("acceptance"), "identity?": identity,
    }));
    let new = record(json!({ "id": text(), "token": text(), "expires_at": a("Time"), "connect_url": text() }));
    Ok(Part::new(
        "Connect",
        operations,
        [
            ("ScopeList", json!({ "anyOf": [list(text()), text()] })),
            ("ConnectSession", session),
            ("NewConnectSession", new),
        ],
    ))
}

/// What ended it answers again.
const OF_ENDS: &[Code] = &[
    Code::AccessDenied,
    Code::AccountMismatch,
    Code::ClientChanged,
    Code::ConfirmationFailed,
    Code::InFlight,
    Code::NetworkNotConfigured,
    Code::RedirectUriMismatch,
    Code::SessionExpired,
    Code::SessionSpent,
    Code::UnknownAccount,
];

fn pages() -> Vec<Operation> {
    let html = || json!({ "text/html": { "schema": text() } });
    let start = record(json!({
        "token": text(), "code_challenge": text(), "code_challenge_method": only("S256"),
        "display?": words("Display", &["popup", "page"]), "code_verifier?": text(),
    }));
    let form = |schema: Value| json!({ "application/x-www-form-urlencoded": { "schema": schema } });
    vec![
        Operation::page("/connect/start", "POST", "startConnect", "The click: to X, with a cookie for this browser")
            .takes_content(form(start.clone()))
            .answers_nothing(303, "To X.")
            .answers_content(200, "The person is asked first: the form did not say which page it comes from.", html()),
        Operation::page("/connect/start/confirmed", "POST", "startConnectConfirmed", "The button of that page")
            .takes_content(form(start))
            .answers_nothing(303, "To X."),
        Operation::page("/connect/link/{id}", "GET", "openConnectLink", "A link is opened")
            .answers_nothing(303, "To X, or to where the session has ended.")
            .answers_nothing(308, "Asked by plain http: the same on https.")
            .answers_nothing(204, "A prefetch changes nothing."),
        Operation::page("/connect/link/{id}", "HEAD", "lookAtConnectLink", "Changes nothing")
            .answers_nothing(204, "It is there.")
            .answers_nothing(308, "Asked by plain http: the same on https."),
        Operation::page("/connect/callback/x", "GET", "returnFromX", "X's redirect (RFC 6749 §4.1.2)")
            .query("state", text(), "Ours.")
            .query("code", text(), "X's authorization code.")
            .query("error", text(), "RFC 6749 §4.1.2.1.")
            .answers_nothing(303, "To a page without code or state in its address.")
            .answers_nothing(204, "A prefetch changes nothing."),
        Operation::page("/connect/result/{id}", "GET", "showConnectResult", "What the browser sees in the end")
            .answers_content(200, "The page.", html())
            .answers_nothing(303, "To the `redirect_uri`.")
            .answers_nothing(308, "Asked by plain http: the same on https."),
        Operation::page("/connect/result/{id}", "POST", "agreeToConnect", "The button of a link in another browser")
            .answers_nothing(303, "To the page as it is now."),
        Operation::new(
            "GET",
            "/connect/result/{id}/picture",
            "getConnectPicture",
            "The picture of the account that the page shows to this browser",
        )
        .by(Auth::None)
        .answers_content(
            200,
            "The picture.",
            json!({ "image/*": {}, "application/octet-stream": { "schema": bytes() } }),
        ),
        Operation::new("GET", "/connect/logo/{digest}", "getLogo", "The operator's logo, by the digest of its bytes")
            .by(Auth::None)
            .answers_content(
                200,
                "The picture.",
                json!({ "image/*": {}, "application/octet-stream": { "schema": bytes() } }),
            ),
    ]
}
