//! `/connect/*`: the pages and redirects for browsers on their way to X and back (docs/API.md, section 3).
//!
//! No URL of ours holds a secret. A cookie of the session, set on the way out, identifies the browser.

use latchkey_core::api::code::Code;
use latchkey_core::brand::{PICTURE_BYTES, logo_kind};
use latchkey_core::connect::page::{Asking, Page};
use latchkey_core::connect::ticket::Ticket;
use latchkey_core::connect::{Display, EntryKind};
use latchkey_core::cookie::SameSite;
use latchkey_core::oauth::authorize_url;
use latchkey_core::pkce::{CodeChallenge, CodeVerifier};
use latchkey_core::seal::base64url;
use latchkey_core::secret::Secret;
use latchkey_core::time::Span;
use url::Url;

use super::Answered;
use crate::app::App;
use crate::auth::Early;
use crate::error::{Error, Result};
use crate::outbound::QUICK;
use crate::pages::Theme;
use crate::request::{Form, Incoming};
use crate::response::Reply;
use crate::rpc::connect::{Arrival, Opening, digest};
use crate::runtime::{entropy, now};

/// As long as the longest session: its own end is not known before the answer is made.
const SECOND_BROWSER_LIFETIME: Span = Span::mins(30);

/// `POST /connect/start`: the widget's form. Only the session's own origin is taken at its word; a browser that hides
/// the origin is asked on a page of ours; any other origin is 403 and gets no cookie, or a hostile site could put its
/// own session into a victim's browser.
pub async fn start(app: &App, incoming: Incoming) -> Answered {
    let form = StartForm::posted(app, &incoming).await.map_err(Early::Unproven)?;
    match incoming.header("origin").as_deref() {
        Some(origin) if form.ticket.is_for(origin) => leave(app, &incoming, form).await,
        None | Some("null") => ask(app, &incoming, form).await,
        Some(_) => Err(other_page().into()),
    }
}

/// `POST /connect/start/confirmed`: the button of our own page.
pub async fn start_confirmed(app: &App, incoming: Incoming) -> Answered {
    let form = StartForm::posted(app, &incoming).await.map_err(Early::Unproven)?;
    require_our_page(app, &incoming)?;
    leave(app, &incoming, form).await
}

/// `GET /connect/link/{id}`: may be opened any number of times until one callback succeeds. HEAD and prefetch change
/// nothing: mail scanners and browsers look at links on their own. The id of a button's session is 404: it is public, and
/// here is neither a page whose origin is checked nor one that keeps the verifier.
pub async fn link(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let ticket = link_of(app, id).map_err(Early::Unproven)?;
    if incoming.is_head_or_prefetch() {
        return Ok(Reply::empty(204));
    }
    let verifier = CodeVerifier::from_entropy(entropy()?);
    let challenge = verifier.challenge();
    // EXPOSE: held by the session, sealed.
    let held = Some(Secret::new(verifier.expose().to_owned()));
    depart(app, incoming, ticket, Leaving { challenge, display: Display::Page, verifier: held }).await
}

/// `GET /connect/callback/x`: X sends a browser back. The answer is a clean URL without code and state. HEAD and
/// prefetch are no arrival and change nothing, as with a link.
pub async fn callback(app: &App, incoming: &Incoming) -> Answered {
    if incoming.is_head_or_prefetch() {
        return Ok(Reply::empty(204));
    }
    let state = incoming.query_value("state").unwrap_or_default();
    let unknown = || Early::Unproven(Error::refused(Code::StateUnknown, "This sign-in is not known here."));
    let object = Ticket::object_of_state(app.keyring(), &state).ok_or_else(unknown)?;
    let code = incoming.query_value("code").filter(|code| !code.is_empty()).map(Secret::new);
    let error = incoming.query_value("error");
    let second_browser = base64url(&entropy::<32>()?);
    let arrival = Arrival {
        state: digest(&state),
        cookie: cookie_of(incoming, &object).as_deref().map(digest),
        second_browser: digest(&second_browser),
        code,
        error,
    };
    let returned = app.connect(&object)?.callback(arrival).await?;
    let reply = match returned.page {
        Page::Return { url } => Reply::see_other(&url),
        _ => Reply::see_other(&result_url(app, incoming, &returned.id)?),
    };
    if !returned.is_second_browser {
        return Ok(reply);
    }
    Ok(reply.with("Set-Cookie", set_cookie(incoming, &object, &second_browser, SECOND_BROWSER_LIFETIME)))
}

