//! The messages about posts and their deliveries.

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{AccountId, NetworkId, PostId};
use latchkey_core::post::Post;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::price::Reads;
use serde::{Deserialize, Serialize};

use super::{Begin, Command};

#[derive(Clone, Serialize, Deserialize)]
pub enum PostCommand {
    PlanChange(PlanChange),
    CommitChange { id: PostId, number: u32, body: String },
    PlanDelete(PlanDelete),
    CommitDelete { id: PostId, number: u32 },
    PlanInsight(PlanInsight),
    CountReads(CountReads),
    CommitRemote { id: PostId, deleted: Vec<AccountId>, answer: Answer },
    Show { id: PostId },
}

impl From<PostCommand> for Command {
    fn from(command: PostCommand) -> Self {
        Self::Post(command)
    }
}

impl PostCommand {
    /// The post that the command changes or ends: those who wait for its end look again.
    pub const fn changed(&self) -> Option<&PostId> {
        match self {
            Self::CommitChange { id, .. } | Self::CommitDelete { id, .. } => Some(id),
            _ => None,
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PlanChange {
    pub id: String,
    pub body: String,
}

impl Begin for PlanChange {
    type Plan = ChangePlan;

    fn command(self) -> Command {
        PostCommand::PlanChange(self).into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PlanDelete {
    pub id: String,
}

impl Begin for PlanDelete {
    type Plan = ChangePlan;

    fn command(self) -> Command {
        PostCommand::PlanDelete(self).into()
    }
}

/// A change of a post that has begun: each delivery that is on its way is to be recalled first.
#[derive(Serialize, Deserialize)]
pub struct ChangePlan {
    pub id: PostId,
    pub number: u32,
    /// With the object of its account.
    pub recalls: Vec<(String, Delivery)>,
}

/// A post with its outcome.
#[derive(Clone, Serialize, Deserialize)]
pub struct PlanInsight {
    pub id: String,
}

impl Begin for PlanInsight {
    type Plan = InsightPlan;

    fn command(self) -> Command {
        PostCommand::PlanInsight(self).into()
    }
}

#[derive(Serialize, Deserialize)]
pub struct InsightPlan {
    pub post: Post,
    pub deliveries: Vec<(Delivery, Account)>,
}

/// X has answered a read for this account, and charges for it.
#[derive(Clone, Serialize, Deserialize)]
pub struct CountReads {
    pub account_id: AccountId,
    pub reads: Reads,
}

impl Begin for CountReads {
    type Plan = ();

    fn command(self) -> Command {
        PostCommand::CountReads(self).into()
    }
}

/// What an account's object has to tell.
#[derive(Clone, Serialize, Deserialize)]
pub struct Report {
    /// Of its tokens, when there are any.
    pub network_id: Option<NetworkId>,
    /// The app's own window for posts is spent until then.
    pub closed_until: Option<UnixMillis>,
    /// How much that window allows.
    pub closed_limit: Option<i64>,
    pub deliveries: Vec<Delivery>,
}
