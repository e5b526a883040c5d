//! The lists of the API: one page of rows by a filter, and how many there are (docs/API.md, section 1).

use latchkey_core::api::page::{Page, Place};
use latchkey_core::id::TenantId;
use latchkey_core::json;
use latchkey_core::key::Binding;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use worker::SqlStorageValue;

use super::scope::Scope;
use crate::error::{Doing, Result};
use crate::objects::storage::{Db, read};

/// Which rows: conditions in SQL, each with the values of its question marks.
pub(super) struct Filter {
    conditions: Vec<String>,
    values: Vec<SqlStorageValue>,
}

/// A page, and what its answer says of the list.
pub struct Listed<T> {
    pub rows: Vec<T>,
    /// Of all pages.
    pub count: u64,
    pub pagination: Value,
}

#[derive(Deserialize)]
struct Row {
    doc: String,
    /// An array of numbers.
    place: String,
}

impl Filter {
    pub(super) fn new(condition: &str) -> Self {
        Self { conditions: vec![condition.to_owned()], values: Vec::new() }
    }

    /// One more condition.
    pub(super) fn only(mut self, condition: &str) -> Self {
        self.conditions.push(condition.to_owned());
        self
    }

    /// One more condition, if there is a value for its question mark.
    pub(super) fn given(mut self, condition: &str, value: Option<impl Into<SqlStorageValue>>) -> Self {
        if let Some(value) = value {
            self.conditions.push(condition.to_owned());
            self.values.push(value.into());
        }
        self
    }

    /// Rows of a tenant as a whole, `tenant_id` being where they say whose they are: those that a key may see, and of
    /// those the wanted ones.
    pub(super) fn of_tenant(self, tenant_id: &str, binding: &Binding, wanted: Option<&str>) -> Self {
        let condition = format!("{tenant_id} = ?");
        let own = binding.tenant_id.as_ref().map(TenantId::as_str);
        let seen = if binding.account_id.is_some() { self.only("FALSE") } else { self.given(&condition, own) };
        seen.given(&condition, wanted)
    }

    fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }
}

impl Db {
    /// How many rows of a list a scope has.
    pub(super) fn rows_in(&self, list: &str, scope: Scope<'_>) -> Result<u64> {
        let query = "SELECT coalesce(sum(rows), 0) AS count FROM counts WHERE list = ? AND scope = ?";
        self.count(query, vec![list.into(), scope.key().into()])
    }

    /// A page of the rows of `table`, read from its column or expression `doc`.
    pub(super) fn list<T: DeserializeOwned>(
        &self,
        table: &str,
        doc: &str,
        filter: &Filter,
        page: &Page,
    ) -> Result<Listed<T>> {
        let count = format!("SELECT count(*) AS count FROM {table} WHERE {}", filter.condition());
        let count = self.count(&count, filter.values.clone())?;
        // One more than is shown: whether there is another page.
        let values = filter.values.iter().cloned().chain(past(page));
        let values = values.chain([i64::from(page.limit) + 1, i64::from(page.offset)].map(Into::into));
        let mut rows: Vec<Row> = self.rows(&query(table, doc, filter, page), values.collect())?;
        let is_last = rows.len() <= page.limit as usize;
        rows.truncate(page.limit as usize);
        let last = rows.last().filter(|_| !is_last).map(|row| place(&row.place)).transpose()?;
        let pagination = page.view(count, last.as_ref());
        Ok(Listed { rows: rows.iter().map(|row| read(&row.doc)).collect::<Result<_>>()?, count, pagination })
    }
}

/// The rows behind the cursor are found by its values, which an index is in the order of; the ones before it are not read.
fn query(table: &str, doc: &str, filter: &Filter, page: &Page) -> String {
    let (direction, beyond) = if page.list.is_ascending() { ("ASC", ">") } else { ("DESC", "<") };
    let order = page.list.order();
    let columns = order.join(", ");
    let past = match &page.after {
        Some(_) => format!("({columns}) {beyond} ({})", vec!["?"; order.len()].join(", ")),
        None => "TRUE".to_owned(),
    };
    let sorted = order.iter().map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ");
    let condition = filter.condition();
    format!(
        "SELECT {doc} AS doc, json_array({columns}) AS place FROM {table}
            WHERE {condition} AND {past} ORDER BY {sorted} LIMIT ? OFFSET ?"
    )
}

fn past(page: &Page) -> impl Iterator<Item = SqlStorageValue> {
    page.after.iter().flat_map(|place| place.0.iter().copied().map(Into::into))
}

fn place(text: &str) -> Result<Place> {
    json::from_str(text).map(Place).doing("read a row's place")
}
