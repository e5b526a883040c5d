use latchkey_core::api::code::Code;
use latchkey_core::api::post::{Approve, Reject};
use serde_json::json;

use super::Part;
use super::posts::post;
use crate::operation::Operation;
use crate::schema::{body, characters, count, nullable, record, success, text, words};

pub fn part() -> Result<Part, String> {
    let approve = body::<Approve>(json!({ "number?": nullable(count()) }), &[])?;
    let reject = body::<Reject>(json!({ "number?": nullable(count()), "note?": nullable(text()) }), &[])?;
    let one = || success(post(json!({})));
    let operations = vec![
        Operation::new("POST", "/v1/posts/{id}/approval", "requestApproval", "A draft asks for approval")
            .may_take(record(json!({})))
            .answers(200, "As it is now.", one())
            .refuses(&[Code::AlreadyPublished, Code::UnknownAccount, Code::TextTooLong, Code::MissingScope]),
        Operation::new("POST", "/v1/posts/{id}/approve", "approvePost", "Approves a post that asks, and sends it")
            .may_take(approve)
            .answers(200, "As it is now.", one())
            .refuses(&[Code::AlreadyPublished, Code::UnknownAccount, Code::TextTooLong, Code::MissingScope])
            .refuses(&[Code::BudgetExceeded, Code::ApprovalLate, Code::ApprovalStale]),
        Operation::new("POST", "/v1/posts/{id}/reject", "rejectPost", "Rejects a post that asks: it is a draft again")
            .may_take(reject)
            .answers(200, "As it is now.", one())
            .refuses(&[Code::AlreadyPublished, Code::ApprovalStale]),
    ];
    Ok(Part::new("Approval", operations.into_iter().chain(pages()).collect(), []))
}

fn pages() -> [Operation; 2] {
    let html = || json!({ "text/html": { "schema": text() } });
    let form =
        record(json!({ "decision": words("ApprovalDecision", &["approve", "reject"]), "note?": characters(0, 500) }));
    [
        Operation::page("/approve/{token}", "GET", "showApproval", "What a person approves or rejects")
            .answers_content(200, "The post, and what has become of the request.", html()),
        Operation::page("/approve/{token}", "POST", "answerApproval", "The buttons of that page")
            .takes_content(json!({ "application/x-www-form-urlencoded": { "schema": form } }))
            .answers_nothing(303, "To the page as it is now."),
    ]
}
