//! The store of an Account object: pairs (`pairs.rs`, `revoke.rs`), and the journal.

use latchkey_core::backoff;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::XPostId;
use latchkey_core::retention::Kept;
use latchkey_core::time::{Span, UnixMillis};
use latchkey_core::x::rate::{KnownWindows, Window};
use serde::Deserialize;

use super::Inner;
use crate::error::{Error, Result};
use crate::log;
use crate::objects::storage::{AFTER_A_CRASH, doc, read, time};
use crate::runtime::now;

/// How many changes one report to the workspace carries.
pub const REPORT_ROWS: u32 = 100;
const PURGED_EVERY: Span = Span::hours(1);

/// A row of the journal that has a step to make.
#[derive(Deserialize)]
pub struct Row {
    pub seq: i64,
    /// How often a step was begun since one last ended: the process died in between.
    pub opened: u32,
    pub doc: String,
}

/// What the rows want done: what the workspace has not heard of, 0 or 1 for each kind, with the first deliveries themselves;
/// and when something is due.
#[derive(Deserialize)]
pub struct News {
    grants: u8,
    revocations: u8,
    /// A JSON array of documents.
    deliveries: String,
    queue_at: Option<i64>,
    others_at: Option<i64>,
    revoke_at: Option<i64>,
}

/// The times of [`News`].
#[derive(Clone, Copy)]
pub struct Times {
    /// Of the journal, whatever the process does meanwhile.
    due_at: Option<UnixMillis>,
    revoke_at: Option<UnixMillis>,
    has_deliveries: bool,
    has_pairs: bool,
}

impl News {
    pub fn has_grants(&self) -> bool {
        self.grants > 0
    }

    pub fn has_revocations(&self) -> bool {
        self.revocations > 0
    }

    pub fn is_any(&self) -> bool {
        self.has_grants() || self.has_revocations() || self.has_deliveries()
    }

    pub fn deliveries(&self) -> Result<Vec<Delivery>> {
        let docs: Vec<String> = read(&self.deliveries)?;
        docs.iter().map(|doc| read(doc)).collect()
    }

    fn has_deliveries(&self) -> bool {
        self.deliveries != "[]"
    }

    fn times(&self) -> Times {
        Times {
            due_at: self.queue_at.into_iter().chain(self.others_at).min().map(UnixMillis),
            revoke_at: self.revoke_at.map(UnixMillis),
            has_deliveries: self.has_deliveries(),
            has_pairs: self.has_grants() || self.has_revocations(),
        }
    }
}

#[derive(Deserialize)]
struct Known {
    endpoint: String,
    doc: String,
}

impl Inner {
    /// Takes a delivery in. A newer version replaces a known delivery that has not begun. Only later changes are
    /// reported.
    pub fn take_delivery(&self, delivery: &Delivery) -> Result<()> {
        self.kept.delivery_saved(delivery);
        let values = vec![
            delivery.post_id.as_str().into(),
            delivery.account_id.as_str().into(),
            column_of(delivery).into(),
            time(delivery.run_at),
            delivery.due().map(time).into(),
            revision_of(delivery).into(),
            revision_of(delivery).into(),
            doc(delivery)?,
        ];
        let is_taken = self.db.wrote(
            "INSERT INTO journal (post_id, account_id, state, run_at, due_at, revision, told, doc)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (post_id, account_id) DO NOTHING RETURNING seq",
            values.clone(),
        )?;
        if is_taken || self.delivery(delivery)?.is_none_or(|known| !known.gives_way_to(delivery)) {
            return Ok(());
        }
        self.db.run(
            "UPDATE journal SET state = ?3, run_at = ?4, due_at = ?5, revision = ?6, told = ?7, opened = 0, doc = ?8
                WHERE post_id = ?1 AND account_id = ?2",
            values,
        )
    }

    pub fn save_delivery(&self, delivery: &Delivery) -> Result<()> {
        self.update_delivery(delivery, "opened")
    }

    /// The delivery as a step leaves it. The same write says that the step has ended.
    pub fn save_after_step(&self, delivery: &Delivery) -> Result<()> {
        self.update_delivery(delivery, "0")
    }

    fn update_delivery(&self, delivery: &Delivery, opened: &str) -> Result<()> {
        self.kept.delivery_saved(delivery);
        let update = format!(
            "UPDATE journal SET state = ?, due_at = ?, revision = ?, opened = {opened}, doc = ?
                WHERE post_id = ? AND account_id = ?"
        );
        self.db.run(
            &update,
            vec![
                column_of(delivery).into(),
                delivery.due().map(time).into(),
                revision_of(delivery).into(),
                doc(delivery)?,
                delivery.post_id.as_str().into(),
                delivery.account_id.as_str().into(),
            ],
        )
    }

