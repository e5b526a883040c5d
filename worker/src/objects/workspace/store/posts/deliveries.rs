//! Deliveries: one post for one account. Beside each the spend that it commits, and the version whose outcome was
//! notified.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use latchkey_core::account::Account;
use latchkey_core::announcement::Notified;
use latchkey_core::budget;
use latchkey_core::delivery::{Delivery, LATE, State};
use latchkey_core::id::{AccountId, NetworkId, PostId, XPostId};
use latchkey_core::retention::KeepDays;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::price::Micros;
use serde::Deserialize;

use crate::error::Result;
use crate::objects::storage::{Db, doc, read, time};
use crate::objects::workspace::store::accounts;
use crate::runtime::now;

/// What deliveries are still to cost, and when.
pub const COMMITTED: &str = "SELECT post_id, due_at, micros FROM dues";

/// A delivery, and the account that it is for.
pub type Addressed = (Delivery, Account);

pub struct Deliveries {
    db: Rc<Db>,
}

#[derive(Deserialize)]
struct InState {
    state: State,
    /// Of the post.
    is_draft: Option<u8>,
}

#[derive(Deserialize)]
struct Published {
    id: Option<String>,
}

/// A delivery with its account, and the version whose outcome was notified, if that was asked for.
#[derive(Deserialize)]
struct Joined {
    delivery: String,
    account: String,
    notified: Option<u32>,
}

impl Deliveries {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn find(&self, post_id: &str, account_id: &str) -> Result<Option<Delivery>> {
        let query = "SELECT doc FROM deliveries WHERE post_id = ? AND account_id = ?";
        self.db.doc(query, vec![post_id.into(), account_id.into()])
    }

    /// The deliveries of a post with the accounts they are for, deleted accounts too.
    pub fn of_post(&self, post_id: &PostId) -> Result<Vec<(Delivery, Account)>> {
        Ok(self.with_outcomes(post_id)?.0)
    }

    /// The same, and the outcomes that were notified.
    pub fn with_outcomes(&self, post_id: &PostId) -> Result<(Vec<Addressed>, Vec<Notified>)> {
        let query = format!(
            "SELECT d.doc AS delivery, a.doc AS account, n.edition AS notified
                FROM deliveries d JOIN ({}) a ON a.id = d.account_id
                LEFT JOIN announced n ON n.post_id = d.post_id AND n.account_id = d.account_id
                WHERE d.post_id = +? ORDER BY d.post_id, d.account_id",
            accounts::ROWS
        );
        let (mut deliveries, mut outcomes) = (Vec::new(), Vec::new());
        for Joined { delivery, account, notified } in self.db.rows(&query, vec![post_id.as_str().into()])? {
            let (delivery, account): (Delivery, Account) = (read(&delivery)?, read(&account)?);
            outcomes.extend(notified.map(|version| Notified { account_id: account.id.clone(), version }));
            deliveries.push((delivery, account));
        }
        Ok((deliveries, outcomes))
    }

