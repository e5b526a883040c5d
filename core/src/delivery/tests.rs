#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::delivery::effect::failure;
use crate::network::Pause;
use crate::x::XError;
use crate::x::problem::{Problem, Refusal};
use crate::x::rate::{Window, WindowKind};
use crate::x::timeline::{OwnPost, own_posts_response};

const T0: UnixMillis = UnixMillis(1_000_000);
const PACE: Pace = Pace { reconcile: Span::mins(1), probe: Span::mins(15), backoff: Span::mins(1), chance: 0 };

fn delivery(texts: &[&str]) -> Delivery {
    let segments = texts.iter().enumerate().map(|(n, text)| segment(n, text, Options::default())).collect();
    Delivery::new(PostId::from_entropy([1; 16]), AccountId::from_entropy([2; 16]), segments, T0)
}

fn segment(n: usize, text: &str, options: Options) -> Segment {
    let (container_id, text) = (format!("c{n}"), text.to_owned());
    let (media, repost_of, price) = (Vec::new(), None, Micros(15_000));
    Segment { container_id, text, options, media, repost_of, price, platform_post_id: None }
}

fn tweet(call: Option<Call>) -> NewTweet {
    match call {
        Some(Call::Post(tweet)) => tweet,
        other => panic!("not a post: {other:?}"),
    }
}

fn id(text: &str) -> XPostId {
    XPostId::parse(text).unwrap()
}

fn refused(refusal: Refusal) -> Outcome {
    refused_until(refusal, Vec::new())
}

fn refused_until(refusal: Refusal, windows: Vec<Window>) -> Outcome {
    let problem = Problem { status: 403, r#type: None, title: None, detail: Some("X's words".into()) };
    Outcome::Refused(XError::Refused { refusal, problem, windows, retry_after: None })
}

/// The same with a `Retry-After`.
fn refused_for(refusal: Refusal, retry_after: Span) -> Outcome {
    let Outcome::Refused(XError::Refused { problem, windows, .. }) = refused(refusal) else { panic!("no refusal") };
    Outcome::Refused(XError::Refused { refusal, problem, windows, retry_after: Some(retry_after) })
}

/// X answers `outcome` at `now`, to a call that was begun then.
fn meets(delivery: &mut Delivery, outcome: Outcome, now: UnixMillis) {
    delivery.begin(now).unwrap();
    delivery.effect(outcome, now, PACE);
}

fn after(outcome: Outcome) -> Delivery {
    let mut delivery = delivery(&["hello"]);
    delivery.begin(T0).unwrap();
    delivery.effect(outcome, T0, PACE);
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
        let tweet = tweet(thread.begin(T0));
        assert_eq!(tweet.reply_to.as_ref().map(XPostId::as_str), parent);
        thread.effect(Outcome::Published(id(&(n + 1).to_string())), T0, PACE);
    }
    assert_eq!(thread.state, State::Published);
}

#[test]
fn a_thread_resumes_at_the_first_missing_segment() {
    let mut thread = delivery(&["a", "b"]);
    thread.begin(T0).unwrap();
    thread.effect(Outcome::Published(id("1")), T0, PACE);
    thread.begin(T0).unwrap();
    thread.effect(refused(Refusal::Unavailable), T0, PACE);
    let expected = NewTweet { text: "b".into(), reply_to: Some(id("1")), ..NewTweet::default() };
    assert_eq!(tweet(thread.begin(T0)), expected);
}

#[test]
fn a_lost_answer_is_unknown_until_the_accounts_own_posts_are_read() {
    for outcome in [Outcome::Lost, Outcome::Refused(XError::Malformed { status: 201 })] {
        let delivery = after(outcome);
        assert_eq!((delivery.state, delivery.due()), (State::Unknown, Some(T0 + Span::secs(1))));
    }
}

/// As X's timeline shows it, a second after the intent.
fn own_post(id: &str, text: &str, parent: Option<&str>) -> OwnPost {
    let references: Vec<_> = parent.iter().map(|id| json!({"type": "replied_to", "id": id})).collect();
    let created_at = (T0 + Span::secs(1)).to_iso();
    let row = json!({"id": id, "text": text, "created_at": created_at, "referenced_tweets": references});
    let body = json!({"data": [row], "meta": {}}).to_string().into_bytes();
    own_posts_response(&http::Response::new(body)).unwrap().posts.remove(0)
}

