//! What callers may do, one file for each noun: an area reads the store, asks core, and writes the store.

pub mod accounts;
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
mod lists;
pub mod media;
pub mod posts;
pub mod proxy;
pub mod re_encryption;
pub mod replies;
mod serve;
pub mod settings;
pub mod sign_ins;
pub mod uploads;
pub mod webhooks;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::audit::Audited;
use latchkey_core::key::Binding;

use super::Workspace;
use crate::error::{Error, Result};
use crate::rpc::workspace::{
    Abandon, Authorise, Begin, BeginRestore, Call, ClearRestored, Command, CountReads, DeleteAccount, DeleteNetwork,
    EndExport, ExportObjects, ExportPage, Outcome, PlanChange, PlanDelete, PlanExport, PlanHealth, PlanInsight,
    PlanKeyDeletion, PlanLimits, PlanSession, PlanVerification, PlanWebhook, Replied, Restore, RestoreRows,
};

/// What an area made of a call: an answer, or the plan for the rest of the call; and the audited action, if the area did
/// something. `call.rs` writes the entry of the audit, in the same transaction.
pub struct Done<T> {
    pub result: T,
    pub audited: Option<Audited>,
}

impl<T> From<T> for Done<T> {
    fn from(result: T) -> Self {
        Self { result, audited: None }
    }
}

