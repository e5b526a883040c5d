//! From X's code to a connected account: exchange, ask X for the user, hand the tokens over.
//!
//! Each step is stored before the next begins, and can be repeated: after a crash the work resumes from the stored
//! phase.

use std::rc::Rc;

use futures_util::FutureExt;
use latchkey_core::account::Consent;
use latchkey_core::api::code::Code;
use latchkey_core::connect::{Phase, Session, Setback, ends_hand_over};
use latchkey_core::id::account_object;
use latchkey_core::network::require_client;
use latchkey_core::oauth::{ClientCredentials, TokenSet, exchange_request, token_response};
use latchkey_core::pkce::CodeVerifier;
use latchkey_core::seal::Purpose;
use latchkey_core::secret::Secret;
use latchkey_core::x::user::{XUser, me_request, me_response};
use serde_json::Value;

use super::Inner;
use crate::error::{Doing, Error, Result};
use crate::outbound::{NoAnswer, QUICK};
use crate::rpc::account::Adoption;
use crate::rpc::workspace::Reserved;
use crate::runtime::now;

impl Inner {
    /// Joins the conclusion under way, or begins it: however often it is asked for, X sees the code once.
    pub(super) async fn conclude_with(self: &Rc<Self>, verifier: CodeVerifier) -> Result<()> {
        self.flight(Some(verifier)).await
    }

    /// The same for a session whose tokens are here, and waited for somebody's word.
    pub(super) async fn conclude(self: &Rc<Self>) -> Result<()> {
        self.flight(None).await
    }

    /// Concludes without the page: by a callback whose start carried its verifier, or by the alarm after a crash. A
    /// link has no page that would ask again, so a link's failure is final.
    pub(super) async fn conclude_unattended(self: &Rc<Self>, session: Session) -> Result<()> {
        let verifier = match session.sealed_verifier() {
            Some(sealed) => Some(self.open_verifier(session.id(), sealed)?),
            None => None,
        };
        let Err(error) = self.flight(verifier).await else { return Ok(()) };
        let session = self.session()?;
        match error {
            Error::Refused(refused) if session.is_unattended() => {
                self.refuse(&session, (refused.code, refused.message)).await
            }
            Error::Refused(_) => Ok(()),
            fault @ Error::Fault(_) => Err(fault),
        }
    }

    async fn flight(self: &Rc<Self>, verifier: Option<CodeVerifier>) -> Result<()> {
        let begin = || {
            let inner = Rc::clone(self);
            async move {
                let outcome = std::panic::AssertUnwindSafe(inner.proceed(verifier)).catch_unwind().await;
                inner.concluding.take();
                outcome.unwrap_or_else(|_| Err(Error::fault("panicked while concluding a session")))
            }
            .boxed_local()
            .shared()
        };
        let flight = self.concluding.borrow_mut().get_or_insert_with(begin).clone();
        flight.await
    }

    /// Waits for a conclusion under way, if there is one.
    pub(super) async fn reconcile(&self) {
        let flight = self.concluding.borrow().clone();
        if let Some(flight) = flight {
            // Whoever began it hears of its failure.
            let _ = flight.await;
        }
    }

    async fn proceed(&self, verifier: Option<CodeVerifier>) -> Result<()> {
        let session = self.session()?;
        if let (Phase::Authorized { sealed_code }, Some(verifier)) = (session.phase(), verifier) {
            self.exchange(&session, sealed_code, &verifier).await?;
        }
        let session = self.session()?;
        if let Phase::Exchanged { sealed_tokens, .. } = session.phase() {
            self.identify(&session, sealed_tokens).await?;
        }
        let session = self.session()?;
        match session.phase() {
            Phase::Identified { sealed_tokens, user, .. } if session.awaited().is_none() => {
                self.begin_freeze(&session, sealed_tokens, user).await
            }
            _ => Ok(()),
        }
    }

    /// RFC 6749 §4.1.3. X's code is good for one try within 30 seconds.
    async fn exchange(&self, session: &Session, sealed_code: &str, verifier: &CodeVerifier) -> Result<()> {
        let client = match self.client_of(session).await {
            Ok(client) => client,
            Err(Error::Refused(refused)) => return self.end(session, (refused.code, refused.message)).await,
            Err(fault) => return Err(fault),
        };
        let app = self.app()?;
        let code = text(&self.open(Purpose::AuthorizationCode, session.id(), sealed_code)?)?;
        let request = exchange_request(app.endpoints(), &client, &code, &session.terms().callback_url, verifier);
        let answer = app.x().send(request, QUICK).await?.map_err(unanswered)?;
        match token_response(&answer, now()) {
            Ok(mut tokens) => {
                let mut session = session.clone();
                if tokens.scopes.is_empty() {
                    // RFC 6749 §5.1: a scope that is not told is the one that was asked for.
                    tokens.scopes = session.terms().scopes.clone();
                }
                // EXPOSE: into the seal. Until the account's own object has them they are provisional.
                let sealed = self.seal(Purpose::ProvisionalTokens, session.id(), tokens.to_bytes().expose())?;
                session.exchanged(sealed, now());
                self.save_and_tell(&session).await
            }
            Err(error) => self.set_back(session, session.not_exchanged(&error, now())).await,
        }
    }

    async fn set_back(&self, session: &Session, setback: Setback) -> Result<()> {
        match setback {
            Setback::Waits(refused) => Err(Error::Refused(refused)),
            Setback::Refuses(failure) => self.refuse(session, failure).await,
            Setback::Ends(failure) => self.end(session, failure).await,
        }
    }

