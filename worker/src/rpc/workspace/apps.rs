//! The messages about X apps.

use latchkey_core::api::answer::Answer;
use latchkey_core::id::{NetworkId, TenantId};
use latchkey_core::network::{ClientRef, ClientType, Network};
use latchkey_core::oauth::Scopes;
use serde::{Deserialize, Serialize};

use super::{Begin, Command};
use crate::rpc::account::Release;

/// Credentials that somebody wants to store, without the secret.
#[derive(Clone, Serialize, Deserialize)]
pub enum AppCommand {
    Plan(NetworkInput),
    Commit(NetworkCommit),
    PlanVerification(PlanVerification),
    CommitVerification { id: NetworkId, is_good: bool, answer: Answer },
    Delete(DeleteNetwork),
}

impl From<AppCommand> for Command {
    fn from(command: AppCommand) -> Self {
        Self::App(command)
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub enum NetworkInput {
    /// Create, or rotate what this tenant has.
    Put {
        client_id: String,
        tenant_id: Option<TenantId>,
        force: bool,
    },
    Change {
        id: String,
        client_id: Option<String>,
    },
}

impl Begin for NetworkInput {
    type Plan = NetworkPlan;

    fn command(self) -> Command {
        AppCommand::Plan(self).into()
    }
}

/// Where a new secret goes, and what it replaces.
#[derive(Serialize, Deserialize)]
pub struct NetworkPlan {
    pub id: NetworkId,
    pub tenant_id: Option<TenantId>,
    pub version: u32,
    pub client_id: String,
    pub current: Option<ClientRef>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct NetworkCommit {
    pub id: NetworkId,
    pub tenant_id: Option<TenantId>,
    pub client_id: String,
    pub version: u32,
    /// There was an app when the call began.
    pub replaces: bool,
    pub client_type: ClientType,
    pub is_verified: bool,
    pub warnings: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PlanVerification {
    pub id: String,
}

impl Begin for PlanVerification {
    type Plan = VerificationPlan;

    fn command(self) -> Command {
        AppCommand::PlanVerification(self).into()
    }
}

#[derive(Serialize, Deserialize)]
pub struct VerificationPlan {
    pub network: Network,
    /// What every connected account granted; none when there is no account.
    pub granted: Option<Scopes>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct DeleteNetwork {
    pub id: String,
}

impl Begin for DeleteNetwork {
    type Plan = DeletionPlan;

    fn command(self) -> Command {
        AppCommand::Delete(self).into()
    }
}

/// The rows are closed already; this is what is left to do, and will be done even if nobody does it now.
#[derive(Serialize, Deserialize)]
pub struct DeletionPlan {
    /// With the objects that they are for.
    pub releases: Vec<(String, Release)>,
    /// How many accounts are left to the outbox.
    pub others: usize,
}
