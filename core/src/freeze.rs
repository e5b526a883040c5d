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
pub struct Freeze {
    goal: Goal,
    since: UnixMillis,
    /// The name up to which every object has frozen, or goes on. Names are taken in their order.
    cursor: String,
    /// The last name that was told, once an object behind the cursor had something under way. The walk goes on to the last
    /// object, and comes back to the cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<String>,
    /// The walk has come back: every object was told, and the walk waits for one page after the other.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    are_all_told: bool,
    is_complete: bool,
    /// The backup that this deployment came from.
    restored: Option<String>,
    /// The number of tries to restore a backup. Messages of an earlier try do not disturb a later try.
    attempt: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    #[serde(rename = "stand")]
    Freeze,
    /// A backup is being read in. Nothing of it lives before its last line was read.
    Restore,
    #[serde(rename = "go")]
    Unfreeze,
}

/// When the next page of the walk is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    AtOnce,
    /// After a pause, because of objects that have something under way.
    Again,
    Never,
}

impl Freeze {
    /// What follows `before`.
    pub fn new(goal: Goal, before: Option<Self>, now: UnixMillis) -> Self {
        let (restored, attempt) = before.map_or((None, 0), |before| (before.restored, before.attempt));
        Self {
            goal,
            since: now,
            cursor: String::new(),
            told: None,
            are_all_told: false,
            is_complete: false,
            restored,
            attempt,
        }
    }

    /// Reading in the backup with this id begins.
    #[must_use]
    pub fn restoring(id: &str, before: Option<Self>, now: UnixMillis) -> Self {
        let freeze = Self::new(Goal::Restore, before, now);
        Self { restored: Some(id.to_owned()), attempt: freeze.attempt + 1, ..freeze }
    }

    pub fn is_frozen(&self) -> bool {
        self.goal != Goal::Unfreeze
    }

    /// Rows of a backup are arriving, keys among them.
    pub fn is_restoring(&self) -> bool {
        self.goal == Goal::Restore
    }

    /// Whether the accounts are to be frozen, or to go on. While a backup is read in they are not asked.
    pub const fn freezes(&self) -> Option<bool> {
        match self.goal {
            Goal::Freeze => Some(true),
            Goal::Unfreeze => Some(false),
            Goal::Restore => None,
        }
    }

    /// The name up to which every object has followed.
    pub fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The name behind which the next page begins.
    pub fn position(&self) -> &str {
        self.told.as_ref().unwrap_or(&self.cursor)
    }

    pub const fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Of the backup that is being read in.
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The last line of the backup was read: from here on everything goes.
    #[must_use]
    pub fn restore_ended(self, now: UnixMillis) -> Self {
        Self::new(Goal::Unfreeze, Some(self), now)
    }

    /// Every object is frozen: what is read now is one state of the whole.
    pub fn can_be_copied(&self) -> bool {
        self.goal == Goal::Freeze && self.is_complete
    }

    /// A page of names was asked; none is the end. `has_ended`: nothing is under way any more in any object of the page.
    pub fn walked(&mut self, last: Option<&str>, has_ended: bool) -> Next {
        match (last, self.told.take()) {
            (Some(last), None) if has_ended => last.clone_into(&mut self.cursor),
            (Some(_), None) if self.are_all_told => return Next::Again,
            (Some(last), _) => self.told = Some(last.to_owned()),
            (None, Some(_)) => {
                self.are_all_told = true;
                return Next::Again;
            }
            (None, None) => {
                self.is_complete = true;
                return Next::Never;
            }
        }
        Next::AtOnce
    }

    /// `done` of `total` names are behind the cursor.
    pub fn view(&self, done: u64, total: u64) -> Value {
        let status = match (self.goal, self.is_complete) {
            (Goal::Freeze, false) => "handing_over",
            (Goal::Freeze, true) => "handed_over",
            (Goal::Restore, _) => "restoring",
            (Goal::Unfreeze, false) => "resuming",
            (Goal::Unfreeze, true) => "running",
        };
        view(status, done, total, Some(self.since))
    }
}

/// Whether something may be changed.
pub fn require_running(current: Option<&Freeze>) -> Result<(), Refused> {
    if current.is_some_and(Freeze::is_frozen) { Err(frozen()) } else { Ok(()) }
}

/// `POST /v1/handover`; nothing if the deployment is frozen already.
pub fn begin_freeze(before: Option<Freeze>, now: UnixMillis) -> Option<Freeze> {
    let is_frozen = before.as_ref().is_some_and(Freeze::is_frozen);
    (!is_frozen).then(|| Freeze::new(Goal::Freeze, before, now))
}

