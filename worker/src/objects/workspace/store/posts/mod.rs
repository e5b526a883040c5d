//! Posts with what became of them: the posts and the media that they name; deliveries, their committed spend, and the
//! outcomes that were notified.

pub mod approvals;
pub mod deliveries;
mod list;
pub mod retention;
pub mod stages;

use std::rc::Rc;

use latchkey_core::id::{PostId, TenantId};
use latchkey_core::post::Post;

pub use self::list::Wanted;
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

    pub fn tenant_of(&self, id: &str) -> Result<Option<TenantId>> {
        let rows: Vec<Tenant> = self.db.rows("SELECT tenant_id FROM posts WHERE id = ?", vec![id.into()])?;
        Ok(first_tenant(rows))
    }

    /// One that nobody has named before.
    pub fn add(&self, post: &Post) -> Result<()> {
        self.db.run_by(
            post.approval().map(|approval| approval.expires_at),
            "INSERT INTO posts (id, tenant_id, created_at, scheduled_at, doc) VALUES (?, ?, ?, ?, ?)",
            vec![
                post.id.as_str().into(),
                post.tenant_id().map(TenantId::as_str).into(),
                time(post.created_at),
                post.scheduled_at().map(time).into(),
                doc(post)?,
            ],
        )?;
        self.name_media(post)
    }

    pub fn save(&self, post: &Post) -> Result<()> {
        self.db.run(
            "UPDATE posts SET scheduled_at = ?, doc = ? WHERE id = ?",
            vec![post.scheduled_at().map(time).into(), doc(post)?, post.id.as_str().into()],
        )?;
        self.db.run("DELETE FROM post_media WHERE post_id = ?", vec![post.id.as_str().into()])?;
        self.name_media(post)
    }

    fn name_media(&self, post: &Post) -> Result<()> {
        post.media_ids().try_for_each(|media_id| {
            let insert = "INSERT OR IGNORE INTO post_media (post_id, media_id) VALUES (?, ?)";
            self.db.run_by(None, insert, vec![post.id.as_str().into(), media_id.as_str().into()])
        })
    }

    /// The record goes; what was spent stays counted.
    pub fn close(&self, id: &PostId) -> Result<()> {
        self.db.run("UPDATE posts SET is_deleted = 1 WHERE id = ?", vec![id.as_str().into()])
    }

    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT EXISTS (SELECT 1 FROM posts) AS count", Vec::new())? > 0)
    }
}
