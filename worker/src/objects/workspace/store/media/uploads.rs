//! Bytes of media on their way in: parts that are there, and room for parts under way.

use std::rc::Rc;

use latchkey_core::id::MediaId;
use latchkey_core::media::Kind;
use latchkey_core::media::upload::Part;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use crate::error::Result;
use crate::objects::storage::{Db, time};

pub struct Uploads {
    db: Rc<Db>,
}

/// Room for the bytes of one part.
pub struct Room<'a> {
    pub media_id: &'a MediaId,
    pub part: u16,
    pub size: u64,
    /// What the bytes say the file is.
    pub seen: Option<Kind>,
    pub ends_at: UnixMillis,
}

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

impl Uploads {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn parts_of(&self, id: &MediaId) -> Result<Vec<Part>> {
        let query = "SELECT part, size, etag, kind FROM media_parts WHERE media_id = ? ORDER BY part";
        let rows: Vec<PartRow> = self.db.rows(query, vec![id.as_str().into()])?;
        Ok(rows.into_iter().map(|PartRow { part, size, etag, kind }| Part { number: part, size, etag, kind }).collect())
    }

    pub fn save_part(&self, id: &MediaId, part: &Part) -> Result<()> {
        self.db.run(
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

    /// Those that are there, and the room of those on their way.
    pub fn forget_parts(&self, id: &MediaId) -> Result<()> {
        self.db.run("DELETE FROM media_parts WHERE media_id = ?", vec![id.as_str().into()])?;
        self.db.run("DELETE FROM media_reservations WHERE media_id = ?", vec![id.as_str().into()])
    }

    /// What the first part says, the one on its way before the one that is there.
    pub fn kind_seen(&self, id: &MediaId, now: UnixMillis) -> Result<Option<Kind>> {
        let query = "SELECT coalesce(
            (SELECT kind FROM media_reservations WHERE media_id = ?1 AND part = 1 AND kind IS NOT NULL AND ends_at > ?2
                ORDER BY id DESC LIMIT 1),
            (SELECT kind FROM media_parts WHERE media_id = ?1 AND part = 1)) AS kind";
        let rows: Vec<Seen> = self.db.rows(query, vec![id.as_str().into(), time(now)])?;
        Ok(rows.first().and_then(|row| row.kind))
    }

    /// How many bytes are there, but for those of one part.
    pub fn bytes_of(&self, id: &MediaId, except: Option<u16>) -> Result<u64> {
        let query = "SELECT sum(size) AS bytes FROM media_parts WHERE media_id = ? AND part IS NOT ?";
        let values = vec![id.as_str().into(), except.map(i32::from).into()];
        Ok(self.db.rows::<Sum>(query, values)?.first().and_then(|row| row.bytes).unwrap_or(0))
    }

    /// The same, with those that have room while they are on their way.
    pub fn bytes_in_room(&self, id: &MediaId, except: u16, now: UnixMillis) -> Result<u64> {
        let query = "SELECT sum(size) AS bytes FROM (SELECT max(size) AS size FROM (
                SELECT part, size FROM media_parts WHERE media_id = ?1
                UNION ALL SELECT part, size FROM media_reservations WHERE media_id = ?1 AND ends_at > ?3)
            WHERE part <> ?2 GROUP BY part)";
        let values = vec![id.as_str().into(), i32::from(except).into(), time(now)];
        Ok(self.db.rows::<Sum>(query, values)?.first().and_then(|row| row.bytes).unwrap_or(0))
    }

    pub fn reserve(&self, room: &Room<'_>) -> Result<Option<i64>> {
        let insert = "INSERT INTO media_reservations (media_id, part, size, kind, ends_at) VALUES (?, ?, ?, ?, ?)
            RETURNING id";
        let values = vec![
            room.media_id.as_str().into(),
            i32::from(room.part).into(),
            bytes(room.size).into(),
            room.seen.map(Kind::mime).into(),
            time(room.ends_at),
        ];
        Ok(self.db.rows::<Id>(insert, values)?.first().map(|row| row.id))
    }

    pub fn release(&self, reservation: i64) -> Result<()> {
        self.db.run("DELETE FROM media_reservations WHERE id = ?", vec![reservation.into()])
    }

    /// The room of tries whose process died.
    pub fn purge_room(&self, now: UnixMillis) -> Result<()> {
        self.db.run("DELETE FROM media_reservations WHERE ends_at <= ?", vec![time(now)])
    }
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
