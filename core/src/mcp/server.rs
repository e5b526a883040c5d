//! Who answers, as clients are told.

use serde_json::{Value, json};

const UNNAMED: &str = "Publishing to X";

/// The operator's deployment.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// The operator's brand; without one the server has a plain name.
    pub name: Option<&'a str>,
    pub version: &'a str,
}

impl Server<'_> {
    pub(super) fn info(&self) -> Value {
        let title = self.name.unwrap_or(UNNAMED);
        json!({ "name": title, "title": title, "version": self.version })
    }
}
