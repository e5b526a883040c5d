//! The workspace store's tables: documents of core's types beside the columns that find the rows (docs/STORAGE.md).

use std::collections::BTreeSet;

use latchkey_core::account::Account;
use latchkey_core::api::settings::{Spent, SpentOnDay};
use latchkey_core::budget::Month;
use latchkey_core::delivery::{Delivery, LATE};
use latchkey_core::id::{AccountId, NetworkId, PostId, TenantId};
use latchkey_core::idempotency::Row;
use latchkey_core::network::Network;
use latchkey_core::post::{Post, means_every};
use latchkey_core::retention::Kept;
use latchkey_core::settings::Settings;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use super::Inner;
use crate::error::Result;
use crate::objects::storage::{doc, time};
use crate::runtime::now;

#[derive(Deserialize)]
struct Last {
    last: u32,
}

/// A row that was there to be written.
#[derive(Deserialize)]
struct Written {}

impl Inner {
    pub(super) fn network(&self, id: &str) -> Result<Option<Network>> {
        self.db()?.doc("SELECT doc FROM networks WHERE id = ? AND is_deleted = 0", vec![id.into()])
    }

    pub(super) fn network_even_deleted(&self, id: &NetworkId) -> Result<Option<Network>> {
        self.db()?.doc("SELECT doc FROM networks WHERE id = ?", vec![id.as_str().into()])
    }

    /// The network of exactly this tenant, or the one with none. `SQLite`'s unique index needs a value: none is "".
    pub(super) fn network_of(&self, tenant_id: &str) -> Result<Option<Network>> {
        self.db()?.doc("SELECT doc FROM networks WHERE tenant_id = ? AND is_deleted = 0", vec![tenant_id.into()])
    }

    pub(super) fn networks(&self) -> Result<Vec<Network>> {
        self.db()?.docs("SELECT doc FROM networks WHERE is_deleted = 0 ORDER BY rowid", Vec::new())
    }

    /// The apps that X refuses at the moment.
    pub(super) fn paused_networks(&self) -> Result<BTreeSet<NetworkId>> {
        let paused = self.networks()?.into_iter().filter(|network| network.paused().is_some());
        Ok(paused.map(|network| network.id).collect())
    }

    pub(super) fn save_network(&self, network: &Network) -> Result<()> {
        let tenant_id = network.tenant_id.as_ref().map_or("", |tenant_id| tenant_id.as_str());
        self.db()?.run(
            "INSERT INTO networks (id, tenant_id, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
            vec![network.id.as_str().into(), tenant_id.into(), doc(network)?],
        )
    }

    /// A version number that nobody else gets.
    pub(super) fn next_secret_version(&self, id: &NetworkId) -> Result<u32> {
        let rows: Vec<Last> = self.db()?.rows(
            "INSERT INTO secret_versions (network_id, last) VALUES (?, 1)
                ON CONFLICT (network_id) DO UPDATE SET last = last + 1 RETURNING last",
            vec![id.as_str().into()],
        )?;
        Ok(rows.first().map_or(1, |row| row.last))
    }

    pub(super) fn accounts(&self) -> Result<Vec<Account>> {
        self.db()?.docs("SELECT doc FROM accounts WHERE is_deleted = 0 ORDER BY created_at DESC, id", Vec::new())
    }

