//! Imports of an account's own posts, as callers ask for them.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::page::{List, Page};
use latchkey_core::api::profile::{CreateImport, import_view};
use latchkey_core::api::query::Query;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::ImportId;
use latchkey_core::import::Import;
use latchkey_core::key::Binding;
use latchkey_core::outbox::OutboxJob;

use super::{Done, Workspace, accounts, lists, not_found};
use crate::error::Result;
use crate::runtime::{entropy, now};

/// Newest first.
pub fn list(w: &Workspace, account: &str, mut query: Query, binding: &Binding) -> Result<Answer> {
    let page = Page::from_query(&mut query, List::Imports)?;
    let warnings = query.finish()?;
    let account = accounts::account_for(w, account, binding)?;
    Ok(lists::answer(&w.store.imports.list(&account.id, &page)?, import_view, &warnings))
}

/// 202: it runs by itself.
pub fn create(w: &Workspace, account: &str, body: &str, binding: &Binding) -> Result<Done<Answer>> {
    let limit = read::<CreateImport>(body.as_bytes(), &[])?.value.limit()?;
    let account = accounts::account_for(w, account, binding)?;
    let audited = Audited::on(Action::ImportCreated, account.tenant_id.as_ref(), account.id.as_str());
    let import = Import::new(ImportId::from_entropy(entropy()?), account.id, limit, now());
    w.store.imports.save(&import)?;
    w.store.outbox.add(&OutboxJob::Import { id: import.id().clone() }, now())?;
    Ok(Done::from(Answer::data(202, import_view(&import))).did(audited))
}

pub fn get(w: &Workspace, account: &str, id: &str, binding: &Binding) -> Result<Answer> {
    let account = accounts::account_for(w, account, binding)?;
    let import = w.store.imports.find(id)?.filter(|import| *import.account_id() == account.id);
    Ok(Answer::data(200, import_view(&import.ok_or_else(|| not_found("import"))?)))
}