/// `DELETE /v1/handover`; nothing if the deployment goes already. What is half restored does not go.
pub fn end_freeze(before: Option<Freeze>, now: UnixMillis) -> Result<Option<Freeze>, Refused> {
    match before.filter(Freeze::is_frozen) {
        Some(before) if before.is_restoring() => {
            Err(frozen().with_hint("Send the whole backup again: POST /v1/import."))
        }
        before => Ok(before.map(|before| Freeze::new(Goal::Unfreeze, Some(before), now))),
    }
}

/// A backup is read only of what is frozen, whole. Answers since when: the same all the while.
pub fn require_copyable(current: Option<&Freeze>) -> Result<UnixMillis, Refused> {
    if let Some(freeze) = current.filter(|freeze| freeze.can_be_copied()) {
        return Ok(freeze.since);
    }
    let message = "This deployment does not stand still, so a copy would not be of one moment.";
    let hint = "POST /v1/handover first, and wait until GET /v1/handover says \"handed_over\".";
    Err(Refused::new(Code::InFlight, message).with_hint(hint))
}

/// Reading in the backup with this id begins; nothing if this very backup is here already. One that broke off is begun
/// anew, with this file or another.
pub fn begin_restore(
    id: &str,
    before: Option<Freeze>,
    is_occupied: bool,
    now: UnixMillis,
) -> Result<Option<Freeze>, Refused> {
    if before.as_ref().is_some_and(Freeze::is_restoring) {
        return Ok(Some(Freeze::restoring(id, before, now)));
    }
    if before.as_ref().is_some_and(|before| before.restored.as_deref() == Some(id)) {
        return Ok(None);
    }
    require_running(before.as_ref())?;
    if is_occupied {
        let refused = Refused::new(Code::InFlight, "This deployment is in use: a backup goes into an empty one.");
        return Err(refused.with_hint("Deploy the Worker under another name, and restore there."));
    }
    Ok(Some(Freeze::restoring(id, before, now)))
}

/// Another try may have begun meanwhile, with this file or another.
pub fn require_restoring(current: Option<Freeze>, attempt: u32) -> Result<Freeze, Refused> {
    let restoring = current.filter(|current| current.is_restoring() && current.attempt == attempt);
    restoring.ok_or_else(|| {
        Refused::new(Code::InFlight, "Another backup is being restored.").with_hint("Wait until it has ended.")
    })
}

/// What the object of an account stores of its own freeze; nothing before the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountFreeze {
    pub is_frozen: bool,
    /// The number of the latest attempt to restore a backup here. An object that was never restored has 0.
    pub attempt: u32,
}

impl AccountFreeze {
    /// Rows of a restore arrive. Answers the freeze to store before the first rows, when all rows of earlier attempts go.
    /// Rows of an earlier attempt, or of an attempt that has ended, are refused.
    pub fn restore(known: Option<Self>, attempt: u32, is_first: bool) -> Result<Option<Self>, Refused> {
        let is_over = |known: Self| known.attempt > attempt || (known.attempt == attempt && !known.is_frozen);
        if known.is_some_and(is_over) {
            return Err(frozen());
        }
        Ok(is_first.then_some(Self { is_frozen: true, attempt }))
    }

    /// A new attempt begins, and may not name this object. Answers the freeze to store when all rows of the attempts before
    /// go; those attempts have ended. Nothing if rows of the new attempt are here already.
    pub fn cleared(known: Option<Self>, attempt: u32) -> Option<Self> {
        let is_here = known.is_some_and(|known| known.attempt >= attempt);
        (!is_here).then_some(Self { is_frozen: false, attempt: attempt.saturating_sub(1) })
    }
}

