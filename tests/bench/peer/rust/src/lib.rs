//! `peer/worker.ts` in Rust: the same calls, rows and messages, and as few promises. The distance from the TypeScript is the
//! price of Rust in wasm; our Worker's distance from here is the price of the promises.

mod ledger;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use worker::{Context, Env, Fetch, Headers, Method, Request, RequestInit, Response, Result, Stub, event};

use crate::ledger::{Message, token_of};

#[derive(Deserialize)]
struct Account {
    id: String,
    token: String,
}

#[derive(Deserialize)]
struct NewPost {
    content: String,
    accounts: Vec<String>,
}

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, context: Context) -> Result<Response> {
    let key = env.var("ADMIN_KEY")?.to_string();
    if request.headers().get("authorization")?.is_none_or(|given| given != format!("Bearer {key}")) {
        return Ok(failed("unauthorized")?.with_status(401));
    }
    let ledger = env.durable_object("LEDGER")?.get_by_name("main")?;
    match (request.method(), request.path().as_str()) {
        (Method::Post, "/accounts") => {
            let Account { id, token } = request.json().await?;
            send(&ledger, &Message::AddAccount { id, token }).await?;
            Ok(Response::from_json(&json!({ "success": true }))?.with_status(201))
        }
        (Method::Post, "/v1/posts") => post(request, ledger, &context).await,
        (Method::Get, path) if path.starts_with("/v1/posts/") => {
            let id = path.trim_start_matches("/v1/posts/").to_owned();
            Response::from_json(&send(&ledger, &Message::Read { id }).await?)
        }
        (_, path) if path.starts_with("/2/") => pass(&request, &ledger, &env).await,
        _ => Ok(failed("not_found")?.with_status(404)),
    }
}

async fn post(mut request: Request, ledger: Stub, context: &Context) -> Result<Response> {
    let (key, waits) = (request.headers().get("idempotency-key")?, request.headers().has("prefer")?);
    let body = request.text().await?;
    let NewPost { content, accounts } = serde_json::from_str(&body)?;
    let account_id = accounts.into_iter().next().unwrap_or_default();
    let fingerprint = STANDARD.encode(Sha256::digest(body.as_bytes()));
    let key = key.map_or_else(ledger::random_id, Ok)?;
    let created = send(&ledger, &Message::Create { key, fingerprint, content, account_id }).await?;
    let Some(id) = created.pointer("/post/id").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(failed("idempotency_key_reused")?.with_status(422));
    };
    if waits {
        send(&ledger, &Message::Publish { id: id.clone() }).await?;
        return Response::from_json(&send(&ledger, &Message::Read { id }).await?);
    }
    context.wait_until(async move {
        // As in worker.ts: nobody hears of a failure.
        let _ = send(&ledger, &Message::Publish { id }).await;
    });
    Response::from_json(&created)
}

/// X itself, with the account's token.
async fn pass(request: &Request, ledger: &Stub, env: &Env) -> Result<Response> {
    let account_id = request.headers().get("account")?.unwrap_or_default();
    let row = send(ledger, &Message::Token { account_id }).await?;
    let url = request.url()?;
    let headers = Headers::new();
    headers.set("authorization", &format!("Bearer {}", token_of(&row)))?;
    let content_type = request.headers().get("content-type")?;
    headers.set("content-type", content_type.as_deref().unwrap_or("application/json"))?;
    let body = if request.method() == Method::Get { None } else { request.inner().body().map(Into::into) };
    let init = RequestInit { method: request.method(), headers, body, ..RequestInit::default() };
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let target = format!("{}{}{query}", env.var("X_API_ORIGIN")?, url.path());
    Fetch::Request(Request::new_with_init(&target, &init)?).send().await
}

/// One message to the object, and its answer.
async fn send(ledger: &Stub, message: &Message) -> Result<Value> {
    let body = Some(serde_json::to_string(message)?.into());
    let init = RequestInit { method: Method::Post, body, ..RequestInit::default() };
    ledger.fetch_with_request(Request::new_with_init("https://ledger/", &init)?).await?.json().await
}

fn failed(code: &str) -> Result<Response> {
    Response::from_json(&json!({ "success": false, "code": code }))
}
