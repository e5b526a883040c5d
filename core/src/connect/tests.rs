#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::id::NetworkId;

const T0: UnixMillis = UnixMillis(1_000_000);
const EXPIRY: UnixMillis = UnixMillis(1_000_000 + 1_800_000);
const STATE: &str = "state-digest";
const COOKIE: &str = "cookie-digest";

fn verifier() -> CodeVerifier {
    CodeVerifier::from_entropy([5; 32])
}

fn terms(entry: Entry) -> Terms {
    let client =
        ClientRef { network_id: NetworkId::from_entropy([1; 16]), client_id: "client".into(), secret_version: 1 };
    Terms {
        client,
        callback_url: "https://connect.example/connect/callback/x".into(),
        entry,
        tenant_id: None,
        scopes: Scopes::parse("tweet.read users.read").unwrap(),
        expected_username: None,
        expected_user: None,
        label: None,
        expires_at: EXPIRY,
    }
}

fn embed() -> Session {
    let redirect_uri = Some("https://acme.example/done?from=x".into());
    Session::new("cs_1".into(), terms(Entry::Embed { origin: "https://acme.example".into(), redirect_uri }))
}

fn link() -> Session {
    Session::new("cs_1".into(), terms(Entry::Link { redirect_uri: Some("https://acme.example/done?from=x".into()) }))
}

fn start(display: Display) -> Start {
    let challenge = verifier().challenge();
    Start { state: STATE.into(), cookie: COOKIE.into(), challenge, display, verifier: None }
}

fn at_x() -> Session {
    let mut session = embed();
    session.start(start(Display::Popup), T0).unwrap();
    session
}

fn code() -> XAnswer {
    XAnswer::Code { sealed: "sealed".into() }
}

fn authorized() -> Session {
    let mut session = at_x();
    session.callback(STATE, Some(COOKIE), code(), T0).unwrap();
    session
}

#[test]
fn a_session_goes_from_pending_to_connected() {
    let mut session = embed();
    assert_eq!(session.status(T0), Status::Pending);
    session.start(start(Display::Popup), T0).unwrap();
    assert_eq!(session.status(T0), Status::Authorizing);
    session.callback(STATE, Some(COOKIE), code(), T0).unwrap();
    assert_eq!(session.status(T0), Status::Authorized);
    session.exchanged("tokens".into(), T0);
    assert_eq!(session.status(T0), Status::Authorized);
    session.connected(json!({}), T0);
    assert_eq!(session.status(EXPIRY), Status::Connected);
}

#[test]
fn a_new_start_replaces_the_one_before_until_x_has_answered() {
    let mut session = at_x();
    session.start(Start { state: "newer".into(), ..start(Display::Popup) }, T0).unwrap();
    assert_eq!(session.callback(STATE, Some(COOKIE), code(), T0), Err(ConnectError::StateUnknown));
    session.callback("newer", Some(COOKIE), code(), T0).unwrap();
    assert_eq!(session.start(start(Display::Popup), T0), Err(ConnectError::Spent));
}

#[test]
fn a_callback_before_any_start_is_unknown() {
    assert_eq!(embed().callback(STATE, Some(COOKIE), code(), T0), Err(ConnectError::StateUnknown));
}

#[test]
fn a_callback_a_second_time_changes_nothing() {
    let mut session = authorized();
    session.callback(STATE, Some(COOKIE), XAnswer::Code { sealed: "other".into() }, T0).unwrap();
    assert!(matches!(&session.phase, Phase::Authorized { sealed_code } if sealed_code == "sealed"));
    session.callback(STATE, Some(COOKIE), XAnswer::Error("access_denied".into()), T0).unwrap();
    assert_eq!(session.status(T0), Status::Authorized);
}

