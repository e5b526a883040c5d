//! The work that nobody waits for. One alarm does all of it: [`JOBS`] says for each kind of work when it is due and how
//! it runs. Each job's file says how it backs off. A job that fails keeps no other job waiting.

mod approvals;
mod freeze;
mod imports;
mod late;
pub mod outbox;
mod probes;
mod re_encryption;
mod retention;
mod secrets;
mod targets;
pub mod webhooks;

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use latchkey_core::time::{Span, UnixMillis};
use worker::wasm_bindgen_futures::spawn_local;

use super::areas::freeze::is_frozen;
use super::{Workspace, store};
use crate::error::Result;
use crate::log;
use crate::objects::turn::after_others;
use crate::runtime::now;

/// A job that failed waits so long. A document that cannot be read fails every time.
const AGAIN: Span = Span::mins(1);

type Work = LocalBoxFuture<'static, Result<()>>;

/// A kind of work.
struct Job {
    due: Due,
    /// Also while the deployment is frozen.
    while_frozen: bool,
    run: Run,
}

/// When the alarm is wanted.
enum Due {
    /// At the earliest time of some rows.
    At(store::Due),
    /// As told by what is under way.
    Asked(fn(&Workspace) -> Result<Option<UnixMillis>>),
    /// Whenever the alarm comes anyway.
    Anyway,
}

enum Run {
    AtOnce(fn(&Rc<Workspace>) -> Result<()>),
    /// The alarm waits for the end.
    Awaited(fn(Rc<Workspace>) -> Work),
    /// Beside the alarm: deliveries are not kept waiting by what waits for others.
    Beside(fn(Rc<Workspace>) -> Work),
}

/// In the order in which an alarm runs them.
const JOBS: [Job; 14] = [
    // The walk over all accounts, to freeze them or to let them go on.
    Job { due: Due::At(store::freeze::next_page), while_frozen: true, run: Run::Beside(|w| Box::pin(freeze::walk(w))) },
    // Answers under idempotency keys, after a day.
    Job { due: Due::At(store::idempotency::next_end), while_frozen: false, run: Run::AtOnce(retention::responses) },
    // The log of webhooks. Its end is among the times of the tries, so both run while frozen; no backup carries the log.
    Job { due: Due::Anyway, while_frozen: true, run: Run::AtOnce(retention::webhook_deliveries) },
    Job { due: Due::Anyway, while_frozen: false, run: Run::AtOnce(retention::audit) },
    // Keys that have ended.
    Job { due: Due::At(store::keys::next_purge), while_frozen: false, run: Run::AtOnce(retention::ended_keys) },
    // Media that expire.
    Job { due: Due::At(store::media::next_expiry), while_frozen: false, run: Run::AtOnce(retention::media) },
    // Requests for approval that nobody has answered.
    Job {
        due: Due::At(store::posts::approvals::next_expiry),
        while_frozen: false,
        run: Run::AtOnce(approvals::expire),
    },
    // Once a day: copies that a crash left.
    Job { due: Due::At(store::sweep::next_sweep), while_frozen: false, run: Run::AtOnce(retention::begin_sweep) },
    // What the workspace owes to others.
    Job { due: Due::At(store::outbox::next_due), while_frozen: false, run: Run::Awaited(|w| Box::pin(outbox::run(w))) },
    // Accounts that let the time of a delivery pass.
    Job {
        due: Due::At(store::posts::deliveries::next_late),
        while_frozen: false,
        run: Run::Awaited(|w| Box::pin(late::remind(w))),
    },
    // Paused X apps.
    Job { due: Due::At(store::apps::next_probe), while_frozen: false, run: Run::Beside(|w| Box::pin(probes::run(w))) },
    // Webhooks, each try by itself.
    Job { due: Due::Asked(webhooks::next), while_frozen: true, run: Run::AtOnce(webhooks::run) },
    // The walk over all sealed values.
    Job {
        due: Due::At(store::re_encryption::next_page),
        while_frozen: false,
        run: Run::Beside(|w| Box::pin(re_encryption::run(w))),
    },
    // Posts that ended long ago.
    Job { due: Due::At(store::posts::retention::next_purge), while_frozen: false, run: Run::AtOnce(retention::posts) },
];

