//! Writes the description of the HTTP API (`OpenAPI` 3.1) to the file that is named. The build serves it as `/openapi.json`.
//!
//! Codes, statuses, scopes and every list of words are those of core's types; a request body has the fields of the type
//! that reads it, or nothing is written. What answers look like is stated here, and the tests hold every answer of the
//! Worker against it.

#![expect(
    clippy::needless_pass_by_value,
    reason = "schemas are nested calls; a `&` before each would only be in the way"
)]

mod document;
mod operation;
mod parts;
mod schema;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("say which file to write")?;
    Ok(std::fs::write(file, serde_json::to_vec(&document::build()?)?)?)
}
