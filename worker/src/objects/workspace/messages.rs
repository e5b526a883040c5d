//! Messages of other objects and of the edge, other than calls with a key.

use std::rc::Rc;

use latchkey_core::api::answer::Answer;
use latchkey_core::time::Span;
use serde_json::Value;
use worker::Request;

use super::areas::{
    accounts, agents, approvals, apps, brand, breaker, budget, changes, connect, freeze, live, posts, proxy, sign_ins,
    uploads,
};
use super::{Workspace, access, jobs};
use crate::error::{Error, Result};
use crate::rpc::wire::{message, reply};
use crate::rpc::workspace::{Head, Message};
use crate::runtime::{now, within};

/// A message with a key, by `fetch`: the status of the answer says whether anybody has the key.
pub async fn keyed(w: &Rc<Workspace>, request: Request) -> Result<Value> {
    handle(w, message(request).await?).await
}

pub async fn handle(w: &Rc<Workspace>, message: Message) -> Result<Value> {
    match message {
        Message::AwaitPost { head, id, warnings, wait_ms } => {
            reply(await_post(w, &head, &id, &warnings, wait_ms).await?)
        }
        Message::AwaitChanges { head, query, wait_ms } => reply(live::changes(w, &head, &query, wait_ms).await?),
        Message::Reserve(consent) => {
            freeze::require_running(w)?;
            let reserved = w.store.transaction(|| connect::with_app(w, &consent, || connect::reserve(w, &consent)))?;
            jobs::arm(w).await?;
            reply(reserved)
        }
        Message::Connected(consent) => {
            freeze::require_running(w)?;
            let row = w.store.transaction(|| connect::with_app(w, &consent, || connect::connected(w, &consent)))?;
            jobs::arm(w).await?;
            reply(row)
        }
        Message::Delivered(report) => {
            w.turn.next().await;
            let (breaker, is_news) = w.store.transaction(|| breaker::delivered(w, &report))?;
            // In the same turn, and so in the same commit.
            w.store.outbox.delete_arrived()?;
            if is_news {
                jobs::arm(w).await?;
            }
            report.deliveries.iter().for_each(|delivery| w.waiting.tell(&delivery.post_id));
            reply(breaker)
        }
        Message::Admit(admissions) => {
            w.turn.next().await;
            freeze::require_running(w)?;
            let admit = |admission| w.store.transaction(|| proxy::admit(w, admission));
            reply(admissions.iter().map(admit).collect::<Vec<_>>())
        }
        Message::Upload(message) => {
            let answer = w.store.transaction(|| uploads::handle(w, &message))?;
            jobs::arm(w).await?;
            Ok(answer)
        }
        Message::GrantsChanged(reports) => {
            w.store.transaction(|| reports.iter().try_for_each(|report| accounts::grant_changed(w, report)))?;
            reply(jobs::arm(w).await?)
        }
        Message::AnswerApproval { link, decision, request_id, callback_url } => {
            freeze::require_running(w)?;
            access::learn_origin(w, &callback_url);
            let answered = || approvals::answered_by_link(w, &link, &decision, &request_id);
            jobs::outbox::hand_over(w, w.store.transaction(answered)?);
            w.waiting.tell(&link.post_id);
            reply(jobs::arm(w).await?)
        }
        question => answer(w, question),
    }
}

/// What is answered at once, and sets no alarm.
fn answer(w: &Workspace, message: Message) -> Result<Value> {
    match message {
        Message::ApprovalShown { link, callback_url } => {
            access::learn_origin(w, &callback_url);
            reply(approvals::shown(w, &link)?)
        }
        Message::Brand => reply(brand::shown(w)?),
        Message::Logo { digest } => reply(brand::logo(w, &digest)?),
        Message::Client { network_id } => {
            // Who asks is about to call X's token endpoint.
            freeze::require_running(w)?;
            reply(apps::client(w, &network_id)?)
        }
        Message::PlanProxy { head, account } => reply(proxy::plan(w, &head, account.as_deref())?),
        Message::SignedIn { session } => reply(sign_ins::signed_in(w, &session)?),
        Message::GiveBack { account_id, cost } => reply(budget::give_back(w, &account_id, cost)?),
        effect => w.store.transaction(|| change(w, effect)),
    }
}

fn change(w: &Workspace, message: Message) -> Result<Value> {
    match message {
        Message::Reclaim(delivery) => reply(changes::reclaim(w, &delivery)?),
        Message::RevocationsChanged(reports) => {
            reply(reports.iter().try_for_each(|report| accounts::learn_revocation(w, report))?)
        }
        Message::LearnUsers(said) => {
            freeze::require_running(w)?;
            reply(accounts::learn_users(w, &said)?)
        }
        Message::ClientOfTokens { client, holds } => reply(apps::client_of_tokens(w, &client, holds)?),
        Message::Redeem { redemption, request_id } => reply(agents::redeem(w, &redemption, &request_id)?),
        Message::RevokeGrant { id, request_id } => reply(agents::revoke(w, &id, &request_id)?),
        Message::SignIn(sign_in) => reply(sign_ins::sign_in(w, &sign_in)?),
        Message::SignOut { session, is_everywhere, request_id } => {
            reply(sign_ins::sign_out(w, &session, is_everywhere, &request_id)?)
        }
        _ => Err(Error::fault("the message is answered elsewhere")),
    }
}

/// `Prefer: wait`: the post once every delivery is final, or as it is when the time is up. `warnings` are of its creation.
async fn await_post(w: &Workspace, head: &Head, id: &str, warnings: &[String], wait_ms: i64) -> Result<Answer> {
    let caller = access::authorise(w, head)?;
    let id = id.parse().map_err(|_| Error::fault("an answer names no post"))?;
    let deadline = now() + Span::millis(wait_ms);
    while now() < deadline && !w.store.deliveries.is_settled(&id)? {
        within(deadline - now(), w.waiting.news(id.clone())).await;
    }
    Ok(posts::answer(w, &posts::find(w, id.as_str(), &caller.binding)?, warnings, &caller)?.result)
}
