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
pub mod passthrough;
pub mod posts;
pub mod re_encryption;
pub mod replies;
mod serve;
pub mod settings;
pub mod sign_ins;
pub mod uploads;
pub mod webhooks;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::key::Binding;
use serde::Serialize;

use super::Workspace;
use crate::error::{Error, Result};
use crate::rpc::wire::reply;
use crate::rpc::workspace::{Call, Command, Done, Outcome, Restore};

pub fn command(w: &Workspace, call: &Call, whose: &Binding) -> Result<Outcome> {
    if call.head.changes {
        freeze::require_motion(w)?;
    }
    let url = call.head.callback_url.as_str();
    match &call.command {
        Command::Refuse(refused) => Err(Error::Refused(refused.clone())),
        Command::Finish { answer, is_sealed } => Ok(given(answer, *is_sealed)),
        Command::Authorise => go(whose),
        Command::Serve(request) => Ok(done(serve::serve(w, request, url, whose)?)),
        Command::Abandon { key } => go(w.store.idempotency.abandon(&whose.idempotency_key(key))?),
        Command::PlanNetwork(wish) => go(apps::plan(w, wish, whose)?),
        Command::CommitNetwork(commit) => Ok(done(apps::commit(w, commit, url)?)),
        Command::PlanVerification { id } => go(apps::plan_verification(w, id, whose)?),
        Command::CommitVerification { id, is_good, answer } => {
            Ok(done(apps::commit_verification(w, id, *is_good, answer)?))
        }
        Command::DeleteNetwork { id } => go(apps::delete(w, id, whose)?),
        Command::PlanSession { network, tenant_id, reconnect } => {
            go(connect::plan_session(w, network, tenant_id.clone(), reconnect.as_ref(), whose)?)
        }
        Command::ChangeSettings { body, picture } => Ok(done(settings::change(w, body, picture.as_ref())?)),
        Command::PlanHealth { id } => go(accounts::plan_health(w, id, whose)?),
        Command::DeleteAccount { id } => go(accounts::delete(w, id, whose)?),
        Command::PlanLimits { id } => go(accounts::plan_limits(w, id, whose)?),
        Command::CountReads { account_id, reads } => go(budget::count_reads(w, account_id, *reads)?),
        Command::PlanChange { id, body } => go(changes::plan_change(w, id, body, whose)?),
        Command::CommitChange { id, number, body } => committed(changes::commit_change(w, id, *number, body)?),
        Command::PlanDelete { id } => go(changes::plan_delete(w, id, whose)?),
        Command::CommitDelete { id, number } => committed(changes::commit_delete(w, id, *number)?),
        Command::PlanInsight { id } => go(changes::plan_insight(w, id, whose)?),
        Command::CommitRemote { id, deleted, answer } => Ok(done(changes::commit_remote(w, id, deleted, answer)?)),
        Command::ShowPost { id } => Ok(done(posts::get(w, id.as_str(), whose)?)),
        Command::PlanKey(wish) => go(keys::plan(w, wish, whose)?),
        Command::CommitKey { key, digest, answer, is_sealed } => {
            keys::commit(w, key, digest)?;
            Ok(given(answer, *is_sealed))
        }
        Command::PlanKeyDeletion { id } => go(keys::plan_deletion(w, id, whose)?),
        Command::CommitKeyDeletion { id } => Ok(done(keys::commit_deletion(w, id)?)),
        Command::PlanWebhook { tenant_id } => go(webhooks::plan(w, tenant_id.clone(), whose)?),
        Command::CommitWebhook { webhook, answer, is_sealed } => {
            w.store.webhooks.save(webhook)?;
            Ok(given(answer, *is_sealed))
        }
        Command::ChangeWebhook { id, change } => Ok(done(webhooks::change(w, id, (**change).clone(), whose)?)),
        Command::Media(command) => media::command(w, command, &call.head.request_id, whose),
        Command::PlanExport => go(backup::plan_export(w)?),
        Command::EndExport { since } => go(backup::end_export(w, *since)?),
        Command::ExportPage { place } => go(backup::export_page(w, place)?),
        Command::ExportObjects { after } => go(backup::export_objects(w, after)?),
        Command::Restore(Restore::Begin { id }) => go(backup::begin_restore(w, id)?),
        Command::Restore(Restore::Clear { attempt, after }) => go(backup::clear_restored(w, *attempt, after)?),
        Command::Restore(Restore::Rows { attempt, table, rows }) => go(backup::restore_rows(w, *attempt, table, rows)?),
        Command::Restore(Restore::End { attempt }) => Ok(done(backup::end_restore(w, *attempt)?)),
        Command::ShowRestored => Ok(done(backup::show_restored(w)?)),
    }
}

fn go(plan: impl Serialize) -> Result<Outcome> {
    reply(plan).map(Outcome::Go)
}

/// The answer, or that the change has to begin again.
fn committed(answer: Option<Answer>) -> Result<Outcome> {
    answer.map_or_else(|| go(()), |answer| Ok(done(answer)))
}

const fn done(answer: Answer) -> Outcome {
    Outcome::Done(Done::fresh(answer))
}

fn given(answer: &Answer, is_sealed: bool) -> Outcome {
    Outcome::Done(Done { answer: answer.clone(), is_replayed: false, is_sealed })
}

pub fn not_found(what: &str) -> Error {
    Error::refused(Code::NotFound, format!("There is no such {what}."))
}
