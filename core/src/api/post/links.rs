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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;
    use crate::approval::{Decision, Requester};
    use crate::fixtures::{T0, account, delivery, post};
    use crate::post::By;
    use crate::post_change::{answer, expire};
    use crate::time::Span;

    fn ring() -> Keyring {
        Keyring::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap()
    }

    fn shown(post: &Post, may_approve: bool, now: UnixMillis) -> Option<Value> {
        let ring = ring();
        approval_view(post, &Links { ring: &ring, workspace: "main", origin: "https://c.example", now, may_approve })
    }

    fn asking() -> Post {
        let requester = Requester { key_id: "key_1".into(), name: "Agent".into() };
        let mut post = post("hello");
        post.ask_approval(By { requester, may_publish: false, at: T0, lifetime: Span::days(7) });
        post
    }

    #[test]
    fn the_address_that_answers_is_for_readers_who_may_answer() {
        let (of_publisher, of_other) = (shown(&asking(), true, T0).unwrap(), shown(&asking(), false, T0).unwrap());
        assert!(of_publisher["url"].as_str().unwrap().starts_with("https://c.example/approve/"));
        assert_eq!(of_other["page"], format!("https://c.example/#/posts/{}", asking().id));
        assert!(!of_other.to_string().contains("/approve/"));
    }

    #[test]
    fn what_cannot_be_answered_any_more_has_no_address() {
        let end = T0 + Span::days(7);
        let late = shown(&asking(), true, end).unwrap();
        assert_eq!(
            (late["status"].as_str(), late.get("url")),
            (Some("expired"), None),
            "before the alarm has noted it"
        );
        let no = Decision::Reject { note: Some("No.".into()) };
        let rejected = answer(&asking(), &[(delivery(2), account(2))], &no, None, "link", T0).unwrap().unwrap();
        let view = shown(&rejected, true, T0).unwrap();
        assert_eq!((view["note"].as_str(), view["decided_by"].as_str()), (Some("No."), Some("link")));
        assert!([view, shown(&expire(&asking()), true, T0).unwrap()].iter().all(|view| view.get("url").is_none()));
        assert_eq!(shown(&post("hello"), true, T0), None, "it has never asked");
    }
}
