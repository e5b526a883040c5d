//! The rows of the workspace in a backup, and their restore.

use latchkey_core::api::answer::Answer;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::freeze::{frozen, require_restoring};
use latchkey_core::time::UnixMillis;
use serde_json::json;

use super::freeze::OBJECTS;
use super::{Done, Workspace, done, freeze, planned};
use crate::error::Result;
use crate::objects::workspace::store::scope::Scope;
use crate::rpc::rows::{Page, Place};
use crate::rpc::workspace::{BackupCommand, Begun, ExportPlan, Outcome, PlanExport, RestoreRows};
use crate::runtime::now;

pub fn command(w: &Workspace, command: &BackupCommand) -> Result<Done<Outcome>> {
    match command {
        BackupCommand::PlanExport => planned(&PlanExport, plan_export(w)?),
        BackupCommand::ExportPage(asked) => planned(asked, export_page(w, &asked.place)?),
        BackupCommand::ExportObjects(asked) => planned(asked, export_objects(w, &asked.after)?),
        BackupCommand::EndExport(asked) => planned(asked, end_export(w, asked.since)?),
        BackupCommand::BeginRestore(asked) => planned(asked, begin_restore(w, &asked.id)?),
        BackupCommand::ClearRestored(asked) => planned(asked, clear_restored(w, asked.attempt, &asked.after)?),
        BackupCommand::RestoreRows(asked) => planned(asked, restore_rows(w, asked)?),
        BackupCommand::EndRestore { attempt } => Ok(done(end_restore(w, *attempt)?)),
        BackupCommand::ShowRestored => Ok(done(show_restored(w)?)),
    }
}

fn export_page(w: &Workspace, place: &Place) -> Result<Page> {
    freeze::require_frozen(w)?;
    w.store.tables.page(place)
}

fn export_objects(w: &Workspace, after: &str) -> Result<Vec<String>> {
    freeze::require_frozen(w)?;
    w.store.accounts.objects(after, OBJECTS)
}

fn plan_export(w: &Workspace) -> Result<Done<ExportPlan>> {
    let (since, networks, owed) = (freeze::require_frozen(w)?, w.store.apps.all()?, w.store.outbox.kept_secrets()?);
    let plan = ExportPlan { since, networks, schema_version: w.store.tables.schema_version(), owed };
    Ok(Done::from(plan).did(Audited::of(Action::Exported)))
}

/// A file's accounts arrive before the rows of their objects, so the accounts that are here name each object that
/// earlier tries wrote to. They go last: whoever breaks off here is followed by a try that begins with all of them.
fn clear_restored(w: &Workspace, attempt: u32, after: &str) -> Result<Vec<String>> {
    require_restoring(w.store.freeze.get()?, attempt)?;
    let names = w.store.accounts.objects(after, OBJECTS)?;
    if names.is_empty() {
        w.store.tables.clear()?;
    }
    Ok(names)
}

/// A deployment with an app, an account, a post, a key or a webhook is in use.
fn is_occupied(w: &Workspace) -> Result<bool> {
    let store = &w.store;
    Ok(store.apps.has_rows()?
        || store.accounts.has_rows()?
        || store.posts.has_rows()?
        || store.keys.has_rows()?
        || store.webhooks.has_rows()?)
}

fn restore_rows(w: &Workspace, asked: &RestoreRows) -> Result<()> {
    require_restoring(w.store.freeze.get()?, asked.attempt)?;
    asked.rows.iter().try_for_each(|row| w.store.tables.insert(&asked.table, row))
}

/// The last line was read: from here on everything goes.
fn end_restore(w: &Workspace, attempt: u32) -> Result<Done<Answer>> {
    let restoring = require_restoring(w.store.freeze.get()?, attempt)?;
    w.store.freeze.save(&restoring.restore_ended(now()), Some(now()))?;
    w.store.outbox.restart(now())?;
    Ok(Done::from(show_restored(w)?).did(Audited::of(Action::Restored)))
}

fn show_restored(w: &Workspace) -> Result<Answer> {
    let (accounts, posts, networks) =
        (w.store.accounts.count(Scope::All)?, w.store.posts.count()?, w.store.apps.count()?);
    let data = json!({ "social_networks": networks, "social_accounts": accounts, "posts": posts });
    Ok(Answer::data(200, data))
}

/// A restore that broke off is begun anew, with this file or another. What it left is cleared before a row arrives.
fn begin_restore(w: &Workspace, id: &str) -> Result<Begun> {
    let begun = latchkey_core::freeze::begin_restore(id, w.store.freeze.get()?, is_occupied(w)?, now())?;
    let Some(restoring) = begun else { return Ok(Begun::Already) };
    w.store.freeze.save(&restoring, None)?;
    Ok(Begun::Fresh { attempt: restoring.attempt() })
}

/// Nothing has gone on in between.
fn end_export(w: &Workspace, since: UnixMillis) -> Result<()> {
    if freeze::require_frozen(w)? == since { Ok(()) } else { Err(frozen().into()) }
}
