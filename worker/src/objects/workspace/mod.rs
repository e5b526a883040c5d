//! The Workspace object: the operator's ledger. Networks, accounts, posts, idempotency, and the key digests, so that
//! the call that does the work also authorises.
//!
//! It never sees a token or a client secret. What must reach an account's object leaves by an outbox that the alarm
//! drains; both sides know a repetition when they see one.

mod accounts;
mod admit;
mod audit;
mod backup;
mod brand;
mod budget;
mod call;
mod changes;
mod dispatches;
mod events;
mod health;
mod imports;
mod keys;
mod ledger;
mod list;
mod media;
mod networks;
mod outbox;
mod posts;
mod reseal;
mod schema;
mod settings;
mod sign_ins;
mod standstill;
mod uploads;
mod webhooks;

use std::cell::OnceCell;
use std::rc::Rc;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::{Nothing, read};
use latchkey_core::api::query::Query;
use latchkey_core::dashboard::session_of;
use latchkey_core::idempotency::{Decision, Row, Stored};
use latchkey_core::key::{Access, Binding, Caller};
use latchkey_core::routes::Route;
use latchkey_core::seal::base64url;
use latchkey_core::secret::ct_eq;
use serde::Serialize;
use serde_json::Value;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use self::dispatches::Lanes;
pub use self::schema::VERSIONS;
use super::storage::Db;
use super::store::Store;
use super::waiting::Waiting;
use crate::app::App;
use crate::error::{Error, Result};
use crate::log;
use crate::names::CALLBACK_PATH;
use crate::rpc::wire::{message, reply};
use crate::rpc::workspace::{
    Admission, ApiRequest, Arrival, Arrived, Begun, CALL_HEADER, Call, ChangePlan, Command, ConfirmPlan, Decided,
    DeletionPlan, Done, ExportPlan, GrantReport, Head, HealthPlan, Heard, InsightPlan, KeyPlan, MediaCommand,
    MediaRows, Message, NetworkCommit, NetworkPlan, NetworkWish, Outcome, PassPlan, Picture, Remains, Report, Reserved,
    Restore, RevocationReport, Rows, SessionPlan, SignIn, SignedInAs, Stage, Try, UploadMessage, VerificationPlan,
};
use crate::runtime::now;

#[durable_object]
pub struct WorkspaceObject {
    inner: Rc<Inner>,
}

struct Inner {
    env: Env,
    app: OnceCell<App>,
    store: Store,
    waiting: Waiting,
    /// Where users see this deployment, as the first call of this process said it.
    origin: OnceCell<String>,
    lanes: Lanes,
}

// A caught panic leaves nothing half done here: the ledger is in SQLite, and each event reads it anew.
impl std::panic::UnwindSafe for WorkspaceObject {}
impl std::panic::RefUnwindSafe for WorkspaceObject {}

impl DurableObject for WorkspaceObject {
    fn new(state: State, env: Env) -> Self {
        let store = Store::open("workspace", &state, &VERSIONS, dispatches::resume);
        let (app, waiting, origin, lanes) = (OnceCell::new(), Waiting::default(), OnceCell::new(), Lanes::default());
        Self { inner: Rc::new(Inner { env, app, store, waiting, origin, lanes }) }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let result = match request.headers().get(CALL_HEADER)? {
            Some(announced) => self.inner.called(&announced, &request).await,
            None => match message(request).await {
                Ok(message) => self.inner.handle(message).await,
                Err(error) => Err(error),
            },
        };
        self.inner.answered(&result)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        log::unattended("workspace", "alarm", &self.inner.alarm().await);
        Response::empty()
    }
}

