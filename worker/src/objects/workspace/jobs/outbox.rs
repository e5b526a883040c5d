//! Outbox jobs that are due run side by side. A job that failed waits 1 s doubling to 1 min; a job in which the process
//! died three times steps back, so that the rest goes on.

use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::backoff;
use latchkey_core::delivery::Delivery;
use latchkey_core::time::Span;

use super::targets::{self, Work};
use super::{Workspace, detach};
use crate::error::Result;
use crate::log;
use crate::objects::storage::pause_after_deaths;
use crate::objects::workspace::store::outbox::{Errand, Row};
use crate::runtime::now;

const BATCH: i32 = 100;
/// Longer than the calls to X that an errand makes.
const LEASE: Span = Span::mins(1);
const PAUSE: (Span, Span) = (Span::secs(1), Span::mins(1));

/// Errands that are done by one call, and the rows they came from.
struct Trip {
    rows: Vec<Row>,
    errand: Work,
}

/// Deliveries are not kept waiting by what waits for X: that goes on by itself, and is begun anew if it is not heard of.
pub async fn run(w: Rc<Workspace>) -> Result<()> {
    loop {
        let (deliveries, others) = due_trips(&w)?;
        for trip in others {
            detach(&w, Box::pin(go(Rc::clone(&w), trip)));
        }
        if deliveries.is_empty() {
            return Ok(());
        }
        let running = deliveries.into_iter().map(|trip| go(Rc::clone(&w), trip));
        join_all(running).await.into_iter().collect::<Result<()>>()?;
    }
}

/// Deliveries for one account go together and in order; then everything else.
fn due_trips(w: &Workspace) -> Result<(Vec<Trip>, Vec<Trip>)> {
    let mut others = Vec::new();
    let mut queues: BTreeMap<String, (Vec<Row>, Vec<Delivery>)> = BTreeMap::new();
    for row in w.store.outbox.due(now(), BATCH)? {
        let Some(errand) = row.errand() else {
            park(w, &row)?;
            continue;
        };
        let is_slow = !matches!(errand, Errand::Enqueue { .. });
        begin(w, &row, is_slow)?;
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

/// It is under way. What runs beside the alarm is due again when nothing is heard of it.
fn begin(w: &Workspace, row: &Row, is_slow: bool) -> Result<()> {
    let pause = pause_after_deaths(row.opened);
    if pause.is_some() {
        log::alert("workspace", &format!("errand {} was begun {} times and not ended", row.seq, row.opened));
    }
    let lease = pause.max(is_slow.then_some(LEASE));
    w.store.outbox.begin(row, lease.map(|lease| now() + lease))
}

/// What cannot be read stays where it is for a person to look at.
fn park(w: &Workspace, row: &Row) -> Result<()> {
    log::alert("workspace", &format!("errand {} cannot be read", row.seq));
    w.store.outbox.park(row)
}

/// Done is deleted; what failed waits and is tried again.
async fn go(w: Rc<Workspace>, trip: Trip) -> Result<()> {
    let outcome = targets::reach(&w, trip.errand).await;
    if outcome.is_ok() {
        return trip.rows.iter().try_for_each(|row| w.store.outbox.done(row));
    }
    log::unattended("workspace", "errand", &outcome);
    trip.rows.iter().try_for_each(|row| {
        let due_at = now() + backoff::pause(PAUSE.0, PAUSE.1, row.attempts + 1);
        w.store.outbox.failed(row, due_at)
    })
}
