//! `SQLite` in an object: rows are JSON documents beside the columns that find the rows.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use js_sys::{Array, JSON, wasm_bindgen};
use latchkey_core::json;
use latchkey_core::time::{Span, UnixMillis};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;
use worker::{SqlStorage, SqlStorageValue, Storage};

use crate::error::{Doing, Error, Result};
use crate::rpc::rows::{Page, Place};
use crate::runtime::now;

/// The time after which an object that died in its alarm goes on. The platform gives up on an alarm that keeps failing,
/// so each handler sets the next alarm before it works. A handler still at work then is not disturbed: alarms run one
/// by one.
pub const AFTER_A_CRASH: Span = Span::secs(5);

pub struct Db {
    storage: Storage,
    sql: SqlStorage,
    /// The version of the tables: this code's version, or the version of newer code whose tables this code may open.
    version: usize,
    /// Counts the events after which rows may be others than the object's own writes have made them.
    generation: Cell<u64>,
    /// The alarm as it was set last, once that is known.
    alarm: Cell<Option<Alarm>>,
    /// Counts the writes, those aside left out.
    writes: Cell<u64>,
    /// Counts the writes from which the alarm may follow, and what else it may follow from.
    changes: Cell<u64>,
    /// What of the rows the alarm does not stand for yet.
    wanted: Cell<Wanted>,
}

/// When the writes since the alarm was derived want the alarm.
#[derive(Clone, Copy)]
enum Wanted {
    /// The rows have to be read.
    Unknown,
    /// Each write has said when it wants the alarm. The earliest time, or none.
    By(Option<i64>),
}

/// An object's alarm.
#[derive(Clone, Copy)]
enum Alarm {
    None,
    At(i64),
    /// A handler has set it in case the process dies, or an earlier process has set it. It gives way to the time that the
    /// rows say.
    Provisional(i64),
}

impl Alarm {
    /// Whether it stands for the time that the rows say. One that rings earlier does: to set it anew is a write each time,
    /// and to look once more is none. One that should have rung a while ago may be lost.
    fn stands_for(self, wanted: Option<i64>, now: UnixMillis) -> bool {
        match (self, wanted) {
            (Self::None | Self::At(_), None) => true,
            (Self::At(at), Some(wanted)) => at <= wanted && UnixMillis(at) + AFTER_A_CRASH >= now,
            (Self::Provisional(at), Some(wanted)) => at == wanted,
            (Self::None, Some(_)) | (Self::Provisional(_), None) => false,
        }
    }

    /// Whether it stands for all that the rows said when it was set.
    fn stands(self, now: UnixMillis) -> bool {
        match self {
            Self::None => true,
            Self::At(at) => UnixMillis(at) + AFTER_A_CRASH >= now,
            Self::Provisional(_) => false,
        }
    }
}

/// Ends every cached value unless the transaction was committed, after a panic too.
struct Rollback<'a>(Option<&'a Cell<u64>>);

impl Drop for Rollback<'_> {
    fn drop(&mut self) {
        if let Some(generation) = self.0 {
            generation.set(generation.get() + 1);
        }
    }
}

/// A table that a backup carries to another deployment, in the order of its key.
pub struct Table {
    pub name: &'static str,
    pub key: &'static [&'static str],
    /// Which rows, in SQL.
    pub condition: &'static str,
    /// Rows of this deployment alone: no restore brings or removes one.
    pub own: &'static str,
}

impl Table {
    pub const fn new(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { name, key, condition: "TRUE", own: "FALSE" }
    }
}

/// Rows that one message carries.
const PAGE_ROWS: usize = 200;

#[derive(Deserialize)]
struct Doc {
    doc: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

impl Db {
    /// Tables whose version is not known yet.
    pub fn new(storage: Storage) -> Self {
        let (generation, writes, changes) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let (alarm, wanted) = (Cell::new(None), Cell::new(Wanted::Unknown));
        Self { sql: storage.sql(), storage, version: 0, generation, alarm, writes, changes, wanted }
    }