    /// Opens the row with a step to make now: the step begins. A parked row waits for its own answer. In the queue,
    /// deliveries leave in the order of their times, and a delivery that backs off keeps later deliveries waiting.
    ///
    /// Steps that the process does not survive are counted. A row in which the process died three times is parked and
    /// retried later, so that the rest goes on. The row is never given up: the next death may be another power cut.
    pub fn open_next_row(&self, now: UnixMillis) -> Result<Option<Row>> {
        if self.kept.times(&self.db).is_some_and(|known| known.due_at.is_none_or(|at| at > now)) {
            return Ok(None);
        }
        let open = "UPDATE journal SET opened = opened + 1 WHERE seq = coalesce(
            (SELECT seq FROM journal WHERE state IN ('held', 'unknown', 'recalled', 'aside') AND due_at <= ?1
                ORDER BY due_at LIMIT 1),
            (SELECT seq FROM (SELECT seq, due_at FROM journal WHERE state IN ('queued', 'publishing')
                ORDER BY run_at, seq LIMIT 1) WHERE due_at <= ?1))
            RETURNING seq, opened - 1 AS opened, doc";
        let Some(row) = self.db.rows::<Row>(open, vec![time(now)])?.into_iter().next() else { return Ok(None) };
        if let Some(pause) = backoff::after_deaths(row.opened) {
            let (seq, deaths) = (row.seq, row.opened);
            log::alert("account", &format!("row {seq} of the journal was begun {deaths} times and not ended"));
            let park = "UPDATE journal SET state = 'aside', due_at = ? WHERE seq = ?";
            self.db.run(park, vec![time(now + pause), row.seq.into()])?;
        }
        Ok(Some(row))
    }

    /// The step has ended, whatever became of it.
    pub fn close_row(&self, row: &Row) -> Result<()> {
        self.db.run("UPDATE journal SET opened = 0 WHERE seq = ?", vec![row.seq.into()])
    }

    /// A row whose document cannot be read blocks nobody.
    pub fn dead_letter(&self, row: &Row) -> Result<()> {
        self.db.run("UPDATE journal SET state = 'unreadable', due_at = NULL WHERE seq = ?", vec![row.seq.into()])
    }

    pub fn delete_delivery(&self, delivery: &Delivery) -> Result<()> {
        let delete = "DELETE FROM journal WHERE post_id = ? AND account_id = ?";
        self.db.run(delete, vec![delivery.post_id.as_str().into(), delivery.account_id.as_str().into()])
    }

    /// A delivery as it is now.
    pub fn delivery(&self, known: &Delivery) -> Result<Option<Delivery>> {
        let query = "SELECT doc FROM journal WHERE post_id = ? AND account_id = ?";
        self.db.doc(query, vec![known.post_id.as_str().into(), known.account_id.as_str().into()])
    }

    /// Everything that is not final.
    pub fn open_deliveries(&self) -> Result<Vec<Delivery>> {
        let query =
            "SELECT doc FROM journal WHERE state IN ('queued', 'publishing', 'held', 'unknown', 'recalled', 'aside')";
        self.db.docs(query, Vec::new())
    }

    /// What waits for the account to be unlocked at X, the next to be tried first. Usually nothing does, which is known.
    pub fn locked_deliveries(&self) -> Result<Vec<Delivery>> {
        if self.kept.is_known_to_lock_none(&self.db) {
            return Ok(Vec::new());
        }
        let locked: Vec<Delivery> = self.db.docs(
            "SELECT doc FROM journal WHERE state IN ('held', 'unknown', 'recalled', 'aside')
                AND json_extract(doc, '$.error.code') = 'account_locked' AND state = 'held' ORDER BY due_at",
            Vec::new(),
        )?;
        if locked.is_empty() {
            self.kept.locks_none(&self.db);
        }
        Ok(locked)
    }

    /// The intents whose call to X ended with its process. `IN` names the states of the index.
    pub fn interrupted_deliveries(&self) -> Result<Vec<Delivery>> {
        let query = "SELECT doc FROM journal WHERE state IN ('queued', 'publishing') AND state = 'publishing'";
        self.db.docs(query, Vec::new())
    }

    /// The id is the answer to a call that is known: it confirms no other delivery.
    pub fn claim(&self, id: &XPostId) -> Result<()> {
        let insert = "INSERT OR IGNORE INTO claims (x_post_id, at) VALUES (?, ?)";
        self.db.run_aside(insert, vec![id.as_str().into(), time(now())])
    }

    pub fn is_claimed(&self, id: &XPostId) -> Result<bool> {
        Ok(self.db.count("SELECT count(*) AS count FROM claims WHERE x_post_id = ?", vec![id.as_str().into()])? > 0)
    }

    /// X's windows for an endpoint, as told now. Those are written that a crash must not forget.
    pub fn save_windows(&self, endpoint: &str, told: &[Window]) -> Result<()> {
        for window in self.with_windows(|known| known.to_store(endpoint, told))? {
            self.db.run_aside(
                "INSERT OR REPLACE INTO windows (endpoint, kind, reset_at, doc) VALUES (?, ?, ?, ?)",
                vec![endpoint.into(), window.kind.as_str().into(), time(window.reset_at), doc(&window)?],
            )?;
        }
        self.with_windows(|known| known.learn(endpoint, told, now()))
    }

    /// X's windows, read once: this object alone writes them, and a backup carries none.
    pub fn with_windows<T>(&self, work: impl FnOnce(&mut KnownWindows) -> T) -> Result<T> {
        let mut known = self.known_windows.borrow_mut();
        if known.is_none() {
            self.db.run_aside("DELETE FROM windows WHERE reset_at <= ?", vec![time(now())])?;
            let rows: Vec<Known> = self.db.rows("SELECT endpoint, doc FROM windows", Vec::new())?;
            // A window that this code cannot read is as unknown as one that X has not told.
            let stored = rows.into_iter().filter_map(|row| Some((row.endpoint, read::<Window>(&row.doc).ok()?)));
            *known = Some(KnownWindows::of_stored(stored.collect::<Vec<_>>()));
        }
        known.as_mut().map(work).ok_or_else(|| Error::fault("the windows were not kept"))
    }

    /// Removes what nobody asks for any more, an hour after the last time or later.
    pub fn purge(&self, now: UnixMillis) -> Result<()> {
        if now < self.purged_at.get() + PURGED_EVERY {
            return Ok(());
        }
        self.purged_at.set(now);
        self.db.run("DELETE FROM claims WHERE at < ?", vec![time(Kept::Claim.expired_at(now))])?;
        self.db.run(
            "DELETE FROM journal WHERE state IN ('published', 'failed', 'deleted', 'cancelled') AND told >= revision
                AND run_at < ?",
            vec![time(Kept::JournalRow.expired_at(now))],
        )
    }

    /// With so many deliveries at most.
    pub fn news(&self, deliveries: u32) -> Result<News> {
        let query = "SELECT EXISTS (SELECT 1 FROM pair WHERE is_told <> 1)
                OR EXISTS (SELECT 1 FROM pairs WHERE is_told <> 1) AS grants,
            EXISTS (SELECT 1 FROM discarded WHERE is_told <> 1) AS revocations,
            (SELECT json_group_array(doc) FROM (SELECT doc FROM journal WHERE told < revision ORDER BY seq LIMIT +?))
                AS deliveries,
            (SELECT due_at FROM journal WHERE state IN ('queued', 'publishing') ORDER BY run_at, seq LIMIT 1) AS queue_at,
            (SELECT min(due_at) FROM journal WHERE state IN ('held', 'unknown', 'recalled', 'aside')) AS others_at,
            (SELECT min(next_at) FROM discarded WHERE next_at IS NOT NULL) AS revoke_at";
        let rows: Vec<News> = self.db.rows(query, vec![i64::from(deliveries).into()])?;
        let news = rows.into_iter().next().ok_or_else(|| Error::fault("what the rows want was not read"))?;
        self.kept.keep_times(&self.db, news.times());
        Ok(news)
    }

    fn times(&self) -> Result<Times> {
        match self.kept.times(&self.db) {
            Some(times) => Ok(times),
            None => Ok(self.news(1)?.times()),
        }
    }

    /// The next version of a delivery may have arrived before the acknowledgement of this one. Its revisions count anew.
    pub fn delivery_acknowledged(&self, delivery: &Delivery) -> Result<()> {
        self.db.run(
            "UPDATE journal SET told = max(told, ?) WHERE post_id = ? AND account_id = ?
                AND json_extract(doc, '$.edition') = ?",
            vec![
                revision_of(delivery).into(),
                delivery.post_id.as_str().into(),
                delivery.account_id.as_str().into(),
                i64::from(delivery.version()).into(),
            ],
        )
    }

    /// The earliest thing to do, derived from the rows: nothing else decides when this object wakes. Work that is under way
    /// is looked after by itself, and by the alarm in case the process dies.
    pub fn next_alarm(&self) -> Result<Option<UnixMillis>> {
        let Times { due_at, revoke_at, has_deliveries, has_pairs } = self.times()?;
        let from = |is_under_way: bool| if is_under_way { now() + AFTER_A_CRASH } else { UnixMillis(0) };
        let wanted = [
            due_at,
            has_deliveries.then(|| from(self.told.is_pending())),
            has_pairs.then_some(UnixMillis(0)),
            revoke_at.map(|at| at.max(from(self.revoking.get()))),
        ];
        let publishing = from(self.publishing.get());
        Ok(wanted.into_iter().flatten().min().map(|at| at.max(publishing)))
    }
}

/// The value of the column `state`: the state of the delivery, or the recall by the workspace.
const fn column_of(delivery: &Delivery) -> &'static str {
    if delivery.is_recalled() { "recalled" } else { delivery.state().as_str() }
}

fn revision_of(delivery: &Delivery) -> i64 {
    i64::try_from(delivery.revision()).unwrap_or(i64::MAX)
}