    /// The same of several posts. Each delivery names its post. An account is read once, however many deliveries it has.
    pub fn of_posts<'a>(&self, ids: impl Iterator<Item = &'a PostId>) -> Result<Vec<(Delivery, Account)>> {
        let ids = serde_json::to_string(&ids.map(PostId::as_str).collect::<Vec<_>>())?;
        let query = "SELECT doc FROM deliveries WHERE post_id IN (SELECT value FROM json_each(?))
            ORDER BY post_id, account_id";
        let deliveries: Vec<Delivery> = self.db.docs(query, vec![ids.into()])?;
        let ids: BTreeSet<&str> = deliveries.iter().map(|delivery| delivery.account_id.as_str()).collect();
        let query = format!("SELECT doc FROM ({}) WHERE id IN (SELECT value FROM json_each(?))", accounts::ROWS);
        let accounts: Vec<Account> = self.db.docs(&query, vec![serde_json::to_string(&ids)?.into()])?;
        let accounts: BTreeMap<AccountId, Account> =
            accounts.into_iter().map(|account| (account.id.clone(), account)).collect();
        let with_account = |delivery: Delivery| Some((accounts.get(&delivery.account_id)?.clone(), delivery));
        Ok(deliveries.into_iter().filter_map(with_account).map(|(account, delivery)| (delivery, account)).collect())
    }

    /// Nothing happens to a post that a caller could wait for: it is final, or a draft, or asks for approval.
    pub fn is_settled(&self, post_id: &PostId) -> Result<bool> {
        Ok(self.states_of(post_id)?.iter().all(|row| row.state.is_final() || row.is_draft == Some(1)))
    }

    pub fn are_all_final(&self, post_id: &PostId) -> Result<bool> {
        Ok(self.states_of(post_id)?.iter().all(|row| row.state.is_final()))
    }

    fn states_of(&self, post_id: &PostId) -> Result<Vec<InState>> {
        let query = "SELECT state, (SELECT json_extract(doc, '$.is_draft') FROM posts
                WHERE id = post_id AND is_deleted = 0) AS is_draft FROM deliveries WHERE post_id = ?";
        self.db.rows(query, vec![post_id.as_str().into()])
    }

    /// What an account was to be sent and nobody sends: its drafts, and what waits for approval.
    pub fn idle_of(&self, account_id: &AccountId) -> Result<Vec<Delivery>> {
        let query = "SELECT doc FROM deliveries WHERE account_id = ?1 AND state = 'queued' AND watch_at IS NULL
            UNION ALL SELECT doc FROM deliveries WHERE account_id = ?1 AND state = 'held'
            AND json_extract(doc, '$.error.code') = 'approval_required'";
        self.db.docs(query, vec![account_id.as_str().into()])
    }

    /// Accounts whose deliveries are late. They are asked again after as long.
    pub fn take_late(&self, now: UnixMillis) -> Result<Vec<Account>> {
        let rows = accounts::ROWS;
        let late =
            format!("SELECT doc FROM ({rows}) WHERE id IN (SELECT account_id FROM deliveries WHERE watch_at <= ?)");
        let accounts = self.db.docs(&late, vec![time(now)])?;
        self.db.run("UPDATE deliveries SET watch_at = ? WHERE watch_at <= ?", vec![time(now + LATE), time(now)])?;
        Ok(accounts)
    }

    /// Accounts of an app with deliveries that are held.
    pub fn holding_accounts(&self, network_id: &NetworkId) -> Result<Vec<Account>> {
        let rows = accounts::ROWS;
        let query = format!(
            "SELECT doc FROM ({rows}) WHERE network_id = ? AND id IN (SELECT account_id FROM deliveries WHERE state = 'held')"
        );
        self.db.docs(&query, vec![network_id.as_str().into()])
    }

    /// The delivery that the app's pause has held for longest.
    pub fn oldest_held(&self, network_id: &NetworkId) -> Result<Option<Delivery>> {
        let query = format!(
            "SELECT d.doc AS doc FROM deliveries d JOIN ({}) a ON a.id = d.account_id WHERE d.state = 'held'
            AND a.network_id = ?
            AND json_extract(d.doc, '$.error.code') IN ('credits_depleted', 'app_read_only', 'app_not_enrolled', 'x_refused')
            ORDER BY json_extract(d.doc, '$.run_at') LIMIT 1",
            accounts::ROWS
        );
        self.db.doc(&query, vec![network_id.as_str().into()])
    }

    /// The posts at X that an account has here already, published by us or imported, shown or deleted; and those among
    /// `listed` that it had.
    pub fn published_ids_of<'a>(
        &self,
        account_id: &AccountId,
        listed: impl Iterator<Item = &'a XPostId>,
    ) -> Result<BTreeSet<String>> {
        let query = "SELECT json_extract(s.value, '$.platform_post_id') AS id
            FROM deliveries d, json_each(d.doc, '$.segments') s WHERE d.account_id = ?1
            UNION ALL SELECT x_post_id FROM purged_x_ids
            WHERE account_id = ?1 AND x_post_id IN (SELECT value FROM json_each(?2))";
        let listed = serde_json::to_string(&listed.map(XPostId::as_str).collect::<Vec<_>>())?;
        let rows: Vec<Published> = self.db.rows(query, vec![account_id.as_str().into(), listed.into()])?;
        Ok(rows.into_iter().filter_map(|row| row.id).collect())
    }

    /// A delivery as its account reports it, or in a new version; an older one than is known changes nothing, nor does one
    /// of a post that is purged. It is looked after when its account is late with it.
    pub fn save(&self, delivery: &Delivery) -> Result<()> {
        self.write(delivery, delivery.late_at(), false)
    }

    /// A delivery that nobody is to send.
    pub fn save_idle(&self, delivery: &Delivery) -> Result<()> {
        self.write(delivery, None, true)
    }

    fn write(&self, delivery: &Delivery, watch_at: Option<UnixMillis>, is_idle: bool) -> Result<()> {
        // The post may have ended with it.
        let wanted = watch_at.or_else(|| delivery.state().is_final().then(|| KeepDays::LEAST.expires_at(now())));
        let spent = i64::try_from(delivery.spent().0).unwrap_or(i64::MAX);
        let is_written = self.db.wrote_by(
            wanted,
            "INSERT INTO deliveries (post_id, account_id, state, edition, revision, watch_at, spent, spent_at, doc)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE EXISTS (SELECT 1 FROM posts WHERE id = ?1)
                ON CONFLICT (post_id, account_id) DO UPDATE SET state = excluded.state, edition = excluded.edition,
                revision = excluded.revision, watch_at = excluded.watch_at, spent = excluded.spent,
                spent_at = coalesce(spent_at, excluded.spent_at), doc = excluded.doc
                WHERE (excluded.edition, excluded.revision) > (edition, revision) RETURNING edition",
            vec![
                delivery.post_id.as_str().into(),
                delivery.account_id.as_str().into(),
                delivery.state().as_str().into(),
                i64::from(delivery.version()).into(),
                i64::try_from(delivery.revision()).unwrap_or(i64::MAX).into(),
                watch_at.map(time).into(),
                spent.into(),
                delivery.spent_at(now()).map(time).into(),
                doc(delivery)?,
            ],
        )?;
        if is_written { self.note_committed(delivery, is_idle) } else { Ok(()) }
    }

    /// What a delivery is still to cost, as long as somebody is to send it.
    fn note_committed(&self, delivery: &Delivery, is_idle: bool) -> Result<()> {
        let (post, account) = (delivery.post_id.as_str().into(), delivery.account_id.as_str().into());
        let Some(Micros(owed)) = budget::committed_by(delivery, is_idle) else {
            let delete = "DELETE FROM dues WHERE post_id = ? AND account_id = ?";
            return self.db.run_by(None, delete, vec![post, account]);
        };
        let micros = i64::try_from(owed).unwrap_or(i64::MAX);
        self.db.run_by(
            None,
            "INSERT OR REPLACE INTO dues (post_id, account_id, due_at, micros) VALUES (?, ?, ?, ?)",
            vec![post, account, time(delivery.run_at), micros.into()],
        )
    }

    pub fn remember_notified(&self, id: &PostId, outcome: &Notified) -> Result<()> {
        let insert = "INSERT OR REPLACE INTO announced (post_id, account_id, edition) VALUES (?, ?, ?)";
        let (account_id, version) = (outcome.account_id.as_str(), i64::from(outcome.version));
        self.db.run_by(None, insert, vec![id.as_str().into(), account_id.into(), version.into()])
    }
}

/// A delivery whose account is late with it.
pub fn next_late() -> String {
    "SELECT min(watch_at) FROM deliveries WHERE watch_at IS NOT NULL".to_owned()
}
