//! The edge: opens the configuration, finds the route, lets the route answer, and logs once.

mod app;
mod auth;
mod dashboard;
mod error;
mod log;
mod media;
mod names;
mod objects;
mod outbound;
mod pages;
mod request;
mod response;
mod routes;
mod rpc;
mod runtime;
mod shape;
mod stream;
mod vault;
mod zone;

use std::rc::Rc;

use latchkey_core::api::code::Code;
use latchkey_core::api::https::{Admission, admit};
use latchkey_core::routes::{Call, Found, Route, find};
use worker::{Context, Env, Request, Response, event};

use crate::app::App;
use crate::error::Error;
use crate::log::Entry;
use crate::request::Incoming;
use crate::response::Reply;
use crate::shape::{Shape, failed};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let mut entry = Entry::new(request.inner().method());
    let reply = match Incoming::new(request, entry.request_id.clone()) {
        Ok(incoming) => {
            let is_https = incoming.url.scheme() == "https";
            serve(incoming, &env, &mut entry).await.over(is_https)
        }
        Err(error) => failed(&error, Shape::Envelope, &entry),
    };
    sent(reply, &entry)
}

/// A request whose answer did not come: after a panic, or a trap that ended the module.
fn unanswered(request: Request, env: &Env, cause: worker::Error) -> worker::Result<Response> {
    let mut entry = Entry::new(request.inner().method());
    let mut incoming = Incoming::new(request, entry.request_id.clone())
        .map_err(|_| worker::Error::RustError("a request cannot be read".into()))?;
    let found = found_by(&mut incoming, &mut entry);
    let is_https = incoming.url.scheme() == "https";
    let reply = failed(&cause.into(), Shape::of(&incoming), &entry).over(is_https);
    let reply = match (found, app_for(&incoming, env)) {
        (Found::Call(call), Ok(app)) => reply.with_all(routes::cors(&app, &call, &incoming)),
        _ => reply,
    };
    sent(reply, &entry)
}

fn sent(reply: Reply, entry: &Entry) -> worker::Result<Response> {
    entry.done(reply.status());
    reply.into_response(&entry.request_id).map_err(|_| worker::Error::RustError("an answer could not be sent".into()))
}

fn found_by(incoming: &mut Incoming, entry: &mut Entry) -> Found {
    let found = find(&incoming.method, incoming.url.path());
    incoming.row = match &found {
        Found::Call(call) => Some(call.row),
        Found::OtherMethod { row, .. } => Some(row),
        Found::Nothing => None,
    };
    entry.route = incoming.row.map_or(entry.route, |row| row.path);
    found
}

async fn serve(mut incoming: Incoming, env: &Env, entry: &mut Entry) -> Reply {
    let found = found_by(&mut incoming, entry);
    if let Some(reply) = in_the_open(&incoming, env, &found, entry) {
        return reply;
    }
    match found {
        Found::Call(Call { route: Route::Health, .. }) => routes::meta::health(),
        Found::Call(call) => match app_for(&incoming, env) {
            Ok(app) => routes::answer(&app, call, incoming, entry).await,
            Err(error) => failed(&error, Shape::of(&incoming), entry),
        },
        // RFC 9110 §15.5.6.
        Found::OtherMethod { allowed, .. } => {
            let error = Error::refused(Code::MethodNotAllowed, "There is such a call, but not by this method.");
            failed(&error, Shape::of(&incoming), entry).with("Allow", allowed.join(", "))
        }
        Found::Nothing => failed(&Error::refused(Code::NotFound, "There is no such call."), Shape::Envelope, entry),
    }
}

/// Every route needs the whole configuration, whatever it reads of it.
fn app_for(incoming: &Incoming, env: &Env) -> error::Result<Rc<App>> {
    let app = App::of(env)?;
    app.public_origin(&incoming.url)?;
    Ok(app)
}

/// What a request gets that came by plain http to a deployment on https: before a key, a cookie or a state is looked at.
fn in_the_open(incoming: &Incoming, env: &Env, found: &Found, entry: &Entry) -> Option<Reply> {
    // A malformed origin is named with the rest of the configuration.
    let origin = app::public_origin(env).ok().flatten();
    let route = if let Found::Call(call) = found { Some(&call.route) } else { None };
    match admit(origin.as_deref(), &incoming.method, &incoming.url, route) {
        Admission::Serve => None,
        Admission::Redirect(url) => Some(Reply::moved(&url)),
        Admission::Refuse => {
            let error = Error::refused(Code::HttpsRequired, "This deployment answers over https alone.");
            Some(failed(&error, route.map_or(Shape::Envelope, |_| Shape::of(incoming)), entry))
        }
    }
}
