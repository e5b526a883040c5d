//! Outbox jobs. A job is stored in the transaction that owes the work, and deleted when the target has acknowledged the
//! work.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use latchkey_core::id::NetworkId;
use latchkey_core::outbox::{self, OutboxJob};
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use super::{accounts, apps};
use crate::error::{Error, Result};
use crate::objects::storage::{Db, doc, read, time};

/// The last time that a platform's clock knows (ECMA-262, Time Values).
const NEVER: i64 = 8_640_000_000_000_000;

pub struct Outbox {
    db: Rc<Db>,
    /// Rows whose deliveries have arrived, which the next write deletes. After a crash they are handed over once more.
    arrived: RefCell<BTreeSet<i64>>,
}

/// A job that is due.
#[derive(Deserialize)]
pub struct Row {
    pub seq: i64,
    pub attempts: u32,
    /// How often it was begun since it last ended: the process died in between.
    pub opened: u32,
    doc: String,
}

/// A job that was added.
#[derive(Deserialize)]
struct Added {
    seq: i64,
    due_at: i64,
}

/// A job that has begun.
pub type Begun = (Row, OutboxJob);

impl Row {
    /// None if this code cannot read the job.
    pub fn job(&self) -> Option<OutboxJob> {
        read(&self.doc).ok()
    }
}

impl Outbox {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), arrived: RefCell::default() }
    }

    pub fn add(&self, job: &OutboxJob, due_at: UnixMillis) -> Result<()> {
        let insert = "INSERT INTO outbox (due_at, doc) VALUES (?, ?)";
        self.db.run_by(Some(due_at), insert, vec![time(due_at), doc(job)?])
    }

    /// Jobs that begin as soon as they are committed, and are due if that is not acknowledged. More than a batch is left
    /// to the alarm, which goes by batches; so is all that comes while the alarm has something to do, for no later job
    /// overtakes it.
    pub fn add_begun(&self, jobs: Vec<OutboxJob>, now: UnixMillis) -> Result<Vec<Begun>> {
        self.delete_arrived()?;
        if jobs.len() > outbox::BATCH as usize {
            jobs.iter().try_for_each(|job| self.add(job, now))?;
            return Ok(Vec::new());
        }
        let mut begun = Vec::new();
        for job in jobs {
            begun.extend(self.add_row(&job, now)?.map(|row| (row, job)));
        }
        Ok(begun)
    }

    /// None if the job waits for the alarm: another one is due, or the job before it waits.
    fn add_row(&self, job: &OutboxJob, now: UnixMillis) -> Result<Option<Row>> {
        let insert = "INSERT INTO outbox (due_at, doc)
            SELECT iif(EXISTS (SELECT 1 FROM outbox WHERE due_at <= ?1), ?1, ?2), ?3
            RETURNING seq, due_at";
        let doc = serde_json::to_string(job)?;
        let values = vec![time(now), time(now + outbox::UNACKNOWLEDGED), doc.as_str().into()];
        let added = self.db.rows_by::<Added>(Some(now + outbox::UNACKNOWLEDGED), insert, values)?.into_iter().next();
        let Added { seq, due_at } = added.ok_or_else(|| Error::fault("an outbox job has no row"))?;
        if due_at <= now.0 {
            self.db.derive_alarm_anew();
            return Ok(None);
        }
        Ok(Some(Row { seq, attempts: 0, opened: 0, doc }))
    }

    pub fn due(&self, now: UnixMillis, limit: u32) -> Result<Vec<Row>> {
        self.delete_arrived()?;
        let query = "SELECT seq, attempts, opened, doc FROM outbox WHERE due_at <= ? ORDER BY due_at, seq LIMIT +?";
        self.db.rows(query, vec![time(now), i64::from(limit).into()])
    }

    /// The job is under way, and with a lease due again at its end.
    pub fn begin(&self, row: &Row, lease_until: Option<UnixMillis>) -> Result<()> {
        let update = "UPDATE outbox SET opened = opened + 1, due_at = coalesce(?, due_at) WHERE seq = ?";
        self.db.run(update, vec![lease_until.map(time).into(), row.seq.into()])
    }

    /// A job that nobody can read stays where it is for a person to look at.
    pub fn park(&self, row: &Row) -> Result<()> {
        self.db.run("UPDATE outbox SET due_at = ? WHERE seq = ?", vec![NEVER.into(), row.seq.into()])
    }

    pub fn done(&self, row: &Row) -> Result<()> {
        self.db.run("DELETE FROM outbox WHERE seq = ?", vec![row.seq.into()])
    }

    /// The account has taken these jobs. The rows go with the next report, with the next new post, or at their time.
    pub fn arrive(&self, rows: &[Row]) {
        self.arrived.borrow_mut().extend(rows.iter().map(|row| row.seq));
    }

    pub fn delete_arrived(&self) -> Result<()> {
        let arrived = self.arrived.take();
        if arrived.is_empty() {
            return Ok(());
        }
        let delete = "DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(?))";
        self.db.run_by(None, delete, vec![doc(&arrived)?])
    }

    pub fn failed(&self, row: &Row, due_at: UnixMillis) -> Result<()> {
        let update = "UPDATE outbox SET due_at = ?, attempts = attempts + 1, opened = 0 WHERE seq = ?";
        self.db.run(update, vec![time(due_at), row.seq.into()])
    }

    /// What was under way in another deployment is under way nowhere.
    pub fn restart(&self, now: UnixMillis) -> Result<()> {
        self.db.run("UPDATE outbox SET due_at = ?, opened = 0 WHERE opened > 0", vec![time(now)])
    }

    /// Secrets that are kept because X has tokens to revoke with them.
    pub fn kept_secrets(&self) -> Result<Vec<(NetworkId, u32)>> {
        let jobs: Vec<OutboxJob> = self.db.docs(&format!("SELECT doc {}", forget_secrets_in_use()), Vec::new())?;
        let secrets = jobs.into_iter().filter_map(|job| match job {
            OutboxJob::ForgetSecret { network_id, version } => Some((network_id, version)),
            _ => None,
        });
        Ok(secrets.collect())
    }
}

/// The next job, apart from those that wait for a person.
pub fn next_due() -> String {
    format!("SELECT min(due_at) FROM outbox WHERE due_at < {NEVER}")
}

/// [`Outbox::kept_secrets`] by their keys in KV, in the column `name`.
pub fn secrets_in_use() -> String {
    format!(
        "SELECT 'secret/' || json_extract(doc, '$.ForgetSecret.network_id') || '/'
            || json_extract(doc, '$.ForgetSecret.version') AS name {}",
        forget_secrets_in_use()
    )
}

fn forget_secrets_in_use() -> String {
    let (revoking, holding) = (accounts::APPS_WITH_REVOCATIONS, apps::HOLDING_SECRETS);
    format!("FROM outbox WHERE json_extract(doc, '$.ForgetSecret.network_id') IN ({revoking} UNION {holding})")
}
