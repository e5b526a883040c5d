//! What callers may do, one file for each noun: an area reads the store, asks core, and writes the store.

pub mod accounts;
pub mod agents;
pub mod approvals;
pub mod apps;
pub mod audit;
pub mod backup;
pub mod brand;
pub mod breaker;
pub mod budget;
pub mod changes;
pub mod connect;
pub mod events;
pub mod freeze;
pub mod imports;
pub mod keys;
mod links;
mod lists;
pub mod live;
pub mod media;
mod metrics;
mod overview;
pub mod page_sessions;
pub mod posts;
pub mod proxy;
pub mod re_encryption;
pub mod replies;
mod requests;
mod serve;
pub mod settings;
pub mod sign_ins;
pub mod uploads;
pub mod webhooks;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::audit::Audited;
use latchkey_core::key::Caller;

use super::Workspace;
use super::store::outbox::Begun;
use crate::error::{Error, Result};
use crate::rpc::workspace::{Abandon, Authorise, Begin, Call, Command, Outcome, Replied};

/// What an area made of a call: an answer, or the plan for the rest of the call; the audited actions, if the area did
/// something; and deliveries that go to their accounts right after the transaction. `call.rs` writes the entries of the
/// audit, in the same transaction.
pub struct Done<T> {
    pub result: T,
    pub audited: Vec<Audited>,
    pub handed: Vec<Begun>,
    /// The answer has an address by which anybody may act: where it is kept, it is kept sealed.
    pub is_secret: bool,
}

impl<T> From<T> for Done<T> {
    fn from(result: T) -> Self {
        Self { result, audited: Vec::new(), handed: Vec::new(), is_secret: false }
    }
}

impl<T> Done<T> {
    fn did(mut self, audited: Audited) -> Self {
        self.audited.push(audited);
        self
    }

    fn secret(self, is_secret: bool) -> Self {
        Self { is_secret, ..self }
    }

    fn hands(self, handed: Vec<Begun>) -> Self {
        Self { handed, ..self }
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Done<U> {
        Done { result: change(self.result), audited: self.audited, handed: self.handed, is_secret: self.is_secret }
    }
}

pub fn command(w: &Workspace, call: &Call, caller: &Caller) -> Result<Done<Outcome>> {
    let binding = &caller.binding;
    if call.head.changes {
        freeze::require_running(w)?;
    }
    let (url, request_id) = (call.head.callback_url.as_str(), call.head.request_id.as_str());
    match &call.command {
        Command::Refuse(refused) => Err(Error::Refused(refused.clone())),
        Command::Finish { answer, is_sealed } => Ok(given(answer, *is_sealed)),
        Command::Authorise => planned(&Authorise, caller.clone()),
        Command::Serve(request) => Ok(done(serve::serve(w, request, url, caller)?)),
        Command::Abandon(asked @ Abandon { key }) => {
            planned(asked, w.store.idempotency.abandon(&caller.idempotency_key(key, call.head.access))?)
        }
        Command::App(command) => apps::command(w, command, url, binding),
        Command::Session(asked) => planned(asked, connect::plan_session(w, asked, binding)?),
        Command::Account(command) => accounts::command(w, command, binding),
        Command::Post(command) => changes::command(w, command, caller),
        Command::Media(command) => media::command(w, command, request_id, binding),
        Command::Agent(asked) => planned(&**asked, agents::plan(w, asked, caller, &call.head.key_digest)?),
        Command::Key(command) => keys::command(w, command, caller, &call.head.key_digest),
        Command::Webhook(command) => webhooks::command(w, command, binding),
        Command::Settings(change) => Ok(done(settings::change(w, change)?)),
        Command::Backup(command) => backup::command(w, command),
    }
}

/// The plan has the type that the question asks for.
fn planned<Q: Begin>(asked: &Q, plan: impl Into<Done<Q::Plan>>) -> Result<Done<Outcome>> {
    let Done { result, audited, handed, is_secret } = plan.into();
    Ok(Done { result: Outcome::plan(asked, &result)?, audited, handed, is_secret })
}

/// The answer, or that the change has to begin again.
fn committed(answer: Option<Done<Answer>>) -> Done<Outcome> {
    answer.map_or_else(|| Outcome::Again.into(), done)
}

fn done(answer: impl Into<Done<Answer>>) -> Done<Outcome> {
    answer.into().map(|answer| Outcome::Done(Replied::fresh(answer)))
}

fn given(answer: &Answer, is_sealed: bool) -> Done<Outcome> {
    Outcome::Done(Replied { answer: answer.clone(), first_at: None, is_sealed }).into()
}

pub fn not_found(what: &str) -> Error {
    Error::refused(Code::NotFound, format!("There is no such {what}."))
}
