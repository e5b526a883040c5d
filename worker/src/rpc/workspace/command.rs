//! What the edge asks with an API key, and what comes of that.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::refused::Refused;
use latchkey_core::brand::Logo;
use latchkey_core::idempotency::Key;
use latchkey_core::json;
use latchkey_core::routes::Route;
use latchkey_core::time::UnixMillis;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    AccountCommand, AppCommand, BackupCommand, Head, KeyCommand, MediaCommand, PlanAgent, PlanSession, PostCommand,
    WebhookCommand,
};
use crate::error::Result;

/// One call with an API key. The object authorises it in the same breath as it does the work.
pub struct Call {
    pub head: Head,
    pub idempotency: Option<Key>,
    pub command: Command,
}

/// Where a call stands that needs more than the workspace: the first message reserves its idempotency key, the last one
/// stores effect and answer together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Whole,
    Begin,
    Finish,
}

/// A question of the first stage. The side that asks and the side that answers both take the type of the plan from the
/// question.
pub trait Begin {
    type Plan: Serialize + DeserializeOwned;

    fn command(self) -> Command;
}

/// What a call asks for: of any noun, or of one, in that noun's own words.
#[derive(Clone, Serialize, Deserialize)]
pub enum Command {
    /// Only say no, to whoever has a good key: a bad key is told nothing about its body.
    Refuse(Box<Refused>),
    /// Only give this answer, and remember it under the idempotency key.
    Finish {
        answer: Answer,
        is_sealed: bool,
    },
    Authorise,
    /// A call that the workspace answers by itself. It is read here, behind the check of the key.
    Serve(ApiRequest),
    Abandon(Abandon),
    App(AppCommand),
    Session(PlanSession),
    Account(AccountCommand),
    Post(PostCommand),
    Media(Box<MediaCommand>),
    Key(KeyCommand),
    Agent(Box<PlanAgent>),
    Webhook(WebhookCommand),
    Settings(SettingsChange),
    Backup(BackupCommand),
}

/// The call broke off in the middle: its idempotency key is free again.
#[derive(Clone, Serialize, Deserialize)]
pub struct Abandon {
    /// See `Key::name` of core.
    pub key: String,
}

impl Begin for Abandon {
    type Plan = ();

    fn command(self) -> Command {
        Command::Abandon(self)
    }
}

/// A call that the workspace answers by itself.
#[derive(Clone, Serialize, Deserialize)]
pub struct ApiRequest {
    pub route: Route,
    pub query: String,
    /// JSON, or nothing.
    pub body: String,
}

/// The settings' body, and the logo that it names.
#[derive(Clone, Serialize, Deserialize)]
pub struct SettingsChange {
    pub body: String,
    pub picture: Option<Picture>,
}

impl From<SettingsChange> for Command {
    fn from(change: SettingsChange) -> Self {
        Self::Settings(change)
    }
}

/// A logo as it was fetched. The bytes in base64: messages and rows here are text.
#[derive(Clone, Serialize, Deserialize)]
pub struct Picture {
    pub logo: Logo,
    pub base64: String,
}

/// What became of a message, and whose key it came with.
#[derive(Serialize, Deserialize)]
pub struct CallResponse {
    pub key_id: String,
    pub outcome: Outcome,
}

#[derive(Serialize, Deserialize)]
pub enum Outcome {
    Done(Replied),
    /// The plan for the rest of the call, made by [`Outcome::plan`] alone.
    Plan(Value),
    /// Something came in between: the call has to begin again.
    Again,
}

impl Outcome {
    pub fn plan<Q: Begin>(_question: &Q, plan: &Q::Plan) -> Result<Self> {
        Ok(Self::Plan(serde_json::to_value(plan)?))
    }

    /// Read by the side that asked.
    pub fn read<Q: Begin>(plan: &Value) -> Result<Q::Plan> {
        Ok(json::from_value(plan)?)
    }
}

/// An answer for the caller. A sealed body is opened by the edge.
#[derive(Clone, Serialize, Deserialize)]
pub struct Replied {
    pub answer: Answer,
    /// When it was given first, if it is given once more.
    pub first_at: Option<UnixMillis>,
    pub is_sealed: bool,
}

impl Replied {
    pub const fn fresh(answer: Answer) -> Self {
        Self { answer, first_at: None, is_sealed: false }
    }
}
