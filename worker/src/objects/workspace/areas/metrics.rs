//! `GET /v1/metrics`: what totals and indexes know of the whole deployment. No row of a post is read.

use latchkey_core::api::answer::Answer;
use latchkey_core::budget::{Month, Period};
use latchkey_core::metrics::Metrics;
use latchkey_core::time::{Span, UnixMillis};

use super::{Workspace, freeze};
use crate::error::Result;
use crate::objects::workspace::store;
use crate::objects::workspace::store::scope::Scope;
use crate::runtime::now;

/// Work that has a time, by its name in the metrics.
const WORK: [(&str, store::Due); 3] = [
    ("outbox", store::outbox::next_due),
    ("deliveries", store::posts::deliveries::next_late),
    ("retention", store::posts::retention::next_purge),
];

pub fn show(w: &Workspace) -> Result<Answer> {
    Ok(Answer { status: 200, body: metrics(w)?.text(), retry_after: None })
}

fn metrics(w: &Workspace) -> Result<Metrics> {
    let now = now();
    Ok(Metrics {
        version: env!("CARGO_PKG_VERSION"),
        is_frozen: freeze::is_frozen(w)?,
        accounts: w.store.rows_by_kind("accounts")?,
        stages: w.store.rows_by_kind("stages")?,
        deliveries: w.store.rows_by_kind("posts")?,
        media: w.store.rows_by_kind("media")?,
        charged_posts: w.store.budget.charged_posts()?,
        paused_apps: w.store.apps.count_paused()?,
        failing_webhooks: w.store.webhooks.count_failing()?,
        overdue: overdue(w, now)?,
        spent: w.store.budget.spent(Month::of(now))?,
        committed: w.store.budget.committed(Period::of(now, now), Scope::All, None)?,
        budget: w.store.settings.get()?.budgets.workspace,
    })
}

/// A webhook that fails waits on purpose, and is counted apart.
fn overdue(w: &Workspace, now: UnixMillis) -> Result<Vec<(&'static str, Span)>> {
    let times = w.store.times(WORK.iter().map(|(_, due)| *due))?;
    let webhooks = w.store.webhook_deliveries.next_try(false, now)?;
    let names = WORK.iter().map(|(name, _)| *name).chain(["webhooks"]);
    let since = |at: Option<UnixMillis>| at.map_or(Span::millis(0), |at| now - at);
    Ok(names.zip(times.into_iter().chain([webhooks])).map(|(name, at)| (name, since(at))).collect())
}
