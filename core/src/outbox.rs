//! Outbox jobs (`OutboxJob`): work that the workspace owes to others, repeated until the target acknowledges the work. Every
//! job can be done twice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::backoff;
use crate::delivery::Delivery;
use crate::id::{AccountId, ImportId, KeyId, NetworkId};
use crate::media::PendingCleanup;
use crate::network::ClientRef;
use crate::time::Span;

/// Longer than the calls to X that a job makes.
const LEASE: Span = Span::mins(1);
/// Jobs that run side by side.
pub const BATCH: u32 = 100;
/// A delivery that is handed over as soon as it is committed is due after so long without a word, by the alarm.
pub const UNACKNOWLEDGED: Span = Span::secs(5);
const PAUSE: (Span, Span) = (Span::secs(1), Span::mins(1));

/// Stored as JSON; the format is pinned by a test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum OutboxJob {
    Enqueue {
        object: String,
        delivery: Box<Delivery>,
    },
    /// A held delivery is to be tried now.
    Retry {
        object: String,
        delivery: Box<Delivery>,
    },
    /// A row was closed. What that means for the tokens is looked up when the job is run: the person may have
    /// connected again since.
    Release {
        account_id: AccountId,
        network_id: NetworkId,
        x_user_id: String,
    },
    /// The X app has another client id: the tokens of its accounts are of no use any more.
    ClientChanged {
        object: String,
        client_id: String,
        /// The row, and the client as it was last. Jobs of before do not say: what they find is discarded all the same.
        #[serde(default)]
        account_id: Option<AccountId>,
        #[serde(default)]
        before: Option<ClientRef>,
    },
    /// The X app works again.
    AppMended {
        object: String,
    },
    /// An account's own posts are to be entered.
    Import {
        id: ImportId,
    },
    /// A deleted key is to open no door of an account either.
    ForgetKey {
        object: String,
        id: KeyId,
    },
    /// A secret version that is no longer current, a day after it was superseded or never taken into use, and after X has
    /// revoked what it takes to revoke.
    ForgetSecret {
        network_id: NetworkId,
        version: u32,
    },
    /// A medium was deleted or has expired.
    RemoveMedia(PendingCleanup),
    /// Another upload has taken its place.
    AbandonUpload {
        key: String,
        upload_id: String,
    },
}

/// Jobs that one call does, with the rows that they came from.
#[derive(Debug)]
pub struct Batch<R> {
    pub rows: Vec<R>,
    pub work: Work,
}

#[derive(Debug)]
pub enum Work {
    /// Deliveries for one account's object, in order.
    Enqueue(String, Vec<Delivery>),
    Other(OutboxJob),
}

/// Jobs that are due.
#[derive(Debug)]
pub struct Due<R> {
    /// One batch for each account's object. Whoever runs them waits for them.
    pub deliveries: Vec<Batch<R>>,
    /// Each by itself, beside the deliveries: these wait for X.
    pub others: Vec<Batch<R>>,
}

impl OutboxJob {
    /// How the job begins. A job that nobody waits for begins anew when nothing is heard of it; a job in which the
    /// process died three times steps back, so that the rest goes on.
    pub fn lease(&self, deaths: u32) -> backoff::Lease {
        let is_awaited = matches!(self, Self::Enqueue { .. });
        backoff::Lease::new(deaths, (!is_awaited).then_some(LEASE))
    }
}

/// How long a job waits that has failed so often.
pub fn pause(failures: u32) -> Span {
    backoff::pause(PAUSE.0, PAUSE.1, failures)
}

/// Deliveries for one account go together and in order; then everything else.
pub fn batches<R>(due: impl IntoIterator<Item = (R, OutboxJob)>) -> Due<R> {
    let mut queues: BTreeMap<String, (Vec<R>, Vec<Delivery>)> = BTreeMap::new();
    let mut others = Vec::new();
    for (row, job) in due {
        match job {
            OutboxJob::Enqueue { object, delivery } => {
                let (rows, deliveries) = queues.entry(object).or_default();
                rows.push(row);
                deliveries.push(*delivery);
            }
            other => others.push(Batch { rows: vec![row], work: Work::Other(other) }),
        }
    }
    let batch = |(object, (rows, deliveries))| Batch { rows, work: Work::Enqueue(object, deliveries) };
    Due { deliveries: queues.into_iter().map(batch).collect(), others }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::delivery;

    fn enqueue(object: &str) -> OutboxJob {
        OutboxJob::Enqueue { object: object.to_owned(), delivery: Box::new(delivery(1)) }
    }

    fn import() -> OutboxJob {
        OutboxJob::Import { id: ImportId::from_entropy([0; 16]) }
    }

    #[test]
    fn deliveries_of_one_account_are_one_batch_in_their_order() {
        let due = batches([(1, enqueue("b")), (2, import()), (3, enqueue("a")), (4, enqueue("b"))]);
        let rows: Vec<Vec<i32>> = due.deliveries.iter().map(|batch| batch.rows.clone()).collect();
        assert_eq!(rows, [vec![3], vec![1, 4]]);
        let count = |batch: &Batch<i32>| match &batch.work {
            Work::Enqueue(_, deliveries) => deliveries.len(),
            Work::Other(_) => 0,
        };
        assert_eq!(due.deliveries.iter().map(count).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn what_is_no_delivery_is_a_batch_by_itself() {
        let due = batches([(1, import()), (2, import())]);
        assert!(due.deliveries.is_empty());
        assert_eq!(due.others.iter().map(|batch| batch.rows.clone()).collect::<Vec<_>>(), [vec![1], vec![2]]);
    }

    #[test]
    fn a_job_that_nobody_waits_for_has_a_lease() {
        assert_eq!(enqueue("a").lease(0).span, None);
        assert_eq!(import().lease(1).span, Some(LEASE));
        assert!(!import().lease(1).is_suspect && import().lease(2).is_suspect && enqueue("a").lease(2).is_suspect);
    }

    #[test]
    fn a_failed_job_waits_a_second_doubling_to_a_minute() {
        assert_eq!([1, 2, 6, 7, 50].map(|failures| pause(failures).as_secs()), [1, 2, 32, 60, 60]);
    }

    #[test]
    fn outbox_job_v1_format_unchanged() {
        let network_id = NetworkId::from_entropy([0; 16]);
        let stored = [
            (
                OutboxJob::ForgetSecret { network_id, version: 2 },
                r#"{"ForgetSecret":{"network_id":"net_AAAAAAAAAAAAAAAAAAAAAA","version":2}}"#,
            ),
            (OutboxJob::AppMended { object: "o".into() }, r#"{"AppMended":{"object":"o"}}"#),
            (
                OutboxJob::RemoveMedia(PendingCleanup { key: "k".into(), upload_id: None }),
                r#"{"RemoveMedia":{"key":"k","upload_id":null}}"#,
            ),
            (
                OutboxJob::AbandonUpload { key: "k".into(), upload_id: "u".into() },
                r#"{"AbandonUpload":{"key":"k","upload_id":"u"}}"#,
            ),
            (import(), r#"{"Import":{"id":"imp_AAAAAAAAAAAAAAAAAAAAAA"}}"#),
        ];
        for (job, expected) in stored {
            assert_eq!(serde_json::to_string(&job).unwrap_or_default(), expected);
        }
        let of_before = r#"{"ClientChanged":{"object":"o","client_id":"c"}}"#;
        let read = serde_json::from_str(of_before);
        assert!(matches!(read, Ok(OutboxJob::ClientChanged { account_id: None, before: None, .. })));
    }
}
