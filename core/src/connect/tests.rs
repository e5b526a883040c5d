#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::json;

use super::confirm::{Awaited, ConfirmationCode, Typed};
use super::page::{Ending, Page};
use super::second::{SecondBrowsers, TAKEOVER};
use super::*;
use crate::id::NetworkId;
use crate::network::ClientRef;
use crate::oauth::Scopes;
use crate::revocation::Pace;

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
        accept: Accept::Auto,
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
    Start {
        state: STATE.into(),
        cookie: COOKIE.into(),
        challenge,
        display,
        verifier: None,
        second: SecondBrowsers::none(),
    }
}

/// By the door that the session was made for.
fn leave(session: &mut Session, start: Start, now: UnixMillis) -> Result<(), ConnectError> {
    session.start(session.terms.entry.entry_kind(), start, now)
}

fn at_x() -> Session {
    let mut session = embed();
    leave(&mut session, start(Display::Popup), T0).unwrap();
    session
}

fn second_browser() -> SecondBrowser {
    SecondBrowser::new("other-cookie".into(), "other-code".into(), "sealed-digits".into())
}

fn ada() -> XUser {
    let id = XUserId::parse("7").unwrap();
    XUser { id, username: "ada".into(), name: "Ada".into(), profile_image_url: None, subscription_type: None }
}

fn code() -> XAnswer {
    XAnswer::Code { sealed: "sealed".into(), digest: "digest".into() }
}

fn authorized() -> Session {
    let mut session = at_x();
    session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
    session
}

#[test]
fn a_session_goes_from_pending_to_connected() {
    let mut session = embed();
    assert_eq!(session.status(T0), Status::Pending);
    leave(&mut session, start(Display::Popup), T0).unwrap();
    assert_eq!(session.status(T0), Status::Authorizing);
    session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
    assert_eq!(session.status(T0), Status::Authorized);
    session.exchanged("tokens".into(), T0);
    assert_eq!(session.status(T0), Status::Authorized);
    session.connected(json!({}), T0);
    assert_eq!(session.status(EXPIRY), Status::Connected);
}

#[test]
fn a_session_starts_by_the_entry_that_it_was_made_for_and_by_no_other() {
    for (mut session, other) in [(embed(), EntryKind::Link), (link(), EntryKind::Button)] {
        for display in [Display::Popup, Display::Page] {
            let with_verifier = Start { verifier: Some("sealed".into()), ..start(display) };
            assert_eq!(session.start(other, with_verifier, T0), Err(ConnectError::WrongEntry));
            assert_eq!((session.status(T0), session.start.is_none()), (Status::Pending, true));
        }
        assert_eq!(session.start(other, start(Display::Page), EXPIRY), Err(ConnectError::WrongEntry), "not even when");
    }
}

#[test]
fn a_new_start_replaces_the_one_before_until_x_has_answered() {
    let mut session = at_x();
    leave(&mut session, Start { state: "newer".into(), ..start(Display::Popup) }, T0).unwrap();
    assert_eq!(
        session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0),
        Err(ConnectError::StateUnknown)
    );
    session.callback("newer", Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
    assert_eq!(leave(&mut session, start(Display::Popup), T0), Err(ConnectError::Spent));
}

#[test]
fn a_callback_before_any_start_is_unknown() {
    assert_eq!(
        embed().callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0),
        Err(ConnectError::StateUnknown)
    );
}

#[test]
fn a_callback_a_second_time_changes_nothing() {
    let mut session = authorized();
    session
        .callback(
            STATE,
            Some(COOKIE),
            XAnswer::Code { sealed: "other".into(), digest: "other".into() },
            second_browser(),
            TAKEOVER,
            T0,
        )
        .unwrap();
    assert!(matches!(&session.phase, Phase::Authorized { sealed_code } if sealed_code == "sealed"));
    session
        .callback(STATE, Some(COOKIE), XAnswer::Error("access_denied".into()), second_browser(), TAKEOVER, T0)
        .unwrap();
    assert_eq!(session.status(T0), Status::Authorized);
}

#[test]
fn a_browser_without_the_cookie_neither_connects_nor_ends_nor_spends() {
    for cookie in [None, Some("other")] {
        let mut session = at_x();
        session
            .callback(STATE, cookie, XAnswer::Error("access_denied".into()), second_browser(), TAKEOVER, T0)
            .unwrap();
        assert_eq!(session.status(T0), Status::Authorizing);
        session.callback(STATE, cookie, code(), second_browser(), TAKEOVER, T0).unwrap();
        assert_eq!(session.status(T0), Status::NeedsConfirmation);
        session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
        assert_eq!(session.status(T0), Status::Authorized);
    }
}

