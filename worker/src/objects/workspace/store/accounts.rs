//! Connected accounts.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use latchkey_core::account::{Account, Status};
use latchkey_core::api::account::AccountFilter;
use latchkey_core::id::{AccountId, NetworkId, XUserId};
use latchkey_core::key::Binding;
use latchkey_core::post::means_every;

use super::list::{Filter, Kinds, Listed, Total};
use super::scope::Scope;
use crate::error::Result;
use crate::objects::cached::CachedRows;
use crate::objects::storage::{Db, doc, time};

/// Every row with the columns that other groups find rows by, deleted rows too.
pub const ROWS: &str = "SELECT id, network_id, tenant_id, doc FROM accounts";
/// The apps of accounts whose tokens X has yet to revoke: a column of ids.
pub const APPS_WITH_REVOCATIONS: &str =
    "SELECT network_id FROM accounts WHERE json_extract(doc, '$.revocation.pending_since') IS NOT NULL";
/// The objects that have a token pair, or had one.
pub const OBJECTS: &str = "SELECT DISTINCT network_id || '/' || x_user_id AS name FROM accounts";
/// The same in their order, behind a name.
const OBJECTS_BEHIND: &str = "SELECT DISTINCT network_id || '/' || x_user_id AS name FROM accounts
    WHERE network_id || '/' || x_user_id > ? ORDER BY network_id || '/' || x_user_id LIMIT +?";

/// More closed rows than are remembered: then any account may be closed.
const MOST_CLOSED: usize = 1000;

pub struct Accounts {
    db: Rc<Db>,
    /// The rows that this process has closed.
    closed: RefCell<BTreeSet<AccountId>>,
    /// What single names meant, by the keys that were looked for.
    found: CachedRows<String, Vec<Account>>,
}