    pub fn of_version(self, version: usize) -> Self {
        Self { version, ..self }
    }

    pub const fn schema_version(&self) -> usize {
        self.version
    }

    /// Ends what is kept in memory of rows, whenever it changes.
    pub fn generation(&self) -> u64 {
        self.generation.get()
    }

    /// How many writes there were, those aside not counted. If none came in between, a row is what it was.
    pub fn writes(&self) -> u64 {
        self.writes.get()
    }

    pub fn run(&self, statement: &str, values: Vec<SqlStorageValue>) -> Result<()> {
        self.count_write();
        self.run_aside(statement, values)
    }

    /// A write that wants the alarm at `at`, or never.
    pub fn run_by(&self, at: Option<UnixMillis>, statement: &str, values: Vec<SqlStorageValue>) -> Result<()> {
        self.count_write_by(at);
        self.run_aside(statement, values)
    }

    /// A write to a table from which no alarm follows, and of which nobody keeps anything in memory.
    pub fn run_aside(&self, statement: &str, values: Vec<SqlStorageValue>) -> Result<()> {
        self.exec(statement, values).doing("write to SQLite").map(drop)
    }

    fn count_write(&self) {
        self.writes.set(self.writes.get() + 1);
        self.derive_alarm_anew();
    }

    fn count_write_by(&self, at: Option<UnixMillis>) {
        self.writes.set(self.writes.get() + 1);
        self.changes.set(self.changes.get() + 1);
        if let (Some(UnixMillis(at)), Wanted::By(before)) = (at, self.wanted.get()) {
            self.wanted.set(Wanted::By(Some(before.map_or(at, |before| before.min(at)))));
        }
    }

