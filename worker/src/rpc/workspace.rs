//! The messages to the Workspace object, and the answers.

mod accounts;
mod apps;
mod backup;
mod call;
mod command;
mod keys;
mod media;
mod posts;
mod uploads;
mod webhooks;

use latchkey_core::account::Consent;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::refused::Refused;
use latchkey_core::approval::{ApprovalShown, Decision, Link};
use latchkey_core::brand::Brand;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{AccountId, KeyId, NetworkId};
use latchkey_core::key::{Issued, NoTokens, Redemption};
use latchkey_core::media::Kind;
use latchkey_core::network::{Breaker, ClientRef};
use latchkey_core::x::price::Micros;
use latchkey_core::x::user::XUser;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::accounts::{
    AccountCommand, DeleteAccount, GrantReport, HealthPlan, PlanHealth, PlanLimits, PlanSession, Reserved,
    RevocationReport, Rows, SessionPlan,
};
pub use self::apps::{
    AppCommand, DeleteNetwork, DeletionPlan, NetworkCommit, NetworkInput, NetworkPlan, PlanVerification,
    VerificationPlan,
};
pub use self::backup::{
    BackupCommand, BeginRestore, Begun, ClearRestored, EndExport, ExportObjects, ExportPage, ExportPlan, PlanExport,
    RestoreRows,
};
pub use self::call::{
    ANSWER_HEADER, AnswerHeader, CALL_HEADER, CallBody, CallHeader, Content, Head, Repeatable, SHORT_BYTES, Served,
    UNKNOWN_KEY, is_known, is_known_to_be_unknown,
};
pub use self::command::{
    Abandon, ApiRequest, Begin, Call, CallResponse, Command, Outcome, Picture, Replied, SettingsChange, Stage,
};
pub use self::keys::{
    Admission, Authorise, KeyCommand, KeyPlan, PlanAgent, PlanKeyDeletion, PlanPage, ProxyPlan, SignIn, SignedInAs,
};
pub use self::media::{
    AnnounceMedia, Arrived, ConfirmPlan, DeleteMedia, EnterMedia, GetMedia, ListMedia, MediaCommand, MediaRows,
    PendingCleanup, PlanConfirmation,
};
pub use self::posts::{ChangePlan, CountReads, InsightPlan, PlanChange, PlanDelete, PlanInsight, PostCommand, Report};
pub use self::uploads::{Arrival, Decided, Try, UploadMessage};
pub use self::webhooks::{PlanWebhook, WebhookCommand};
use super::wire::{Stub, ask};
use crate::error::Result;

#[derive(Serialize, Deserialize)]
pub enum Message {
    AwaitPost { head: Head, id: String, warnings: Vec<String>, wait_ms: i64 },
    AwaitChanges { head: Head, query: String, wait_ms: i64 },
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
    PlanProxy { head: Head, account: Option<String> },
    Admit(Vec<Admission>),
    GiveBack { account_id: AccountId, cost: Micros },
    SignIn(SignIn),
    SignedIn { session: String },
    SignOut { session: String, is_everywhere: bool, request_id: String },
    Redeem { redemption: Box<Redemption>, request_id: String },
    RevokeGrant { id: KeyId, request_id: String },
    Brand,
    Logo { digest: String },
    ApprovalShown { link: Link, callback_url: String },
    AnswerApproval { link: Link, decision: Decision, request_id: String, callback_url: String },
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

    /// What has changed, once something has, or after the wait.
    pub async fn await_changes(&self, head: Head, query: String, wait_ms: i64) -> Result<Answer> {
        ask(&self.stub, &Message::AwaitChanges { head, query, wait_ms }).await
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
    pub async fn delivered(&self, report: &Report) -> Result<Breaker> {
        ask(&self.stub, &Message::Delivered(report.clone())).await
    }

    /// What a delivery that was recalled has become; nothing if it is gone.
    pub async fn reclaim(&self, delivery: &Delivery) -> Result<Option<Delivery>> {
        ask(&self.stub, &Message::Reclaim(Box::new(delivery.clone()))).await
    }

    pub async fn plan_proxy(&self, head: Head, account: Option<String>) -> Result<ProxyPlan> {
        let digest = head.key_digest.clone();
        self.ask_as(&digest, &Message::PlanProxy { head, account }).await
    }

    /// Answers for each call the price that is taken from the budget, or why the call may not be made.
    pub async fn admit(&self, admissions: Vec<Admission>) -> Result<Vec<Result<Micros>>> {
        ask(&self.stub, &Message::Admit(admissions)).await
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

    /// Everything on which a person decides. `callback_url` says where people see this deployment.
    pub async fn approval_shown(&self, link: &Link, callback_url: &str) -> Result<ApprovalShown> {
        let (link, callback_url) = (link.clone(), callback_url.to_owned());
        ask(&self.stub, &Message::ApprovalShown { link, callback_url }).await
    }

    /// The holder of a page's address has decided.
    pub async fn answer_approval(
        &self,
        link: &Link,
        decision: Decision,
        request_id: &str,
        callback_url: &str,
    ) -> Result<()> {
        let (link, request_id, callback_url) = (link.clone(), request_id.to_owned(), callback_url.to_owned());
        ask(&self.stub, &Message::AnswerApproval { link, decision, request_id, callback_url }).await
    }

    /// What the client is told with the tokens that take the place of what is shown.
    pub async fn redeem(
        &self,
        redemption: Redemption,
        request_id: &str,
    ) -> Result<std::result::Result<Issued, NoTokens>> {
        let (redemption, request_id) = (Box::new(redemption), request_id.to_owned());
        ask(&self.stub, &Message::Redeem { redemption, request_id }).await
    }

    pub async fn revoke_grant(&self, id: KeyId, request_id: &str) -> Result<()> {
        ask(&self.stub, &Message::RevokeGrant { id, request_id: request_id.to_owned() }).await
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
