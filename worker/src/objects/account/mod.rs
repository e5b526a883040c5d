//! The Account object: one X user under one X app. The only place where the user's tokens are opened and refreshed, and
//! the journal of the posts published with the tokens.
//!
//! Input gates do not cover an awaited `fetch`, so work that must run one at a time has its own lock: a refresh is one
//! shared future, publishing is one loop. Both keep their state in `SQLite` and nothing else.

mod admission;
mod discarded;
mod fast_path;
mod fetch;
mod freeze;
mod kept;
mod keys;
mod lookup;
mod pairs;
mod proxy;
mod publish;
mod reconcile;
mod report;
mod revoke;
mod schema;
mod store;
mod tokens;
mod upload;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, Shared};
use js_sys::{Promise, wasm_bindgen};
use latchkey_core::delivery::Delivery;
use latchkey_core::freeze::frozen;
use latchkey_core::id::{AccountId, PostId};
use latchkey_core::network::{Breaker, LastKnown};
use latchkey_core::time::{Span, UnixMillis};
use latchkey_core::x::rate::KnownWindows;
use latchkey_core::x::user::UserReports;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::spawn_local;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use self::admission::Admissions;
use self::fast_path::Passings;
use self::kept::Kept;
use self::pairs::Owner;
use self::publish::Publishing;
use self::report::Told;
pub use self::schema::VERSIONS;
use super::storage::{AFTER_A_CRASH, Db};
use super::store::Opened;
use super::turn::Turn;
use crate::app::App;
use crate::error::{Error, Result};
use crate::log;
use crate::rpc::account::{Adoption, Message, Release, refusal};
use crate::rpc::wire::{received, reply, respond};
use crate::runtime::{now, within};

/// After so long without a word of the workspace it is asked what became of a change. A change takes milliseconds.
const RECALLED_FOR: Span = Span::secs(3);

/// As long as the platform lets an alarm run. A loop beside an event has no limit of the platform's.
const LOOP_LIMIT: Span = Span::mins(15);

#[durable_object]
pub struct AccountObject {
    account: Opened<Inner>,
}

/// A refresh of one pair, shared by all callers that need the pair.
type Flight = Shared<LocalBoxFuture<'static, Result<()>>>;

struct Inner {
    env: Env,
    app: OnceCell<App>,
    db: Db,
    kept: Kept,
    /// Once they are read. A crash forgets what is left of a window (`core/src/x/rate/known.rs`).
    known_windows: RefCell<Option<KnownWindows>>,
    refreshing: RefCell<BTreeMap<Owner, Flight>>,
    /// The row whose tokens were refreshed, until X is asked for the user. A crash forgets the row.
    refreshed: RefCell<Option<AccountId>>,
    user_reports: RefCell<UserReports>,
    breaker: RefCell<LastKnown>,
    purged_at: Cell<UnixMillis>,
    /// X is being asked to revoke pairs.
    revoking: Cell<bool>,
    publishing: Cell<bool>,
    told: Told,
    turn: Turn,
    admissions: Admissions,
    passings: Passings,
    /// The loop is in a step whose row is open in the journal.
    stepping: Cell<bool>,
    /// The post that may be tried although the network is paused. A crash forgets it, and the next probe is another.
    probing: RefCell<Option<PostId>>,
    /// Posts that callers create through us at this moment.
    creating: Cell<u32>,
}

// A caught panic leaves nothing half done here: everything is in SQLite, and what is kept of it in memory ends with each
// write and each rollback.
impl std::panic::UnwindSafe for AccountObject {}
impl std::panic::RefUnwindSafe for AccountObject {}

impl DurableObject for AccountObject {
    fn new(state: State, env: Env) -> Self {
        Self { account: Opened::open("account", &state, &VERSIONS, |db| Ok(Inner::new(db, env))) }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        match self.account.get() {
            Ok(account) => account.passed(&request).await.or_else(|error| refusal(&error)),
            Err(error) => refusal(&error),
        }
    }