#[test]
fn a_match_among_the_accounts_own_posts_confirms_the_call() {
    let mut delivery = after(Outcome::Lost);
    let posts = [own_post("5", "other", None), own_post("6", "hello", Some("9")), own_post("7", "hello", None)];
    let found = delivery.found_in(&posts, |_| false);
    assert_eq!(found, Some(id("7")));
    delivery.settled_as(id("7"), T0);
    assert_eq!((delivery.state, delivery.unconfirmed.is_none()), (State::Published, true));
}

#[test]
fn an_id_that_another_call_was_answered_is_no_match() {
    let delivery = after(Outcome::Lost);
    let posts = [own_post("7", "hello", None), own_post("8", "hello", None)];
    assert_eq!(delivery.found_in(&posts, |claimed| claimed.as_str() == "7"), Some(id("8")));
    assert_eq!(delivery.found_in(&posts, |_| true), None);
}

#[test]
fn a_reply_is_matched_by_its_parent_and_a_segment_by_the_one_before() {
    let reply = Options::replying_to(&id("9"));
    let mut delivery = delivery(&["a"]);
    delivery.segments = vec![segment(0, "a", reply), segment(1, "b", Options::default())];
    delivery.begin(T0).unwrap();
    delivery.effect(Outcome::Lost, T0, PACE);
    let posts = [own_post("10", "a", None), own_post("11", "a", Some("9")), own_post("12", "b", Some("11"))];
    assert_eq!(delivery.found_in(&posts, |_| false), Some(id("11")));
    delivery.settled_as(id("11"), T0);
    delivery.begin(T0).unwrap();
    delivery.effect(Outcome::Lost, T0, PACE);
    assert_eq!(delivery.found_in(&posts, |_| false), Some(id("12")));
}

#[test]
fn it_is_sent_again_once_after_two_empty_reads_a_minute_apart() {
    let mut delivery = after(Outcome::Lost);
    delivery.not_found(true, T0, PACE);
    assert_eq!((delivery.state, delivery.due()), (State::Unknown, Some(T0 + Span::mins(1))));
    delivery.not_found(true, T0 + Span::secs(59), PACE);
    assert_eq!(delivery.state, State::Unknown, "too soon");
    delivery.not_found(true, T0 + Span::secs(60), PACE);
    assert_eq!(delivery.state, State::Queued);
    assert!(delivery.begin(T0 + Span::secs(60)).is_some());
    delivery.effect(Outcome::Lost, T0 + Span::secs(61), PACE);
    let since = delivery.unconfirmed.as_ref().map(|unconfirmed| unconfirmed.since);
    assert_eq!(since, Some(T0), "the first call may have had the effect");
    for minutes in 2..100 {
        delivery.not_found(true, T0 + Span::mins(minutes), PACE);
        assert_eq!(delivery.state, State::Unknown, "there is no third time");
    }
    delivery.not_found(true, T0 + Span::days(2), PACE);
    assert_eq!((delivery.state, delivery.due()), (State::Unknown, None));
}

#[test]
fn what_x_may_not_list_and_what_the_operator_holds_is_never_sent_again() {
    let community = Options::parse(json!({"community_id": "1"}), "x").unwrap();
    for (may_resend, options) in [(false, Options::default()), (true, community)] {
        let mut delivery = delivery(&["a"]);
        delivery.segments = vec![segment(0, "a", options)];
        delivery.begin(T0).unwrap();
        delivery.effect(Outcome::Lost, T0, PACE);
        for minutes in 0..10 {
            delivery.not_found(may_resend, T0 + Span::mins(minutes), PACE);
            assert_eq!(delivery.state, State::Unknown);
        }
    }
}

#[test]
fn a_read_that_failed_says_nothing() {
    let mut delivery = after(Outcome::Lost);
    delivery.not_found(true, T0, PACE);
    delivery.not_read(T0 + Span::mins(5));
    assert_eq!((delivery.state, delivery.due()), (State::Unknown, Some(T0 + Span::mins(5))));
}

#[test]
fn a_resend_that_x_calls_a_duplicate_is_unknown_again_and_never_failed() {
    let mut delivery = after(Outcome::Lost);
    delivery.not_found(true, T0, PACE);
    delivery.not_found(true, T0 + Span::mins(1), PACE);
    delivery.begin(T0).unwrap();
    delivery.effect(refused(Refusal::DuplicateContent), T0, PACE);
    assert_eq!(delivery.state, State::Unknown);
    assert_eq!(delivery.found_in(&[own_post("7", "hello", None)], |_| false), Some(id("7")));
}

