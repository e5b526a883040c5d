//! The walk over the objects of accounts, page by page, until each has frozen or goes on again.

use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::freeze::Next;
use latchkey_core::time::Span;

use super::Workspace;
use crate::error::Result;
use crate::log;
use crate::objects::workspace::areas::freeze::OBJECTS;
use crate::runtime::now;

/// A page that is not heard of for so long is begun anew.
const LEASE: Span = Span::mins(1);
/// Before accounts are asked again that had something under way.
const AGAIN: Span = Span::secs(1);

/// The next page, if one is due. Every account is told before one is asked again that is busy, or was not reached: a call that X
/// holds up keeps nobody else going.
pub async fn walk(w: Rc<Workspace>) -> Result<()> {
    let Some(mut freeze) = w.store.freeze.due(now())? else { return Ok(()) };
    let Some(freezes) = freeze.freezes() else { return w.store.freeze.save(&freeze, None) };
    w.store.freeze.save(&freeze, Some(now() + LEASE))?;
    let names = w.store.accounts.objects(freeze.position(), OBJECTS)?;
    let app = w.app()?;
    let asked = names.iter().map(async |name| app.account(name)?.freeze(freezes).await);
    let mut has_ended = true;
    for outcome in join_all(asked).await {
        has_ended &= matches!(outcome, Ok(true));
        log::unattended("workspace", "standing still", &outcome.map(drop));
    }
    // Somebody may have changed their mind meanwhile.
    if w.store.freeze.get()?.as_ref() != Some(&freeze) {
        return Ok(());
    }
    let next_at = match freeze.walked(names.last().map(String::as_str), has_ended) {
        Next::AtOnce => Some(now()),
        Next::Again => Some(now() + AGAIN),
        Next::Never => None,
    };
    w.store.freeze.save(&freeze, next_at)
}
