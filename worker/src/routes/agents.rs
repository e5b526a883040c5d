//! `/v1/agents`: a person looks at what an assistant's client asks, and decides (docs/API.md, section 12). Both calls are for the
//! page of a browser that is signed in, and a client's document is fetched for nobody else.

use latchkey_core::agent::{Answered as Told, Document, NotAClient, Registered, Wanted, url_of_document};
use latchkey_core::api::agent::{DecideRequest, ShowRequest};
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::refused::Refused;
use latchkey_core::id::KeyId;
use latchkey_core::json;
use latchkey_core::key::{AgentToken, Client, Consent, TokenKind, agent_name};
use latchkey_core::time::Span;
use serde_json::json;
use url::Url;

use super::Answered;
use super::oauth::digest;
use crate::app::App;
use crate::auth::{ApiCaller, Early};
use crate::error::Result;
use crate::pages;
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{Authorise, Command, KeyCommand, PlanAgent};
use crate::runtime::entropy;
use crate::stream::whole;

const DOCUMENT_BYTES: usize = 64 * 1024;
const TIME: Span = Span::secs(10);

/// `POST /v1/agents/requests`: who asks, for what, and what the person can give.
pub async fn show(app: &App, mut incoming: Incoming) -> Answered {
    let resource = format!("{}/mcp", app.public_origin(&incoming.url)?);
    let parse = |body: &[u8]| read::<ShowRequest>(body, &[])?.value.request.validate(&resource);
    let person = ApiCaller::new(app, &incoming)?.plan(Authorise).await?;
    let (caller, wanted) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    caller.require(person.require_person()).await?;
    let client = client(app, &caller, &wanted).await?;
    let data = json!({
        "client": { "host": client.host, "name": client.name },
        "redirect_uri": wanted.redirect_uri,
        "scopes": wanted.scopes,
        "can_give": person.can_give(),
        "tenant_id": person.binding.tenant_id,
        "account_id": person.binding.account_id,
        "brand": pages::brand(app).await.name,
    });
    Ok(Reply::json(&Answer::data(200, data)))
}

/// `POST /v1/agents`: where the browser goes next. With a yes, (1) the workspace says what the grant will be, (2) the code is made
/// here, (3) its digest is stored.
pub async fn decide(app: &App, mut incoming: Incoming) -> Answered {
    let origin = app.public_origin(&incoming.url)?;
    // By itself: a call has one first half, and this one's is the plan of the grant.
    let person = ApiCaller::new(app, &incoming)?.plan(Authorise).await?;
    let parse = |body: &[u8]| {
        let DecideRequest { request, allow, scopes, tenant_id, account_id } = read(body, &[])?.value;
        Ok((request.validate(&format!("{origin}/mcp"))?, allow, (scopes, tenant_id, account_id)))
    };
    let (caller, (wanted, allow, (scopes, tenant_id, account_id))) =
        ApiCaller::with_body(app, &mut incoming, parse).await?;
    caller.require(person.require_person()).await?;
    let client = client(app, &caller, &wanted).await?;
    if !allow {
        let answer = led(201, wanted.answer(&origin, Told::Denied).as_deref());
        return Ok(caller.finish(Command::Finish { answer, is_sealed: false }).await?);
    }
    let id = entropy()?;
    let code = AgentToken::new(id, entropy()?).text(app.keyring(), TokenKind::Code);
    let (challenge, redirect_uri) = (wanted.challenge.clone(), wanted.redirect_uri.clone());
    let consent = Consent { client, scopes, challenge, redirect_uri, digest: digest(&code) };
    let plan = PlanAgent { id: KeyId::from_entropy(id), consent, tenant_id, account_id };
    let key = caller.plan(plan).await?;
    // EXPOSE: it goes to the client by way of the person's browser.
    let answer = led(201, wanted.answer(&origin, Told::Code(code.expose())).as_deref());
    let digest = agent_name(&digest(&code));
    let commit = |answer, is_sealed| KeyCommand::Commit { key: Box::new(key), digest, answer, is_sealed };
    Ok(caller.commit_with_credential(answer, commit).await?)
}

fn led(status: u16, redirect_to: Option<&str>) -> Answer {
    Answer::data(status, json!({ "redirect_to": redirect_to }))
}

/// The client, if it is one and may be answered where it asks to be.
async fn client(app: &App, caller: &ApiCaller<'_>, wanted: &Wanted) -> Result<Client, Early> {
    if let Some(registered) = Registered::read(app.keyring(), &wanted.client_id, &wanted.redirect_uri) {
        return caller.require(registered.map_err(not_a_client)).await;
    }
    let Some(url) = url_of_document(&wanted.client_id, app.allows_loopback()) else {
        return caller.require(Err(unknown("it is neither registered here nor the address of a document"))).await;
    };
    let document = document(app, &url).await?;
    let client = document.and_then(|document| document.client(&url, &wanted.redirect_uri).map_err(not_a_client));
    caller.require(client).await
}

/// A document is what its own address answers, and no other: redirects are not followed.
async fn document(app: &App, url: &Url) -> Result<std::result::Result<Document, Refused>> {
    let url = match app.public().url(url.as_str()) {
        Ok(url) => url,
        Err(reason) => return Ok(Err(unknown(&reason.to_string()))),
    };
    let fetched = match app.public().get_only(url, TIME).await? {
        Ok(fetched) => fetched,
        Err(reason) => return Ok(Err(unknown(&format!("its document cannot be read: {reason}")))),
    };
    let length = fetched.length.and_then(|length| usize::try_from(length).ok());
    // What breaks on the way is the other side's, as is what never comes.
    let Ok(bytes) = whole(&fetched.body, DOCUMENT_BYTES, length).await else {
        return Ok(Err(unknown("its document breaks off")));
    };
    let document = bytes.and_then(|bytes| json::from_slice(&bytes).ok());
    Ok(document.ok_or_else(|| unknown("its document is not JSON of at most 64 KiB that names a client")))
}

fn not_a_client(why: NotAClient) -> Refused {
    match why {
        NotAClient::OtherPlace => Refused::field("redirect_uri", why.to_string()),
        other => unknown(&other.to_string()),
    }
}

fn unknown(reason: &str) -> Refused {
    let message = format!("This client is not known: {reason}.");
    Refused::new(Code::InvalidPayload, message.clone()).with_detail("client_id", message)
}
