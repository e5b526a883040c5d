#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;
use crate::approval::{Approval, Decision, Requester};
use crate::delivery::Attachment;
use crate::fixtures::{T0, account, delivery, post};
use crate::post::{Named, Part};
use crate::time::Span;

const LATER: UnixMillis = UnixMillis(T0.0 + 3_600_000);

fn scheduled() -> Post {
    Post { scheduled_at: Some(LATER), ..post("hello") }
}

fn draft() -> Post {
    Post { is_draft: true, ..post("hello") }
}

fn row(n: u8) -> (Delivery, Account) {
    (delivery(n), account(n))
}

fn in_state(n: u8, state: State) -> (Delivery, Account) {
    let (mut delivery, account) = row(n);
    delivery.state = state;
    (delivery, account)
}

fn removed(n: u8) -> (Delivery, Account) {
    let (delivery, mut account) = in_state(n, State::Cancelled);
    account.set_status(Status::Disconnected, None, T0);
    (delivery, account)
}

/// A change by whoever may publish.
fn apply(post: &Post, change: Change, accounts: &[&Account]) -> Result<Post, Refused> {
    super::apply(post, change, by(true), accounts)
}

fn by(may_publish: bool) -> By {
    let requester = Requester { key_id: "key_1".into(), name: "Agent".into() };
    By { requester, may_publish, at: T0, lifetime: Span::days(7) }
}

fn code<T>(result: Result<T, Refused>) -> Option<Code> {
    result.err().map(|refused| refused.code)
}

#[test]
fn a_draft_and_what_is_scheduled_and_has_not_begun_may_be_changed() {
    assert_eq!(code(require_changeable(&scheduled(), &[row(2), row(3)])), None);
    assert_eq!(code(require_changeable(&draft(), &[row(2)])), None);
    assert_eq!(code(require_changeable(&post("hello"), &[row(2)])), Some(Code::AlreadyPublished), "it leaves at once");
    for state in [State::Publishing, State::Unknown, State::Published, State::Failed, State::Deleted] {
        let rows = [row(2), in_state(3, state)];
        assert_eq!(code(require_changeable(&scheduled(), &rows)), Some(Code::AlreadyPublished), "{state:?}");
    }
    let (mut tried, owner) = in_state(2, State::Held);
    tried.begin(T0);
    tried.state = State::Held;
    assert_eq!(code(require_changeable(&scheduled(), &[(tried, owner)])), Some(Code::AlreadyPublished));
}

#[test]
fn an_account_that_was_removed_keeps_nobody_from_changing_the_rest() {
    assert_eq!(code(require_changeable(&scheduled(), &[row(2), removed(3)])), None);
    assert_eq!(changeable(vec![row(2), removed(3)]).len(), 1);
    assert_eq!(code(require_changeable(&scheduled(), &[removed(3)])), Some(Code::AlreadyPublished));
    assert_eq!(
        code(require_changeable(&draft(), &[removed(3)])),
        Some(Code::UnknownAccount),
        "the draft is for nobody"
    );
    let (queued, mut account) = row(2);
    account.set_status(Status::Disconnected, None, T0);
    let refused = require_changeable(&scheduled(), &[(queued, account)]).unwrap_err();
    assert_eq!(refused.message, "The account @user2 is not connected any more.");
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    let before = scheduled();
    let after = apply(&before, Change { is_draft: Some(true), ..Change::default() }, &[]).unwrap();
    assert_eq!(after, Post { is_draft: true, ..before.clone() });
    let now = Time { at: None, warning: None };
    let after = apply(&before, Change { scheduled_at: Some(now), ..Change::default() }, &[]).unwrap();
    assert_eq!(after, Post { scheduled_at: None, ..before });
}

#[test]
fn what_is_said_anew_is_checked_for_every_account() {
    let says = |text: &str| {
        let parts = vec![Part { content: Some(text.to_owned()), ..Part::default() }];
        Change { draft: Some(Draft { parts, wording: Wording::Content }), ..Change::default() }
    };
    let ada = account(2);
    assert_eq!(apply(&scheduled(), says("bye"), &[&ada]).unwrap().containers[0].content, "bye");
    assert_eq!(code(apply(&scheduled(), says(" "), &[&ada])), Some(Code::InvalidPayload));
    let refused = apply(&scheduled(), says(&"a".repeat(281)), &[&ada]).unwrap_err();
    assert_eq!(refused.code, Code::TextTooLong);
    assert!(refused.details.contains_key("content"), "by the path that the caller wrote");
}

