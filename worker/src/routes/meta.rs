//! `/healthz`, and the origins whose pages may read an answer (CORS, Fetch standard §3.2).

use latchkey_core::api::answer::Answer;
use latchkey_core::connect::ticket::Ticket;
use latchkey_core::routes::{Call, Pages, Route};
use serde_json::json;

use crate::app::App;
use crate::request::Incoming;
use crate::response::Reply;

/// No configuration is opened: this answers while everything else says what is missing.
pub fn health() -> Reply {
    Reply::json(&Answer::json(200, &json!({ "ok": true, "version": env!("CARGO_PKG_VERSION") })))
}

/// Who holds the address may use it, from any page: the address is the permission, and no cookie or key is looked at.
fn upload_cors(route: &Route) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Access-Control-Allow-Origin", "*".to_owned()),
        ("Access-Control-Expose-Headers", "X-Request-Id".to_owned()),
    ];
    if matches!(route, Route::MediaPreflight) {
        headers.extend([
            ("Access-Control-Allow-Methods", "PUT".to_owned()),
            // Whatever an uploader adds: the address is the permission. The wildcard does not mean Authorization (Fetch §3.2.5).
            ("Access-Control-Allow-Headers", "*, Authorization".to_owned()),
            ("Access-Control-Max-Age", "7200".to_owned()),
        ]);
    }
    headers
}

/// A session answers exactly the origin it was made for, which its id carries; key routes the configured origins.
pub fn cors(app: &App, call: &Call, incoming: &Incoming) -> Vec<(&'static str, String)> {
    if call.row.pages == Pages::All {
        return upload_cors(&call.route);
    }
    let Some(origin) = incoming.header("origin") else { return Vec::new() };
    let of_session = call.row.pages == Pages::OfSession
        && call
            .route
            .session_id()
            .and_then(|id| Ticket::from_id(app.keyring(), id))
            .is_some_and(|it| it.is_for(&origin));
    let of_operator = call.row.pages != Pages::None && app.lets_page_use_keys(&origin);
    if !of_session && !of_operator {
        return vec![("Vary", "Origin".into())];
    }
    let mut headers = vec![
        ("Vary", "Origin".into()),
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, Idempotency-Replayed".into()),
    ];
    if matches!(call.route, Route::Preflight | Route::SessionPreflight(_)) {
        headers.extend([
            ("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE".to_owned()),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Prefer".to_owned()),
            ("Access-Control-Max-Age", "7200".to_owned()),
        ]);
    }
    headers
}
