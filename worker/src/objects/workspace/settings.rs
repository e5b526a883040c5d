//! The operator's settings for the workspace, and the spending.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::settings::{ChangeSettings, settings_view, usage_view};
use latchkey_core::budget::Month;
use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;
use serde_json::json;

use super::{Inner, Picture};
use crate::error::Result;
use crate::runtime::now;

impl Inner {
    pub(super) fn get_settings(&self) -> Result<Answer> {
        Ok(Answer::data(200, settings_view(&self.settings()?, &self.brand()?)))
    }

    /// `picture` is the logo that the body names.
    pub(super) fn change_settings(&self, body: &str, picture: Option<&Picture>) -> Result<Answer> {
        let wanted = read::<ChangeSettings>(body.as_bytes(), &[])?.value;
        let mut settings = self.settings()?;
        wanted.apply(&mut settings)?;
        let mut brand = self.brand()?;
        wanted.brand.apply(&mut brand, picture.map(|picture| picture.logo.clone()));
        self.save_settings(&settings)?;
        self.save_brand(&brand, picture)?;
        self.get_settings()
    }

    /// A tenant's key hears of its own.
    pub(super) fn usage(&self, whose: &Binding) -> Result<Answer> {
        let month = Month::of(now());
        let accounts = self.accounts()?.iter().filter(|account| whose.admits(account)).count();
        let (mut spent, mut by_day) = (self.spent_in(month)?, self.spent_by_day(month)?);
        if whose.is_narrow() {
            let own = whose.tenant_id.as_ref().map(TenantId::as_str);
            spent.retain(|row| row.tenant_id.as_deref() == own);
            by_day.retain(|row| row.tenant_id.as_deref() == own);
        }
        let usage = usage_view(month, accounts, &spent, &by_day);
        Ok(Answer::success(200, json!({ "usage": usage })))
    }
}