    /// Those that `names` may mean: ids, usernames, or every one.
    pub(super) fn accounts_named(&self, names: &[String]) -> Result<Vec<Account>> {
        if names.iter().any(|name| means_every(name)) {
            return self.accounts();
        }
        let keys: Vec<String> =
            names.iter().flat_map(|name| [name.clone(), name.trim_start_matches('@').to_lowercase()]).collect();
        // One value however many there are: a statement here takes a hundred at most.
        let keys = serde_json::to_string(&keys)?;
        let query = "SELECT doc FROM accounts WHERE is_deleted = 0 AND (id IN (SELECT value FROM json_each(?1))
            OR username IN (SELECT value FROM json_each(?1)))";
        self.db()?.docs(query, vec![keys.into()])
    }

    pub(super) fn account(&self, id: &str) -> Result<Option<Account>> {
        self.db()?.doc("SELECT doc FROM accounts WHERE id = ? AND is_deleted = 0", vec![id.into()])
    }

    pub(super) fn account_even_deleted(&self, id: &AccountId) -> Result<Option<Account>> {
        self.db()?.doc("SELECT doc FROM accounts WHERE id = ?", vec![id.as_str().into()])
    }

    /// The rows of one X user under one app, deleted ones too: a reconnection revives its own.
    pub(super) fn accounts_of_user(
        &self,
        network_id: &NetworkId,
        x_user_id: &str,
        even_deleted: bool,
    ) -> Result<Vec<Account>> {
        self.db()?.docs(
            "SELECT doc FROM accounts WHERE network_id = ? AND x_user_id = ? AND is_deleted <= ?",
            vec![network_id.as_str().into(), x_user_id.into(), i32::from(even_deleted).into()],
        )
    }

    pub(super) fn accounts_of_network(&self, network_id: &NetworkId) -> Result<Vec<Account>> {
        let query = "SELECT doc FROM accounts WHERE network_id = ? AND is_deleted = 0";
        self.db()?.docs(query, vec![network_id.as_str().into()])
    }

    /// Writes a row and brings a deleted one back.
    pub(super) fn save_account(&self, account: &Account) -> Result<()> {
        let tenant_id = account.tenant_id.as_ref().map_or("", |tenant_id| tenant_id.as_str());
        self.db()?.run(
            "INSERT INTO accounts (id, network_id, tenant_id, x_user_id, username, created_at, doc)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc,
                username = excluded.username, is_deleted = 0",
            vec![
                account.id.as_str().into(),
                account.network_id.as_str().into(),
                tenant_id.into(),
                account.user.id.as_str().into(),
                account.user.username.to_lowercase().into(),
                time(account.created_at),
                doc(account)?,
            ],
        )
    }

    pub(super) fn save_post(&self, post: &Post) -> Result<()> {
        let tenant_id = post.tenant_id.as_ref().map(TenantId::as_str);
        self.db()?.run(
            "INSERT INTO posts (id, tenant_id, created_at, scheduled_at, doc) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET scheduled_at = excluded.scheduled_at, doc = excluded.doc",
            vec![
                post.id.as_str().into(),
                tenant_id.into(),
                time(post.created_at),
                post.scheduled_at.map(time).into(),
                doc(post)?,
            ],
        )?;
        self.db()?.run("DELETE FROM post_media WHERE post_id = ?", vec![post.id.as_str().into()])?;
        post.media_ids().try_for_each(|media_id| {
            let insert = "INSERT OR IGNORE INTO post_media (post_id, media_id) VALUES (?, ?)";
            self.db()?.run(insert, vec![post.id.as_str().into(), media_id.as_str().into()])
        })
    }

    pub(super) fn post(&self, id: &str) -> Result<Option<Post>> {
        self.db()?.doc("SELECT doc FROM posts WHERE id = ? AND is_deleted = 0", vec![id.into()])
    }

    /// The record goes; what was spent stays counted.
    pub(super) fn delete_post_record(&self, id: &PostId) -> Result<()> {
        self.db()?.run("UPDATE posts SET is_deleted = 1 WHERE id = ?", vec![id.as_str().into()])
    }

    /// A delivery as its account reports it, or in a new edition; an older one than is known changes nothing. It is
    /// looked after when its account is late with it.
    pub(super) fn save_delivery(&self, delivery: &Delivery) -> Result<()> {
        self.write_delivery(delivery, delivery.late_at(), false)
    }

    /// A delivery that nobody is to send.
    pub(super) fn save_idle_delivery(&self, delivery: &Delivery) -> Result<()> {
        self.write_delivery(delivery, None, true)
    }

    fn write_delivery(&self, delivery: &Delivery, watch_at: Option<UnixMillis>, is_idle: bool) -> Result<()> {
        let spent = i64::try_from(delivery.spent().0).unwrap_or(i64::MAX);
        let written: Vec<Written> = self.db()?.rows(
            "INSERT INTO deliveries (post_id, account_id, state, edition, revision, watch_at, spent, spent_at, doc)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
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
        if written.is_empty() { Ok(()) } else { self.note_dues(delivery, is_idle) }
    }

    pub(super) fn delivery(&self, post_id: &str, account_id: &str) -> Result<Option<Delivery>> {
        let query = "SELECT doc FROM deliveries WHERE post_id = ? AND account_id = ?";
        self.db()?.doc(query, vec![post_id.into(), account_id.into()])
    }

    /// What an account was to be sent and nobody sends: its drafts.
    pub(super) fn idle_deliveries(&self, account_id: &AccountId) -> Result<Vec<Delivery>> {
        let query = "SELECT doc FROM deliveries WHERE account_id = ? AND state = 'queued' AND watch_at IS NULL";
        self.db()?.docs(query, vec![account_id.as_str().into()])
    }

    /// Accounts whose deliveries are late. They are asked again after as long.
    pub(super) fn late_accounts(&self, now: UnixMillis) -> Result<Vec<Account>> {
        let late = "SELECT doc FROM accounts WHERE id IN (SELECT account_id FROM deliveries WHERE watch_at <= ?)";
        let accounts = self.db()?.docs(late, vec![time(now)])?;
        self.db()?.run("UPDATE deliveries SET watch_at = ? WHERE watch_at <= ?", vec![time(now + LATE), time(now)])?;
        Ok(accounts)
    }

    /// Accounts of a network with deliveries that are held.
    pub(super) fn holding_accounts(&self, network_id: &NetworkId) -> Result<Vec<Account>> {
        let query = "SELECT doc FROM accounts WHERE network_id = ? AND id IN (SELECT account_id FROM deliveries WHERE state = 'held')";
        self.db()?.docs(query, vec![network_id.as_str().into()])
    }

    /// The delivery that the network's pause has held for longest.
    pub(super) fn oldest_held(&self, network_id: &NetworkId) -> Result<Option<Delivery>> {
        let query =
            "SELECT d.doc AS doc FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.state = 'held'
            AND a.network_id = ?
            AND json_extract(d.doc, '$.error.code') IN ('credits_depleted', 'app_read_only', 'app_not_enrolled', 'x_refused')
            ORDER BY json_extract(d.doc, '$.run_at') LIMIT 1";
        self.db()?.doc(query, vec![network_id.as_str().into()])
    }

    pub(super) fn settings(&self) -> Result<Settings> {
        Ok(self.db()?.doc("SELECT doc FROM settings", Vec::new())?.unwrap_or_default())
    }

    pub(super) fn save_settings(&self, settings: &Settings) -> Result<()> {
        self.db()?.run("INSERT OR REPLACE INTO settings (id, doc) VALUES (1, ?)", vec![doc(settings)?])
    }

    /// What each tenant spent in a month, on posts and on what was passed on.
    pub(super) fn spent_in(&self, month: Month) -> Result<Vec<Spent>> {
        self.db()?.rows(
            "SELECT tenant_id, sum(micros) AS micros, sum(posts) AS posts FROM (
                SELECT p.tenant_id AS tenant_id, sum(d.spent) AS micros, count(DISTINCT d.post_id) AS posts
                    FROM deliveries d JOIN posts p ON p.id = d.post_id WHERE d.spent_at >= ?1 AND d.spent_at < ?2
                    GROUP BY p.tenant_id
                UNION ALL SELECT nullif(a.tenant_id, '') AS tenant_id, sum(s.micros) AS micros, 0 AS posts
                    FROM spending s JOIN accounts a ON a.id = s.account_id WHERE s.month = ?1 AND s.micros > 0
                    GROUP BY a.tenant_id)
                GROUP BY tenant_id ORDER BY tenant_id",
            vec![time(month.start), time(month.end)],
        )
    }

    /// What each tenant's posts cost on each day of a month.
    pub(super) fn spent_by_day(&self, month: Month) -> Result<Vec<SpentOnDay>> {
        self.db()?.rows(
            "SELECT p.tenant_id AS tenant_id, d.spent_at / 86400000 AS day, sum(d.spent) AS micros,
                count(DISTINCT d.post_id) AS posts FROM deliveries d JOIN posts p ON p.id = d.post_id
                WHERE d.spent_at >= ? AND d.spent_at < ? GROUP BY p.tenant_id, day",
            vec![time(month.start), time(month.end)],
        )
    }

    /// The deliveries of a post with the accounts they are for, deleted accounts too.
    pub(super) fn deliveries_of(&self, post_id: &PostId) -> Result<Vec<(Delivery, Account)>> {
        let deliveries: Vec<Delivery> = self
            .db()?
            .docs("SELECT doc FROM deliveries WHERE post_id = ? ORDER BY account_id", vec![post_id.as_str().into()])?;
        let accounts: Vec<Account> = self.db()?.docs(
            "SELECT a.doc AS doc FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.post_id = ? ORDER BY d.account_id",
            vec![post_id.as_str().into()],
        )?;
        Ok(deliveries.into_iter().zip(accounts).collect())
    }

    pub(super) fn idempotency_row(&self, key: &str) -> Result<Option<Row>> {
        self.db()?.doc("SELECT doc FROM idempotency WHERE key = ?", vec![key.into()])
    }

    pub(super) fn save_idempotency(&self, key: &str, row: &Row) -> Result<()> {
        self.db()?.run(
            "INSERT OR REPLACE INTO idempotency (key, started_at, doc) VALUES (?, ?, ?)",
            vec![key.into(), time(row.started_at), doc(row)?],
        )
    }

    pub(super) fn forget_idempotency(&self, key: &str) -> Result<()> {
        self.db()?.run("DELETE FROM idempotency WHERE key = ?", vec![key.into()])
    }

    /// Frees a key under which nothing was committed.
    pub(super) fn abandon_idempotency(&self, key: &str) -> Result<()> {
        match self.idempotency_row(key)? {
            Some(Row { answer: None, .. }) => self.forget_idempotency(key),
            _ => Ok(()),
        }
    }

    pub(super) fn purge_idempotency(&self, now: UnixMillis) -> Result<()> {
        self.db()?.run("DELETE FROM idempotency WHERE started_at <= ?", vec![time(Kept::Response.expired_at(now))])
    }
}