/// `GET /connect/result/{id}`: what the browser shows in the end. Reading it changes nothing.
pub async fn result(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let ticket = genuine(app, id).map_err(Early::Unproven)?;
    let object = ticket.object();
    let cookie = cookie_of(incoming, &object).as_deref().map(digest);
    let page = app.connect(&object)?.page(cookie).await?;
    let theme = Theme::of(app, incoming.messages()).await;
    let place = incoming.url.path();
    Ok(match page {
        Page::Return { url } => Reply::see_other(&url),
        Page::Done(person) => theme.done(person.as_ref(), place)?,
        Page::Ended(ending) => theme.ended(ending)?,
        Page::Elsewhere(asking) => theme.elsewhere(&asking)?,
        Page::Waiting(asking) => theme.waiting(&asking)?,
        Page::Code { asking, person, code } => theme.code(&asking, &person, place, &code)?,
        Page::Button { asking, person, redirect_target } => {
            theme.button(&asking, &person, place, redirect_target.as_deref())?
        }
    })
}

/// `GET /connect/result/{id}/picture`: the picture of the account that this browser's page shows, and of no other. Whoever
/// has no cookie of the session, or sees a page without a person, gets 404. X's address is asked through the public door,
/// and what comes is told by its first bytes.
pub async fn picture(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let missing = || Error::refused(Code::NotFound, "There is no such picture.");
    let object = genuine(app, id).map_err(Early::Unproven)?.object();
    let cookie = cookie_of(incoming, &object).as_deref().map(digest).ok_or_else(missing).map_err(Early::Unproven)?;
    let page = app.connect(&object)?.page(Some(cookie)).await?;
    let url = page.person().and_then(|person| person.picture.as_deref()).ok_or_else(missing)?;
    let public = app.public();
    let address = public.url(url).map_err(|_| missing())?;
    let fetched = public.get(address, QUICK.time).await?.map_err(|_| missing())?;
    let bytes = fetched.bytes(PICTURE_BYTES).await?.map_err(|_| missing())?;
    let kind = logo_kind(&bytes).ok_or_else(missing)?;
    Ok(Reply::own_picture(kind.mime(), bytes))
}

/// `POST /connect/result/{id}`: the button of a link's page. Only from there, and only in the browser that X sent back.
pub async fn press(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let ticket = link_of(app, id).map_err(Early::Unproven)?;
    require_our_page(app, incoming)?;
    let object = ticket.object();
    let cookie = cookie_of(incoming, &object).as_deref().map(digest).unwrap_or_default();
    app.connect(&object)?.press(cookie).await?;
    Ok(Reply::see_other(&result_url(app, incoming, id)?))
}

/// What a start form carries.
struct StartForm {
    ticket: Ticket,
    token: Secret<String>,
    leaving: Leaving,
}

/// What goes with the browser.
struct Leaving {
    challenge: CodeChallenge,
    display: Display,
    verifier: Option<Secret<String>>,
}

impl StartForm {
    async fn posted(app: &App, incoming: &Incoming) -> Result<Self> {
        Self::read(app, incoming.form().await?)
    }

    fn read(app: &App, mut form: Form) -> Result<Self> {
        let token = Secret::new(form.take("token").unwrap_or_default());
        // EXPOSE: checked against its own MAC.
        let ticket = Ticket::from_token(app.keyring(), token.expose())
            .ok_or_else(|| Error::refused(Code::InvalidSessionToken, "This sign-in is not known here."))?;
        let method = form.take("code_challenge_method").unwrap_or_default();
        let challenge = form.take("code_challenge").unwrap_or_default();
        // RFC 7636 §4.3: S256 only; `plain` would put the verifier in the open.
        let challenge = CodeChallenge::parse(&challenge).ok().filter(|_| method == "S256");
        let display = match form.take("display").as_deref() {
            None | Some("popup") => Some(Display::Popup),
            Some("page") => Some(Display::Page),
            Some(_) => None,
        };
        let (Some(challenge), Some(display)) = (challenge, display) else { return Err(malformed()) };
        let verifier = form.take("code_verifier").map(Secret::new);
        // EXPOSE: only whether it is a verifier, and this challenge's.
        let fits = |text: &Secret<String>| {
            CodeVerifier::parse(text.expose()).is_ok_and(|verifier| challenge.matches(&verifier))
        };
        if !verifier.as_ref().is_none_or(|text| display == Display::Page && fits(text)) {
            return Err(malformed());
        }
        Ok(Self { ticket, token, leaving: Leaving { challenge, display, verifier } })
    }
}

