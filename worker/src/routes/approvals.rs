//! `/approve/{token}`: a person without a key approves or rejects a post (docs/API.md, section 5). The token proves itself,
//! so a made-up one wakes no object.

use latchkey_core::api::code::Code;
use latchkey_core::api::post::rejection;
use latchkey_core::api::refused::Refused;
use latchkey_core::approval::{Decision, Link};
use latchkey_core::dashboard::Provenance;
use url::Url;

use super::Answered;
use crate::app::App;
use crate::auth::Early;
use crate::error::{Error, Result};
use crate::names::{WORKSPACE, callback_url};
use crate::pages::Theme;
use crate::request::{Form, Incoming};
use crate::response::Reply;

/// `GET`: everything on which a person decides, or what has become of the request. It changes nothing: 404 a made-up
/// token, 410 `approval_stale` an earlier version.
pub async fn show(app: &App, incoming: &Incoming, token: &str) -> Answered {
    let link = genuine(app, token).map_err(Early::Unproven)?;
    let theme = Theme::of(app, incoming.messages()).await;
    Ok(as_it_stands(app, incoming, &link, &theme).await?)
}

/// `POST`: the buttons. 403 `origin_not_allowed` unless a page of ours sends it; 404 a made-up token; 400 another form;
/// 409 `approval_late`, `already_published`, or `in_flight` of a frozen deployment; 410 `approval_stale`; and whatever
/// else keeps the post from leaving.
pub async fn answer(app: &App, incoming: &Incoming, token: &str) -> Answered {
    let link = genuine(app, token).map_err(Early::Unproven)?;
    let plain = Theme::plain(incoming.messages());
    if let Err(Error::Refused(refused)) = require_our_page(app, incoming) {
        return Ok(plain.with_known_brand().undecided(refused.code, &incoming.request_id));
    }
    match decide(app, incoming, &link).await {
        Ok(()) => Ok(Reply::see_other(&page(app, incoming)?)),
        Err(Error::Refused(refused)) => {
            let theme = plain.branded(app).await;
            match refused.code {
                Code::ApprovalStale | Code::ApprovalLate | Code::AlreadyPublished => {
                    Ok(as_it_stands(app, incoming, &link, &theme).await?.at(refused.code.status()))
                }
                code => Ok(theme.undecided(code, &incoming.request_id)),
            }
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The request, or that there is a later one.
async fn as_it_stands(app: &App, incoming: &Incoming, link: &Link, theme: &Theme) -> Result<Reply> {
    match app.workspace()?.approval_shown(link, &our_callback(app, incoming)?).await {
        Ok(shown) => theme.approval(&shown),
        Err(Error::Refused(refused)) if refused.code == Code::ApprovalStale => theme.approval_stale(),
        Err(error) => Err(error),
    }
}

async fn decide(app: &App, incoming: &Incoming, link: &Link) -> Result<()> {
    let decision = decision(incoming.form().await?)?;
    let callback_url = our_callback(app, incoming)?;
    app.workspace()?.answer_approval(link, decision, &incoming.request_id, &callback_url).await
}

/// This very page, as people see it.
fn page(app: &App, incoming: &Incoming) -> Result<Url> {
    let address = format!("{}{}", app.public_origin(&incoming.url)?, incoming.url.path());
    Url::parse(&address).map_err(Error::fault)
}

fn genuine(app: &App, token: &str) -> Result<Link> {
    Link::read(app.keyring(), WORKSPACE, token)
        .ok_or_else(|| Error::refused(Code::NotFound, "There is no such request for approval."))
}

fn decision(mut form: Form) -> Result<Decision, Refused> {
    match form.take("decision").as_deref() {
        Some("approve") => Ok(Decision::Approve),
        Some("reject") => rejection(form.take("note").as_deref()),
        _ => Err(Refused::field("decision", "expected approve or reject")),
    }
}

/// Whoever makes a browser send the form without its person has no page of ours.
fn require_our_page(app: &App, incoming: &Incoming) -> Result<()> {
    let (fetch_site, origin) = (incoming.header("sec-fetch-site"), incoming.header("origin"));
    let provenance =
        Provenance { method: &incoming.method, fetch_site: fetch_site.as_deref(), origin: origin.as_deref() };
    if provenance.is_our_page(&app.public_origin(&incoming.url)?) {
        return Ok(());
    }
    Err(Error::refused(Code::OriginNotAllowed, "Only the page of the approval may answer."))
}

fn our_callback(app: &App, incoming: &Incoming) -> Result<String> {
    Ok(callback_url(&app.public_origin(&incoming.url)?))
}
