//! Outbox jobs that are due run side by side (`core/src/outbox.rs`). The deliveries of a new post go to their accounts
//! right after the transaction; the alarm finds what a crash leaves of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::outbox::{self, Batch, Due, OutboxJob, Work};
use worker::wasm_bindgen_futures::spawn_local;

use super::targets::{self, Since};
use super::{Workspace, arm, detach};
use crate::error::Result;
use crate::log;
use crate::objects::waiting::Waiting;
use crate::objects::workspace::areas::freeze::is_frozen;
use crate::objects::workspace::store::outbox::{Begun, Row};
use crate::runtime::now;

/// Deliveries on their way, by the accounts' objects. An object is told of one batch at a time, so that its deliveries
/// arrive in the order of acceptance.
#[derive(Default)]
pub struct HandOver {
    on_their_way: RefCell<BTreeMap<String, Vec<Begun>>>,
    /// The alarm waits for its turn.
    ended: Waiting<String>,
}

impl HandOver {
    fn has(&self, object: &str) -> bool {
        self.on_their_way.borrow().contains_key(object)
    }

    /// The next batch of an object, in order.
    fn next(&self, object: &str) -> Vec<Begun> {
        let mut on_their_way = self.on_their_way.borrow_mut();
        let Some(waiting) = on_their_way.get_mut(object) else { return Vec::new() };
        let batch = waiting.len().min(outbox::BATCH as usize);
        waiting.drain(..batch).collect()
    }
}

/// As long as it lives, the object's deliveries are on their way. A panic ends it too.
struct Way {
    w: Rc<Workspace>,
    object: String,
}

impl Drop for Way {
    fn drop(&mut self) {
        // Whatever is left is in the outbox, and due soon.
        self.w.hand_over.on_their_way.borrow_mut().remove(&self.object);
        self.w.hand_over.ended.tell(&self.object);
    }
}

/// The deliveries of a call, after its transaction.
pub fn hand_over(w: &Rc<Workspace>, handed: Vec<Begun>) {
    for (row, job) in handed {
        let OutboxJob::Enqueue { object, .. } = &job else { continue };
        let object = object.clone();
        let mut on_their_way = w.hand_over.on_their_way.borrow_mut();
        if let Some(waiting) = on_their_way.get_mut(&object) {
            waiting.push((row, job));
            continue;
        }
        on_their_way.insert(object.clone(), vec![(row, job)]);
        hand_to(Way { w: Rc::clone(w), object });
    }
}

/// What arrived needs no other alarm: the rows stay where they are until the next write.
fn hand_to(way: Way) {
    let w = Rc::clone(&way.w);
    spawn_local(async move {
        let handed = hand_all(way).await;
        log::unattended("workspace", "new deliveries", &handed.and(arm(&w).await));
    });
}

/// What is left after a failure waits with the batch that failed, for the alarm.
async fn hand_all(way: Way) -> Result<()> {
    loop {
        let waiting = way.w.hand_over.next(&way.object);
        if waiting.is_empty() || is_frozen(&way.w)? {
            return Ok(());
        }
        for batch in outbox::batches(waiting).deliveries {
            if !try_to_deliver(&way.w, batch, Since::ThisProcess).await? {
                return Ok(());
            }
        }
    }
}

/// By the alarm: after what is on its way to the same object.
async fn deliver_in_turn(w: Rc<Workspace>, batch: Batch<Row>) -> Result<()> {
    if let Work::Enqueue(object, _) = &batch.work {
        while w.hand_over.has(object) {
            w.hand_over.ended.news(object.clone()).await;
        }
    }
    deliver(w, batch).await
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
        let running = deliveries.into_iter().map(|batch| deliver_in_turn(Rc::clone(&w), batch));
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

async fn deliver(w: Rc<Workspace>, batch: Batch<Row>) -> Result<()> {
    try_to_deliver(&w, batch, Since::Unknown).await.map(drop)
}

/// Done is deleted; what failed waits and is tried again. Says whether it is done.
async fn try_to_deliver(w: &Workspace, batch: Batch<Row>, since: Since) -> Result<bool> {
    let outcome = targets::reach(w, batch.work, since).await;
    match (&outcome, since) {
        (Ok(()), Since::ThisProcess) => {
            w.store.outbox.arrive(&batch.rows);
            return Ok(true);
        }
        (Ok(()), Since::Unknown) => {
            batch.rows.iter().try_for_each(|row| w.store.outbox.done(row))?;
            return Ok(true);
        }
        (Err(_), _) => {}
    }
    log::unattended("workspace", "outbox job", &outcome);
    batch.rows.iter().try_for_each(|row| {
        let due_at = now() + outbox::pause(row.attempts + 1);
        w.store.outbox.failed(row, due_at)
    })?;
    Ok(false)
}
