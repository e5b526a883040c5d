//! `/mcp`: messages of agents' clients (docs/API.md, section 12). A tool's call is made as the call of the HTTP API that it
//! is, by the same key: whatever that call checks, stores or refuses, it does here too.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::key::{Caller, Scope};
use latchkey_core::mcp::{
    Answered as ToolAnswer, Asked, Headers, NoCall, Question, Response, Server, read, reads_only_streams,
};
use latchkey_core::routes::{Found, find};

use super::Answered;
use crate::app::App;
use crate::auth::{ApiCaller, Early};
use crate::error::{Doing, Error, Result};
use crate::log::Entry;
use crate::pages;
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::Authorise;
use crate::shape::{Shape, failed};

/// What the build makes of the table of tools. A file and no part of the module: 57 kB that only lists of tools need.
const TOOLS: &str = "https://assets.local/agents/tools.json";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `POST /mcp`: (1) pages of other origins, 403; (2) the key, 401; (3) the message, by the rules of its revision; (4) the
/// answer, or the call that it becomes.
pub async fn answer(app: &App, incoming: Incoming, entry: &mut Entry) -> Answered {
    require_known_origin(app, &incoming)?;
    let caller = match authorised(app, &incoming).await {
        Ok(caller) => caller,
        Err(Early::Failed(error)) if is_unauthorised(&error) => {
            return challenged(app, &incoming, failed(&error, Shape::Envelope, entry));
        }
        Err(early) => return Err(early),
    };
    let body = incoming.json_body().await?;
    let asked = match read(&body, &headers(&incoming)) {
        Ok(asked) => asked,
        Err(response) => return Ok(reply(&incoming, &response)),
    };
    let brand = pages::brand(app).await;
    let server = Server { name: brand.name.as_deref(), version: VERSION };
    match &asked.question {
        Question::Call { .. } => call(app, &incoming, &caller, &asked, &server, entry).await,
        Question::List => Ok(reply(&incoming, &asked.describe(&server, &tools(app).await?, &caller))),
        Question::Discover | Question::Initialize { .. } | Question::Ping => {
            Ok(reply(&incoming, &asked.describe(&server, "", &caller)))
        }
    }
}

/// A page may have been led here under another name (DNS rebinding), so an origin that nobody has allowed is refused.
fn require_known_origin(app: &App, incoming: &Incoming) -> Result<()> {
    match incoming.header("origin") {
        Some(origin) if !app.lets_page_use_keys(&origin) => {
            let message = "This page may not speak to the endpoint for agents.";
            let refused = Refused::new(Code::OriginNotAllowed, message);
            Err(refused.with_hint("Name its origin in API_ALLOWED_ORIGINS, or call from a server.").into())
        }
        _ => Ok(()),
    }
}

async fn authorised(app: &App, incoming: &Incoming) -> Result<Caller, Early> {
    ApiCaller::new(app, incoming)?.plan(Authorise).await
}

async fn call(
    app: &App,
    incoming: &Incoming,
    caller: &Caller,
    asked: &Asked,
    server: &Server<'_>,
    entry: &mut Entry,
) -> Answered {
    let call = match asked.call(caller) {
        Ok(call) => call,
        Err(NoCall::Answered(response)) => return Ok(reply(incoming, &response)),
        Err(NoCall::Arguments(tool, refused)) => {
            let Answer { status, body, .. } = refused.answer(&incoming.request_id);
            let answered = ToolAnswer { status, body: &body, retry_after: None, first_at: None };
            return Ok(reply(incoming, &asked.outcome(server, tool, &answered)));
        }
        Err(NoCall::Scope(scope)) => return lacking(app, incoming, caller, scope, entry),
    };
    let mut inner = incoming.tool_call(&call)?;
    let Found::Call(found) = find(&inner.method, inner.url.path()) else {
        return Err(Error::fault(format!("the tool {} is no call", call.tool.name)).into());
    };
    inner.row = Some(found.row);
    // The call's own way is longer than this one: it is boxed, since the one is inside the other.
    let inner = Box::pin(super::answer(app, found, inner, entry)).await;
    if inner.status() == 401 {
        return challenged(app, incoming, inner);
    }
    let (status, body) = (inner.status(), inner.text());
    let answered = ToolAnswer { status, body, retry_after: inner.header("Retry-After"), first_at: inner.first_at() };
    Ok(reply(incoming, &asked.outcome(server, call.tool, &answered)))
}

async fn tools(app: &App) -> Result<String> {
    Ok(app.assets()?.fetch(TOOLS, None).await.doing("read the list of tools")?.text().await?)
}

fn headers(incoming: &Incoming) -> Headers {
    Headers {
        version: incoming.header("mcp-protocol-version"),
        method: incoming.header("mcp-method"),
        name: incoming.header("mcp-name"),
    }
}

/// A client that reads only streams gets the answer as the one event of a stream; every other client gets it as JSON.
fn reply(incoming: &Incoming, response: &Response) -> Reply {
    if response.body.is_empty() {
        return Reply::empty(response.status);
    }
    let is_event =
        response.status == 200 && incoming.header("accept").is_some_and(|accept| reads_only_streams(&accept));
    if is_event { Reply::event(response.as_event()) } else { Reply::rpc(response.status, response.body.clone()) }
}

fn is_unauthorised(error: &Error) -> bool {
    matches!(error, Error::Refused(refused) if refused.code == Code::InvalidApiKey)
}

/// RFC 9728 §5.1: how to come in. RFC 6750 §3.1: whoever has shown no token is not told of an error.
fn challenged(app: &App, incoming: &Incoming, reply: Reply) -> Answered {
    let error = if incoming.header("authorization").is_some() { "error=\"invalid_token\", " } else { "" };
    let challenge = format!("Bearer {error}{}, scope=\"read draft\"", metadata(app, incoming)?);
    Ok(reply.with("WWW-Authenticate", challenge))
}

/// RFC 6750 §3.1: a key that may not do this at all. The scopes that it has are named too, so that a client that asks for these
/// loses none.
fn lacking(app: &App, incoming: &Incoming, caller: &Caller, missing: Scope, entry: &Entry) -> Answered {
    let name = missing.as_str();
    let error = Error::refused(Code::InsufficientKeyScope, format!("This tool needs the scope `{name}`."));
    let mut scopes = caller.scopes.clone();
    scopes.insert(missing);
    let scopes = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\", {}", metadata(app, incoming)?);
    Ok(failed(&error, Shape::Envelope, entry).with("WWW-Authenticate", challenge))
}

fn metadata(app: &App, incoming: &Incoming) -> Result<String> {
    let origin = app.public_origin(&incoming.url)?;
    Ok(format!("resource_metadata=\"{origin}/.well-known/oauth-protected-resource/mcp\""))
}
