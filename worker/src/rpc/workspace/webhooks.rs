//! The messages about webhooks.

use latchkey_core::id::TenantId;
use serde::{Deserialize, Serialize};

use super::{Begin, Command};

/// The tenant of a new webhook.
#[derive(Clone, Serialize, Deserialize)]
pub struct PlanWebhook {
    pub tenant_id: Option<TenantId>,
}

impl Begin for PlanWebhook {
    type Plan = Option<TenantId>;

    fn command(self) -> Command {
        Command::PlanWebhook(self)
    }
}
