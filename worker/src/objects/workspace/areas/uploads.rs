//! Bytes of media on their way in: the workspace's answer before the bytes are stored, and the report afterwards.

use latchkey_core::id::MediaId;
use latchkey_core::media::upload::{RESERVED_FOR, Receiving, Rejection, Reservation, require_upload, spent, within};
use latchkey_core::media::{Media, key_of};
use latchkey_core::outbox::OutboxJob;
use serde_json::Value;

use super::{Workspace, freeze, media, not_found};
use crate::error::{Error, Result};
use crate::objects::workspace::store::media::uploads::Room;
use crate::rpc::wire::reply;
use crate::rpc::workspace::{Arrival, Decided, Try, UploadMessage};
use crate::runtime::now;

pub fn handle(w: &Workspace, message: &UploadMessage) -> Result<Value> {
    match message {
        UploadMessage::Reserve { id, attempt } => reply(reserve(w, id, attempt)?),
        UploadMessage::Begun { id, upload_id } => reply(begun(w, id, upload_id)?),
        UploadMessage::Received { id, arrival } => reply(received(w, id, arrival)?),
        UploadMessage::Release { reservation } => reply(w.store.uploads.release(*reservation)?),
    }
}

/// A part counts once, however often it is sent: with the most bytes of those that are there or on their way.
fn reserve(w: &Workspace, id: &MediaId, attempt: &Try) -> Result<Decided<Reservation>> {
    freeze::require_running(w)?;
    w.store.uploads.purge_room(now())?;
    let media = w.store.media.find(id.as_str())?.ok_or_else(|| not_found("media"))?;
    let receiving = receiving(w, media, attempt)?;
    match receiving.decide(attempt.length, attempt.part) {
        Ok(length) => Ok(Ok(reserved(w, receiving, attempt, length)?)),
        Err(Rejection { refused, gives_up }) => {
            if gives_up {
                abandon(w, receiving.media)?;
            }
            Ok(Err(refused))
        }
    }
}

fn receiving(w: &Workspace, media: Media, attempt: &Try) -> Result<Receiving> {
    let kind = match attempt.seen {
        Some(kind) => kind,
        None => media::kind_seen(w, &media)?,
    };
    let limit = w.store.settings.get()?.allowed_media.of(kind);
    let (stored, others) = match attempt.part {
        Some(number) => stored(w, &media.id, number)?,
        None => (0, 0),
    };
    Ok(Receiving { media, kind, limit, stored, others })
}

/// Bytes of other parts: those that stay, and with those the reserved ones.
fn stored(w: &Workspace, id: &MediaId, number: u16) -> Result<(u64, u64)> {
    Ok((w.store.uploads.bytes_of(id, Some(number))?, w.store.uploads.bytes_in_room(id, number, now())?))
}

fn reserved(w: &Workspace, receiving: Receiving, attempt: &Try, length: u64) -> Result<Reservation> {
    let Receiving { media, kind, .. } = receiving;
    let Try { part, seen, .. } = *attempt;
    let Some(number) = part else {
        return Ok(Reservation { id: None, media, kind, seen, length, upload_id: None });
    };
    let ends_at = now() + RESERVED_FOR;
    let room = Room { media_id: &media.id, part: number, size: length, seen, ends_at };
    let id = w.store.uploads.reserve(&room)?;
    let upload_id = w.store.media.upload_of(&media.id)?;
    Ok(Reservation { id, media, kind, seen, length, upload_id })
}

/// The first one counts, so that parts that come side by side belong together.
fn begun(w: &Workspace, id: &MediaId, upload_id: &str) -> Result<String> {
    pending(w, id)?;
    Ok(w.store.media.join_upload(id, upload_id)?.unwrap_or_default())
}

/// The sum is looked at again: the room of a try may have ended before it did, or what the file is was seen since.
fn received(w: &Workspace, id: &MediaId, arrival: &Arrival) -> Result<Decided<u64>> {
    let Arrival { reservation, upload_id, part, is_whole } = arrival;
    let media = match pending(w, id) {
        // The file was deleted or confirmed while these bytes came. No row names them.
        Err(Error::Refused(refused)) if *is_whole => {
            w.store.outbox.add(&OutboxJob::AbandonUpload { key: key_of(id), upload_id: upload_id.clone() }, now())?;
            return Ok(Err(refused));
        }
        media => media?,
    };
    if *is_whole {
        replace_upload(w, &media, upload_id)?;
    } else {
        require_upload(w.store.media.upload_of(id)?.as_deref(), upload_id)?;
    }
    w.store.uploads.save_part(id, part)?;
    reservation.map_or(Ok(()), |reservation| w.store.uploads.release(reservation))?;
    let (kind, stored) = (media::kind_seen(w, &media)?, w.store.uploads.bytes_of(id, None)?);
    if let Err(refused) = within(kind, stored, w.store.settings.get()?.allowed_media.of(kind)) {
        abandon(w, media)?;
        return Ok(Err(Box::new(refused)));
    }
    w.store.media.save(&media.with_received(stored))?;
    Ok(Ok(stored))
}

/// Nothing is left of it, and the address takes bytes as if none had come.
fn abandon(w: &Workspace, media: Media) -> Result<()> {
    if let Some(upload_id) = w.store.media.upload_of(&media.id)? {
        w.store.outbox.add(&OutboxJob::AbandonUpload { key: media.key(), upload_id: upload_id.clone() }, now())?;
        media::forget_upload(w, &media.with_received(0), &upload_id)?;
    }
    Ok(())
}

fn pending(w: &Workspace, id: &MediaId) -> Result<Media> {
    let media = w.store.media.find(id.as_str())?.ok_or_else(|| not_found("media"))?;
    if media.is_active() { Err(spent().into()) } else { Ok(media) }
}

/// What was uploaded before is given up, and nothing of it is mixed into the new file.
fn replace_upload(w: &Workspace, media: &Media, upload_id: &str) -> Result<()> {
    if let Some(before) = w.store.media.upload_of(&media.id)? {
        w.store.outbox.add(&OutboxJob::AbandonUpload { key: media.key(), upload_id: before }, now())?;
    }
    w.store.uploads.forget_parts(&media.id)?;
    w.store.media.set_upload(&media.id, Some(upload_id))
}
