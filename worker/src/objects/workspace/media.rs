//! Media of the workspace: announced, confirmed, shown, and closed after their use.

use std::rc::Rc;

use latchkey_core::api::answer::Answer;
use latchkey_core::api::media::MediaFilter;
use latchkey_core::api::query::Query;
use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;
use latchkey_core::media::upload::{Confirmation, assemble, confirmation, require_quota, require_unused, within};
use latchkey_core::media::{Media, Status};
use latchkey_core::retention::{Kept, SWEEP_EVERY};
use latchkey_core::time::UnixMillis;
use serde::Deserialize;
use worker::SqlStorageValue;

use super::list::{Filter, Listed};
use super::outbox::Errand;
use super::{Arrived, ConfirmPlan, Done, Inner, MediaCommand, MediaRows, Outcome, Remains, go, not_found};
use crate::error::Result;
use crate::objects::storage::{doc, time};
use crate::runtime::now;

#[derive(Deserialize)]
struct Upload {
    upload_id: Option<String>,
}

#[derive(Deserialize)]
struct Name {
    id: String,
}

impl Inner {
    pub(super) fn media_command(&self, command: &MediaCommand, request_id: &str, whose: &Binding) -> Result<Outcome> {
        match command {
            MediaCommand::Announce { said, size, tenant_id } => {
                within(said.kind(), *size, self.settings()?.allowed_media.of_announced(*said))?;
                go(whose.tenant_for(tenant_id.clone())?)
            }
            MediaCommand::Create { media, answer, is_sealed } => {
                self.require_quota(media.tenant_id.as_ref())?;
                self.save_media(media)?;
                Ok(given(answer, *is_sealed))
            }
            MediaCommand::List { query } => go(self.list_media(query, whose)?),
            MediaCommand::Get { id } => go(self.media_for(id, whose)?),
            MediaCommand::PlanConfirm { id, size } => go(self.plan_confirm(id, *size, whose)?),
            MediaCommand::Confirm { media, upload_id, answer, is_sealed } => {
                self.confirm(media, upload_id)?;
                Ok(given(answer, *is_sealed))
            }
            MediaCommand::Reject { media, upload_id, refused } => {
                self.forget_upload(media, upload_id)?;
                Ok(given(&refused.answer(request_id), false))
            }
            MediaCommand::Delete { id } => go(self.delete_media(id, whose)?),
        }
    }

    /// One that is confirmed, deleted or over counts no more.
    fn require_quota(&self, tenant_id: Option<&TenantId>) -> Result<()> {
        let count = |condition: &str, values: Vec<SqlStorageValue>| {
            let pending = "SELECT count(*) AS count FROM media WHERE status = 'pending' AND expires_at > ?1";
            self.db()?.count(&format!("{pending}{condition}"), values)
        };
        let of_tenant = count(" AND tenant_id IS ?2", vec![time(now()), tenant_id.map(TenantId::as_str).into()])?;
        Ok(require_quota(of_tenant, count("", vec![time(now())])?)?)
    }

    pub(super) fn media_named(&self, id: &str) -> Result<Option<Media>> {
        self.db()?.doc("SELECT doc FROM media WHERE id = ?", vec![id.into()])
    }

    /// One that is there for this caller.
    fn media_for(&self, id: &str, whose: &Binding) -> Result<Media> {
        let media = self.media_named(id)?.filter(|media| whose.admits_tenant(media.tenant_id.as_ref()));
        media.ok_or_else(|| not_found("media"))
    }

    pub(super) fn save_media(&self, media: &Media) -> Result<()> {
        let status = if media.is_active() { "active" } else { "pending" };
        self.db()?.run(
            "INSERT INTO media (id, tenant_id, status, expires_at, doc) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
                SET status = excluded.status, expires_at = excluded.expires_at, doc = excluded.doc",
            vec![
                media.id.as_str().into(),
                media.tenant_id.as_ref().map(TenantId::as_str).into(),
                status.into(),
                time(media.expires_at),
                doc(media)?,
            ],
        )
    }

    /// Newest first.
    fn list_media(&self, query: &str, whose: &Binding) -> Result<MediaRows> {
        let mut query = Query::parse(query);
        let filter = MediaFilter::from_query(&mut query)?;
        let warnings = query.finish()?;
        let status = filter.status.map(|status| if status == Status::Active { "active" } else { "pending" });
        let wanted =
            Filter::new("TRUE").of_tenant("tenant_id", whose, filter.tenant_id.as_deref()).given("status = ?", status);
        let Listed { rows, count, pagination } = self.db()?.list("media", "doc", &wanted, &filter.page)?;
        Ok(MediaRows { rows, count, pagination, warnings })
    }

