//! `POST /v1/media`: a file in one call (docs/API.md, section 6). What may be fetched, and as what a file counts, is as for
//! every other way by which files come.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::media::{Direct, NewMedia, Source};
use latchkey_core::api::refused::Refused;
use latchkey_core::id::MediaId;
use latchkey_core::media::source::{Unusable, usable};
use latchkey_core::media::{Announced, Kind, Limits, Media, is_enough};
use latchkey_core::public_url::PublicUrl;
use latchkey_core::time::Span;
use serde_json::json;

use super::Answered;
use super::media::view;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::error::{Error, Result};
use crate::outbound::Fetched;
use crate::request::Incoming;
use crate::rpc::workspace::{EnterMedia, MediaCommand};
use crate::runtime::{entropy, now};
use crate::stream::Peeked;

/// For the whole file: a caller waits for it.
const TIME: Span = Span::mins(2);

/// A file that is stored: as what, and how large.
type Kept = std::result::Result<(Kind, u64), Refused>;

/// Answers 201. (1) A row is entered, 403, 429; (2) the bytes are fetched, 400, and stored as what they are, 422; (3) the row is
/// active.
///
/// Whatever ends in between leaves a row that expires, with its bytes.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let parse = |body: &[u8]| read::<NewMedia>(body, &[])?.value.validate(app.allows_loopback());
    let (caller, Direct { source, filename, alt_text, tenant_id }) =
        ApiCaller::with_body(app, &mut incoming, parse).await?;
    let id = MediaId::from_entropy(entropy()?);
    let mut new = Media::new(id, tenant_id, filename, Announced::Nothing, None, now(), app.lifetimes());
    new.alt_text = alt_text;
    let (media, limits) = caller.plan(EnterMedia(new)).await?;
    let (kind, size) = match kept(app, &media, source, &limits).await? {
        Ok(kept) => kept,
        Err(refused) => return Ok(caller.finish(MediaCommand::GiveUp { media, refused: Box::new(refused) }).await?),
    };
    let media = media.confirmed(kind, size, app.lifetimes());
    let warnings: Vec<String> = media.warning().into_iter().collect();
    let answer = Answer::success(201, json!({ "data": view(app, &incoming, &media)?, "warnings": warnings }));
    let keep = |answer, is_sealed| MediaCommand::Keep { media, answer, is_sealed };
    Ok(caller.commit_with_credential(answer, keep).await?)
}

async fn kept(app: &App, media: &Media, source: Source, limits: &Limits) -> Result<Kept> {
    match source {
        Source::Data(bytes) => {
            let length = bytes.len() as u64;
            store(app, media, Peeked { head: bytes, rest: None }, Some(length), limits).await
        }
        Source::Url(url) => match fetched(app, url).await? {
            Ok(fetched) => {
                let body = Peeked::until(is_enough, fetched.body.clone()).await?;
                store(app, media, body, fetched.length, limits).await
            }
            Err(refused) => Ok(Err(refused)),
        },
    }
}

async fn fetched(app: &App, url: PublicUrl) -> Result<std::result::Result<Fetched, Refused>> {
    let fetched = app.public().get(url, TIME).await?;
    Ok(fetched.map_err(|why| refused(Code::MediaUrlRefused, &why.to_string())))
}

/// The first bytes decide the kind and the largest size.
async fn store(app: &App, media: &Media, body: Peeked, length: Option<u64>, limits: &Limits) -> Result<Kept> {
    let kind = match usable(&body.head, length, limits) {
        Ok(kind) => kind,
        Err(reason) => {
            body.discard();
            return Ok(Err(unusable(reason)));
        }
    };
    let (store, key) = (app.media()?, media.key());
    let is_stored = match length {
        Some(length) => store.put(&key, body, length).await.map(|()| true)?,
        None => store.put_at_most(&key, body, limits.of(kind)).await?,
    };
    if !is_stored {
        return Ok(Err(unusable(Unusable::TooLarge)));
    }
    let size = store.size(&key).await?.ok_or_else(|| Error::fault("a file is gone at once"))?;
    Ok(Ok((kind, size)))
}

fn unusable(reason: Unusable) -> Refused {
    let code = match reason {
        Unusable::TooLarge => Code::MediaTooLarge,
        Unusable::Foreign(_) | Unusable::NotAllowed => Code::UnsupportedMedia,
    };
    refused(code, &reason.to_string())
}

fn refused(code: Code, reason: &str) -> Refused {
    Refused::new(code, format!("The file could not be used: {reason}."))
}
