//! The calls, by the sections of docs/API.md.

mod accounts;
mod agents;
mod approvals;
mod apps;
mod connect;
mod media;
mod operator;
mod page_sessions;
mod posts;
mod proxy;
pub mod webhooks;

use serde_json::{Map, Value};

use super::operation::Operation;

pub struct Part {
    pub tag: &'static str,
    pub operations: Vec<Operation>,
    pub schemas: Map<String, Value>,
}

impl Part {
    fn new<const N: usize>(tag: &'static str, operations: Vec<Operation>, schemas: [(&str, Value); N]) -> Self {
        let schemas = schemas.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
        Self { tag, operations, schemas }
    }
}

pub fn all() -> Result<Vec<Part>, String> {
    Ok(vec![
        apps::part()?,
        connect::part()?,
        accounts::part()?,
        posts::part()?,
        approvals::part()?,
        media::part()?,
        webhooks::part()?,
        operator::part()?,
        page_sessions::part()?,
        agents::part()?,
        proxy::part(),
    ])
}