#[test]
fn what_another_browser_brought_is_exchanged_at_once_and_then_waits() {
    let mut session = at_x();
    session.callback(STATE, None, code(), second_browser(), TAKEOVER, T0).unwrap();
    assert_eq!(session.complete(&verifier(), T0), Ok(Completion::Proceed));
    session.exchanged("tokens".into(), T0);
    assert_eq!(session.status(T0), Status::NeedsConfirmation);
    session.identified("tokens".into(), ada(), T0);
    assert_eq!(session.complete(&verifier(), T0), Ok(Completion::NeedsConfirmation));
    assert_eq!(session.resumes_at(), None, "nobody but the person moves it on");
}

#[test]
fn the_browser_that_started_takes_over_from_another_one_and_its_tokens_are_discarded() {
    let again: [fn(&mut Session); 2] = [
        |session| session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap(),
        |session| leave(session, start(Display::Popup), T0).unwrap(),
    ];
    for take_over in again {
        let mut session = unconfirmed(embed());
        take_over(&mut session);
        assert!(session.second.is_none());
        assert_eq!(session.discarded.sealed, ["tokens"]);
    }
}

fn same_code() -> XAnswer {
    XAnswer::Code { sealed: "again".into(), digest: "other-code".into() }
}

/// A second browser has brought a code, and nobody has exchanged it.
fn brought_by_second(mut session: Session) -> Session {
    leave(&mut session, start(Display::Popup), T0).unwrap();
    session.callback(STATE, None, same_code(), second_browser(), TAKEOVER, T0).unwrap();
    session
}

#[test]
fn a_url_that_a_second_browser_brought_is_the_starters_within_thirty_seconds_and_before_the_exchange() {
    for (after, is_taken) in [(0, true), (29, true), (30, false), (1000, false)] {
        for entry in [embed, link] {
            let mut session = brought_by_second(entry());
            let time = T0 + Span::secs(after);
            session.callback(STATE, Some(COOKIE), same_code(), second_browser(), TAKEOVER, time).unwrap();
            assert_eq!(session.is_unconfirmed(), !is_taken, "{after} s");
            assert_eq!(session.awaited().is_none(), is_taken, "{after} s");
        }
    }
}

#[test]
fn once_it_is_exchanged_the_url_that_a_second_browser_brought_counts_nowhere_else() {
    let exchanged: [fn(&mut Session); 2] =
        [|session| session.exchanged("tokens".into(), T0), |session| session.identified("tokens".into(), ada(), T0)];
    for exchange in exchanged {
        let mut session = brought_by_second(embed());
        exchange(&mut session);
        session.callback(STATE, Some(COOKIE), same_code(), second_browser(), TAKEOVER, T0).unwrap();
        assert_eq!((session.awaited(), session.status(T0)), (Some(Awaited::Code), Status::NeedsConfirmation));
        assert!(session.discarded.sealed.is_empty() && session.second.is_some());
        leave(&mut session, start(Display::Popup), T0).unwrap();
        assert_eq!(session.discarded.sealed, ["tokens"], "starting anew takes over");
    }
}

#[test]
fn a_url_that_came_beside_another_second_browser_belongs_to_its_browser_too() {
    let mut session = unconfirmed(embed());
    let theirs = || XAnswer::Code { sealed: "theirs".into(), digest: "theirs".into() };
    session.callback(STATE, None, theirs(), second_browser(), TAKEOVER, T0).unwrap();
    session.callback(STATE, Some(COOKIE), theirs(), second_browser(), TAKEOVER, T0 + TAKEOVER).unwrap();
    assert!(session.is_unconfirmed() && matches!(session.phase, Phase::Identified { .. }));
}

