//! The calls that the workspace answers by itself, by their routes.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::input::{Nothing, read};
use latchkey_core::api::query::Query;
use latchkey_core::key::Binding;
use latchkey_core::routes::Route;

use super::{
    Done, Workspace, accounts, apps, audit, changes, freeze, imports, keys, not_found, posts, re_encryption, replies,
    settings, webhooks,
};
use crate::error::Result;
use crate::rpc::workspace::ApiRequest;

pub fn serve(w: &Workspace, request: &ApiRequest, callback_url: &str, whose: &Binding) -> Result<Done<Answer>> {
    let query = Query::parse(&request.query);
    let list = match &request.route {
        Route::NetworkList => apps::list(w, query, callback_url, whose),
        Route::AccountList => accounts::list(w, query, whose),
        Route::PostList => posts::list(w, query, whose),
        Route::Audit => audit::list(w, query, whose),
        Route::WebhookList => webhooks::list(w, query, whose),
        Route::WebhookDeliveries(id) => webhooks::list_dispatches(w, id, query, whose),
        Route::ImportList(account) => imports::list(w, account, query, whose),
        Route::KeyList => keys::list(w, query, whose),
        // A filter that nobody applies is refused: it would show other rows than it asks for.
        route => {
            query.finish()?;
            return change(w, route, &request.body, callback_url, whose);
        }
    };
    list.map(Done::from)
}

/// The audited changes; any other call has no entry.
fn change(w: &Workspace, route: &Route, body: &str, callback_url: &str, whose: &Binding) -> Result<Done<Answer>> {
    match route {
        Route::PostCreate => posts::create(w, body, whose),
        Route::PostRetry(id) => nothing(body).and_then(|()| changes::retry(w, id, whose)),
        Route::PostReply(id) => replies::reply(w, id, body, whose),
        Route::PostRepost(id) => replies::repost(w, id, body, whose),
        Route::NetworkResume(id) => nothing(body).and_then(|()| apps::resume(w, id, callback_url, whose)),
        Route::ImportCreate(account) => imports::create(w, account, body, whose),
        Route::WebhookDelete(id) => webhooks::delete(w, id, whose),
        Route::HandoverStart => nothing(body).and_then(|()| freeze::hand_over(w)),
        Route::HandoverEnd => freeze::take_back(w),
        route => other(w, route, body, callback_url, whose).map(Done::from),
    }
}

fn other(w: &Workspace, route: &Route, body: &str, callback_url: &str, whose: &Binding) -> Result<Answer> {
    match route {
        Route::NetworkGet(id) => apps::get(w, id, callback_url, whose),
        Route::AccountGet(id) => accounts::get(w, id, whose),
        Route::PostGet(id) => posts::get(w, id, whose),
        Route::SettingsGet => settings::get(w),
        Route::ImportGet { account, id } => imports::get(w, account, id, whose),
        Route::Usage => settings::usage(w, whose),
        Route::WebhookGet(id) => webhooks::get(w, id, whose),
        Route::WebhookTest(id) => nothing(body).and_then(|()| webhooks::test(w, id, whose)),
        Route::WebhookRedeliver { webhook, event } => {
            nothing(body).and_then(|()| webhooks::redeliver(w, webhook, event, whose))
        }
        Route::ResealStart => nothing(body).and_then(|()| re_encryption::start(w)),
        Route::ResealGet => re_encryption::show(w, 200),
        Route::HandoverGet => freeze::show_handover(w, 200),
        _ => Err(not_found("call")),
    }
}

/// A body that says nothing.
fn nothing(body: &str) -> Result<()> {
    read::<Nothing>(body.as_bytes(), &[])?;
    Ok(())
}
