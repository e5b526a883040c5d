//! The lists of the API: one page of rows by a filter, and how many there are (docs/API.md, section 1).

use latchkey_core::api::page::{Page, Place};
use latchkey_core::id::TenantId;
use latchkey_core::json;
use latchkey_core::key::Binding;
use latchkey_core::metrics::ByWord;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use worker::SqlStorageValue;

use super::scope::Scope;
use crate::error::{Doing, Result};
use crate::objects::storage::{Db, doc, read};

/// Which rows: conditions in SQL, each with the values of its question marks.
pub(super) struct Filter {
    conditions: Vec<String>,
    values: Vec<SqlStorageValue>,
    total: Option<Total>,
}

/// The total that says how many rows a filter admits. Without one they are counted, in an index.
pub(super) struct Total {
    pub list: &'static str,
    pub scope: String,
    pub kinds: Kinds,
}

pub(super) enum Kinds {
    All,
    /// A kind, or a pattern of kinds.
    Like(String),
    OneOf(Vec<String>),
}

/// A page, and what its answer says of the list.
pub struct Listed<T> {
    pub rows: Vec<T>,
    /// Of all pages.
    pub count: u64,
    pub pagination: Value,
}

/// A row of a page: `place` is where it stands in the order of the list.
#[derive(Deserialize)]
pub(super) struct Row {
    doc: String,
    /// An array of numbers.
    place: String,
}

#[derive(Deserialize)]
struct OfKind {
    kind: String,
    rows: u64,
}

impl Filter {
    /// Of a list without a total.
    pub(super) fn new(condition: &str) -> Self {
        Self { conditions: vec![condition.to_owned()], values: Vec::new(), total: None }
    }

    /// Of a list whose rows are counted by scope and kind.
    pub(super) fn counted(list: &'static str, condition: &str) -> Self {
        let total = Total { list, scope: Scope::All.key(), kinds: Kinds::All };
        Self { total: Some(total), ..Self::new(condition) }
    }

    /// The kinds of the total that are rows of the list.
    pub(super) fn counted_as(mut self, kinds: Kinds) -> Self {
        self.total = self.total.take().map(|total| Total { kinds, ..total });
        self
    }

    /// No row, and none is counted.
    pub(super) fn nothing(mut self) -> Self {
        self.total = None;
        self.conditions.push("FALSE".to_owned());
        self
    }

    /// One more condition, if there is a value for its question mark. No total knows of it.
    pub(super) fn given(mut self, condition: &str, value: Option<impl Into<SqlStorageValue>>) -> Self {
        if let Some(value) = value {
            self.total = None;
            self.conditions.push(condition.to_owned());
            self.values.push(value.into());
        }
        self
    }

    /// One more condition, if there are values for its question marks.
    pub(super) fn with(mut self, condition: &str, values: Vec<SqlStorageValue>) -> Self {
        if !values.is_empty() {
            self.total = None;
            self.conditions.push(condition.to_owned());
            self.values.extend(values);
        }
        self
    }

    /// One more condition, if there is a value, which the total knows as these kinds.
    pub(super) fn of_kinds(mut self, condition: &str, value: Option<&str>, kinds: Kinds) -> Self {
        if value.is_none() {
            return self;
        }
        let total = self.total.take().map(|total| Total { kinds, ..total });
        Self { total, ..self.given(condition, value) }
    }

    /// Rows of a tenant, `column` being where they say whose they are: those that a key may see, and of those the wanted
    /// ones.
    pub(super) fn in_tenant(self, column: &str, own: Option<&TenantId>, wanted: Option<&str>) -> Self {
        let own = own.map(TenantId::as_str);
        // No tenant has an empty name, and rows without a tenant are not meant.
        if wanted == Some("") || own.is_some() && wanted.is_some() && own != wanted {
            return self.nothing();
        }
        let Some(tenant) = own.or(wanted) else { return self };
        self.with_scope(Scope::Tenant(Some(tenant)).key(), &format!("{column} = +?"), tenant)
    }

    /// The rows of a scope, by the condition that finds them.
    pub(super) fn with_scope(mut self, scope: String, condition: &str, value: &str) -> Self {
        let total = self.total.take().map(|total| Total { scope, ..total });
        Self { total, ..self.given(condition, Some(value)) }
    }

    /// Rows of a tenant as a whole.
    pub(super) fn of_tenant(self, column: &str, binding: &Binding, wanted: Option<&str>) -> Self {
        let seen = if binding.account_id.is_some() { self.nothing() } else { self };
        seen.in_tenant(column, binding.tenant_id.as_ref(), wanted)
    }

    pub(super) fn values(&self) -> &[SqlStorageValue] {
        &self.values
    }

    pub(super) fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }
}

