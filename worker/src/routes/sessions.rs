//! `/v1/connect-sessions` and `auth-url`: sessions are made, watched, completed and cancelled (docs/API.md, section 3).

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::connect::{CompleteSession, ConfirmSession, CreateAuthUrl, CreateSession, IGNORED, NewSession};
use latchkey_core::api::input::{Nothing, read};
use latchkey_core::api::query::{Query, plus_for_space};
use latchkey_core::connect::ticket::Ticket;
use latchkey_core::connect::{Entry, Session, Status, Terms};
use latchkey_core::json;
use latchkey_core::key::Binding;
use serde_json::{Value, json};

use super::Answered;
use crate::app::App;
use crate::auth::{ApiCaller, is_session_token, page_origin, session_bearer};
use crate::error::{Error, Result};
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::connect::Completed;
use crate::rpc::workspace::{Authorise, Command, PlanSession, SessionPlan};
use crate::runtime::{entropy, now};

/// The longest a poll is held (docs/API.md, section 3b, step 4).
const LONGEST_WAIT_SECS: u32 = 25;

/// `POST /v1/connect-sessions`: 201 with the token that a page may hold.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let page = page_origin(app, &incoming);
    let parse = |body: &[u8]| read::<CreateSession>(body, &[])?.value.validate(page.as_deref());
    let (caller, new) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let (ticket, session) = open(app, &caller, "x", new).await?;
    let origin = app.public_origin(&incoming.url)?;
    let data = json!({
        "id": session.id(),
        // EXPOSE: the session's own token, for the page that the caller serves.
        "token": ticket.token(app.keyring()).expose(),
        "expires_at": session.terms().expires_at.to_iso(),
        "connect_url": format!("{origin}/connect/start"),
    });
    Ok(caller.finish_with_credential(Answer::data(201, data)).await?)
}

/// `POST` or `GET /v1/social-networks/{network or id}/auth-url`: a link that anyone may open. A GET has its fields in
/// the query.
pub async fn auth_url(app: &App, incoming: Incoming, network: String) -> Answered {
    let mut caller = ApiCaller::new(app, &incoming)?;
    let body = if incoming.method == "GET" {
        let mut fields = caller.require(Query::parse(incoming.query()).fields()).await?;
        fields.entry("tenant_id".to_owned()).and_modify(|tenant_id| *tenant_id = plus_for_space(tenant_id));
        serde_json::to_vec(&fields)?
    } else {
        caller.require(Query::parse(incoming.query()).finish()).await?;
        caller.optional_json_body(&incoming).await?
    };
    caller.bind(&incoming, &body).await?;
    let input = caller.require(read::<CreateAuthUrl>(&body, IGNORED)).await?;
    let new = caller.require(input.value.validate()).await?;
    let (_, session) = open(app, &caller, &network, new).await?;
    let origin = app.public_origin(&incoming.url)?;
    let data = json!({
        "auth_url": format!("{origin}/connect/link/{}", session.id()),
        "expires_at": session.terms().expires_at.to_iso(),
        "connect_id": session.id(),
    });
    let answer = Answer::success(200, json!({ "data": data, "warnings": input.warnings }));
    Ok(caller.finish_with_credential(answer).await?)
}

/// `GET`: the status, at once or when it is no longer `since`. For the session's token or an API key.
pub async fn get(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let ticket = authorised(app, incoming, id).await?;
    let since = incoming.query_value("since").and_then(|word| json::from_value::<Status>(&Value::String(word)).ok());
    let wait = incoming.query_value("wait").and_then(|secs| secs.parse::<u32>().ok()).unwrap_or(0);
    let wait_ms = i64::from(wait.min(LONGEST_WAIT_SECS)) * 1000;
    let view = app.connect(&ticket.object())?.view(wait_ms, since).await?;
    Ok(Reply::json(&Answer::data(200, view)))
}

/// `DELETE`: the site or the person changed their mind.
pub async fn cancel(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let ticket = authorised(app, incoming, id).await?;
    let view = app.connect(&ticket.object())?.cancel().await?;
    Ok(Reply::json(&Answer::data(200, view)))
}