    /// Asks X for the user and compares the user with the expected one. From here on the tokens wait for the
    /// outstanding approval.
    async fn identify(&self, session: &Session, sealed_tokens: &str) -> Result<()> {
        let app = self.app()?;
        let tokens = self.open_tokens(session.id(), sealed_tokens)?;
        let request = me_request(app.endpoints(), &tokens.access_token);
        let answer = app.x().send(request, QUICK).await?.map_err(unanswered)?;
        let user = match session.identity(me_response(&answer), now()) {
            Ok(user) => user,
            Err(setback) => return self.set_back(session, setback).await,
        };
        let mut session = session.clone();
        session.identified(sealed_tokens.to_owned(), user, now());
        self.save_and_tell(&session).await
    }

    /// The account, or the end: if its X app is gone, its tokens are of no use to anybody.
    async fn begin_freeze(&self, session: &Session, sealed_tokens: &str, user: &XUser) -> Result<()> {
        match self.enter(session, sealed_tokens, user).await {
            Ok(row) => {
                let mut session = session.clone();
                session.connected(row, now());
                self.save_and_tell(&session).await
            }
            Err(Error::Refused(refused)) if ends_hand_over(refused.code) => {
                self.end(session, (refused.code, refused.message)).await
            }
            Err(error) => Err(error),
        }
    }

    /// The account's object gets the tokens and the workspace its row. Both know a repetition. The workspace looks for the X app
    /// before and after, and what it refuses afterwards it takes back from the account's object.
    async fn enter(&self, session: &Session, sealed_tokens: &str, user: &XUser) -> Result<Value> {
        let app = self.app()?;
        let tokens = self.open_tokens(session.id(), sealed_tokens)?;
        let network_id = session.terms().client.network_id.clone();
        let account = app.account(&account_object(&network_id, user.id.as_str()))?;
        let consent = Consent {
            network_id,
            client_id: session.terms().client.client_id.clone(),
            tenant_id: session.terms().tenant_id.clone(),
            user: user.clone(),
            scopes: tokens.scopes.clone(),
            token_expires_at: tokens.expires_at,
            session_id: Some(session.id().to_owned()),
        };
        let reserved = app.workspace()?.reserve_account(consent.clone()).await.doing("reserve an account")?;
        account.adopt(adoption(session, sealed_tokens, user, reserved)).await.doing("hand tokens over")?;
        app.workspace()?.connected(consent).await.doing("enter an account")
    }

    /// X's refusal ends the session, unless a second browser brought the code. The tokens are revoked.
    async fn refuse(&self, session: &Session, failure: (Code, String)) -> Result<()> {
        let mut refused = session.clone();
        refused.refuse(failure, now());
        self.save_and_tell(&refused).await?;
        self.revoke_discarded().await
    }

    /// Ends the session for good; its tokens are revoked.
    async fn end(&self, session: &Session, failure: (Code, String)) -> Result<()> {
        let mut ended = session.clone();
        ended.fail(failure, now());
        self.save_and_tell(&ended).await?;
        self.revoke_discarded().await
    }

    /// The credentials as they are now: the secret may have been rotated since the session began.
    async fn client_of(&self, session: &Session) -> Result<ClientCredentials> {
        let app = self.app()?;
        let client = app.workspace()?.current_client(&session.terms().client.network_id).await?;
        require_client(Some(&client.client_id), &session.terms().client.client_id)?;
        app.vault()?.credentials(&client).await
    }

    pub(super) fn open_tokens(&self, session_id: &str, sealed: &str) -> Result<TokenSet> {
        // EXPOSE: read into types that hide them again.
        TokenSet::from_bytes(self.open(Purpose::ProvisionalTokens, session_id, sealed)?.expose()).map_err(Error::fault)
    }

    fn open_verifier(&self, session_id: &str, sealed: &str) -> Result<CodeVerifier> {
        let verifier = text(&self.open(Purpose::CodeVerifier, session_id, sealed)?)?;
        // EXPOSE: parsed into a type that hides it again.
        CodeVerifier::parse(verifier.expose()).map_err(|_| Error::fault("a sealed verifier is malformed"))
    }
}

fn unanswered(reason: NoAnswer) -> Error {
    match reason {
        NoAnswer::TimedOut => Error::refused(Code::XTimeout, "X did not answer in time."),
        NoAnswer::Broken => Error::refused(Code::XUnavailable, "X could not be reached."),
        NoAnswer::TooLarge => Error::refused(Code::XInvalidResponse, "X's answer is too large to be read."),
        NoAnswer::NoStatus => Error::refused(Code::XInvalidResponse, "X's answer has a status that HTTP has not."),
    }
}

fn text(bytes: &Secret<Vec<u8>>) -> Result<Secret<String>> {
    // EXPOSE: bytes to text, still inside a Secret.
    String::from_utf8(bytes.expose().clone()).map(Secret::new).map_err(|_| Error::fault("a sealed text is not text"))
}

fn adoption(session: &Session, sealed_tokens: &str, user: &XUser, reserved: Reserved) -> Adoption {
    Adoption {
        account_id: reserved.account_id,
        rows: reserved.rows,
        session_id: session.id().to_owned(),
        sealed_tokens: sealed_tokens.to_owned(),
        client: session.terms().client.clone(),
        x_user_id: user.id.as_str().to_owned(),
    }
}