impl Inner {
    async fn handle(&self, message: Message) -> Result<Value> {
        match message {
            Message::AwaitPost { head, id, warnings, wait_ms } => {
                reply(self.await_post(&head, &id, &warnings, wait_ms).await?)
            }
            Message::Reserve(consent) => {
                self.require_motion()?;
                let reserved = self.db()?.transaction(|| self.with_app(&consent, || self.reserve_account(&consent)))?;
                self.arm().await?;
                reply(reserved)
            }
            Message::Connected(consent) => {
                self.require_motion()?;
                let row = self.db()?.transaction(|| self.with_app(&consent, || self.connected(&consent)))?;
                self.arm().await?;
                reply(row)
            }
            Message::Delivered(report) => {
                let (gate, is_news) = self.db()?.transaction(|| self.delivered(&report))?;
                if is_news {
                    self.arm().await?;
                }
                self.waiting.tell();
                reply(gate)
            }
            Message::Reclaim(delivery) => reply(self.db()?.transaction(|| self.reclaim(&delivery))?),
            Message::Upload(message) => self.upload_message(&message).await,
            Message::Brand => reply(self.shown_brand()?),
            Message::Logo { digest } => reply(self.logo(&digest)?),
            Message::GrantsChanged(reports) => {
                self.db()?.transaction(|| reports.iter().try_for_each(|report| self.grant_changed(report)))?;
                reply(self.arm().await?)
            }
            Message::RevocationsChanged(reports) => {
                reply(self.db()?.transaction(|| reports.iter().try_for_each(|report| self.learn_revocation(report)))?)
            }
            Message::LearnUsers(said) => {
                self.require_motion()?;
                reply(self.db()?.transaction(|| self.learn_users(&said))?)
            }
            Message::Client { network_id } => reply(self.client(&network_id)?),
            Message::ClientOfTokens { client, holds } => {
                reply(self.db()?.transaction(|| self.client_of_tokens(&client, holds))?)
            }
            Message::PlanPass { head, account } => reply(self.plan_pass(&head, account.as_deref())?),
            Message::Admit(admission) => {
                self.require_motion()?;
                reply(self.db()?.transaction(|| self.admit(&admission))?)
            }
            Message::SignIn(sign_in) => reply(self.db()?.transaction(|| self.sign_in(&sign_in))?),
            Message::SignedIn { session } => reply(self.signed_in(&session)?),
            Message::SignOut { session, is_everywhere, request_id } => {
                reply(self.db()?.transaction(|| self.sign_out(&session, is_everywhere, &request_id))?)
            }
            Message::GiveBack { account_id, cost } => reply(self.give_back(&account_id, cost)?),
        }
    }

    /// Authorise, look under the idempotency key, do, remember: all in one transaction.
    async fn api(&self, call: &mut Call) -> Result<Heard> {
        let caller = self.authorise(&call.head)?;
        if let Some(key) = &mut call.idempotency {
            key.key = caller.binding.idempotency_key(&key.key);
        }
        let outcome = self.db()?.transaction(|| self.execute(call, &caller))?;
        self.arm().await?;
        if matches!(call.command, Command::CommitChange { .. } | Command::CommitDelete { .. }) {
            self.waiting.tell();
        }
        Ok(Heard { key_id: caller.key_id, outcome })
    }

    /// Every failure of authentication is the same on the wire. What a good key lacks is said.
    fn authorise(&self, head: &Head) -> Result<Caller> {
        self.origin.get_or_init(|| head.callback_url.trim_end_matches(CALLBACK_PATH).to_owned());
        self.caller_of(&head.key_digest, head.access)
    }

    /// `presented` is the digest of a key, or a session that stands for one.
    fn caller_of(&self, presented: &str, access: Access) -> Result<Caller> {
        let caller = match session_of(presented) {
            Some(session) => self.caller_of_session(session)?,
            None => self.caller_of_key(presented)?,
        };
        caller.require(access)?;
        Ok(caller)
    }

    fn caller_of_key(&self, digest: &str) -> Result<Caller> {
        let admin = base64url(self.app()?.admin_key_digest());
        let caller = if ct_eq(digest.as_bytes(), admin.as_bytes()) {
            Some(Caller::admin())
        } else {
            self.key_of_digest(digest)?.map(Caller::from)
        };
        caller.ok_or_else(|| Error::refused(Code::InvalidApiKey, "The API key is missing or not valid."))
    }

    fn execute(&self, call: &Call, caller: &Caller) -> Result<Outcome> {
        if let Some(replay) = self.replay(call)? {
            return Ok(Outcome::Done(replay));
        }
        let named = self.tenant_of_command(&call.command)?;
        // A command decides before it writes, so a refusal leaves nothing behind.
        let outcome = match self.command(call, caller) {
            Err(Error::Refused(refused)) => Outcome::Done(Done::fresh(refused.answer(&call.head.request_id))),
            outcome => outcome?,
        };
        self.record_call(call, caller, named, &outcome)?;
        self.remember(call, &outcome)?;
        Ok(outcome)
    }

    /// What the idempotency key says already.
    fn replay(&self, call: &Call) -> Result<Option<Done>> {
        let Some(key) = call.idempotency.as_ref().filter(|_| call.head.stage != Stage::Finish) else { return Ok(None) };
        match key.decide(self.idempotency_row(&key.key)?, now()) {
            Decision::Run => Ok(None),
            Decision::Replay(Stored { status, body, is_sealed }) => {
                let answer = Answer { status, body, retry_after: None };
                Ok(Some(Done { answer, is_replayed: true, is_sealed }))
            }
            Decision::InProgress => {
                Err(Error::refused(Code::IdempotencyInProgress, "A call with this Idempotency-Key is still running."))
            }
            Decision::Reused => {
                Err(Error::refused(Code::IdempotencyKeyReused, "This Idempotency-Key was used for a different call."))
            }
        }
    }

