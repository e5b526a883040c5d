//! X apps (`networks`), and the numbers of their secrets' versions.

use std::collections::BTreeSet;
use std::rc::Rc;

use latchkey_core::api::page::Page;
use latchkey_core::id::{NetworkId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::network::Network;
use serde::Deserialize;

use super::list::{Filter, Listed};
use crate::error::Result;
use crate::objects::cached::{Cached, CachedRows};
use crate::objects::storage::{Db, doc};

/// The apps whose secrets a session holds for revocations: a column of ids, deleted apps too.
pub const HOLDING_SECRETS: &str = "SELECT id FROM networks WHERE json_extract(doc, '$.secrets_held_until') IS NOT NULL";
/// The ids of all apps that are there.
pub const IDS: &str = "SELECT id AS name FROM networks WHERE is_deleted = 0";

pub struct Apps {
    db: Rc<Db>,
    /// Each post asks for its app, and whether an app is paused. [`Apps::changed`] forgets both.
    found: CachedRows<String, Option<Network>>,
    paused: Cached<BTreeSet<NetworkId>>,
}

#[derive(Deserialize)]
struct Last {
    last: u32,
}

impl Apps {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), found: CachedRows::empty(), paused: Cached::empty() }
    }

    pub fn find(&self, id: &str) -> Result<Option<Network>> {
        let query = "SELECT doc FROM networks WHERE id = ? AND is_deleted = 0";
        self.found.get(&self.db, id, || self.db.doc(query, vec![id.into()]))
    }

    fn changed(&self) {
        self.found.forget();
        self.paused.forget();
    }

    pub fn find_even_deleted(&self, id: &NetworkId) -> Result<Option<Network>> {
        self.db.doc("SELECT doc FROM networks WHERE id = ?", vec![id.as_str().into()])
    }

    /// The app of exactly this tenant, or the one with none. `SQLite`'s unique index needs a value: none is "".
    pub fn of_tenant(&self, tenant_id: &str) -> Result<Option<Network>> {
        self.db.doc("SELECT doc FROM networks WHERE tenant_id = ? AND is_deleted = 0", vec![tenant_id.into()])
    }

    pub fn all(&self) -> Result<Vec<Network>> {
        self.db.docs("SELECT doc FROM networks WHERE is_deleted = 0 ORDER BY rowid", Vec::new())
    }

    /// The apps that X refuses at the moment.
    pub fn paused(&self) -> Result<BTreeSet<NetworkId>> {
        self.paused.get(&self.db, || {
            let query = "SELECT doc FROM networks WHERE is_deleted = 0 AND json_extract(doc, '$.paused') IS NOT NULL";
            let paused: Vec<Network> = self.db.docs(query, Vec::new())?;
            Ok(paused.into_iter().map(|network| network.id).collect())
        })
    }

    pub fn count_paused(&self) -> Result<u64> {
        let query = "SELECT count(*) AS count FROM networks
            WHERE is_deleted = 0 AND json_extract(doc, '$.paused') IS NOT NULL";
        self.db.count(query, Vec::new())
    }

    /// The apps with a probe to come.
    pub fn probed(&self) -> Result<Vec<NetworkId>> {
        let query = "SELECT doc FROM networks WHERE is_deleted = 0 AND json_extract(doc, '$.probe_at') IS NOT NULL";
        let networks: Vec<Network> = self.db.docs(query, Vec::new())?;
        Ok(networks.into_iter().map(|network| network.id).collect())
    }

    /// Those that a key may read.
    pub fn list(&self, binding: &Binding, tenant_id: Option<&str>, page: &Page) -> Result<Listed<Network>> {
        self.db.list("networks", "doc", &readable_by(binding).given("tenant_id = +?", tenant_id), page)
    }

    pub fn save(&self, network: &Network) -> Result<()> {
        self.changed();
        let tenant_id = network.tenant_id.as_ref().map_or("", |tenant_id| tenant_id.as_str());
        self.db.run(
            "INSERT INTO networks (id, tenant_id, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
            vec![network.id.as_str().into(), tenant_id.into(), doc(network)?],
        )
    }

    /// The row stays, for the sake of tokens that are still to be revoked.
    pub fn close(&self, id: &NetworkId) -> Result<()> {
        self.changed();
        self.db.run("UPDATE networks SET is_deleted = 1 WHERE id = ?", vec![id.as_str().into()])
    }

    /// A version number that nobody else gets.
    pub fn next_secret_version(&self, id: &NetworkId) -> Result<u32> {
        let rows: Vec<Last> = self.db.rows(
            "INSERT INTO secret_versions (network_id, last) VALUES (?, 1)
                ON CONFLICT (network_id) DO UPDATE SET last = last + 1 RETURNING last",
            vec![id.as_str().into()],
        )?;
        Ok(rows.first().map_or(1, |row| row.last))
    }

    pub fn count(&self) -> Result<u64> {
        self.db.count("SELECT count(*) AS count FROM networks WHERE is_deleted = 0", Vec::new())
    }

    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT EXISTS (SELECT 1 FROM networks) AS count", Vec::new())? > 0)
    }
}

/// The next probe of a paused app.
pub fn next_probe() -> String {
    "SELECT min(json_extract(doc, '$.probe_at')) FROM networks
        WHERE is_deleted = 0 AND json_extract(doc, '$.probe_at') IS NOT NULL"
        .to_owned()
}

/// [`latchkey_core::network::is_readable`] in SQL.
fn readable_by(binding: &Binding) -> Filter {
    let own = binding.tenant_id.as_ref().filter(|_| binding.account_id.is_none()).map_or("", TenantId::as_str);
    Filter::new("is_deleted = 0").given("tenant_id IN ('', ?)", binding.is_narrow().then_some(own))
}
