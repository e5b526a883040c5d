//! Media of the workspace: announced, confirmed, shown, and closed after their use.

use latchkey_core::api::media::MediaFilter;
use latchkey_core::api::query::Query;
use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;
use latchkey_core::media::upload::{Confirmation, assemble, confirmation, require_unused, within};
use latchkey_core::media::{Kind, Limits, Media, upload};
use latchkey_core::outbox::OutboxJob;
use latchkey_core::time::{Span, UnixMillis};

use super::{Done, Workspace, given, not_found, planned};
use crate::error::Result;
use crate::objects::workspace::store::list::Listed;
use crate::rpc::workspace::{
    AnnounceMedia, Arrived, ConfirmPlan, DeleteMedia, EnterMedia, GetMedia, ListMedia, MediaCommand, MediaRows,
    Outcome, PendingCleanup, PlanConfirmation,
};
use crate::runtime::now;

/// A post whose end is not heard of keeps its expired media for so long at a time.
const IN_USE_FOR: Span = Span::hours(1);

pub fn command(w: &Workspace, command: &MediaCommand, request_id: &str, binding: &Binding) -> Result<Done<Outcome>> {
    match command {
        MediaCommand::Announce(asked @ AnnounceMedia { said, size, tenant_id }) => {
            within(said.kind(), *size, w.store.settings.get()?.allowed_media.of_announced(*said))?;
            planned(asked, binding.tenant_for(tenant_id.clone())?)
        }
        MediaCommand::Create { media, answer, is_sealed } => {
            require_quota(w, media.tenant_id.as_ref())?;
            w.store.media.save(media)?;
            Ok(given(answer, *is_sealed).did(audited(Action::MediaCreated, media)))
        }
        MediaCommand::Enter(asked @ EnterMedia(media)) => planned(asked, enter(w, media, binding)?),
        MediaCommand::Keep { media, answer, is_sealed } => {
            // It may have been deleted since.
            w.store.media.find(media.id.as_str())?.ok_or_else(|| not_found("media"))?;
            w.store.media.save(media)?;
            Ok(given(answer, *is_sealed).did(audited(Action::MediaCreated, media)))
        }
        MediaCommand::GiveUp { media, refused } => {
            close(w, media)?;
            Ok(given(&refused.answer(request_id), false))
        }
        MediaCommand::List(asked @ ListMedia { query }) => planned(asked, list(w, query, binding)?),
        MediaCommand::Get(asked @ GetMedia { id }) => planned(asked, media_for(w, id, binding)?),
        MediaCommand::PlanConfirm(asked @ PlanConfirmation { id, size }) => {
            planned(asked, plan_confirm(w, id, *size, binding)?)
        }
        MediaCommand::Confirm { media, upload_id, answer, is_sealed } => {
            confirm(w, media, upload_id)?;
            Ok(given(answer, *is_sealed))
        }
        MediaCommand::Reject { media, upload_id, refused } => {
            forget_upload(w, media, upload_id)?;
            Ok(given(&refused.answer(request_id), false))
        }
        MediaCommand::Delete(asked @ DeleteMedia { id }) => planned(asked, delete(w, id, binding)?),
    }
}

/// A row for bytes that are on their way.
fn enter(w: &Workspace, media: &Media, binding: &Binding) -> Result<(Media, Limits)> {
    let mut media = media.clone();
    media.tenant_id = binding.tenant_for(media.tenant_id)?;
    require_quota(w, media.tenant_id.as_ref())?;
    w.store.media.save(&media)?;
    Ok((media, w.store.settings.get()?.allowed_media))
}

/// Newest first.
fn list(w: &Workspace, query: &str, binding: &Binding) -> Result<MediaRows> {
    let mut query = Query::parse(query);
    let filter = MediaFilter::from_query(&mut query)?;
    let warnings = query.finish()?;
    let Listed { rows, count, pagination } = w.store.media.list(&filter, binding)?;
    Ok(MediaRows { rows, count, pagination, warnings })
}

