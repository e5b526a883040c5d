//! One connect session: who may start it, what X's callback means, and when it ends.
//!
//! ```text
//! pending → authorizing → authorized → connected
//!                      ↘ needs_confirmation        any of them → failed | cancelled | expired
//! ```
//! The browser that starts a session gets a cookie; only a callback with that cookie authorises it (RFC 6819 §4.4.1.8).
//! Times, digests and sealed values come in from outside; nothing here sends, stores or draws lots.

pub mod place;
pub mod ticket;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::api::code::Code;
use crate::id::{TenantId, XUserId};
use crate::network::ClientRef;
use crate::oauth::{OAuthError, Scopes};
use crate::pkce::{CodeChallenge, CodeVerifier};
use crate::secret::ct_eq;
use crate::time::{Span, UnixMillis};

/// How long the result can be read again after the end.
const READABLE_AFTER_END: Span = Span::mins(10);
/// How long an ended session is remembered as such, so that its id answers 410 and not 404.
const REMEMBERED_AFTER_END: Span = Span::hours(24);
/// A crash between X's answer and the account's row is made good by an alarm this much later.
const RESUME_AFTER: Span = Span::secs(30);

/// What the landing query of a link tells, and where the account's row has it.
const LANDING_FIELDS: [(&str, &str); 4] = [
    ("account_id", "id"),
    ("network_unique_id", "network_unique_id"),
    ("username", "username"),
    ("tenant_id", "tenant_id"),
];

/// Everything the Connect object stores about its session. JSON; its format is pinned by a test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub terms: Terms,
    pub phase: Phase,
    /// The browser that is at X, or came back from there.
    pub start: Option<Start>,
    pub ended_at: Option<UnixMillis>,
}

/// What was asked for when the session was created; never changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Terms {
    pub client: ClientRef,
    /// Our own callback, pinned so that a change of `PUBLIC_ORIGIN` does not break a session that is under way.
    pub callback_url: String,
    pub entry: Entry,
    pub tenant_id: Option<TenantId>,
    pub scopes: Scopes,
    pub expected_username: Option<String>,
    /// The X user of `reconnect_account_id`.
    pub expected_user: Option<XUserId>,
    pub label: Option<String>,
    pub expires_at: UnixMillis,
}

/// The two ways in (docs/API.md, sections 3a and 3b).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Link { redirect_uri: Option<String> },
    Embed { origin: String, redirect_uri: Option<String> },
}

/// One opening of X's consent page. A newer one replaces it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// SHA-256 of the OAuth state.
    pub state: String,
    /// SHA-256 of the browser's cookie.
    pub cookie: String,
    pub challenge: CodeChallenge,
    pub display: Display,
    /// Sealed; only where the first page may be frozen while X is in front (link, and page mode on touch devices).
    pub verifier: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    Popup,
    Page,
}

/// How far the session is. `Exchanged` is "authorized" to the outside: X's tokens are sealed here until the account has them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Pending,
    Authorizing,
    Authorized { sealed_code: String },
    NeedsConfirmation { sealed_code: String },
    Exchanged { sealed_tokens: String, at: UnixMillis },
    Connected { account: serde_json::Value },
    Failed { code: Code, message: String },
    Cancelled,
}

/// What callers see of the phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Authorizing,
    Authorized,
    NeedsConfirmation,
    Connected,
    Failed,
    Cancelled,
    Expired,
}

/// What X's redirect said. The code is sealed before it gets here.
#[derive(Clone, Debug)]
pub enum XAnswer {
    Code {
        sealed: String,
    },
    /// RFC 6749 §4.1.2.1, the `error` parameter.
    Error(String),
}

/// What a right verifier leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    /// Exchange the code at X; or go on from the tokens that are here already.
    Proceed,
    NeedsConfirmation,
    /// The session is over; say how.
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    #[error("the session has expired")]
    Expired,
    #[error("the session was used already")]
    Spent,
    #[error("the state is not that of a start in progress")]
    StateUnknown,
    #[error("the code verifier does not belong to this session's challenge")]
    VerifierMismatch,
    #[error("X has not sent the person back yet")]
    NotAuthorized,
    #[error("`display=page` needs a session with a redirect_uri")]
    NowhereToReturn,
}