#[test]
fn a_browser_without_the_cookie_neither_connects_nor_ends_nor_spends() {
    for cookie in [None, Some("other")] {
        let mut session = at_x();
        session.callback(STATE, cookie, XAnswer::Error("access_denied".into()), T0).unwrap();
        assert_eq!(session.status(T0), Status::Authorizing);
        session.callback(STATE, cookie, code(), T0).unwrap();
        assert_eq!(session.status(T0), Status::NeedsConfirmation);
        assert_eq!(session.complete(&verifier(), T0), Ok(Completion::NeedsConfirmation));
        session.callback(STATE, Some(COOKIE), code(), T0).unwrap();
        assert_eq!(session.status(T0), Status::Authorized);
    }
}

#[test]
fn what_x_refuses_ends_the_session_with_its_reason() {
    for (error, expected) in [
        ("access_denied", Code::AccessDenied),
        ("invalid_scope", Code::InsufficientPermissions),
        ("server_error", Code::XUnavailable),
    ] {
        let mut session = at_x();
        session.callback(STATE, Some(COOKIE), XAnswer::Error(error.into()), T0).unwrap();
        assert!(matches!(session.phase, Phase::Failed { code, .. } if code == expected), "{error}");
    }
}

#[test]
fn a_wrong_verifier_is_refused_at_every_stage_and_changes_nothing() {
    let wrong = CodeVerifier::from_entropy([6; 32]);
    let mut connected = authorized();
    connected.connected(json!({}), T0);
    for session in [at_x(), authorized(), connected] {
        assert_eq!(session.complete(&wrong, T0), Err(ConnectError::VerifierMismatch));
    }
}

#[test]
fn completing_waits_for_x_and_answers_for_ten_minutes_after_the_end() {
    assert_eq!(embed().complete(&verifier(), T0), Err(ConnectError::NotAuthorized));
    assert_eq!(at_x().complete(&verifier(), T0), Err(ConnectError::NotAuthorized));
    let mut session = authorized();
    assert_eq!(session.complete(&verifier(), T0), Ok(Completion::Proceed));
    session.connected(json!({}), T0);
    assert_eq!(session.complete(&verifier(), T0 + Span::secs(599)), Ok(Completion::Ended));
    assert_eq!(session.complete(&verifier(), T0 + Span::mins(10)), Err(ConnectError::Expired));
    assert!(!session.is_readable(T0 + Span::mins(10)));
}

#[test]
fn an_expired_session_takes_nothing_and_gives_its_tokens_up() {
    let mut session = at_x();
    assert_eq!(session.callback(STATE, Some(COOKIE), code(), EXPIRY), Err(ConnectError::Expired));
    assert_eq!(session.start(start(Display::Popup), EXPIRY), Err(ConnectError::Expired));
    assert_eq!(authorized().complete(&verifier(), EXPIRY), Err(ConnectError::Expired));
    session.exchanged("tokens".into(), T0);
    assert_eq!(session.expire().as_deref(), Some("tokens"));
    assert_eq!(session.status(EXPIRY), Status::Expired);
    assert!(session.start.is_none());
}

#[test]
fn the_alarm_resumes_then_expires_then_forgets() {
    let mut session = authorized();
    assert_eq!(session.next_alarm(T0), EXPIRY);
    session.exchanged("tokens".into(), T0);
    assert_eq!(session.next_alarm(T0), T0 + Span::secs(30));
    session.resume_later(T0 + Span::mins(5));
    assert_eq!(session.next_alarm(T0), T0 + Span::secs(330));
    assert_eq!(session.next_alarm(EXPIRY), EXPIRY + Span::hours(24));
    session.connected(json!({}), T0);
    assert_eq!(session.next_alarm(T0), T0 + Span::hours(24));
}

#[test]
fn a_cancelled_session_stays_cancelled() {
    let mut session = authorized();
    session.cancel(T0);
    assert_eq!(session.status(T0), Status::Cancelled);
    let mut connected = authorized();
    connected.connected(json!({}), T0);
    connected.cancel(T0);
    assert_eq!(connected.status(T0), Status::Connected);
}

