//! The messages about connected accounts and their grants.

use latchkey_core::grant::Ended;
use latchkey_core::id::{AccountId, NetworkId, TenantId, XUserId};
use latchkey_core::network::ClientRef;
use latchkey_core::oauth::Scopes;
use latchkey_core::revocation::Tally;
use latchkey_core::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::{Begin, Command, DeletionPlan};

#[derive(Clone, Serialize, Deserialize)]
pub struct PlanSession {
    pub network: String,
    pub tenant_id: Option<TenantId>,
    pub reconnect: Option<AccountId>,
}

impl Begin for PlanSession {
    type Plan = SessionPlan;

    fn command(self) -> Command {
        Command::Session(self)
    }
}

#[derive(Serialize, Deserialize)]
pub struct SessionPlan {
    pub client: ClientRef,
    pub tenant_id: Option<TenantId>,
    pub expected_user: Option<XUserId>,
}

#[derive(Clone, Serialize, Deserialize)]
pub enum AccountCommand {
    PlanHealth(PlanHealth),
    PlanLimits(PlanLimits),
    Delete(DeleteAccount),
}

impl From<AccountCommand> for Command {
    fn from(command: AccountCommand) -> Self {
        Self::Account(command)
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PlanHealth {
    pub id: String,
}

impl Begin for PlanHealth {
    type Plan = HealthPlan;

    fn command(self) -> Command {
        AccountCommand::PlanHealth(self).into()
    }
}

#[derive(Serialize, Deserialize)]
pub struct HealthPlan {
    pub object: String,
    pub account_id: AccountId,
    pub username: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct DeleteAccount {
    pub id: String,
}

impl Begin for DeleteAccount {
    type Plan = DeletionPlan;

    fn command(self) -> Command {
        AccountCommand::Delete(self).into()
    }
}

/// The object of an account.
#[derive(Clone, Serialize, Deserialize)]
pub struct PlanLimits {
    pub id: String,
}

impl Begin for PlanLimits {
    type Plan = (String, AccountId);

    fn command(self) -> Command {
        AccountCommand::PlanLimits(self).into()
    }
}

/// The row that a consent will be entered in, and every row of the same X user and app that is connected.
#[derive(Serialize, Deserialize)]
pub struct Reserved {
    pub account_id: AccountId,
    pub rows: Vec<AccountId>,
}

/// What became of a grant, for the rows that act with it.
#[derive(Serialize, Deserialize)]
pub struct GrantReport {
    pub network_id: NetworkId,
    pub x_user_id: String,
    pub rows: Rows,
    pub scopes: Scopes,
    pub token_expires_at: UnixMillis,
    pub ended: Option<Ended>,
}

/// Rows of an X user.
#[derive(Serialize, Deserialize)]
pub enum Rows {
    One(AccountId),
    /// Those that share the pair of before version 2.
    AllBut(Vec<AccountId>),
}

/// What X still has to revoke for a row.
#[derive(Serialize, Deserialize)]
pub struct RevocationReport {
    pub account_id: String,
    pub tally: Tally,
}