/// X answers `outcome`, and then says that the text is there.
fn duplicate_after(outcome: Outcome) -> Delivery {
    let mut delivery = after(outcome);
    delivery.begin(T0 + Span::secs(9)).unwrap();
    delivery.effect(refused(Refusal::DuplicateContent), T0 + Span::secs(9), PACE);
    delivery
}

#[test]
fn a_duplicate_after_an_answer_that_was_not_final_is_looked_for() {
    for outcome in [
        refused(Refusal::Unavailable),
        refused(Refusal::InvalidResponse),
        Outcome::Refused(XError::Malformed { status: 502 }),
    ] {
        let mut delivery = duplicate_after(outcome);
        assert_eq!((delivery.state, delivery.due()), (State::Unknown, Some(T0 + Span::secs(10))));
        assert_eq!(delivery.unconfirmed.as_ref().unwrap().since, T0, "the first call may have had the effect");
        for minutes in 1..20 {
            delivery.not_found(true, T0 + Span::mins(minutes), PACE);
            assert_eq!(delivery.state, State::Unknown, "what X has already is not sent again");
        }
        assert_eq!(delivery.found_in(&[own_post("7", "hello", None)], |_| false), Some(id("7")));
    }
}

#[test]
fn a_duplicate_of_what_we_did_not_send_has_failed() {
    for refusal in [Refusal::RateLimited, Refusal::TokenRejected, Refusal::CreditsDepleted, Refusal::AccountLocked] {
        let delivery = duplicate_after(refused(refusal));
        assert_eq!(
            (delivery.state, code(&delivery)),
            (State::Failed, Some(FailureCode::DuplicateContent)),
            "{refusal:?}"
        );
    }
}

#[test]
fn an_unconfirmed_call_is_remembered_over_a_failure_and_a_retry() {
    let mut failed = delivery(&["hello"]);
    for now in [T0, T0 + Span::hours(24)] {
        meets(&mut failed, refused(Refusal::Unavailable), now);
    }
    let mut lost = after(Outcome::Lost);
    lost.settled_as_absent(T0);
    lost.begin(T0).unwrap();
    lost.effect(Outcome::Lost, T0, PACE);
    lost.not_found(true, T0, PACE);
    lost.not_found(true, T0 + Span::mins(1), PACE);
    lost.begin(T0 + Span::mins(1)).unwrap();
    lost.effect(refused(Refusal::NotPermitted), T0, PACE);
    for failed in [failed, lost] {
        assert_eq!(failed.state, State::Failed);
        let stored: Delivery = serde_json::from_str(&serde_json::to_string(&failed).unwrap()).unwrap();
        let mut retried = stored.next_version(stored.segments.clone(), T0 + Span::hours(1));
        retried.begin(T0 + Span::hours(1)).unwrap();
        retried.effect(refused(Refusal::DuplicateContent), T0 + Span::hours(1), PACE);
        assert_eq!((retried.state, retried.unconfirmed.unwrap().since), (State::Unknown, T0));
        let other = stored.next_version(vec![segment(0, "other words", Options::default())], T0);
        assert_eq!(other.unconfirmed_since, None, "another text was never sent");
    }
}

#[test]
fn a_later_part_of_a_thread_is_unconfirmed_by_itself() {
    let mut thread = delivery(&["a", "b"]);
    thread.begin(T0).unwrap();
    thread.effect(refused(Refusal::Unavailable), T0, PACE);
    thread.begin(T0).unwrap();
    thread.effect(Outcome::Published(id("1")), T0, PACE);
    thread.begin(T0).unwrap();
    let mut duplicate = thread.clone();
    duplicate.effect(refused(Refusal::DuplicateContent), T0, PACE);
    assert_eq!(code(&duplicate), Some(FailureCode::DuplicateContent), "the doubt was about the first part");
    thread.effect(refused(Refusal::Unavailable), T0, PACE);
    thread.begin(T0).unwrap();
    thread.effect(refused(Refusal::DuplicateContent), T0, PACE);
    assert_eq!(thread.found_in(&[own_post("2", "b", Some("1"))], |_| false), Some(id("2")));
}

