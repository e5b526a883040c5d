//! `/v1/reseal` and `/v1/re-encryption`: a run is begun and shown. The alarm does the work (`jobs/re_encryption.rs`).

use latchkey_core::api::answer::Answer;
use latchkey_core::re_encryption::ReEncryption;

use super::{Workspace, not_found};
use crate::error::Result;
use crate::runtime::now;

/// Begins a run, or joins the one that is under way.
pub fn start(w: &Workspace) -> Result<Answer> {
    let key_id = w.app()?.keyring().current_key_id();
    if !w.store.re_encryption.get()?.is_some_and(|run| run.is_under_way_with(key_id)) {
        w.store.re_encryption.save(&ReEncryption::new(key_id, now()), Some(now()))?;
    }
    show(w, 202)
}

pub fn show(w: &Workspace, status: u16) -> Result<Answer> {
    let run = w.store.re_encryption.get()?.ok_or_else(|| not_found("re-sealing; POST begins one"))?;
    let (done, total) = (w.store.re_encryption.count_up_to(&run.cursor)?, w.store.re_encryption.count()?);
    let asked_by = run.finished_at.unwrap_or_else(now);
    let links_until = w.store.posts.answerable_until(asked_by, now())?;
    Ok(Answer::data(status, run.view(done, total, links_until)))
}