/// What the first part says; until one is seen, what was announced.
pub fn kind_seen(w: &Workspace, media: &Media) -> Result<Kind> {
    Ok(w.store.uploads.kind_seen(&media.id, now())?.unwrap_or(media.kind()))
}

/// What has expired goes, unless a post that is still to be sent names it. The end of the post looks at it again.
pub fn expire(w: &Workspace, now: UnixMillis) -> Result<()> {
    let expired = w.store.media.expired(now)?;
    w.store.transaction(|| {
        expired.iter().try_for_each(|(media, is_used)| {
            if *is_used { w.store.media.put_off(&media.id, now + IN_USE_FOR) } else { close(w, media).map(drop) }
        })
    })
}

/// One that is confirmed, deleted or over counts no more.
fn require_quota(w: &Workspace, tenant_id: Option<&TenantId>) -> Result<()> {
    let of_tenant = w.store.media.pending_of(tenant_id, now())?;
    Ok(upload::require_quota(of_tenant, w.store.media.pending(now())?)?)
}

/// One that is there for this caller.
fn media_for(w: &Workspace, id: &str, binding: &Binding) -> Result<Media> {
    let media = w.store.media.find(id)?.filter(|media| binding.admits_tenant(media.tenant_id.as_ref()));
    media.ok_or_else(|| not_found("media"))
}

fn plan_confirm(w: &Workspace, id: &str, size: Option<u64>, binding: &Binding) -> Result<ConfirmPlan> {
    let media = media_for(w, id, binding)?;
    if media.is_active() {
        return Ok(ConfirmPlan::Active(media));
    }
    let (parts, kind, limits) =
        (w.store.uploads.parts_of(&media.id)?, kind_seen(w, &media)?, w.store.settings.get()?.allowed_media);
    let size = assemble(kind, &parts, &[media.size(), size], limits.of(kind))?;
    let upload_id = w.store.media.upload_of(&media.id)?.unwrap_or_default();
    Ok(ConfirmPlan::Arrived(Arrived { media, upload_id, parts, size, limits }))
}

/// Of two calls at once the second finds it confirmed. If other bytes have come in between, those are confirmed next.
fn confirm(w: &Workspace, media: &Media, upload_id: &str) -> Result<()> {
    let current = w.store.media.find(media.id.as_str())?.ok_or_else(|| not_found("media"))?;
    match confirmation(&current, w.store.media.upload_of(&media.id)?.as_deref(), upload_id)? {
        Confirmation::Before => Ok(()),
        Confirmation::Now => forget_upload(w, media, upload_id),
    }
}

/// The row as it is now, without an upload.
pub fn forget_upload(w: &Workspace, media: &Media, upload_id: &str) -> Result<()> {
    if w.store.media.upload_of(&media.id)?.as_deref() != Some(upload_id) {
        return Ok(());
    }
    w.store.uploads.forget_parts(&media.id)?;
    w.store.media.set_upload(&media.id, None)?;
    w.store.media.save(media)
}

/// What a draft or an unfinished post names stays.
fn delete(w: &Workspace, id: &str, binding: &Binding) -> Result<Done<PendingCleanup>> {
    let media = media_for(w, id, binding)?;
    require_unused(w.store.media.post_with(id)?.as_deref())?;
    Ok(Done::from(close(w, &media)?).did(audited(Action::MediaDeleted, &media)))
}

fn audited(action: Action, media: &Media) -> Audited {
    Audited::on(action, media.tenant_id.as_ref(), media.id.as_str())
}

/// The row goes, and the bytes are owed, in one transaction.
fn close(w: &Workspace, media: &Media) -> Result<PendingCleanup> {
    let cleanup = PendingCleanup { key: media.key(), upload_id: w.store.media.upload_of(&media.id)? };
    w.store.outbox.add(&OutboxJob::RemoveMedia(cleanup.clone()), now())?;
    w.store.uploads.forget_parts(&media.id)?;
    w.store.media.delete(&media.id)?;
    Ok(cleanup)
}
