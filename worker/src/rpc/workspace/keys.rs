//! The messages about API keys, and about calls and browsers that come with one.

use std::collections::BTreeSet;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::key::CreateKey;
use latchkey_core::id::{AccountId, KeyId, TenantId};
use latchkey_core::key::{Access, ApiKey, Caller, Consent, NewPage, Scope};
use latchkey_core::x::price::Charge;
use serde::{Deserialize, Serialize};

use super::{Begin, Command};

/// Whether the key may make the call at all.
#[derive(Clone, Serialize, Deserialize)]
pub enum KeyCommand {
    Plan(CreateKey),
    PlanPage(PlanPage),
    /// The digest, not the key.
    Commit {
        key: Box<ApiKey>,
        digest: String,
        answer: Answer,
        is_sealed: bool,
    },
    PlanDeletion(PlanKeyDeletion),
    /// Nobody knows the key any more.
    CommitDeletion {
        id: KeyId,
    },
}

impl From<KeyCommand> for Command {
    fn from(command: KeyCommand) -> Self {
        Self::Key(command)
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Authorise;

impl Begin for Authorise {
    type Plan = Caller;

    fn command(self) -> Command {
        Command::Authorise
    }
}

impl Begin for CreateKey {
    type Plan = KeyPlan;

    fn command(self) -> Command {
        KeyCommand::Plan(self).into()
    }
}

/// What a key will be, and the object that is to know it too.
#[derive(Serialize, Deserialize)]
pub struct KeyPlan {
    pub key: ApiKey,
    pub object: Option<String>,
}

/// What the key of a page will be.
#[derive(Clone, Serialize, Deserialize)]
pub struct PlanPage(pub NewPage);

impl Begin for PlanPage {
    type Plan = ApiKey;

    fn command(self) -> Command {
        KeyCommand::PlanPage(self).into()
    }
}

/// What a person has consented to, and for whom.
#[derive(Clone, Serialize, Deserialize)]
pub struct PlanAgent {
    pub id: KeyId,
    pub consent: Consent,
    pub tenant_id: Option<TenantId>,
    pub account_id: Option<AccountId>,
}

impl Begin for PlanAgent {
    type Plan = ApiKey;

    fn command(self) -> Command {
        Command::Agent(Box::new(self))
    }
}

/// The key, and the object that knows it too.
#[derive(Clone, Serialize, Deserialize)]
pub struct PlanKeyDeletion {
    pub id: String,
}

impl Begin for PlanKeyDeletion {
    type Plan = (KeyId, Option<String>);

    fn command(self) -> Command {
        KeyCommand::PlanDeletion(self).into()
    }
}

/// Which account a call for X is for, and whose key it came with.
#[derive(Serialize, Deserialize)]
pub struct ProxyPlan {
    pub object: String,
    pub account_id: AccountId,
    pub key_id: String,
}

/// A call for X that writes.
#[derive(Serialize, Deserialize)]
pub struct Admission {
    pub account_id: AccountId,
    pub charge: Charge,
    pub creates_post: bool,
    /// Whose key it came with.
    pub key_id: String,
    /// Digest and need, of a key that the account's object does not know itself.
    pub key: Option<(String, Access)>,
}

/// A browser signs in to the dashboard: the digest of a key, and the name of its session.
#[derive(Serialize, Deserialize)]
pub struct SignIn {
    pub key_digest: String,
    pub session: String,
    pub request_id: String,
}

/// As whom a browser is signed in.
#[derive(Serialize, Deserialize)]
pub struct SignedInAs {
    pub key_id: String,
    pub scopes: BTreeSet<Scope>,
    pub tenant_id: Option<TenantId>,
    pub account_id: Option<AccountId>,
    pub expires_at: String,
    /// Browsers that are signed in with the same key, this one among them.
    pub sessions: u64,
    /// Where the changes end, for a page that then reads what it shows.
    pub changes_after: String,
    /// The deployment changes nothing at the moment.
    #[serde(default)]
    pub is_frozen: bool,
}
