#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::id::EventId;
use crate::secret::Secret;

const T0: UnixMillis = UnixMillis(1_795_426_200_000);

fn webhook() -> Webhook {
    Webhook {
        id: WebhookId::from_entropy([0; 16]),
        tenant_id: None,
        name: "Production".into(),
        url: "https://acme.example/hook".into(),
        events: BTreeSet::from([EventKind::PostPublished, EventKind::AccountConnected]),
        secret: "sealed".into(),
        superseded: None,
        headers: None,
        legacy_signature: false,
        failing_since: None,
        disabled: None,
        created_at: T0,
        updated_at: T0,
    }
}

fn delivery(kind: EventKind) -> WebhookDelivery {
    WebhookDelivery::new(EventId::from_entropy([1; 16]), webhook().id, kind, true, T0)
}

fn attempt(outcome: Outcome, at: UnixMillis) -> Attempt {
    Attempt { at, duration_ms: 5, retry_at: None, outcome }
}

fn tenant(name: &str) -> TenantId {
    TenantId::parse(name).unwrap()
}

/// Fails from `start` on until nothing is tried any more. Answers the waits in seconds, and when it was given up.
fn fail_until_given_up(delivery: &mut WebhookDelivery, start: UnixMillis) -> (Vec<i64>, UnixMillis) {
    let (mut waits, mut now) = (Vec::new(), start);
    loop {
        match delivery.conclude(attempt(Outcome::Status(500), now), true, now, Pace::default()) {
            Verdict::Failed => {
                let due = delivery.due_at.unwrap();
                waits.push((due - now).as_secs());
                now = due;
            }
            verdict => {
                assert_eq!((verdict, delivery.state), (Verdict::GivenUp, State::Failed));
                return (waits, now);
            }
        }
    }
}

#[test]
fn an_event_is_tried_eight_times_from_10_seconds_to_24_hours_apart() {
    let mut delivery = delivery(EventKind::PostError);
    let (waits, _) = fail_until_given_up(&mut delivery, T0);
    assert_eq!(waits, [10, 60, 300, 1800, 7200, 28_800, 86_400]);
    assert_eq!((delivery.attempts.len(), delivery.due_at), (8, None));
    assert_eq!(Pace::default().limit, Span::secs(30));
}

#[test]
fn the_receiver_puts_off_a_try_and_brings_none_nearer() {
    for (asked, waits) in [(3600, 3600), (5, 10)] {
        let mut delivery = delivery(EventKind::PostError);
        let patient = Attempt { retry_at: Some(T0 + Span::secs(asked)), ..attempt(Outcome::Status(503), T0) };
        assert_eq!(delivery.conclude(patient, true, T0, Pace::default()), Verdict::Failed);
        assert_eq!(delivery.due_at, Some(T0 + Span::secs(waits)), "{asked}");
    }
}

#[test]
fn a_test_may_make_all_waits_shorter_than_whole_milliseconds_allow() {
    let pace = Pace { first: Duration::from_micros(200), ..Pace::default() };
    let waits: Vec<i64> = (1..=7).filter_map(|tries| pace.wait(tries)).map(Span::as_millis).collect();
    assert_eq!(waits, [0, 1, 6, 36, 144, 576, 1728]);
    assert_eq!(pace.patience(), Span::millis(5184));
}

#[test]
fn only_2xx_is_taken_and_a_redirect_is_not() {
    for (status, is_taken) in [(200, true), (204, true), (299, true), (199, false), (301, false), (404, false)] {
        let mut delivery = delivery(EventKind::PostPublished);
        let verdict = delivery.conclude(attempt(Outcome::Status(status), T0), true, T0, Pace::default());
        assert_eq!(verdict == Verdict::Delivered, is_taken, "{status}");
        assert_eq!(delivery.state == State::Delivered, is_taken, "{status}");
        assert_eq!(delivery.due_at.is_none(), is_taken, "{status}");
    }
}

#[test]
fn a_redelivery_is_a_series_of_its_own_and_the_log_keeps_24_tries() {
    let mut delivery = delivery(EventKind::PostError);
    for _ in 0..4 {
        fail_until_given_up(&mut delivery, T0);
        delivery.redeliver(T0);
        assert_eq!((delivery.state, delivery.due_at, delivery.tries), (State::Pending, Some(T0), 0));
    }
    assert_eq!(delivery.attempts.len(), 24);
}

#[test]
fn a_test_is_tried_once_and_gives_nothing_up() {
    let mut delivery = delivery(EventKind::Test);
    let failed = attempt(Outcome::Error("it could not be reached".into()), T0);
    assert_eq!(delivery.conclude(failed, true, T0, Pace::default()), Verdict::Failed);
    assert_eq!((delivery.state, delivery.due_at), (State::Failed, None));
}