/// The button of a page of ours names our origin; a form of any other page names another.
fn require_our_page(app: &App, incoming: &Incoming) -> Result<()> {
    let ours = app.public_origin(&incoming.url)?;
    let is_ours = incoming.header("origin").as_deref() == Some(ours.as_str());
    is_ours.then_some(()).ok_or_else(other_page)
}

fn other_page() -> Error {
    Error::refused(Code::OriginNotAllowed, "This page may not start this sign-in.")
}

fn malformed() -> Error {
    Error::refused(Code::InvalidPayload, "The sign-in was started with a malformed form.")
}

/// A page of ours that names site and label, with one button.
async fn ask(app: &App, incoming: &Incoming, form: StartForm) -> Answered {
    let terms = app.connect(&form.ticket.object())?.terms().await?;
    // A verifier that the form carried stays out of our page: the site's own page completes the session when it is back.
    let fields = [
        // EXPOSE: back to the browser that sent it, in the body of a page that nobody else may read or frame.
        ("token", form.token.expose().as_str()),
        ("code_challenge", form.leaving.challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("display", if form.leaving.display == Display::Page { "page" } else { "popup" }),
    ];
    let theme = Theme::of(app, incoming.messages()).await;
    Ok(theme.start(&Asking::from(&terms), &fields, &app.endpoints().authorize_url)?)
}

async fn leave(app: &App, incoming: &Incoming, form: StartForm) -> Answered {
    depart(app, incoming, form.ticket, form.leaving).await
}

/// Fresh state and cookie, then 303 to X.
async fn depart(app: &App, incoming: &Incoming, ticket: Ticket, leaving: Leaving) -> Answered {
    let state = ticket.state(app.keyring(), entropy()?);
    let cookie = base64url(&entropy::<32>()?);
    let challenge = leaving.challenge.clone();
    let opening = Opening {
        entry_kind: ticket.entry_kind(),
        state: digest(&state),
        cookie: digest(&cookie),
        challenge: leaving.challenge,
        display: leaving.display,
        verifier: leaving.verifier,
    };
    let object = ticket.object();
    let terms = app.connect(&object)?.start(opening).await?;
    let to_x =
        authorize_url(app.endpoints(), &terms.client.client_id, &terms.callback_url, &terms.scopes, &state, &challenge);
    let lifetime = terms.expires_at - now();
    Ok(Reply::see_other(&to_x).with("Set-Cookie", set_cookie(incoming, &object, &cookie, lifetime)))
}

fn genuine(app: &App, id: &str) -> Result<Ticket> {
    Ticket::from_id(app.keyring(), id).ok_or_else(unknown)
}

/// A genuine id that was made for a link: a ticket opens only its own door.
fn link_of(app: &App, id: &str) -> Result<Ticket> {
    genuine(app, id).and_then(|ticket| if ticket.entry_kind() == EntryKind::Link { Ok(ticket) } else { Err(unknown()) })
}

fn unknown() -> Error {
    Error::refused(Code::NotFound, "This sign-in is not known here.")
}

fn result_url(app: &App, incoming: &Incoming, id: &str) -> Result<Url> {
    let origin = app.public_origin(&incoming.url)?;
    Url::parse(&format!("{origin}/connect/result/{id}")).map_err(Error::fault)
}

/// The twelve characters are the session id's first as well as its object's: both begin with the same random bytes.
fn cookie_name(object: &str) -> String {
    let short: String = object.chars().take(12).collect();
    format!("c-{short}")
}

fn set_cookie(incoming: &Incoming, object: &str, value: &str, lifetime: Span) -> String {
    incoming.jar().set(&cookie_name(object), value, SameSite::Lax, lifetime)
}

fn cookie_of(incoming: &Incoming, object: &str) -> Option<String> {
    incoming.cookie(&cookie_name(object))
}
