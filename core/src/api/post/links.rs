//! The addresses in a post's row. Each is made as it is shown; none is stored.

use serde_json::{Value, json};

use crate::approval::Approval;
use crate::id::{MediaId, PostId};
use crate::media::link::Use;
use crate::post::Post;
use crate::seal::Keyring;
use crate::time::UnixMillis;

/// What addresses are made of.
#[derive(Clone, Copy)]
pub struct Links<'a> {
    pub ring: &'a Keyring,
    pub workspace: &'a str,
    /// Of this deployment, as people see it.
    pub origin: &'a str,
    pub now: UnixMillis,
    /// Whether the reader may answer a request for approval: whoever asks must not be able to.
    pub may_approve: bool,
}

impl Links<'_> {
    /// The signed address of a medium.
    pub fn file(&self, id: &MediaId) -> String {
        Use::Read.address(self.ring, self.origin, id, self.now)
    }

    /// The post in the dashboard, which asks whoever opens it to sign in.
    fn page(&self, id: &PostId) -> String {
        format!("{}/#/posts/{id}", self.origin)
    }

    /// The page that needs no sign-in.
    fn approval(&self, post: &Post) -> Option<String> {
        let link = post.approval_link(self.now).filter(|_| self.may_approve)?;
        Some(format!("{}/approve/{}", self.origin, link.token(self.ring, self.workspace)))
    }
}

/// What a post has asked for, as callers see it; none of a post that has asked for nothing.
pub fn approval_view(post: &Post, links: &Links<'_>) -> Option<Value> {
    let approval = post.approval()?;
    let mut view = json!({
        "status": approval.status_at(links.now).as_str(),
        "number": approval.number,
        "requested_at": approval.requested_at.to_iso(),
        "requested_by": { "key_id": approval.requested_by.key_id, "name": approval.requested_by.name },
        "page": links.page(&post.id),
        "expires_at": approval.expires_at.to_iso(),
    });
    let fields = view.as_object_mut()?;
    if let Some(url) = links.approval(post) {
        fields.insert("url".into(), json!(url));
    }
    fields.extend(decision_fields(approval));
    Some(view)
}

fn decision_fields(approval: &Approval) -> impl Iterator<Item = (String, Value)> {
    let decided = approval.decided.iter().flat_map(|decided| {
        let note = decided.note.as_ref().map(|note| ("note", json!(note)));
        [("decided_at", json!(decided.at.to_iso())), ("decided_by", json!(decided.by))].into_iter().chain(note)
    });
    decided.map(|(name, value)| (name.to_owned(), value))
}