#[test]
fn media_alone_keep_the_words_and_words_alone_the_media() {
    let change = |content: Option<&str>, media: Option<Vec<Named>>| {
        let parts = vec![Part { content: content.map(str::to_owned), media, options: None }];
        Change { draft: Some(Draft { parts, wording: Wording::Content }), ..Change::default() }
    };
    let photo = || Some(vec![Named::new("media.0.id".to_owned(), Attachment::default())]);
    let with_photo = apply(&scheduled(), change(None, photo()), &[]).unwrap();
    assert_eq!((with_photo.containers[0].content.as_str(), with_photo.containers[0].media.len()), ("hello", 1));
    let reworded = apply(&with_photo, change(Some("bye"), None), &[]).unwrap();
    assert_eq!((reworded.containers[0].content.as_str(), reworded.containers[0].media.len()), ("bye", 1));
    let bare = apply(&reworded, change(None, Some(Vec::new())), &[]).unwrap();
    assert_eq!((bare.containers[0].content.as_str(), bare.containers[0].media.len()), ("bye", 0));
}

#[test]
fn media_alone_are_of_no_part_of_a_thread_and_words_alone_replace_it_with_a_warning() {
    let parts = |texts: &[&str], wording| {
        let part = |text: &&str| Part { content: Some((*text).to_owned()), ..Part::default() };
        Change { draft: Some(Draft { parts: texts.iter().map(part).collect(), wording }), ..Change::default() }
    };
    let thread = apply(&scheduled(), parts(&["a", "b"], Wording::Containers), &[]).unwrap();
    let media = Part { media: Some(Vec::new()), ..Part::default() };
    let draft = Some(Draft { parts: vec![media], wording: Wording::Content });
    let refused = apply(&thread, Change { draft, ..Change::default() }, &[]).unwrap_err();
    assert!(refused.details.contains_key("media"));
    let one = apply(&thread, parts(&["c"], Wording::Content), &[]).unwrap();
    assert_eq!(one.containers.len(), 1);
    assert!(shortened(&thread, &one, Some(Wording::Content)).is_some());
    assert_eq!(shortened(&thread, &one, Some(Wording::Containers)), None);
    assert_eq!(shortened(&one, &one, Some(Wording::Content)), None);
}

#[test]
fn what_is_on_its_way_is_recalled_and_what_has_ended_or_is_a_draft_is_not() {
    let rows = || vec![row(2), in_state(3, State::Held), in_state(4, State::Failed)];
    assert_eq!(recalls(&scheduled(), rows()).len(), 2);
    assert!(recalls(&draft(), rows()).is_empty());
}

#[test]
fn of_two_changes_at_once_only_the_later_one_is_completed() {
    let mut post = scheduled();
    let (first, second) = (post.begin_change(), post.begin_change());
    assert!(!post.is_under_change(first) && post.is_under_change(second));
}

#[test]
fn a_changed_post_is_sent_as_the_next_version_at_its_new_time() {
    let after = Post { scheduled_at: Some(LATER), ..post("bye") };
    let next = complete(&after, &[row(2)], &Prices::default(), T0);
    assert_eq!((next[0].stored.version, next[0].stored.run_at, next[0].is_idle), (2, LATER, false));
    assert_eq!((next[0].stored.segments[0].text.as_str(), &next[0].sent), ("bye", &next[0].stored));
    assert_eq!(next[0].object, account(2).object());
}

#[test]
fn what_became_a_draft_is_kept_and_its_account_sends_nothing() {
    let next = complete(&draft(), &[row(2)], &Prices::default(), T0);
    assert!(next[0].is_idle);
    assert_eq!((next[0].stored.state, next[0].sent.state), (State::Queued, State::Cancelled));
    assert_eq!(next[0].sent.version, next[0].stored.version);
}

#[test]
fn what_may_be_on_x_by_now_is_not_deleted() {
    for state in [State::Publishing, State::Unknown] {
        assert_eq!(code(require_deletable(&[row(2), in_state(3, state)])), Some(Code::InFlight), "{state:?}");
    }
    assert_eq!(code(require_deletable(&[row(2), in_state(3, State::Published)])), None);
}

