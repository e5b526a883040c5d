//! Bytes of media on their way in: the workspace's answer before the bytes are stored, and the report afterwards.

use latchkey_core::id::MediaId;
use latchkey_core::media::upload::{
    Part, RESERVED_FOR, Receiving, Rejection, Reservation, require_upload, spent, within,
};
use latchkey_core::media::{Kind, Media, key_of};
use serde::Deserialize;
use serde_json::Value;

use super::outbox::Errand;
use super::{Arrival, Decided, Inner, Try, UploadMessage, not_found};
use crate::error::{Error, Result};
use crate::objects::storage::time;
use crate::rpc::wire::reply;
use crate::runtime::now;

#[derive(Deserialize)]
struct PartRow {
    part: u16,
    size: u64,
    etag: String,
    kind: Option<Kind>,
}

#[derive(Deserialize)]
struct Sum {
    bytes: Option<u64>,
}

#[derive(Deserialize)]
struct Seen {
    kind: Option<Kind>,
}

#[derive(Deserialize)]
struct Id {
    id: i64,
}

impl Inner {
    pub(super) async fn upload_message(&self, message: &UploadMessage) -> Result<Value> {
        let answer = self.db()?.transaction(|| match message {
            UploadMessage::Reserve { id, attempt } => reply(self.reserve(id, attempt)?),
            UploadMessage::Begun { id, upload_id } => reply(self.upload_begun(id, upload_id)?),
            UploadMessage::Received { id, arrival } => reply(self.received(id, arrival)?),
            UploadMessage::Release { reservation } => reply(self.release(*reservation)?),
        })?;
        self.arm().await?;
        Ok(answer)
    }

    /// A part counts once, however often it is sent: with the most bytes of those that are there or on their way.
    fn reserve(&self, id: &MediaId, attempt: &Try) -> Result<Decided<Reservation>> {
        self.require_motion()?;
        self.db()?.run("DELETE FROM media_reservations WHERE ends_at <= ?", vec![time(now())])?;
        let media = self.media_named(id.as_str())?.ok_or_else(|| not_found("media"))?;
        let receiving = self.receiving(media, attempt)?;
        match receiving.decide(attempt.length, attempt.part) {
            Ok(length) => Ok(Ok(self.reserved(receiving, attempt, length)?)),
            Err(Rejection { refused, gives_up }) => {
                if gives_up {
                    self.abandon(receiving.media)?;
                }
                Ok(Err(refused))
            }
        }
    }

    fn receiving(&self, media: Media, attempt: &Try) -> Result<Receiving> {
        let id = media.id.as_str();
        let kind = match attempt.seen {
            Some(kind) => kind,
            None => self.kind_seen(&media)?,
        };
        let limit = self.settings()?.allowed_media.of(kind);
        let (stored, others) = match attempt.part {
            Some(number) => (self.bytes_of(id, Some(number))?, self.bytes_in_room(id, number)?),
            None => (0, 0),
        };
        Ok(Receiving { media, kind, limit, stored, others })
    }

    fn reserved(&self, receiving: Receiving, attempt: &Try, length: u64) -> Result<Reservation> {
        let Receiving { media, kind, .. } = receiving;
        let Try { part, seen, .. } = *attempt;
        let Some(number) = part else {
            return Ok(Reservation { id: None, media, kind, seen, length, upload_id: None });
        };
        let insert = "INSERT INTO media_reservations (media_id, part, size, kind, ends_at) VALUES (?, ?, ?, ?, ?)
            RETURNING id";
        let values = vec![
            media.id.as_str().into(),
            i32::from(number).into(),
            bytes(length).into(),
            seen.map(Kind::mime).into(),
            time(now() + RESERVED_FOR),
        ];
        let id = self.db()?.rows::<Id>(insert, values)?.first().map(|row| row.id);
        let upload_id = self.upload_of(media.id.as_str())?;
        Ok(Reservation { id, media, kind, seen, length, upload_id })
    }

    fn release(&self, reservation: i64) -> Result<()> {
        self.db()?.run("DELETE FROM media_reservations WHERE id = ?", vec![reservation.into()])
    }