#[test]
fn what_happens_while_it_is_switched_off_is_written_down_and_not_sent() {
    let mut skipped =
        WebhookDelivery::new(EventId::from_entropy([1; 16]), webhook().id, EventKind::PostPublished, false, T0);
    assert_eq!((skipped.state, skipped.due_at), (State::Skipped, None));
    skipped.redeliver(T0);
    let verdict = skipped.conclude(attempt(Outcome::Status(500), T0), false, T0, Pace::default());
    assert_eq!((verdict, skipped.due_at), (Verdict::GivenUp, None));
}

#[test]
fn it_is_switched_off_when_something_is_given_up_after_three_days_without_success() {
    let (pace, mut webhook) = (Pace::default(), webhook());
    assert!(!webhook.learn(Verdict::Failed, T0, pace));
    let soon = T0 + Span::hours(71);
    assert!(!webhook.learn(Verdict::GivenUp, soon, pace), "not yet three days");
    assert!(!webhook.learn(Verdict::Failed, T0 + Span::hours(73), pace), "a single failure gives nothing up");
    let late = T0 + Span::hours(74);
    assert!(webhook.learn(Verdict::GivenUp, late, pace));
    assert_eq!(webhook.disabled, Some(Disabled { reason: DisabledReason::Failing, since: late }));
    assert!(!webhook.learn(Verdict::GivenUp, late, pace), "once");
}

#[test]
fn one_success_ends_a_row_of_failures() {
    let (pace, mut webhook) = (Pace::default(), webhook());
    webhook.learn(Verdict::Failed, T0, pace);
    webhook.learn(Verdict::Delivered, T0 + Span::hours(70), pace);
    assert_eq!(webhook.failing_since, None);
    assert!(!webhook.learn(Verdict::GivenUp, T0 + Span::hours(80), pace));
}

#[test]
fn a_410_switches_it_off_at_once() {
    let mut delivery = delivery(EventKind::PostPublished);
    let verdict = delivery.conclude(attempt(Outcome::Status(410), T0), true, T0, Pace::default());
    assert_eq!((verdict, delivery.state, delivery.due_at), (Verdict::Gone, State::Failed, None));
    let mut webhook = webhook();
    assert!(webhook.learn(verdict, T0, Pace::default()));
    assert_eq!(webhook.disabled.unwrap().reason, DisabledReason::Gone);
}

#[test]
fn enabling_forgets_the_failures() {
    let mut webhook = webhook();
    webhook.learn(Verdict::Gone, T0, Pace::default());
    webhook.change(Change { enabled: Some(true), ..Change::default() }, T0);
    assert_eq!((webhook.disabled, webhook.failing_since), (None, None));
    webhook.change(Change { enabled: Some(false), ..Change::default() }, T0);
    assert_eq!(webhook.disabled.unwrap().reason, DisabledReason::Requested);
}

#[test]
fn a_replaced_secret_signs_for_another_day() {
    let mut webhook = webhook();
    webhook.change(Change { secret: Some("new".into()), ..Change::default() }, T0);
    assert_eq!(webhook.secrets(T0 + Span::hours(23)), ["new", "sealed"]);
    assert_eq!(webhook.secrets(T0 + Span::hours(24)), ["new"]);
}

#[test]
fn a_tenants_webhook_hears_of_its_tenant_alone() {
    let (a, b) = (tenant("a"), tenant("b"));
    let of = |tenant_id: Option<&TenantId>| Webhook { tenant_id: tenant_id.cloned(), ..webhook() };
    let hears = |webhook: Webhook, of| webhook.hears(EventKind::PostPublished, of);
    assert!(hears(of(None), None) && hears(of(None), Some(&a)));
    assert!(hears(of(Some(&a)), Some(&a)));
    assert!(!hears(of(Some(&a)), Some(&b)) && !hears(of(Some(&a)), None));
    assert!(!of(None).hears(EventKind::PostError, None), "not asked for");
}

fn custom(pairs: &[(&str, &str)]) -> Result<CustomHeaders, (String, HeaderError)> {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new((*value).to_owned())));
    CustomHeaders::parse(&pairs.collect::<BTreeMap<_, _>>())
}

#[test]
fn custom_headers_are_kept_by_lower_case_names_and_sealed_as_lines() {
    let headers = custom(&[("Authorization", "Bearer a:b"), ("X-Env", "prod")]).unwrap();
    assert_eq!(headers.names(), ["authorization", "x-env"]);
    assert!(headers.to_bytes().ct_eq(b"authorization:Bearer a:b\nx-env:prod\n"), "format v1 unchanged");
    let read = CustomHeaders::from_bytes(&headers.to_bytes()).unwrap();
    assert!(read.to_bytes().ct_eq(b"authorization:Bearer a:b\nx-env:prod\n"));
    assert!(!format!("{headers:?}").contains("a:b"));
}

