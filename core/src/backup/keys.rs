//! The API keys in a backup. A restore revives keys that were revoked after the file was made, so the operator may
//! leave all keys out.

use super::Entry;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    Keep,
    Drop,
}

impl Keys {
    /// Whether the restore takes an entry: rows of keys in the workspace, and the copies in the objects of single
    /// accounts.
    pub fn takes(self, entry: &Entry) -> bool {
        let is_key = matches!(entry, Entry::Row { table, .. } | Entry::AccountRow { table, .. } if table == "keys");
        self == Self::Keep || !is_key
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    #[test]
    fn dropped_keys_are_those_of_the_workspace_and_of_the_accounts() {
        let row = |table: &str| Entry::Row { table: table.into(), row: Map::new() };
        let copy = |table: &str| Entry::AccountRow { object: "net/1".into(), table: table.into(), row: Map::new() };
        assert!(!Keys::Drop.takes(&row("keys")) && !Keys::Drop.takes(&copy("keys")));
        assert!(Keys::Drop.takes(&row("posts")) && Keys::Drop.takes(&copy("pair")) && Keys::Drop.takes(&Entry::End));
        assert!(Keys::Keep.takes(&row("keys")) && Keys::Keep.takes(&copy("keys")));
    }
}
