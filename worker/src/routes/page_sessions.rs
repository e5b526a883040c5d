//! `POST /v1/page-sessions`: a key that ends, for a page; its token is shown once.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::page_session::{CreatePageSession, page_session_view};
use latchkey_core::key::PageToken;
use latchkey_core::seal::{base64url, sha256};
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::request::Incoming;
use crate::rpc::workspace::{KeyCommand, PlanPage};
use crate::runtime::entropy;

/// 201; 403 `insufficient_key_scope` for what the caller's own key may not, and for a key that ends itself. (1) The
/// workspace says what the key will be, (2) the token is made here, (3) its digest is stored together with the answer.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let parse = |body: &[u8]| read::<CreatePageSession>(body, &[])?.value.validate();
    let (caller, new) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let token = PageToken::new(entropy()?, &new.origin).text(app.keyring());
    let key = caller.plan(PlanPage(new)).await?;
    let mut data = page_session_view(&key).unwrap_or_default();
    let api_url = app.public_origin(&incoming.url)?;
    if let Some(fields) = data.as_object_mut() {
        // EXPOSE: shown this once, to the back end that serves the page.
        fields.insert("token".into(), json!(token.expose()));
        fields.insert("api_url".into(), json!(api_url));
    }
    // EXPOSE: hashed.
    let digest = base64url(&sha256(token.expose().as_bytes()));
    let commit = |answer, is_sealed| KeyCommand::Commit { key: Box::new(key), digest, answer, is_sealed };
    Ok(caller.commit_with_credential(Answer::data(201, data), commit).await?)
}