#[test]
fn only_the_expected_person_is_expected() {
    let ada = XUserId::parse("1").unwrap();
    let mut session = embed();
    assert!(session.is_expected(&ada, "ada"));
    session.terms.expected_username = Some("@Ada".into());
    assert!(session.is_expected(&ada, "ada") && !session.is_expected(&ada, "grace"));
    session.terms.expected_user = Some(XUserId::parse("2").unwrap());
    assert!(!session.is_expected(&ada, "ada"));
}

#[test]
fn page_mode_returns_with_id_and_status_only() {
    let mut session = embed();
    session.start(start(Display::Page), T0).unwrap();
    session.callback(STATE, Some(COOKIE), code(), T0).unwrap();
    let url = session.return_url(T0).unwrap();
    assert_eq!(url.as_str(), "https://acme.example/done?from=x&connect_id=cs_1&connect_status=authorized");
    assert_eq!(authorized().return_url(T0), None, "a popup returns nowhere");
}

#[test]
fn page_mode_needs_somewhere_to_return_to() {
    let entry = Entry::Embed { origin: "https://acme.example".into(), redirect_uri: None };
    let mut session = Session::new("cs_1".into(), terms(entry));
    assert_eq!(session.start(start(Display::Page), T0), Err(ConnectError::NowhereToReturn));
}

#[test]
fn a_link_lands_with_who_connected_or_why_not() {
    let landing = |session: &Session| session.return_url(T0).map(String::from);
    let mut session = link();
    assert_eq!(landing(&session), None);
    let account = json!({ "id": "acc_1", "network_unique_id": "7", "username": "ada", "tenant_id": null });
    session.connected(account, T0);
    assert_eq!(
        landing(&session).unwrap(),
        "https://acme.example/done?from=x&success=true&account_id=acc_1&network_unique_id=7&username=ada&tenant_id=&connect_id=cs_1"
    );
    let mut session = link();
    session.fail((Code::AccountMismatch, "Somebody else.".into()), T0);
    assert_eq!(
        landing(&session).unwrap(),
        "https://acme.example/done?from=x&success=false&error=account_mismatch&error_description=Somebody+else.&connect_id=cs_1"
    );
}

#[test]
fn a_start_that_carries_its_verifier_concludes_itself() {
    let mut session = link();
    session.start(Start { verifier: Some("sealed".into()), ..start(Display::Page) }, T0).unwrap();
    session.callback(STATE, Some(COOKIE), code(), T0).unwrap();
    assert!(session.concludes_itself() && session.is_unattended());
    assert!(!authorized().concludes_itself());
    session.connected(json!({}), T0);
    assert_eq!(session.start.unwrap().verifier, None, "secrets go with the end");
}

#[test]
fn session_v1_format_unchanged() {
    let id = NetworkId::from_entropy([1; 16]);
    let challenge = verifier().challenge();
    let expected = json!({
        "id": "cs_1",
        "terms": {
            "client": { "network_id": id, "client_id": "client", "secret_version": 1 },
            "callback_url": "https://connect.example/connect/callback/x",
            "entry": { "embed": { "origin": "https://acme.example", "redirect_uri": "https://acme.example/done?from=x" } },
            "tenant_id": null,
            "scopes": ["tweet.read", "users.read"],
            "expected_username": null,
            "expected_user": null,
            "label": null,
            "expires_at": 2_800_000,
        },
        "phase": { "authorized": { "sealed_code": "sealed" } },
        "start": {
            "state": STATE, "cookie": COOKIE, "challenge": challenge.as_str(), "display": "popup", "verifier": null,
        },
        "ended_at": null,
    });
    assert_eq!(serde_json::to_value(authorized()).unwrap(), expected);
    let mut pending = authorized();
    pending.phase = Phase::Pending;
    assert_eq!(serde_json::to_value(&pending.phase).unwrap(), json!("pending"));
}
