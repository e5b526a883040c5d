//! The walk over the objects of accounts, page by page, until each has frozen or goes on again.

use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::time::Span;

use super::Workspace;
use crate::error::Result;
use crate::log;
use crate::objects::workspace::areas::freeze::OBJECTS;
use crate::runtime::now;

/// A page that is not heard of for so long is begun anew.
const LEASE: Span = Span::mins(1);
/// Before an account is asked again that had something under way.
const AGAIN: Span = Span::secs(1);

/// The next page, if one is due. An account that is busy, or is not reached, is asked again: none may be left out.
pub async fn walk(w: Rc<Workspace>) -> Result<()> {
    let Some(mut freeze) = w.store.freeze.due(now())? else { return Ok(()) };
    let Some(freezes) = freeze.freezes() else { return w.store.freeze.save(&freeze, None) };
    w.store.freeze.save(&freeze, Some(now() + LEASE))?;
    let names = w.store.accounts.objects(freeze.cursor(), OBJECTS)?;
    let app = w.app()?;
    let asked = names.iter().map(async |name| app.account(name)?.freeze(freezes).await);
    let mut is_done = true;
    for outcome in join_all(asked).await {
        is_done &= matches!(outcome, Ok(true));
        log::unattended("workspace", "standing still", &outcome.map(drop));
    }
    // Somebody may have changed their mind meanwhile.
    if w.store.freeze.get()?.as_ref() != Some(&freeze) {
        return Ok(());
    }
    if !is_done {
        return w.store.freeze.save(&freeze, Some(now() + AGAIN));
    }
    freeze.walked(names.last().map(String::as_str));
    let next_at = (!freeze.is_complete()).then(now);
    w.store.freeze.save(&freeze, next_at)
}
