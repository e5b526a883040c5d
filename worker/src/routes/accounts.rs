//! `/v1/social-accounts`: who is connected.

use latchkey_core::api::account::limits_view;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::profile::{Period, metrics_view};
use latchkey_core::api::query::Query;
use latchkey_core::x::lookup::Lookup;
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::objects::account::Revocation;
use crate::objects::workspace::{Command, DeletionPlan, HealthPlan};
use crate::request::Incoming;
use crate::response::Reply;
use crate::runtime::now;

/// `DELETE`: the row is closed first, so that what is left is done even if this call breaks off.
pub async fn delete(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let plan: DeletionPlan = caller.plan(Command::DeleteAccount { id }).await?;
    let revocation = app.account(&plan.object)?.release(plan.release).await.unwrap_or(Revocation::Unconfirmed);
    let warnings: &[&str] = match revocation {
        Revocation::Confirmed | Revocation::NotNeeded => &[],
        Revocation::Unconfirmed => &["X did not confirm that the tokens are void; they are deleted here."],
    };
    let body = json!({ "message": "Social account deleted successfully", "warnings": warnings });
    Ok(Reply::json(&Answer::success(200, body)))
}

/// `GET …/health`: asks X who this is.
pub async fn health(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let plan: HealthPlan = caller.plan(Command::PlanHealth { id: id.clone() }).await?;
    let health = app.account(&plan.object)?.health().await?;
    Ok(Reply::json(&Answer::data(200, health.view(&id, &plan.username, now()))))
}

/// `GET …/limits`: what X last told of its rate limits.
pub async fn limits(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let object: String = caller.plan(Command::PlanLimits { id }).await?;
    let windows = app.account(&object)?.limits().await?;
    Ok(Reply::json(&Answer::data(200, limits_view(&windows))))
}

/// `GET …/metrics`: how many follow, and the like, as X says now.
pub async fn metrics(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::new(app, incoming)?;
    let mut query = Query::parse(incoming.query());
    let period = caller.require(Period::from_query(&mut query)).await?;
    caller.require(query.finish()).await?;
    let object: String = caller.plan(Command::PlanLimits { id: id.clone() }).await?;
    let me = app.account(&object)?.ask(Lookup::Profile).await?;
    Ok(Reply::json(&Answer::data(200, metrics_view(&id, &me, &period, now()))))
}
