//! Rows and files go after their time (`core/src/retention.rs`). What fails is tried again by the next alarm.

use std::rc::Rc;

use latchkey_core::retention::{Kept, SWEEP_EVERY};

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

pub fn media(w: &Rc<Workspace>) -> Result<()> {
    areas::media::expire(w, now())
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