/// What a call is told that would change something, or call X.
pub fn frozen() -> Refused {
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
    fn rows_of_a_restore_are_taken_from_the_latest_attempt_alone_and_until_it_ends() {
        let known = |is_frozen, attempt| Some(AccountFreeze { is_frozen, attempt });
        let may = |known| AccountFreeze::restore(known, 2, false).is_ok();
        assert!(may(None) && may(known(false, 0)), "an object that was never restored");
        assert!(may(known(true, 1)) && may(known(false, 1)), "after an earlier attempt");
        assert!(may(known(true, 2)) && !may(known(false, 2)), "until the attempt ends");
        assert!(!may(known(true, 3)) && !may(known(false, 3)), "not after a later one has begun");
    }

    #[test]
    fn the_first_rows_of_an_attempt_freeze_the_object_and_the_next_change_nothing() {
        let frozen = Some(AccountFreeze { is_frozen: true, attempt: 2 });
        assert_eq!(AccountFreeze::restore(None, 2, true).ok(), Some(frozen));
        assert_eq!(AccountFreeze::restore(frozen, 2, false).ok(), Some(None));
    }

    #[test]
    fn a_new_attempt_ends_those_before_it_and_leaves_its_own_rows() {
        let known = |is_frozen, attempt| Some(AccountFreeze { is_frozen, attempt });
        for before in [None, known(true, 0), known(true, 1), known(false, 1)] {
            let cleared = AccountFreeze::cleared(before, 2);
            assert_eq!(cleared, known(false, 1));
            assert!(AccountFreeze::restore(cleared, 1, false).is_err(), "late rows of the attempt before");
            assert!(AccountFreeze::restore(cleared, 2, true).is_ok());
        }
        assert_eq!([2, 3].map(|attempt| AccountFreeze::cleared(known(true, attempt), 2)), [None; 2]);
    }

    #[test]
    fn it_can_be_copied_only_when_every_object_stands() {
        let mut freeze = Freeze::new(Goal::Freeze, None, T0);
        assert!(freeze.is_frozen() && !freeze.can_be_copied());
        assert_eq!(freeze.walked(Some("net_1/7"), true), Next::AtOnce);
        assert_eq!((freeze.cursor.as_str(), freeze.can_be_copied()), ("net_1/7", false));
        assert_eq!(freeze.walked(None, true), Next::Never);
        assert!(freeze.can_be_copied());
    }

    #[test]
    fn the_walk_goes_on_past_a_busy_object_and_comes_back_to_it() {
        let mut freeze = Freeze::new(Goal::Freeze, None, T0);
        freeze.walked(Some("a"), true);
        assert_eq!(freeze.walked(Some("b"), false), Next::AtOnce);
        assert_eq!((freeze.cursor(), freeze.position()), ("a", "b"));
        assert_eq!(freeze.walked(Some("c"), true), Next::AtOnce);
        assert_eq!((freeze.cursor(), freeze.position()), ("a", "c"));
        assert_eq!((freeze.walked(None, true), freeze.can_be_copied()), (Next::Again, false));
        assert_eq!(freeze.position(), "a");
        // Everybody is told by now: the walk waits for the busy object, and asks nobody behind it again.
        assert_eq!((freeze.walked(Some("b"), false), freeze.position()), (Next::Again, "a"));
        for name in ["b", "c"] {
            freeze.walked(Some(name), true);
            assert_eq!(freeze.cursor(), name);
        }
        assert_eq!((freeze.walked(None, true), freeze.can_be_copied()), (Next::Never, true));
    }

    #[test]
    fn what_is_being_restored_or_goes_is_not_copied() {
        for goal in [Goal::Restore, Goal::Unfreeze] {
            let mut freeze = Freeze::new(goal, None, T0);
            freeze.walked(None, true);
            assert!(!freeze.can_be_copied());
        }
    }

    #[test]
    fn each_try_to_restore_is_told_from_those_before() {
        let first = Freeze::restoring("a", None, T0);
        let second = Freeze::restoring("a", Some(first.clone()), T0);
        assert_eq!([first.attempt, second.attempt], [1, 2]);
        let gone = Freeze::new(Goal::Unfreeze, Some(second), T0);
        assert_eq!((gone.restored.as_deref(), gone.attempt), (Some("a"), 2));
    }

    #[test]
    fn each_state_has_its_word() {
        let word = |goal, complete| {
            let freeze = Freeze { is_complete: complete, ..Freeze::new(goal, None, T0) };
            freeze.view(1, 2)["status"].as_str().unwrap().to_owned()
        };
        assert_eq!([word(Goal::Freeze, false), word(Goal::Freeze, true)], ["handing_over", "handed_over"]);
        assert_eq!([word(Goal::Restore, false), word(Goal::Unfreeze, false)], ["restoring", "resuming"]);
        assert_eq!(
            [word(Goal::Unfreeze, true), running()["status"].as_str().unwrap().to_owned()],
            ["running", "running"]
        );
    }

    fn code<T>(result: Result<T, Refused>) -> Option<Code> {
        result.err().map(|refused| refused.code)
    }

    const fn in_state(goal: Goal) -> Freeze {
        Freeze {
            goal,
            since: T0,
            cursor: String::new(),
            told: None,
            are_all_told: false,
            is_complete: false,
            restored: None,
            attempt: 0,
        }
    }

    #[test]
    fn nothing_is_changed_while_it_stands_or_is_restored() {
        assert_eq!(code(require_running(None)), None);
        assert_eq!(code(require_running(Some(&in_state(Goal::Unfreeze)))), None);
        for goal in [Goal::Freeze, Goal::Restore] {
            assert_eq!(code(require_running(Some(&in_state(goal)))), Some(Code::InFlight));
        }
    }

    #[test]
    fn a_second_handover_goes_on_with_the_first() {
        assert!(begin_freeze(None, T0).is_some_and(|stands| stands.freezes() == Some(true)));
        assert!(begin_freeze(Some(in_state(Goal::Unfreeze)), T0).is_some());
        assert_eq!(begin_freeze(Some(in_state(Goal::Freeze)), T0), None);
        assert_eq!(begin_freeze(Some(in_state(Goal::Restore)), T0), None);
    }

    #[test]
    fn what_stands_is_taken_back_and_what_is_half_restored_is_not() {
        let goes = end_freeze(Some(in_state(Goal::Freeze)), T0).unwrap().unwrap();
        assert_eq!((goes.freezes(), goes.is_frozen()), (Some(false), false));
        assert!(
            end_freeze(None, T0).unwrap().is_none()
                && end_freeze(Some(in_state(Goal::Unfreeze)), T0).unwrap().is_none()
        );
        let refused = end_freeze(Some(in_state(Goal::Restore)), T0).unwrap_err();
        assert_eq!(refused.hint.as_deref(), Some("Send the whole backup again: POST /v1/import."));
    }

    #[test]
    fn a_copy_is_of_one_moment() {
        let mut freeze = Freeze::new(Goal::Freeze, None, T0);
        assert_eq!(code(require_copyable(Some(&freeze))), Some(Code::InFlight));
        assert_eq!(code(require_copyable(None)), Some(Code::InFlight));
        freeze.walked(None, true);
        assert_eq!(require_copyable(Some(&freeze)).unwrap(), T0);
    }

    #[test]
    fn a_backup_goes_into_a_deployment_that_is_empty_and_goes() {
        assert!(begin_restore("a", None, false, T0).unwrap().is_some_and(|fresh| fresh.attempt() == 1));
        assert_eq!(code(begin_restore("a", None, true, T0)), Some(Code::InFlight));
        assert_eq!(code(begin_restore("a", Some(in_state(Goal::Freeze)), false, T0)), Some(Code::InFlight));
    }

    #[test]
    fn a_restore_that_broke_off_is_begun_anew_whatever_of_it_is_there() {
        let half = begin_restore("a", None, false, T0).unwrap();
        let again = begin_restore("b", half, true, T0).unwrap().unwrap();
        assert_eq!((again.attempt(), again.freezes()), (2, None));
    }

    #[test]
    fn the_same_backup_is_not_read_in_twice() {
        let restored = begin_restore("a", None, false, T0).unwrap().map(|half| half.restore_ended(T0));
        assert!(begin_restore("a", restored.clone(), true, T0).unwrap().is_none());
        assert_eq!(code(begin_restore("b", restored, true, T0)), Some(Code::InFlight), "it is in use by now");
    }

    #[test]
    fn only_rows_of_the_last_try_are_taken() {
        let first = begin_restore("a", None, false, T0).unwrap();
        assert!(require_restoring(first.clone(), 1).is_ok());
        let second = begin_restore("a", first, true, T0).unwrap();
        assert_eq!(code(require_restoring(second, 1)), Some(Code::InFlight));
        assert_eq!(code(require_restoring(Some(in_state(Goal::Unfreeze)), 0)), Some(Code::InFlight));
    }

    #[test]
    fn freeze_v1_format_unchanged() {
        let json = r#"{"goal":"stand","since":1000000000,"cursor":"","is_complete":false,"restored":null,"attempt":0}"#;
        let mut freeze = Freeze::new(Goal::Freeze, None, T0);
        assert_eq!(serde_json::to_string(&freeze).unwrap(), json);
        freeze.walked(Some("b"), false);
        let json = r#"{"goal":"stand","since":1000000000,"cursor":"","told":"b","is_complete":false,"restored":null,"attempt":0}"#;
        assert_eq!(serde_json::to_string(&freeze).unwrap(), json);
    }
}
