#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use http::Response;
use proptest::prelude::*;
use url::Url;

use super::{
    tweet::{NewTweet, create_request, create_response},
    user::{XUser, me_request, me_response, users_in},
    *,
};
use crate::id::XPostId;
use crate::time::UnixMillis;

fn endpoints() -> Endpoints {
    Endpoints {
        api_origin: Url::parse("https://api.x.com").unwrap(),
        authorize_url: Url::parse("https://x.com/i/oauth2/authorize").unwrap(),
    }
}

fn token() -> Secret<String> {
    Secret::new("at-1".to_owned())
}

fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

fn user(subscription_type: &str) -> XUser {
    let body = format!(
        r#"{{"data":{{"id":"2244994945","username":"XDevelopers","name":"Developers","subscription_type":"{subscription_type}","profile_image_url":"https://pbs.twimg.com/a.jpg","verified":true}}}}"#
    );
    me_response(&answer(200, &body)).unwrap()
}

#[test]
fn an_answer_describes_whom_it_is_about_and_the_authors_of_its_posts() {
    let person = |id: &str| serde_json::json!({"id": id, "username": format!("u{id}"), "name": "N"});
    let ids = |body: Value| users_in(&body).iter().map(|user| user.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(serde_json::json!({"data": person("7")})), ["7"]);
    let posts = serde_json::json!([{"id": "1", "text": "a", "author_id": "7"}]);
    assert_eq!(ids(serde_json::json!({"data": posts, "includes": {"users": [person("7"), person("8")]}})), ["7", "8"]);
    for body in [serde_json::json!({"data": posts}), serde_json::json!({"data": {"total_balance": 1}}), Value::Null] {
        assert!(ids(body).is_empty());
    }
}

#[test]
fn what_x_says_of_a_user_takes_the_place_of_what_was_known_as_far_as_it_goes() {
    let before = user("Premium");
    let renamed = r#"{"data":{"id":"2244994945","username":"other","name":"Other"}}"#;
    let after = before.updated_by(me_response(&answer(200, renamed)).unwrap());
    assert_eq!((after.username.as_str(), after.name.as_str(), after.max_post_length()), ("other", "Other", 25_000));
    assert_eq!(after.profile_image_url, before.profile_image_url);
    assert_eq!(after.updated_by(user("None")).max_post_length(), 280);
}

#[test]
fn a_request_carries_the_token_and_hides_it_when_printed() {
    let request = me_request(&endpoints(), &token());
    assert_eq!(request.uri(), "https://api.x.com/2/users/me?user.fields=profile_image_url,subscription_type");
    assert_eq!(request.headers()["authorization"], "Bearer at-1");
    assert_eq!(request.headers()["accept"], "application/json");
    assert!(!format!("{request:?}").contains("at-1"));
}

#[test]
fn a_token_that_no_header_can_carry_is_not_sent() {
    let request = me_request(&endpoints(), &Secret::new("a\r\nx-evil: 1".to_owned()));
    assert_eq!(request.headers()["authorization"], "");
}

#[test]
fn a_post_is_text_and_perhaps_what_it_replies_to() {
    let mut tweet = NewTweet { text: "Hi \"there\" & <you>".to_owned(), ..NewTweet::default() };
    let request = create_request(&endpoints(), &token(), &tweet);
    assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/2/tweets"));
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.body(), br#"{"text":"Hi \"there\" & <you>"}"#);
    tweet.reply_to = Some(XPostId::parse("1445880548472328192").unwrap());
    let body: Value = serde_json::from_slice(create_request(&endpoints(), &token(), &tweet).body()).unwrap();
    assert_eq!(body["reply"], serde_json::json!({"in_reply_to_tweet_id": "1445880548472328192"}));
}

#[test]
fn a_created_post_has_an_id() {
    let body = r#"{"data":{"id":"1445880548472328192","text":"Hi","edit_history_tweet_ids":["1445880548472328192"]}}"#;
    assert_eq!(create_response(&answer(201, body)).unwrap().as_str(), "1445880548472328192");
}

#[test]
fn a_success_that_names_no_post_is_malformed_and_not_a_refusal() {
    for body in [
        "",
        "<html>",
        "{}",
        r#"{"data":{}}"#,
        r#"{"data":{"id":"x"}}"#,
        r#"{"data":{"id":1},"errors":[{}]}"#,
        r#"{"errors":[]}"#,
    ] {
        assert_eq!(create_response(&answer(201, body)), Err(XError::Malformed { status: 201 }), "{body}");
    }
}

#[test]
fn a_success_with_nothing_but_errors_is_a_refusal() {
    let body = r#"{"errors":[{"title":"Not Found Error","detail":"Could not find user.","type":"https://api.twitter.com/2/problems/resource-not-found"}]}"#;
    let Err(XError::Refused { refusal, problem, .. }) = me_response(&answer(200, body)) else { panic!("no refusal") };
    assert_eq!((refusal, problem.status), (Refusal::NotFound, 200));
}

#[test]
fn a_refusal_carries_the_windows() {
    let mut answer = answer(429, r#"{"title":"Too Many Requests","type":"about:blank","status":429}"#);
    for (name, value) in [("limit", "100"), ("remaining", "0"), ("reset", "1795427100")] {
        let name = http::HeaderName::try_from(format!("x-user-limit-24hour-{name}")).unwrap();
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let Err(XError::Refused { refusal, windows, .. }) = create_response(&answer) else { panic!("no refusal") };
    assert_eq!(refusal, Refusal::RateLimited);
    let now = UnixMillis(1_795_426_200_000);
    assert_eq!(rate::exhausted_until(&windows, now).map(|time| time.0), Some(1_795_427_100_000));
}

#[test]
fn every_subscription_allows_long_posts() {
    for kind in ["Basic", "Premium", "PremiumPlus"] {
        assert_eq!(user(kind).max_post_length(), 25_000, "{kind}");
    }
    assert_eq!(user("None").max_post_length(), 280);
    assert_eq!(user("Unheard").max_post_length(), 280);
}

#[test]
fn a_user_needs_no_more_than_the_default_fields() {
    let body = r#"{"data":{"id":"2244994945","name":"Developers","username":"XDevelopers"}}"#;
    let user = me_response(&answer(200, body)).unwrap();
    assert_eq!((user.username.as_str(), user.max_post_length()), ("XDevelopers", 280));
    assert_eq!(user.profile_image_url, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reading_never_panics(status in 100_u16..1000, body: Vec<u8>, text in "\\PC{0,40}") {
        let _ = data::<Value>(&Response::builder().status(status).body(body).unwrap());
        let _ = (create_response(&answer(status, &text)), me_response(&answer(status, &text)));
    }

    #[test]
    fn a_post_is_sent_word_for_word(text in "\\PC*|(.|\n){0,40}") {
        let request = create_request(&endpoints(), &token(), &NewTweet { text: text.clone(), ..NewTweet::default() });
        prop_assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), serde_json::json!({"text": text}));
    }
}