#[test]
fn what_a_second_browser_brought_and_x_refuses_ends_nothing_and_that_browser_is_told() {
    let refuse: [fn(&mut Session); 2] = [|_| {}, |session| session.exchanged("tokens".into(), T0)];
    for (refuse, discarded) in refuse.into_iter().zip([Vec::<&str>::new(), vec!["tokens"]]) {
        let mut session = brought_by_second(embed());
        refuse(&mut session);
        session.refuse((Code::InvalidGrant, String::new()), T0);
        assert_eq!(session.status(T0), Status::Authorizing);
        assert_eq!(session.discarded.sealed, discarded);
        assert_eq!(session.refusal_of(Some("other-cookie")), Some(Code::InvalidGrant));
        assert_eq!(session.refusal_of(Some(COOKIE)).or(session.refusal_of(None)), None);
        session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
        assert_eq!(session.status(T0), Status::Authorized);
        session.refuse((Code::InvalidGrant, String::new()), T0);
        assert_eq!(session.status(T0), Status::Failed, "of the starter's own it is the end");
    }
}

#[test]
fn a_refusal_resets_the_clock() {
    let mut session = brought_by_second(embed());
    session.refuse((Code::InvalidGrant, String::new()), T0);
    let later = T0 + Span::secs(40);
    session.callback(STATE, None, code(), second_browser(), TAKEOVER, later).unwrap();
    session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, later + Span::secs(29)).unwrap();
    assert_eq!(session.status(later), Status::Authorized);
}

#[test]
fn after_five_refused_codes_only_the_starters_browser_may_bring_one() {
    let mut session = at_x();
    let junk = |n: u8| XAnswer::Code { sealed: "junk".into(), digest: format!("junk-{n}") };
    for n in 0..5 {
        session.callback(STATE, None, junk(n), second_browser(), TAKEOVER, T0).unwrap();
        assert_eq!(session.status(T0), Status::NeedsConfirmation, "{n}");
        session.refuse((Code::InvalidGrant, String::new()), T0);
    }
    session.callback(STATE, None, junk(5), second_browser(), TAKEOVER, T0).unwrap();
    assert_eq!(session.status(T0), Status::Authorizing);
    session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
    assert_eq!(session.status(T0), Status::Authorized);
}

#[test]
fn a_third_browser_is_a_stranger() {
    let mut session = unconfirmed(embed());
    let late = SecondBrowser::new("late-cookie".into(), "late-code".into(), "late-digits".into());
    session
        .callback(STATE, None, XAnswer::Code { sealed: "late".into(), digest: "late".into() }, late, TAKEOVER, T0)
        .unwrap();
    assert_eq!(session.visitor(Some("late-cookie")), Visitor::Stranger);
    assert_eq!(session.visitor(Some("other-cookie")), Visitor::Second);
    assert_eq!(session.visitor(Some(COOKIE)), Visitor::Starter);
}

/// Another browser came back, and X said who it is.
fn unconfirmed(mut session: Session) -> Session {
    leave(&mut session, start(Display::Popup), T0).unwrap();
    session.callback(STATE, None, code(), second_browser(), TAKEOVER, T0).unwrap();
    session.identified("tokens".into(), ada(), T0);
    session
}

#[test]
fn the_right_code_lets_the_session_go_on() {
    let mut session = unconfirmed(embed());
    assert_eq!(session.type_code(true, T0), Ok(Typed::Right));
    assert_eq!((session.awaited(), session.status(T0)), (None, Status::Authorized));
    assert!(session.resumes_at().is_some(), "a crash from here on is made good");
    assert_eq!(session.type_code(false, T0), Err(ConnectError::NothingToConfirm));
}

#[test]
fn the_third_wrong_code_ends_the_session_and_discards_its_tokens() {
    let mut session = unconfirmed(embed());
    assert_eq!(session.type_code(false, T0), Ok(Typed::Wrong { left: 2 }));
    assert_eq!(session.type_code(false, T0), Ok(Typed::Wrong { left: 1 }));
    assert_eq!(session.status(T0), Status::NeedsConfirmation);
    assert_eq!(session.type_code(false, T0), Ok(Typed::Wrong { left: 0 }));
    assert!(matches!(session.phase, Phase::Failed { code: Code::ConfirmationFailed, .. }));
    assert_eq!(session.discarded.sealed, ["tokens"]);
}

#[test]
fn a_code_is_taken_only_when_x_has_said_whose_account_it_is() {
    let mut early = at_x();
    assert_eq!(early.type_code(true, T0), Err(ConnectError::NothingToConfirm));
    early.callback(STATE, None, code(), second_browser(), TAKEOVER, T0).unwrap();
    assert_eq!(early.type_code(true, T0), Err(ConnectError::NothingToConfirm));
    assert_eq!(unconfirmed(embed()).type_code(true, EXPIRY), Err(ConnectError::Expired));
    assert_eq!(unconfirmed(link()).type_code(true, T0), Err(ConnectError::NothingToConfirm), "a link has a button");
}

