//! `/v1/media` with an API key: files are announced, confirmed, listed and deleted (docs/API.md, section 6).

use std::num::NonZeroU64;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::media::{ConfirmUpload, NewUpload, media_view};
use latchkey_core::api::refused::Refused;
use latchkey_core::id::MediaId;
use latchkey_core::media::link::{LINK_LIFE, Use};
use latchkey_core::media::upload::within;
use latchkey_core::media::{Foreign, Media};
use serde_json::{Value, json};

use super::Answered;
use crate::app::App;
use crate::auth::{ApiCaller, Early};
use crate::error::Result;
use crate::media::Assembled;
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{
    AnnounceMedia, Arrived, ConfirmPlan, DeleteMedia, GetMedia, ListMedia, MediaCommand, MediaRows, PlanConfirmation,
};
use crate::runtime::{entropy, now};

/// `POST /v1/media/upload`: an address that takes the bytes, for whoever holds it.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let parse = |body: &[u8]| {
        let wanted = read::<NewUpload>(body, &[])?.value;
        wanted.validate().map(|said| (wanted, said))
    };
    let (caller, (wanted, said)) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let announced = wanted.size.map(NonZeroU64::get);
    let (size, tenant_id) = (announced.unwrap_or(1), wanted.tenant_id);
    let tenant_id = caller.plan(AnnounceMedia { said, size, tenant_id }).await?;
    let id = MediaId::from_entropy(entropy()?);
    let upload_url = Use::Upload.address(app.keyring(), &app.public_origin(&incoming.url)?, &id, now());
    let media = Media::new(id, tenant_id, wanted.filename, said, announced, now(), app.lifetimes());
    let data = json!({ "id": media.id, "upload_url": upload_url, "expires_in": LINK_LIFE.as_secs() });
    let create = |answer, is_sealed| MediaCommand::Create { media, answer, is_sealed };
    Ok(caller.commit_with_credential(Answer::data(200, data), create).await?)
}

pub async fn list(app: &App, incoming: &Incoming) -> Answered {
    let caller = ApiCaller::new(app, incoming)?;
    let query = incoming.query().to_owned();
    let MediaRows { rows, count, mut pagination, warnings } = caller.plan(ListMedia { query }).await?;
    let rows = rows.iter().map(|media| view(app, incoming, media)).collect::<Result<Vec<Value>>>()?;
    // The original's name for the total.
    if let Some(fields) = pagination.as_object_mut() {
        fields.insert("count".into(), count.into());
    }
    let body = json!({ "data": rows, "count": count, "pagination": pagination, "warnings": warnings });
    Ok(Reply::json(&Answer::success(200, body)))
}

pub async fn get(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let media = caller.plan(GetMedia { id }).await?;
    Ok(Reply::json(&Answer::data(200, view(app, incoming, &media)?)))
}

/// `POST …/confirm`: (1) the parts are a file of the size that was said, 400; (2) they become one object; (3) its first bytes
/// are those of a type that X takes, and it is no larger than that may be, or it is deleted, 422; (4) it is active, as what
/// its bytes are. A call that breaks off can be made again.
pub async fn confirm(app: &App, incoming: Incoming, id: String) -> Answered {
    let mut caller = ApiCaller::without_query(app, &incoming).await?;
    let body = caller.optional_json_body(&incoming).await?;
    caller.bind(&incoming, &body).await?;
    let size = caller.require(read::<ConfirmUpload>(&body, &[])).await?.value.size;
    let arrived = match caller.plan(PlanConfirmation { id, size }).await? {
        ConfirmPlan::Arrived(arrived) => arrived,
        ConfirmPlan::Active(media) => {
            return Ok(caller.finish_with_credential(confirmed(app, &incoming, &media)?).await?);
        }
    };
    let Arrived { media, upload_id, parts, size, limits } = arrived;
    match app.media()?.assemble(&media.key(), &upload_id, parts, size).await? {
        Assembled::Whole => {}
        Assembled::PartChanged => return Ok(caller.finish_refused(changed()).await?),
        Assembled::Lost => return reject(&caller, media, upload_id, lost()).await,
    }
    let found = app.media()?.kind(&media.key()).await?;
    let kind = match found.map_err(foreign).and_then(|kind| within(kind, size, limits.of(kind)).map(|()| kind)) {
        Ok(kind) => kind,
        Err(refused) => {
            app.media()?.delete(&media.key()).await?;
            return reject(&caller, media, upload_id, refused).await;
        }
    };
    let media = media.confirmed(kind, size, app.lifetimes());
    let answer = confirmed(app, &incoming, &media)?;
    let confirm = |answer, is_sealed| MediaCommand::Confirm { media, upload_id, answer, is_sealed };
    Ok(caller.commit_with_credential(answer, confirm).await?)
}

fn confirmed(app: &App, incoming: &Incoming, media: &Media) -> Result<Answer> {
    let warnings: Vec<String> = media.warning().into_iter().collect();
    Ok(Answer::success(200, json!({ "data": view(app, incoming, media)?, "warnings": warnings })))
}

/// `DELETE`: the row is closed, then the bytes go. If that breaks off, the workspace does it.
pub async fn delete(app: &App, incoming: &Incoming, id: String) -> Answered {
    let caller = ApiCaller::without_query(app, incoming).await?;
    let cleanup = caller.plan(DeleteMedia { id }).await?;
    app.media()?.remove(&cleanup).await?;
    Ok(Reply::json(&Answer::success(200, json!({ "message": "Media deleted successfully" }))))
}

/// It is as if nothing had arrived: the address takes bytes again.
async fn reject(caller: &ApiCaller<'_>, media: Media, upload_id: String, refused: Refused) -> Result<Reply, Early> {
    let media = media.with_received(0);
    let refused = Box::new(refused);
    Ok(caller.finish(MediaCommand::Reject { media, upload_id, refused }).await?)
}

fn changed() -> Refused {
    Refused::new(Code::InvalidPayload, "A part was sent again while the upload was being confirmed.")
        .with_hint("Confirm when every part has been answered.")
}

fn lost() -> Refused {
    Refused::new(Code::InvalidPayload, "The bytes that had arrived are gone.").with_hint("PUT the file again.")
}

fn foreign(foreign: Foreign) -> Refused {
    let message = format!("The bytes are {}. They were deleted.", foreign.name());
    Refused::new(Code::UnsupportedMedia, message).with_hint(foreign.hint())
}

pub(super) fn view(app: &App, incoming: &Incoming, media: &Media) -> Result<Value> {
    let origin = app.public_origin(&incoming.url)?;
    let url = media.is_active().then(|| Use::Read.address(app.keyring(), &origin, &media.id, now()));
    Ok(media_view(media, url.as_deref()))
}
