//! Bytes of media, by signed addresses: in, and out again (docs/API.md, section 6). No key, no cookie: the address is the
//! permission, and it is checked before the ledger is asked.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::media::{SignedQuery, Wanted, disposition};
use latchkey_core::api::refused::Refused;
use latchkey_core::id::MediaId;
use latchkey_core::media::link::Use;
use latchkey_core::media::upload::{Part, Receiving, spent};
use latchkey_core::media::{Media, key_of};
use serde_json::json;

use super::Answered;
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::{Sent, Stored};
use crate::request::Incoming;
use crate::response::Reply;
use crate::runtime::now;

/// `PUT {upload_url}`: (1) the address, 401, 410; (2) what the ledger knows of it, 404, 409, 415, 400, 422; (3) the bytes go
/// to R2 as they come; (4) the ledger is told. What is not told to the ledger is not part of the file.
pub async fn receive(app: &App, incoming: &Incoming, id: &str) -> Answered {
    let (id, part) = permitted(app, incoming, id, Use::Upload)?;
    let receiving = app.workspace()?.receive(id.clone(), part).await?;
    let content_type = incoming.header("content-type");
    let length = receiving.length(content_type.as_deref(), content_length(incoming), part)?;
    let body = incoming.raw_body().ok_or_else(|| Refused::field("Content-Length", "the body is empty"))?;
    let upload_id = upload_for(app, &receiving, part).await?;
    let number = part.unwrap_or(1);
    let key = receiving.media.key();
    let etag = match app.media()?.put_part(&key, &upload_id, number, &body, length).await? {
        Sent::Stored { etag } => etag,
        Sent::WrongLength => return Err(wrong_length(length).into()),
        Sent::Over => return Err(spent().into()),
    };
    let part_row = Part { number, size: length, etag };
    let received = app.workspace()?.received(id.clone(), upload_id, part_row, part.is_none()).await?;
    let data = json!({ "id": id, "part": part, "size": length, "received": received });
    Ok(Reply::json(&Answer::data(200, data)))
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
async fn upload_for(app: &App, receiving: &Receiving, part: Option<u16>) -> Result<String> {
    if let Some(upload_id) = &receiving.upload_id {
        return Ok(upload_id.clone());
    }
    let Media { id, kind, filename, .. } = &receiving.media;
    let begun = app.media()?.begin_upload(&receiving.media.key(), kind.mime(), disposition(filename)).await?;
    if part.is_none() {
        return Ok(begun);
    }
    let common = app.workspace()?.upload_begun(id.clone(), begun.clone()).await?;
    if common != begun {
        // Another part was first. If this fails, R2 gives it up by itself.
        let _ = app.media()?.abandon_upload(&receiving.media.key(), &begun).await;
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