/// The jobs that failed last, by their places in [`JOBS`], each with the time before which it does not run again.
#[derive(Default)]
pub struct Postponed([Cell<Option<UnixMillis>>; JOBS.len()]);

impl Postponed {
    fn until(&self, place: usize) -> Option<UnixMillis> {
        self.0.get(place).and_then(Cell::get)
    }

    fn after(&self, place: usize, ended: &Result<()>) {
        if let (Some(until), Err(_)) = (self.0.get(place), ended) {
            until.set(Some(now() + AGAIN));
        }
    }
}

/// Runs what is due, and sets the next alarm. An alarm may ring early, and then only looks.
pub async fn alarm(w: &Rc<Workspace>) -> Result<()> {
    w.store.alarm_rang();
    let looked = look(w);
    if let Ok(Look { is_due: false, next, .. }) = looked
        && w.store.derive_alarm(|| Ok(next)).await.is_ok()
    {
        return Ok(());
    }
    w.store.set_alarm_for_a_crash().await?;
    for (place, job, at) in looked?.times {
        if matches!(job.due, Due::Anyway) || is_over(at) {
            run(w, place, job).await;
        }
    }
    arm(w).await
}

/// A look at the rows.
struct Look {
    times: Vec<Timed>,
    next: Option<UnixMillis>,
    is_due: bool,
}

fn look(w: &Workspace) -> Result<Look> {
    if !is_frozen(w)? {
        w.store.outbox.delete_arrived()?;
    }
    let times = times(w)?;
    let next = earliest(&times);
    Ok(Look { times, next, is_due: is_over(next) })
}

fn is_over(at: Option<UnixMillis>) -> bool {
    at.is_some_and(|at| at <= now())
}

async fn run(w: &Rc<Workspace>, place: usize, job: &Job) {
    let ended = match job.run {
        Run::AtOnce(run) => run(w),
        Run::Awaited(run) => run(Rc::clone(w)).await,
        Run::Beside(run) => return detach(w, remembered(w, place, run(Rc::clone(w)))),
    };
    w.postponed.after(place, &ended);
    log::unattended("workspace", "a job of the alarm", &ended);
}

fn remembered(w: &Rc<Workspace>, place: usize, work: Work) -> Work {
    let w = Rc::clone(w);
    Box::pin(async move {
        let ended = work.await;
        w.postponed.after(place, &ended);
        ended
    })
}

/// The alarm rings by the earliest time at which a job is due.
pub async fn arm(w: &Workspace) -> Result<()> {
    // The calls of a turn derive the alarm once.
    after_others().await;
    w.store.derive_alarm(|| Ok(earliest(&times(w)?))).await
}

/// A job with its place in [`JOBS`], and the time at which it is due.
type Timed = (usize, &'static Job, Option<UnixMillis>);

fn earliest(times: &[Timed]) -> Option<UnixMillis> {
    times.iter().filter_map(|(_, _, at)| *at).min()
}

/// The jobs that run as the deployment is.
fn times(w: &Workspace) -> Result<Vec<Timed>> {
    let is_frozen = is_frozen(w)?;
    let runs = |job: &Job| job.while_frozen || !is_frozen;
    let jobs: Vec<(usize, &Job)> = JOBS.iter().enumerate().filter(|(_, job)| runs(job)).collect();
    let of_rows = jobs.iter().filter_map(|(_, job)| if let Due::At(due) = job.due { Some(due) } else { None });
    let mut of_rows = w.store.times(of_rows)?.into_iter();
    let time = |(place, job): (usize, &'static Job)| {
        let at = match job.due {
            Due::At(_) => of_rows.next().flatten(),
            Due::Asked(due) => due(w)?,
            Due::Anyway => None,
        };
        Ok((place, job, at.map(|at| w.postponed.until(place).map_or(at, |until| at.max(until)))))
    };
    jobs.into_iter().map(time).collect()
}

/// Work beside the alarm: it goes on by itself, and sets the alarm when it ends.
fn detach(w: &Rc<Workspace>, work: Work) {
    let w = Rc::clone(w);
    spawn_local(async move {
        let outcome = work.await;
        ended(&w, outcome).await;
    });
}

async fn ended(w: &Workspace, outcome: Result<()>) {
    // There is room for another try of a webhook.
    w.store.derive_alarm_anew();
    let armed = arm(w).await;
    log::unattended("workspace", "work beside the alarm", &outcome.and(armed));
}
