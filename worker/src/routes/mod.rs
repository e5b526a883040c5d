//! One verb, one short function. Routes know the app's methods and core's types; never storage, sealing or X's URLs.

mod accounts;
mod agents;
mod approvals;
mod backup;
mod connect;
mod dashboard;
mod insight;
mod keys;
mod live;
mod mcp;
mod media;
pub mod meta;
mod networks;
mod oauth;
mod page_sessions;
mod posts;
mod proxy;
mod sessions;
mod settings;
mod stored_media;
mod uploads;
mod webhooks;

use std::rc::Rc;

use latchkey_core::routes::{Answers, Call, Route, allowed};

use crate::app::App;
use crate::auth::{ApiCaller, Early, is_session_token};
use crate::error::Error;
use crate::log::Entry;
use crate::request::Incoming;
use crate::response::Reply;
use crate::shape::{Shape, failed};

pub type Answered = Result<Reply, Early>;

/// Lets the route answer, and adds what pages of other origins need to read it.
pub async fn answer(app: &App, call: Call, incoming: Incoming, entry: &mut Entry) -> Reply {
    let shape = Shape::of(&incoming);
    let takes_key = call.row.access.is_some() && !is_session_token(&incoming);
    entry.account_id = call.route.account_id().map(|id| id.to_string());
    let cors = meta::cors(app, &call, &incoming);
    let idempotency = incoming.idempotency(&[]).ok().flatten().filter(|_| takes_key);
    let repeatable = idempotency.and_then(|key| Some((ApiCaller::new(app, &incoming).ok()?, key.name())));
    let key_id = Rc::clone(&incoming.key_id);
    let reply = match route_call(app, call, incoming, entry).await {
        Ok(reply) | Err(Early::Answered(reply)) => reply,
        Err(Early::Unproven(error)) => failed(&error, shape.with_known_brand(), entry),
        Err(Early::Failed(error)) => {
            if let (Error::Fault(_), Some((caller, key))) = (&error, repeatable) {
                // If this fails too, the key is free after a minute.
                let _ = caller.abandon(key).await;
            }
            failed(&error, shape.branded(app).await, entry)
        }
    };
    entry.key_id = key_id.get().cloned();
    cors.into_iter().fold(reply, |reply, (name, value)| reply.with(name, value))
}

