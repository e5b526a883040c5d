//! `/v1/posts`: accepted means durable. The account's object does the rest.

use futures_util::future::join_all;
use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::{read, utf8};
use latchkey_core::api::post::Resolve;
use latchkey_core::api::refused::Refused;
use latchkey_core::delivery::Delivery;
use latchkey_core::routes::Route;
use serde_json::{Value, json};

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::error::{Error, Result};
use crate::request::Incoming;
use crate::rpc::workspace::{PlanChange, PlanDelete, PlanInsight, PostCommand};

/// A reply or a repost answers with X's id when it comes in time.
const REPLY_WAIT_MS: i64 = 25_000;

/// How often a change begins when others come in between.
const CHANGE_TRIES: u32 = 8;

/// The answer is stored with the effect, before any waiting; a wait that breaks answers what was committed.
pub async fn create(app: &App, incoming: Incoming, route: Route) -> Answered {
    let (caller, created) = ApiCaller::forward(app, &incoming, route).await?;
    match (incoming.wait_preference(), created.created_post()) {
        (Some(wait_ms), Some((id, warnings))) => Ok(caller.await_post(id, warnings, wait_ms).await.unwrap_or(created)),
        _ => Ok(created),
    }
}

/// `POST …/replies` and `…/repost`.
pub async fn create_and_wait(app: &App, incoming: Incoming, route: Route) -> Answered {
    let wait_ms = incoming.wait_preference().unwrap_or(REPLY_WAIT_MS);
    let (caller, created) = ApiCaller::forward(app, &incoming, route).await?;
    match created.created_post() {
        Some((id, warnings)) => Ok(caller.await_post(id, warnings, wait_ms).await.unwrap_or(created)),
        None => Ok(created),
    }
}

/// `PATCH`: (1) what is wanted is checked, (2) the accounts recall what they have, (3) the change is completed. When another change
/// came in between, from the beginning.
pub async fn change(app: &App, mut incoming: Incoming, id: String) -> Answered {
    let parse = |body: &[u8]| utf8(body).map(str::to_owned);
    let (caller, body) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    for _ in 0..CHANGE_TRIES {
        let plan = caller.plan(PlanChange { id: id.clone(), body: body.clone() }).await?;
        if !recall(app, plan.recalls, false).await? {
            let refused = Refused::new(Code::AlreadyPublished, "The post has just begun to be published.");
            return Ok(caller.finish_refused(refused).await?);
        }
        let commit = PostCommand::CommitChange { id: plan.id, number: plan.number, body: body.clone() };
        if let Some(done) = caller.commit(commit).await? {
            return Ok(done);
        }
    }
    Ok(caller.finish_refused(Refused::new(Code::InFlight, "The post is being changed by others.")).await?)
}

/// `DELETE`: what has not been sent is cancelled in the same three steps; else only our record goes.
pub async fn delete(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    for _ in 0..CHANGE_TRIES {
        let plan = caller.plan(PlanDelete { id: id.clone() }).await?;
        if !recall(app, plan.recalls, true).await? {
            let refused = Refused::new(Code::InFlight, "The post has just begun to be published.");
            return Ok(caller.finish_refused(refused).await?);
        }
        if let Some(done) = caller.commit(PostCommand::CommitDelete { id: plan.id, number: plan.number }).await? {
            return Ok(done);
        }
    }
    Ok(caller.finish_refused(Refused::new(Code::InFlight, "The post is being changed by others.")).await?)
}

/// Whether every account could recall its delivery. Those that did find out by themselves if the others could not.
async fn recall(app: &App, recalls: Vec<(String, Delivery)>, to_end: bool) -> Result<bool> {
    let calls =
        recalls.into_iter().map(async |(object, delivery)| app.account(&object)?.recall(delivery, to_end).await);
    let recalled = join_all(calls).await.into_iter().collect::<Result<Vec<bool>>>()?;
    Ok(recalled.into_iter().all(|is_recalled| is_recalled))
}

/// `DELETE …/remote`: what is on X goes, account by account.
pub async fn delete_remote(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let plan = caller.plan(PlanInsight { id }).await?;
    let calls = plan.deliveries.iter().map(|(delivery, account)| delete_one(app, delivery, account));
    let mut deleted = Vec::new();
    let mut results = Vec::new();
    for (outcome, (delivery, account)) in join_all(calls).await.into_iter().zip(&plan.deliveries) {
        let (status, error) = match &outcome {
            Ok(true) => ("deleted", None),
            Ok(false) => ("skipped", None),
            Err(Error::Refused(refused)) => ("failed", Some(refused.message.as_str())),
            Err(Error::Fault(_)) => ("failed", Some("Something went wrong here.")),
        };
        if status == "deleted" {
            deleted.push(account.id.clone());
        }
        results.push(json!({
            "network": "x",
            "username": account.user().username,
            "platform_post_id": delivery.published_ids().next(),
            "status": status,
            "error": error,
        }));
    }
    let is_success = !results.iter().any(|row| row.get("status").and_then(Value::as_str) == Some("failed"));
    let answer = Answer::json(200, &json!({ "success": is_success, "results": results }));
    Ok(caller.finish(PostCommand::CommitRemote { id: plan.post.id, deleted, answer }).await?)
}

/// Whether there was something to delete. What is on its way is left alone.
async fn delete_one(app: &App, delivery: &Delivery, account: &Account) -> Result<bool> {
    if !delivery.is_deletable_at_x() {
        return Ok(false);
    }
    app.account(&account.object())?.delete(account.id.clone(), delivery.segments().to_vec()).await.map(|()| true)
}

/// `POST …/resolve`: a person says what became of a delivery unconfirmed.
pub async fn resolve(app: &App, mut incoming: Incoming, post: String, account: &str) -> Answered {
    let parse = |body: &[u8]| read::<Resolve>(body, &[])?.value.verdict();
    let (caller, verdict) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let plan = caller.plan(PlanInsight { id: post }).await?;
    let meant = plan.deliveries.into_iter().find(|(_, of)| of.id.as_str() == account);
    let Some((delivery, account)) = meant else {
        let refused = Refused::new(Code::NotFound, "This post has no delivery to that account.");
        return Ok(caller.finish_refused(refused).await?);
    };
    if !app.account(&account.object())?.resolve(delivery, verdict).await? {
        let refused = Refused::new(Code::InFlight, "This delivery is not in doubt.");
        let refused = refused.with_hint("Only a delivery in the state `unknown` can be settled by hand.");
        return Ok(caller.finish_refused(refused).await?);
    }
    Ok(caller.finish(PostCommand::Show { id: plan.post.id }).await?)
}
