//! What the operator decides for the workspace, and what it has spent.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::read;
use latchkey_core::api::settings::{ChangeSettings, Month, settings_view, usage_view};
use serde_json::json;

use super::Inner;
use crate::error::Result;
use crate::runtime::now;

impl Inner {
    pub(super) fn get_settings(&self) -> Result<Answer> {
        Ok(Answer::data(200, settings_view(&self.settings()?)))
    }

    pub(super) fn change_settings(&self, body: &str) -> Result<Answer> {
        let wanted = read::<ChangeSettings>(body.as_bytes(), &[])?.value;
        let mut settings = self.settings()?;
        wanted.apply(&mut settings)?;
        self.save_settings(&settings)?;
        self.get_settings()
    }

    pub(super) fn usage(&self) -> Result<Answer> {
        let month = Month::of(now());
        let accounts = self.db()?.count("SELECT count(*) AS count FROM accounts WHERE is_deleted = 0", Vec::new())?;
        let usage = usage_view(month, accounts, &self.spent_in(month)?);
        Ok(Answer::success(200, json!({ "usage": usage })))
    }
}
