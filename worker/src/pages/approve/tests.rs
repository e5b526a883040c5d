#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use latchkey_core::approval::{AccountShown, ContainerShown, MediaShown, SubtitlesShown};
use latchkey_core::media::Kind;
use latchkey_core::messages::Messages;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::options::Options;
use latchkey_core::x::price::Micros;
use serde_json::json;

use super::*;

/// Markup, an attribute's end and a character that turns a line around.
const HOSTILE: &str = "\"'><script>alert(1)</script>&\u{202E}";

fn medium(kind: Kind) -> MediaShown {
    MediaShown {
        kind,
        url: "/v1/media/m/file?a=1&b=\"'><script>".into(),
        filename: Some(HOSTILE.into()),
        alt_text: Some(HOSTILE.into()),
        subtitles: vec![SubtitlesShown { language: HOSTILE.into(), url: "/v1/media/s/file?a=\"'><script>".into() }],
    }
}

/// A request in which every text from outside is hostile.
fn request(status: Status) -> ApprovalShown {
    let options: Options = serde_json::from_value(json!({
        HOSTILE: HOSTILE,
        "poll": {"options": [HOSTILE, HOSTILE], "duration_minutes": 5},
        "geo": {"place_id": HOSTILE},
        "community_id": HOSTILE,
        "quote_tweet_id": HOSTILE,
        "media": {"tagged_user_ids": [HOSTILE]},
        "reply": {"in_reply_to_tweet_id": HOSTILE, "exclude_reply_user_ids": [HOSTILE]},
    }))
    .unwrap();
    ApprovalShown {
        status,
        number: 3,
        containers: vec![ContainerShown {
            text: HOSTILE.into(),
            media: vec![medium(Kind::Png), medium(Kind::Mp4), medium(Kind::Gif)],
            options: options.clone(),
        }],
        options,
        answers: None,
        quotes: None,
        accounts: vec![AccountShown { handle: HOSTILE.into(), name: HOSTILE.into(), picture: Some(HOSTILE.into()) }],
        scheduled_at: Some(UnixMillis(1_796_049_000_000)),
        is_late: false,
        cost: Micros(15_000),
        cost_reasons: vec![HOSTILE.into()],
        requested_by: HOSTILE.into(),
        requested_at: UnixMillis(0),
        expires_at: UnixMillis(1_796_650_200_000),
        decided_at: Some(UnixMillis(1_796_049_000_000)),
        decided_by: Some(HOSTILE.into()),
        note: Some(HOSTILE.into()),
    }
}

fn english(shown: &ApprovalShown) -> String {
    body(shown, &Messages::accepted("en").approval)
}

#[test]
fn no_field_of_a_request_becomes_markup_or_hides_a_character() {
    for status in [Status::Pending, Status::Approved, Status::Rejected, Status::Expired] {
        for is_late in [false, true] {
            let html = english(&ApprovalShown { is_late, ..request(status) });
            assert!(!html.contains("<script") && !html.contains("\"'>"), "{html}");
            assert!(!html.contains('\u{202E}'), "{html}");
        }
    }
}

#[test]
fn a_request_that_waits_has_both_buttons_and_a_late_one_can_only_be_rejected() {
    let waiting = english(&request(Status::Pending));
    assert!(waiting.contains("value=approve") && waiting.contains("value=reject"));
    let late = english(&ApprovalShown { is_late: true, ..request(Status::Pending) });
    assert!(!late.contains("value=approve") && late.contains("value=reject"));
    assert!(late.contains("more than an hour ago"));
    for status in [Status::Approved, Status::Rejected, Status::Expired] {
        assert!(!english(&request(status)).contains("<form"), "{status:?}");
    }
}

#[test]
fn a_time_is_in_words_and_as_programs_write_it() {
    let html = english(&request(Status::Pending));
    assert!(html.contains("datetime=\"2026-11-30T14:30:00.000Z\""));
    assert!(html.contains(">Monday, 30 November 2026, 14:30 UTC</time><br><small>2026-11-30T14:30:00.000Z</small>"));
    assert!(
        english(&ApprovalShown { scheduled_at: None, ..request(Status::Pending) })
            .contains("Now, as soon as you approve")
    );
}

#[test]
fn many_accounts_are_behind_a_summary_and_all_of_them_are_there() {
    let account = |n| AccountShown { handle: format!("user{n}"), name: String::new(), picture: None };
    let html = english(&ApprovalShown { accounts: (0..500).map(account).collect(), ..request(Status::Pending) });
    assert!(html.contains("<details><summary>500 accounts</summary>"));
    assert_eq!(html.matches("<bdi>@user").count(), 500);
}

#[test]
fn parts_of_a_thread_are_numbered_and_a_single_part_is_not() {
    let part = |text: &str| ContainerShown { text: text.into(), media: Vec::new(), options: Options::default() };
    let thread = ApprovalShown { containers: vec![part("one"), part("")], ..request(Status::Pending) };
    let html = english(&thread);
    assert!(html.contains("<h3>Part 1 of 2</h3><p class=text dir=auto>one</p>"));
    assert!(html.contains("<h3>Part 2 of 2</h3><p class=faint>Without text</p>"));
    let single = ApprovalShown { containers: vec![part("one")], ..request(Status::Pending) };
    assert!(!english(&single).contains("Part 1"));
    assert!(!english(&single).contains("cannot be seen."), "no mark, no legend");
}

#[test]
fn a_video_is_a_player_and_a_picture_says_what_is_read_out() {
    let html = english(&request(Status::Pending));
    assert_eq!(html.matches("<video controls").count(), 1);
    assert_eq!(html.matches("<img ").count(), 2);
    assert!(html.contains("<b>Description</b>") && html.contains("Subtitles: <a href=\"/v1/media/s/file?a="));
}
