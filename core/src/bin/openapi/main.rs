//! Writes the description of the HTTP API (`OpenAPI` 3.1) to the first file that is named, which the build serves as
//! `/openapi.json`; the table of routes to the second one, which the tests read; the lists of words to the third one,
//! which the dashboard shows; the tools for agents to the fourth one, which the Worker lists; and the versions of the
//! release to the fifth one.
//!
//! Codes, statuses, scopes and every list of words are those of core's types; a request body has the fields of the type
//! that reads it, or nothing is written. What answers look like is stated here, and the tests hold every answer of the
//! Worker against it.

#![expect(
    clippy::needless_pass_by_value,
    reason = "schemas are nested calls; a `&` before each would only be in the way"
)]

mod document;
mod examples;
mod lift;
mod lists;
mod operation;
mod parts;
mod schema;
mod tools;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = std::env::args_os().skip(1);
    let description = files.next().ok_or("say which file to write")?;
    let document = document::build()?;
    std::fs::write(description, serde_json::to_vec(&document)?)?;
    let Some(table) = files.next() else { return Ok(()) };
    std::fs::write(table, serde_json::to_vec_pretty(&latchkey_core::routes::as_json())?)?;
    let Some(lists) = files.next() else { return Ok(()) };
    std::fs::write(lists, serde_json::to_vec_pretty(&lists::all())?)?;
    let Some(tools) = files.next() else { return Ok(()) };
    std::fs::write(tools, serde_json::to_vec(&tools::all(&document)?)?)?;
    let Some(release) = files.next() else { return Ok(()) };
    let of_release =
        serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "schema": latchkey_core::schema::mark() });
    Ok(std::fs::write(release, serde_json::to_vec_pretty(&of_release)?)?)
}