#[test]
fn a_person_may_say_that_it_is_absent() {
    let mut delivery = after(Outcome::Lost);
    delivery.settled_as_absent(T0);
    assert_eq!((delivery.state, delivery.unconfirmed.is_none()), (State::Queued, true));
}

#[test]
fn an_unconfirmed_repost_is_made_again_and_one_that_is_there_is_done() {
    let mut repost = delivery(&[""]);
    repost.segments[0].repost_of = Some(id("9"));
    assert_eq!(repost.begin(T0), Some(Call::Repost(id("9"))));
    repost.effect(Outcome::Lost, T0, PACE);
    assert!(repost.is_repeatable());
    repost.begin(T0).unwrap();
    repost.effect(refused(Refusal::AlreadyReposted), T0, PACE);
    assert_eq!((repost.state, repost.segments[0].platform_post_id.clone()), (State::Published, Some(id("9"))));
    assert_eq!(repost.spent(), Micros(15_000), "a call of ours may have made it");
}

#[test]
fn a_repost_that_was_there_before_every_call_of_ours_is_not_charged() {
    let mut repost = delivery(&[""]);
    repost.segments[0].repost_of = Some(id("9"));
    for limited in [Refusal::RateLimited, Refusal::TokenRejected, Refusal::AlreadyReposted] {
        repost.begin(T0).unwrap();
        repost.effect(refused(limited), T0, PACE);
    }
    assert_eq!((repost.state, repost.spent(), repost.spent_at(T0)), (State::Published, Micros(0), None));
}

#[test]
fn only_what_has_not_begun_can_be_recalled_to_be_changed() {
    let until = T0 + Span::secs(3);
    let mut queued = delivery(&["a"]);
    assert!(queued.recall(false, until));
    assert_eq!(queued.due(), Some(until), "the ledger is asked then");
    let mut waiting = after(refused(Refusal::Unavailable));
    assert!(!waiting.clone().recall(false, until));
    assert!(waiting.recall(true, until), "what backs off can be ended");
    assert!(!after(Outcome::Lost).recall(true, until));
    let mut thread = delivery(&["a", "b"]);
    thread.begin(T0).unwrap();
    assert!(!thread.recall(true, until));
    thread.effect(Outcome::Published(id("1")), T0, PACE);
    assert!(!thread.recall(true, until), "it is between two segments");
}

#[test]
fn the_next_version_takes_the_place_of_what_has_not_begun_or_has_failed() {
    let old = delivery(&["a"]);
    let new = old.next_version(old.segments.clone(), T0);
    assert!(old.gives_way_to(&new) && !new.gives_way_to(&old) && !new.gives_way_to(&new));
    assert!(after(refused(Refusal::NotPermitted)).gives_way_to(&new));
    assert!(!after(Outcome::Lost).gives_way_to(&new));
    assert!(!after(Outcome::Published(id("1"))).gives_way_to(&new));
}

#[test]
fn what_is_ended_keeps_what_was_published() {
    let ended = after(Outcome::Published(id("1"))).ended_as(State::Deleted);
    assert_eq!((ended.state, ended.version, ended.revision), (State::Deleted, 2, 0));
    assert_eq!((ended.published_at, ended.spent()), (Some(T0), Micros(15_000)));
}

