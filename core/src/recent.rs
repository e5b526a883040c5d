//! What has changed lately, for callers that show it (docs/API.md, section 8, "Changes"). Kept in memory: a cursor of
//! another process, or one from too long ago, finds that everything may have changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::Action;
use crate::id::TenantId;
use crate::key::Binding;
use crate::webhook::Subject;

/// Pairs of tenant and topic. The one that changed longest ago makes room.
const MOST: usize = 1_000;

/// What a change is of, as far as a page has to know what to ask for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Accounts,
    Posts,
    /// Apps, keys, webhooks, settings, the audit.
    Other,
}

impl Topic {
    pub const ALL: &[Self] = &[Self::Accounts, Self::Posts, Self::Other];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Posts => "posts",
            Self::Other => "other",
        }
    }

    pub const fn of(action: Action) -> Self {
        match action {
            Action::AccountConnected | Action::AccountTokenExpired | Action::AccountDisconnected => Self::Accounts,
            Action::PostCreated
            | Action::PostChanged
            | Action::PostDeleted
            | Action::PostDeletedAtX
            | Action::PostRetried
            | Action::PostResolved
            | Action::PostApprovalRequested
            | Action::PostApproved
            | Action::PostRejected
            | Action::PostApprovalExpired
            | Action::ImportCompleted => Self::Posts,
            _ => Self::Other,
        }
    }

    pub const fn of_subject(subject: Subject) -> Self {
        match subject {
            Subject::Account => Self::Accounts,
            Subject::Post => Self::Posts,
            Subject::Network | Subject::Webhook => Self::Other,
        }
    }
}

pub struct Recent {
    /// The name of the process: another one has counted other changes.
    process: String,
    last: u64,
    /// The number of the last change of each.
    changes: BTreeMap<(Option<TenantId>, Topic), u64>,
    /// Changes up to this number may be forgotten.
    forgotten: u64,
}

impl Recent {
    pub const fn new(process: String) -> Self {
        Self { process, last: 0, changes: BTreeMap::new(), forgotten: 0 }
    }

    pub fn note(&mut self, tenant_id: Option<&TenantId>, topic: Topic) {
        self.last += 1;
        self.changes.insert((tenant_id.cloned(), topic), self.last);
        if self.changes.len() > MOST {
            self.forget_the_oldest();
        }
    }

    fn forget_the_oldest(&mut self) {
        let oldest = self.changes.iter().min_by_key(|(_, number)| **number);
        if let Some((change, number)) = oldest.map(|(change, number)| (change.clone(), *number)) {
            self.changes.remove(&change);
            self.forgotten = number;
        }
    }

    /// Where the changes end now.
    pub fn cursor(&self) -> String {
        format!("{}.{}", self.process, self.last)
    }

    /// What has changed behind the cursor, of what the caller may see. Without a cursor nothing has.
    pub fn since(&self, cursor: Option<&str>, binding: &Binding) -> BTreeSet<Topic> {
        let Some(cursor) = cursor else { return BTreeSet::new() };
        let Some(number) = self.number_of(cursor) else { return Topic::ALL.iter().copied().collect() };
        let seen = self
            .changes
            .iter()
            .filter(|((tenant_id, _), at)| **at > number && binding.admits_tenant(tenant_id.as_ref()));
        seen.map(|((_, topic), _)| *topic).collect()
    }

    /// None if there may be changes behind the cursor that are not known any more.
    fn number_of(&self, cursor: &str) -> Option<u64> {
        let (process, number) = cursor.rsplit_once('.')?;
        let number = number.parse().ok()?;
        (process == self.process && (self.forgotten..=self.last).contains(&number)).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }

    fn of(name: &str) -> Binding {
        Binding { tenant_id: Some(tenant(name)), account_id: None }
    }

    fn everything() -> Vec<Topic> {
        Topic::ALL.to_vec()
    }

    fn since(recent: &Recent, cursor: &str, binding: &Binding) -> Vec<Topic> {
        recent.since(Some(cursor), binding).into_iter().collect()
    }

    #[test]
    fn a_cursor_is_behind_what_it_has_seen() {
        let mut recent = Recent::new("p".to_owned());
        let before = recent.cursor();
        assert_eq!(since(&recent, &before, &Binding::default()), []);
        recent.note(None, Topic::Posts);
        let between = recent.cursor();
        recent.note(None, Topic::Accounts);
        assert_eq!(since(&recent, &before, &Binding::default()), [Topic::Accounts, Topic::Posts]);
        assert_eq!(since(&recent, &between, &Binding::default()), [Topic::Accounts]);
        assert_eq!(since(&recent, &recent.cursor(), &Binding::default()), []);
        assert!(recent.since(None, &Binding::default()).is_empty());
    }

    #[test]
    fn a_tenants_key_hears_of_its_tenant_alone() {
        let mut recent = Recent::new("p".to_owned());
        let before = recent.cursor();
        recent.note(Some(&tenant("one")), Topic::Posts);
        recent.note(None, Topic::Other);
        assert_eq!(since(&recent, &before, &of("one")), [Topic::Posts]);
        assert_eq!(since(&recent, &before, &of("two")), []);
        assert_eq!(since(&recent, &before, &Binding::default()), [Topic::Posts, Topic::Other]);
    }

    #[test]
    fn a_cursor_that_is_not_understood_finds_everything_changed() {
        let mut recent = Recent::new("p".to_owned());
        recent.note(None, Topic::Posts);
        for cursor in ["", "p", "p.", "p.2", "q.1", "p.-1", "p.1.1"] {
            assert_eq!(since(&recent, cursor, &Binding::default()), everything(), "{cursor}");
        }
        assert_eq!(since(&recent, "p.1", &Binding::default()), []);
    }

    #[test]
    fn what_is_forgotten_may_have_changed_and_little_is_kept() {
        let mut recent = Recent::new("p".to_owned());
        let before = recent.cursor();
        for at in 0..=MOST {
            recent.note(Some(&tenant(&format!("t{at}"))), Topic::Posts);
        }
        assert_eq!(recent.changes.len(), MOST);
        assert_eq!(since(&recent, &before, &of("none")), everything());
        assert_eq!(since(&recent, "p.1", &of("none")), []);
        assert_eq!(since(&recent, "p.1", &of(&format!("t{MOST}"))), [Topic::Posts]);
    }
}
