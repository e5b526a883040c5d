//! Bodies word for word, as observed in public logs or printed in X's documentation.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

fn problem(status: u16, body: &str) -> Problem {
    read(&Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
}

fn meaning(status: u16, body: &str) -> Refusal {
    classify(&problem(status, body))
}

/// A 403 without a type of its own, where only `detail` tells the case.
fn forbidden(detail: &str) -> Refusal {
    meaning(403, &format!(r#"{{"detail":"{detail}","type":"about:blank","title":"Forbidden","status":403}}"#))
}

#[test]
fn a_bad_or_expired_token() {
    let body = r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#;
    assert_eq!(meaning(401, body), Refusal::TokenRejected);
}

#[test]
fn an_app_only_token_on_a_user_endpoint() {
    let body = r#"{"title":"Unsupported Authentication","detail":"Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].","type":"https://api.twitter.com/2/problems/unsupported-authentication","status":403}"#;
    assert_eq!(meaning(403, body), Refusal::TokenRejected);
}

#[test]
fn no_credits_by_the_old_and_the_new_gateway() {
    let old = r#"{"account_id":1553086854915936256,"title":"CreditsDepleted","detail":"Your enrolled account [1553086854915936256] does not have any credits to fulfill this request.","type":"https://api.twitter.com/2/problems/credits"}"#;
    let new = r#"{"detail":"credits depleted","status":402,"title":"Payment Required","type":"https://api.x.com/2/problems/credits-depleted"}"#;
    assert_eq!(meaning(402, old), Refusal::CreditsDepleted);
    assert_eq!(meaning(402, new), Refusal::CreditsDepleted);
}

#[test]
fn duplicate_text() {
    let body = r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}"#;
    assert_eq!(meaning(403, body), Refusal::DuplicateContent);
}

#[test]
fn a_reply_that_was_not_summoned() {
    let detail = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.";
    assert_eq!(forbidden(detail), Refusal::NotSummoned);
}

#[test]
fn a_quote_that_is_not_allowed() {
    let detail = "Quoting this post is not allowed because you have not been mentioned or are not part of the conversation thread of the post you are quoting.";
    assert_eq!(forbidden(detail), Refusal::QuoteNotAllowed);
}

#[test]
fn a_refusal_without_a_reason() {
    assert_eq!(forbidden("You are not permitted to perform this action."), Refusal::NotPermitted);
    assert_eq!(forbidden("Forbidden"), Refusal::NotPermitted);
}

#[test]
fn a_text_that_is_too_long() {
    assert_eq!(forbidden("Your Tweet text is too long."), Refusal::TextTooLong);
}

#[test]
fn an_app_that_is_read_only_on_both_hosts() {
    let body = r#"{"detail":"Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.","status":403,"title":"Forbidden","type":"https://api.x.com/2/problems/oauth1-permissions"}"#;
    assert_eq!(meaning(403, body), Refusal::AppReadOnly);
    assert_eq!(meaning(403, &body.replace("api.x.com", "api.twitter.com")), Refusal::AppReadOnly);
}

#[test]
fn an_app_in_no_project() {
    let body = r#"{"client_id":"26924600","detail":"When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project. You can create a project via the developer portal.","registration_url":"https://developer.twitter.com/en/docs/projects/overview","title":"Client Forbidden","required_enrollment":"Appropriate Level of API Access","reason":"client-not-enrolled","type":"https://api.twitter.com/2/problems/client-forbidden"}"#;
    assert_eq!(meaning(403, body), Refusal::AppNotEnrolled);
}

#[test]
fn a_video_that_is_too_long_for_the_user() {
    assert_eq!(forbidden("This user is not allowed to post a video longer than 2 minutes."), Refusal::VideoTooLong);
    let body = r#"{"status":403,"type":"about:blank","title":"Forbidden","detail":"User video duration exceeded"}"#;
    assert_eq!(meaning(403, body), Refusal::VideoTooLong);
}

#[test]
fn a_rate_limit_in_both_layouts() {
    let flat = r#"{"title":"Too Many Requests","type":"about:blank","status":429,"detail":"Too Many Requests"}"#;
    let older = r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#;
    assert_eq!(meaning(429, flat), Refusal::RateLimited);
    assert_eq!(meaning(429, older), Refusal::RateLimited);
    assert_eq!(problem(429, older).detail.as_deref(), Some("Rate limit exceeded"));
}

#[test]
fn a_monthly_cap_is_no_rate_limit() {
    let body = r#"{"title":"UsageCapExceeded","detail":"Usage cap exceeded: Monthly product cap","type":"https://api.twitter.com/2/problems/usage-capped","period":"Monthly","scope":"Product"}"#;
    assert_eq!(meaning(429, body), Refusal::UsageCapped);
}

#[test]
fn a_bad_body_says_which_parameter() {
    let body = r#"{"errors":[{"message":"Your media IDs are invalid.","parameters":{"media.media_ids":["1"]}}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}"#;
    assert_eq!(meaning(400, body), Refusal::InvalidMedia);
    let expected = "One or more parameters to your request was invalid. Your media IDs are invalid.";
    assert_eq!(problem(400, body).detail.as_deref(), Some(expected));
}

#[test]
fn two_cashtags_whatever_the_status() {
    let body = r#"{"detail":"A post may have a maximum of one cashtag."}"#;
    for status in [400, 403, 422] {
        assert_eq!(meaning(status, body), Refusal::TooManyCashtags);
    }
}

#[test]
fn a_missing_resource_comes_as_a_success() {
    let body = r#"{"errors":[{"resource_id":"456","resource_type":"tweet","parameter":"id","value":"456","title":"Not Found Error","detail":"Could not find tweet with id: [456].","type":"https://api.twitter.com/2/problems/resource-not-found"}]}"#;
    assert_eq!(meaning(200, body), Refusal::NotFound);
    assert_eq!(problem(200, body).title.as_deref(), Some("Not Found Error"));
}

#[test]
fn overload() {
    let body = r#"{"title":"Service Unavailable","detail":"Service Unavailable","type":"about:blank","status":503}"#;
    assert_eq!(meaning(503, body), Refusal::Unavailable);
}

#[test]
fn the_older_layout_keeps_its_words() {
    let body = r#"{"errors":[{"code":415,"message":"Callback URL not approved for this client application."}]}"#;
    let expected = "Callback URL not approved for this client application.";
    assert_eq!(problem(403, body).detail.as_deref(), Some(expected));
}

#[test]
fn an_insufficient_scope_as_rfc_6750_names_it() {
    assert_eq!(forbidden("insufficient_scope"), Refusal::MissingScope);
}

#[test]
fn without_a_problem_the_status_speaks() {
    let cases = [
        (400, Refusal::InvalidRequest),
        (401, Refusal::TokenRejected),
        (403, Refusal::NotPermitted),
        (404, Refusal::NotFound),
        (409, Refusal::InvalidRequest),
        (429, Refusal::RateLimited),
        (502, Refusal::Unavailable),
        (302, Refusal::InvalidResponse),
    ];
    for (status, refusal) in cases {
        for body in ["", "<html>", "[]", "null", r#"{"errors":"no list"}"#, r#"{"detail":7}"#] {
            assert_eq!(meaning(status, body), refusal, "{status} {body}");
        }
    }
}

#[test]
fn shown_to_the_caller_as_x_said_it() {
    let shown = serde_json::to_string(&problem(403, r#"{"title":"Forbidden","detail":"Forbidden"}"#)).unwrap();
    assert_eq!(shown, r#"{"status":403,"type":null,"title":"Forbidden","detail":"Forbidden"}"#);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reading_never_panics(status in 100_u16..1000, bytes: Vec<u8>, text in "\\PC{0,30}", key in "errors|type|title|detail|message") {
        let any = serde_json::json!({ key: [{"type": text, "detail": text, "message": text}], "type": text }).to_string();
        for body in [bytes, any.into_bytes()] {
            classify(&read(&Response::builder().status(status).body(body).unwrap()));
        }
    }
}
