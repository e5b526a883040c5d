//! The Workspace object: the operator's apps, accounts and posts, idempotency, and the key digests, so that the call that
//! does the work also authorises.
//!
//! It never sees a token or a client secret. What must reach an account's object leaves by an outbox that the alarm
//! drains; both sides know a repetition when they see one.

mod access;
mod areas;
mod call;
mod jobs;
mod live;
mod messages;
mod store;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use js_sys::{Promise, wasm_bindgen};
use latchkey_core::id::{NetworkId, PostId};
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::future_to_promise;
use worker::{DurableObject, Env, Request, Response, State, durable_object, web_sys};

use self::jobs::Postponed;
use self::jobs::outbox::HandOver;
use self::jobs::webhooks::Pools;
use self::live::Live;
use self::store::Store;
pub use self::store::schema::VERSIONS;
use super::storage::Db;
use super::store::Opened;
use super::turn::Turn;
use super::waiting::Waiting;
use crate::app::App;
use crate::error::{Error, Result};
use crate::log;
use crate::rpc::wire::{answer, received, respond};
use crate::rpc::workspace::CALL_HEADER;

#[durable_object]
pub struct WorkspaceObject {
    workspace: Opened<Workspace>,
}

/// The workspace with its storage open.
struct Workspace {
    env: Env,
    app: OnceCell<App>,
    store: Store,
    /// Callers that wait for the end of a post.
    waiting: Waiting<PostId>,
    turn: Turn,
    /// What has changed lately, and callers that wait for the next change.
    live: Live,
    /// Where users see this deployment, as the first call of this process said it.
    origin: OnceCell<String>,
    pools: Pools,
    hand_over: HandOver,
    postponed: Postponed,
    /// The posts that were tried last although their networks are paused. A crash forgets them.
    probing: RefCell<BTreeMap<NetworkId, PostId>>,
}

// A caught panic leaves nothing half done here: the store is in SQLite, and each event reads it anew.
impl std::panic::UnwindSafe for WorkspaceObject {}
impl std::panic::RefUnwindSafe for WorkspaceObject {}

impl DurableObject for WorkspaceObject {
    fn new(state: State, env: Env) -> Self {
        let workspace = Opened::open("workspace", &state, &VERSIONS, |db| Workspace::new(db, env));
        Self { workspace }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let w = match self.workspace.get() {
            Ok(w) => w,
            Err(error) => return answer(&Err(error)),
        };
        match request.headers().get(CALL_HEADER)? {
            Some(header) => call::replied(w, call::streamed(w, &header, &request).await),
            None => call::answered(w, &messages::keyed(w, request).await),
        }
    }

    async fn alarm(&self) -> worker::Result<Response> {
        log::unattended("workspace", "alarm", &self.awake().await);
        Response::empty()
    }
}

#[wasm_bindgen]
impl WorkspaceObject {
    /// By the platform's RPC.
    pub fn message(&self, text: String) -> Promise {
        let w = self.workspace.get().cloned();
        respond(async move { messages::handle(&w?, received(&text)?).await })
    }

    /// A call with a key, whose body is there.
    pub fn call(&self, header: String, body: Vec<u8>) -> Promise {
        let w = self.workspace.get().cloned();
        future_to_promise(AssertUnwindSafe(async move {
            Ok(match w {
                Ok(w) => call::said(&w, call::called(&w, &header, body).await)?,
                Err(error) => web_sys::Response::from(answer(&Err(error))?).into(),
            })
        }))
    }
}

impl WorkspaceObject {
    async fn awake(&self) -> Result<()> {
        jobs::alarm(self.workspace.for_alarm().await?).await
    }
}

impl Workspace {
    fn new(db: Db, env: Env) -> Result<Self> {
        let store = Store::new(db);
        store.webhook_deliveries.resume()?;
        let (app, origin) = (OnceCell::new(), OnceCell::new());
        let (waiting, pools) = (Waiting::default(), Pools::default());
        let (hand_over, postponed) = (HandOver::default(), Postponed::default());
        let live = Live::new()?;
        let turn = Turn::default();
        Ok(Self {
            env,
            app,
            store,
            waiting,
            turn,
            live,
            origin,
            pools,
            hand_over,
            postponed,
            probing: RefCell::default(),
        })
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
