//! Posts with what became of them: the posts and the media that they name; deliveries, their committed spend, and the
//! outcomes that were notified.

pub mod deliveries;

use std::rc::Rc;

use latchkey_core::api::post::PostFilter;
use latchkey_core::delivery::State;
use latchkey_core::id::{AccountId, PostId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::post::Post;

use super::list::{Filter, Listed};
use super::tables::{Tenant, first_tenant};
use crate::error::Result;
use crate::objects::storage::{Db, doc, time};

/// The media that drafts and unfinished posts name.
pub const MEDIA_IN_USE: &str = "SELECT media_id, post_id FROM media_in_use";
/// The media that posts name, whatever became of the posts.
pub const MEDIA_NAMED: &str = "SELECT media_id, post_id FROM post_media";

pub struct Posts {
    db: Rc<Db>,
}

impl Posts {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn find(&self, id: &str) -> Result<Option<Post>> {
        self.db.doc("SELECT doc FROM posts WHERE id = ? AND is_deleted = 0", vec![id.into()])
    }

    pub fn list(&self, filter: &PostFilter, binding: &Binding) -> Result<Listed<Post>> {
        self.db.list("posts p", "doc", &wanted(filter, binding), &filter.page)
    }

    pub fn tenant_of(&self, id: &str) -> Result<Option<TenantId>> {
        let rows: Vec<Tenant> = self.db.rows("SELECT tenant_id FROM posts WHERE id = ?", vec![id.into()])?;
        Ok(first_tenant(rows))
    }

    pub fn save(&self, post: &Post) -> Result<()> {
        let tenant_id = post.tenant_id().map(TenantId::as_str);
        self.db.run(
            "INSERT INTO posts (id, tenant_id, created_at, scheduled_at, doc) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET scheduled_at = excluded.scheduled_at, doc = excluded.doc",
            vec![
                post.id.as_str().into(),
                tenant_id.into(),
                time(post.created_at),
                post.scheduled_at().map(time).into(),
                doc(post)?,
            ],
        )?;
        self.db.run("DELETE FROM post_media WHERE post_id = ?", vec![post.id.as_str().into()])?;
        post.media_ids().try_for_each(|media_id| {
            let insert = "INSERT OR IGNORE INTO post_media (post_id, media_id) VALUES (?, ?)";
            self.db.run(insert, vec![post.id.as_str().into(), media_id.as_str().into()])
        })
    }

    /// The record goes; what was spent stays counted.
    pub fn close(&self, id: &PostId) -> Result<()> {
        self.db.run("UPDATE posts SET is_deleted = 1 WHERE id = ?", vec![id.as_str().into()])
    }

    pub fn count(&self) -> Result<u64> {
        self.db.count("SELECT count(*) AS count FROM posts WHERE is_deleted = 0", Vec::new())
    }

    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT count(*) AS count FROM posts", Vec::new())? > 0)
    }
}

/// The filters as SQL over `posts p`.
fn wanted(filter: &PostFilter, binding: &Binding) -> Filter {
    let of_account = "EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.account_id = ?)";
    let of_no_other = "NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.account_id <> ?)";
    Filter::new("p.is_deleted = 0")
        .given("p.tenant_id = ?", binding.tenant_id.as_ref().map(TenantId::as_str))
        .given(of_no_other, binding.account_id.as_ref().map(AccountId::as_str))
        .given("p.tenant_id = ?", filter.tenant_id.as_deref())
        .given(of_account, filter.social_account_id.as_deref())
        .given(&of_status(filter.status.as_deref()), filter.status.as_deref())
        .given("p.created_at > ?", filter.created_after.map(time))
        .given("p.created_at < ?", filter.created_before.map(time))
        .given("p.scheduled_at > ?", filter.scheduled_after.map(time))
        .given("p.scheduled_at < ?", filter.scheduled_before.map(time))
}

/// One of the original's four words, or an exact state.
fn of_status(status: Option<&str>) -> String {
    let meant = match status {
        Some("pending") => &[State::Queued, State::Publishing, State::Held, State::Unknown][..],
        Some("deleted") => &[State::Deleted, State::Cancelled],
        _ => &[],
    };
    let listed: Vec<String> = meant.iter().map(|state| format!("'{}'", state.as_str())).collect();
    // The word itself is bound once, whatever it is.
    format!(
        "EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id AND d.state IN (?{}{}))",
        if listed.is_empty() { "" } else { ", " },
        listed.join(", ")
    )
}