impl Accounts {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db), closed: RefCell::default(), found: CachedRows::empty() }
    }

    pub fn find(&self, id: &str) -> Result<Option<Account>> {
        self.db.doc("SELECT doc FROM accounts WHERE id = ? AND is_deleted = 0", vec![id.into()])
    }

    pub fn find_even_deleted(&self, id: &AccountId) -> Result<Option<Account>> {
        self.db.doc("SELECT doc FROM accounts WHERE id = ?", vec![id.as_str().into()])
    }

    pub fn all(&self) -> Result<Vec<Account>> {
        self.db.docs("SELECT doc FROM accounts WHERE is_deleted = 0 ORDER BY created_at DESC, id", Vec::new())
    }

    /// Those that `names` may mean: ids, usernames, or every one.
    pub fn named(&self, names: &[String]) -> Result<Vec<Account>> {
        if names.iter().any(|name| means_every(name)) {
            return self.all();
        }
        let keys: Vec<String> =
            names.iter().flat_map(|name| [name.clone(), name.trim_start_matches('@').to_lowercase()]).collect();
        // One value however many there are: a statement here takes a hundred at most.
        let keys = serde_json::to_string(&keys)?;
        let query = "SELECT doc FROM accounts WHERE is_deleted = 0 AND (id IN (SELECT value FROM json_each(?1))
            OR username IN (SELECT value FROM json_each(?1)))";
        let read = || self.db.docs(query, vec![keys.as_str().into()]);
        // Most posts are for one account. What is kept is bounded.
        if names.len() > 1 { read() } else { self.found.get(&self.db, keys.as_str(), read) }
    }

    /// The rows of one X user under one app, deleted ones too: a reconnection revives its own.
    pub fn of_user(&self, network_id: &NetworkId, x_user_id: &str, even_deleted: bool) -> Result<Vec<Account>> {
        self.db.docs(
            "SELECT doc FROM accounts WHERE network_id = ? AND x_user_id = ? AND is_deleted <= ?",
            vec![network_id.as_str().into(), x_user_id.into(), i32::from(even_deleted).into()],
        )
    }

    pub fn of_app(&self, network_id: &NetworkId) -> Result<Vec<Account>> {
        let query = "SELECT doc FROM accounts WHERE network_id = ? AND is_deleted = 0";
        self.db.docs(query, vec![network_id.as_str().into()])
    }

    /// Every row of these X users, under whatever app and tenant, deleted rows too.
    pub fn of_x_users(&self, ids: &[&XUserId]) -> Result<Vec<Account>> {
        let query = "SELECT doc FROM accounts WHERE x_user_id IN (SELECT value FROM json_each(?))";
        self.db.docs(query, vec![serde_json::to_string(ids)?.into()])
    }

    pub fn list(&self, filter: &AccountFilter, binding: &Binding) -> Result<Listed<Account>> {
        self.db.list("accounts", "doc", &wanted(filter, binding), &filter.page)
    }

    /// How many accounts a key sees in a status: one for the key of an account.
    pub fn count_in(&self, account: Option<&str>, tenant: Option<&str>, status: Status) -> Result<u64> {
        if let Some(id) = account {
            return Ok(u64::from(self.find(id)?.is_some_and(|account| account.status() == status)));
        }
        let scope = tenant.map_or(Scope::All, |tenant| Scope::Tenant(Some(tenant))).key();
        self.db.total(&Total { list: "accounts", scope, kinds: Kinds::OneOf(vec![status.as_str().to_owned()]) })
    }

    /// Writes a row and brings a deleted one back.
    pub fn save(&self, account: &Account) -> Result<()> {
        self.closed.borrow_mut().remove(&account.id);
        self.found.forget();
        let tenant_id = account.tenant_id.as_ref().map_or("", |tenant_id| tenant_id.as_str());
        self.db.run(
            "INSERT INTO accounts (id, network_id, tenant_id, x_user_id, username, created_at, doc)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc,
                username = excluded.username, is_deleted = 0",
            vec![
                account.id.as_str().into(),
                account.network_id.as_str().into(),
                tenant_id.into(),
                account.user().id.as_str().into(),
                account.user().username.to_lowercase().into(),
                time(account.created_at),
                doc(account)?,
            ],
        )
    }

    /// A row that is there or was deleted, and stays so.
    pub fn update(&self, account: &Account) -> Result<()> {
        self.found.forget();
        let update = "UPDATE accounts SET username = ?, doc = ? WHERE id = ?";
        let username = account.user().username.to_lowercase();
        self.db.run(update, vec![username.into(), doc(account)?, account.id.as_str().into()])
    }

    /// Whether an account that was open when this process accepted something for it may be closed by now.
    pub fn may_be_closed(&self, id: &AccountId) -> bool {
        let closed = self.closed.borrow();
        closed.len() >= MOST_CLOSED || closed.contains(id)
    }

    pub fn close(&self, id: &AccountId) -> Result<()> {
        let mut closed = self.closed.borrow_mut();
        if closed.len() < MOST_CLOSED {
            closed.insert(id.clone());
        }
        drop(closed);
        self.found.forget();
        self.db.run("UPDATE accounts SET is_deleted = 1 WHERE id = ?", vec![id.as_str().into()])
    }

    /// Whether X still has to revoke tokens of an app's accounts.
    pub fn have_revocations(&self, network_id: &NetworkId) -> Result<bool> {
        let query = format!("SELECT count(*) AS count FROM ({APPS_WITH_REVOCATIONS}) WHERE network_id = ?");
        Ok(self.db.count(&query, vec![network_id.as_str().into()])? > 0)
    }

    /// Names of objects behind `after`, in their order.
    pub fn objects(&self, after: &str, limit: i32) -> Result<Vec<String>> {
        self.db.names(OBJECTS_BEHIND, vec![after.into(), limit.into()])
    }

    pub fn count_objects(&self) -> Result<u64> {
        self.db.count(&format!("SELECT count(*) AS count FROM ({OBJECTS})"), Vec::new())
    }

    pub fn count_objects_up_to(&self, name: &str) -> Result<u64> {
        self.db.count(&format!("SELECT count(*) AS count FROM ({OBJECTS}) WHERE name <= ?"), vec![name.into()])
    }

    pub fn count(&self, scope: Scope<'_>) -> Result<u64> {
        self.db.rows_in("accounts", scope)
    }

    pub fn has_rows(&self) -> Result<bool> {
        Ok(self.db.count("SELECT EXISTS (SELECT 1 FROM accounts) AS count", Vec::new())? > 0)
    }
}

/// Rows that are gone but for tokens that X has not revoked are asked for by their status.
fn wanted(filter: &AccountFilter, binding: &Binding) -> Filter {
    let is_there = if filter.wants_disconnected() {
        "(is_deleted = 0 OR json_extract(doc, '$.revocation.pending_since') IS NOT NULL
            OR json_extract(doc, '$.revocation.ended') = 'not_confirmed')"
    } else {
        "is_deleted = 0"
    };
    let counted =
        if filter.wants_disconnected() { Filter::new(is_there) } else { Filter::counted("accounts", is_there) };
    let of_network = if filter.is_of_x() { counted } else { counted.nothing() };
    let status = filter.status.as_deref();
    of_network
        .in_tenant("tenant_id", binding.tenant_id.as_ref(), filter.tenant_id.as_deref())
        .of_kinds("json_extract(doc, '$.status') = +?", status, Kinds::Like(status.unwrap_or_default().to_owned()))
        .given("id = +?", binding.account_id.as_ref().map(AccountId::as_str))
        .given("id = +?", filter.id.as_deref())
        .given("x_user_id = +?", filter.network_unique_id.as_deref())
        .given("network_id = +?", filter.network_id.as_deref())
        .given("instr(username, lower(?)) > 0", filter.username.as_deref())
}