    async fn alarm(&self) -> worker::Result<Response> {
        log::unattended("account", "alarm", &self.awake().await);
        Response::empty()
    }
}

#[wasm_bindgen]
impl AccountObject {
    /// By the platform's RPC.
    pub fn message(&self, text: String) -> Promise {
        let account = self.account.get().cloned();
        respond(async move { account?.handle(received(&text)?).await })
    }
}

impl AccountObject {
    async fn awake(&self) -> Result<()> {
        self.account.for_alarm().await?.alarm().await
    }
}

impl Inner {
    fn new(db: Db, env: Env) -> Self {
        Self {
            env,
            app: OnceCell::new(),
            db,
            kept: Kept::empty(),
            known_windows: RefCell::default(),
            refreshing: RefCell::default(),
            refreshed: RefCell::default(),
            user_reports: RefCell::default(),
            breaker: RefCell::default(),
            purged_at: Cell::new(UnixMillis(0)),
            revoking: Cell::new(false),
            publishing: Cell::new(false),
            told: Told::default(),
            turn: Turn::default(),
            admissions: Admissions::default(),
            passings: Passings::default(),
            stepping: Cell::new(false),
            probing: RefCell::default(),
            creating: Cell::new(0),
        }
    }

    async fn passed(self: &Rc<Self>, request: &Request) -> Result<Response> {
        let passed = self.proxy(request).await;
        self.ask_who_was_refreshed();
        let armed = self.arm().await;
        passed.and_then(|answer| armed.map(|()| answer))
    }

    /// Handles a message. Afterwards the alarm is derived from the rows, after a failure too.
    async fn handle(self: &Rc<Self>, message: Message) -> Result<Value> {
        // Whatever it is about may have changed the app too: the next call to X asks.
        self.breaker.borrow_mut().forget();
        let result = match message {
            Message::Adopt(adoption) => self.adopt(&adoption).and_then(reply),
            Message::Enqueue { deliveries, breaker } => {
                self.enqueue(&deliveries, &breaker).map(|()| self.publish_at_once(&deliveries)).and_then(reply)
            }
            Message::Health { account_id } => self.health(&account_id).await.and_then(reply),
            Message::Release(release) => self.release(&release).await.and_then(reply),
            Message::ClientChanged(change) => self.client_changed(&change).and_then(reply),
            Message::Recall { delivery, to_end } => self.recall(&delivery, to_end).and_then(reply),
            Message::Resolve { delivery, id } => self.resolve(&delivery, id.as_ref()).await.and_then(reply),
            Message::Retry { delivery } => self.retry(&delivery).and_then(reply),
            Message::Ask { account_id, lookup } => self.ask(&account_id, &lookup).await,
            Message::Delete { account_id, segments } => self.delete(&account_id, &segments).await.and_then(reply),
            Message::Limits => self.with_windows(|known| known.all(now())).and_then(reply),
            Message::AppMended => self.app_mended().and_then(reply),
            Message::Probe { post_id } => self.probe(post_id).and_then(reply),
            Message::LearnKey { digest, key } => self.learn_key(&digest, &key).and_then(reply),
            Message::ForgetKey { id } => self.forget_key(&id).and_then(reply),
            Message::ReEncryption { key_id } => self.re_encrypt(&key_id).and_then(reply),
            Message::Wake => {
                self.db.derive_alarm_anew();
                reply(())
            }
            Message::Freeze { stands } => self.freeze(stands).and_then(reply),
            Message::Export { place } => self.export(&place).and_then(reply),
            Message::ClearRestored { attempt } => self.clear_restored(attempt).and_then(reply),
            Message::Restore { attempt, is_first, rows } => self.restore(attempt, is_first, &rows).and_then(reply),
        };
        self.ask_who_was_refreshed();
        self.arm().await?;
        result
    }

