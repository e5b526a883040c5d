//! `POST /v1/posts`: accepted means durable; what becomes of it is the account's matter.

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::request::Incoming;

/// The answer is stored with the effect, before any waiting; a wait that breaks answers what was committed.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let (caller, created) = ApiCaller::forward(app, &mut incoming).await?;
    match (incoming.wait_preference(), created.created_post()) {
        (Some(wait_ms), Some(id)) => Ok(caller.await_post(id, wait_ms).await.unwrap_or(created)),
        _ => Ok(created),
    }
}
