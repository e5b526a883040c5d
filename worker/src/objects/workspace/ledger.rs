//! The ledger's tables: documents of core's types beside the columns they are found by (docs/STORAGE.md).

use latchkey_core::account::Account;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::{NetworkId, PostId, TenantId};
use latchkey_core::idempotency::{REMEMBERED, Row};
use latchkey_core::network::Network;
use latchkey_core::post::Post;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use super::Inner;
use crate::error::Result;
use crate::objects::storage::{doc, time};

pub const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS networks (
        id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS network_of_tenant ON networks (tenant_id) WHERE is_deleted = 0",
    "CREATE TABLE IF NOT EXISTS secret_versions (network_id TEXT PRIMARY KEY, last INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS accounts (
        id TEXT PRIMARY KEY, network_id TEXT NOT NULL, tenant_id TEXT NOT NULL, x_user_id TEXT NOT NULL,
        created_at INTEGER NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL,
        UNIQUE (network_id, x_user_id, tenant_id))",
    "CREATE TABLE IF NOT EXISTS posts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant_id TEXT, created_at INTEGER NOT NULL,
        doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS deliveries (
        post_id TEXT NOT NULL, account_id TEXT NOT NULL, status TEXT NOT NULL, revision INTEGER NOT NULL,
        doc TEXT NOT NULL, PRIMARY KEY (post_id, account_id)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS deliveries_of_account ON deliveries (account_id, post_id)",
    "CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, started_at INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency (started_at)",
    "CREATE TABLE IF NOT EXISTS outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        doc TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at)",
];

#[derive(Deserialize)]
struct Last {
    last: u32,
}

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

    pub(super) fn account(&self, id: &str) -> Result<Option<Account>> {
        self.db()?.doc("SELECT doc FROM accounts WHERE id = ? AND is_deleted = 0", vec![id.into()])
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
            "INSERT INTO accounts (id, network_id, tenant_id, x_user_id, created_at, doc) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, is_deleted = 0",
            vec![
                account.id.as_str().into(),
                account.network_id.as_str().into(),
                tenant_id.into(),
                account.user.id.as_str().into(),
                time(account.created_at),
                doc(account)?,
            ],
        )
    }

    pub(super) fn save_post(&self, post: &Post) -> Result<()> {
        let tenant_id = post.tenant_id.as_ref().map(TenantId::as_str);
        self.db()?.run(
            "INSERT INTO posts (id, tenant_id, created_at, doc) VALUES (?, ?, ?, ?)",
            vec![post.id.as_str().into(), tenant_id.into(), time(post.created_at), doc(post)?],
        )
    }

    pub(super) fn post(&self, id: &str) -> Result<Option<Post>> {
        self.db()?.doc("SELECT doc FROM posts WHERE id = ?", vec![id.into()])
    }

    /// A delivery as its account reports it; an older report than the last one changes nothing.
    pub(super) fn save_delivery(&self, delivery: &Delivery) -> Result<()> {
        let revision = i64::try_from(delivery.revision).unwrap_or(i64::MAX);
        self.db()?.run(
            "INSERT INTO deliveries (post_id, account_id, status, revision, doc) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (post_id, account_id) DO UPDATE SET status = excluded.status, revision = excluded.revision,
                doc = excluded.doc WHERE excluded.revision > revision",
            vec![
                delivery.post_id.as_str().into(),
                delivery.account_id.as_str().into(),
                latchkey_core::api::post::status_word(delivery.state).into(),
                revision.into(),
                doc(delivery)?,
            ],
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
        self.db()?.run("DELETE FROM idempotency WHERE started_at <= ?", vec![time(now - REMEMBERED)])
    }
}
