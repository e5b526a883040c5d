//! What stands where: the summary and the calendar (docs/API.md, section 5).

use latchkey_core::account::Status;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::calendar::{CalendarQuery, DayCounts, SHOWN, day_view};
use latchkey_core::api::post::States;
use latchkey_core::api::post::stage::Stage;
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::calendar::{Day, days};
use latchkey_core::delivery::State;
use latchkey_core::key::Caller;
use serde_json::{Value, json};

use super::{Workspace, posts};
use crate::error::Result;
use crate::objects::workspace::store::posts::Wanted;
use crate::objects::workspace::store::posts::stages::DayRows;
use crate::runtime::now;
use crate::zone::Zone;

pub fn summary(w: &Workspace, mut query: Query, caller: &Caller) -> Result<Answer> {
    let tenant = query.take_tenant();
    let warnings = query.finish()?;
    let seen = Wanted::seen(tenant.as_deref(), None, &caller.binding);
    let in_state = |state| seen.map_or(Ok(0), |seen| w.store.posts.count_in(&seen, &States::only(state)));
    let at = |stage| seen.map_or(Ok(0), |seen| w.store.posts.count_at(&seen, stage));
    let accounts = |status| seen.map_or(Ok(0), |seen| w.store.accounts.count_in(seen.account, seen.tenant, status));
    let next = seen.map_or(Ok(Vec::new()), |seen| w.store.posts.next_scheduled(&seen, now()))?;
    let attention =
        seen.map_or(Ok(Vec::new()), |seen| w.store.posts.newest_in(&seen, &States::needing_attention(), SHOWN))?;
    let data = json!({
        "scheduled": at(Stage::Scheduled)?,
        "drafts": at(Stage::Draft)?,
        "awaiting_approval": at(Stage::AwaitingApproval)?,
        "held": in_state(State::Held)?,
        "unknown": in_state(State::Unknown)?,
        "failed": in_state(State::Failed)?,
        "accounts": {
            "active": accounts(Status::Active)?,
            "reconnect_required": accounts(Status::ReconnectRequired)?,
        },
        "next": posts::views(w, &next, caller)?,
        "attention": posts::views(w, &attention, caller)?,
    });
    Ok(Answer::success(200, json!({ "data": data, "warnings": warnings })))
}

pub fn calendar(w: &Workspace, mut query: Query, caller: &Caller) -> Result<Answer> {
    let asked = CalendarQuery::from_query(&mut query)?;
    let warnings = query.finish()?;
    let zone = Zone::find(&asked.zone)
        .ok_or_else(|| Refused::field("tz", "expected a time zone of the IANA's list, such as Europe/Berlin"))?;
    let days = days(asked.first, asked.last, &|time| zone.offset_at(time));
    let after = asked.after(&days)?;
    let rows = match Wanted::seen(asked.tenant_id.as_deref(), None, &caller.binding) {
        Some(seen) => w.store.posts.calendar(&seen, &days, asked.shown, after.as_ref())?,
        None => Vec::new(),
    };
    let data = days_view(w, &days, &rows, caller)?;
    Ok(Answer::success(200, json!({ "data": data, "warnings": warnings })))
}

fn days_view(w: &Workspace, days: &[Day], rows: &[DayRows], caller: &Caller) -> Result<Vec<Value>> {
    let all: Vec<_> = rows.iter().flat_map(|day| &day.posts).collect();
    let mut views = posts::views(w, &all, caller)?.into_iter();
    let view = |(at, day): (usize, &Day)| {
        let Some(row) = rows.get(at) else { return day_view(day, DayCounts::default(), &[], None) };
        let shown: Vec<_> = views.by_ref().take(row.posts.len()).collect();
        day_view(day, row.counts, &shown, row.last.as_ref())
    };
    Ok(days.iter().enumerate().map(view).collect())
}