    /// The answer goes into the same transaction as the effect. One that may differ next time frees the key.
    fn remember(&self, call: &Call, outcome: &Outcome) -> Result<()> {
        let Some(key) = &call.idempotency else { return Ok(()) };
        let answer = match outcome {
            Outcome::Go(_) => None,
            Outcome::Done(done) if !done.answer.is_repeatable() => return self.forget_idempotency(&key.key),
            Outcome::Done(Done { answer, is_sealed, .. }) => {
                Some(Stored { status: answer.status, body: answer.body.clone(), is_sealed: *is_sealed })
            }
        };
        let row = Row { fingerprint: key.fingerprint.clone(), started_at: now(), answer };
        self.save_idempotency(&key.key, &row)
    }

    fn command(&self, call: &Call, caller: &Caller) -> Result<Outcome> {
        if call.head.changes {
            self.require_motion()?;
        }
        let (url, whose) = (call.head.callback_url.as_str(), &caller.binding);
        match &call.command {
            Command::Refuse(refused) => Err(Error::Refused(refused.clone())),
            Command::Finish { answer, is_sealed } => {
                Ok(Outcome::Done(Done { answer: answer.clone(), is_replayed: false, is_sealed: *is_sealed }))
            }
            Command::Authorise => go(whose),
            Command::Serve(request) => Ok(done(self.serve(request, url, whose)?)),
            Command::Abandon { key } => go(self.abandon_idempotency(&whose.idempotency_key(key))?),
            Command::PlanNetwork(wish) => go(self.plan_network(wish, whose)?),
            Command::CommitNetwork(commit) => Ok(done(self.commit_network(commit, url)?)),
            Command::PlanVerification { id } => go(self.plan_verification(id, whose)?),
            Command::CommitVerification { id, is_good, answer } => {
                Ok(done(self.commit_verification(id, *is_good, answer)?))
            }
            Command::PlanSession { network, tenant_id, reconnect } => {
                go(self.plan_session(network, tenant_id.clone(), reconnect.as_ref(), whose)?)
            }
            Command::ChangeSettings { body, picture } => Ok(done(self.change_settings(body, picture.as_ref())?)),
            Command::PlanHealth { id } => go(self.plan_health(id, whose)?),
            Command::DeleteAccount { id } => go(self.delete_account(id, whose)?),
            Command::DeleteNetwork { id } => go(self.delete_network(id, whose)?),
            Command::PlanLimits { id } => go(self.plan_limits(id, whose)?),
            Command::PlanChange { id, body } => go(self.plan_change(id, body, whose)?),
            Command::CommitChange { id, number, body } => committed(self.commit_change(id, *number, body)?),
            Command::PlanDelete { id } => go(self.plan_delete(id, whose)?),
            Command::CommitDelete { id, number } => committed(self.commit_delete(id, *number)?),
            Command::PlanInsight { id } => go(self.plan_insight(id, whose)?),
            Command::CountReads { account_id, reads } => go(self.count_reads(account_id, *reads)?),
            Command::CommitRemote { id, deleted, answer } => Ok(done(self.commit_remote(id, deleted, answer)?)),
            Command::ShowPost { id } => Ok(done(self.get_post(id.as_str(), whose)?)),
            Command::PlanKey(wish) => go(self.plan_key(wish, whose)?),
            Command::CommitKey { key, digest, answer, is_sealed } => {
                self.commit_key(key, digest)?;
                Ok(Outcome::Done(Done { answer: answer.clone(), is_replayed: false, is_sealed: *is_sealed }))
            }
            Command::PlanKeyDeletion { id } => go(self.plan_key_deletion(id, whose)?),
            Command::CommitKeyDeletion { id } => Ok(done(self.commit_key_deletion(id)?)),
            Command::PlanWebhook { tenant_id } => go(self.plan_webhook(tenant_id.clone(), whose)?),
            Command::CommitWebhook { webhook, answer, is_sealed } => {
                self.save_webhook(webhook)?;
                Ok(Outcome::Done(Done { answer: answer.clone(), is_replayed: false, is_sealed: *is_sealed }))
            }
            Command::ChangeWebhook { id, change } => Ok(done(self.change_webhook(id, (**change).clone(), whose)?)),
            Command::Media(command) => self.media_command(command, &call.head.request_id, whose),
            Command::PlanExport => go(self.plan_export()?),
            Command::EndExport { since } => go(self.end_export(*since)?),
            Command::ExportPage { place } => go(self.export_page(place)?),
            Command::ExportObjects { after } => go(self.export_objects(after)?),
            Command::Restore(Restore::Begin { id }) => go(self.begin_restore(id)?),
            Command::Restore(Restore::Clear { attempt, after }) => go(self.clear_restored(*attempt, after)?),
            Command::Restore(Restore::Rows { attempt, table, rows }) => go(self.restore_rows(*attempt, table, rows)?),
            Command::Restore(Restore::End { attempt }) => Ok(done(self.end_restore(*attempt)?)),
            Command::ShowRestored => Ok(done(self.show_restored()?)),
        }
    }

