//! The parts put together.

use latchkey_core::api::code::Code;
use serde_json::{Map, Value, json};

use super::lift;
use super::parts::{self, Part};
use super::schema::{a, list, nullable, record, text};

pub fn build() -> Result<Value, String> {
    let parts = parts::all()?;
    let mut paths = Map::new();
    let mut schemas = common();
    for Part { tag, operations, schemas: of_part } in &parts {
        for operation in operations {
            let path = paths.entry(operation.path).or_insert_with(|| json!({}));
            let Some(methods) = path.as_object_mut() else { continue };
            methods.insert(operation.method.to_lowercase(), operation.to_json(tag)?);
        }
        schemas.extend(of_part.clone());
    }
    let tags: Vec<Value> = parts.iter().map(|part| json!({ "name": part.tag })).collect();
    lift::named_schemas(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "X accounts",
            "summary": "Connecting X accounts and publishing for them",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Ids are opaque strings. A trailing slash of a path makes no difference. Every refusal has a stable `code`.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "webhooks": parts::webhooks::events(),
        "components": {
            "schemas": schemas,
            "parameters": {
                "IdempotencyKey": {
                    "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "pattern": "^[ -~]{1,255}$" },
                    "example": "order-1807",
                    "description": "For 24 hours a repetition of this call gets the first answer, byte for byte.",
                },
            },
            "headers": {
                "RequestId": { "description": "The `request_id`, under which the call was logged.", "schema": text() },
            },
            "securitySchemes": {
                "apiKey": { "type": "http", "scheme": "bearer", "description": "`x-required-scope` says which scope a call needs, `x-narrowest-binding` how narrowly the key may be bound." },
                "sessionToken": { "type": "http", "scheme": "bearer", "description": "The `token` of one connect session." },
                "pageToken": { "type": "http", "scheme": "bearer", "description": "The `token` of a page session, from a page of its origin. `x-page-scope` says which scope the session needs." },
                "dashboard": { "type": "apiKey", "in": "cookie", "name": "__Host-dashboard", "description": "Stands for the API key that signed in; for pages of the same origin." },
            },
        },
    }))
}