#[test]
fn a_link_in_another_browser_waits_for_its_button() {
    let mut session = unconfirmed(link());
    assert_eq!(session.awaited(), Some(Awaited::Button));
    assert_eq!(unconfirmed(embed()).press(T0), Err(ConnectError::NothingToConfirm));
    session.press(T0).unwrap();
    assert_eq!(session.awaited(), None);
}

#[test]
fn an_account_that_has_to_be_accepted_waits_for_it_whichever_browser_came_back() {
    let mut session = unconfirmed(link());
    session.terms.accept = Accept::Manual;
    assert_eq!(session.accept(T0), Err(ConnectError::NothingToAccept), "first the person");
    session.press(T0).unwrap();
    assert_eq!((session.awaited(), session.status(T0)), (Some(Awaited::Acceptance), Status::Authorized));
    assert_eq!(session.resumes_at(), None);
    session.accept(T0).unwrap();
    assert_eq!(session.awaited(), None);
}

#[test]
fn tokens_that_are_not_taken_over_are_discarded_however_the_session_ends() {
    let ends: [fn(&mut Session, UnixMillis); 3] = [
        |session, time| session.cancel(time),
        |session, time| session.fail((Code::XUnavailable, String::new()), time),
        |session, time| session.expire(time),
    ];
    for (end, time) in ends.into_iter().zip([T0, T0, EXPIRY]) {
        let mut session = unconfirmed(embed());
        end(&mut session, time);
        assert_eq!(session.discarded.sealed, ["tokens"]);
        assert_eq!(session.next_alarm(time), time + Span::secs(30), "if they are not revoked at once");
    }
    let mut connected = authorized();
    connected.identified("tokens".into(), ada(), T0);
    connected.connected(json!({}), T0);
    assert!(connected.discarded.sealed.is_empty());
}

