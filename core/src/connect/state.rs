//! The parts of a session: the request, the progress, and the browser that came back.

use serde::{Deserialize, Serialize};
use url::Url;

use super::confirm::SecondBrowser;
use super::discarded::Discarded;
use super::second::SecondBrowsers;
use crate::id::{TenantId, XUserId};
use crate::network::ClientRef;
use crate::oauth::Scopes;
use crate::pkce::CodeChallenge;
use crate::refusal::Code;
use crate::time::UnixMillis;
use crate::x::user::XUser;

/// Everything the Connect object stores about its session. JSON; its format is pinned by a test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub(super) id: String,
    pub(super) terms: Terms,
    pub(super) phase: Phase,
    /// The browser that is at X, or came back from there.
    pub(super) start: Option<Start>,
    /// The browser that came back from X in its place.
    #[serde(default)]
    #[serde(rename = "other")]
    pub(super) second: Option<SecondBrowser>,
    /// The back end has accepted an account that waited for it.
    #[serde(default)]
    pub(super) is_accepted: bool,
    #[serde(default)]
    pub(super) discarded: Discarded,
    pub(super) ended_at: Option<UnixMillis>,
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
    #[serde(default)]
    pub accept: Accept,
    pub expires_at: UnixMillis,
}

/// Whether an account can be used at once, or when the back end has accepted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accept {
    #[default]
    Auto,
    Manual,
}

/// The two ways in (docs/API.md, sections 3a and 3b).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Link { redirect_uri: Option<String> },
    Embed { origin: String, redirect_uri: Option<String> },
}

impl Entry {
    pub const fn entry_kind(&self) -> EntryKind {
        match self {
            Self::Link { .. } => EntryKind::Link,
            Self::Embed { .. } => EntryKind::Button,
        }
    }
}

/// How a browser comes to a session. A session opens for the way that it was made for, and for no other: a link has
/// neither a page whose origin is checked nor a verifier that stays there, and a button has both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKind {
    Link,
    Button,
}

/// One opening of X's consent page. A newer start replaces an older one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// SHA-256 of the OAuth state.
    pub(super) state: String,
    /// SHA-256 of the browser's cookie.
    pub(super) cookie: String,
    pub(super) challenge: CodeChallenge,
    pub(super) display: Display,
    /// Sealed; only where the first page may be frozen while X is in front (link, and page mode on touch devices).
    pub(super) verifier: Option<String>,
    /// Nobody else had come back to a start that was stored without it.
    #[serde(default)]
    pub(super) second: SecondBrowsers,
}

impl Start {
    /// `state` and `cookie` are digests, and `verifier` is sealed.
    pub const fn new(
        state: String,
        cookie: String,
        challenge: CodeChallenge,
        display: Display,
        verifier: Option<String>,
    ) -> Self {
        Self { state, cookie, challenge, display, verifier, second: SecondBrowsers::none() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    Popup,
    Page,
}

/// How far the session is. `Exchanged` and `Identified` hold X's tokens, sealed, until the account has them: they are
/// provisional, and revoked when the session ends in any other way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Pending,
    Authorizing,
    Authorized { sealed_code: String },
    Exchanged { sealed_tokens: String, at: UnixMillis },
    Identified { sealed_tokens: String, user: XUser, at: UnixMillis },
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

/// The content of X's redirect. The code is already sealed; the digest serves to recognise the code.
#[derive(Clone, Debug)]
pub enum XAnswer {
    Code {
        sealed: String,
        digest: String,
    },
    /// RFC 6749 §4.1.2.1, the `error` parameter.
    Error(String),
}

/// What a browser is to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// It was sent to X.
    Starter,
    /// X sent it back in the starter's place.
    Second,
    Stranger,
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
    #[error("the session was made for another way in")]
    WrongEntry,
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
    #[error("there is nothing to confirm yet")]
    NothingToConfirm,
    #[error("there is nothing to accept yet")]
    NothingToAccept,
}

impl ConnectError {
    pub const fn code(self) -> Code {
        match self {
            Self::WrongEntry => Code::NotFound,
            Self::Expired => Code::SessionExpired,
            Self::Spent => Code::SessionSpent,
            Self::StateUnknown => Code::StateUnknown,
            Self::VerifierMismatch => Code::VerifierMismatch,
            Self::NotAuthorized | Self::NothingToConfirm | Self::NothingToAccept => Code::InFlight,
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

    /// Where a browser is sent in the end.
    pub fn redirect_uri(&self) -> Option<&str> {
        let (Entry::Embed { redirect_uri, .. } | Entry::Link { redirect_uri }) = &self.entry;
        redirect_uri.as_deref()
    }

    pub fn redirect_origin(&self) -> Option<String> {
        Url::parse(self.redirect_uri()?).ok().map(|url| url.origin().ascii_serialization())
    }
}