/// `POST …/complete`: 200 `connected` or 202 `needs_confirmation`; 400 `verifier_mismatch` spends nothing.
pub async fn complete(app: &App, incoming: Incoming, id: &str) -> Answered {
    let ticket = genuine(app, id)?;
    session_bearer(app, &incoming, &ticket)?;
    let body = incoming.json_body().await?;
    let input = read::<CompleteSession>(&body, &[])?.value;
    let completed = app.connect(&ticket.object())?.complete(&input.code_verifier).await?;
    Ok(Reply::json(&answer_of(completed)))
}

/// `POST …/confirm`: the code that another browser shows. 403 `confirmation_failed`; the third one ends the session.
pub async fn confirm(app: &App, incoming: Incoming, id: &str) -> Answered {
    let ticket = genuine(app, id)?;
    session_bearer(app, &incoming, &ticket)?;
    let body = incoming.json_body().await?;
    let input = read::<ConfirmSession>(&body, &[])?.value;
    let completed = app.connect(&ticket.object())?.confirm(&input.code).await?;
    Ok(Reply::json(&answer_of(completed)))
}

/// `POST …/accept`: the back end knows the person whom a link with `accept: "manual"` connected.
pub async fn accept(app: &App, mut incoming: Incoming, id: &str) -> Answered {
    let parse = |body: &[u8]| read::<Nothing>(body, &[]);
    let (caller, _) = ApiCaller::with_optional_body(app, &mut incoming, parse).await?;
    let binding = caller.plan(Authorise).await?.binding;
    let accepted = match within(app, &binding, id).await {
        Ok(ticket) => app.connect(&ticket.object())?.accept().await,
        Err(error) => Err(error),
    };
    match accepted {
        Ok(completed) => Ok(caller.finish(Command::Finish { answer: answer_of(completed), is_sealed: false }).await?),
        Err(Error::Refused(refused)) => Ok(caller.finish_refused(*refused).await?),
        Err(fault) => Err(fault.into()),
    }
}

fn answer_of(completed: Completed) -> Answer {
    match completed {
        Completed::Connected(view) => Answer::data(200, view),
        Completed::Waiting(status) => Answer::data(202, json!({ "status": status })),
    }
}

/// Looks up the X app, makes the names, and gives the session its object.
async fn open(
    app: &App,
    caller: &ApiCaller<'_>,
    network: &str,
    new: NewSession,
) -> Result<(Ticket, Session), crate::auth::Early> {
    let plan: SessionPlan = caller
        .plan(PlanSession {
            network: network.to_owned(),
            tenant_id: new.tenant_id,
            reconnect: new.reconnect_account_id,
        })
        .await?;
    let origin = match &new.entry {
        Entry::Embed { origin, .. } => Some(origin.as_str()),
        Entry::Link { .. } => None,
    };
    let ticket = Ticket::new(entropy()?, origin);
    let terms = Terms {
        client: plan.client,
        callback_url: caller.callback_url().to_owned(),
        entry: new.entry,
        tenant_id: plan.tenant_id,
        scopes: new.scopes,
        expected_username: new.expected_username,
        expected_user: plan.expected_user,
        label: new.label,
        accept: new.accept,
        expires_at: now() + new.lifetime,
    };
    let session = Session::new(ticket.id(app.keyring()), terms);
    app.connect(&ticket.object())?.create(session.clone()).await?;
    Ok((ticket, session))
}

async fn authorised(app: &App, incoming: &Incoming, id: &str) -> Result<Ticket, crate::auth::Early> {
    if is_session_token(incoming) {
        let ticket = genuine(app, id)?;
        session_bearer(app, incoming, &ticket)?;
        return Ok(ticket);
    }
    let binding = ApiCaller::new(app, incoming)?.plan(Authorise).await?.binding;
    Ok(within(app, &binding, id).await?)
}

/// A session that a key of this binding may know of.
async fn within(app: &App, binding: &Binding, id: &str) -> Result<Ticket> {
    let ticket = genuine(app, id)?;
    if binding.is_narrow() {
        let terms = app.connect(&ticket.object())?.terms().await?;
        if !binding.admits_tenant(terms.tenant_id.as_ref()) {
            return Err(unknown_session());
        }
    }
    Ok(ticket)
}

/// An id that we made. A made-up one wakes no object.
fn genuine(app: &App, id: &str) -> Result<Ticket> {
    Ticket::from_id(app.keyring(), id).ok_or_else(unknown_session)
}

fn unknown_session() -> Error {
    Error::refused(Code::NotFound, "There is no such connect session.")
}