#[test]
fn what_x_refuses_ends_the_session_with_its_reason() {
    for (error, expected) in [
        ("access_denied", Code::AccessDenied),
        ("invalid_scope", Code::InsufficientPermissions),
        ("server_error", Code::XUnavailable),
    ] {
        let mut session = at_x();
        session.callback(STATE, Some(COOKIE), XAnswer::Error(error.into()), second_browser(), TAKEOVER, T0).unwrap();
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
    assert_eq!(
        session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, EXPIRY),
        Err(ConnectError::Expired)
    );
    assert_eq!(leave(&mut session, start(Display::Popup), EXPIRY), Err(ConnectError::Expired));
    assert_eq!(authorized().complete(&verifier(), EXPIRY), Err(ConnectError::Expired));
    session.exchanged("tokens".into(), T0);
    session.expire(EXPIRY);
    assert_eq!(session.discarded.sealed, ["tokens"]);
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
fn a_session_whose_tokens_x_has_not_revoked_is_kept_for_them_and_forgotten_by_everybody_else() {
    let mut session = authorized();
    session.exchanged("tokens".into(), T0);
    session.cancel(T0);
    let later = T0 + Span::hours(24);
    assert_eq!(session.next_alarm(T0), T0 + Span::secs(30));
    assert!(!session.is_forgotten(T0) && session.is_forgotten(later) && !session.is_done_with(later));
    assert!(session.discarded.put_off(later, Pace::default()));
    assert_eq!(session.next_alarm(later), later + Span::secs(30));
    session.discarded.revoked("tokens");
    assert_eq!((session.next_alarm(later), session.is_done_with(later)), (later, true));
}

#[test]
fn a_hand_over_is_refused_for_good_where_waiting_cannot_help() {
    assert!([Code::NetworkNotConfigured, Code::ClientChanged, Code::InvalidGrant].into_iter().all(ends_hand_over));
    assert!(![Code::InFlight, Code::XUnavailable, Code::Internal].into_iter().any(ends_hand_over));
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
    leave(&mut session, start(Display::Page), T0).unwrap();
    session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
    let url = session.return_url(Visitor::Starter, T0).unwrap();
    assert_eq!(url.as_str(), "https://acme.example/done?from=x&connect_id=cs_1&connect_status=authorized");
    assert_eq!(authorized().return_url(Visitor::Starter, T0), None, "a popup returns nowhere");
}

#[test]
fn page_mode_needs_somewhere_to_return_to() {
    let entry = Entry::Embed { origin: "https://acme.example".into(), redirect_uri: None };
    let mut session = Session::new("cs_1".into(), terms(entry));
    assert_eq!(leave(&mut session, start(Display::Page), T0), Err(ConnectError::NowhereToReturn));
}

#[test]
fn a_link_lands_with_who_connected_or_why_not() {
    let redirect_target = |session: &Session| session.return_url(Visitor::Starter, T0).map(String::from);
    let mut session = link();
    assert_eq!(redirect_target(&session), None);
    let account = json!({ "id": "acc_1", "network_unique_id": "7", "username": "ada", "tenant_id": null });
    session.connected(account, T0);
    assert_eq!(
        redirect_target(&session).unwrap(),
        "https://acme.example/done?from=x&success=true&account_id=acc_1&network_unique_id=7&username=ada&tenant_id=&connect_id=cs_1"
    );
    let mut session = link();
    session.fail((Code::AccountMismatch, "Somebody else.".into()), T0);
    assert_eq!(
        redirect_target(&session).unwrap(),
        "https://acme.example/done?from=x&success=false&error=account_mismatch&error_description=Somebody+else.&connect_id=cs_1"
    );
}

#[test]
fn a_link_that_waits_for_acceptance_lands_without_an_account() {
    let mut session = link();
    session.terms.accept = Accept::Manual;
    leave(&mut session, start(Display::Page), T0).unwrap();
    session.identified("tokens".into(), ada(), T0);
    assert_eq!(
        session.return_url(Visitor::Starter, T0).map(String::from).unwrap(),
        "https://acme.example/done?from=x&success=true&network_unique_id=7&username=ada&tenant_id=&connect_id=cs_1"
    );
}

#[test]
fn nobody_is_taken_anywhere_who_is_not_of_the_session() {
    let mut session = link();
    session.connected(json!({}), T0);
    assert_eq!(session.return_url(Visitor::Stranger, T0), None);
    assert!(session.return_url(Visitor::Second, T0).is_some(), "who has confirmed a link is its person");
    let mut session = embed();
    leave(&mut session, start(Display::Page), T0).unwrap();
    assert_eq!(session.return_url(Visitor::Second, T0), None, "the page is in the starter's browser");
}

#[test]
fn a_start_that_carries_its_verifier_concludes_itself() {
    let mut session = link();
    leave(&mut session, Start { verifier: Some("sealed".into()), ..start(Display::Page) }, T0).unwrap();
    session.callback(STATE, Some(COOKIE), code(), second_browser(), TAKEOVER, T0).unwrap();
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
            "accept": "auto",
            "expires_at": 2_800_000,
        },
        "other": null,
        "is_accepted": false,
        "discarded": { "sealed": [], "failures": 0, "next_at": null },
        "phase": { "authorized": { "sealed_code": "sealed" } },
        "start": {
            "state": STATE, "cookie": COOKIE, "challenge": challenge.as_str(), "display": "popup", "verifier": null,
            "second": { "arrivals": [], "refusals": [] },
        },
        "ended_at": null,
    });
    assert_eq!(serde_json::to_value(authorized()).unwrap(), expected);
    let phase = |session: &Session| serde_json::to_value(&session.phase).unwrap();
    assert_eq!(phase(&embed()), json!("pending"));
    let identified = unconfirmed(embed());
    assert_eq!(
        phase(&identified),
        json!({ "identified": { "sealed_tokens": "tokens", "at": T0, "user": {
            "id": "7", "username": "ada", "name": "Ada", "profile_image_url": null, "subscription_type": null,
        } } })
    );
    assert_eq!(
        serde_json::to_value(&identified.second).unwrap(),
        json!({ "cookie": "other-cookie", "x_code": "other-code", "sealed_code": "sealed-digits", "wrong_codes": 0, "is_confirmed": false })
    );
}

#[test]
fn a_failed_exchange_waits_where_asking_again_may_help_and_ends_the_session_else() {
    use crate::oauth::OAuthError as E;
    use crate::x::rate::{Window, WindowKind};
    let setback = |error: E| embed().not_exchanged(&error, T0);
    assert!(matches!(setback(E::Unavailable { status: 503 }), Setback::Waits(_)));
    let window = Window { limit: 5, remaining: 0, reset_at: T0 + Span::mins(1), kind: WindowKind::QuarterHour };
    let limited = setback(E::RateLimited { windows: vec![window] });
    assert!(matches!(limited, Setback::Waits(refused) if refused.retry_after == Some(60)));
    assert!(matches!(setback(E::CodeInvalid), Setback::Ends((Code::InvalidGrant, _))));
    let Setback::Ends((Code::RedirectUriMismatch, words)) = setback(E::RedirectMismatch) else { panic!("the end") };
    assert_eq!(words, "X refused the callback URL https://connect.example/connect/callback/x");
}

