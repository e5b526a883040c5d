//! The messages to a Connect object, and the answers.

use latchkey_core::api::code::Code;
use latchkey_core::api::connect::session_view;
use latchkey_core::api::refused::Refused;
use latchkey_core::connect::confirm::ConfirmationCode;
use latchkey_core::connect::page::Page;
use latchkey_core::connect::{Display, EntryKind, Phase, Session, Start, Status, Terms, hint_of};
use latchkey_core::pkce::{CodeChallenge, CodeVerifier};
use latchkey_core::seal::{base64url, sha256};
use latchkey_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wire::{Stub, ask};
use crate::error::{Error, Result};
use crate::runtime::now;

#[derive(Serialize, Deserialize)]
pub enum Message {
    Create(Box<Session>),
    View {
        wait_ms: i64,
        since: Option<Status>,
    },
    Terms,
    Start(Opening),
    Callback(Arrival),
    Complete {
        #[serde(serialize_with = "exposed")]
        verifier: Secret<String>,
    },
    Confirm {
        #[serde(serialize_with = "exposed")]
        code: Secret<String>,
    },
    Press {
        cookie: String,
    },
    Accept,
    Cancel,
    Page {
        cookie: Option<String>,
    },
}

/// One opening of X's page, as the edge made it. State and cookie arrive as digests.
#[derive(Serialize, Deserialize)]
pub struct Opening {
    pub entry_kind: EntryKind,
    pub state: String,
    pub cookie: String,
    pub challenge: CodeChallenge,
    pub display: Display,
    #[serde(serialize_with = "exposed_option")]
    pub verifier: Option<Secret<String>>,
}

/// A browser that came back from X, as the edge saw it. State and cookies arrive as digests.
#[derive(Serialize, Deserialize)]
pub struct Arrival {
    pub state: String,
    pub cookie: Option<String>,
    /// What the browser is known by from now on, should it be another one than was sent to X.
    pub second_browser: String,
    #[serde(serialize_with = "exposed_option")]
    pub code: Option<Secret<String>>,
    pub error: Option<String>,
}

/// A browser came back: whose session it was, what to show it, and whether it is to keep the second browser's cookie.
#[derive(Serialize, Deserialize)]
pub struct Returned {
    pub id: String,
    pub page: Page,
    pub is_second_browser: bool,
}

#[derive(Serialize, Deserialize)]
pub enum Completed {
    Connected(Value),
    /// Somebody's word is missing, or what a second browser brought was refused and the starter's is awaited.
    Waiting(Status),
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

    pub async fn callback(&self, arrival: Arrival) -> Result<Returned> {
        ask(&self.stub, &Message::Callback(arrival)).await
    }

    pub async fn complete(&self, verifier: &CodeVerifier) -> Result<Completed> {
        // EXPOSE: to the session's own object, inside this Worker.
        let verifier = Secret::new(verifier.expose().to_owned());
        ask(&self.stub, &Message::Complete { verifier }).await
    }

    pub async fn confirm(&self, code: &ConfirmationCode) -> Result<Completed> {
        ask(&self.stub, &Message::Confirm { code: code.digits().clone() }).await
    }

    /// The button of the page that another browser saw. `cookie` is a digest.
    pub async fn press(&self, cookie: String) -> Result<()> {
        ask(&self.stub, &Message::Press { cookie }).await
    }

    pub async fn accept(&self) -> Result<Completed> {
        ask(&self.stub, &Message::Accept).await
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
    pub fn into_start(self, seal: impl FnOnce(&Secret<String>) -> Result<String>) -> Result<Start> {
        let verifier = self.verifier.as_ref().map(seal).transpose()?;
        Ok(Start::new(self.state, self.cookie, self.challenge, self.display, verifier))
    }
}

impl TryFrom<Session> for Completed {
    type Error = Error;

    fn try_from(session: Session) -> Result<Self> {
        match session.phase() {
            Phase::Connected { .. } => Ok(Self::Connected(session_view(&session, now()))),
            Phase::Failed { code, message } => {
                Err(Refused::new(*code, message.clone()).with_hint(hint_of(*code)).into())
            }
            Phase::Authorizing => Ok(Self::Waiting(Status::Authorizing)),
            _ if session.is_unconfirmed() => Ok(Self::Waiting(Status::NeedsConfirmation)),
            _ => Err(Error::refused(Code::SessionSpent, "The session was cancelled.")),
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
