//! Requests for approval that nobody has answered in time. A step: while there are more, the next alarm is due at once.

use std::rc::Rc;

use super::Workspace;
use crate::error::Result;
use crate::objects::workspace::areas::approvals;
use crate::runtime::now;

/// Posts of one step, each in a transaction of its own.
const AT_ONCE: u32 = 20;

pub fn expire(w: &Rc<Workspace>) -> Result<()> {
    let posts = w.store.posts.unanswered_by(now(), AT_ONCE)?;
    posts.iter().try_for_each(|post| w.store.transaction(|| approvals::expire(w, post)))
}
