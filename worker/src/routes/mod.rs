//! One verb, one short function. Routes know the app's methods and core's types; never storage, sealing or X's URLs.

mod accounts;
mod agents;
mod approvals;
mod backup;
mod connect;
mod dashboard;
mod fast_path;
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

use std::pin::Pin;
use std::rc::Rc;

use latchkey_core::routes::{Answers, Call, Route, allowed};

pub use self::meta::cors;
use crate::app::App;
use crate::auth::{ApiCaller, Early, is_session_token};
use crate::error::Error;
use crate::log::Entry;
use crate::request::Incoming;
use crate::response::Reply;
use crate::shape::{Shape, failed};

pub type Answered = Result<Reply, Early>;

/// A route's answer to come, apart from the others: one future of all routes is one function of 330 KB, and the first call
/// of an isolate waits until V8 has compiled the functions that it runs.
type Routed<'a> = Pin<Box<dyn Future<Output = Answered> + 'a>>;

/// Lets the route answer, and adds what pages of other origins need to read it.
pub async fn answer(app: &App, call: Call, incoming: Incoming, entry: &mut Entry) -> Reply {
    let shape = Shape::of(&incoming);
    let takes_key = call.row.access.is_some() && !is_session_token(&incoming);
    entry.account_id = call.route.account_id().map(|id| id.to_string());
    let cors = cors(app, &call, &incoming);
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
    reply.with_all(cors)
}