    fn plan_confirm(&self, id: &str, size: Option<u64>, whose: &Binding) -> Result<ConfirmPlan> {
        let media = self.media_for(id, whose)?;
        if media.is_active() {
            return Ok(ConfirmPlan::Active(media));
        }
        let (parts, kind, limits) = (self.parts_of(id)?, self.kind_seen(&media)?, self.settings()?.allowed_media);
        let size = assemble(kind, &parts, &[media.size, size], limits.of(kind))?;
        let upload_id = self.upload_of(id)?.unwrap_or_default();
        Ok(ConfirmPlan::Arrived(Arrived { media, upload_id, parts, size, limits }))
    }

    /// Of two calls at once the second finds it confirmed. If other bytes have come in between, those are confirmed next.
    fn confirm(&self, media: &Media, upload_id: &str) -> Result<()> {
        let current = self.media_named(media.id.as_str())?.ok_or_else(|| not_found("media"))?;
        match confirmation(&current, self.upload_of(media.id.as_str())?.as_deref(), upload_id)? {
            Confirmation::Before => Ok(()),
            Confirmation::Now => self.forget_upload(media, upload_id),
        }
    }

    /// The row as it is now, without an upload.
    pub(super) fn forget_upload(&self, media: &Media, upload_id: &str) -> Result<()> {
        if self.upload_of(media.id.as_str())?.as_deref() != Some(upload_id) {
            return Ok(());
        }
        let id: SqlStorageValue = media.id.as_str().into();
        self.forget_parts(media.id.as_str())?;
        self.db()?.run("UPDATE media SET upload_id = NULL WHERE id = ?", vec![id])?;
        self.save_media(media)
    }

    pub(super) fn upload_of(&self, id: &str) -> Result<Option<String>> {
        let rows: Vec<Upload> = self.db()?.rows("SELECT upload_id FROM media WHERE id = ?", vec![id.into()])?;
        Ok(rows.into_iter().next().and_then(|row| row.upload_id))
    }

    /// What a draft or an unfinished post names stays.
    fn delete_media(&self, id: &str, whose: &Binding) -> Result<Remains> {
        let media = self.media_for(id, whose)?;
        let query = "SELECT post_id AS id FROM media_in_use WHERE media_id = ? LIMIT 1";
        let post: Option<Name> = self.db()?.rows(query, vec![id.into()])?.into_iter().next();
        require_unused(post.as_ref().map(|post| post.id.as_str()))?;
        self.close_media(&media)
    }

    /// The row goes, and the bytes are owed, in one transaction.
    fn close_media(&self, media: &Media) -> Result<Remains> {
        let remains = Remains { key: media.key(), upload_id: self.upload_of(media.id.as_str())? };
        self.owe(&Errand::RemoveMedia(remains.clone()), now())?;
        self.forget_parts(media.id.as_str())?;
        self.db()?.run("DELETE FROM media WHERE id = ?", vec![media.id.as_str().into()])?;
        Ok(remains)
    }

    /// What has expired and is not named by a post that is still to be sent.
    pub(super) fn expire_media(&self, now: UnixMillis) -> Result<()> {
        let query = "SELECT doc FROM media m WHERE expires_at <= ?
            AND NOT EXISTS (SELECT 1 FROM media_in_use u WHERE u.media_id = m.id)";
        let expired: Vec<Media> = self.db()?.docs(query, vec![time(now)])?;
        self.db()?.transaction(|| expired.iter().try_for_each(|media| self.close_media(media).map(drop)))
    }
}

/// Copies of files that posts name by URL.
const FETCHED: &str = "fetched/";

impl Inner {
    /// Whether it is time to look for what crashes left. If this time fails, the next one does it.
    pub(super) fn begin_sweep(&self, now: UnixMillis) -> Result<bool> {
        let due = self.db()?.count("SELECT count(*) AS count FROM sweep WHERE due_at <= ?", vec![time(now)])? > 0;
        if due {
            self.db()?.run("UPDATE sweep SET due_at = ?", vec![time(now + SWEEP_EVERY)])?;
        }
        Ok(due)
    }

    pub(super) async fn sweep_fetched(self: Rc<Self>) -> Result<()> {
        self.app()?.media()?.sweep(FETCHED, Kept::FetchedCopy.span()).await
    }
}

fn given(answer: &Answer, is_sealed: bool) -> Outcome {
    Outcome::Done(Done { answer: answer.clone(), is_replayed: false, is_sealed })
}