    /// What the first part says, the one on its way before the one that is there; until one is seen, what was announced.
    pub(super) fn kind_seen(&self, media: &Media) -> Result<Kind> {
        let query = "SELECT coalesce(
            (SELECT kind FROM media_reservations WHERE media_id = ?1 AND part = 1 AND kind IS NOT NULL AND ends_at > ?2
                ORDER BY id DESC LIMIT 1),
            (SELECT kind FROM media_parts WHERE media_id = ?1 AND part = 1)) AS kind";
        let rows: Vec<Seen> = self.db()?.rows(query, vec![media.id.as_str().into(), time(now())])?;
        Ok(rows.first().and_then(|row| row.kind).unwrap_or(media.kind))
    }

    /// The first one counts, so that parts that come side by side belong together.
    fn upload_begun(&self, id: &MediaId, upload_id: &str) -> Result<String> {
        self.pending(id)?;
        let update = "UPDATE media SET upload_id = coalesce(upload_id, ?) WHERE id = ?";
        self.db()?.run(update, vec![upload_id.into(), id.as_str().into()])?;
        Ok(self.upload_of(id.as_str())?.unwrap_or_default())
    }

    /// The sum is looked at again: the room of a try may have ended before it did, or what the file is was seen since.
    fn received(&self, id: &MediaId, arrival: &Arrival) -> Result<Decided<u64>> {
        let Arrival { reservation, upload_id, part, is_whole } = arrival;
        let media = match self.pending(id) {
            // The file was deleted or confirmed while these bytes came. No row names them.
            Err(Error::Refused(refused)) if *is_whole => {
                self.owe(&Errand::AbandonUpload { key: key_of(id), upload_id: upload_id.clone() }, now())?;
                return Ok(Err(refused));
            }
            media => media?,
        };
        if *is_whole {
            self.replace_upload(&media, upload_id)?;
        } else {
            require_upload(self.upload_of(id.as_str())?.as_deref(), upload_id)?;
        }
        self.save_part(id, part)?;
        reservation.map_or(Ok(()), |reservation| self.release(reservation))?;
        let (kind, stored) = (self.kind_seen(&media)?, self.bytes_of(id.as_str(), None)?);
        if let Err(refused) = within(kind, stored, self.settings()?.allowed_media.of(kind)) {
            self.abandon(media)?;
            return Ok(Err(Box::new(refused)));
        }
        self.save_media(&media.with_received(stored))?;
        Ok(Ok(stored))
    }

    /// Nothing is left of it, and the address takes bytes as if none had come.
    fn abandon(&self, media: Media) -> Result<()> {
        if let Some(upload_id) = self.upload_of(media.id.as_str())? {
            self.owe(&Errand::AbandonUpload { key: media.key(), upload_id: upload_id.clone() }, now())?;
            self.forget_upload(&media.with_received(0), &upload_id)?;
        }
        Ok(())
    }

    fn pending(&self, id: &MediaId) -> Result<Media> {
        let media = self.media_named(id.as_str())?.ok_or_else(|| not_found("media"))?;
        if media.is_active() { Err(spent().into()) } else { Ok(media) }
    }

    /// What was uploaded before is given up, and nothing of it is mixed into the new file.
    fn replace_upload(&self, media: &Media, upload_id: &str) -> Result<()> {
        if let Some(before) = self.upload_of(media.id.as_str())? {
            self.owe(&Errand::AbandonUpload { key: media.key(), upload_id: before }, now())?;
        }
        self.forget_parts(media.id.as_str())?;
        self.db()?.run("UPDATE media SET upload_id = ? WHERE id = ?", vec![upload_id.into(), media.id.as_str().into()])
    }

    /// Those that are there, and the room of those on their way.
    pub(super) fn forget_parts(&self, id: &str) -> Result<()> {
        self.db()?.run("DELETE FROM media_parts WHERE media_id = ?", vec![id.into()])?;
        self.db()?.run("DELETE FROM media_reservations WHERE media_id = ?", vec![id.into()])
    }

    fn save_part(&self, id: &MediaId, part: &Part) -> Result<()> {
        self.db()?.run(
            "INSERT OR REPLACE INTO media_parts (media_id, part, size, etag, kind) VALUES (?, ?, ?, ?, ?)",
            vec![
                id.as_str().into(),
                i32::from(part.number).into(),
                bytes(part.size).into(),
                part.etag.as_str().into(),
                part.kind.map(Kind::mime).into(),
            ],
        )
    }

    pub(super) fn parts_of(&self, id: &str) -> Result<Vec<Part>> {
        let query = "SELECT part, size, etag, kind FROM media_parts WHERE media_id = ? ORDER BY part";
        let rows: Vec<PartRow> = self.db()?.rows(query, vec![id.into()])?;
        Ok(rows.into_iter().map(|PartRow { part, size, etag, kind }| Part { number: part, size, etag, kind }).collect())
    }

    /// How many bytes are there, but for those of one part.
    fn bytes_of(&self, id: &str, except: Option<u16>) -> Result<u64> {
        let query = "SELECT sum(size) AS bytes FROM media_parts WHERE media_id = ? AND part IS NOT ?";
        let values = vec![id.into(), except.map(i32::from).into()];
        Ok(self.db()?.rows::<Sum>(query, values)?.first().and_then(|row| row.bytes).unwrap_or(0))
    }

    /// The same, with those that have room while they are on their way.
    fn bytes_in_room(&self, id: &str, except: u16) -> Result<u64> {
        let query = "SELECT sum(size) AS bytes FROM (SELECT max(size) AS size FROM (
                SELECT part, size FROM media_parts WHERE media_id = ?1
                UNION ALL SELECT part, size FROM media_reservations WHERE media_id = ?1 AND ends_at > ?3)
            WHERE part <> ?2 GROUP BY part)";
        let values = vec![id.into(), i32::from(except).into(), time(now())];
        Ok(self.db()?.rows::<Sum>(query, values)?.first().and_then(|row| row.bytes).unwrap_or(0))
    }
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
