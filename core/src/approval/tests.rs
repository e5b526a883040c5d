#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

const T0: UnixMillis = UnixMillis(1_795_426_200_000);

fn by() -> Requester {
    Requester { key_id: "key_1".into(), name: "Agent".into() }
}

fn asked() -> Approval {
    Approval::after(None, by(), T0, LIFETIME)
}

fn rejection(note: Option<&str>) -> Decision {
    Decision::Reject { note: note.map(str::to_owned) }
}

fn code(result: Result<Option<Approval>, Refused>) -> Code {
    result.unwrap_err().code
}

#[test]
fn each_request_has_the_next_number_whatever_became_of_the_one_before() {
    for status in [Status::Pending, Status::Approved, Status::Rejected, Status::Expired, Status::Withdrawn] {
        let again = Approval::after(Some(&asked().over(status)), by(), T0, LIFETIME);
        assert_eq!((again.number, again.status), (2, Status::Pending), "{status:?}");
    }
    assert_eq!((asked().number, asked().expires_at), (1, T0 + Span::days(7)));
}

#[test]
fn an_answer_is_to_one_version() {
    for number in [None, Some(1)] {
        let approved = asked().decide(&Decision::Approve, number, "key_2", T0).unwrap().unwrap();
        assert_eq!(approved.status, Status::Approved);
        assert_eq!(approved.decided, Some(Decided { at: T0, by: "key_2".into(), note: None }));
    }
    for number in [0, 2] {
        assert_eq!(code(asked().decide(&Decision::Approve, Some(number), "key_2", T0)), Code::ApprovalStale);
    }
}

#[test]
fn the_same_answer_again_changes_nothing_and_the_other_is_refused() {
    let decide = |approval: &Approval, decision: &Decision| approval.decide(decision, Some(1), "link", T0);
    let approved = decide(&asked(), &Decision::Approve).unwrap().unwrap();
    let rejected = decide(&asked(), &rejection(Some("Too long."))).unwrap().unwrap();
    assert_eq!(rejected.decided.as_ref().unwrap().note.as_deref(), Some("Too long."));
    assert_eq!(decide(&approved, &Decision::Approve).unwrap(), None);
    assert_eq!(decide(&rejected, &rejection(None)).unwrap(), None);
    assert_eq!(code(decide(&approved, &rejection(None))), Code::AlreadyPublished);
    assert_eq!(code(decide(&rejected, &Decision::Approve)), Code::ApprovalStale);
    for status in [Status::Expired, Status::Withdrawn] {
        for decision in [Decision::Approve, rejection(None)] {
            assert_eq!(code(decide(&asked().over(status), &decision)), Code::ApprovalStale, "{status:?}");
        }
    }
}

#[test]
fn a_request_is_over_at_its_end_also_before_that_was_noted() {
    let end = asked().expires_at;
    assert!(asked().decide(&Decision::Approve, None, "link", end - Span::millis(1)).unwrap().is_some());
    assert_eq!(code(asked().decide(&Decision::Approve, None, "link", end)), Code::ApprovalStale);
}

#[test]
fn a_post_leaves_up_to_an_hour_after_its_time() {
    assert!(require_in_time(None, T0).is_ok());
    assert!(require_in_time(Some(T0), T0 + Span::hours(1)).is_ok());
    assert!(require_in_time(Some(T0 + Span::days(1)), T0).is_ok());
    let late = require_in_time(Some(T0), T0 + Span::hours(1) + Span::millis(1));
    assert_eq!(late.unwrap_err().code, Code::ApprovalLate);
}

#[test]
fn approval_v1_format_unchanged() {
    let pending = r#"{"number":1,"status":"pending","requested_at":1795426200000,"requested_by":{"key_id":"key_1","name":"Agent"},"expires_at":1796031000000}"#;
    assert_eq!(serde_json::to_string(&asked()).unwrap(), pending);
    let rejected = asked().decide(&rejection(Some("No.")), None, BY_LINK, T0).unwrap().unwrap();
    let text = r#"{"number":1,"status":"rejected","requested_at":1795426200000,"requested_by":{"key_id":"key_1","name":"Agent"},"expires_at":1796031000000,"decided":{"at":1795426200000,"by":"link","note":"No."}}"#;
    assert_eq!(serde_json::to_string(&rejected).unwrap(), text);
    assert_eq!(serde_json::from_str::<Approval>(text).unwrap(), rejected);
}
