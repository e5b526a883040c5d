//! `/healthz`, the metrics, and the origins whose pages may read an answer (CORS, Fetch standard §3.2).

use latchkey_core::api::answer::Answer;
use latchkey_core::connect::ticket::Ticket;
use latchkey_core::metrics;
use latchkey_core::routes::{Call, Pages, Route, allowed, allowed_to_pages};
use latchkey_core::schema;
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::auth::{ApiCaller, is_page_token, page_origin};
use crate::request::Incoming;
use crate::response::Reply;

/// The schema says which older code may open the stored data. No configuration is opened: this answers while everything else says what is missing.
pub fn health() -> Reply {
    let version = env!("CARGO_PKG_VERSION");
    Reply::json(&Answer::json(200, &json!({ "ok": true, "version": version, "schema": schema::mark() })))
}

/// Counts of the whole deployment. The workspace writes the text.
pub async fn metrics(app: &App, incoming: &Incoming) -> Answered {
    let (_, reply) = ApiCaller::forward(app, incoming, Route::Metrics).await?;
    Ok(if reply.status() == 200 { reply.of_type(metrics::CONTENT_TYPE) } else { reply })
}

/// Any page may call what looks at no cookie and no key: the signed address of an upload is the permission, and so is the code or
/// the token in the form of an assistant's client.
fn open_cors(route: &Route, incoming: &Incoming) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Access-Control-Allow-Origin", "*".to_owned()),
        ("Access-Control-Expose-Headers", "X-Request-Id".to_owned()),
    ];
    if matches!(route, Route::OpenPreflight) {
        headers.extend([
            ("Access-Control-Allow-Methods", allowed(incoming.url.path()).join(", ")),
            // Whatever a client adds. The wildcard does not mean Authorization (Fetch §3.2.5).
            ("Access-Control-Allow-Headers", "*, Authorization".to_owned()),
            ("Access-Control-Max-Age", "7200".to_owned()),
        ]);
    }
    headers
}

/// Of calls with a key, and of agents' clients in a page.
const ALLOWED_HEADERS: &str =
    "Authorization, Content-Type, Idempotency-Key, Prefer, MCP-Protocol-Version, Mcp-Method, Mcp-Name";

/// Which methods a page of another origin is told that it has.
const EVERY_METHOD: &str = "GET, POST, PUT, PATCH, DELETE";

/// A session answers exactly the origin it was made for, which its id carries; so does the token of a page, and none other;
/// key routes the configured origins. What takes tokens of pages tells every page so beforehand: that question carries no token.
pub fn cors(app: &App, call: &Call, incoming: &Incoming) -> Vec<(&'static str, String)> {
    if call.row.pages == Pages::All {
        return open_cors(&call.route, incoming);
    }
    let Some(origin) = incoming.header("origin") else { return Vec::new() };
    let vary = ("Vary", "Origin".to_owned());
    let Some(methods) = methods_for(app, call, incoming, &origin) else { return vec![vary] };
    let mut headers = vec![
        vary,
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, Idempotency-Replayed, WWW-Authenticate".into()),
    ];
    if matches!(call.route, Route::Preflight | Route::SessionPreflight(_)) {
        headers.extend([
            ("Access-Control-Allow-Methods", methods),
            ("Access-Control-Allow-Headers", ALLOWED_HEADERS.to_owned()),
            ("Access-Control-Max-Age", "7200".to_owned()),
        ]);
    }
    headers
}

/// The methods that pages of the origin may use; none if they may read nothing.
fn methods_for(app: &App, call: &Call, incoming: &Incoming, origin: &str) -> Option<String> {
    if is_page_token(incoming) {
        let is_its_page = call.row.takes_pages() && page_origin(app, incoming).is_some();
        return is_its_page.then(|| EVERY_METHOD.to_owned());
    }
    let is_session = |id| Ticket::from_id(app.keyring(), id).is_some_and(|it| it.is_for(origin));
    let of_session = call.row.pages == Pages::OfSession && call.route.session_id().is_some_and(is_session);
    let of_operator = call.row.pages != Pages::None && app.lets_page_use_keys(origin);
    if of_session || of_operator {
        return Some(EVERY_METHOD.to_owned());
    }
    let of_pages = allowed_to_pages(incoming.url.path());
    (call.route == Route::Preflight && !of_pages.is_empty()).then(|| of_pages.join(", "))
}