impl ConnectError {
    pub const fn code(self) -> Code {
        match self {
            Self::Expired => Code::SessionExpired,
            Self::Spent => Code::SessionSpent,
            Self::StateUnknown => Code::StateUnknown,
            Self::VerifierMismatch => Code::VerifierMismatch,
            Self::NotAuthorized => Code::InFlight,
            Self::NowhereToReturn => Code::InvalidPayload,
        }
    }
}

impl Terms {
    /// The origin of the page that asks; a link has none.
    pub fn site(&self) -> Option<&str> {
        match &self.entry {
            Entry::Embed { origin, .. } => Some(origin),
            Entry::Link { .. } => None,
        }
    }
}

impl Session {
    pub const fn new(id: String, terms: Terms) -> Self {
        Self { id, terms, phase: Phase::Pending, start: None, ended_at: None }
    }

    /// A browser leaves for X. Until X has sent one back, a newer start replaces challenge, state and cookie.
    pub fn start(&mut self, start: Start, now: UnixMillis) -> Result<(), ConnectError> {
        self.require_open(now)?;
        if !matches!(self.phase, Phase::Pending | Phase::Authorizing) {
            return Err(ConnectError::Spent);
        }
        if start.display == Display::Page && matches!(self.terms.entry, Entry::Embed { redirect_uri: None, .. }) {
            return Err(ConnectError::NowhereToReturn);
        }
        self.start = Some(start);
        self.phase = Phase::Authorizing;
        Ok(())
    }

    /// A browser comes back from X. `state` and `cookie` are digests. Says nothing new when the state was spent before,
    /// so that a reload shows the same page; a browser without the cookie neither ends nor spends the session.
    pub fn callback(
        &mut self,
        state: &str,
        cookie: Option<&str>,
        answer: XAnswer,
        now: UnixMillis,
    ) -> Result<(), ConnectError> {
        let start = self.start.as_ref().ok_or(ConnectError::StateUnknown)?;
        if !same(&start.state, state) {
            return Err(ConnectError::StateUnknown);
        }
        if !matches!(self.phase, Phase::Authorizing | Phase::NeedsConfirmation { .. }) {
            return Ok(());
        }
        self.require_open(now)?;
        let is_ours = cookie.is_some_and(|cookie| same(&start.cookie, cookie));
        match (answer, is_ours) {
            (XAnswer::Code { sealed }, true) => self.phase = Phase::Authorized { sealed_code: sealed },
            (XAnswer::Code { sealed }, false) => self.phase = Phase::NeedsConfirmation { sealed_code: sealed },
            (XAnswer::Error(error), true) => self.fail(refused_by_person_or_x(&error), now),
            (XAnswer::Error(_), false) => {}
        }
        Ok(())
    }

    /// Whether this verifier may finish the session (RFC 7636 §4.6). A wrong one changes nothing.
    pub fn complete(&self, verifier: &CodeVerifier, now: UnixMillis) -> Result<Completion, ConnectError> {
        let Some(start) = &self.start else {
            return self.require_open(now).and(Err(ConnectError::NotAuthorized));
        };
        if !start.challenge.matches(verifier) {
            return Err(ConnectError::VerifierMismatch);
        }
        if self.is_over() {
            return if self.is_readable(now) { Ok(Completion::Ended) } else { Err(ConnectError::Expired) };
        }
        self.require_open(now)?;
        match self.phase {
            Phase::Authorized { .. } | Phase::Exchanged { .. } => Ok(Completion::Proceed),
            Phase::NeedsConfirmation { .. } => Ok(Completion::NeedsConfirmation),
            _ => Err(ConnectError::NotAuthorized),
        }
    }

    /// X gave tokens. They stay sealed here until the account has them, so that a crash in between loses nothing.
    pub fn exchanged(&mut self, sealed_tokens: String, now: UnixMillis) {
        self.phase = Phase::Exchanged { sealed_tokens, at: now };
    }

    pub fn connected(&mut self, account: serde_json::Value, now: UnixMillis) {
        self.end(Phase::Connected { account }, now);
    }

