//! `/v1/webhooks`: the subscribers of events. Secrets are sealed here, before they reach the workspace.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::webhook::{ChangeWebhook, CreateWebhook, Wanted, webhook_view};
use latchkey_core::id::{TenantId, WebhookId};
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::secret::Secret;
use latchkey_core::webhook::{Change, CustomHeaders, SealedHeaders, SigningSecret, Webhook};
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::error::{Error, Result};
use crate::names::WORKSPACE;
use crate::request::Incoming;
use crate::rpc::workspace::{PlanWebhook, WebhookCommand};
use crate::runtime::{entropy, now};

/// `POST`: 201, the only answer that has the secret in it. (1) The workspace says whose it will be, (2) its secrets are sealed
/// here, (3) it is stored together with the answer.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let public = app.public();
    let parse = |body: &[u8]| {
        let input = read::<CreateWebhook>(body, &[])?.value;
        let tenant_id = input.tenant_id.clone();
        Ok((tenant_id, input.validate(|url| public.url(url))?))
    };
    let (caller, (wanted_tenant, wanted)) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let tenant_id = caller.plan(PlanWebhook { tenant_id: wanted_tenant }).await?;
    let (webhook, secret) = new_webhook(app, tenant_id, wanted)?;
    let mut data = webhook_view(&webhook);
    if let Some(fields) = data.as_object_mut() {
        // EXPOSE: shown this once, to whoever will verify with it.
        fields.insert("secret".into(), json!(secret.text().expose()));
    }
    let commit = |answer, is_sealed| WebhookCommand::Commit { webhook: Box::new(webhook), answer, is_sealed };
    Ok(caller.commit_with_credential(Answer::data(201, data), commit).await?)
}

/// `PATCH`: what is not given stays as it is.
pub async fn change(app: &App, mut incoming: Incoming, id: String) -> Answered {
    let public = app.public();
    let parse = |body: &[u8]| read::<ChangeWebhook>(body, &[])?.value.validate(|url| public.url(url));
    let (caller, wanted) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    // A secret is bound to the webhook's id, and what is no id has no secret.
    let unknown = || Error::refused(Code::NotFound, "There is no such webhook.");
    let known = caller.require(WebhookId::parse(&id).map_err(|_| unknown())).await?;
    let change = sealed(app, &known, wanted)?;
    Ok(caller.run(WebhookCommand::Change { id, change: Box::new(change) }).await?)
}

fn new_webhook(app: &App, tenant_id: Option<TenantId>, mut wanted: Wanted) -> Result<(Webhook, SigningSecret)> {
    let id = WebhookId::from_entropy(entropy()?);
    let secret = match wanted.secret.take() {
        Some(secret) => secret,
        None => SigningSecret::from_entropy(entropy()?),
    };
    let sealed_secret = seal_secret(app, &id, &secret)?;
    let first = sealed(app, &id, wanted)?;
    Ok((Webhook::new(id, tenant_id, sealed_secret, first, now()), secret))
}

fn sealed(app: &App, id: &WebhookId, wanted: Wanted) -> Result<Change> {
    Ok(Change {
        name: wanted.name,
        url: wanted.url,
        events: wanted.events,
        secret: wanted.secret.map(|secret| seal_secret(app, id, &secret)).transpose()?,
        headers: wanted.headers.map(|headers| seal_headers(app, id, &headers)).transpose()?,
        legacy_signature: wanted.legacy_signature,
        enabled: wanted.enabled,
    })
}

fn seal_secret(app: &App, id: &WebhookId, secret: &SigningSecret) -> Result<String> {
    // EXPOSE: into the seal.
    seal(app, Purpose::WebhookSecret, id, secret.text().expose().as_bytes())
}

fn seal_headers(app: &App, id: &WebhookId, headers: &CustomHeaders) -> Result<SealedHeaders> {
    let bytes: Secret<Vec<u8>> = headers.to_bytes();
    // EXPOSE: into the seal.
    let sealed = seal(app, Purpose::WebhookHeaders, id, bytes.expose())?;
    Ok(SealedHeaders { names: headers.names(), sealed })
}

fn seal(app: &App, purpose: Purpose, id: &WebhookId, plaintext: &[u8]) -> Result<String> {
    let context = Context { workspace: WORKSPACE, purpose, row: id.as_str() };
    Ok(app.keyring().seal(&context, plaintext, entropy()?)?)
}
