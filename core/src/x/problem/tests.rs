//! Bodies word for word, as observed in public logs or printed in X's documentation.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

fn problem(status: u16, body: &str) -> Problem {
    read(&answer(status, body)).1
}

fn meaning(status: u16, body: &str) -> Refusal {
    read(&answer(status, body)).0
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

/// One text in each layout that X has for a 403 without a type of its own.
fn layouts(code: i64, words: &str) -> [String; 4] {
    [
        format!(r#"{{"errors":[{{"code":{code},"message":"In other words."}}]}}"#),
        format!(r#"{{"errors":[{{"code":1,"message":"First."}},{{"code":{code},"message":"Second."}}]}}"#),
        format!(r#"{{"title":"Forbidden","detail":"{words}","type":"about:blank","status":403}}"#),
        format!(
            r#"{{"title":"Forbidden","detail":"Forbidden","type":"about:blank","errors":[{{"message":"No.","code":{code}}}]}}"#
        ),
    ]
}

#[test]
fn a_refusal_of_the_app_is_one_in_every_layout() {
    for (code, words, refusal) in [
        (261, "Application cannot perform write actions. Contact X Platform Operations.", Refusal::AppReadOnly),
        (261, "Read-only application cannot POST.", Refusal::AppReadOnly),
        (453, "You currently have access to a subset of X API V2 endpoints.", Refusal::AppNotEnrolled),
        (453, "You may need a different access level.", Refusal::AppNotEnrolled),
        (453, "You'll need to apply for Elevated access via the Developer Portal.", Refusal::AppNotEnrolled),
        (416, "Invalid or suspended application.", Refusal::AppNotEnrolled),
    ] {
        for body in layouts(code, words) {
            assert_eq!(meaning(403, &body), refusal, "{body}");
        }
    }
    assert_eq!(meaning(403, &layouts(2, "No.")[1]), Refusal::NotPermitted, "an unknown code says nothing");
    let untyped = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.";
    assert_eq!(forbidden(untyped), Refusal::AppReadOnly);
    assert_eq!(forbidden("Use keys from a developer App that is attached to a Project."), Refusal::AppNotEnrolled);
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
fn two_cashtags_under_both_statuses() {
    let body = r#"{"detail":"A post may have a maximum of one cashtag."}"#;
    for status in [400, 403] {
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

/// What X's edge and others in between answer.
const NOT_XS: [&str; 13] = [
    "",
    "<!DOCTYPE html><title>Just a moment...</title>",
    "Forbidden",
    "[]",
    "null",
    "\"Forbidden\"",
    "{}",
    r#"{"errors":"no list"}"#,
    r#"{"errors":[{"message":"Forbidden"}]}"#,
    r#"{"detail":7,"title":null}"#,
    r#"{"message":"Forbidden"}"#,
    r#"{"error":"access_denied","ray_id":"1"}"#,
    r#"{"type":"https://developers.cloudflare.com/support/errors/1020/","title":"Error 1020: Access denied","status":403,"detail":"You are blocked."}"#,
];

#[test]
fn what_is_not_xs_says_nothing_whatever_its_status() {
    for body in NOT_XS {
        for status in [301, 400, 403, 404] {
            assert_eq!(meaning(status, body), Refusal::InvalidResponse, "{status} {body}");
        }
        for (status, refusal) in [
            (401, Refusal::TokenRejected),
            (402, Refusal::CreditsDepleted),
            (429, Refusal::RateLimited),
            (502, Refusal::Unavailable),
        ] {
            assert_eq!(meaning(status, body), refusal, "{status} {body}");
        }
    }
}

#[test]
fn a_refusal_is_one_under_400_403_and_404_alone() {
    let body = |detail: &str| format!(r#"{{"title":"Refused","type":"about:blank","detail":"{detail}"}}"#);
    for detail in ["Refused.", "You are not allowed to create a Tweet with duplicate content."] {
        for status in [405, 408, 409, 410, 413, 415, 418, 422, 451, 499] {
            assert_eq!(meaning(status, &body(detail)), Refusal::InvalidResponse, "{status}");
        }
    }
    let cases = [(400, Refusal::InvalidRequest), (403, Refusal::NotPermitted), (404, Refusal::NotFound)];
    for (status, refusal) in cases {
        for body in [
            body("Refused."),
            format!(r#"{{"errors":[{}]}}"#, body("Refused.")),
            r#"{"errors":[{"code":34,"message":"Refused."}]}"#.to_owned(),
        ] {
            assert_eq!(meaning(status, &body), refusal, "{status} {body}");
        }
    }
}

#[test]
fn the_plain_text_that_ends_an_upload() {
    assert_eq!(meaning(400, "media type unrecognized"), Refusal::InvalidMedia);
    assert_eq!(problem(400, "media type unrecognized").words(), "media type unrecognized");
    assert_eq!(meaning(403, "media type unrecognized"), Refusal::InvalidResponse);
}

#[test]
fn an_account_that_its_owner_has_to_look_after() {
    for detail in [
        "To protect our users from spam and other malicious activity, this account is temporarily locked. Please log in to https://x.com to unlock your account.",
        "Your account is suspended and is not permitted to access this feature.",
        "Your account has been locked. Log in to https://twitter.com to fix it.",
        "This account is temporarily limited.",
        "You need to verify your account. Please add a phone number.",
        "Please confirm your email address before you post.",
    ] {
        assert_eq!(forbidden(detail), Refusal::AccountLocked, "{detail}");
    }
    for code in [64, 226, 231, 326] {
        let body = format!(r#"{{"errors":[{{"code":{code},"message":"In words that nobody has seen."}}]}}"#);
        assert_eq!(meaning(403, &body), Refusal::AccountLocked, "{code}");
    }
}

#[test]
fn the_limit_of_a_day() {
    assert_eq!(forbidden("User is over daily status update limit."), Refusal::DailyLimit);
    let older = r#"{"errors":[{"code":185,"message":"User is over daily status update limit."}]}"#;
    assert_eq!(meaning(403, older), Refusal::DailyLimit);
    assert_eq!(meaning(403, r#"{"errors":[{"code":185,"message":"Too much."}]}"#), Refusal::DailyLimit);
}

#[test]
fn codes_of_the_older_layout_say_what_their_words_may_not() {
    for (code, refusal) in [
        (186, Refusal::TextTooLong),
        (187, Refusal::DuplicateContent),
        (324, Refusal::InvalidMedia),
        (327, Refusal::AlreadyReposted),
    ] {
        let body = format!(r#"{{"errors":[{{"code":{code},"message":"No."}}]}}"#);
        assert_eq!(meaning(403, &body), refusal, "{code}");
    }
}

#[test]
fn where_x_gives_no_reason_the_status_is_told() {
    assert_eq!(problem(403, "<html>").words(), "X answered 403 without a reason that can be read.");
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
            read(&Response::builder().status(status).body(body).unwrap());
        }
    }
}
