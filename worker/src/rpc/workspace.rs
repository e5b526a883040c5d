//! The messages to the Workspace object, and the answers.

mod backup;
mod call;
mod media;
mod uploads;

use std::collections::BTreeSet;

use latchkey_core::account::{Account, Consent};
use latchkey_core::api::answer::Answer;
use latchkey_core::api::key::CreateKey;
use latchkey_core::api::refused::Refused;
use latchkey_core::brand::{Brand, Logo};
use latchkey_core::delivery::Delivery;
use latchkey_core::grant::Ended;
use latchkey_core::id::{AccountId, KeyId, NetworkId, PostId, TenantId, XUserId};
use latchkey_core::idempotency::Key;
use latchkey_core::key::{Access, ApiKey, Scope};
use latchkey_core::media::Kind;
use latchkey_core::network::{ClientRef, ClientType, Gate, Network};
use latchkey_core::oauth::Scopes;
use latchkey_core::post::Post;
use latchkey_core::revocation::Tally;
use latchkey_core::routes::Route;
use latchkey_core::time::UnixMillis;
use latchkey_core::webhook::{Change, Webhook};
use latchkey_core::x::price::{Charge, Micros, Reads};
use latchkey_core::x::user::XUser;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::Stub;

pub use self::backup::{Begun, ExportPlan, Restore};
pub use self::call::{
    Announced, CALL_HEADER, Content, Head, Repeatable, Served, UNKNOWN_KEY, is_known, is_known_to_be_unknown,
};
pub use self::media::{Arrived, ConfirmPlan, MediaCommand, MediaRows, Remains};
pub use self::uploads::{Arrival, Decided, Try, UploadMessage};
use super::account::Release;
use super::rows::Place;
use super::wire::ask;
use crate::error::Result;

#[derive(Serialize, Deserialize)]
pub enum Message {
    AwaitPost { head: Head, id: String, warnings: Vec<String>, wait_ms: i64 },
    Reserve(Consent),
    Connected(Consent),
    Delivered(Report),
    Reclaim(Box<Delivery>),
    GrantsChanged(Vec<GrantReport>),
    RevocationsChanged(Vec<RevocationReport>),
    LearnUsers(Vec<XUser>),
    Client { network_id: NetworkId },
    ClientOfTokens { client: ClientRef, holds: bool },
    Upload(UploadMessage),
    PlanPass { head: Head, account: Option<String> },
    Admit(Admission),
    GiveBack { account_id: AccountId, cost: Micros },
    SignIn(SignIn),
    SignedIn { session: String },
    SignOut { session: String, is_everywhere: bool, request_id: String },
    Brand,
    Logo { digest: String },
}

/// One call with an API key. The object authorises it in the same breath as it does the work.
pub struct Call {
    pub head: Head,
    pub idempotency: Option<Key>,
    pub command: Command,
}

/// Where a call stands that needs more than the ledger: the first message reserves its idempotency key, the last one
/// stores effect and answer together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Whole,
    Begin,
    Finish,
}

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
    /// A call that the ledger answers by itself. It is read here, behind the check of the key.
    Serve(ApiRequest),
    /// The call broke off in the middle: its idempotency key is free again.
    Abandon {
        key: String,
    },
    PlanNetwork(NetworkWish),
    CommitNetwork(NetworkCommit),
    PlanVerification {
        id: String,
    },
    CommitVerification {
        id: NetworkId,
        is_good: bool,
        answer: Answer,
    },
    PlanSession {
        network: String,
        tenant_id: Option<TenantId>,
        reconnect: Option<AccountId>,
    },
    /// The settings' body, and the logo that it names.
    ChangeSettings {
        body: String,
        picture: Option<Picture>,
    },
    PlanHealth {
        id: String,
    },
    DeleteAccount {
        id: String,
    },
    DeleteNetwork {
        id: String,
    },
    /// The object of an account.
    PlanLimits {
        id: String,
    },
    PlanChange {
        id: String,
        body: String,
    },
    CommitChange {
        id: PostId,
        number: u32,
        body: String,
    },
    PlanDelete {
        id: String,
    },
    CommitDelete {
        id: PostId,
        number: u32,
    },
    /// A post with what became of it.
    PlanInsight {
        id: String,
    },
    /// X has answered a read for this account, and charges for it.
    CountReads {
        account_id: AccountId,
        reads: Reads,
    },
    CommitRemote {
        id: PostId,
        deleted: Vec<AccountId>,
        answer: Answer,
    },
    ShowPost {
        id: PostId,
    },
    PlanKey(CreateKey),
    /// The digest, not the key.
    CommitKey {
        key: ApiKey,
        digest: String,
        answer: Answer,
        is_sealed: bool,
    },
    PlanKeyDeletion {
        id: String,
    },
    /// Nobody knows the key any more.
    CommitKeyDeletion {
        id: KeyId,
    },
    /// Whose a new webhook will be.
    PlanWebhook {
        tenant_id: Option<TenantId>,
    },
    CommitWebhook {
        webhook: Box<Webhook>,
        answer: Answer,
        is_sealed: bool,
    },
    ChangeWebhook {
        id: String,
        change: Box<Change>,
    },
    Media(Box<MediaCommand>),
    /// What a backup begins with.
    PlanExport,
    EndExport {
        since: UnixMillis,
    },
    ExportPage {
        place: Place,
    },
    /// Names of accounts' objects.
    ExportObjects {
        after: String,
    },
    Restore(Restore),
    ShowRestored,
}