#[test]
fn an_identity_that_x_may_tell_later_is_asked_for_again_and_another_account_is_refused() {
    use crate::x::XError;
    use crate::x::problem::{Problem, Refusal};
    let refused = |refusal| {
        let problem = Problem { status: 401, r#type: None, title: None, detail: None };
        embed().identity(Err(XError::Refused { refusal, problem, windows: Vec::new(), retry_after: None }), T0)
    };
    for refusal in [Refusal::TokenRejected, Refusal::RateLimited, Refusal::Unavailable, Refusal::InvalidResponse] {
        assert!(matches!(refused(refusal), Err(Setback::Waits(_))), "{refusal:?}");
    }
    assert!(matches!(refused(Refusal::AccountLocked), Err(Setback::Refuses((Code::AccountLocked, _)))));
    let garbled = embed().identity(Err(XError::Malformed { status: 200 }), T0);
    assert!(matches!(garbled, Err(Setback::Waits(_))));
    let mut asked = embed();
    asked.terms.expected_username = Some("@grace".into());
    let Err(Setback::Refuses((Code::AccountMismatch, words))) = asked.identity(Ok(ada()), T0) else {
        panic!("refused")
    };
    assert_eq!(words, "X says that @ada signed in; another account was expected.");
    assert_eq!(embed().identity(Ok(ada()), T0).unwrap(), ada());
}

#[test]
fn a_wrong_code_says_how_many_tries_are_left() {
    assert!(wrong_code(2).ends_with("2 tries are left."));
    assert!(wrong_code(1).ends_with("one try is left."));
    assert_eq!(wrong_code(0), "That was the third wrong code; the sign-in has ended.");
}

/// The name of the page that each kind of visitor sees.
fn pages(session: &Session, now: UnixMillis) -> [String; 3] {
    let digits = || ConfirmationCode::parse("123456").unwrap();
    [(Visitor::Starter, None), (Visitor::Second, Some(digits())), (Visitor::Stranger, None)].map(|(visitor, code)| {
        let page = serde_json::to_value(session.page(visitor, code, None, now)).unwrap();
        let inner = page.as_object().and_then(|page| page.iter().next());
        match inner {
            Some((name, ending)) if name == "Ended" => format!("Ended {ending}"),
            Some((name, _)) => name.clone(),
            None => page.as_str().unwrap().to_owned(),
        }
    })
}

#[test]
fn each_browser_sees_the_page_that_is_for_it() {
    let before_x_answers = |mut session: Session| {
        leave(&mut session, start(Display::Popup), T0).unwrap();
        session.callback(STATE, None, code(), second_browser(), TAKEOVER, T0).unwrap();
        session
    };
    let mut accepted = unconfirmed(link());
    accepted.press(T0).unwrap();
    let mut cancelled = at_x();
    cancelled.cancel(T0);
    let cases = [
        ("at X", at_x(), T0, ["Done", "Done", "Elsewhere"]),
        (
            "a second browser is there before X says who",
            before_x_answers(embed()),
            T0,
            ["Done", "Waiting", "Elsewhere"],
        ),
        ("the code is awaited", unconfirmed(embed()), T0, ["Done", "Code", "Elsewhere"]),
        (
            "a link's button is awaited",
            unconfirmed(link()),
            T0,
            [r#"Ended {"Failed":"invalid_grant"}"#, "Button", "Elsewhere"],
        ),
        ("a link's button was pressed", accepted, T0, ["Done", "Done", "Elsewhere"]),
        ("cancelled", cancelled, T0, [r#"Ended "Cancelled""#; 3]),
        ("expired", at_x(), EXPIRY, [r#"Ended "Expired""#; 3]),
    ];
    for (name, session, now, expected) in cases {
        assert_eq!(pages(&session, now), expected, "{name}");
    }
    let refused = at_x().page(Visitor::Second, None, Some(Code::InvalidGrant), T0);
    assert!(
        matches!(refused, Page::Ended(Ending::Failed(Code::InvalidGrant))),
        "what a browser brought is refused to it"
    );
}