impl Db {
    /// How many rows of a list a scope has.
    pub(super) fn rows_in(&self, list: &'static str, scope: Scope<'_>) -> Result<u64> {
        self.total(&Total { list, scope: scope.key(), kinds: Kinds::All })
    }

    /// How many rows of a list the deployment has, by their kind.
    pub(super) fn rows_by_kind(&self, list: &'static str) -> Result<ByWord> {
        let query = "SELECT kind, rows FROM counts WHERE list = ? AND scope = 'all' AND rows > 0";
        let kinds: Vec<OfKind> = self.rows(query, vec![list.into()])?;
        Ok(kinds.into_iter().map(|kind| (kind.kind, kind.rows)).collect())
    }

    pub(super) fn total(&self, total: &Total) -> Result<u64> {
        let (condition, kinds) = match &total.kinds {
            Kinds::All => ("kind GLOB ?", "*".into()),
            Kinds::Like(kind) => ("kind GLOB ?", kind.as_str().into()),
            Kinds::OneOf(kinds) => ("kind IN (SELECT value FROM json_each(?))", doc(kinds)?),
        };
        let query = format!(
            "SELECT max(0, coalesce(sum(rows), 0)) AS count FROM counts WHERE list = ? AND scope = ? AND {condition}"
        );
        self.count(&query, vec![total.list.into(), total.scope.as_str().into(), kinds])
    }

    /// A page of the rows of `table`, read from its column or expression `doc`.
    pub(super) fn list<T: DeserializeOwned>(
        &self,
        table: &str,
        doc: &str,
        filter: &Filter,
        page: &Page,
    ) -> Result<Listed<T>> {
        let (rows, count) = self.listed(table, doc, filter, page)?;
        Listed::of(rows, count, page)
    }

    /// The same code for each type of row.
    fn listed(&self, table: &str, doc: &str, filter: &Filter, page: &Page) -> Result<(Vec<Row>, u64)> {
        let count = if let Some(total) = &filter.total {
            self.total(total)?
        } else {
            let count = format!("SELECT count(*) AS count FROM {table} WHERE {}", filter.condition());
            self.count(&count, filter.values.clone())?
        };
        let values = filter.values.iter().cloned().chain(past(page)).chain(bounds(page));
        Ok((self.rows(&query(table, doc, filter, page), values.collect())?, count))
    }
}

impl Row {
    pub(super) fn read_all<T: DeserializeOwned>(rows: &[Self]) -> Result<Vec<T>> {
        rows.iter().map(|row| read(&row.doc)).collect()
    }
}

impl<T: DeserializeOwned> Listed<T> {
    /// The page of these rows, one row more than is shown if there is one.
    pub(super) fn of(mut rows: Vec<Row>, count: u64, page: &Page) -> Result<Self> {
        let pagination = paginated(&mut rows, count, page)?;
        Ok(Self { rows: Row::read_all(&rows)?, count, pagination })
    }
}

/// What the answer says of the list. The row behind the page is taken off.
fn paginated(rows: &mut Vec<Row>, count: u64, page: &Page) -> Result<Value> {
    let is_last = rows.len() <= page.limit as usize;
    rows.truncate(page.limit as usize);
    let last = rows.last().filter(|_| !is_last).map(|row| place(&row.place)).transpose()?;
    Ok(page.view(count, last.as_ref()))
}

fn query(table: &str, doc: &str, filter: &Filter, page: &Page) -> String {
    let (condition, order) = (filter.condition(), page.list.order());
    format!(
        "SELECT {doc} AS doc, json_array({}) AS place FROM {table}
            WHERE {condition} AND {} ORDER BY {} LIMIT +? OFFSET ?",
        order.join(", "),
        beyond(page),
        sorted(page)
    )
}

/// The rows behind the cursor are found by its values, which an index is in the order of; the ones before it are not read.
fn beyond(page: &Page) -> String {
    let (order, sign) = (page.list.order(), if page.list.is_ascending() { ">" } else { "<" });
    match &page.after {
        Some(_) => format!("({}) {sign} ({})", order.join(", "), vec!["?"; order.len()].join(", ")),
        None => "TRUE".to_owned(),
    }
}

fn sorted(page: &Page) -> String {
    let direction = if page.list.is_ascending() { "ASC" } else { "DESC" };
    page.list.order().iter().map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ")
}

/// The values of [`beyond`].
fn past(page: &Page) -> impl Iterator<Item = SqlStorageValue> {
    page.after.iter().flat_map(|place| place.0.iter().copied().map(Into::into))
}

/// The values of LIMIT and OFFSET: one more than is shown, to know whether there is another page.
pub(super) fn bounds(page: &Page) -> [SqlStorageValue; 2] {
    [i64::from(page.limit) + 1, i64::from(page.offset)].map(Into::into)
}

fn place(text: &str) -> Result<Place> {
    json::from_str(text).map(Place).doing("read a row's place")
}
