//! Rows and files go after their time (`core/src/retention.rs`). What fails is tried again by the next alarm.

use std::rc::Rc;

use latchkey_core::retention::{Kept, SWEEP_EVERY, posts_of_a_step};

use super::{Workspace, detach};
use crate::error::Result;
use crate::objects::workspace::areas;
use crate::runtime::now;

/// Copies of files that posts name by URL.
const FETCHED: &str = "fetched/";

pub fn responses(w: &Rc<Workspace>) -> Result<()> {
    w.store.idempotency.purge(now())
}

pub fn webhook_deliveries(w: &Rc<Workspace>) -> Result<()> {
    w.store.webhook_deliveries.purge(now())
}

pub fn audit(w: &Rc<Workspace>) -> Result<()> {
    w.store.audit.purge(now())
}

pub fn ended_keys(w: &Rc<Workspace>) -> Result<()> {
    w.store.keys.purge_ended(now())
}

pub fn media(w: &Rc<Workspace>) -> Result<()> {
    areas::media::expire(w, now())
}

/// A step: while there are more, the next alarm is due at once.
pub fn posts(w: &Rc<Workspace>) -> Result<()> {
    let Some(days) = w.store.settings.get()?.keep_posts_days else { return Ok(()) };
    let ended = w.store.posts.ended_by(days.expired_at(now()))?;
    let deliveries: Vec<u32> = ended.iter().map(|post| post.deliveries).collect();
    let ids: Vec<&str> = ended.iter().take(posts_of_a_step(&deliveries)).map(|post| post.post_id.as_str()).collect();
    w.store.transaction(|| w.store.posts.purge(&ids))
}

pub fn begin_sweep(w: &Rc<Workspace>) -> Result<()> {
    if w.store.sweep.begin(now(), SWEEP_EVERY)? {
        detach(w, Box::pin(sweep(Rc::clone(w))));
    }
    Ok(())
}

async fn sweep(w: Rc<Workspace>) -> Result<()> {
    w.app()?.media()?.sweep(FETCHED, Kept::FetchedCopy.span()).await
}
