//! The import of an account's own recent posts from X, as published posts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::audit::Action;
use crate::id::{AccountId, ImportId};
use crate::time::UnixMillis;
use crate::x::timeline::OwnPost;

/// X lists the latest 3,200 posts of a user (X docs, x-api/posts/timelines/introduction).
pub const MAX_POSTS: u32 = 3200;
/// A page of X's.
pub const PAGE: u32 = 100;

/// Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    pub(crate) id: ImportId,
    pub(crate) account_id: AccountId,
    pub(crate) status: ImportStatus,
    /// How many posts are looked at.
    pub(crate) limit: u32,
    pub(crate) imported: u32,
    /// Those that were here already.
    pub(crate) skipped: u32,
    /// Where X goes on; none before the first page.
    pub(crate) next: Option<String>,
    /// Code and words of what ended it early.
    pub(crate) error: Option<(String, String)>,
    pub(crate) created_at: UnixMillis,
    pub(crate) finished_at: Option<UnixMillis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    Queued,
    Running,
    Completed,
    Failed,
    /// Ended early, with some posts.
    Partial,
}

/// A page of X's, by what an import does with its posts.
#[derive(Debug, PartialEq, Eq)]
pub struct Sorted<'a> {
    pub new: Vec<&'a OwnPost>,
    /// How many are here already.
    pub skipped: u32,
}

impl Import {
    pub fn new(id: ImportId, account_id: AccountId, limit: u32, now: UnixMillis) -> Self {
        Self {
            id,
            account_id,
            status: ImportStatus::Queued,
            limit,
            imported: 0,
            skipped: 0,
            next: None,
            error: None,
            created_at: now,
            finished_at: None,
        }
    }

    pub const fn id(&self) -> &ImportId {
        &self.id
    }

    pub const fn account_id(&self) -> &AccountId {
        &self.account_id
    }

    /// Where X goes on; none before the first page.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// How many posts the next page is to have.
    pub fn wanted(&self) -> u32 {
        self.limit.saturating_sub(self.imported + self.skipped).min(PAGE)
    }

    /// Which posts of a page are entered, `known` being the posts at X that the account has here: published by us or
    /// imported, shown or deleted. X gives at least five a page, which may be more than are wanted.
    pub fn sort<'a>(&self, posts: &'a [OwnPost], known: &BTreeSet<String>) -> Sorted<'a> {
        let wanted = posts.iter().take(self.wanted() as usize);
        let (here, new): (Vec<_>, Vec<_>) = wanted.partition(|post| known.contains(post.id.as_str()));
        Sorted { new, skipped: u32::try_from(here.len()).unwrap_or(u32::MAX) }
    }

    /// The audit's word for an import that is over.
    pub const fn ended_as(&self) -> Option<Action> {
        match self.status {
            ImportStatus::Queued | ImportStatus::Running => None,
            ImportStatus::Completed => Some(Action::ImportCompleted),
            ImportStatus::Failed | ImportStatus::Partial => Some(Action::ImportFailed),
        }
    }

    /// A page was taken in.
    pub fn advance(&mut self, imported: u32, skipped: u32, next: Option<String>, now: UnixMillis) {
        self.imported += imported;
        self.skipped += skipped;
        self.status = ImportStatus::Running;
        self.next = next;
        if self.next.is_none() || self.wanted() == 0 {
            self.status = ImportStatus::Completed;
            self.finished_at = Some(now);
        }
    }

    /// X, or the account, stands in the way.
    pub fn fail(&mut self, code: &str, message: &str, now: UnixMillis) {
        let has_some = self.imported + self.skipped > 0;
        self.status = if has_some { ImportStatus::Partial } else { ImportStatus::Failed };
        self.error = Some((code.to_owned(), message.to_owned()));
        self.finished_at = Some(now);
    }

    pub const fn is_over(&self) -> bool {
        !matches!(self.status, ImportStatus::Queued | ImportStatus::Running)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::x::timeline::own_posts;

    const T0: UnixMillis = UnixMillis(0);

    fn import(limit: u32) -> Import {
        Import::new(ImportId::from_entropy([0; 16]), AccountId::from_entropy([1; 16]), limit, T0)
    }

    #[test]
    fn it_ends_with_xs_last_page_or_at_its_own_limit() {
        let mut import = import(150);
        assert_eq!(import.wanted(), 100);
        import.advance(90, 10, Some("next".into()), T0);
        assert_eq!((import.status, import.wanted()), (ImportStatus::Running, 50));
        import.advance(50, 0, Some("more".into()), T0);
        assert_eq!((import.status, import.imported, import.skipped), (ImportStatus::Completed, 140, 10));
        let mut short = self::import(150);
        short.advance(3, 0, None, T0);
        assert!(short.is_over());
    }

    fn posts(ids: &[&str]) -> Vec<OwnPost> {
        let row = |id: &&str| json!({ "id": id, "text": "hello", "created_at": T0.to_iso() });
        let body = json!({ "data": ids.iter().map(row).collect::<Vec<_>>(), "meta": {} });
        own_posts(&body).map(|page| page.posts).unwrap_or_default()
    }

    #[test]
    fn posts_that_are_here_are_skipped_and_the_others_are_new() {
        let (page, known) = (posts(&["5", "6", "7"]), BTreeSet::from(["6".to_owned(), "8".to_owned()]));
        let import = import(100);
        let Sorted { new, skipped } = import.sort(&page, &known);
        assert_eq!(new.iter().map(|post| post.id.as_str()).collect::<Vec<_>>(), ["5", "7"]);
        assert_eq!(skipped, 1);
    }

    #[test]
    fn posts_beyond_the_limit_are_not_looked_at() {
        let page = posts(&["5", "6", "7", "8", "9"]);
        let import = import(2);
        let Sorted { new, skipped } = import.sort(&page, &BTreeSet::from(["5".to_owned(), "9".to_owned()]));
        assert_eq!((new.len(), skipped), (1, 1));
    }

    #[test]
    fn the_audit_hears_of_an_import_when_it_is_over() {
        let (mut whole, mut failed) = (import(200), import(200));
        assert_eq!(whole.ended_as(), None);
        whole.advance(1, 0, None, T0);
        failed.fail("rate_limited", "too much", T0);
        assert_eq!([whole.ended_as(), failed.ended_as()], [Some(Action::ImportCompleted), Some(Action::ImportFailed)]);
    }

    #[test]
    fn what_ends_early_is_partial_if_it_has_something() {
        let (mut none, mut some) = (import(200), import(200));
        none.fail("rate_limited", "too much", T0);
        some.advance(1, 0, Some("next".into()), T0);
        some.fail("rate_limited", "too much", T0);
        assert_eq!((none.status, some.status), (ImportStatus::Failed, ImportStatus::Partial));
    }

    #[test]
    fn import_v1_format_unchanged() {
        assert_eq!(
            serde_json::to_string(&import(100)).unwrap_or_default(),
            r#"{"id":"imp_AAAAAAAAAAAAAAAAAAAAAA","account_id":"acc_AQEBAQEBAQEBAQEBAQEBAQ","status":"queued","limit":100,"imported":0,"skipped":0,"next":null,"error":null,"created_at":0,"finished_at":null}"#
        );
    }
}