    /// What a query reads, or a statement that is no `SELECT` has written.
    ///
    /// `+?` stands after `LIMIT`, and after `=` in a query that sorts or joins. There the planner of `SQLite` 3.54 looks at
    /// the value of a bare `?`, so each call would prepare the statement anew.
    pub fn rows<T: DeserializeOwned>(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<T>> {
        let rows = self.text_of_rows(query, values).doing("read from SQLite")?;
        if rows != "[]" && !query.starts_with("SELECT") {
            self.count_write();
        }
        json::from_str(&rows).doing("read from SQLite")
    }

    /// Whether a write with `RETURNING` has written a row.
    pub fn wrote(&self, statement: &str, values: Vec<SqlStorageValue>) -> Result<bool> {
        let wrote = self.text_of_rows(statement, values).doing("write to SQLite")? != "[]";
        if wrote {
            self.count_write();
        }
        Ok(wrote)
    }

    /// The same of a write that wants the alarm at `at`, or never.
    pub fn wrote_by(&self, at: Option<UnixMillis>, statement: &str, values: Vec<SqlStorageValue>) -> Result<bool> {
        let wrote = self.text_of_rows(statement, values).doing("write to SQLite")? != "[]";
        if wrote {
            self.count_write_by(at);
        }
        Ok(wrote)
    }

    /// What a write with `RETURNING` has written. It wants the alarm at `at`, or never.
    pub fn rows_by<T: DeserializeOwned>(
        &self,
        at: Option<UnixMillis>,
        statement: &str,
        values: Vec<SqlStorageValue>,
    ) -> Result<Vec<T>> {
        let rows = self.text_of_rows(statement, values).doing("write to SQLite")?;
        self.count_write_by(at);
        json::from_str(&rows).doing("write to SQLite")
    }

    /// All rows as one JSON text: two calls to the platform, and not some for each column.
    fn text_of_rows(&self, query: &str, values: Vec<SqlStorageValue>) -> worker::Result<String> {
        let rows = self.exec(query, values)?.to_array().map_err(worker::Error::from)?;
        Ok(JSON::stringify(&rows).map_err(worker::Error::from)?.into())
    }

    fn exec(&self, statement: &str, values: Vec<SqlStorageValue>) -> worker::Result<Cursor> {
        let sql: &Sql = self.sql.as_ref().unchecked_ref();
        let values: Array = values.into_iter().map(JsValue::from).collect();
        Ok(sql.exec(statement, &values)?)
    }

    /// The documents of a query whose column is called `doc`.
    pub fn docs<T: DeserializeOwned>(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<T>> {
        let rows: Vec<Doc> = self.rows(query, values)?;
        rows.iter().map(|row| read(&row.doc)).collect()
    }

    pub fn doc<T: DeserializeOwned>(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Option<T>> {
        Ok(self.docs(query, values)?.into_iter().next())
    }

    /// The texts that a query calls `name`.
    pub fn names(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<String>> {
        let rows: Vec<Named> = self.rows(query, values)?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    /// The number that a query calls `count`.
    pub fn count(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<u64> {
        Ok(self.rows::<Count>(query, values)?.first().map_or(0, |row| row.count))
    }

    /// The rows at a place, in their stored form.
    pub fn page(&self, tables: &[Table], place: &Place) -> Result<Page> {
        let table = tables.get(place.table).ok_or_else(|| Error::fault("there is no such table to read"))?;
        let key = table.key.join(", ");
        let past = if place.after.is_empty() {
            "TRUE".to_owned()
        } else {
            format!("({key}) > ({})", vec!["?"; place.after.len()].join(", "))
        };
        let query = format!(
            "SELECT * FROM {} WHERE {past} AND {} ORDER BY {key} LIMIT {PAGE_ROWS}",
            table.name, table.condition
        );
        let rows: Vec<Map<String, Value>> = self.rows(&query, place.after.iter().map(column).collect())?;
        let following = Place { table: place.table + 1, after: Vec::new() };
        let next = match rows.last().filter(|_| rows.len() == PAGE_ROWS) {
            Some(last) => {
                let key = table.key.iter().map(|name| last.get(*name).cloned().unwrap_or_default());
                Some(Place { table: place.table, after: key.collect() })
            }
            None => (following.table < tables.len()).then_some(following),
        };
        Ok(Page { table: table.name.to_owned(), rows, next })
    }

    /// A row as another deployment stored it.
    pub fn insert(&self, tables: &[Table], table: &str, row: &Map<String, Value>) -> Result<()> {
        let is_name =
            |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let known = tables.iter().find(|known| known.name == table).filter(|_| row.keys().all(is_name));
        let Some(known) = known else { return Err(Error::fault("a row is of no table that is restored")) };
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let values: Vec<String> = names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        self.end_cached();
        // Not REPLACE: triggers see the row that was there.
        let insert = format!(
            "INSERT INTO {table} ({}) VALUES ({marks}) ON CONFLICT ({}) DO UPDATE SET {}",
            names.join(", "),
            known.key.join(", "),
            values.join(", ")
        );
        self.run(&insert, row.values().map(column).collect())?;
        if known.own == "FALSE" {
            return Ok(());
        }
        let key = known.key.iter().map(|name| row.get(*name).map_or(SqlStorageValue::Null, column)).collect();
        let marks = vec!["?"; known.key.len()].join(", ");
        self.run(&format!("DELETE FROM {table} WHERE ({}) = ({marks}) AND {}", known.key.join(", "), known.own), key)
    }

    /// Deletes every row of these tables that a restore can bring.
    pub fn empty(&self, tables: &[Table]) -> Result<()> {
        self.end_cached();
        let delete =
            |table: &Table| self.run(&format!("DELETE FROM {} WHERE NOT ({})", table.name, table.own), Vec::new());
        tables.iter().try_for_each(delete)
    }

    fn end_cached(&self) {
        drop(Rollback(Some(&self.generation)));
    }

    /// Runs `work` in one transaction, rolled back on any error. Nothing in it may wait.
    pub fn transaction<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        // The platform calls back within `transaction_sync`. A panic in there rolls back and goes on outwards, so no
        // half-written state is seen.
        let mut rollback = Rollback(Some(&self.generation));
        let mut state = (Some(work), None);
        let mut captured = AssertUnwindSafe(&mut state);
        let mut run = move || {
            let (work, outcome) = &mut **captured;
            let result = work.take().map(|work| work());
            let failed = !matches!(result, Some(Ok(_)));
            *outcome = result;
            if failed { Err(JsValue::from_str("rolled back")) } else { Ok(JsValue::UNDEFINED) }
        };
        let raw: &StorageWithTransactions = self.storage.as_raw().unchecked_ref();
        let committed = raw.transaction_sync(&mut run);
        match (state.1, committed) {
            (Some(Ok(value)), Ok(_)) => {
                rollback.0 = None;
                Ok(value)
            }
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(Error::from(worker::Error::from(error))).doing("commit a transaction"),
            (None, Ok(_)) => Err(Error::fault("a transaction did not run")),
        }
    }

    /// What an alarm does first. The alarm that rings is set no more, and it says nothing of the rows.
    pub fn alarm_rang(&self) {
        self.alarm.set(Some(Alarm::None));
        self.derive_alarm_anew();
    }

    /// What an alarm does before it works.
    pub async fn set_alarm_for_a_crash(&self) -> Result<()> {
        let at = now() + AFTER_A_CRASH;
        let set = self.replace_alarm(Alarm::Provisional(at.0), Some(at)).await;
        // Another event may have derived it meanwhile.
        self.derive_alarm_anew();
        set
    }

    /// The alarm rings at the time that the rows say, or earlier. After a call that has written nothing, it does already.
    /// The rows are read unless each write has said its time.
    pub async fn derive_alarm(&self, next: impl FnOnce() -> Result<Option<UnixMillis>>) -> Result<()> {
        let changes = self.changes.get();
        let at = match self.wanted.get() {
            Wanted::By(None) => return Ok(()),
            Wanted::By(Some(at)) if self.alarm.get().is_some_and(|alarm| alarm.stands(now())) => Some(UnixMillis(at)),
            _ => next()?,
        };
        self.alarm_by(at).await?;
        if self.changes.get() == changes {
            self.wanted.set(Wanted::By(None));
        }
        Ok(())
    }

    /// Whether the alarm rings then or earlier, as far as is known.
    pub fn rings_by(&self, at: UnixMillis) -> bool {
        self.alarm.get().is_some_and(|alarm| alarm.stands_for(Some(at.0), now()))
    }

    /// Whether the alarm stands for all rows.
    pub fn is_alarm_derived(&self) -> bool {
        matches!(self.wanted.get(), Wanted::By(None))
    }

    /// Something has changed that the time of the alarm is derived from.
    pub fn derive_alarm_anew(&self) {
        self.changes.set(self.changes.get() + 1);
        self.wanted.set(Wanted::Unknown);
    }

    /// The object's one alarm rings by then. One that rings earlier is left: it finds nothing to do, and is derived anew.
    pub async fn alarm_by(&self, at: Option<UnixMillis>) -> Result<()> {
        let now = now();
        let at = at.map(|at| at.max(now));
        let known = if let Some(known) = self.alarm.get() {
            known
        } else {
            let stored = self.storage.get_alarm().await.doing("read an alarm")?;
            // Another event may have set it meanwhile.
            self.alarm.get().unwrap_or_else(|| stored.map_or(Alarm::None, Alarm::Provisional))
        };
        if known.stands_for(at.map(|at| at.0), now) {
            // The rows say the time of an earlier process too.
            self.alarm.set(Some(if let Alarm::Provisional(at) = known { Alarm::At(at) } else { known }));
            return Ok(());
        }
        self.replace_alarm(at.map_or(Alarm::None, |at| Alarm::At(at.0)), at).await
    }

    async fn replace_alarm(&self, wanted: Alarm, at: Option<UnixMillis>) -> Result<()> {
        // Before the platform is called, and nothing is awaited in between: whoever calls last is known last.
        self.alarm.set(Some(wanted));
        let set = match at {
            Some(at) => set_alarm(&self.storage, at).await,
            None => self.storage.delete_alarm().await.doing("delete an alarm"),
        };
        if set.is_err() {
            self.alarm.set(None);
        }
        set
    }

    /// Everything the object holds, its alarm included.
    pub async fn delete_everything(&self) -> Result<()> {
        self.alarm.set(None);
        self.storage.delete_alarm().await.doing("delete an alarm")?;
        self.storage.delete_all().await.doing("empty an object")
    }
}

pub async fn set_alarm(storage: &Storage, at: UnixMillis) -> Result<()> {
    let wait = u64::try_from((at - now()).as_millis()).unwrap_or(0);
    storage.set_alarm(Duration::from_millis(wait)).await.doing("set an alarm")
}

/// A stored document. By way of a `Value`, so that not every type brings its own text parser along.
pub fn read<T: DeserializeOwned>(doc: &str) -> Result<T> {
    json::from_str(doc).doing("read a stored document")
}

/// A document as a column value.
pub fn doc(value: &impl Serialize) -> Result<SqlStorageValue> {
    Ok(serde_json::to_string(value)?.into())
}

fn column(value: &Value) -> SqlStorageValue {
    match value {
        Value::Null => SqlStorageValue::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64().unwrap_or_default().into(),
        },
        Value::String(text) => text.as_str().into(),
        // No column holds one.
        nested => nested.to_string().into(),
    }
}

/// A time as a column value.
pub fn time(at: UnixMillis) -> SqlStorageValue {
    at.0.into()
}

#[wasm_bindgen]
extern "C" {
    /// `worker` has no binding for synchronous transactions.
    type StorageWithTransactions;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &StorageWithTransactions,
        work: &mut dyn FnMut() -> std::result::Result<JsValue, JsValue>,
    ) -> std::result::Result<JsValue, JsValue>;

    /// `worker` reads each column by calls of its own.
    type Sql;
    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &Sql, query: &str, values: &Array) -> std::result::Result<Cursor, JsValue>;
    type Cursor;
    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &Cursor) -> std::result::Result<JsValue, JsValue>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000);

