//! The Account object: one X user under one X app. The only place where its tokens are opened and refreshed, and the
//! journal of what is published with them.
//!
//! Input gates do not cover an awaited `fetch`, so what must be one at a time has its own lock: a refresh is one shared
//! future, publishing is one loop. Both keep their state in `SQLite` and nothing else.

mod publish;
mod store;
mod stub;
mod tokens;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, Shared};
use latchkey_core::api::account::Health;
use latchkey_core::delivery::Delivery;
use latchkey_core::x::XError;
use latchkey_core::x::problem::Refusal;
use latchkey_core::x::user::{me_request, me_response};
use serde_json::Value;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use self::stub::Message;
pub use self::stub::{AccountStub, Adoption, Release, Revocation};
use self::tokens::{Access, NoAccess};
use super::storage::Db;
use super::wire::{answer, message, reply};
use crate::app::App;
use crate::error::Result;
use crate::log;
use crate::outbound::{NoAnswer, QUICK};
use crate::runtime::now;

#[durable_object]
pub struct AccountObject {
    inner: Rc<Inner>,
}

struct Inner {
    env: Env,
    db: Result<Db>,
    refreshing: RefCell<Option<Shared<LocalBoxFuture<'static, Result<()>>>>>,
    publishing: Cell<bool>,
}

// A caught panic leaves nothing half done here: everything is in SQLite, and each event reads it anew.
impl std::panic::UnwindSafe for AccountObject {}
impl std::panic::RefUnwindSafe for AccountObject {}

impl DurableObject for AccountObject {
    fn new(state: State, env: Env) -> Self {
        let db = Db::open(state.storage(), store::SCHEMA);
        Self { inner: Rc::new(Inner { env, db, refreshing: RefCell::default(), publishing: Cell::new(false) }) }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let result = match message(request).await {
            Ok(message) => self.inner.handle(message).await,
            Err(error) => Err(error),
        };
        answer(&result)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        log::unattended("account", "alarm", &self.inner.alarm().await);
        Response::empty()
    }
}

impl Inner {
    /// Whatever a message changed, and whether it failed or not: the alarm is derived from the rows as they are now.
    async fn handle(self: &Rc<Self>, message: Message) -> Result<Value> {
        let result = match message {
            Message::Adopt(adoption) => self.adopt(adoption).and_then(reply),
            Message::Enqueue(deliveries) => self.enqueue(&deliveries).and_then(reply),
            Message::Health => self.health().await.and_then(reply),
            Message::Release(release) => self.release(&release).await.and_then(reply),
            Message::ClientChanged { client_id } => self.client_changed(&client_id).and_then(reply),
        };
        self.arm().await?;
        result
    }

    /// Takes deliveries into the journal. A repeated one is known by post and account, and changes nothing.
    fn enqueue(&self, deliveries: &[Delivery]) -> Result<()> {
        self.db()?.transaction(|| deliveries.iter().try_for_each(|delivery| self.insert_delivery(delivery)))
    }

    /// Publishes what is due, tells the ledger what changed, and sets the next alarm.
    async fn alarm(self: &Rc<Self>) -> Result<()> {
        self.db()?.set_alarm_for_a_crash().await?;
        self.publish_due().await?;
        self.arm().await
    }

    async fn arm(&self) -> Result<()> {
        self.db()?.set_alarm(self.next_alarm()?).await
    }

    /// Asks X who this is: on a 401 exactly one refresh, and a second 401 is ill health, not a disconnection.
    async fn health(self: &Rc<Self>) -> Result<Health> {
        let access = match self.access_token().await? {
            Ok(access) => access,
            Err(no_access) => return self.no_access(no_access),
        };
        let mut answer = self.ask_who(&access).await?;
        if is_rejected(&answer) {
            self.access_token_rejected(&access)?;
            match self.access_token().await? {
                Ok(access) => answer = self.ask_who(&access).await?,
                Err(no_access) => return self.no_access(no_access),
            }
        }
        let grant = self.grant()?;
        Ok(match answer {
            Ok(answer) => Health::from_x(me_response(&answer), &answer, grant.as_ref(), now()),
            Err(NoAnswer::TimedOut) => Health::unanswered("X did not answer in time.", grant.as_ref()),
            Err(NoAnswer::Broken) => Health::unanswered("X could not be reached.", grant.as_ref()),
        })
    }

    async fn ask_who(&self, access: &Access) -> Result<Result<http::Response<Vec<u8>>, NoAnswer>> {
        let app = self.app()?;
        app.x().send(me_request(app.endpoints(), &access.token), QUICK).await
    }

    fn no_access(&self, no_access: NoAccess) -> Result<Health> {
        let grant = self.grant()?;
        Ok(match no_access {
            NoAccess::Ended => Health::ended(grant.as_ref()),
            NoAccess::Until(_) => Health::unanswered("X gives no access token at the moment.", grant.as_ref()),
        })
    }

    fn db(&self) -> Result<&Db> {
        self.db.as_ref().map_err(Clone::clone)
    }

    fn app(&self) -> Result<App> {
        App::open(&self.env)
    }
}

fn is_rejected(answer: &Result<http::Response<Vec<u8>>, NoAnswer>) -> bool {
    let refusal = answer.as_ref().ok().and_then(|answer| me_response(answer).err());
    matches!(refusal, Some(XError::Refused { refusal: Refusal::TokenRejected, .. }))
}