    /// The calls that the ledger answers by itself.
    fn serve(&self, request: &ApiRequest, callback_url: &str, whose: &Binding) -> Result<Answer> {
        let query = Query::parse(&request.query);
        match &request.route {
            Route::NetworkList => self.list_networks(query, callback_url, whose),
            Route::AccountList => self.list_accounts(query, whose),
            Route::PostList => self.list_posts(query, whose),
            Route::Audit => self.list_audit(query, whose),
            Route::WebhookList => self.list_webhooks(query, whose),
            Route::WebhookDeliveries(id) => self.list_dispatches(id, query, whose),
            Route::ImportList(account) => self.list_imports(account, query, whose),
            Route::KeyList => self.list_keys(query, whose),
            // A filter that nobody applies is refused: it would show other rows than it asks for.
            route => {
                query.finish()?;
                self.serve_one(route, &request.body, callback_url, whose)
            }
        }
    }

    fn serve_one(&self, route: &Route, body: &str, callback_url: &str, whose: &Binding) -> Result<Answer> {
        match route {
            Route::NetworkGet(id) => self.get_network(id, callback_url, whose),
            Route::AccountGet(id) => self.get_account(id, whose),
            Route::PostCreate => self.create_post(body, whose),
            Route::PostGet(id) => self.get_post(id, whose),
            Route::PostRetry(id) => nothing(body).and_then(|()| self.retry_post(id, whose)),
            Route::PostReply(id) => self.create_reply(id, body, whose),
            Route::PostRepost(id) => self.create_repost(id, body, whose),
            Route::NetworkResume(id) => nothing(body).and_then(|()| self.resume_network(id, callback_url, whose)),
            Route::SettingsGet => self.get_settings(),
            Route::ImportCreate(account) => self.create_import(account, body, whose),
            Route::ImportGet { account, id } => self.get_import(account, id, whose),
            Route::Usage => self.usage(whose),
            Route::WebhookGet(id) => self.get_webhook(id, whose),
            Route::WebhookDelete(id) => self.delete_webhook(id, whose),
            Route::WebhookTest(id) => nothing(body).and_then(|()| self.test_webhook(id, whose)),
            Route::WebhookRedeliver { webhook, event } => {
                nothing(body).and_then(|()| self.redeliver(webhook, event, whose))
            }
            Route::ResealStart => nothing(body).and_then(|()| self.start_reseal()),
            Route::ResealGet => self.show_reseal(200),
            Route::HandoverStart => nothing(body).and_then(|()| self.hand_over()),
            Route::HandoverGet => self.show_handover(200),
            Route::HandoverEnd => self.take_back(),
            _ => Err(not_found("call")),
        }
    }

    fn db(&self) -> Result<&Db> {
        self.store.db()
    }

    /// Opened once: what the environment says does not change in the life of an object's process.
    fn app(&self) -> Result<&App> {
        if self.app.get().is_none() {
            // Whoever was first has set it; the values are the same.
            let _ = self.app.set(App::open(&self.env)?);
        }
        self.app.get().ok_or_else(|| Error::fault("the configuration was not kept"))
    }
}

fn go(plan: impl Serialize) -> Result<Outcome> {
    reply(plan).map(Outcome::Go)
}

/// The answer, or that the change has to begin again.
fn committed(answer: Option<Answer>) -> Result<Outcome> {
    answer.map_or_else(|| go(()), |answer| Ok(done(answer)))
}

const fn done(answer: Answer) -> Outcome {
    Outcome::Done(Done::fresh(answer))
}

/// A body that says nothing.
fn nothing(body: &str) -> Result<()> {
    read::<Nothing>(body.as_bytes(), &[])?;
    Ok(())
}

fn not_found(what: &str) -> Error {
    Error::refused(Code::NotFound, format!("There is no such {what}."))
}