#[test]
fn custom_headers_cannot_take_the_place_of_ours() {
    for name in [
        "Content-Type",
        "content-length",
        "Host",
        "webhook-id",
        "Webhook-Signature",
        "X-Outstand-Signature",
        "user-agent",
        "Connection",
        "Transfer-Encoding",
        "CF-Connecting-IP",
        "X-Forwarded-For",
        "Proxy-Authorization",
        "te",
    ] {
        assert_eq!(custom(&[(name, "x")]).unwrap_err(), (name.to_owned(), HeaderError::Ours));
    }
}

#[test]
fn a_custom_header_is_one_line_of_printable_ascii() {
    for value in ["", "a\r\nwebhook-id: x", "ключ", " a", "a\t", &"x".repeat(1025)] {
        assert_eq!(custom(&[("x-env", value)]).unwrap_err().1, HeaderError::Value, "{value:?}");
    }
    for name in ["", "a b", "a:b", "a\nb", "ä"] {
        assert_eq!(custom(&[(name, "x")]).unwrap_err().1, HeaderError::Name, "{name:?}");
    }
    assert_eq!(custom(&[("X-Env", "a"), ("x-env", "b")]).unwrap_err().1, HeaderError::Twice);
    let many: Vec<String> = (0..21).map(|n| format!("x-{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "x")).collect();
    assert_eq!(custom(&many).unwrap_err().1, HeaderError::TooMany);
}

#[test]
fn every_secret_signs_and_the_legacy_signature_is_by_the_current_one() {
    let secrets = [7, 8].map(|byte| SigningSecret::from_entropy([byte; 32]));
    let id = EventId::from_entropy([1; 16]);
    let custom = custom(&[("x-env", "prod")]).unwrap();
    let headers = delivery_headers(&id, T0, "{}", &secrets, true, custom).unwrap();
    let get = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    let [current, superseded] = &secrets;
    assert_eq!(get("webhook-signature"), [current, superseded].map(|s| s.sign(&id, T0, "{}")).join(" "));
    assert_eq!(get("x-outstand-signature"), current.sign_legacy("{}"));
    assert_eq!((get("webhook-id"), get("webhook-timestamp")), (id.to_string(), "1795426200".into()));
    assert_eq!((get("content-type"), get("x-env")), ("application/json".into(), "prod".into()));
}

#[test]
fn custom_headers_do_not_follow_an_address_to_another_origin() {
    let headers = || SealedHeaders { names: vec!["authorization".into()], sealed: "sealed".into() };
    let at = |url: &str| Change { url: Some(url.into()), ..Change::default() };
    let moved = |change: Change| {
        let mut webhook = Webhook { headers: Some(headers()), ..webhook() };
        (webhook.change(change, T0).drops_headers, webhook.headers.is_some())
    };
    for url in ["https://acme.example/other", "https://acme.example:443/hook?a=1", "https://ACME.example/"] {
        assert_eq!(moved(at(url)), (false, true), "{url}");
    }
    for url in [
        "https://evil.example/hook",
        "https://acme.example:8443/hook",
        "http://acme.example/hook",
        "https://a.acme.example/",
    ] {
        assert_eq!(moved(at(url)), (true, false), "{url}");
    }
    let anew = Change { headers: Some(headers()), ..at("https://evil.example/") };
    assert_eq!(moved(anew), (false, true), "they were given for the new address");
    assert_eq!(moved(Change { name: Some("b".into()), ..Change::default() }), (false, true));
    assert!(!webhook().change(at("https://evil.example/"), T0).drops_headers, "there were none");
}

#[test]
fn a_new_webhook_is_on_and_says_what_it_was_made_with() {
    let first = Change {
        name: Some("Production".into()),
        url: Some("https://acme.example/hook".into()),
        events: Some(webhook().events),
        ..Change::default()
    };
    assert_eq!(Webhook::new(webhook().id, None, "sealed".into(), first.clone(), T0), webhook());
    let off = Webhook::new(webhook().id, None, "sealed".into(), Change { enabled: Some(false), ..first }, T0);
    assert!(!off.is_enabled() && !off.is_failing());
}

#[test]
fn a_change_switches_off_a_webhook_that_is_on_and_no_other() {
    let enabled = |enabled| Change { enabled: Some(enabled), ..Change::default() };
    let mut webhook = webhook();
    assert!(!webhook.change(Change::default(), T0).is_switched_off);
    assert!(webhook.change(enabled(false), T0).is_switched_off);
    assert!(!webhook.change(enabled(false), T0).is_switched_off, "a second time");
    assert!(!webhook.change(enabled(true), T0).is_switched_off && webhook.is_enabled());
}

#[test]
fn another_ring_seals_every_secret_of_a_webhook_or_none_is_stored() {
    let headers = || SealedHeaders { names: vec!["x-env".into()], sealed: "c".into() };
    let mut webhook = Webhook { secret: "a".into(), ..webhook() };
    webhook.change(Change { secret: Some("b".into()), headers: Some(headers()), ..Change::default() }, T0);
    webhook.transfer::<()>(|purpose, sealed| Ok(format!("{purpose:?} {sealed}"))).unwrap();
    assert_eq!(webhook.secrets(T0), ["WebhookSecret b", "WebhookSecret a"]);
    assert_eq!(webhook.headers().unwrap().sealed, "WebhookHeaders c");
    assert_eq!(webhook.transfer(|_, _| Err("no key")), Err("no key"));
}

#[test]
fn webhook_v1_format_unchanged() {
    let mut webhook = webhook();
    assert_eq!(
        serde_json::to_string(&webhook).unwrap(),
        r#"{"id":"wh_AAAAAAAAAAAAAAAAAAAAAA","tenant_id":null,"name":"Production","url":"https://acme.example/hook","events":["account.connected","post.published"],"secret":"sealed","legacy_signature":false,"created_at":1795426200000,"updated_at":1795426200000}"#
    );
    webhook.learn(Verdict::Gone, T0, Pace::default());
    let headers = SealedHeaders { names: vec!["x-env".into()], sealed: "sealed".into() };
    webhook.change(Change { secret: Some("new".into()), headers: Some(headers), ..Change::default() }, T0);
    assert_eq!(
        serde_json::to_string(&webhook).unwrap(),
        r#"{"id":"wh_AAAAAAAAAAAAAAAAAAAAAA","tenant_id":null,"name":"Production","url":"https://acme.example/hook","events":["account.connected","post.published"],"secret":"new","superseded":{"secret":"sealed","until":1795512600000},"headers":{"names":["x-env"],"sealed":"sealed"},"legacy_signature":false,"failing_since":1795426200000,"disabled":{"reason":"gone","since":"2026-11-23T09:30:00.000Z"},"created_at":1795426200000,"updated_at":1795426200000}"#
    );
}

#[test]
fn webhook_delivery_v1_format_unchanged() {
    let mut delivery = delivery(EventKind::PostError);
    delivery.conclude(attempt(Outcome::Status(500), T0), true, T0, Pace::default());
    delivery.conclude(attempt(Outcome::Error("gone".into()), T0), true, T0, Pace::default());
    let text = serde_json::to_string(&delivery).unwrap();
    assert_eq!(
        text,
        r#"{"event_id":"evt_AQEBAQEBAQEBAQEBAQEBAQ","webhook_id":"wh_AAAAAAAAAAAAAAAAAAAAAA","kind":"post.error","created_at":1795426200000,"state":"pending","due_at":1795426260000,"tries":2,"attempts":[{"at":1795426200000,"duration_ms":5,"status":500},{"at":1795426200000,"duration_ms":5,"error":"gone"}]}"#
    );
    assert_eq!(serde_json::from_str::<WebhookDelivery>(&text).unwrap(), delivery);
}

proptest! {
    #[test]
    fn any_headers_are_taken_or_refused_and_read_back(name in "\\PC{0,20}", value in "\\PC{0,20}") {
        if let Ok(headers) = custom(&[(&name, &value)]) {
            let read = CustomHeaders::from_bytes(&headers.to_bytes()).unwrap();
            prop_assert_eq!(read.names(), headers.names());
        }
    }

    #[test]
    fn any_secret_is_read_or_refused(text in "(whsec_)?[A-Za-z0-9+/=]{0,100}") {
        let _ = SigningSecret::parse(Secret::new(text));
    }
}

#[test]
fn a_tenant_has_fifty_webhooks_at_most() {
    assert!(require_room(49).is_ok());
    let refused = require_room(50).unwrap_err();
    assert!(refused.message.contains("has 50 webhooks already"), "{refused}");
}

#[test]
fn a_try_that_nobody_hears_of_is_made_again_and_not_sooner_than_it_takes() {
    assert_eq!([0, 1, 2, 3].map(|deaths| lease(deaths).span), [Some(LEASE); 4]);
    assert!(lease(20).span > Some(LEASE) && lease(2).is_suspect && !lease(1).is_suspect);
    assert!(LEASE > Pace::default().limit);
}
