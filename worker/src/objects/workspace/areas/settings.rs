//! The operator's settings for the workspace, and the spending.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::settings::{ChangeSettings, by_tenant, settings_view, usage_view};
use latchkey_core::audit::{Action, Audited};
use latchkey_core::budget::Month;
use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;
use serde_json::json;

use super::{Done, Workspace};
use crate::error::Result;
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
    let accounts = w.store.accounts.all()?.iter().filter(|account| binding.admits(account)).count();
    let mut spent = by_tenant(w.store.deliveries.spent_in(month)?, w.store.budget.spent_in(month)?);
    let mut by_day = w.store.deliveries.spent_by_day(month)?;
    if binding.is_narrow() {
        let own = binding.tenant_id.as_ref().map(TenantId::as_str);
        spent.retain(|row| row.tenant_id.as_deref() == own);
        by_day.retain(|row| row.tenant_id.as_deref() == own);
    }
    let usage = usage_view(month, accounts, &spent, &by_day);
    Ok(Answer::success(200, json!({ "usage": usage })))
}

pub fn get(w: &Workspace) -> Result<Answer> {
    Ok(Answer::data(200, settings_view(&w.store.settings.get()?, &w.store.brand.get()?)))
}
