//! `/v1/api-keys`: keys with fewer rights than the configuration's own key, shown once.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::key::{CreateKey, key_view};
use latchkey_core::key::new_key;
use latchkey_core::seal::{base64url, sha256};
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::request::Incoming;
use crate::rpc::workspace::{KeyCommand, KeyPlan, PlanKeyDeletion};
use crate::runtime::entropy;

/// `POST`: 201, the only answer that has the key in it. (1) The workspace says what the key will be, (2) it is made here,
/// (3) the object of its account learns of it, (4) its digest is stored together with the answer.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let parse = |body: &[u8]| read::<CreateKey>(body, &[])?.value.validate();
    let (caller, input) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let KeyPlan { key, object } = caller.plan(input).await?;
    let secret = new_key(entropy()?);
    let mut data = key_view(&key);
    if let Some(fields) = data.as_object_mut() {
        // EXPOSE: shown this once, to whoever had it made.
        fields.insert("key".into(), json!(secret.expose()));
    }
    // EXPOSE: hashed.
    let digest = base64url(&sha256(secret.expose().as_bytes()));
    if let Some(object) = object {
        app.account(&object)?.learn_key(&digest, &key).await?;
    }
    let commit = |answer, is_sealed| KeyCommand::Commit { key: Box::new(key), digest, answer, is_sealed };
    Ok(caller.commit_with_credential(Answer::data(201, data), commit).await?)
}

/// `DELETE`: the key opens nothing any more once this has answered.
pub async fn delete(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let (id, object) = caller.plan(PlanKeyDeletion { id }).await?;
    if let Some(object) = object {
        app.account(&object)?.forget_key(id.as_str()).await?;
    }
    Ok(caller.finish(KeyCommand::CommitDeletion { id }).await?)
}
