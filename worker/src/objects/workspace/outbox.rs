//! Outbox jobs (`Errand`): work that the workspace owes to others. A job is stored in the transaction that owes the
//! work, done by the alarm, and repeated until the target acknowledges. Every job can be done twice.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, join_all};
use latchkey_core::account::Account;
use latchkey_core::backoff;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{AccountId, ImportId, KeyId, NetworkId, account_object};
use latchkey_core::network::ClientRef;
use latchkey_core::retention::Kept;
use latchkey_core::time::{Span, UnixMillis};
use serde::{Deserialize, Serialize};

use super::{Inner, Remains, RevocationReport};
use crate::error::Result;
use crate::log;
use crate::objects::storage::{doc, pause_after_deaths, read, time};
use crate::rpc::account::ClientChange;
use crate::runtime::now;
use worker::wasm_bindgen_futures::spawn_local;

/// The last time that a platform's clock knows (ECMA-262, Time Values).
const NEVER: i64 = 8_640_000_000_000_000;
const BATCH: i32 = 100;
/// Longer than the calls to X that an errand makes.
const LEASE: Span = Span::mins(1);
const PAUSE: (Span, Span) = (Span::secs(1), Span::mins(1));

#[derive(Clone, Serialize, Deserialize)]
pub enum Errand {
    Enqueue {
        object: String,
        delivery: Box<Delivery>,
    },
    /// A held delivery is to be tried now.
    Retry {
        object: String,
        delivery: Box<Delivery>,
    },
    /// A row was closed. What that means for the tokens is looked up when the errand is run: the person may have
    /// connected again since.
    Release {
        account_id: AccountId,
        network_id: NetworkId,
        x_user_id: String,
    },
    /// The X app has another client id: the tokens of its accounts are of no use any more.
    ClientChanged {
        object: String,
        client_id: String,
        /// The row, and the client as it was last. Errands of before do not say: what they find is discarded all the same.
        #[serde(default)]
        account_id: Option<AccountId>,
        #[serde(default)]
        before: Option<ClientRef>,
    },
    /// The X app works again.
    AppMended {
        object: String,
    },
    /// An account's own posts are to be entered.
    Import {
        id: ImportId,
    },
    /// A deleted key is to open no door of an account either.
    ForgetKey {
        object: String,
        id: KeyId,
    },
    /// A secret version that is no longer current, a day after it was superseded or never taken into use, and after X has
    /// revoked what it takes to revoke.
    ForgetSecret {
        network_id: NetworkId,
        version: u32,
    },
    /// A medium was deleted or has expired.
    RemoveMedia(Remains),
    /// Another upload has taken its place.
    AbandonUpload {
        key: String,
        upload_id: String,
    },
}

#[derive(Deserialize)]
struct Row {
    seq: i64,
    attempts: u32,
    /// How often it was begun since it last ended: the process died in between.
    opened: u32,
    doc: String,
}

#[derive(Deserialize)]
pub(super) struct Time {
    pub(super) at: Option<i64>,
}

/// Errands that are done by one call, and the rows they came from.
struct Trip {
    rows: Vec<Row>,
    errand: Work,
}

enum Work {
    Enqueue(String, Vec<Delivery>),
    Other(Errand),
}

impl Inner {
    pub(super) fn owe(&self, errand: &Errand, due_at: UnixMillis) -> Result<()> {
        self.db()?.run("INSERT INTO outbox (due_at, doc) VALUES (?, ?)", vec![time(due_at), doc(errand)?])
    }

    /// Runs what is due, side by side, and sets the next alarm. Deliveries are not kept waiting by what waits for X: that
    /// goes on by itself, and is begun anew if it is not heard of.
    pub(super) async fn alarm(self: &Rc<Self>) -> Result<()> {
        self.store.db_for_alarm().await?.set_alarm_for_a_crash().await?;
        self.detach(Box::pin(Rc::clone(self).walk_standstill()));
        if self.is_standing()? {
            self.tell_webhooks()?;
            return self.arm().await;
        }
        self.purge_idempotency(now())?;
        self.purge_dispatches()?;
        self.purge_audit()?;
        self.expire_media(now())?;
        if self.begin_sweep(now())? {
            self.detach(Box::pin(Rc::clone(self).sweep_fetched()));
        }
        loop {
            let (deliveries, others) = self.due_trips()?;
            for trip in others {
                self.detach(Box::pin(Rc::clone(self).run(trip)));
            }
            if deliveries.is_empty() {
                break;
            }
            let running = deliveries.into_iter().map(|trip| Rc::clone(self).run(trip));
            join_all(running).await.into_iter().collect::<Result<()>>()?;
        }
        self.remind().await?;
        self.detach(Box::pin(Rc::clone(self).probe_networks()));
        self.tell_webhooks()?;
        self.detach(Box::pin(Rc::clone(self).reseal_page()));
        self.arm().await
    }

