#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::x::rate::{Window, WindowKind};

const T0: UnixMillis = UnixMillis(1_000_000);

fn delivery(texts: &[&str]) -> Delivery {
    let segments = texts
        .iter()
        .enumerate()
        .map(|(n, text)| Segment { container_id: format!("c{n}"), text: (*text).into(), platform_post_id: None })
        .collect();
    Delivery::new(PostId::from_entropy([1; 16]), AccountId::from_entropy([2; 16]), segments, T0)
}

fn id(text: &str) -> XPostId {
    XPostId::parse(text).unwrap()
}

fn refused(refusal: Refusal) -> Outcome {
    refused_until(refusal, Vec::new())
}

fn refused_until(refusal: Refusal, windows: Vec<Window>) -> Outcome {
    let problem = Problem { status: 403, r#type: None, title: None, detail: Some("X's words".into()) };
    Outcome::Refused(XError::Refused { refusal, problem, windows })
}

fn after(outcome: Outcome) -> Delivery {
    let mut delivery = delivery(&["hello"]);
    delivery.begin(T0).unwrap();
    delivery.effect(outcome, T0);
    delivery
}

fn code(delivery: &Delivery) -> Option<FailureCode> {
    delivery.error.as_ref().map(|error| error.code)
}

#[test]
fn an_accepted_text_is_published_once() {
    let delivery = after(Outcome::Published(id("1")));
    assert_eq!((delivery.state, delivery.published_at, delivery.due()), (State::Published, Some(T0), None));
    assert_eq!(delivery.clone().begin(T0), None, "nothing is left to send");
}

#[test]
fn each_segment_replies_to_the_one_before() {
    let mut thread = delivery(&["a", "b", "c"]);
    for (n, parent) in [None, Some("1"), Some("2")].into_iter().enumerate() {
        let tweet = thread.begin(T0).unwrap();
        assert_eq!(tweet.reply_to.as_ref().map(XPostId::as_str), parent);
        thread.effect(Outcome::Published(id(&(n + 1).to_string())), T0);
    }
    assert_eq!(thread.state, State::Published);
}

#[test]
fn a_thread_resumes_at_the_first_missing_segment() {
    let mut thread = delivery(&["a", "b"]);
    thread.begin(T0).unwrap();
    thread.effect(Outcome::Published(id("1")), T0);
    thread.begin(T0).unwrap();
    thread.effect(refused(Refusal::Unavailable), T0);
    assert_eq!(thread.begin(T0).unwrap(), NewTweet { text: "b".into(), reply_to: Some(id("1")) });
}

#[test]
fn a_lost_answer_is_unknown_and_never_sent_again_by_itself() {
    for outcome in [Outcome::Lost, Outcome::Refused(XError::Malformed { status: 201 })] {
        let delivery = after(outcome);
        assert_eq!((delivery.state, delivery.due()), (State::Unknown, None));
        assert!(!delivery.is_due(T0 + Span::days(365)));
    }
}

#[test]
fn an_intent_without_an_answer_is_lost_in_a_restart() {
    let mut sent = delivery(&["a"]);
    sent.begin(T0).unwrap();
    sent.recover();
    assert_eq!(sent.state, State::Unknown);
    let mut waiting = delivery(&["a"]);
    waiting.recover();
    assert_eq!((waiting.state, waiting.revision), (State::Queued, 0));
}

#[test]
fn what_the_post_is_at_fault_for_is_final_and_keeps_xs_words() {
    for (refusal, expected) in [
        (Refusal::DuplicateContent, FailureCode::DuplicateContent),
        (Refusal::NotSummoned, FailureCode::NotSummoned),
        (Refusal::QuoteNotAllowed, FailureCode::QuoteNotAllowed),
        (Refusal::TextTooLong, FailureCode::TextTooLong),
        (Refusal::VideoTooLong, FailureCode::VideoTooLong),
        (Refusal::TooManyCashtags, FailureCode::TooManyCashtags),
        (Refusal::MissingScope, FailureCode::MissingScope),
        (Refusal::InvalidRequest, FailureCode::XRefused),
        (Refusal::NotPermitted, FailureCode::XRefused),
        (Refusal::NotFound, FailureCode::XRefused),
    ] {
        let delivery = after(refused(refusal));
        assert_eq!((delivery.state, code(&delivery), delivery.due()), (State::Failed, Some(expected), None));
        assert_eq!(delivery.error.unwrap().message, "X's words");
    }
}

#[test]
fn what_the_app_is_at_fault_for_is_held_and_asked_again_every_quarter_of_an_hour() {
    for (refusal, expected) in [
        (Refusal::CreditsDepleted, FailureCode::CreditsDepleted),
        (Refusal::AppReadOnly, FailureCode::AppReadOnly),
        (Refusal::AppNotEnrolled, FailureCode::AppNotEnrolled),
    ] {
        let delivery = after(refused(refusal));
        assert_eq!((delivery.state, code(&delivery)), (State::Held, Some(expected)));
        assert_eq!(delivery.due(), Some(T0 + Span::mins(15)));
    }
}

#[test]
fn a_rate_limit_waits_for_the_latest_exhausted_reset() {
    let window = |remaining, reset_at, kind| Window { limit: 100, remaining, reset_at, kind };
    let windows = vec![
        window(0, T0 + Span::mins(3), WindowKind::QuarterHour),
        window(0, T0 + Span::hours(5), WindowKind::UserDay),
        window(9, T0 + Span::hours(9), WindowKind::AppDay),
    ];
    let delivery = after(refused_until(Refusal::RateLimited, windows));
    assert_eq!((delivery.state, delivery.due()), (State::Queued, Some(T0 + Span::hours(5))));
    let untold = after(refused(Refusal::RateLimited));
    assert_eq!((code(&untold), untold.due()), (Some(FailureCode::RateLimited), Some(T0 + Span::mins(15))));
}

#[test]
fn xs_faults_are_tried_eight_times_with_growing_pauses() {
    let mut delivery = delivery(&["a"]);
    let mut pauses = Vec::new();
    while delivery.state == State::Queued {
        delivery.begin(T0).unwrap();
        delivery.effect(refused(Refusal::Unavailable), T0);
        pauses.extend(delivery.due().map(|due| (due - T0).as_secs()));
    }
    assert_eq!((pauses, delivery.attempts), (vec![2, 4, 8, 16, 32, 64, 128], 8));
    assert_eq!((delivery.state, code(&delivery)), (State::Failed, Some(FailureCode::XUnavailable)));
}

#[test]
fn the_first_401_is_tried_again_at_once_and_the_next_ones_wait() {
    let mut delivery = delivery(&["a"]);
    let mut pauses = Vec::new();
    for _ in 0..9 {
        delivery.begin(T0).unwrap();
        delivery.effect(refused(Refusal::TokenRejected), T0);
        pauses.push((delivery.due().unwrap() - T0).as_secs());
    }
    assert_eq!(pauses, [0, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
}

#[test]
fn a_missing_connection_holds_the_delivery_until_the_person_connects_again() {
    let mut delivery = delivery(&["a"]);
    delivery.effect(Outcome::ReconnectRequired, T0);
    assert_eq!((delivery.state, delivery.attempts, delivery.due()), (State::Held, 0, None));
    delivery.release(T0 + Span::hours(1));
    assert_eq!((delivery.state, delivery.due(), delivery.error), (State::Queued, Some(T0 + Span::hours(1)), None));
}

#[test]
fn without_a_token_for_now_nothing_is_attempted() {
    let mut delivery = delivery(&["a"]);
    delivery.effect(Outcome::NoTokenUntil(T0 + Span::mins(1)), T0);
    assert_eq!((delivery.attempts, delivery.due()), (0, Some(T0 + Span::mins(1))));
}

#[test]
fn only_what_has_not_left_can_be_cancelled() {
    let mut queued = delivery(&["a"]);
    assert!(queued.cancel() && queued.is_final());
    let mut sent = delivery(&["a"]);
    sent.begin(T0).unwrap();
    assert!(!sent.cancel());
    assert!(!after(Outcome::Lost).cancel());
}

#[test]
fn every_change_has_a_higher_revision() {
    let mut delivery = delivery(&["a"]);
    let mut seen = vec![delivery.revision];
    delivery.begin(T0).unwrap();
    seen.push(delivery.revision);
    delivery.effect(refused(Refusal::CreditsDepleted), T0);
    seen.push(delivery.revision);
    delivery.release(T0);
    seen.push(delivery.revision);
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
}

#[test]
fn delivery_v1_format_unchanged() {
    let mut delivery = delivery(&["a"]);
    delivery.begin(T0).unwrap();
    let expected = json!({
        "post_id": PostId::from_entropy([1; 16]),
        "account_id": AccountId::from_entropy([2; 16]),
        "segments": [{ "container_id": "c0", "text": "a", "platform_post_id": null }],
        "state": "publishing",
        "due_at": 1_000_000,
        "intent": { "segment": 0, "at": 1_000_000 },
        "attempts": 1,
        "faults": 0,
        "error": null,
        "published_at": null,
        "revision": 1,
    });
    assert_eq!(serde_json::to_value(&delivery).unwrap(), expected);
}
