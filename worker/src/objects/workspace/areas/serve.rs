//! The calls that the workspace answers by itself, by their routes.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::{Nothing, read};
use latchkey_core::api::query::Query;
use latchkey_core::key::{Binding, Caller};
use latchkey_core::routes::Route;

use super::{
    Done, Workspace, accounts, agents, approvals, apps, audit, changes, freeze, imports, keys, metrics, not_found,
    overview, page_sessions, posts, re_encryption, replies, settings, webhooks,
};
use crate::error::Result;
use crate::rpc::workspace::ApiRequest;

pub fn serve(w: &Workspace, request: &ApiRequest, callback_url: &str, caller: &Caller) -> Result<Done<Answer>> {
    let binding = &caller.binding;
    let query = Query::parse(&request.query);
    let list = match &request.route {
        Route::NetworkList => apps::list(w, query, callback_url, binding),
        Route::AccountList => accounts::list(w, query, binding),
        Route::PostList => posts::list(w, query, caller),
        Route::Summary => overview::summary(w, query, caller),
        Route::Calendar => overview::calendar(w, query, caller),
        Route::Audit => audit::list(w, query, binding),
        Route::WebhookList => webhooks::list(w, query, binding),
        Route::WebhookDeliveries(id) => webhooks::list_deliveries(w, id, query, binding),
        Route::ImportList(account) => imports::list(w, account, query, binding),
        Route::KeyList => keys::list(w, query, binding),
        Route::AgentList => agents::list(w, query, caller),
        // A filter that nobody applies is refused: it would show other rows than it asks for.
        route => {
            query.finish()?;
            return change(w, route, &request.body, callback_url, caller);
        }
    };
    list.map(Done::from)
}

/// The audited changes, and what may be kept sealed; any other call is an answer alone.
fn change(w: &Workspace, route: &Route, body: &str, callback_url: &str, caller: &Caller) -> Result<Done<Answer>> {
    let binding = &caller.binding;
    match route {
        Route::PostCreate => posts::create(w, body, caller),
        Route::PostRetry(id) => nothing(body).and_then(|()| changes::retry(w, id, caller)),
        Route::PostReply(id) => replies::reply(w, id, body, caller),
        Route::PostRepost(id) => replies::repost(w, id, body, caller),
        Route::PostGet(id) => posts::get(w, id, caller),
        Route::PostAskApproval(id) => nothing(body).and_then(|()| approvals::ask(w, id, caller)),
        Route::PostApprove(id) => approvals::approve(w, id, body, caller),
        Route::PostReject(id) => approvals::reject(w, id, body, caller),
        Route::NetworkResume(id) => nothing(body).and_then(|()| apps::resume(w, id, callback_url, binding)),
        Route::ImportCreate(account) => imports::create(w, account, body, binding),
        Route::WebhookDelete(id) => webhooks::delete(w, id, binding),
        Route::AgentDelete(id) => agents::delete(w, id, caller),
        Route::WebhookRedeliver { webhook, event } => {
            nothing(body).and_then(|()| webhooks::redeliver(w, webhook, event, binding))
        }
        Route::PageSessionGet(id) => page_sessions::get(w, id, caller).map(Done::from),
        Route::PageSessionDelete(id) => page_sessions::delete(w, id, caller),
        Route::HandoverStart => nothing(body).and_then(|()| freeze::begin_freeze(w)),
        Route::HandoverEnd => freeze::end_freeze(w),
        route => other(w, route, body, callback_url, binding).map(Done::from),
    }
}

fn other(w: &Workspace, route: &Route, body: &str, callback_url: &str, binding: &Binding) -> Result<Answer> {
    match route {
        Route::NetworkGet(id) => apps::get(w, id, callback_url, binding),
        Route::AccountGet(id) => accounts::get(w, id, binding),
        Route::SettingsGet => settings::get(w),
        Route::ImportGet { account, id } => imports::get(w, account, id, binding),
        Route::Usage => settings::usage(w, binding),
        Route::Metrics => metrics::show(w),
        Route::WebhookGet(id) => webhooks::get(w, id, binding),
        Route::WebhookTest(id) => nothing(body).and_then(|()| webhooks::test(w, id, binding)),
        Route::ReEncryptionStart => nothing(body).and_then(|()| re_encryption::start(w)),
        Route::ReEncryptionGet => re_encryption::show(w, 200),
        Route::HandoverGet => freeze::show_handover(w, 200),
        _ => Err(not_found("call")),
    }
}

/// A body that says nothing.
fn nothing(body: &str) -> Result<()> {
    read::<Nothing>(body.as_bytes(), &[])?;
    Ok(())
}
