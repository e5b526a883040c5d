//! Media, and which upload of R2 each is on its way in by.

pub mod uploads;

use std::rc::Rc;

use latchkey_core::api::media::MediaFilter;
use latchkey_core::id::{MediaId, PostId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::media::{Media, Status};
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use super::list::{Filter, Kinds, Listed};
use super::posts::{MEDIA_IN_USE, MEDIA_NAMED};
use crate::error::Result;
use crate::objects::storage::{Db, doc, read, time};

/// Media whose bytes have not been confirmed and may still come.
const PENDING: &str = "SELECT count(*) AS count FROM media WHERE status = 'pending' AND expires_at > ?1";

/// When a medium is looked at for its end.
const LOOK: &str = "coalesce(look_at, expires_at)";
/// How many media one alarm looks at. The next alarm is due while there are more.
const LOOKED_AT_ONCE: u32 = 200;

pub struct MediaRows {
    db: Rc<Db>,
}

#[derive(Deserialize)]
struct Upload {
    upload_id: Option<String>,
}

#[derive(Deserialize)]
struct Expired {
    doc: String,
    is_used: u8,
}

impl MediaRows {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn find(&self, id: &str) -> Result<Option<Media>> {
        self.db.doc("SELECT doc FROM media WHERE id = ?", vec![id.into()])
    }

    pub fn list(&self, filter: &MediaFilter, binding: &Binding) -> Result<Listed<Media>> {
        let status = filter.status.map(|status| if status == Status::Active { "active" } else { "pending" });
        let wanted = Filter::counted("media", "TRUE")
            .of_tenant("tenant_id", binding, filter.tenant_id.as_deref())
            .of_kinds("status = +?", status, Kinds::Like(status.unwrap_or_default().to_owned()));
        self.db.list("media", "doc", &wanted, &filter.page)
    }

    pub fn save(&self, media: &Media) -> Result<()> {
        let status = if media.is_active() { "active" } else { "pending" };
        self.db.run(
            "INSERT INTO media (id, tenant_id, status, expires_at, doc) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
                SET status = excluded.status, expires_at = excluded.expires_at, look_at = NULL, doc = excluded.doc",
            vec![
                media.id.as_str().into(),
                media.tenant_id.as_ref().map(TenantId::as_str).into(),
                status.into(),
                time(media.expires_at()),
                doc(media)?,
            ],
        )
    }

    pub fn delete(&self, id: &MediaId) -> Result<()> {
        self.db.run("DELETE FROM media WHERE id = ?", vec![id.as_str().into()])
    }

    /// How many are pending of a tenant, or of none.
    pub fn pending_of(&self, tenant_id: Option<&TenantId>, now: UnixMillis) -> Result<u64> {
        let query = format!("{PENDING} AND tenant_id IS ?2");
        self.db.count(&query, vec![time(now), tenant_id.map(TenantId::as_str).into()])
    }

    /// How many are pending in all.
    pub fn pending(&self, now: UnixMillis) -> Result<u64> {
        self.db.count(PENDING, vec![time(now)])
    }

    /// A draft or an unfinished post that names the medium.
    pub fn post_with(&self, id: &str) -> Result<Option<String>> {
        let query = format!("SELECT post_id AS name FROM ({MEDIA_IN_USE}) WHERE media_id = ? LIMIT 1");
        Ok(self.db.names(&query, vec![id.into()])?.into_iter().next())
    }

    /// Some of what has expired, the oldest first; with each whether a post that is still to be sent names it.
    pub fn expired(&self, now: UnixMillis) -> Result<Vec<(Media, bool)>> {
        let query = format!(
            "SELECT doc, EXISTS (SELECT 1 FROM ({MEDIA_IN_USE}) u WHERE u.media_id = m.id) AS is_used FROM media m
            WHERE {LOOK} <= ? ORDER BY {LOOK} LIMIT {LOOKED_AT_ONCE}"
        );
        let rows: Vec<Expired> = self.db.rows(&query, vec![time(now)])?;
        rows.into_iter().map(|row| Ok((read(&row.doc)?, row.is_used != 0))).collect()
    }

    /// A medium in use is kept, and looked at again at this time.
    pub fn put_off(&self, id: &MediaId, until: UnixMillis) -> Result<()> {
        self.db.run("UPDATE media SET look_at = ? WHERE id = ?", vec![time(until), id.as_str().into()])
    }

    /// The post may need its media no more: those that were put off are looked at when they expire.
    pub fn look_again(&self, post_id: &PostId) -> Result<()> {
        let update = format!(
            "UPDATE media SET look_at = NULL WHERE look_at IS NOT NULL
            AND id IN (SELECT media_id FROM ({MEDIA_NAMED}) WHERE post_id = ?)"
        );
        self.db.run(&update, vec![post_id.as_str().into()])
    }

    pub fn upload_of(&self, id: &MediaId) -> Result<Option<String>> {
        let rows: Vec<Upload> = self.db.rows("SELECT upload_id FROM media WHERE id = ?", vec![id.as_str().into()])?;
        Ok(rows.into_iter().next().and_then(|row| row.upload_id))
    }

    pub fn set_upload(&self, id: &MediaId, upload_id: Option<&str>) -> Result<()> {
        self.db.run("UPDATE media SET upload_id = ? WHERE id = ?", vec![upload_id.into(), id.as_str().into()])
    }

    /// Answers the upload that the medium has from here on: the first one counts.
    pub fn join_upload(&self, id: &MediaId, upload_id: &str) -> Result<Option<String>> {
        let update = "UPDATE media SET upload_id = coalesce(upload_id, ?) WHERE id = ?";
        self.db.run(update, vec![upload_id.into(), id.as_str().into()])?;
        self.upload_of(id)
    }
}

/// The earliest that is to be looked at.
pub fn next_expiry() -> String {
    format!("SELECT min({LOOK}) FROM media")
}