/// A logo as it was fetched. The bytes in base64: messages and rows here are text.
#[derive(Clone, Serialize, Deserialize)]
pub struct Picture {
    pub logo: Logo,
    pub base64: String,
}

/// A call that the ledger answers by itself.
#[derive(Clone, Serialize, Deserialize)]
pub struct ApiRequest {
    pub route: Route,
    pub query: String,
    /// JSON, or nothing.
    pub body: String,
}

/// Credentials that somebody wants to store, without the secret.
#[derive(Clone, Serialize, Deserialize)]
pub enum NetworkWish {
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

#[derive(Serialize, Deserialize)]
pub struct VerificationPlan {
    pub network: Network,
    /// What every connected account granted; none when there is no account.
    pub granted: Option<Scopes>,
}

#[derive(Serialize, Deserialize)]
pub struct SessionPlan {
    pub client: ClientRef,
    pub tenant_id: Option<TenantId>,
    pub expected_user: Option<XUserId>,
}

#[derive(Serialize, Deserialize)]
pub struct HealthPlan {
    pub object: String,
    pub account_id: AccountId,
    pub username: String,
}

/// The rows are closed already; this is what is left to do, and will be done even if nobody does it now.
#[derive(Serialize, Deserialize)]
pub struct DeletionPlan {
    /// With the objects that they are for.
    pub releases: Vec<(String, Release)>,
    /// How many accounts are left to the outbox.
    pub others: usize,
}

/// The row that a consent will be entered in, and every row of the same X user and app that is connected.
#[derive(Serialize, Deserialize)]
pub struct Reserved {
    pub account_id: AccountId,
    pub rows: Vec<AccountId>,
}

/// A change of a post that has begun: each delivery that is on its way is to be recalled first.
#[derive(Serialize, Deserialize)]
pub struct ChangePlan {
    pub id: PostId,
    pub number: u32,
    /// With the object of its account.
    pub recalls: Vec<(String, Delivery)>,
}

#[derive(Serialize, Deserialize)]
pub struct InsightPlan {
    pub post: Post,
    pub deliveries: Vec<(Delivery, Account)>,
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

/// What a key will be, and the object that is to know it too.
#[derive(Serialize, Deserialize)]
pub struct KeyPlan {
    pub key: ApiKey,
    pub object: Option<String>,
}

/// Which account a call for X is for, and whose key it came with.
#[derive(Serialize, Deserialize)]
pub struct PassPlan {
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

/// A browser signs in to the dashboard: the digests of a key and of the cookie that it got.
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
}

/// What became of a message, and whose key it came with.
#[derive(Serialize, Deserialize)]
pub struct Heard {
    pub key_id: String,
    pub outcome: Outcome,
}

#[derive(Serialize, Deserialize)]
pub enum Outcome {
    Done(Done),
    /// The plan for the rest of the call.
    Go(Value),
}

/// An answer for the caller. A sealed body is opened by the edge.
#[derive(Clone, Serialize, Deserialize)]
pub struct Done {
    pub answer: Answer,
    pub is_replayed: bool,
    pub is_sealed: bool,
}

impl Done {
    pub const fn fresh(answer: Answer) -> Self {
        Self { answer, is_replayed: false, is_sealed: false }
    }
}

pub struct WorkspaceStub {
    stub: Stub,
}

impl WorkspaceStub {
    pub const fn new(stub: Stub) -> Self {
        Self { stub }
    }

