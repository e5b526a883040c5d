//! Bytes of media, by signed addresses: in, and out again (docs/API.md, section 6). There is no key and no cookie: the
//! address is the permission, checked before the workspace is asked.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::media::{SignedQuery, Wanted, disposition};
use latchkey_core::api::refused::Refused;
use latchkey_core::id::MediaId;
use latchkey_core::media::link::Use;
use latchkey_core::media::upload::{Part, Reservation, spent};
use latchkey_core::media::{Kind, Media, is_enough, key_of};
use serde_json::json;
use worker::web_sys::ReadableStream;

use super::Answered;
use crate::app::App;
use crate::error::{Doing, Error, Result};
use crate::media::{Sent, Stored};
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{Arrival, Try};
use crate::runtime::now;
use crate::stream::Peeked;

/// `PUT {upload_url}`: (1) the address, 401, 410; (2) what the workspace knows of it, 404, 409, 400, 422, and room for the bytes,
/// by what the first of them say; (3) the bytes go to R2 as they come; (4) the workspace is told. What is not told to the
/// ledger is not part of the file.
pub async fn receive(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let (id, part) = permitted(app, incoming, id, Use::Upload)?;
    let (body, length) = match incoming.raw_body() {
        Some(body) => (peeked(body, part).await?, content_length(incoming)),
        None => (Peeked { head: Vec::new(), rest: None }, Some(0)),
    };
    let attempt = Try { part, length, seen: Kind::sniff(&body.head) };
    let room = match app.workspace()?.reserve(id.clone(), attempt).await {
        Ok(room) => room,
        Err(error) => {
            body.discard();
            return Err(error.into());
        }
    };
    let stored = match store(app, &room, part, body).await {
        Ok(stored) => stored,
        Err(error) => {
            // If this fails, the room is given up by itself.
            let _ = app.workspace()?.release(room.id).await;
            return Err(error.into());
        }
    };
    let received = app.workspace()?.received(id.clone(), stored).await?;
    let data = json!({ "id": id, "part": part, "size": room.length, "received": received });
    Ok(Reply::json(&Answer::data(200, data)))
}

/// Only the first bytes of the file say what it is.
async fn peeked(body: ReadableStream, part: Option<u16>) -> Result<Peeked> {
    if part.is_none_or(|number| number == 1) {
        Peeked::until(is_enough, body).await.doing("read the first bytes of an upload")
    } else {
        Ok(Peeked::unseen(body))
    }
}

async fn store(app: &App, room: &Reservation, part: Option<u16>, body: Peeked) -> Result<Arrival> {
    let key = room.media.key();
    let upload_id = upload_for(app, room, part).await?;
    let (number, size, kind) = (part.unwrap_or(1), room.length, room.seen);
    let error = match app.media()?.put_part(&key, &upload_id, number, body, size).await {
        Ok(Sent::Stored { etag }) => {
            let part_row = Part { number, size, etag, kind };
            return Ok(Arrival { reservation: room.id, upload_id, part: part_row, is_whole: part.is_none() });
        }
        Ok(Sent::WrongLength) => wrong_length(size).into(),
        Ok(Sent::Over) => spent().into(),
        Err(error) => error,
    };
    if part.is_none() {
        // If this fails, R2 gives it up by itself.
        let _ = app.media()?.abandon_upload(&key, &upload_id).await;
    }
    Err(error)
}

/// `GET` and `HEAD {url}`: the file, or one range of it (RFC 9110 §14). Whatever it holds, a browser saves it and shows
/// nothing of it under our origin.
pub async fn file(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let (id, _) = permitted(app, incoming, id, Use::Read)?;
    let stored = app.media()?.stored(&key_of(&id)).await?.ok_or_else(gone)?;
    let is_same = incoming.header("if-range").is_none_or(|etag| etag == stored.etag);
    let range = incoming.header("range").filter(|_| is_same && incoming.method == "GET");
    let (status, offset, length) = match Wanted::parse(range.as_deref(), stored.size) {
        Wanted::Whole => (200, 0, stored.size),
        Wanted::Range(first, last) => (206, first, last - first + 1),
        Wanted::Unsatisfiable => {
            return Ok(Reply::empty(416).with("Content-Range", format!("bytes */{}", stored.size)));
        }
    };
    let reply = if incoming.method == "HEAD" {
        Reply::empty(status)
    } else {
        Reply::stream(status, app.media()?.range(&key_of(&id), offset, length).await?.ok_or_else(gone)?)
    };
    let reply = described(reply, &stored).with("Content-Length", length.to_string());
    Ok(match status {
        206 => {
            let last = offset + length - 1;
            reply.with("Content-Range", format!("bytes {offset}-{last}/{}", stored.size))
        }
        _ => reply,
    })
}

fn described(reply: Reply, stored: &Stored) -> Reply {
    let text = |value: &Option<String>, default: &str| value.clone().unwrap_or_else(|| default.to_owned());
    reply
        .with("Content-Type", text(&stored.content_type, "application/octet-stream"))
        .with("Content-Disposition", text(&stored.disposition, "attachment"))
        .with("Content-Security-Policy", "sandbox; default-src 'none'".into())
        .with("Accept-Ranges", "bytes".into())
        .with("ETag", stored.etag.clone())
}

/// The medium that a signed address is about, and the part that is meant.
fn permitted(app: &App, incoming: &Incoming, id: &str, purpose: Use) -> Result<(MediaId, Option<u16>)> {
    let query = SignedQuery::parse(incoming.query())?;
    let id = MediaId::parse(id).map_err(|_| gone())?;
    purpose
        .check(app.keyring(), &id, &query.expires, &query.token, now())
        .map_err(|error| Error::from(Refused::from(error)))?;
    Ok((id, query.part))
}

/// The upload of R2 that takes the bytes: a new one for a whole file, one for all parts of a file.
async fn upload_for(app: &App, room: &Reservation, part: Option<u16>) -> Result<String> {
    if let Some(upload_id) = &room.upload_id {
        return Ok(upload_id.clone());
    }
    let Media { id, filename, .. } = &room.media;
    let begun = app.media()?.begin_upload(&room.media.key(), room.kind.mime(), disposition(filename)).await?;
    if part.is_none() {
        return Ok(begun);
    }
    let common = app.workspace()?.upload_begun(id.clone(), begun.clone()).await?;
    if common != begun {
        // Another part was first. If this fails, R2 gives it up by itself.
        let _ = app.media()?.abandon_upload(&room.media.key(), &begun).await;
    }
    Ok(common)
}

fn content_length(incoming: &Incoming) -> Option<u64> {
    incoming.header("content-length")?.parse().ok()
}

fn wrong_length(expected: u64) -> Refused {
    Refused::field("Content-Length", format!("the body does not have the {expected} bytes that were said"))
}

fn gone() -> Error {
    Error::refused(Code::NotFound, "There is no such file.")
}