#[test]
fn a_deletion_cancels_what_is_pending_and_keeps_the_record_of_it() {
    let deletion = delete(&scheduled(), &[row(2), in_state(3, State::Published)]);
    assert_eq!((deletion.steps.len(), deletion.forgets), (1, false));
    assert_eq!((deletion.steps[0].stored.state, deletion.steps[0].stored.version), (State::Cancelled, 2));
    assert_eq!(deletion.steps[0].sent.state, State::Cancelled);
}

#[test]
fn the_record_of_a_draft_and_of_what_has_ended_goes() {
    assert!(delete(&draft(), &[row(2)]).forgets);
    let ended = delete(&scheduled(), &[in_state(2, State::Published)]);
    assert!(ended.forgets && ended.steps.is_empty());
}

#[test]
fn an_account_that_asks_goes_on_unless_the_post_is_a_draft_or_deleted() {
    assert_eq!(reclaimed(Some(&scheduled()), delivery(2)).state, State::Queued);
    assert_eq!(reclaimed(Some(&draft()), delivery(2)).state, State::Cancelled);
    assert_eq!(reclaimed(None, delivery(2)).state, State::Cancelled);
}

#[test]
fn only_the_accounts_that_deleted_at_x_are_marked() {
    let rows = [in_state(2, State::Published), in_state(3, State::Published)];
    let gone = gone_at_x(&rows, &[account(3).id]);
    assert_eq!(
        gone.iter().map(|gone| (&gone.account_id, gone.state)).collect::<Vec<_>>(),
        [(&account(3).id, State::Deleted)]
    );
}

#[test]
fn a_retry_takes_what_failed_or_is_held_and_pays_for_what_failed() {
    let rows = vec![in_state(2, State::Failed), in_state(3, State::Held), in_state(4, State::Published), row(5)];
    let retry = Retry::of(rows).unwrap();
    assert_eq!((retry.failed.len(), retry.held.len(), retry.count()), (1, 1, 2));
    assert_eq!(retry.cost(), Micros(15_000));
    let versions = retry.versions(LATER);
    assert_eq!((versions.len(), versions[0].stored.version, versions[0].stored.run_at), (1, 2, LATER));
    assert_eq!(versions[0].stored.state, State::Queued);
}

#[test]
fn without_anything_failed_or_held_a_retry_says_why() {
    assert_eq!(code(Retry::of(vec![row(2)])), Some(Code::InFlight));
    assert_eq!(code(Retry::of(vec![in_state(2, State::Published)])), Some(Code::AlreadyPublished));
    assert_eq!(code(Retry::of(Vec::new())), Some(Code::AlreadyPublished));
}

#[test]
fn an_account_that_was_removed_is_not_tried_again() {
    let (failed, mut account) = in_state(2, State::Failed);
    account.set_status(Status::Disconnected, None, T0 + Span::secs(1));
    assert_eq!(code(Retry::of(vec![(failed, account)])), Some(Code::UnknownAccount));
}

fn asking() -> Post {
    ask(&draft(), &[row(2)], by(false)).unwrap().unwrap()
}

fn approved(post: &Post) -> Post {
    answer(post, &[row(2)], &Decision::Approve, None, "key_2", T0).unwrap().unwrap()
}

fn rejected() -> Post {
    let no = Decision::Reject { note: None };
    answer(&asking(), &[row(2)], &no, None, "link", T0).unwrap().unwrap()
}

/// The word of its approval with its number, and whether nobody sends it.
fn stage(post: &Post) -> (Option<&'static str>, u32, bool) {
    let number = |approval: &Approval| approval.number;
    (post.approval().and_then(|a| a.status.as_str()), post.approval.as_ref().map_or(0, number), post.is_draft)
}

fn texts(text: &str) -> Change {
    let parts = vec![Part { content: Some(text.into()), ..Part::default() }];
    Change { draft: Some(Draft { parts, wording: Wording::Content }), ..Change::default() }
}

fn at(time: UnixMillis) -> Change {
    Change { scheduled_at: Some(Time { at: Some(time), warning: None }), ..Change::default() }
}

