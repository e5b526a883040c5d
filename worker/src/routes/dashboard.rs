//! `/` and `/v1/dashboard/*`: the operator's page, and its sign-in (docs/API.md, section 8).

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::query::Query;
use latchkey_core::api::sample::SampleAsked;
use latchkey_core::secret::Secret;
use serde::Deserialize;
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::auth::{ApiCaller, digest_of};
use crate::dashboard::{SignedIn, require_our_page};
use crate::error::{Doing, Result};
use crate::names::callback_url;
use crate::pages::{brand, dressed, sample};
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{Authorise, SignIn, SignedInAs};
use crate::runtime::now;

/// Assets are asked for by path alone; the host means nothing.
const PAGE: &str = "https://assets.local/dashboard/page";
/// Where X serves the pictures of its users.
const PICTURES: &str = "https://pbs.twimg.com https://abs.twimg.com";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    key: Secret<String>,
}

/// `GET /oauth/authorize`: the same page, which asks by itself: a request that another site has caused carries no cookie of
/// ours, since the cookie is `SameSite=Strict`. It looks at the address and shows what is asked.
pub async fn consent_page(app: &App) -> Answered {
    document(app, Some("Connect an assistant")).await
}

/// `GET /`: the dashboard.
pub async fn page(app: &App) -> Answered {
    document(app, None).await
}

/// The static page under the operator's name. The workspace is asked for the name once a minute at most, however many strangers
/// look.
async fn document(app: &App, title: Option<&str>) -> Answered {
    let html = app.assets()?.fetch(PAGE, None).await.doing("read the dashboard's page")?.text().await?;
    Ok(framed(app, dressed(&html, title, &brand(app).await)))
}

/// With the policy that this configuration needs. Its form goes to X by a redirect of ours, which Chromium checks as well.
fn framed(app: &App, html: String) -> Reply {
    let x = app.endpoints().authorize_url.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data: blob: {PICTURES} {x}; media-src 'self' blob:; manifest-src 'self'; frame-src 'self'; \
         form-action 'self' {x}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    Reply::page(200, html, policy)
}

/// `POST /v1/dashboard/session`: 201 with a cookie, 401 for a key that is none, 403 for another site's page: it could
/// put its own key into the operator's browser.
pub async fn sign_in(app: &App, incoming: Incoming) -> Answered {
    require_our_page(&incoming)?;
    let credentials: Credentials = read(&incoming.json_body().await?, &[])?.value;
    // EXPOSE: without the white space that copying leaves around it.
    let key_digest = digest_of(app, &Secret::new(credentials.key.expose().trim().to_owned()))?;
    let (browser, cookie) = SignedIn::begin(&incoming)?;
    let sign_in = SignIn { key_digest, session: browser.session().to_owned(), request_id: incoming.request_id.clone() };
    let workspace = app.workspace()?;
    let mut signed_in = workspace.sign_in(sign_in).await?;
    // The cookie is replaced, and nobody has the former sign-in any more.
    if let Some(former) = SignedIn::former(&incoming) {
        workspace.sign_out(former.session(), false, &incoming.request_id).await?;
        signed_in = workspace.signed_in(browser.session()).await?.unwrap_or(signed_in);
    }
    Ok(answer(app, 201, &incoming, &browser, &signed_in)?.with("Set-Cookie", cookie))
}

/// `GET`: who is signed in here; `data` is null if nobody is.
pub async fn signed_in(app: &App, incoming: &Incoming) -> Answered {
    if let Some(browser) = SignedIn::of(incoming)?
        && let Some(signed_in) = app.workspace()?.signed_in(browser.session()).await?
    {
        return Ok(answer(app, 200, incoming, &browser, &signed_in)?);
    }
    Ok(Reply::json(&Answer::data(200, json!(null))))
}

/// `DELETE`: this browser, or every one that has signed in with the same key. Again, it changes nothing.
pub async fn sign_out(app: &App, incoming: &Incoming, is_everywhere: bool) -> Answered {
    let Some(browser) = SignedIn::of(incoming)? else { return Ok(signed_out(0)) };
    let ended = app.workspace()?.sign_out(browser.session(), is_everywhere, &incoming.request_id).await?;
    Ok(signed_out(ended).with("Set-Cookie", SignedIn::end(incoming)))
}

/// `GET /v1/dashboard/pages/{page}`: a page as a customer sees it, with made-up data and the saved brand, or with the name and
/// colour that are tried out. Our own origin alone may frame it, and nothing on it acts. 404 for a page that is none.
pub async fn sample_page(app: &App, incoming: &Incoming, page: &str) -> Answered {
    let caller = ApiCaller::new(app, incoming)?;
    let asked = caller.require(SampleAsked::read(page, Query::parse(incoming.query()))).await?;
    caller.plan(Authorise).await?;
    Ok(sample(&asked, app.workspace()?.brand().await?, now())?)
}

/// With what an operator has to enter at X before there is an app to ask about.
fn answer(app: &App, status: u16, incoming: &Incoming, browser: &SignedIn, signed_in: &SignedInAs) -> Result<Reply> {
    let _ = incoming.key_id.set(signed_in.key_id.clone());
    let SignedInAs { key_id, scopes, tenant_id, account_id, expires_at, sessions, is_frozen, changes_after } =
        signed_in;
    let data = json!({
        "id": browser.id(),
        "key_id": key_id,
        "scopes": scopes,
        "tenant_id": tenant_id,
        "account_id": account_id,
        "expires_at": expires_at,
        "sessions": sessions,
        "changes_after": changes_after,
        "is_frozen": is_frozen,
        "callback_url": callback_url(&app.public_origin(&incoming.url)?),
    });
    Ok(Reply::json(&Answer::data(status, data)))
}

fn signed_out(ended: u64) -> Reply {
    Reply::json(&Answer::success(200, json!({ "message": "Signed out", "ended": ended })))
}
