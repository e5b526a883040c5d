//! Outbox jobs that are due run side by side (`core/src/outbox.rs`).

use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::outbox::{self, Batch, Due, OutboxJob};

use super::{Workspace, detach, targets};
use crate::error::Result;
use crate::log;
use crate::objects::workspace::store::outbox::Row;
use crate::runtime::now;

const BATCH: i32 = 100;

/// Deliveries are not kept waiting by what waits for X: that goes on by itself, and is begun anew if it is not heard of.
pub async fn run(w: Rc<Workspace>) -> Result<()> {
    loop {
        let Due { deliveries, others } = due(&w)?;
        for batch in others {
            detach(&w, Box::pin(deliver(Rc::clone(&w), batch)));
        }
        if deliveries.is_empty() {
            return Ok(());
        }
        let running = deliveries.into_iter().map(|batch| deliver(Rc::clone(&w), batch));
        join_all(running).await.into_iter().collect::<Result<()>>()?;
    }
}

fn due(w: &Workspace) -> Result<Due<Row>> {
    let mut due = Vec::new();
    for row in w.store.outbox.due(now(), BATCH)? {
        match row.job() {
            Some(job) => {
                begin(w, &row, &job)?;
                due.push((row, job));
            }
            None => park(w, &row)?,
        }
    }
    Ok(outbox::batches(due))
}

/// It is under way.
fn begin(w: &Workspace, row: &Row, job: &OutboxJob) -> Result<()> {
    let lease = job.lease(row.opened);
    if lease.is_suspect {
        log::alert("workspace", &format!("outbox job {} was begun {} times and not ended", row.seq, row.opened));
    }
    w.store.outbox.begin(row, lease.span.map(|span| now() + span))
}

/// What cannot be read stays where it is for a person to look at.
fn park(w: &Workspace, row: &Row) -> Result<()> {
    log::alert("workspace", &format!("outbox job {} cannot be read", row.seq));
    w.store.outbox.park(row)
}

/// Done is deleted; what failed waits and is tried again.
async fn deliver(w: Rc<Workspace>, batch: Batch<Row>) -> Result<()> {
    let outcome = targets::reach(&w, batch.work).await;
    if outcome.is_ok() {
        return batch.rows.iter().try_for_each(|row| w.store.outbox.done(row));
    }
    log::unattended("workspace", "outbox job", &outcome);
    batch.rows.iter().try_for_each(|row| {
        let due_at = now() + outbox::pause(row.attempts + 1);
        w.store.outbox.failed(row, due_at)
    })
}
