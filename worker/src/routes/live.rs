//! `GET /v1/changes`: one long poll for a page that shows what changes.

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::request::Incoming;

/// Without `Prefer: wait` at once.
pub async fn changes(app: &App, incoming: &Incoming) -> Answered {
    let caller = ApiCaller::new(app, incoming)?;
    caller.await_changes(incoming.query().to_owned(), incoming.wait_preference().unwrap_or(0)).await
}