async fn route_call(app: &App, Call { row, route }: Call, incoming: Incoming, entry: &mut Entry) -> Answered {
    if row.answers == Answers::Workspace {
        return ApiCaller::forward(app, &incoming, route).await.map(|(_, reply)| reply);
    }
    let answer = match route {
        Route::Health => return Ok(meta::health()),
        Route::Preflight | Route::Options | Route::SessionPreflight(_) | Route::OpenPreflight => {
            let allowed = allowed(incoming.url.path()).join(", ");
            return Ok(Reply::empty(204).with("Allow", allowed));
        }
        Route::Dashboard => boxed(dashboard::page(app)),
        Route::SignIn => boxed(dashboard::sign_in(app, incoming)),
        Route::SignedIn => boxed(dashboard::signed_in(app, &incoming)),
        Route::SignOut => boxed(dashboard::sign_out(app, &incoming, false)),
        Route::SignOutEverywhere => boxed(dashboard::sign_out(app, &incoming, true)),
        Route::Export => boxed(backup::export(app, incoming)),
        Route::Restore => boxed(backup::restore(app, incoming)),
        Route::AgentShow => boxed(agents::show(app, incoming)),
        Route::AgentDecide => boxed(agents::decide(app, incoming)),
        Route::OAuthResource => return oauth::resource(app, &incoming),
        Route::OAuthServer => return oauth::server(app, &incoming),
        Route::OAuthRegister => boxed(oauth::register(app, &incoming)),
        Route::OAuthAuthorize => boxed(dashboard::consent_page(app)),
        Route::OAuthToken => boxed(oauth::token(app, &incoming)),
        Route::OAuthRevoke => boxed(oauth::revoke(app, &incoming)),
        Route::Agents => boxed(mcp::answer(app, incoming, entry)),
        Route::Proxy { account, target } => boxed(proxy::proxy(app, incoming, account, target)),
        Route::WebhookCreate => boxed(webhooks::create(app, incoming)),
        Route::WebhookChange(id) => boxed(webhooks::change(app, incoming, id)),
        Route::KeyCreate => boxed(keys::create(app, incoming)),
        Route::KeyDelete(id) => boxed(keys::delete(app, &incoming, id)),
        Route::PageSessionCreate => boxed(page_sessions::create(app, incoming)),
        Route::NetworkCreate => boxed(networks::create(app, incoming)),
        Route::NetworkUpdate(id) => boxed(networks::update(app, incoming, id)),
        Route::NetworkVerify(id) => boxed(networks::verify(app, incoming, id)),
        Route::AuthUrl(network) => boxed(sessions::auth_url(app, incoming, network)),
        Route::SessionCreate => boxed(sessions::create(app, incoming)),
        Route::SessionGet(ref id) => boxed(sessions::get(app, &incoming, id)),
        Route::SessionCancel(ref id) => boxed(sessions::cancel(app, &incoming, id)),
        Route::SessionComplete(ref id) => boxed(sessions::complete(app, incoming, id)),
        Route::SessionConfirm(ref id) => boxed(sessions::confirm(app, incoming, id)),
        Route::SessionAccept(ref id) => boxed(sessions::accept(app, incoming, id)),
        Route::ConnectStart => boxed(connect::start(app, incoming)),
        Route::ConnectStartConfirmed => boxed(connect::start_confirmed(app, incoming)),
        Route::ConnectLink(ref id) => boxed(connect::link(app, &incoming, id)),
        Route::ConnectCallback => boxed(connect::callback(app, &incoming)),
        Route::ConnectResult(ref id) => boxed(connect::result(app, &incoming, id)),
        Route::Metrics => boxed(meta::metrics(app, &incoming)),
        Route::ConnectPicture(ref id) => boxed(connect::picture(app, &incoming, id)),
        Route::SamplePage(ref page) => boxed(dashboard::sample_page(app, &incoming, page)),
        Route::SettingsChange => boxed(settings::change(app, incoming)),
        Route::ConnectLogo(digest) => boxed(settings::logo(app, digest)),
        Route::ConnectPress(ref id) => boxed(connect::press(app, &incoming, id)),
        Route::NetworkDelete(id) => boxed(networks::delete(app, &incoming, id)),
        Route::AccountDelete(id) => boxed(accounts::delete(app, &incoming, id)),
        Route::AccountHealth(id) => boxed(accounts::health(app, &incoming, id)),
        Route::AccountMetrics(id) => boxed(accounts::metrics(app, &incoming, id)),
        Route::AccountLimits(id) => boxed(accounts::limits(app, &incoming, id)),
        Route::MediaCreate => boxed(media::create(app, incoming)),
        Route::MediaStore => boxed(stored_media::create(app, incoming)),
        Route::MediaList => boxed(media::list(app, &incoming)),
        Route::MediaGet(id) => boxed(media::get(app, &incoming, id)),
        Route::MediaConfirm(id) => boxed(media::confirm(app, incoming, id)),
        Route::MediaDelete(id) => boxed(media::delete(app, &incoming, id)),
        Route::MediaReceive(ref id) => boxed(uploads::receive(app, &incoming, id)),
        Route::MediaFile(ref id) => boxed(uploads::file(app, &incoming, id)),
        Route::ApprovalShow(ref token) => boxed(approvals::show(app, &incoming, token)),
        Route::ApprovalAnswer(ref token) => boxed(approvals::answer(app, &incoming, token)),
        Route::Changes => boxed(live::changes(app, &incoming)),
        Route::PostCreate => boxed(posts::create(app, incoming, route)),
        Route::PostReply(_) | Route::PostRepost(_) => boxed(posts::create_and_wait(app, incoming, route)),
        Route::PostChange(id) => boxed(posts::change(app, incoming, id)),
        Route::PostDelete(id) => boxed(posts::delete(app, &incoming, id)),
        Route::PostDeleteRemote(id) => boxed(posts::delete_remote(app, &incoming, id)),
        Route::PostResolve { post, ref account } => boxed(posts::resolve(app, incoming, post, account)),
        Route::PostAnalytics(id) => boxed(insight::analytics(app, &incoming, id)),
        Route::PostReplies(id) => boxed(insight::replies(app, &incoming, id)),
        forwarded => return Err(Error::fault(format!("nothing at the edge answers {forwarded:?}")).into()),
    };
    answer.await
}

fn boxed<'a>(answer: impl Future<Output = Answered> + 'a) -> Routed<'a> {
    Box::pin(answer)
}