    pub fn fail(&mut self, (code, message): (Code, String), now: UnixMillis) {
        self.end(Phase::Failed { code, message }, now);
    }

    /// Ends the session by its site's wish; whatever was held of X's is dropped with the phase.
    pub fn cancel(&mut self, now: UnixMillis) {
        if !self.is_over() {
            self.end(Phase::Cancelled, now);
        }
    }

    pub fn status(&self, now: UnixMillis) -> Status {
        match self.phase {
            Phase::Connected { .. } => Status::Connected,
            Phase::Failed { .. } => Status::Failed,
            Phase::Cancelled => Status::Cancelled,
            _ if self.terms.expires_at <= now => Status::Expired,
            Phase::Pending => Status::Pending,
            Phase::Authorizing => Status::Authorizing,
            Phase::Authorized { .. } | Phase::Exchanged { .. } => Status::Authorized,
            Phase::NeedsConfirmation { .. } => Status::NeedsConfirmation,
        }
    }

    /// Whether the session may still be asked about: always while it is open, ten minutes after its end.
    pub fn is_readable(&self, now: UnixMillis) -> bool {
        match self.ended_at {
            Some(ended) => now < ended + READABLE_AFTER_END,
            None => now < self.terms.expires_at,
        }
    }

    /// When everything about the session is to be deleted.
    pub fn forget_at(&self) -> UnixMillis {
        self.ended_at.unwrap_or(self.terms.expires_at) + REMEMBERED_AFTER_END
    }

    /// Time is up: nothing of X's stays here. Returns the sealed tokens that nobody took over, to be revoked.
    pub fn expire(&mut self) -> Option<String> {
        self.start = None;
        match std::mem::replace(&mut self.phase, Phase::Pending) {
            Phase::Exchanged { sealed_tokens, .. } => Some(sealed_tokens),
            _ => None,
        }
    }

    /// The one alarm of the object: resume after a crash, or drop the secrets at expiry, or forget.
    pub fn next_alarm(&self, now: UnixMillis) -> UnixMillis {
        match &self.phase {
            _ if self.is_over() || self.terms.expires_at <= now => self.forget_at(),
            Phase::Exchanged { at, .. } => self.terms.expires_at.min(*at + RESUME_AFTER),
            _ => self.terms.expires_at,
        }
    }

    /// Whether X's identity is the one that was asked for.
    pub fn is_expected(&self, id: &XUserId, username: &str) -> bool {
        let name = self.terms.expected_username.as_deref().map(|name| name.trim_start_matches('@'));
        name.is_none_or(|name| name.eq_ignore_ascii_case(username))
            && self.terms.expected_user.as_ref().is_none_or(|expected| expected == id)
    }

    /// Whether X's code can be exchanged without the page: its verifier is here.
    pub fn concludes_itself(&self) -> bool {
        matches!(self.phase, Phase::Authorized { .. })
            && self.start.as_ref().is_some_and(|start| start.verifier.is_some())
    }

    /// Nothing but ourselves will move it on: an open link that X has sent back.
    pub const fn is_unattended(&self) -> bool {
        !self.is_over() && matches!(self.terms.entry, Entry::Link { .. })
    }

    /// A resumption is about to be tried; the next one comes a while later.
    pub const fn resume_later(&mut self, now: UnixMillis) {
        if let Phase::Exchanged { at, .. } = &mut self.phase {
            *at = now;
        }
    }

    pub const fn is_exchanged(&self) -> bool {
        matches!(self.phase, Phase::Exchanged { .. })
    }

    /// Whether a browser with this cookie (its digest) is the one that was sent to X.
    pub fn is_browser(&self, cookie: Option<&str>) -> bool {
        let start = self.start.as_ref();
        start.zip(cookie).is_some_and(|(start, cookie)| same(&start.cookie, cookie))
    }

