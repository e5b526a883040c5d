//! Bytes of media on their way in: what the ledger says before they are stored, and what it is told afterwards.

use latchkey_core::id::MediaId;
use latchkey_core::media::upload::{Part, Receiving, spent};
use latchkey_core::media::{Media, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::outbox::Errand;
use super::{Inner, Message, WorkspaceStub, not_found};
use crate::error::Result;
use crate::objects::wire::{ask, reply};
use crate::runtime::now;

#[derive(Serialize, Deserialize)]
pub(super) enum UploadMessage {
    Receive { id: MediaId, part: Option<u16> },
    Begun { id: MediaId, upload_id: String },
    Received { id: MediaId, upload_id: String, part: Part, is_whole: bool },
}

#[derive(Deserialize)]
struct PartRow {
    part: u16,
    size: u64,
    etag: String,
}

#[derive(Deserialize)]
struct Sum {
    bytes: Option<u64>,
}

impl WorkspaceStub {
    /// What is to be known before bytes are stored: of the whole file, or of a part.
    pub async fn receive(&self, id: MediaId, part: Option<u16>) -> Result<Receiving> {
        ask(&self.stub, &Message::Upload(UploadMessage::Receive { id, part })).await
    }

    /// An upload of R2 was begun for the parts to come. Answers the one that all of them use.
    pub async fn upload_begun(&self, id: MediaId, upload_id: String) -> Result<String> {
        ask(&self.stub, &Message::Upload(UploadMessage::Begun { id, upload_id })).await
    }

    /// A part is stored; as the whole file it takes the place of whatever was there. Answers how many bytes there are.
    pub async fn received(&self, id: MediaId, upload_id: String, part: Part, is_whole: bool) -> Result<u64> {
        ask(&self.stub, &Message::Upload(UploadMessage::Received { id, upload_id, part, is_whole })).await
    }
}

impl Inner {
    pub(super) async fn upload_message(&self, message: &UploadMessage) -> Result<Value> {
        let answer = self.db()?.transaction(|| match message {
            UploadMessage::Receive { id, part } => reply(self.receive(id, *part)?),
            UploadMessage::Begun { id, upload_id } => reply(self.upload_begun(id, upload_id)?),
            UploadMessage::Received { id, upload_id, part, is_whole } => {
                reply(self.received(id, upload_id, part, *is_whole)?)
            }
        })?;
        self.arm().await?;
        Ok(answer)
    }

    fn receive(&self, id: &MediaId, part: Option<u16>) -> Result<Receiving> {
        let media = self.media_named(id.as_str())?.ok_or_else(|| not_found("media"))?;
        let limit = self.settings()?.allowed_media.of(media.kind);
        let others = match part {
            Some(number) => self.bytes_of(id.as_str(), Some(number))?,
            None => 0,
        };
        let upload_id = self.upload_of(id.as_str())?.filter(|_| part.is_some());
        Ok(Receiving { media, limit, others, upload_id })
    }

    /// The first one counts, so that parts that come side by side belong together.
    fn upload_begun(&self, id: &MediaId, upload_id: &str) -> Result<String> {
        self.pending(id)?;
        let update = "UPDATE media SET upload_id = coalesce(upload_id, ?) WHERE id = ?";
        self.db()?.run(update, vec![upload_id.into(), id.as_str().into()])?;
        Ok(self.upload_of(id.as_str())?.unwrap_or_default())
    }

    fn received(&self, id: &MediaId, upload_id: &str, part: &Part, is_whole: bool) -> Result<u64> {
        let mut media = self.pending(id)?;
        if is_whole {
            self.replace_upload(&media, upload_id)?;
        } else if self.upload_of(id.as_str())?.as_deref() != Some(upload_id) {
            return Err(spent().into());
        }
        self.save_part(id, part)?;
        media.received = self.bytes_of(id.as_str(), None)?;
        self.save_media(&media)?;
        Ok(media.received)
    }

    fn pending(&self, id: &MediaId) -> Result<Media> {
        let media = self.media_named(id.as_str())?.ok_or_else(|| not_found("media"))?;
        if media.status == Status::Active { Err(spent().into()) } else { Ok(media) }
    }

    /// What was uploaded before is given up, and nothing of it is mixed into the new file.
    fn replace_upload(&self, media: &Media, upload_id: &str) -> Result<()> {
        if let Some(before) = self.upload_of(media.id.as_str())? {
            self.owe(&Errand::AbandonUpload { key: media.key(), upload_id: before }, now())?;
        }
        self.db()?.run("DELETE FROM media_parts WHERE media_id = ?", vec![media.id.as_str().into()])?;
        self.db()?.run("UPDATE media SET upload_id = ? WHERE id = ?", vec![upload_id.into(), media.id.as_str().into()])
    }

    fn save_part(&self, id: &MediaId, part: &Part) -> Result<()> {
        self.db()?.run(
            "INSERT OR REPLACE INTO media_parts (media_id, part, size, etag) VALUES (?, ?, ?, ?)",
            vec![
                id.as_str().into(),
                i32::from(part.number).into(),
                i64::try_from(part.size).unwrap_or(i64::MAX).into(),
                part.etag.as_str().into(),
            ],
        )
    }

    pub(super) fn parts_of(&self, id: &str) -> Result<Vec<Part>> {
        let query = "SELECT part, size, etag FROM media_parts WHERE media_id = ? ORDER BY part";
        let rows: Vec<PartRow> = self.db()?.rows(query, vec![id.into()])?;
        Ok(rows.into_iter().map(|PartRow { part, size, etag }| Part { number: part, size, etag }).collect())
    }

    /// How many bytes are there, but for those of one part.
    fn bytes_of(&self, id: &str, except: Option<u16>) -> Result<u64> {
        let query = "SELECT sum(size) AS bytes FROM media_parts WHERE media_id = ? AND part IS NOT ?";
        let values = vec![id.into(), except.map(i32::from).into()];
        Ok(self.db()?.rows::<Sum>(query, values)?.first().and_then(|row| row.bytes).unwrap_or(0))
    }
}