    /// The post once every delivery is final, or after the wait.
    pub async fn await_post(&self, head: Head, id: String, warnings: Vec<String>, wait_ms: i64) -> Result<Answer> {
        ask(&self.stub, &Message::AwaitPost { head, id, warnings, wait_ms }).await
    }

    /// An X user is about to connect. The row is not there for anybody before [`Self::connected`].
    pub async fn reserve_account(&self, consent: Consent) -> Result<Reserved> {
        Ok(ask::<std::result::Result<_, Refused>>(&self.stub, &Message::Reserve(consent)).await??)
    }

    /// An X user has connected. Answers the account's row as callers see it.
    pub async fn connected(&self, consent: Consent) -> Result<Value> {
        Ok(ask::<std::result::Result<_, Refused>>(&self.stub, &Message::Connected(consent)).await??)
    }

    /// Answers whether X may be called.
    pub async fn delivered(&self, report: &Report) -> Result<Gate> {
        ask(&self.stub, &Message::Delivered(report.clone())).await
    }

    /// What a delivery that was recalled has become; nothing if it is gone.
    pub async fn reclaim(&self, delivery: &Delivery) -> Result<Option<Delivery>> {
        ask(&self.stub, &Message::Reclaim(Box::new(delivery.clone()))).await
    }

    pub async fn plan_pass(&self, head: Head, account: Option<String>) -> Result<PassPlan> {
        let digest = head.key_digest.clone();
        self.ask_as(&digest, &Message::PlanPass { head, account }).await
    }

    /// Answers the price that is taken from the budget, or why the call may not be made.
    pub async fn admit(&self, admission: Admission) -> Result<Micros> {
        ask(&self.stub, &Message::Admit(admission)).await
    }

    /// X took nothing for it.
    pub async fn give_back(&self, account_id: AccountId, cost: Micros) -> Result<()> {
        ask(&self.stub, &Message::GiveBack { account_id, cost }).await
    }

    pub async fn grants_changed(&self, reports: Vec<GrantReport>) -> Result<()> {
        ask(&self.stub, &Message::GrantsChanged(reports)).await
    }

    pub async fn revocations_changed(&self, reports: Vec<RevocationReport>) -> Result<()> {
        ask(&self.stub, &Message::RevocationsChanged(reports)).await
    }

    /// What X says of users, whoever they are: those who have an account here are known by it.
    pub async fn learn_users(&self, said: Vec<XUser>) -> Result<()> {
        ask(&self.stub, &Message::LearnUsers(said)).await
    }

    /// The client as it is now; refused when the network was deleted.
    pub async fn current_client(&self, network_id: &NetworkId) -> Result<ClientRef> {
        ask(&self.stub, &Message::Client { network_id: network_id.clone() }).await
    }

    /// The credentials that revoke tokens of a client, also of an app that was deleted or has another client id by now.
    /// `holds` keeps them for two days more.
    pub async fn client_of_tokens(&self, client: &ClientRef, holds: bool) -> Result<ClientRef> {
        ask(&self.stub, &Message::ClientOfTokens { client: client.clone(), holds }).await
    }

    pub async fn sign_in(&self, sign_in: SignIn) -> Result<SignedInAs> {
        let digest = sign_in.key_digest.clone();
        self.ask_as(&digest, &Message::SignIn(sign_in)).await
    }

    pub async fn signed_in(&self, session: &str) -> Result<Option<SignedInAs>> {
        ask(&self.stub, &Message::SignedIn { session: session.to_owned() }).await
    }

    /// Answers how many sessions have ended.
    pub async fn sign_out(&self, session: &str, is_everywhere: bool, request_id: &str) -> Result<u64> {
        let (session, request_id) = (session.to_owned(), request_id.to_owned());
        ask(&self.stub, &Message::SignOut { session, is_everywhere, request_id }).await
    }

    /// How the pages look that people see.
    pub async fn brand(&self) -> Result<Brand> {
        ask(&self.stub, &Message::Brand).await
    }

    /// The logo with this digest, in base64.
    pub async fn logo(&self, digest: String) -> Result<Option<(Kind, String)>> {
        ask(&self.stub, &Message::Logo { digest }).await
    }
}