fn common() -> Map<String, Value> {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let statuses: Vec<u16> = Code::ALL.iter().map(|code| code.status()).collect();
    let hints: Vec<&str> = Code::ALL.iter().map(|code| code.hint()).collect();
    let time = json!({
        "type": "string", "format": "date-time",
        "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$",
    });
    let x = record(json!({
        "status": { "type": "integer" }, "type": nullable(text()), "title": nullable(text()), "detail": nullable(text()),
    }));
    let failure = record(json!({
        "success": { "type": "boolean", "const": false },
        "error": text(),
        "code": a("Code"),
        "message": text(),
        "hint": text(),
        "request_id": text(),
        "details?": { "type": "object", "description": "What is wrong with which field: `{\"containers\":{\"0\":{\"_errors\":[…]}}}`." },
        "x?": a("XProblem"),
    }));
    let problem = record(json!({
        "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(),
        "code": a("Code"), "request_id": text(),
    }));
    Map::from_iter([
        ("Time".to_owned(), time),
        (
            "TenantId".to_owned(),
            json!({
                "type": "string", "pattern": "^[!#-;=?-\\[\\]-~]{1,128}$",
                "description": "Printable ASCII without space, `\"`, backslash, `<` and `>`. In a query a space is `+`.",
            }),
        ),
        (
            "TenantIdInput".to_owned(),
            json!({
                "anyOf": [a("TenantId"), { "type": "integer", "minimum": i64::MIN, "maximum": u64::MAX }],
                "description": "An integer is its digits.",
            }),
        ),
        (
            "XId".to_owned(),
            json!({ "type": "string", "pattern": "^[0-9]{1,19}$", "description": "An id of X's: 1 to 19 digits." }),
        ),
        ("Usd".to_owned(), json!({ "type": "number", "minimum": 0, "maximum": 1_000_000 })),
        ("XProblem".to_owned(), x),
        (
            "Code".to_owned(),
            json!({
                "type": "string", "enum": codes, "x-enum-statuses": statuses, "x-enum-descriptions": hints,
                "description": "Stable. `x-enum-statuses` has the HTTP status of each, `x-enum-descriptions` what to do.",
            }),
        ),
        ("Failure".to_owned(), failure),
        ("Problem".to_owned(), problem),
        ("Warnings".to_owned(), list(text())),
        ("EventKind".to_owned(), parts::webhooks::names()),
    ])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::collections::BTreeSet;

    use latchkey_core::routes::ROUTES;

    use super::*;

    fn operations() -> Vec<(String, Value)> {
        let document = build().unwrap();
        let paths = document.get("paths").unwrap().as_object().unwrap().clone();
        let each = |(path, methods): (String, Value)| {
            let methods = methods.as_object().unwrap().clone();
            methods.into_iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        };
        paths.into_iter().flat_map(each).collect()
    }

    #[test]
    fn every_described_path_is_that_of_its_route() {
        for operation in parts::all().unwrap().iter().flat_map(|part| &part.operations) {
            let words = operation.path.split('/').map(|part| match part {
                "{path}" => "*",
                part if part.starts_with('{') => "{}",
                part => part,
            });
            let routed =
                operation.row().unwrap().path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
            assert_eq!(words.collect::<Vec<_>>(), routed.collect::<Vec<_>>(), "{}", operation.path);
        }
    }

    #[test]
    fn every_call_of_the_table_is_described_once_by_its_name() {
        let named = |(call, operation): &(String, Value)| {
            (!call.starts_with("head ")).then(|| operation.get("operationId").unwrap().as_str().unwrap().to_owned())
        };
        let described: BTreeSet<String> = operations().iter().filter_map(named).collect();
        let routed = ROUTES.iter().map(|row| row.name.to_owned());
        assert_eq!(described, routed.collect());
    }

    #[test]
    fn the_scope_that_is_described_is_that_of_the_row() {
        for operation in parts::all().unwrap().iter().flat_map(|part| &part.operations) {
            let scope = operation.row().unwrap().access.map(|access| json!(access.scope));
            let described = operation.to_json("").unwrap();
            assert_eq!(described.get("x-required-scope").cloned(), scope, "{} {}", operation.method, operation.path);
        }
    }

    #[test]
    fn every_error_code_is_met_somewhere() {
        let parts = parts::all().unwrap();
        let met: BTreeSet<&str> = parts
            .iter()
            .flat_map(|part| &part.operations)
            .flat_map(|o| o.refusals().into_values().flatten())
            .map(Code::as_str)
            .collect();
        // Told to people alone, by a page; and of methods that no operation describes.
        let apart = [Code::StateUnknown, Code::MethodNotAllowed].map(Code::as_str);
        let missing: Vec<&str> = Code::ALL
            .iter()
            .map(|code| code.as_str())
            .filter(|name| !met.contains(name) && !apart.contains(name))
            .collect();
        assert!(missing.is_empty(), "no call is described that answers {missing:?}");
    }

    #[test]
    fn every_reference_leads_somewhere_and_nothing_is_unused() {
        let document = build().unwrap();
        let text = document.to_string();
        let references: BTreeSet<&str> =
            text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for reference in &references {
            assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
        }
        for name in document.pointer("/components/schemas").unwrap().as_object().unwrap().keys() {
            assert!(references.contains(format!("/components/schemas/{name}").as_str()), "{name} is used nowhere");
        }
    }

    /// Generators name what the document does not name, and number the names that collide.
    #[test]
    fn every_list_of_words_and_every_record_has_a_name() {
        let unnamed = |place: &str, schema: &Map<String, Value>| {
            let is_component = place.strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'));
            let is_schema = schema.contains_key("enum") || schema.contains_key("properties");
            (is_schema && !is_component).then(|| place.to_owned())
        };
        assert_eq!(found(&build().unwrap(), &unnamed), Vec::<String>::new());
    }

    #[test]
    fn every_constant_and_every_list_of_words_has_a_type() {
        let untyped = |place: &str, schema: &Map<String, Value>| {
            let is_fixed = schema.contains_key("const") || schema.contains_key("enum");
            (is_fixed && !schema.contains_key("type")).then(|| place.to_owned())
        };
        assert_eq!(found(&build().unwrap(), &untyped), Vec::<String>::new());
    }

    #[test]
    fn every_operation_has_a_tag_and_a_summary() {
        for (call, operation) in operations() {
            assert_eq!(operation.get("tags").and_then(Value::as_array).map(Vec::len), Some(1), "{call}");
            assert!(operation.get("summary").and_then(Value::as_str).is_some_and(|words| !words.is_empty()), "{call}");
        }
    }

    /// What `judge` says of each object of the document. Examples are values and no schemas.
    fn found(value: &Value, judge: &impl Fn(&str, &Map<String, Value>) -> Option<String>) -> Vec<String> {
        fn walk(
            place: &str,
            value: &Value,
            judge: &impl Fn(&str, &Map<String, Value>) -> Option<String>,
            found: &mut Vec<String>,
        ) {
            match value {
                Value::Object(fields) => {
                    found.extend(judge(place, fields));
                    for (name, value) in fields.iter().filter(|(name, _)| *name != "example") {
                        walk(&format!("{place}/{name}"), value, judge, found);
                    }
                }
                Value::Array(items) => items.iter().for_each(|item| walk(&format!("{place}/-"), item, judge, found)),
                _ => {}
            }
        }
        let mut all = Vec::new();
        walk("", value, judge, &mut all);
        all
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let all = operations();
        let ids: BTreeSet<&str> =
            all.iter().map(|(_, operation)| operation.get("operationId").unwrap().as_str().unwrap()).collect();
        assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn a_call_names_the_scope_that_its_key_needs() {
        let all = operations();
        let scope = |call: &str| all.iter().find(|(name, _)| name == call).unwrap().1.get("x-required-scope").cloned();
        assert_eq!(scope("get /v1/posts"), Some(json!("read")));
        assert_eq!(scope("delete /v1/social-accounts/{id}"), Some(json!("connect")));
        assert_eq!(scope("get /healthz"), None);
    }
}