fn to_draft(is_draft: bool) -> Change {
    Change { is_draft: Some(is_draft), ..Change::default() }
}

fn changed(post: &Post, change: Change, may_publish: bool) -> (Option<&'static str>, u32, bool) {
    stage(&super::apply(post, change, by(may_publish), &[]).unwrap())
}

#[test]
fn a_draft_asks_and_is_sent_once_it_is_approved() {
    assert_eq!(stage(&asking()), (Some("pending"), 1, true));
    assert!(ask(&asking(), &[row(2)], by(true)).unwrap().is_none(), "it asks already");
    assert_eq!(stage(&approved(&asking())), (Some("approved"), 1, false));
    assert_eq!(stage(&rejected()), (Some("rejected"), 1, true));
    assert_eq!(code(ask(&approved(&asking()), &[row(2)], by(true))), Some(Code::AlreadyPublished));
    assert_eq!(code(ask(&draft(), &[removed(2)], by(true))), Some(Code::UnknownAccount));
}

#[test]
fn a_change_of_what_asks_or_was_approved_asks_anew() {
    let waits = Post { scheduled_at: Some(LATER), ..approved(&asking()) };
    for post in [asking(), waits] {
        for may_publish in [true, false] {
            assert_eq!(changed(&post, texts("other words"), may_publish), (Some("pending"), 2, true));
            assert_eq!(changed(&post, at(LATER + Span::mins(1)), may_publish), (Some("pending"), 2, true));
            let options = Options::replying_to(&crate::id::XPostId::parse("7").unwrap());
            let options = Change { options: Some(options), ..Change::default() };
            assert_eq!(changed(&post, options, may_publish), (Some("pending"), 2, true));
            let both = Change { is_draft: Some(false), ..texts("other words") };
            assert_eq!(changed(&post, both, may_publish), (Some("pending"), 2, true));
        }
    }
}

#[test]
fn a_change_to_what_is_there_already_asks_for_nothing() {
    let waits = Post { scheduled_at: Some(LATER), ..approved(&asking()) };
    for post in [asking(), waits.clone(), rejected()] {
        for change in [texts("hello"), to_draft(false)] {
            if stage(&post).0 != Some("rejected") || change.is_draft.is_none() {
                assert_eq!(changed(&post, change, true), stage(&post));
            }
        }
    }
    assert_eq!(changed(&waits, at(LATER), true), stage(&waits));
}

#[test]
fn a_request_is_taken_back_by_making_the_post_a_draft() {
    let waits = Post { scheduled_at: Some(LATER), ..approved(&asking()) };
    for post in [asking(), waits] {
        let back = super::apply(&post, to_draft(true), by(true), &[]).unwrap();
        assert_eq!(stage(&back), (None, 1, true));
        let again = ask(&back, &[row(2)], by(false)).unwrap().unwrap();
        assert_eq!(stage(&again), (Some("pending"), 2, true), "no earlier answer fits");
    }
}

#[test]
fn a_draft_is_sent_by_who_may_publish_and_asks_for_anybody_else() {
    for post in [draft(), rejected()] {
        let number = stage(&post).1;
        assert_eq!(changed(&post, to_draft(false), true), (None, number, false));
        assert_eq!(changed(&post, to_draft(false), false), (Some("pending"), number + 1, true));
        assert_eq!(changed(&post, texts("other words"), false), (stage(&post).0, number, true));
    }
}

#[test]
fn what_nobody_has_answered_in_time_is_a_draft_also_before_that_was_noted() {
    let mut over = asking();
    over.approval.as_mut().unwrap().expires_at = T0;
    assert_eq!(changed(&over, to_draft(false), true), (None, 1, false));
    assert_eq!(changed(&over, to_draft(false), false), (Some("pending"), 2, true));
    assert_eq!(changed(&over, texts("other words"), true).1, 1, "it asks for nothing by itself");
    assert_eq!(stage(&ask(&over, &[row(2)], by(false)).unwrap().unwrap()), (Some("pending"), 2, true));
}