impl<T> Done<T> {
    fn did(self, audited: Audited) -> Self {
        Self { audited: Some(audited), ..self }
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Done<U> {
        Done { result: change(self.result), audited: self.audited }
    }
}

pub fn command(w: &Workspace, call: &Call, binding: &Binding) -> Result<Done<Outcome>> {
    if call.head.changes {
        freeze::require_running(w)?;
    }
    let url = call.head.callback_url.as_str();
    match &call.command {
        Command::Refuse(refused) => Err(Error::Refused(refused.clone())),
        Command::Finish { answer, is_sealed } => Ok(given(answer, *is_sealed)),
        Command::Authorise => planned(&Authorise, binding.clone()),
        Command::Serve(request) => Ok(done(serve::serve(w, request, url, binding)?)),
        Command::Abandon(asked @ Abandon { key }) => {
            planned(asked, w.store.idempotency.abandon(&binding.idempotency_key(key))?)
        }
        Command::PlanNetwork(input) => planned(input, apps::plan(w, input, binding)?),
        Command::CommitNetwork(commit) => Ok(done(apps::commit(w, commit, url)?)),
        Command::PlanVerification(asked @ PlanVerification { id }) => {
            planned(asked, apps::plan_verification(w, id, binding)?)
        }
        Command::CommitVerification { id, is_good, answer } => {
            Ok(done(apps::commit_verification(w, id, *is_good, answer)?))
        }
        Command::DeleteNetwork(asked @ DeleteNetwork { id }) => planned(asked, apps::delete(w, id, binding)?),
        Command::PlanSession(asked @ PlanSession { network, tenant_id, reconnect }) => {
            planned(asked, connect::plan_session(w, network, tenant_id.clone(), reconnect.as_ref(), binding)?)
        }
        Command::ChangeSettings { body, picture } => Ok(done(settings::change(w, body, picture.as_ref())?)),
        Command::PlanHealth(asked @ PlanHealth { id }) => planned(asked, accounts::plan_health(w, id, binding)?),
        Command::DeleteAccount(asked @ DeleteAccount { id }) => planned(asked, accounts::delete(w, id, binding)?),
        Command::PlanLimits(asked @ PlanLimits { id }) => planned(asked, accounts::plan_limits(w, id, binding)?),
        Command::CountReads(asked @ CountReads { account_id, reads }) => {
            planned(asked, budget::count_reads(w, account_id, *reads)?)
        }
        Command::PlanChange(asked @ PlanChange { id, body }) => {
            planned(asked, changes::plan_change(w, id, body, binding)?)
        }
        Command::CommitChange { id, number, body } => Ok(committed(changes::commit_change(w, id, *number, body)?)),
        Command::PlanDelete(asked @ PlanDelete { id }) => planned(asked, changes::plan_delete(w, id, binding)?),
        Command::CommitDelete { id, number } => Ok(committed(changes::commit_delete(w, id, *number)?)),
        Command::PlanInsight(asked @ PlanInsight { id }) => planned(asked, changes::plan_insight(w, id, binding)?),
        Command::CommitRemote { id, deleted, answer } => Ok(done(changes::commit_remote(w, id, deleted, answer)?)),
        Command::ShowPost { id } => Ok(done(posts::resolved(w, id, binding)?)),
        Command::PlanKey(input) => planned(input, keys::plan(w, input, binding)?),
        Command::CommitKey { key, digest, answer, is_sealed } => {
            let audited = keys::commit(w, key, digest)?;
            Ok(given(answer, *is_sealed).did(audited))
        }
        Command::PlanKeyDeletion(asked @ PlanKeyDeletion { id }) => {
            planned(asked, keys::plan_deletion(w, id, binding)?)
        }
        Command::CommitKeyDeletion { id } => Ok(done(keys::commit_deletion(w, id)?)),
        Command::PlanWebhook(asked @ PlanWebhook { tenant_id }) => {
            planned(asked, webhooks::plan(w, tenant_id.clone(), binding)?)
        }
        Command::CommitWebhook { webhook, answer, is_sealed } => {
            let audited = webhooks::commit(w, webhook)?;
            Ok(given(answer, *is_sealed).did(audited))
        }
        Command::ChangeWebhook { id, change } => Ok(done(webhooks::change(w, id, (**change).clone(), binding)?)),
        Command::Media(command) => media::command(w, command, &call.head.request_id, binding),
        Command::PlanExport => planned(&PlanExport, backup::plan_export(w)?),
        Command::EndExport(asked @ EndExport { since }) => planned(asked, backup::end_export(w, *since)?),
        Command::ExportPage(asked @ ExportPage { place }) => planned(asked, backup::export_page(w, place)?),
        Command::ExportObjects(asked @ ExportObjects { after }) => planned(asked, backup::export_objects(w, after)?),
        Command::Restore(Restore::Begin(asked @ BeginRestore { id })) => planned(asked, backup::begin_restore(w, id)?),
        Command::Restore(Restore::Clear(asked @ ClearRestored { attempt, after })) => {
            planned(asked, backup::clear_restored(w, *attempt, after)?)
        }
        Command::Restore(Restore::Rows(asked @ RestoreRows { attempt, table, rows })) => {
            planned(asked, backup::restore_rows(w, *attempt, table, rows)?)
        }
        Command::Restore(Restore::End { attempt }) => Ok(done(backup::end_restore(w, *attempt)?)),
        Command::ShowRestored => Ok(done(backup::show_restored(w)?)),
    }
}

/// The plan has the type that the question asks for.
fn planned<Q: Begin>(asked: &Q, plan: impl Into<Done<Q::Plan>>) -> Result<Done<Outcome>> {
    let Done { result, audited } = plan.into();
    Ok(Done { result: Outcome::plan(asked, &result)?, audited })
}

/// The answer, or that the change has to begin again.
fn committed(answer: Option<Done<Answer>>) -> Done<Outcome> {
    answer.map_or_else(|| Outcome::Again.into(), done)
}

fn done(answer: impl Into<Done<Answer>>) -> Done<Outcome> {
    answer.into().map(|answer| Outcome::Done(Replied::fresh(answer)))
}

fn given(answer: &Answer, is_sealed: bool) -> Done<Outcome> {
    Outcome::Done(Replied { answer: answer.clone(), is_replayed: false, is_sealed }).into()
}

pub fn not_found(what: &str) -> Error {
    Error::refused(Code::NotFound, format!("There is no such {what}."))
}
