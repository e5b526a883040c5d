use latchkey_core::api::code::Code;
use serde_json::json;

use super::Part;
use crate::operation::Operation;
use crate::schema::{a, anything, text};

/// Of both doors. What comes back is X's own, except for refusals of ours.
const METHODS: [(&str, [&str; 2]); 5] = [
    ("GET", ["getFromX", "getFromXByAccount"]),
    ("POST", ["postToX", "postToXByAccount"]),
    ("PUT", ["putToX", "putToXByAccount"]),
    ("PATCH", ["patchAtX", "patchAtXByAccount"]),
    ("DELETE", ["deleteAtX", "deleteAtXByAccount"]),
];
const PATHS: [&str; 2] = ["/2/{path}", "/v1/social-accounts/{id}/x/2/{path}"];

pub fn part() -> Part {
    let operation = |method, path, id| {
        let content = json!({ "application/json": { "schema": anything() }, "*/*": { "schema": anything() } });
        let operation =
            Operation::passed(method, path, id, "X's own API as one of the accounts; the path may have more segments");
        let operation = operation.answers_content(200, "X's answer, like every other status of X's.", content);
        if method == "GET" {
            operation
        } else {
            operation.takes_content(json!({ "application/json": { "schema": anything() } }))
        }
    };
    let operations =
        METHODS.iter().flat_map(|(method, ids)| PATHS.iter().zip(ids).map(|(path, id)| operation(*method, *path, *id)));
    Part::new(
        "Calls for X",
        operations.collect(),
        [(
            "PassProblem",
            // X writes its refusals in the same format; ours alone have a `request_id`, and are whole.
            json!({
                "type": "object",
                "properties": {
                    "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(), "code": text(),
                    "request_id": text(),
                },
                "dependentSchemas": { "request_id": a("Problem") },
                "x-codes": CODES.map(Code::as_str),
            }),
        )],
    )
}

const CODES: [Code; 25] = [
    Code::Internal,
    Code::Misconfigured,
    Code::InvalidPayload,
    Code::InvalidApiKey,
    Code::InvalidSessionToken,
    Code::CreditsDepleted,
    Code::InsufficientKeyScope,
    Code::OriginNotAllowed,
    Code::HttpsRequired,
    Code::NotFound,
    Code::MethodNotAllowed,
    Code::InFlight,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
    Code::InvalidClientId,
    Code::InvalidClientSecret,
    Code::BudgetExceeded,
    Code::InvalidGrant,
    Code::AppNotEnrolled,
    Code::AppReadOnly,
    Code::MissingScope,
    Code::RateLimited,
    Code::XUnavailable,
    Code::XInvalidResponse,
    Code::XTimeout,
];