    #[test]
    fn an_alarm_stands_for_every_later_time_and_for_none() {
        let alarm = Alarm::At(NOW.0 + 5000);
        assert!([Some(NOW.0 + 5000), Some(NOW.0 + 9000), None].into_iter().all(|at| alarm.stands_for(at, NOW)));
        assert!(!alarm.stands_for(Some(NOW.0 + 4999), NOW));
        assert!(Alarm::None.stands_for(None, NOW) && !Alarm::None.stands_for(Some(NOW.0), NOW));
    }

    #[test]
    fn an_alarm_that_should_have_rung_a_while_ago_is_set_anew() {
        let alarm = Alarm::At(NOW.0);
        assert!(alarm.stands_for(Some(NOW.0 + 5000), NOW + AFTER_A_CRASH));
        assert!(!alarm.stands_for(Some(NOW.0 + 5001), NOW + AFTER_A_CRASH + Span::millis(1)));
    }

    #[test]
    fn an_alarm_for_a_crash_or_of_an_earlier_process_gives_way_to_any_other_time() {
        let alarm = Alarm::Provisional(NOW.0 + 5000);
        assert!(alarm.stands_for(Some(NOW.0 + 5000), NOW));
        assert!([Some(NOW.0 + 4000), Some(NOW.0 + 9000), None].into_iter().all(|at| !alarm.stands_for(at, NOW)));
    }
}
