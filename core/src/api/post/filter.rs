//! The filters of the list of posts.

use crate::api::page::{List, Page};
use crate::api::query::Query;
use crate::approval::Status;
use crate::delivery::State;
use crate::refusal::Refused;
use crate::time::UnixMillis;

const STATES: [State; 8] = [
    State::Queued,
    State::Publishing,
    State::Held,
    State::Unknown,
    State::Published,
    State::Failed,
    State::Deleted,
    State::Cancelled,
];

/// The filters of the list.
#[derive(Debug)]
pub struct PostFilter {
    pub social_account_id: Option<String>,
    pub tenant_id: Option<String>,
    pub status: Option<String>,
    pub approval: Option<Status>,
    pub created_after: Option<UnixMillis>,
    pub created_before: Option<UnixMillis>,
    pub scheduled_after: Option<UnixMillis>,
    pub scheduled_before: Option<UnixMillis>,
    pub page: Page,
}

impl PostFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        let created_after = query.take_time("created_after")?;
        let created_before = query.take_time("created_before")?;
        let scheduled_after = query.take_time("scheduled_after")?;
        let scheduled_before = query.take_time("scheduled_before")?;
        Ok(Self {
            social_account_id: query.take(&["social_account_id", "socialAccountId"]),
            tenant_id: query.take_tenant(),
            status: known_status(query.take(&["status"]))?,
            approval: query.take(&["approval"]).map(|word| known_approval(&word)).transpose()?,
            created_after,
            created_before,
            scheduled_after,
            scheduled_before,
            page: Page::from_query(query, List::Posts)?,
        })
    }
}

fn known_approval(word: &str) -> Result<Status, Refused> {
    let found = Status::SHOWN.into_iter().find(|status| status.as_str() == Some(word));
    found.ok_or_else(|| Refused::field("approval", "expected pending, approved, rejected or expired"))
}

/// One of the original's four words, or an exact state.
fn known_status(status: Option<String>) -> Result<Option<String>, Refused> {
    let is_known = |word: &str| word == "pending" || STATES.iter().any(|state| state.as_str() == word);
    match status {
        Some(word) if !is_known(&word) => {
            Err(Refused::field("status", "expected pending, published, failed or deleted"))
        }
        status => Ok(status),
    }
}
