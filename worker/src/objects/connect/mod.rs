//! The Connect object: one connect session. Single use needs one owner.
//!
//! The object holds the challenge, the digests of state and cookie, X's sealed code and, between the exchange and the
//! account's own object, the sealed tokens. Memory holds only the waiting callers and an exchange under way.

mod conclude;
mod confirm;
mod revoke;
mod schema;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, Shared};
use js_sys::{Promise, wasm_bindgen};
use latchkey_core::api::code::Code;
use latchkey_core::api::connect::session_view;
use latchkey_core::api::refused::Refused;
use latchkey_core::connect::confirm::SecondBrowser;
use latchkey_core::connect::page::Page;
use latchkey_core::connect::{Completion, ConnectError, Session, Status, Terms, Visitor, XAnswer};
use latchkey_core::pkce::CodeVerifier;
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::secret::Secret;
use latchkey_core::time::Span;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

pub use self::schema::VERSIONS;
use super::storage::{Db, doc};
use super::store::Opened;
use super::waiting::Waiting;
use crate::app::App;
use crate::error::{Error, Result};
use crate::log;
use crate::names::WORKSPACE;
use crate::rpc::connect::{Arrival, Completed, Message, Opening, Returned, digest};
use crate::rpc::wire::{received, reply, respond};
use crate::runtime::{entropy, now, within};

#[durable_object]
pub struct ConnectObject {
    session: Opened<Inner>,
}

struct Inner {
    env: Env,
    db: Db,
    waiting: Waiting<()>,
    forgotten: Cell<bool>,
    concluding: RefCell<Option<Shared<LocalBoxFuture<'static, Result<()>>>>>,
}

// A caught panic leaves nothing half done here: the session is in SQLite, and each event reads it anew.
impl std::panic::UnwindSafe for ConnectObject {}
impl std::panic::RefUnwindSafe for ConnectObject {}

impl DurableObject for ConnectObject {
    fn new(state: State, env: Env) -> Self {
        Self { session: Opened::open("connect", &state, &VERSIONS, |db| Ok(Inner::new(db, env))) }
    }

    /// Nobody calls it.
    async fn fetch(&self, _: Request) -> worker::Result<Response> {
        Response::error("messages only", 405)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        log::unattended("connect", "alarm", &self.awake().await);
        Response::empty()
    }
}

#[wasm_bindgen]
impl ConnectObject {
    /// By the platform's RPC.
    pub fn message(&self, text: String) -> Promise {
        let session = self.session.get().cloned();
        respond(async move { session?.handle(received(&text)?).await })
    }
}

impl ConnectObject {
    async fn awake(&self) -> Result<()> {
        self.session.for_alarm().await?.alarm().await
    }
}

impl Inner {
    fn new(db: Db, env: Env) -> Self {
        let (waiting, forgotten, concluding) = (Waiting::default(), Cell::new(false), RefCell::default());
        Self { env, db, waiting, forgotten, concluding }
    }

    async fn handle(self: &Rc<Self>, message: Message) -> Result<Value> {
        match message {
            Message::Create(session) => {
                self.save(&session)?;
                self.arm(&session).await?;
                reply(())
            }
            Message::View { wait_ms, since } => reply(self.view(Span::millis(wait_ms), since).await?),
            Message::Terms => reply(self.session()?.terms().clone()),
            Message::Start(opening) => reply(self.start(opening).await?),
            Message::Callback(arrival) => reply(self.callback(arrival).await?),
            Message::Complete { verifier } => reply(self.complete(verifier).await?),
            Message::Confirm { code } => reply(self.confirm(&code).await?),
            Message::Press { cookie } => reply(self.press(&cookie).await?),
            Message::Accept => reply(self.accept().await?),
            Message::Cancel => reply(self.cancel().await?),
            Message::Page { cookie } => reply(self.page(cookie.as_deref())?),
        }
    }

    /// Waits until the status is no longer `since`, then shows the session.
    async fn view(&self, wait: Span, since: Option<Status>) -> Result<Value> {
        let deadline = now() + wait;
        loop {
            let (session, now) = (self.session()?, now());
            if !session.is_readable(now) {
                return Err(refusal(ConnectError::Expired));
            }
            let unchanged = since == Some(session.status(now));
            let patience = (deadline - now).min(session.terms().expires_at - now);
            if !unchanged || session.is_over() || patience <= Span::millis(0) {
                return Ok(session_view(&session, now));
            }
            within(patience, self.waiting.news(())).await;
        }
    }

    /// A browser leaves for X: a fresh start, with what the edge made for it.
    async fn start(&self, opening: Opening) -> Result<Terms> {
        self.reconcile().await;
        let mut session = self.session()?;
        let entry_kind = opening.entry_kind;
        let start = opening
            .into_start(|verifier| self.seal(Purpose::CodeVerifier, session.id(), verifier.expose().as_bytes()))?; // EXPOSE: into the seal.
        session.start(entry_kind, start, now()).map_err(refusal)?;
        self.save_and_tell(&session).await?;
        self.revoke_discarded().await?;
        Ok(session.terms().clone())
    }

