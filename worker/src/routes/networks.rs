//! `/v1/social-networks`: the operator's X app. The secret is proven, sealed, read back, and only then current.

use http::Response;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::{Nothing, read};
use latchkey_core::api::network::{
    CreateNetwork, Diagnosis, UpdateNetwork, accept_verdict, require_credentials, require_x,
};
use latchkey_core::doctor::{Verdict, client_id_shape, probe_verdict};
use latchkey_core::network::ClientType;
use latchkey_core::oauth::{ClientCredentials, probe_request};
use serde_json::json;

use super::{Answered, accounts};
use crate::app::App;
use crate::auth::ApiCaller;
use crate::error::{Error, Result};
use crate::outbound::QUICK;
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{AppCommand, DeleteNetwork, NetworkCommit, NetworkInput, NetworkPlan, PlanVerification};

/// `POST`: 201, or 200 when it rotates what this tenant has; 409 `client_changed`; 422 with the key doctor's verdict.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let (caller, (input, credentials)) = ApiCaller::with_body(app, &mut incoming, |body| {
        let input = read::<CreateNetwork>(body, &[])?.value;
        require_x(&input.network)?;
        let credentials = ClientCredentials::new(&input.client_key, &input.client_secret);
        require_credentials(&credentials)?;
        Ok((input, credentials))
    })
    .await?;
    let client_id = credentials.client_id.clone();
    let plan = caller.plan(NetworkInput::Put { client_id, tenant_id: input.tenant_id, force: input.force }).await?;
    store(app, &caller, plan, credentials, input.verify).await
}

/// `PATCH`: what is not given stays as it is.
pub async fn update(app: &App, mut incoming: Incoming, id: String) -> Answered {
    let parse = |body: &[u8]| Ok(read::<UpdateNetwork>(body, &[])?.value);
    let (caller, input) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let client_id = input.client_key.map(|key| key.trim().to_owned());
    let plan = caller.plan(NetworkInput::Change { id, client_id }).await?;
    let secret = match (input.client_secret, &plan.current) {
        (Some(secret), _) => secret,
        (None, Some(current)) => app.vault()?.credentials(current).await?.client_secret,
        (None, None) => return Err(Error::fault("a network to update has no current client").into()),
    };
    let credentials = ClientCredentials::new(&plan.client_id, &secret);
    if let Err(refused) = require_credentials(&credentials) {
        return Ok(caller.finish_refused(refused).await?);
    }
    store(app, &caller, plan, credentials, input.verify).await
}

/// `DELETE`: rows first, as with an account.
pub async fn delete(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let plan = caller.plan(DeleteNetwork { id }).await?;
    let open = accounts::release(app, plan).await;
    let warning = (open > 0).then(|| {
        format!(
            "X has not confirmed yet that the tokens of {} are void. X is asked again for 30 days; \
             `revocation` of each account says what X has confirmed.",
            if open == 1 { "1 account".to_owned() } else { format!("{open} accounts") }
        )
    });
    let warnings: Vec<String> = warning.into_iter().collect();
    let body = json!({ "message": "Social network deleted successfully", "warnings": warnings });
    Ok(Reply::json(&Answer::success(200, body)))
}

/// `POST …/verify`: the key doctor on what is stored.
pub async fn verify(app: &App, incoming: Incoming, id: String) -> Answered {
    let mut caller = ApiCaller::without_query(app, &incoming).await?;
    let body = caller.optional_json_body(&incoming).await?;
    caller.bind(&incoming, &body).await?;
    caller.require(read::<Nothing>(&body, &[])).await?;
    let plan = caller.plan(PlanVerification { id }).await?;
    let credentials = app.vault()?.credentials(&plan.network.client()).await?;
    let answer = probe(app, &credentials).await?;
    let verdict = probe_verdict(client_id_shape(&credentials.client_id), answer.as_ref());
    let diagnosis = Diagnosis::new(&plan.network, caller.callback_url(), plan.granted.as_ref(), &verdict);
    let answer = Answer::data(200, &diagnosis);
    let is_good = verdict == Verdict::Good;
    Ok(caller.finish(AppCommand::CommitVerification { id: plan.network.id, is_good, answer }).await?)
}

/// Prove, seal, read back, commit. Nothing is stored when X refuses the credentials.
async fn store(
    app: &App,
    caller: &ApiCaller<'_>,
    plan: NetworkPlan,
    credentials: ClientCredentials,
    verify: bool,
) -> Answered {
    let shape = client_id_shape(&credentials.client_id);
    let (verdict, accepted) = if verify {
        let answer = probe(app, &credentials).await?;
        let verdict = probe_verdict(shape, answer.as_ref());
        let accepted = accept_verdict(&verdict, answer.as_ref());
        (Some(verdict), accepted)
    } else {
        (None, Ok(None))
    };
    let warnings = match accepted {
        Ok(warning) => warning.into_iter().collect(),
        Err(refused) => return Ok(caller.finish_refused(refused).await?),
    };
    app.vault()?.store(&plan.id, plan.version, &credentials.client_secret).await?;
    let is_verified = verdict == Some(Verdict::Good);
    let commit = NetworkCommit {
        id: plan.id,
        tenant_id: plan.tenant_id,
        client_id: credentials.client_id,
        version: plan.version,
        replaces: plan.current.is_some(),
        client_type: ClientType::known_from(is_verified, shape),
        is_verified,
        warnings,
    };
    Ok(caller.finish(AppCommand::Commit(commit)).await?)
}

/// One call to X's token endpoint with a junk refresh token; nothing when X does not answer.
async fn probe(app: &App, credentials: &ClientCredentials) -> Result<Option<Response<Vec<u8>>>> {
    Ok(app.x().send(probe_request(app.endpoints(), credentials), QUICK).await?.ok())
}
