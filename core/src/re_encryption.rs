//! A run that re-encrypts every stored value with the first key of the ring, so that an older key can be removed.
//!
//! The run walks by name over all rows with sealed values that live longer than a day: X apps, accounts, webhooks and
//! events.
//! Other values sealed by an older key (sessions, kept answers, superseded secrets) are gone within a day.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::time::{Span, UnixMillis};

/// How long what is not walked over is kept (docs/STORAGE.md).
const SHORT_LIVED: Span = Span::hours(24);

/// Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReEncryption {
    /// The key that seals.
    pub key_id: String,
    pub started_at: UnixMillis,
    pub finished_at: Option<UnixMillis>,
    /// The last name that was walked over. Names are taken in their order.
    pub cursor: String,
    /// Names whose values could not be sealed anew.
    pub failed: Vec<String>,
}

impl ReEncryption {
    pub fn new(key_id: &str, now: UnixMillis) -> Self {
        let (cursor, failed) = (String::new(), Vec::new());
        Self { key_id: key_id.to_owned(), started_at: now, finished_at: None, cursor, failed }
    }

    /// Whether a new call for it joins this run.
    pub fn is_under_way_with(&self, key_id: &str) -> bool {
        self.finished_at.is_none() && self.key_id == key_id
    }

    /// A page of names was walked over; an empty one is the end.
    pub fn walked(&mut self, names: &[String], failed: Vec<String>, now: UnixMillis) {
        self.failed.extend(failed);
        match names.last() {
            Some(last) => self.cursor.clone_from(last),
            None => self.finished_at = Some(now),
        }
    }

    /// `done` of `total` names are behind the cursor. `links_until` is the end of the last address of an approval that an
    /// older key has signed and that can still be answered.
    pub fn view(&self, done: u64, total: u64, links_until: Option<UnixMillis>) -> Value {
        let is_whole = self.failed.is_empty();
        let needed_until = |at: UnixMillis| links_until.map_or(at + SHORT_LIVED, |until| until.max(at + SHORT_LIVED));
        let needed_until = self.finished_at.filter(|_| is_whole).map(|at| needed_until(at).to_iso());
        let status = match self.finished_at {
            None => "running",
            Some(_) if is_whole => "done",
            Some(_) => "incomplete",
        };
        json!({
            "key_id": self.key_id,
            "status": status,
            "done": done,
            "total": total,
            "failed": self.failed,
            "started_at": self.started_at.to_iso(),
            "finished_at": self.finished_at.map(UnixMillis::to_iso),
            "old_keys_needed_until": needed_until,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;

    const T0: UnixMillis = UnixMillis(1_000_000_000);

    fn finished(failed: Vec<String>) -> ReEncryption {
        let mut run = ReEncryption::new("k2", T0);
        run.walked(&["net_1".into(), "net_1/7".into()], failed, T0);
        assert_eq!((run.cursor.as_str(), run.finished_at), ("net_1/7", None));
        run.walked(&[], Vec::new(), T0 + Span::secs(1));
        run
    }

    #[test]
    fn an_old_key_is_needed_for_a_day_after_a_whole_run() {
        let view = finished(Vec::new()).view(2, 2, None);
        assert_eq!(view["status"], "done");
        assert_eq!(view["old_keys_needed_until"], (T0 + Span::secs(1) + Span::hours(24)).to_iso());
    }

    #[test]
    fn an_old_key_is_needed_as_long_as_an_approval_that_it_signed_can_be_answered() {
        let end = T0 + Span::days(7);
        assert_eq!(finished(Vec::new()).view(2, 2, Some(end))["old_keys_needed_until"], end.to_iso());
        let a_day = (T0 + Span::secs(1) + Span::hours(24)).to_iso();
        assert_eq!(finished(Vec::new()).view(2, 2, Some(T0))["old_keys_needed_until"], a_day);
    }

    #[test]
    fn with_one_failure_no_key_may_go() {
        let view = finished(vec!["net_1/7".into()]).view(2, 2, None);
        assert_eq!(view["status"], "incomplete");
        assert_eq!(view["failed"], json!(["net_1/7"]));
        assert_eq!(view["old_keys_needed_until"], Value::Null);
    }

    #[test]
    fn a_run_is_joined_while_it_runs_for_the_same_key() {
        assert!(ReEncryption::new("k2", T0).is_under_way_with("k2"));
        assert!(!ReEncryption::new("k2", T0).is_under_way_with("k3"));
        assert!(!finished(Vec::new()).is_under_way_with("k2"));
    }

    #[test]
    fn re_encryption_v1_format_unchanged() {
        let json = r#"{"key_id":"k2","started_at":1000000000,"finished_at":null,"cursor":"","failed":[]}"#;
        assert_eq!(serde_json::to_string(&ReEncryption::new("k2", T0)).unwrap(), json);
    }
}