    /// Where the browser goes after X: nowhere for a popup, to the site with the outcome in the query for the rest.
    pub fn return_url(&self, now: UnixMillis) -> Option<Url> {
        match &self.terms.entry {
            Entry::Link { redirect_uri } => {
                self.is_over().then(|| self.link_landing(redirect_uri.as_deref()?)).flatten()
            }
            Entry::Embed { redirect_uri, .. } => {
                let page_mode = self.start.as_ref().is_some_and(|start| start.display == Display::Page);
                let mut url = redirect_uri.as_deref().filter(|_| page_mode).and_then(|uri| Url::parse(uri).ok())?;
                let status = serde_json::to_value(self.status(now)).unwrap_or_default();
                url.query_pairs_mut()
                    .append_pair("connect_id", &self.id)
                    .append_pair("connect_status", status.as_str().unwrap_or_default());
                Some(url)
            }
        }
    }

    fn link_landing(&self, redirect_uri: &str) -> Option<Url> {
        let mut url = Url::parse(redirect_uri).ok()?;
        let mut query = url.query_pairs_mut();
        match &self.phase {
            Phase::Connected { account } => {
                query.append_pair("success", "true");
                for (name, field) in LANDING_FIELDS {
                    query.append_pair(name, account.get(field).and_then(serde_json::Value::as_str).unwrap_or_default());
                }
            }
            Phase::Failed { code, message } => {
                query.append_pair("success", "false").append_pair("error", code.as_str());
                query.append_pair("error_description", message);
            }
            _ => {
                query.append_pair("success", "false").append_pair("error", Code::AccessDenied.as_str());
                query.append_pair("error_description", "The connection was cancelled.");
            }
        }
        query.append_pair("connect_id", &self.id);
        drop(query);
        Some(url)
    }

    pub const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Connected { .. } | Phase::Failed { .. } | Phase::Cancelled)
    }

    fn require_open(&self, now: UnixMillis) -> Result<(), ConnectError> {
        (self.is_over() || now < self.terms.expires_at).then_some(()).ok_or(ConnectError::Expired)
    }

    /// Drops start secrets and code with the old phase; the challenge and cookie stay for the repeated question.
    fn end(&mut self, phase: Phase, now: UnixMillis) {
        self.phase = phase;
        self.ended_at = Some(now);
        if let Some(start) = &mut self.start {
            start.verifier = None;
        }
    }
}

/// What a failed exchange says to the page, and whether asking X again could help.
pub fn exchange_failure(error: &OAuthError) -> (Code, &'static str, Retry) {
    use OAuthError as E;
    match error {
        E::CodeInvalid | E::TokenInvalid => {
            (Code::InvalidGrant, "X no longer accepts this sign-in; it has to be done again.", Retry::Pointless)
        }
        E::RedirectMismatch => (Code::RedirectUriMismatch, "X refused the callback URL of this app.", Retry::Pointless),
        E::ClientSecretInvalid => {
            (Code::InvalidClientSecret, "X refused the credentials of this app.", Retry::Pointless)
        }
        E::ClientIdInvalid => (Code::InvalidClientId, "X does not know the client id of this app.", Retry::Pointless),
        E::AppBlocked => (Code::AppNotEnrolled, "X does not allow this app to sign people in.", Retry::Pointless),
        E::VerifierMismatch | E::MissingParameter(_) | E::GrantTypeInvalid => {
            (Code::XInvalidResponse, "X did not accept the sign-in.", Retry::Pointless)
        }
        E::RateLimited { .. } => (Code::RateLimited, "X asks this app to slow down.", Retry::MayHelp),
        E::Unavailable { .. } => (Code::XUnavailable, "X is not available at the moment.", Retry::MayHelp),
        E::Malformed { .. } => (Code::XInvalidResponse, "X answered something that cannot be read.", Retry::MayHelp),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    MayHelp,
    Pointless,
}

fn refused_by_person_or_x(error: &str) -> (Code, String) {
    match error {
        "access_denied" => (Code::AccessDenied, "The connection was not allowed at X.".into()),
        "invalid_scope" => (Code::InsufficientPermissions, "X refused the scopes that were asked for.".into()),
        _ => (Code::XUnavailable, "X could not finish the sign-in.".into()),
    }
}

fn same(stored: &str, given: &str) -> bool {
    ct_eq(stored.as_bytes(), given.as_bytes())
}

#[cfg(test)]
mod tests;