async fn route_call(app: &App, Call { row, route }: Call, incoming: Incoming, entry: &mut Entry) -> Answered {
    if row.answers == Answers::Workspace {
        return ApiCaller::forward(app, &incoming, route).await.map(|(_, reply)| reply);
    }
    match route {
        Route::Health => Ok(meta::health()),
        Route::Preflight | Route::Options | Route::SessionPreflight(_) | Route::OpenPreflight => {
            let allowed = allowed(incoming.url.path()).join(", ");
            Ok(Reply::empty(204).with("Allow", allowed))
        }
        Route::Dashboard => dashboard::page(app).await,
        Route::SignIn => dashboard::sign_in(app, incoming).await,
        Route::SignedIn => dashboard::signed_in(app, &incoming).await,
        Route::SignOut => dashboard::sign_out(app, &incoming, false).await,
        Route::SignOutEverywhere => dashboard::sign_out(app, &incoming, true).await,
        Route::Export => backup::export(app, incoming).await,
        Route::Restore => backup::restore(app, incoming).await,
        Route::AgentShow => agents::show(app, incoming).await,
        Route::AgentDecide => agents::decide(app, incoming).await,
        Route::OAuthResource => oauth::resource(app, &incoming),
        Route::OAuthServer => oauth::server(app, &incoming),
        Route::OAuthRegister => oauth::register(app, &incoming).await,
        Route::OAuthAuthorize => dashboard::consent_page(app).await,
        Route::OAuthToken => oauth::token(app, &incoming).await,
        Route::OAuthRevoke => oauth::revoke(app, &incoming).await,
        Route::Agents => mcp::answer(app, incoming, entry).await,
        Route::Proxy { account, target } => proxy::proxy(app, incoming, account, target).await,
        Route::WebhookCreate => webhooks::create(app, incoming).await,
        Route::WebhookChange(id) => webhooks::change(app, incoming, id).await,
        Route::KeyCreate => keys::create(app, incoming).await,
        Route::KeyDelete(id) => keys::delete(app, &incoming, id).await,
        Route::PageSessionCreate => page_sessions::create(app, incoming).await,
        Route::NetworkCreate => networks::create(app, incoming).await,
        Route::NetworkUpdate(id) => networks::update(app, incoming, id).await,
        Route::NetworkVerify(id) => networks::verify(app, incoming, id).await,
        Route::AuthUrl(network) => sessions::auth_url(app, incoming, network).await,
        Route::SessionCreate => sessions::create(app, incoming).await,
        Route::SessionGet(id) => sessions::get(app, &incoming, &id).await,
        Route::SessionCancel(id) => sessions::cancel(app, &incoming, &id).await,
        Route::SessionComplete(id) => sessions::complete(app, incoming, &id).await,
        Route::SessionConfirm(id) => sessions::confirm(app, incoming, &id).await,
        Route::SessionAccept(id) => sessions::accept(app, incoming, &id).await,
        Route::ConnectStart => connect::start(app, incoming).await,
        Route::ConnectStartConfirmed => connect::start_confirmed(app, incoming).await,
        Route::ConnectLink(id) => connect::link(app, &incoming, &id).await,
        Route::ConnectCallback => connect::callback(app, &incoming).await,
        Route::ConnectResult(id) => connect::result(app, &incoming, &id).await,
        Route::Metrics => meta::metrics(app, &incoming).await,
        Route::ConnectPicture(id) => connect::picture(app, &incoming, &id).await,
        Route::SamplePage(page) => dashboard::sample_page(app, &incoming, &page).await,
        Route::SettingsChange => settings::change(app, incoming).await,
        Route::ConnectLogo(digest) => settings::logo(app, digest).await,
        Route::ConnectPress(id) => connect::press(app, &incoming, &id).await,
        Route::NetworkDelete(id) => networks::delete(app, &incoming, id).await,
        Route::AccountDelete(id) => accounts::delete(app, &incoming, id).await,
        Route::AccountHealth(id) => accounts::health(app, &incoming, id).await,
        Route::AccountMetrics(id) => accounts::metrics(app, &incoming, id).await,
        Route::AccountLimits(id) => accounts::limits(app, &incoming, id).await,
        Route::MediaCreate => media::create(app, incoming).await,
        Route::MediaStore => stored_media::create(app, incoming).await,
        Route::MediaList => media::list(app, &incoming).await,
        Route::MediaGet(id) => media::get(app, &incoming, id).await,
        Route::MediaConfirm(id) => media::confirm(app, incoming, id).await,
        Route::MediaDelete(id) => media::delete(app, &incoming, id).await,
        Route::MediaReceive(id) => uploads::receive(app, &incoming, &id).await,
        Route::MediaFile(id) => uploads::file(app, &incoming, &id).await,
        Route::ApprovalShow(token) => approvals::show(app, &incoming, &token).await,
        Route::ApprovalAnswer(token) => approvals::answer(app, &incoming, &token).await,
        Route::Changes => live::changes(app, &incoming).await,
        Route::PostCreate => posts::create(app, incoming, route).await,
        Route::PostReply(_) | Route::PostRepost(_) => posts::create_and_wait(app, incoming, route).await,
        Route::PostChange(id) => posts::change(app, incoming, id).await,
        Route::PostDelete(id) => posts::delete(app, &incoming, id).await,
        Route::PostDeleteRemote(id) => posts::delete_remote(app, &incoming, id).await,
        Route::PostResolve { post, account } => posts::resolve(app, incoming, post, &account).await,
        Route::PostAnalytics(id) => insight::analytics(app, &incoming, id).await,
        Route::PostReplies(id) => insight::replies(app, &incoming, id).await,
        forwarded => Err(Error::fault(format!("nothing at the edge answers {forwarded:?}")).into()),
    }
}