    pub(super) fn detach(self: &Rc<Self>, work: LocalBoxFuture<'static, Result<()>>) {
        let inner = Rc::clone(self);
        spawn_local(async move {
            let outcome = match work.await {
                Ok(()) => inner.arm().await,
                failed => failed,
            };
            log::unattended("workspace", "work beside the alarm", &outcome);
        });
    }

    /// Accounts that let a time pass are woken: their own alarm may have been lost.
    async fn remind(&self) -> Result<()> {
        let app = self.app()?;
        let objects: BTreeSet<String> = self.late_accounts(now())?.iter().map(Account::object).collect();
        let woken = objects.iter().map(async |object| app.account(object)?.wake().await);
        for outcome in join_all(woken).await {
            log::unattended("workspace", "a late account", &outcome);
        }
        Ok(())
    }

    pub(super) async fn arm(&self) -> Result<()> {
        // One list and not a UNION: a compound SELECT has five terms here at most.
        let query = "SELECT min(value) AS at FROM json_each(json_array(
            (SELECT min(due_at) FROM outbox WHERE due_at < ?),
            (SELECT min(started_at) + ? FROM idempotency),
            (SELECT min(watch_at) FROM deliveries WHERE watch_at IS NOT NULL),
            (SELECT min(json_extract(doc, '$.probe_at')) FROM networks WHERE is_deleted = 0),
            (SELECT due_at FROM sweep),
            (SELECT next_at FROM reseal),
            (SELECT next_at FROM standstill),
            (SELECT expires_at FROM media m WHERE NOT EXISTS (SELECT 1 FROM media_in_use u WHERE u.media_id = m.id)
                ORDER BY expires_at LIMIT 1)))";
        let rows: Vec<Time> = if self.is_standing()? {
            self.db()?.rows("SELECT next_at AS at FROM standstill", Vec::new())?
        } else {
            self.db()?.rows(query, vec![NEVER.into(), Kept::Response.span().as_millis().into()])?
        };
        let own = rows.first().and_then(|row| row.at).map(UnixMillis);
        self.db()?.set_alarm(own.into_iter().chain(self.next_dispatch()?).min()).await
    }

    /// Deliveries for one account go together and in order; then everything else.
    fn due_trips(&self) -> Result<(Vec<Trip>, Vec<Trip>)> {
        let query = "SELECT seq, attempts, opened, doc FROM outbox WHERE due_at <= ? ORDER BY due_at, seq LIMIT ?";
        let mut others = Vec::new();
        let mut queues: BTreeMap<String, (Vec<Row>, Vec<Delivery>)> = BTreeMap::new();
        for row in self.db()?.rows::<Row>(query, vec![time(now()), BATCH.into()])? {
            let Ok(errand) = read(&row.doc) else {
                self.bar(&row)?;
                continue;
            };
            let is_slow = !matches!(errand, Errand::Enqueue { .. });
            self.open(&row, is_slow)?;
            match errand {
                Errand::Enqueue { object, delivery } => {
                    let (rows, deliveries) = queues.entry(object).or_default();
                    rows.push(row);
                    deliveries.push(*delivery);
                }
                other => others.push(Trip { rows: vec![row], errand: Work::Other(other) }),
            }
        }
        let enqueue = |(object, (rows, deliveries))| Trip { rows, errand: Work::Enqueue(object, deliveries) };
        Ok((queues.into_iter().map(enqueue).collect(), others))
    }

    /// It is under way. What runs beside the alarm is due again when nothing is heard of it; and a row in which the
    /// process died three times steps back, so that the rest goes on.
    fn open(&self, row: &Row, is_slow: bool) -> Result<()> {
        let pause = pause_after_deaths(row.opened);
        if pause.is_some() {
            log::alert("workspace", &format!("errand {} was begun {} times and not ended", row.seq, row.opened));
        }
        let lease = pause.max(is_slow.then_some(LEASE));
        let update = "UPDATE outbox SET opened = opened + 1, due_at = coalesce(?, due_at) WHERE seq = ?";
        self.db()?.run(update, vec![lease.map(|lease| time(now() + lease)).into(), row.seq.into()])
    }

    /// What cannot be read stays where it is for a person to look at.
    fn bar(&self, row: &Row) -> Result<()> {
        log::alert("workspace", &format!("errand {} cannot be read", row.seq));
        self.db()?.run("UPDATE outbox SET due_at = ? WHERE seq = ?", vec![NEVER.into(), row.seq.into()])
    }

    /// Done is deleted; what failed waits and is tried again.
    async fn run(self: Rc<Self>, trip: Trip) -> Result<()> {
        let outcome = self.work(trip.errand).await;
        if outcome.is_ok() {
            let delete = "DELETE FROM outbox WHERE seq = ?";
            return trip.rows.iter().try_for_each(|row| self.db()?.run(delete, vec![row.seq.into()]));
        }
        log::unattended("workspace", "errand", &outcome);
        trip.rows.iter().try_for_each(|row| {
            let due_at = now() + backoff::pause(PAUSE.0, PAUSE.1, row.attempts + 1);
            let update = "UPDATE outbox SET due_at = ?, attempts = attempts + 1, opened = 0 WHERE seq = ?";
            self.db()?.run(update, vec![time(due_at), row.seq.into()])
        })
    }

    /// The client id that an account's app has by now: it may have changed again since the errand was written.
    fn client_id_of(&self, object: &str, written: String) -> Result<String> {
        let network = object.split('/').next().map(|id| self.network(id)).transpose()?.flatten();
        Ok(network.map_or(written, |network| network.client_id))
    }

    async fn work(&self, work: Work) -> Result<()> {
        let app = self.app()?;
        match work {
            Work::Enqueue(object, deliveries) => app.account(&object)?.enqueue(deliveries).await,
            Work::Other(Errand::Enqueue { object, delivery }) => app.account(&object)?.enqueue(vec![*delivery]).await,
            Work::Other(Errand::Retry { object, delivery }) => app.account(&object)?.retry(*delivery).await,
            Work::Other(Errand::Release { account_id, network_id, x_user_id }) => {
                let users = self.users_of_grant(&network_id, &x_user_id)?;
                if users.contains(&account_id) {
                    return Ok(());
                }
                let Some(account) = self.account_even_deleted(&account_id)? else { return Ok(()) };
                let release = self.release_of(&account)?;
                let tally = app.account(&account_object(&network_id, &x_user_id))?.release(release).await?;
                self.learn_revocation(&RevocationReport { account_id: account_id.to_string(), tally })
            }
            Work::Other(Errand::ClientChanged { object, client_id, account_id, before }) => {
                let change = ClientChange { client_id: self.client_id_of(&object, client_id)?, account_id, before };
                let row = change.account_id.as_ref().map(ToString::to_string).unwrap_or_default();
                let tally = app.account(&object)?.client_changed(change).await?;
                self.learn_revocation(&RevocationReport { account_id: row, tally })
            }
            Work::Other(Errand::Import { id }) => self.run_import(&id).await,
            Work::Other(Errand::ForgetKey { object, id }) => {
                app.account(&object)?.forget_key(id.as_str()).await?;
                self.delete_key(&id)
            }
            Work::Other(Errand::AppMended { object }) => app.account(&object)?.app_mended().await,
            Work::Other(Errand::ForgetSecret { network_id, version }) => self.forget_secret(&network_id, version).await,
            Work::Other(Errand::RemoveMedia(remains)) => app.media()?.remove(&remains).await,
            Work::Other(Errand::AbandonUpload { key, upload_id }) => {
                app.media()?.abandon_upload(&key, &upload_id).await
            }
        }
    }
}