#[test]
fn the_address_of_a_request_that_nobody_approved_shows_no_later_draft() {
    let link = asking().approval_link(T0).unwrap();
    for post in [rejected(), expire(&asking())] {
        assert!(post.has_link(&link));
        let same = super::apply(&post, texts("hello"), by(true), &[]).unwrap();
        assert!(same.has_link(&link), "it says the same");
        let other = super::apply(&post, texts("other words"), by(true), &[]).unwrap();
        assert!(!other.has_link(&link));
        let again = ask(&other, &[row(2)], by(false)).unwrap().unwrap();
        assert!(again.has_link(&again.approval_link(T0).unwrap()), "the next request has an address of its own");
    }
}

#[test]
fn who_may_not_publish_changes_only_what_nobody_sends() {
    for (post, is_open) in [(draft(), true), (asking(), true), (rejected(), true), (scheduled(), false)] {
        assert_eq!(require_permitted(&post, false).is_ok(), is_open, "{post:?}");
        assert!(require_permitted(&post, true).is_ok());
    }
    assert_eq!(code(require_permitted(&approved(&asking()), false)), Some(Code::InsufficientKeyScope));
}

#[test]
fn an_approval_needs_accounts_that_are_there_and_a_time_that_has_not_passed() {
    let approve =
        |post: &Post, rows: &[(Delivery, Account)], now| answer(post, rows, &Decision::Approve, None, "key_2", now);
    assert_eq!(code(approve(&asking(), &[removed(2)], T0)), Some(Code::UnknownAccount));
    let planned = Post { scheduled_at: Some(T0), ..asking() };
    assert!(approve(&planned, &[row(2)], T0 + Span::mins(60)).is_ok());
    assert_eq!(code(approve(&planned, &[row(2)], T0 + Span::mins(61))), Some(Code::ApprovalLate));
    let (delivery, mut poor) = row(2);
    poor.scopes = crate::oauth::Scopes::from_names(["tweet.write"]).unwrap();
    let mut with_file = asking();
    with_file.containers[0].media =
        vec![Attachment { media_id: Some(crate::id::MediaId::from_entropy([1; 16])), ..Attachment::default() }];
    assert!(approve(&with_file, &[(delivery, poor)], T0).is_err_and(|refused| refused.code == Code::MissingScope));
    let no = Decision::Reject { note: None };
    assert!(answer(&planned, &[removed(2)], &no, None, "key_2", T0 + Span::mins(61)).is_ok(), "a no is never late");
    assert_eq!(code(approve(&draft(), &[row(2)], T0)), Some(Code::ApprovalStale), "it has asked for nothing");
}

#[test]
fn an_answer_ends_a_change_under_way() {
    let (before, after) = (asking(), approved(&asking()));
    assert!(before.is_under_change(before.changes) && !after.is_under_change(before.changes));
}

#[test]
fn nobody_sends_what_asks_and_its_deliveries_say_why() {
    let version = |post: &Post| versions(post, vec![row(2), removed(3)], &Prices::default(), T0);
    let asked = version(&asking());
    assert_eq!(asked.len(), 1, "a removed account gets nothing");
    assert!(asked[0].is_idle && asked[0].stored.awaits_approval() && asked[0].stored.state == State::Held);
    assert_eq!((asked[0].stored.due(), asked[0].stored.version), (None, 2));
    let sent = version(&approved(&asking()));
    assert_eq!((sent[0].is_idle, sent[0].stored.state, sent[0].stored.error.clone()), (false, State::Queued, None));
    let back = version(&rejected());
    assert_eq!((back[0].is_idle, back[0].stored.state, back[0].stored.error.clone()), (true, State::Queued, None));
    let changed = complete(&asking(), &[row(2)], &Prices::default(), T0);
    assert_eq!(
        (changed[0].sent.state, changed[0].stored.state),
        (State::Cancelled, State::Held),
        "no account sends it"
    );
    let (delivery, owner) = (asked[0].stored.clone(), account(2));
    assert_eq!(code(Retry::of(vec![(delivery, owner)])), Some(Code::InFlight), "no retry sends it");
}

#[test]
fn what_asks_has_uploaded_files_alone() {
    let with = |attachment: Attachment| {
        let mut post = draft();
        post.containers[0].media = vec![attachment];
        post
    };
    let url = Attachment { url: Some("https://files.example/a.png".into()), ..Attachment::default() };
    let refused = ask(&with(url), &[row(2)], by(true)).unwrap_err();
    assert_eq!(refused.details.into_keys().collect::<Vec<_>>(), ["containers.0.media.0.url"]);
}