    /// X sent a browser back. A start with a verifier is concluded at once; all other starts wait for their page.
    async fn callback(self: &Rc<Self>, arrival: Arrival) -> Result<Returned> {
        self.reconcile().await;
        let mut session = self.session()?;
        // EXPOSE: hashed; and into the seal.
        let x_code = arrival.code.as_ref().map_or_else(String::new, |code| digest(code.expose()));
        let second_browser =
            SecondBrowser::new(arrival.second_browser.clone(), x_code.clone(), self.new_code(session.id())?);
        let answer = match arrival.code {
            // EXPOSE: as above.
            Some(code) => XAnswer::Code {
                sealed: self.seal(Purpose::AuthorizationCode, session.id(), code.expose().as_bytes())?,
                digest: x_code,
            },
            None => XAnswer::Error(arrival.error.unwrap_or_default()),
        };
        let (cookie, takeover) = (arrival.cookie.as_deref(), self.app()?.takeover());
        session.callback(&arrival.state, cookie, answer, second_browser, takeover, now()).map_err(refusal)?;
        self.save_and_tell(&session).await?;
        self.revoke_discarded().await?;
        let is_second_browser = session.visitor(Some(&arrival.second_browser)) == Visitor::Second;
        let cookie = if is_second_browser { Some(arrival.second_browser) } else { arrival.cookie };
        if session.concludes_itself() {
            self.conclude_unattended(session.clone()).await?;
        }
        Ok(Returned { id: session.id().to_owned(), page: self.page(cookie.as_deref())?, is_second_browser })
    }

    /// The page's verifier: the right one leads to the stored result, whether it comes once or ten times.
    async fn complete(self: &Rc<Self>, verifier: Secret<String>) -> Result<Completed> {
        // EXPOSE: parsed into a type that hides it again.
        let verifier = CodeVerifier::parse(verifier.expose()).map_err(|_| refusal(ConnectError::VerifierMismatch))?;
        match self.session()?.complete(&verifier, now()).map_err(refusal)? {
            Completion::NeedsConfirmation => return Ok(Completed::Waiting(Status::NeedsConfirmation)),
            Completion::Ended => {}
            Completion::Proceed => self.conclude_with(verifier).await?,
        }
        self.session()?.try_into()
    }

    async fn cancel(&self) -> Result<Value> {
        self.reconcile().await;
        let mut session = self.session()?;
        if !session.is_readable(now()) {
            return Err(refusal(ConnectError::Expired));
        }
        session.cancel(now());
        self.save_and_tell(&session).await?;
        self.revoke_discarded().await?;
        Ok(session_view(&session, now()))
    }

    fn page(&self, cookie: Option<&str>) -> Result<Page> {
        let session = self.session()?;
        let visitor = session.visitor(cookie);
        let code = match session.second() {
            Some(other) if visitor == Visitor::Second => Some(self.open_code(session.id(), other)?),
            _ => None,
        };
        let refusal = session.refusal_of(cookie);
        Ok(session.page(visitor, code, refusal, now()))
    }

    /// Makes pending revocations, resumes after a crash, drops secrets at expiry, and forgets the session a day after
    /// its end, or once nothing is left for X to revoke.
    async fn alarm(self: &Rc<Self>) -> Result<()> {
        self.db.alarm_rang();
        self.reconcile().await;
        let mut session = self.stored()?;
        let time = now();
        if session.is_done_with(time) {
            // The table goes too, so this instance must not look for it again.
            self.forgotten.set(true);
            return self.db.delete_everything().await;
        }
        self.db.set_alarm_for_a_crash().await?;
        if session.status(time) == Status::Expired {
            session.expire(time);
            self.save_and_tell(&session).await?;
            self.revoke_discarded().await?;
        } else if session.resumes_at().is_some_and(|at| at <= time) {
            session.resume_later(time);
            self.save(&session)?;
            self.conclude_unattended(session).await?;
        }
        if self.stored()?.discarded().is_due(time) {
            self.revoke_discarded().await?;
        }
        self.arm(&self.stored()?).await
    }

    /// What there is of the session for everybody who asks.
    fn session(&self) -> Result<Session> {
        self.stored().and_then(|session| if session.is_forgotten(now()) { Err(unknown()) } else { Ok(session) })
    }

    /// Also one that is kept for the sake of the tokens alone that X has yet to revoke.
    fn stored(&self) -> Result<Session> {
        let stored = if self.forgotten.get() { None } else { self.db.doc("SELECT doc FROM session", Vec::new())? };
        stored.ok_or_else(unknown)
    }

    fn save(&self, session: &Session) -> Result<()> {
        self.db.run("INSERT OR REPLACE INTO session (id, doc) VALUES (1, ?)", vec![doc(session)?])
    }

    async fn save_and_tell(&self, session: &Session) -> Result<()> {
        self.save(session)?;
        self.waiting.tell(&());
        self.arm(session).await
    }

    async fn arm(&self, session: &Session) -> Result<()> {
        self.db.alarm_by(Some(session.next_alarm(now()))).await
    }

    fn seal(&self, purpose: Purpose, session_id: &str, plaintext: &[u8]) -> Result<String> {
        let context = Context { workspace: WORKSPACE, purpose, row: session_id };
        Ok(self.app()?.keyring().seal(&context, plaintext, entropy()?)?)
    }

    fn open(&self, purpose: Purpose, session_id: &str, sealed: &str) -> Result<Secret<Vec<u8>>> {
        let context = Context { workspace: WORKSPACE, purpose, row: session_id };
        Ok(self.app()?.keyring().open(&context, sealed)?)
    }

    fn app(&self) -> Result<App> {
        App::open(&self.env)
    }
}

fn unknown() -> Error {
    Error::refused(Code::NotFound, "There is no such connect session.")
}

fn refusal(error: ConnectError) -> Error {
    let refused = Refused::new(error.code(), sentence(&error.to_string()));
    match error.code() {
        Code::InFlight => refused.with_hint("Watch the session's status; it says when this can be done.").into(),
        _ => refused.into(),
    }
}

/// `the session has expired` as people write it.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}
