//! What others say to a Connect object, and what it says back.

use latchkey_core::api::connect::session_view;
use latchkey_core::api::refused::Refused;
use latchkey_core::connect::{Display, Entry, Phase, Session, Start, Status, Terms};
use latchkey_core::pkce::{CodeChallenge, CodeVerifier};
use latchkey_core::seal::{base64url, sha256};
use latchkey_core::secret::Secret;
use latchkey_core::time::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use worker::Stub;

use super::super::wire::ask;
use crate::error::{Error, Result};
use crate::runtime::now;

#[derive(Serialize, Deserialize)]
pub(super) enum Message {
    Create(Box<Session>),
    View {
        wait_ms: i64,
        since: Option<Status>,
    },
    Terms,
    Start(Opening),
    Callback {
        state: String,
        cookie: Option<String>,
        #[serde(serialize_with = "exposed_option")]
        code: Option<Secret<String>>,
        error: Option<String>,
    },
    Complete {
        #[serde(serialize_with = "exposed")]
        verifier: Secret<String>,
    },
    Cancel,
    Page {
        cookie: Option<String>,
    },
}

/// One opening of X's page, as the edge made it. State and cookie arrive as digests.
#[derive(Serialize, Deserialize)]
pub struct Opening {
    pub state: String,
    pub cookie: String,
    pub challenge: CodeChallenge,
    pub display: Display,
    #[serde(serialize_with = "exposed_option")]
    pub verifier: Option<Secret<String>>,
}

/// A browser came back: whose session it was, and what to show it.
#[derive(Serialize, Deserialize)]
pub struct Returned {
    pub id: String,
    pub page: Page,
}

#[derive(Serialize, Deserialize)]
pub enum Completed {
    Connected(Value),
    NeedsConfirmation,
}

/// What a browser that came back from X is to see.
#[derive(Serialize, Deserialize)]
pub enum Page {
    /// The session's own page takes over; this window has nothing to say.
    Done,
    Failed {
        message: String,
    },
    /// This browser is not the one that began.
    OtherBrowser {
        site: Option<String>,
        label: Option<String>,
    },
    /// Back to the site, by its redirect URI with the outcome in its query.
    Return {
        url: Url,
    },
}

pub struct ConnectStub {
    stub: Stub,
}

impl ConnectStub {
    pub const fn new(stub: Stub) -> Self {
        Self { stub }
    }

    pub async fn create(&self, session: Session) -> Result<()> {
        ask(&self.stub, &Message::Create(Box::new(session))).await
    }

    pub async fn view(&self, wait_ms: i64, since: Option<Status>) -> Result<Value> {
        ask(&self.stub, &Message::View { wait_ms, since }).await
    }

    pub async fn terms(&self) -> Result<Terms> {
        ask(&self.stub, &Message::Terms).await
    }

    pub async fn start(&self, opening: Opening) -> Result<Terms> {
        ask(&self.stub, &Message::Start(opening)).await
    }

    pub async fn callback(
        &self,
        state: String,
        cookie: Option<String>,
        code: Option<Secret<String>>,
        error: Option<String>,
    ) -> Result<Returned> {
        ask(&self.stub, &Message::Callback { state, cookie, code, error }).await
    }

    pub async fn complete(&self, verifier: &CodeVerifier) -> Result<Completed> {
        // EXPOSE: to the session's own object, inside this Worker.
        let verifier = Secret::new(verifier.expose().to_owned());
        ask(&self.stub, &Message::Complete { verifier }).await
    }

    pub async fn cancel(&self) -> Result<Value> {
        ask(&self.stub, &Message::Cancel).await
    }

    pub async fn page(&self, cookie: Option<String>) -> Result<Page> {
        ask(&self.stub, &Message::Page { cookie }).await
    }
}

/// What is stored and compared in place of a state or a cookie.
pub fn digest(text: &str) -> String {
    base64url(&sha256(text.as_bytes()))
}

impl Opening {
    pub(super) fn into_start(self, seal: impl FnOnce(&Secret<String>) -> Result<String>) -> Result<Start> {
        let verifier = self.verifier.as_ref().map(seal).transpose()?;
        Ok(Start { state: self.state, cookie: self.cookie, challenge: self.challenge, display: self.display, verifier })
    }
}

impl TryFrom<Session> for Completed {
    type Error = Error;

    fn try_from(session: Session) -> Result<Self> {
        match session.phase {
            Phase::Connected { .. } => Ok(Self::Connected(session_view(&session, now()))),
            Phase::Failed { code, message } => Err(Refused::new(code, message).into()),
            Phase::NeedsConfirmation { .. } => Ok(Self::NeedsConfirmation),
            _ => Err(Error::refused(latchkey_core::api::code::Code::SessionSpent, "The session was cancelled.")),
        }
    }
}

impl Page {
    pub(super) fn of(session: Session, cookie: Option<&str>, now: UnixMillis) -> Self {
        let is_ours = session.is_browser(cookie);
        if session.status(now) == Status::NeedsConfirmation && !is_ours {
            return Self::OtherBrowser { site: session.terms.site().map(str::to_owned), label: session.terms.label };
        }
        // The landing query names the account, so only the browser that was sent to X is taken there.
        if let Some(url) = session.return_url(now).filter(|_| is_ours) {
            return Self::Return { url };
        }
        match (session.status(now), session.phase, session.terms.entry) {
            (Status::Expired, ..) => Self::Failed { message: "This sign-in took too long. Please start again.".into() },
            (_, Phase::Failed { message, .. }, _) => Self::Failed { message },
            (Status::Cancelled, ..) => Self::Failed { message: "This sign-in was cancelled.".into() },
            (Status::NeedsConfirmation, _, Entry::Link { .. }) => {
                Self::OtherBrowser { site: None, label: session.terms.label }
            }
            _ => Self::Done,
        }
    }
}

fn exposed<S: serde::Serializer>(secret: &Secret<String>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    // EXPOSE: between the edge and the object that owns the session; never stored like this.
    serializer.serialize_str(secret.expose())
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn exposed_option<S: serde::Serializer>(
    secret: &Option<Secret<String>>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    // EXPOSE: as above.
    secret.as_ref().map(Secret::expose).serialize(serializer)
}
