//! `/v1/social-accounts`: the connected accounts.

use futures_util::future::join_all;
use latchkey_core::api::account::limits_view;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::profile::{Period, metrics_view};
use latchkey_core::api::query::Query;
use latchkey_core::revocation::Tally;
use latchkey_core::x::lookup::Lookup;
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::error::Result;
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{DeleteAccount, DeletionPlan, PlanHealth, PlanLimits};
use crate::runtime::now;

const NOT_CONFIRMED: &str = "X did not confirm that the tokens are void. X is asked again for 30 days; \
    GET /v1/social-accounts?status=disconnected shows the account until X has confirmed.";

/// `DELETE`: the row is closed first, so that what is left is done even if this call breaks off.
pub async fn delete(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let plan = caller.plan(DeleteAccount { id }).await?;
    let warnings = if release(app, plan).await == 0 { None } else { Some(NOT_CONFIRMED) };
    let warnings: Vec<&str> = warnings.into_iter().collect();
    let body = json!({ "message": "Social account deleted successfully", "warnings": warnings });
    Ok(Reply::json(&Answer::success(200, body)))
}

/// Asks X to revoke the tokens of rows that are closed. Answers of how many rows X has not confirmed it.
pub async fn release(app: &App, plan: DeletionPlan) -> usize {
    let asked = plan.releases.into_iter().map(async |(object, release)| app.account(&object)?.release(release).await);
    let outcomes: Vec<Result<Tally>> = join_all(asked).await;
    plan.others + outcomes.iter().filter(|outcome| !matches!(outcome, Ok(tally) if tally.is_over_well())).count()
}

/// `GET …/health`: asks X who this is.
pub async fn health(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let plan = caller.plan(PlanHealth { id: id.clone() }).await?;
    let health = app.account(&plan.object)?.health(plan.account_id.clone()).await?;
    caller.count_reads(&plan.account_id, health.reads()).await?;
    Ok(Reply::json(&Answer::data(200, health.view(&id, &plan.username, now()))))
}

/// `GET …/limits`: what X last told of its rate limits.
pub async fn limits(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let (object, _) = caller.plan(PlanLimits { id }).await?;
    let windows = app.account(&object)?.limits().await?;
    Ok(Reply::json(&Answer::data(200, limits_view(&windows))))
}

/// `GET …/metrics`: how many follow, and the like, as X says now.
pub async fn metrics(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::new(app, incoming)?;
    let mut query = Query::parse(incoming.query());
    let period = caller.require(Period::from_query(&mut query)).await?;
    caller.require(query.finish()).await?;
    let (object, account_id) = caller.plan(PlanLimits { id: id.clone() }).await?;
    let me = app.account(&object)?.ask(account_id.clone(), Lookup::Profile).await?;
    caller.count_reads(&account_id, Lookup::Profile.reads(&me)).await?;
    Ok(Reply::json(&Answer::data(200, metrics_view(&id, &me, &period, now()))))
}