    /// Takes deliveries into the journal. A repeated one is known by post and account, and changes nothing. What comes
    /// while the rows are copied would be in no copy: the workspace keeps its job.
    fn enqueue(&self, deliveries: &[Delivery], breaker: &Breaker) -> Result<()> {
        if self.frozen()? {
            return Err(frozen().into());
        }
        let mut known = self.breaker.borrow_mut();
        let forgotten = known.forgotten();
        known.learn(breaker, forgotten, now());
        drop(known);
        self.db.transaction(|| deliveries.iter().try_for_each(|delivery| self.take_delivery(delivery)))
    }

    /// What is due begins in the turn that has stored it, beside the answer. The alarm is the fallback.
    fn publish_at_once(self: &Rc<Self>, deliveries: &[Delivery]) {
        if !deliveries.iter().any(|delivery| delivery.is_due(now())) {
            return;
        }
        let Some(publishing) = Publishing::begin(self) else { return };
        let account = Rc::clone(self);
        spawn_local(async move {
            let ended = within(LOOP_LIMIT, publishing.run()).await;
            let ended = ended.unwrap_or_else(|| Err(Error::fault("publishing takes longer than an alarm may")));
            log::unattended("account", "publishing", &account.after_publishing(ended).await);
        });
    }

    /// After a failure the alarm that stands for a crash goes on.
    async fn after_publishing(self: &Rc<Self>, ended: Result<()>) -> Result<()> {
        ended?;
        self.ask_who_was_refreshed();
        self.arm().await
    }

    /// The workspace begins to change a delivery, whose latest version may not have arrived here yet.
    fn recall(&self, known: &Delivery, to_end: bool) -> Result<bool> {
        self.db.transaction(|| {
            self.take_delivery(known)?;
            let Some(mut delivery) = self.delivery(known)? else { return Ok(false) };
            let is_recalled = delivery.recall_version(known, to_end, now() + RECALLED_FOR);
            if is_recalled {
                self.save_delivery(&delivery)?;
            }
            Ok(is_recalled)
        })
    }

    fn probe(&self, post_id: PostId) -> Result<()> {
        let held = self.open_deliveries()?.into_iter().find(|delivery| delivery.post_id == post_id);
        let Some(mut delivery) = held else { return Ok(()) };
        delivery.release(now());
        self.probing.replace(Some(post_id));
        self.save_delivery(&delivery)
    }

    /// Publishes what is due, tells the workspace what changed, and sets the next alarm. An alarm may ring early, and then
    /// only looks.
    async fn alarm(self: &Rc<Self>) -> Result<()> {
        self.db.alarm_rang();
        let looked = self.look();
        if matches!(looked, Ok(false)) && self.arm().await.is_ok() {
            return Ok(());
        }
        self.db.set_alarm_for_a_crash().await?;
        looked?;
        let ended = self.publish_due().await;
        self.after_publishing(ended).await
    }

    /// Whether something is due. A loop that runs keeps no revocation waiting.
    fn look(self: &Rc<Self>) -> Result<bool> {
        if self.frozen()? {
            return Ok(false);
        }
        self.told.store(self)?;
        self.revoke_due()?;
        Ok(self.next_alarm()?.is_some_and(|at| at <= now()))
    }

    /// Each event ends with this. The alarm follows from the rows: if no row is another, the alarm stands.
    async fn arm(&self) -> Result<()> {
        self.kept.close_tokens(now());
        self.told.store_with_others(self)?;
        // As long as it publishes, it wants no earlier alarm.
        if self.publishing.get() && self.db.rings_by(now() + AFTER_A_CRASH) {
            return Ok(());
        }
        self.db.derive_alarm(|| self.wanted_alarm()).await
    }

    fn wanted_alarm(&self) -> Result<Option<UnixMillis>> {
        if self.frozen()? { Ok(None) } else { self.next_alarm() }
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
