//! X's figures for a post: metrics and replies.

use futures_util::future::join_all;
use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::post::insight::{analytics_view, is_recent, replies_view};
use latchkey_core::api::query::Query;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::XPostId;
use latchkey_core::network::is_x;
use latchkey_core::x::large::text_bytes;
use latchkey_core::x::lookup::{FULL_PAGE, Lookup, next_page};
use serde_json::Value;

use super::Answered;
use crate::app::App;
use crate::auth::{ApiCaller, Early};
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::PlanInsight;
use crate::runtime::now;

/// A thousand replies: X bills each that it returns.
const MAX_PAGES: usize = 10;
/// Pages of long replies are left out beyond it: an isolate has 128 MiB for all of its calls.
const MAX_BYTES: usize = 8 << 20;

/// `GET …/analytics`: each account that published it asks X for its own.
pub async fn analytics(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let plan = caller.plan(PlanInsight { id }).await?;
    let published = plan.deliveries.into_iter().filter(|(delivery, _)| !published_ids(delivery).is_empty());
    let asked = published.map(async |(delivery, account)| {
        let lookup = Lookup::Posts { ids: published_ids(&delivery), is_recent: is_recent(&delivery, now()) };
        let list = ask(app, &caller, &account, lookup).await?;
        Ok((delivery, account, list))
    });
    let answers = join_all(asked).await.into_iter().collect::<Result<Vec<(Delivery, Account, Value)>, Early>>()?;
    Ok(Reply::json(&Answer::success(200, analytics_view(&plan.post, &answers))))
}

/// `GET …/replies`, for all accounts or the one that is named.
pub async fn replies(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::new(app, incoming)?;
    let mut query = Query::parse(incoming.query());
    let username = query.take(&["username", "account_username"]);
    let network = query.take(&["network"]);
    caller.require(query.finish()).await?;
    let plan = caller.plan(PlanInsight { id }).await?;
    let is_meant = |account: &Account| {
        username.as_ref().is_none_or(|name| account.is_called(name)) && network.as_deref().is_none_or(is_x)
    };
    let meant = plan.deliveries.into_iter().filter(|(_, account)| is_meant(account));
    let asked = meant.map(|(delivery, account)| replies_to(app, &caller, delivery, account));
    let lists = join_all(asked).await.into_iter().collect::<Result<Vec<Vec<Value>>, Early>>()?;
    Ok(Reply::json(&Answer::data(200, lists.concat())))
}

/// X charges for what its answer holds.
async fn ask(app: &App, caller: &ApiCaller<'_>, account: &Account, lookup: Lookup) -> Result<Value, Early> {
    let answer = app.account(&account.object())?.ask(account.id.clone(), lookup.clone()).await?;
    caller.count_reads(&account.id, lookup.reads(&answer)).await?;
    Ok(answer)
}

async fn replies_to(
    app: &App,
    caller: &ApiCaller<'_>,
    delivery: Delivery,
    account: Account,
) -> Result<Vec<Value>, Early> {
    let ids = published_ids(&delivery);
    let Some(root) = ids.first() else { return Ok(Vec::new()) };
    let mut pages: Vec<Value> = Vec::new();
    while pages.len() < MAX_PAGES {
        let page = pages.last().and_then(next_page);
        if page.is_none() && !pages.is_empty() {
            break;
        }
        if pages.iter().map(text_bytes).sum::<usize>() > MAX_BYTES {
            break;
        }
        let lookup = Lookup::Conversation { id: root.clone(), count: FULL_PAGE, page };
        pages.push(ask(app, caller, &account, lookup).await?);
    }
    let own: Vec<&str> = ids.iter().map(XPostId::as_str).collect();
    Ok(replies_view(&pages, root.as_str(), &own))
}

fn published_ids(delivery: &Delivery) -> Vec<XPostId> {
    delivery.published_ids().cloned().collect()
}
