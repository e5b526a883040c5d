//! A frozen deployment: it accepts nothing, sends nothing and refreshes no token, so that all rows can be copied. X's
//! refresh tokens work once, so of two copies only one may go on.
//!
//! The workspace freezes at once. Then the workspace walks by name over the objects of accounts, and each object
//! freezes itself.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::refusal::{Code, Refused};
use crate::time::UnixMillis;

/// Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standstill {
    pub goal: Goal,
    pub since: UnixMillis,
    /// The last name that was walked over. Names are taken in their order.
    pub cursor: String,
    pub is_complete: bool,
    /// The backup that this deployment came from.
    pub restored: Option<String>,
    /// The number of tries to restore a backup. Messages of an earlier try do not disturb a later try.
    pub attempt: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    Stand,
    /// A backup is being read in. Nothing of it lives before its last line was read.
    Restore,
    Go,
}

impl Standstill {
    /// What follows `before`.
    pub fn new(goal: Goal, before: Option<Self>, now: UnixMillis) -> Self {
        let (restored, attempt) = before.map_or((None, 0), |before| (before.restored, before.attempt));
        Self { goal, since: now, cursor: String::new(), is_complete: false, restored, attempt }
    }

    /// Reading in the backup with this id begins.
    #[must_use]
    pub fn restoring(id: &str, before: Option<Self>, now: UnixMillis) -> Self {
        let standstill = Self::new(Goal::Restore, before, now);
        Self { restored: Some(id.to_owned()), attempt: standstill.attempt + 1, ..standstill }
    }

    pub fn is_standing(&self) -> bool {
        self.goal != Goal::Go
    }

    /// Every object stands still: what is read now is one state of the whole.
    pub fn can_be_copied(&self) -> bool {
        self.goal == Goal::Stand && self.is_complete
    }

    /// A page of names was walked over; none is the end.
    pub fn walked(&mut self, last: Option<&str>) {
        match last {
            Some(last) => last.clone_into(&mut self.cursor),
            None => self.is_complete = true,
        }
    }

    /// `done` of `total` names are behind the cursor.
    pub fn view(&self, done: u64, total: u64) -> Value {
        let status = match (self.goal, self.is_complete) {
            (Goal::Stand, false) => "handing_over",
            (Goal::Stand, true) => "handed_over",
            (Goal::Restore, _) => "restoring",
            (Goal::Go, false) => "resuming",
            (Goal::Go, true) => "running",
        };
        view(status, done, total, Some(self.since))
    }
}

/// What a call is told that would change something, or call X.
pub fn stands_still() -> Refused {
    let refused = Refused::new(Code::InFlight, "This deployment stands still: it is being moved or copied.");
    refused.with_hint("Use the deployment that it moved to, or take it back: DELETE /v1/handover.")
}

/// Of a deployment that has never stood still.
pub fn running() -> Value {
    view("running", 0, 0, None)
}

fn view(status: &str, done: u64, total: u64, since: Option<UnixMillis>) -> Value {
    json!({ "status": status, "done": done, "total": total, "since": since.map(UnixMillis::to_iso) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;

    const T0: UnixMillis = UnixMillis(1_000_000_000);

    #[test]
    fn it_can_be_copied_only_when_every_object_stands() {
        let mut standstill = Standstill::new(Goal::Stand, None, T0);
        assert!(standstill.is_standing() && !standstill.can_be_copied());
        standstill.walked(Some("net_1/7"));
        assert_eq!((standstill.cursor.as_str(), standstill.can_be_copied()), ("net_1/7", false));
        standstill.walked(None);
        assert!(standstill.can_be_copied());
    }

    #[test]
    fn what_is_being_restored_or_goes_is_not_copied() {
        for goal in [Goal::Restore, Goal::Go] {
            let mut standstill = Standstill::new(goal, None, T0);
            standstill.walked(None);
            assert!(!standstill.can_be_copied());
        }
    }

    #[test]
    fn each_try_to_restore_is_told_from_those_before() {
        let first = Standstill::restoring("a", None, T0);
        let second = Standstill::restoring("a", Some(first.clone()), T0);
        assert_eq!([first.attempt, second.attempt], [1, 2]);
        let gone = Standstill::new(Goal::Go, Some(second), T0);
        assert_eq!((gone.restored.as_deref(), gone.attempt), (Some("a"), 2));
    }

    #[test]
    fn each_state_has_its_word() {
        let word = |goal, complete| {
            let standstill = Standstill { is_complete: complete, ..Standstill::new(goal, None, T0) };
            standstill.view(1, 2)["status"].as_str().unwrap().to_owned()
        };
        assert_eq!([word(Goal::Stand, false), word(Goal::Stand, true)], ["handing_over", "handed_over"]);
        assert_eq!([word(Goal::Restore, false), word(Goal::Go, false)], ["restoring", "resuming"]);
        assert_eq!([word(Goal::Go, true), running()["status"].as_str().unwrap().to_owned()], ["running", "running"]);
    }

    #[test]
    fn standstill_v1_format_unchanged() {
        let json = r#"{"goal":"stand","since":1000000000,"cursor":"","is_complete":false,"restored":null,"attempt":0}"#;
        assert_eq!(serde_json::to_string(&Standstill::new(Goal::Stand, None, T0)).unwrap(), json);
    }
}
