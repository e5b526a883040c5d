//! A browser of the operator, signed in with an API key. A cookie stands in the place of the key, hidden from scripts.
//! The session is a key that ends: the workspace keeps it among the keys, by the digest of the cookie.

use latchkey_core::api::code::Code;
use latchkey_core::cookie::SameSite;
use latchkey_core::dashboard::{LIFETIME, Provenance, has_form_of_cookie, session_id, session_name};
use latchkey_core::seal::{base64url, sha256};
use latchkey_core::time::Span;

use crate::error::{Error, Result};
use crate::request::Incoming;
use crate::runtime::entropy;

const COOKIE: &str = "dashboard";
/// The sign-in that a page was drawn for. All tabs of a browser share the cookie, so without this header a page would act with
/// the rights of whichever key was signed in last, in another tab.
const PAGE: &str = "dashboard-session";

/// By its name among the keys.
pub struct SignedIn {
    session: String,
}

impl SignedIn {
    /// The browser behind a request, if the request has the cookie. Whoever says in another way who asks is not taken for
    /// the browser. Every request caused by another page is refused,
    /// because `SameSite=Strict` lets requests of sibling hosts through.
    pub fn of(incoming: &Incoming) -> Result<Option<Self>> {
        let Some(value) = incoming.cookie(COOKIE).filter(|value| has_form_of_cookie(value)) else { return Ok(None) };
        if incoming.has_other_credentials() {
            return Err(Error::refused(Code::InvalidApiKey, "The Authorization header has no API key."));
        }
        require_our_page(incoming)?;
        let browser = Self::of_cookie(&value);
        if incoming.header(PAGE).is_some_and(|page| page != browser.id()) {
            return Err(Error::refused(
                Code::InvalidSessionToken,
                "This page belongs to another sign-in of this browser.",
            ));
        }
        Ok(Some(browser))
    }

    /// The sign-in of the cookie, whichever page asks.
    pub fn former(incoming: &Incoming) -> Option<Self> {
        incoming.cookie(COOKIE).filter(|value| has_form_of_cookie(value)).map(|value| Self::of_cookie(&value))
    }

    /// A new browser session, and the `Set-Cookie` line for the browser.
    pub fn begin(incoming: &Incoming) -> Result<(Self, String)> {
        let value = base64url(&entropy::<32>()?);
        Ok((Self::of_cookie(&value), incoming.jar().set(COOKIE, &value, SameSite::Strict, LIFETIME)))
    }

    /// The `Set-Cookie` line that ends it.
    pub fn end(incoming: &Incoming) -> String {
        incoming.jar().set(COOKIE, "", SameSite::Strict, Span::secs(0))
    }

    /// What a page says of itself.
    pub fn id(&self) -> String {
        session_id(&self.session)
    }

    /// What the workspace looks a caller up by.
    pub fn session(&self) -> &str {
        &self.session
    }

    fn of_cookie(value: &str) -> Self {
        Self { session: session_name(&base64url(&sha256(value.as_bytes()))) }
    }
}

/// 403 for what a page of another origin makes a browser do.
pub fn require_our_page(incoming: &Incoming) -> Result<()> {
    let (fetch_site, origin) = (incoming.header("sec-fetch-site"), incoming.header("origin"));
    let provenance =
        Provenance { method: &incoming.method, fetch_site: fetch_site.as_deref(), origin: origin.as_deref() };
    if provenance.is_our_page(&incoming.url.origin().ascii_serialization()) {
        return Ok(());
    }
    Err(Error::refused(Code::OriginNotAllowed, "The dashboard's cookie counts for the dashboard's own pages alone."))
}