#[test]
fn an_intent_without_an_answer_is_lost_in_a_restart() {
    let mut sent = delivery(&["a"]);
    sent.begin(T0).unwrap();
    sent.recover(T0, PACE);
    assert_eq!(sent.state, State::Unknown);
    let mut waiting = delivery(&["a"]);
    waiting.recover(T0, PACE);
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
fn a_missing_scope_holds_until_the_person_grants_it() {
    for outcome in [refused(Refusal::MissingScope), Outcome::MissingScope("tweet.write")] {
        let mut delivery = after(outcome);
        let expected = (State::Held, Some(FailureCode::MissingScope), None);
        assert_eq!((delivery.state, code(&delivery), delivery.due()), expected);
        assert!(delivery.needs_reconnection());
        delivery.release(T0);
        assert_eq!((delivery.state, delivery.due()), (State::Queued, Some(T0)));
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
    let unacknowledged = after(refused(Refusal::RateLimited));
    assert_eq!(
        (code(&unacknowledged), unacknowledged.due()),
        (Some(FailureCode::RateLimited), Some(T0 + Span::mins(1)))
    );
}

fn minutes_until(delivery: &Delivery) -> i64 {
    (delivery.due().unwrap() - T0).as_secs() / 60
}

#[test]
fn a_limit_without_a_time_backs_off_and_begins_anew_after_a_success() {
    let mut thread = delivery(&["a", "b"]);
    let pauses = |thread: &mut Delivery, times| {
        let pause = |_| {
            thread.begin(T0).unwrap();
            thread.effect(refused(Refusal::RateLimited), T0, PACE);
            minutes_until(thread)
        };
        (0..times).map(pause).collect::<Vec<_>>()
    };
    assert_eq!(pauses(&mut thread, 7), [1, 2, 4, 8, 15, 15, 15]);
    thread.begin(T0).unwrap();
    thread.effect(Outcome::Published(id("1")), T0, PACE);
    assert_eq!(pauses(&mut thread, 2), [1, 2]);
    assert_eq!((thread.state, thread.faults), (State::Queued, 0), "a limit is no fault");
}

#[test]
fn a_limit_that_has_passed_already_names_no_time() {
    let passed = Window { limit: 9, remaining: 0, reset_at: T0, kind: WindowKind::QuarterHour };
    assert_eq!(minutes_until(&after(refused_until(Refusal::RateLimited, vec![passed]))), 1);
    let mut late = delivery(&["a"]);
    late.begin(T0).unwrap();
    late.effect(refused(Refusal::RateLimited), T0, Pace { chance: u32::MAX, ..PACE });
    assert_eq!(late.due(), Some(T0 + Span::secs(72)), "chance adds a fifth at most");
}

#[test]
fn a_days_limit_waits_for_the_day_or_for_an_hour() {
    let day = Window { limit: 100, remaining: 0, reset_at: T0 + Span::hours(5), kind: WindowKind::UserDay };
    for (windows, minutes) in [(vec![day], 300), (Vec::new(), 60)] {
        let delivery = after(refused_until(Refusal::DailyLimit, windows));
        assert_eq!((delivery.state, code(&delivery)), (State::Queued, Some(FailureCode::RateLimited)));
        assert_eq!(minutes_until(&delivery), minutes);
    }
}

#[test]
fn a_locked_account_is_held_and_tried_again_after_a_quarter_of_an_hour_doubling_to_six() {
    let mut delivery = delivery(&["a"]);
    let mut pauses = Vec::new();
    for _ in 0..7 {
        delivery.begin(T0).unwrap();
        delivery.effect(refused(Refusal::AccountLocked), T0, PACE);
        pauses.push(minutes_until(&delivery));
    }
    assert_eq!(pauses, [15, 30, 60, 120, 240, 360, 360]);
    assert_eq!((delivery.state, code(&delivery)), (State::Held, Some(FailureCode::AccountLocked)));
    let message = &delivery.error.as_ref().unwrap().message;
    assert!(message.contains("sign in at https://x.com") && message.ends_with("X's words"), "{message}");
    assert_eq!(Pause::reported_by(&delivery, T0), None, "the app is not to blame");
    delivery.release(T0);
    delivery.begin(T0).unwrap();
    delivery.effect(refused(Refusal::AccountLocked), T0, PACE);
    assert_eq!(minutes_until(&delivery), 15, "a person has looked after it");
}

#[test]
fn what_comes_due_while_the_account_is_locked_waits_for_the_same_time() {
    let mut first = after(refused(Refusal::AccountLocked));
    first.begin(T0).unwrap();
    first.effect(refused(Refusal::AccountLocked), T0, PACE);
    let mut second = delivery(&["b"]);
    second.effect(Outcome::Locked(first.lock().unwrap()), T0, PACE);
    assert_eq!((second.state, second.due(), second.attempts), (State::Held, first.due(), 0));
    assert_eq!(second.lock(), first.lock());
    assert_eq!(after(refused(Refusal::CreditsDepleted)).lock(), None);
}

#[test]
fn a_mended_app_releases_what_it_held_and_nothing_else() {
    for (refusal, is_for_app) in [
        (Refusal::CreditsDepleted, true),
        (Refusal::AppReadOnly, true),
        (Refusal::AppNotEnrolled, true),
        (Refusal::AccountLocked, false),
    ] {
        assert_eq!(after(refused(refusal)).is_held_for_app(), is_for_app, "{refusal:?}");
    }
    assert!(!after(Outcome::ReconnectRequired).is_held_for_app());
    assert!(after(Outcome::ClientRefused).is_held_for_app());
}

#[test]
fn an_outage_of_x_is_waited_out_for_a_day_with_growing_pauses() {
    for outcome in [
        || refused(Refusal::Unavailable),
        || refused(Refusal::InvalidResponse),
        || Outcome::Refused(XError::Malformed { status: 502 }),
    ] {
        let (mut delivery, mut now, mut pauses) = (delivery(&["a"]), T0, Vec::new());
        while delivery.state == State::Queued {
            meets(&mut delivery, outcome(), now);
            pauses.extend(delivery.due().map(|due| (due - now).as_secs()));
            now = delivery.due().unwrap_or(now);
        }
        assert_eq!(pauses[..11], [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!((delivery.state, code(&delivery)), (State::Failed, Some(FailureCode::XUnavailable)));
        assert!(now - T0 >= Span::hours(24) && now - T0 < Span::mins(24 * 60 + 15));
    }
}

#[test]
fn a_post_that_outlives_an_outage_begins_anew_with_the_next() {
    let day = T0 + Span::hours(23);
    let mut thread = delivery(&["a", "b"]);
    meets(&mut thread, refused(Refusal::Unavailable), T0);
    meets(&mut thread, Outcome::Published(id("1")), day);
    meets(&mut thread, refused(Refusal::Unavailable), day);
    assert_eq!(thread.due(), Some(day + Span::secs(2)));
    let released = || {
        let mut held = after(refused(Refusal::Unavailable));
        meets(&mut held, refused(Refusal::CreditsDepleted), T0);
        held.release(day);
        held
    };
    let limited = || {
        let mut limited = after(refused(Refusal::Unavailable));
        meets(&mut limited, refused(Refusal::RateLimited), T0);
        limited
    };
    for mut delivery in [thread, released(), limited()] {
        meets(&mut delivery, refused(Refusal::Unavailable), T0 + Span::hours(46));
        assert_eq!(delivery.state, State::Queued, "this outage has not lasted a day");
    }
    let mut retried = after(refused(Refusal::Unavailable));
    meets(&mut retried, refused(Refusal::Unavailable), T0 + Span::hours(24));
    let retried = retried.next_version(retried.segments.clone(), T0 + Span::hours(25));
    assert_eq!((retried.state, retried.faults, retried.faults_since), (State::Queued, 0, None));
}

#[test]
fn a_refused_token_in_between_does_not_end_an_outage() {
    let mut delivery = after(refused(Refusal::Unavailable));
    meets(&mut delivery, refused(Refusal::TokenRejected), T0 + Span::hours(1));
    delivery.effect(Outcome::NoTokenUntil(T0 + Span::hours(2)), T0 + Span::hours(1), PACE);
    meets(&mut delivery, refused(Refusal::Unavailable), T0 + Span::hours(24));
    assert_eq!(delivery.state, State::Failed);
}

#[test]
fn x_is_not_called_before_the_time_that_it_names() {
    let pause = |delivery: &Delivery| (delivery.due().unwrap() - T0).as_secs();
    for refusal in [Refusal::Unavailable, Refusal::InvalidResponse, Refusal::RateLimited] {
        assert_eq!(pause(&after(refused_for(refusal, Span::mins(40)))), 2400, "{refusal:?}");
    }
    let mut patient = after(refused_for(Refusal::Unavailable, Span::secs(1)));
    assert_eq!(pause(&patient), 2, "a time that is too short does not shorten our own");
    patient.begin(T0).unwrap();
    patient.effect(refused_for(Refusal::Unavailable, Span::secs(100)), T0, Pace { chance: u32::MAX, ..PACE });
    assert_eq!(pause(&patient), 120, "chance adds a fifth at most");
}

#[test]
fn a_row_of_older_code_has_a_day_from_its_next_fault() {
    let mut row = serde_json::to_value(after(refused(Refusal::Unavailable))).unwrap();
    row["faults"] = json!(7);
    row.as_object_mut().unwrap().remove("faults_since");
    let mut delivery: Delivery = serde_json::from_value(row).unwrap();
    let later = T0 + Span::days(3);
    meets(&mut delivery, refused(Refusal::Unavailable), later);
    assert_eq!((delivery.state, delivery.due()), (State::Queued, Some(later + Span::secs(256))));
}

#[test]
fn the_first_401_is_tried_again_at_once_and_the_next_ones_wait() {
    let mut delivery = delivery(&["a"]);
    let mut pauses = Vec::new();
    for _ in 0..9 {
        delivery.begin(T0).unwrap();
        delivery.effect(refused(Refusal::TokenRejected), T0, PACE);
        pauses.push((delivery.due().unwrap() - T0).as_secs());
    }
    assert_eq!(pauses, [0, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
}

#[test]
fn a_missing_connection_holds_the_delivery_until_the_person_connects_again() {
    let mut delivery = delivery(&["a"]);
    delivery.effect(Outcome::ReconnectRequired, T0, PACE);
    assert_eq!((delivery.state, delivery.attempts, delivery.due()), (State::Held, 0, None));
    delivery.release(T0 + Span::hours(1));
    assert_eq!((delivery.state, delivery.due(), delivery.error), (State::Queued, Some(T0 + Span::hours(1)), None));
}

#[test]
fn without_a_token_for_now_nothing_is_attempted() {
    let mut delivery = delivery(&["a"]);
    delivery.effect(Outcome::NoTokenUntil(T0 + Span::mins(1)), T0, PACE);
    assert_eq!((delivery.attempts, delivery.due()), (0, Some(T0 + Span::mins(1))));
}

#[test]
fn what_is_only_announced_has_not_called_x() {
    let mut delivery = delivery(&["a"]);
    delivery.announce();
    assert_eq!((delivery.state, delivery.attempts), (State::Publishing, 0));
    let mut interrupted = delivery.clone();
    interrupted.recover(T0, PACE);
    assert_eq!(interrupted, delivery, "a crash here leaves nothing in doubt");
    assert!(!delivery.clone().recall(true, T0), "it is on its way");
    assert!(delivery.cancel(), "its account may still go");
}

#[test]
fn only_what_has_not_left_can_be_cancelled() {
    let mut queued = delivery(&["a"]);
    assert!(queued.cancel() && queued.is_final());
    let mut sent = delivery(&["a"]);
    sent.begin(T0).unwrap();
    assert!(sent.cancel() && sent.state == State::Publishing && !sent.cancel(), "the call is not undone");
    let mut published = after(Outcome::Published(id("1")));
    assert!(!published.cancel());
}

#[test]
fn nothing_follows_the_call_during_which_the_account_was_removed() {
    let removed_during = |outcome| {
        let mut thread = delivery(&["a", "b"]);
        thread.begin(T0).unwrap();
        assert!(thread.cancel());
        thread.effect(outcome, T0, PACE);
        thread
    };
    let published = removed_during(Outcome::Published(id("1")));
    assert_eq!((published.state, published.missing()), (State::Cancelled, Some(1)));
    for refusal in [Refusal::TokenRejected, Refusal::CreditsDepleted, Refusal::RateLimited] {
        assert_eq!(removed_during(refused(refusal)).state, State::Cancelled);
    }
    let fault = removed_during(refused(Refusal::Unavailable));
    let lost = removed_during(Outcome::Lost);
    assert_eq!([fault.state, lost.state], [State::Unknown; 2], "the post may be there");
    let mut absent = lost.clone();
    absent.settled_as_absent(T0);
    let mut found = lost;
    found.settled_as(id("1"), T0);
    assert_eq!([absent.state, found.state], [State::Cancelled; 2]);
}

#[test]
fn a_removal_during_a_call_is_not_lost_with_the_copy_that_the_call_was_made_with() {
    let mut called = delivery(&["a", "b"]);
    called.begin(T0).unwrap();
    let mut stored = called.clone();
    stored.cancel();
    called.learn_removal(&stored);
    assert_eq!(called, stored);
}

#[test]
fn every_change_has_a_higher_revision() {
    let mut delivery = delivery(&["a"]);
    let mut seen = vec![delivery.revision];
    delivery.begin(T0).unwrap();
    seen.push(delivery.revision);
    delivery.effect(refused(Refusal::CreditsDepleted), T0, PACE);
    seen.push(delivery.revision);
    delivery.release(T0);
    seen.push(delivery.revision);
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
}

#[test]
fn what_is_held_on_the_ledgers_word_is_no_news_of_the_app() {
    let mut held = delivery(&["a"]);
    let why = failure(FailureCode::CreditsDepleted, "The X app has no credits.");
    held.effect(Outcome::Paused(why), T0, Pace::default());
    assert_eq!((held.state, held.is_unasked, Pause::reported_by(&held, T0)), (State::Held, true, None));
    held.release(T0);
    held.effect(Outcome::ClientRefused, T0, Pace::default());
    assert!(!held.is_unasked && Pause::reported_by(&held, T0).is_some());
}

#[test]
fn delivery_v1_format_unchanged() {
    let mut delivery = delivery(&["a"]);
    delivery.begin(T0).unwrap();
    let mut expected = json!({
        "post_id": PostId::from_entropy([1; 16]),
        "account_id": AccountId::from_entropy([2; 16]),
        "edition": 1,
        "segments": [{ "container_id": "c0", "text": "a", "price": 15_000, "platform_post_id": null }],
        "state": "publishing",
        "run_at": 1_000_000,
        "due_at": 1_000_000,
        "recalled_until": null,
        "intent": { "segment": 0, "at": 1_000_000 },
        "doubt": null,
        "attempts": 1,
        "faults": 0,
        "error": null,
        "published_at": null,
        "reads": 0,
        "revision": 1,
    });
    assert_eq!(serde_json::to_value(&delivery).unwrap(), expected);
    delivery.effect(Outcome::Lost, T0, PACE);
    expected["doubt"] =
        json!({ "since": 1_000_000, "first_empty_read": null, "reads": 0, "is_resent": false, "is_given_up": false });
    let expected = (&expected["doubt"], json!("unknown"));
    let stored = serde_json::to_value(&delivery).unwrap();
    assert_eq!((&stored["doubt"], stored["state"].clone()), expected);
}

const POLICY: Policy = Policy { may_resend: true, post_read: Micros(5_000) };

#[test]
fn a_read_that_finds_the_post_confirms_it_and_costs_what_x_charges_for_it() {
    let mut lost = after(Outcome::Lost);
    let found = lost.reconcile(TimelineRead::Posts(vec![own_post("7", "hello", None)]), POLICY, |_| false, T0, PACE);
    assert_eq!((found, lost.state, lost.spent()), (Some(id("7")), State::Published, Micros(20_000)));
}

#[test]
fn a_read_that_finds_only_what_other_calls_answered_confirms_nothing() {
    let mut lost = after(Outcome::Lost);
    let found = lost.reconcile(TimelineRead::Posts(vec![own_post("7", "hello", None)]), POLICY, |_| true, T0, PACE);
    assert_eq!((found, lost.state, lost.reads), (None, State::Unknown, Micros(5_000)));
}

#[test]
fn what_could_not_be_read_says_nothing_and_costs_nothing() {
    let later = T0 + Span::mins(5);
    for read in [TimelineRead::NotBefore(later), TimelineRead::Limited(Some(later))] {
        let mut lost = after(Outcome::Lost);
        assert_eq!(lost.reconcile(read, POLICY, |_| false, T0, PACE), None);
        assert_eq!((lost.state, lost.due(), lost.reads), (State::Unknown, Some(later), Micros(0)));
    }
}

#[test]
fn a_refused_read_waits_for_x_for_the_window_or_for_the_next_probe() {
    let read = |refusal| {
        let Outcome::Refused(error) = refused(refusal) else { panic!("a refusal") };
        TimelineRead::refused(&error, T0, PACE)
    };
    assert!(matches!(read(Refusal::RateLimited), TimelineRead::Limited(None)));
    for refusal in [Refusal::TokenRejected, Refusal::Unavailable, Refusal::InvalidResponse] {
        assert!(matches!(read(refusal), TimelineRead::NotBefore(at) if at == T0 + PACE.again()), "{refusal:?}");
    }
    for refusal in [Refusal::CreditsDepleted, Refusal::AccountLocked, Refusal::NotPermitted] {
        assert!(matches!(read(refusal), TimelineRead::NotBefore(at) if at == T0 + PACE.probe), "{refusal:?}");
    }
    let garbled = TimelineRead::refused(&XError::Malformed { status: 200 }, T0, PACE);
    assert!(matches!(garbled, TimelineRead::NotBefore(at) if at == T0 + PACE.again()));
}

#[test]
fn only_an_unconfirmed_delivery_is_resolved_by_hand() {
    let mut queued = delivery(&["hello"]);
    assert!(!queued.resolve(Some(&id("7")), T0) && queued.state == State::Queued);
    let (mut there, mut absent) = (after(Outcome::Lost), after(Outcome::Lost));
    assert!(there.resolve(Some(&id("7")), T0) && there.state == State::Published);
    assert!(absent.resolve(None, T0) && absent.state == State::Queued);
}
