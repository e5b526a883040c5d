use latchkey_core::api::page_session::CreatePageSession;
use latchkey_core::key::PageScope;
use serde_json::{Value, json};

use super::Part;
use crate::operation::Operation;
use crate::schema::{a, between, body, id, list, named, nullable, record, success, text, words_of};

pub fn part() -> Result<Part, String> {
    let create = body::<CreatePageSession>(
        json!({
            "origin": text(), "tenant_id?": nullable(a("TenantIdInput")),
            "scopes": { "type": "array", "items": words_of::<PageScope>("PageScope"), "minItems": 1 },
            "expires_in?": nullable(between(60, 3600)),
        }),
        &[],
    )?;
    let made =
        success(json!({ "data": named("NewPageSession", session(json!({ "token": text(), "api_url": text() }))) }));
    let operations = vec![
        Operation::new("POST", "/v1/page-sessions", "createPageSession", "A key that ends, for a page")
            .takes(create)
            .answers(201, "With the token, shown this once.", made),
        Operation::new("GET", "/v1/page-sessions/{id}", "getPageSession", "A page session that is in force").answers(
            200,
            "As it was made.",
            success(json!({ "data": a("PageSession") })),
        ),
        Operation::new("DELETE", "/v1/page-sessions/{id}", "deletePageSession", "The token is dead from the answer on")
            .answers(200, "Gone.", success(json!({ "message": text() }))),
    ];
    Ok(Part::new("Page sessions", operations, [("PageSession", session(json!({})))]))
}

fn session(mut others: Value) -> Value {
    let ours = json!({
        "id": id("key"), "origin": text(), "tenant_id": a("TenantId"), "scopes": list(words_of::<PageScope>("PageScope")),
        "key_id": text(), "created_at": a("Time"), "expires_at": a("Time"),
    });
    if let (Some(fields), Value::Object(ours)) = (others.as_object_mut(), ours) {
        fields.extend(ours);
    }
    record(others)
}
