#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;
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
