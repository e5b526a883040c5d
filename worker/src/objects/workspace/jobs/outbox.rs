//! Outbox jobs that are due run side by side (`core/src/outbox.rs`). The deliveries of a new post go to their accounts
//! right after the transaction; the alarm finds what a crash leaves of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::outbox::{self, Batch, Due, OutboxJob};

use super::{Workspace, detach, targets};
use crate::error::Result;
use crate::log;
use crate::objects::workspace::areas::freeze::is_frozen;
use crate::objects::workspace::store::outbox::{Begun, Row};
use crate::runtime::now;

/// Deliveries on their way, by the accounts' objects. An object is told of one batch at a time, so that its deliveries
/// arrive in the order of acceptance.
#[derive(Default)]
pub struct HandOver(RefCell<BTreeMap<String, Vec<Begun>>>);

/// As long as it lives, the object's deliveries are on their way. A panic ends it too.
struct Way {
    w: Rc<Workspace>,
    object: String,
}

impl Drop for Way {
    fn drop(&mut self) {
        // Whatever is left is in the outbox, and due soon.
        self.w.hand_over.0.borrow_mut().remove(&self.object);
    }
}

/// The deliveries of a call, after its transaction.
pub fn hand_over(w: &Rc<Workspace>, handed: Vec<Begun>) {
    for (row, job) in handed {
        let OutboxJob::Enqueue { object, .. } = &job else { continue };
        let object = object.clone();
        let mut on_their_way = w.hand_over.0.borrow_mut();
        if let Some(waiting) = on_their_way.get_mut(&object) {
            waiting.push((row, job));
            continue;
        }
        on_their_way.insert(object.clone(), vec![(row, job)]);
        detach(w, Box::pin(hand_all(Way { w: Rc::clone(w), object })));
    }
}

async fn hand_all(way: Way) -> Result<()> {
    let next = || way.w.hand_over.0.borrow_mut().get_mut(&way.object).map(std::mem::take).unwrap_or_default();
    loop {
        let waiting = next();
        if waiting.is_empty() || is_frozen(&way.w)? {
            return Ok(());
        }
        for batch in outbox::batches(waiting).deliveries {
            deliver(Rc::clone(&way.w), batch).await?;
        }
    }
}

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
    for row in w.store.outbox.due(now(), outbox::BATCH)? {
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
