//! The operator's settings for the workspace, and the spending.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::settings::{ChangeSettings, settings_view, usage_view};
use latchkey_core::audit::{Action, Audited};
use latchkey_core::budget::Month;
use latchkey_core::key::Binding;
use serde_json::json;

use super::{Done, Workspace};
use crate::error::Result;
use crate::objects::workspace::store::scope::Scope;
use crate::rpc::workspace::SettingsChange;
use crate::runtime::now;

pub fn change(w: &Workspace, change: &SettingsChange) -> Result<Done<Answer>> {
    let wanted = read::<ChangeSettings>(change.body.as_bytes(), &[])?.value;
    let picture = change.picture.as_ref();
    let mut settings = w.store.settings.get()?;
    wanted.apply(&mut settings)?;
    let mut brand = w.store.brand.get()?;
    wanted.brand.apply(&mut brand, picture.map(|picture| picture.logo.clone()));
    w.store.settings.save(&settings)?;
    w.store.brand.save(&brand, picture.map(|picture| picture.base64.as_str()))?;
    Ok(Done::from(get(w)?).did(Audited::of(Action::SettingsChanged)))
}

/// A tenant's key hears of its own.
pub fn usage(w: &Workspace, binding: &Binding) -> Result<Answer> {
    let month = Month::of(now());
    let scope = Scope::seen_by(binding);
    let (spent, by_day) = (w.store.budget.spent_in(month, scope)?, w.store.budget.spent_by_day(month, scope)?);
    let usage = usage_view(month, accounts_of(w, binding)?, &spent, &by_day);
    Ok(Answer::success(200, json!({ "usage": usage })))
}

/// How many accounts a key may see.
fn accounts_of(w: &Workspace, binding: &Binding) -> Result<u64> {
    match &binding.account_id {
        Some(id) => Ok(w.store.accounts.find(id.as_str())?.is_some_and(|account| binding.admits(&account)).into()),
        None => w.store.accounts.count(Scope::seen_by(binding)),
    }
}

pub fn get(w: &Workspace) -> Result<Answer> {
    Ok(Answer::data(200, settings_view(&w.store.settings.get()?, &w.store.brand.get()?)))
}
