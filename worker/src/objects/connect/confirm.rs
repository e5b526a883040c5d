//! The approvals: the code of the second browser, the second browser's button, the back end's acceptance.
//!
//! An approval is stored before the next step, so that the alarm continues after a crash in between.

use std::rc::Rc;

use latchkey_core::api::code::Code;
use latchkey_core::connect::confirm::{ConfirmationCode, SecondBrowser, Typed};
use latchkey_core::connect::{ConnectError, Session, Visitor, wrong_code};
use latchkey_core::seal::Purpose;
use latchkey_core::secret::Secret;

use super::{Inner, refusal};
use crate::error::{Error, Result};
use crate::rpc::connect::Completed;
use crate::runtime::{entropy, now};

impl Inner {
    /// Takes the code that the person read in the second browser, by way of the page that started. After the right code
    /// every repetition gets the answer of `complete`.
    pub(super) async fn confirm(self: &Rc<Self>, code: &Secret<String>) -> Result<Completed> {
        self.reconcile().await;
        let mut session = self.session()?;
        if session.is_over() || session.is_confirmed() {
            return self.conclude_confirmed(session).await;
        }
        let outcome = session.type_code(self.is_code(&session, code)?, now()).map_err(refusal)?;
        self.save_and_tell(&session).await?;
        match outcome {
            Typed::Right => self.conclude_confirmed(session).await,
            Typed::Wrong { left } => {
                self.revoke_discarded().await?;
                Err(Error::refused(Code::ConfirmationFailed, wrong_code(left)))
            }
        }
    }

    /// The button of our own page: only for the browser that X sent back.
    pub(super) async fn press(self: &Rc<Self>, cookie: &str) -> Result<()> {
        self.reconcile().await;
        let mut session = self.session()?;
        if session.visitor(Some(cookie)) != Visitor::Second {
            return Err(Error::refused(Code::AccessDenied, "This is not the browser that came back from X."));
        }
        if session.is_unconfirmed() {
            session.press(now()).map_err(refusal)?;
            self.save_and_tell(&session).await?;
        }
        self.conclude().await
    }

    /// The back end accepts the account. A session without a needed acceptance answers unchanged.
    pub(super) async fn accept(self: &Rc<Self>) -> Result<Completed> {
        self.reconcile().await;
        let mut session = self.session()?;
        if !session.is_over() && !session.is_accepted() {
            session.accept(now()).map_err(refusal)?;
            self.save_and_tell(&session).await?;
        }
        self.conclude_confirmed(session).await
    }

    /// The digits for a browser that may turn out to be another one.
    pub(super) fn new_code(&self, session_id: &str) -> Result<String> {
        let code = ConfirmationCode::from_entropy(entropy()?);
        // EXPOSE: into the seal.
        self.seal(Purpose::ConfirmationCode, session_id, code.digits().expose().as_bytes())
    }

    pub(super) fn open_code(&self, session_id: &str, other: &SecondBrowser) -> Result<ConfirmationCode> {
        let bytes = self.open(Purpose::ConfirmationCode, session_id, other.sealed_code())?;
        // EXPOSE: read into a type that hides it again.
        let digits = std::str::from_utf8(bytes.expose()).map_err(Error::fault)?;
        ConfirmationCode::parse(digits).map_err(Error::fault)
    }

    fn is_code(&self, session: &Session, given: &Secret<String>) -> Result<bool> {
        let Some(other) = session.second() else { return Ok(false) };
        // EXPOSE: parsed into a type that hides it again.
        let given = ConfirmationCode::parse(given.expose()).map_err(Error::fault)?;
        Ok(self.open_code(session.id(), other)?.matches(&given))
    }

    async fn conclude_confirmed(self: &Rc<Self>, session: Session) -> Result<Completed> {
        if !session.is_readable(now()) {
            return Err(refusal(ConnectError::Expired));
        }
        if !session.is_over() {
            self.conclude().await?;
        }
        self.session()?.try_into()
    }
}
