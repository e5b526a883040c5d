//! The messages about webhooks.

use latchkey_core::api::answer::Answer;
use latchkey_core::id::TenantId;
use latchkey_core::webhook::{Change, Webhook};
use serde::{Deserialize, Serialize};

use super::{Begin, Command};

/// The tenant of a new webhook.
#[derive(Clone, Serialize, Deserialize)]
pub enum WebhookCommand {
    Plan(PlanWebhook),
    Commit { webhook: Box<Webhook>, answer: Answer, is_sealed: bool },
    Change { id: String, change: Box<Change> },
}

impl From<WebhookCommand> for Command {
    fn from(command: WebhookCommand) -> Self {
        Self::Webhook(command)
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PlanWebhook {
    pub tenant_id: Option<TenantId>,
}

impl Begin for PlanWebhook {
    type Plan = Option<TenantId>;

    fn command(self) -> Command {
        WebhookCommand::Plan(self).into()
    }
}
