//! The workspace's tables: one file for each group of tables, with all of the group's SQL. A store returns core's types
//! and knows no refusal. A row of another group is read by the subquery that the other group's store publishes.

pub mod accounts;
pub mod apps;
pub mod audit;
pub mod brand;
pub mod budget;
pub mod freeze;
pub mod idempotency;
pub mod imports;
pub mod keys;
pub mod list;
pub mod media;
pub mod outbox;
pub mod posts;
pub mod re_encryption;
pub mod schema;
pub mod scope;
pub mod settings;
pub mod sweep;
pub mod tables;
pub mod webhooks;

use std::rc::Rc;

use latchkey_core::metrics::ByWord;
use latchkey_core::time::UnixMillis;
use serde::Deserialize;

use self::accounts::Accounts;
use self::apps::Apps;
use self::audit::Audit;
use self::brand::Brands;
use self::budget::Budget;
use self::freeze::FreezeStore;
use self::idempotency::Idempotency;
use self::imports::Imports;
use self::keys::Keys;
use self::media::MediaRows;
use self::media::uploads::Uploads;
use self::outbox::Outbox;
use self::posts::Posts;
use self::posts::deliveries::Deliveries;
use self::re_encryption::ReEncryptionStore;
use self::settings::SettingsRow;
use self::sweep::Sweep;
use self::tables::Tables;
use self::webhooks::Webhooks;
use self::webhooks::deliveries::WebhookDeliveries;
use crate::error::Result;
use crate::objects::storage::Db;

pub struct Store {
    db: Rc<Db>,
    pub accounts: Accounts,
    pub apps: Apps,
    pub audit: Audit,
    pub brand: Brands,
    pub budget: Budget,
    pub deliveries: Deliveries,
    pub webhook_deliveries: WebhookDeliveries,
    pub freeze: FreezeStore,
    pub idempotency: Idempotency,
    pub imports: Imports,
    pub keys: Keys,
    pub media: MediaRows,
    pub outbox: Outbox,
    pub posts: Posts,
    pub re_encryption: ReEncryptionStore,
    pub settings: SettingsRow,
    pub sweep: Sweep,
    pub tables: Tables,
    pub uploads: Uploads,
    pub webhooks: Webhooks,
}

/// The earliest time at which rows want the alarm: a scalar subquery.
pub type Due = fn() -> String;

#[derive(Deserialize)]
struct Time {
    at: Option<i64>,
}

impl Store {
    pub fn new(db: Db) -> Self {
        let db = Rc::new(db);
        Self {
            accounts: Accounts::new(&db),
            apps: Apps::new(&db),
            audit: Audit::new(&db),
            brand: Brands::new(&db),
            budget: Budget::new(&db),
            deliveries: Deliveries::new(&db),
            webhook_deliveries: WebhookDeliveries::new(&db),
            freeze: FreezeStore::new(&db),
            idempotency: Idempotency::new(&db),
            imports: Imports::new(&db),
            keys: Keys::new(&db),
            media: MediaRows::new(&db),
            outbox: Outbox::new(&db),
            posts: Posts::new(&db),
            re_encryption: ReEncryptionStore::new(&db),
            settings: SettingsRow::new(&db),
            sweep: Sweep::new(&db),
            tables: Tables::new(&db),
            uploads: Uploads::new(&db),
            webhooks: Webhooks::new(&db),
            db,
        }
    }

    /// Runs `work` in one transaction, rolled back on any error. Nothing in `work` may wait.
    pub fn transaction<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.db.transaction(work)
    }

    /// Several times, in their order, read by one statement. A list and not a UNION: a compound SELECT has five terms
    /// here at most.
    pub fn times(&self, due: impl Iterator<Item = Due>) -> Result<Vec<Option<UnixMillis>>> {
        let times: Vec<String> = due.map(|due| format!("({})", due())).collect();
        let query = format!("SELECT value AS at FROM json_each(json_array({})) ORDER BY key", times.join(", "));
        let rows: Vec<Time> = self.db.rows(&query, Vec::new())?;
        Ok(rows.into_iter().map(|row| row.at.map(UnixMillis)).collect())
    }

    /// How many rows of a list the deployment has, by their kind.
    pub fn rows_by_kind(&self, list: &'static str) -> Result<ByWord> {
        self.db.rows_by_kind(list)
    }

    /// What an alarm does first.
    pub fn alarm_rang(&self) {
        self.db.alarm_rang();
    }

    /// What an alarm does before it works.
    pub async fn set_alarm_for_a_crash(&self) -> Result<()> {
        self.db.set_alarm_for_a_crash().await
    }

    /// The alarm rings by the time that `next` derives from the rows. If no row has changed since, it does already.
    pub async fn derive_alarm(&self, next: impl FnOnce() -> Result<Option<UnixMillis>>) -> Result<()> {
        self.db.derive_alarm(next).await
    }

    pub fn derive_alarm_anew(&self) {
        self.db.derive_alarm_anew();
    }
}
