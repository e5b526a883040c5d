#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use http::Response;
use serde_json::{Value, json};

use super::*;
use crate::delivery::{Call, Names, Outcome, Segment, Track, Upload};
use crate::id::{AccountId, MediaId, PostId, XPostId};
use crate::media::Kind;
use crate::time::Span;
use crate::x::media::SEGMENT;
use crate::x::options::Options;
use crate::x::price::Micros;
use crate::x::problem::Problem;

const T0: UnixMillis = UnixMillis(1_000_000);
const PACE: Pace = Pace { reconcile: Span::mins(1), probe: Span::mins(15), backoff: Span::mins(1), chance: 0 };
const PLACE: Place = Place { segment: 0, attachment: 0 };

fn file(kind: Kind, size: u64) -> File {
    File { key: "media/m".into(), kind, announced: None, size }
}

fn stored(kind: Kind, size: u64) -> Attachment {
    Attachment { file: Some(file(kind, size)), ..Attachment::default() }
}

fn names<'a>(content_type: &'a str, filename: &'a str, url: &'a str) -> Names<'a> {
    Names { content_type: Some(content_type), filename: Some(filename), url }
}

#[test]
fn a_fetched_file_is_what_its_bytes_are_and_the_first_to_say_otherwise_is_named() {
    let url = "https://example.com/film.mp4?name=a.png#b.gif";
    let announced = |names: &Names<'_>| File::fetched("k", Kind::Mov, 3, names).announced;
    assert_eq!(announced(&names("image/jpeg", "a.png", url)), Some(Kind::Jpeg));
    assert_eq!(announced(&names("application/octet-stream", "a.png", url)), Some(Kind::Png));
    assert_eq!(announced(&names("text/html", "a", url)), Some(Kind::Mp4));
    assert_eq!(announced(&names("video/quicktime", "a.png", url)), None);
    assert_eq!(announced(&names("", "a", "https://example.com/film")), None);

    let copy = File::fetched("k", Kind::Mov, 3, &names("", "", url));
    let linked_film = Attachment { url: Some(url.into()), file: Some(copy), ..Attachment::default() };
    let words = "\"film.mp4\" is said to be video/mp4. Its bytes are video/quicktime, and it is used as that.";
    assert_eq!(linked_film.warning().as_deref(), Some(words));
    assert_eq!((linked().warning(), stored(Kind::Png, 3).warning()), (None, None));
}

fn linked() -> Attachment {
    Attachment { url: Some("https://example.com/a".into()), ..Attachment::default() }
}

fn delivery(media: Vec<Attachment>) -> Delivery {
    let (container_id, text, options) = ("c0".to_owned(), "a".to_owned(), Options::default());
    let segment =
        Segment { container_id, text, options, media, repost_of: None, price: Micros(1), platform_post_id: None };
    Delivery::new(PostId::from_entropy([1; 16]), AccountId::from_entropy([2; 16]), vec![segment], T0)
}

/// What the next step asks of X, or which URL is fetched.
fn next(delivery: &mut Delivery) -> String {
    match delivery.next_upload(T0) {
        None => "post".into(),
        Some((_, UploadStep::Fetch { .. })) => "fetch".into(),
        Some((_, UploadStep::Call { call: MediaCall::Append(range), .. })) => {
            format!("append {} {}+{}", range.index(), range.offset, range.len)
        }
        Some((_, UploadStep::Call { call, .. })) => call.endpoint().rsplit('/').next().unwrap().to_owned(),
    }
}

/// X's answer to the next call, as it comes over the wire.
fn answer(delivery: &mut Delivery, data: &Value) {
    let (place, step) = delivery.next_upload(T0).unwrap();
    let UploadStep::Call { call, .. } = step else { panic!("a fetch") };
    let body = json!({ "data": data }).to_string().into_bytes();
    let outcome = call.response(&Response::builder().status(200).body(body).unwrap());
    delivery.upload_effect(place, outcome.map_or_else(UploadOutcome::Refused, UploadOutcome::Done), T0, PACE);
}

fn receipt() -> Value {
    json!({ "id": "77", "media_key": "3_77", "expires_after_secs": 86_400 })
}

fn processing(info: Value) -> Value {
    let mut receipt = receipt();
    receipt["processing_info"] = info;
    receipt
}

fn refused(refusal: Refusal) -> UploadOutcome {
    let problem = Problem { status: 400, r#type: None, title: None, detail: Some("X's words".into()) };
    UploadOutcome::Refused(XError::Refused { refusal, problem, windows: Vec::new(), retry_after: None })
}

/// Every byte is with X, and the next call finalizes.
fn sent(kind: Kind) -> Delivery {
    let mut delivery = delivery(vec![stored(kind, 3)]);
    answer(&mut delivery, &receipt());
    answer(&mut delivery, &Value::Null);
    assert_eq!(next(&mut delivery), "finalize");
    delivery
}

fn effect(delivery: &mut Delivery, outcome: UploadOutcome) {
    delivery.upload_effect(PLACE, outcome, T0, PACE);
}

fn code(delivery: &Delivery) -> Option<FailureCode> {
    delivery.error.as_ref().map(|error| error.code)
}

#[test]
fn a_photo_is_sent_in_segments_in_order_and_the_post_names_it() {
    let mut photo = delivery(vec![stored(Kind::Jpeg, SEGMENT + 5)]);
    assert_eq!(next(&mut photo), "initialize");
    answer(&mut photo, &receipt());
    for expected in [format!("append 0 0+{SEGMENT}"), format!("append 1 {SEGMENT}+5")] {
        assert_eq!((next(&mut photo), photo.state), (expected, State::Publishing));
        answer(&mut photo, &Value::Null);
    }
    assert_eq!(next(&mut photo), "finalize");
    answer(&mut photo, &receipt());
    assert_eq!(next(&mut photo), "post");
    let Some(Call::Post(post)) = photo.begin(T0) else { panic!("no post") };
    assert_eq!(json!(post.media_ids), json!(["77"]));
}

#[test]
fn a_video_is_asked_about_when_x_says_so_until_it_is_ready() {
    let mut video = sent(Kind::Mp4);
    answer(&mut video, &processing(json!({ "state": "pending", "check_after_secs": 7 })));
    assert_eq!(
        (next(&mut video), video.due(), video.state),
        ("upload".into(), Some(T0 + Span::secs(7)), State::Publishing)
    );
    let info = json!({ "state": "in_progress", "check_after_secs": 1, "progress_percent": 40 });
    answer(&mut video, &processing(info));
    assert_eq!(video.segments.first().unwrap().media.first().unwrap().processing_percent(), Some(40));
    answer(&mut video, &processing(json!({ "state": "succeeded", "progress_percent": 100 })));
    assert_eq!((next(&mut video), video.due()), ("post".into(), Some(T0)));
}

#[test]
fn failed_processing_is_final_in_xs_words() {
    let mut video = sent(Kind::Mp4);
    let error = json!({ "code": 1, "name": "InvalidMedia", "message": "Unsupported video format" });
    answer(&mut video, &processing(json!({ "state": "failed", "error": error })));
    assert_eq!((video.state, code(&video)), (State::Failed, Some(FailureCode::MediaFailed)));
    assert_eq!(video.error.as_ref().unwrap().message, "Unsupported video format");
    assert_eq!(next(&mut video.next_version(video.segments.clone(), T0)), "initialize", "a retry begins anew");
}

#[test]
fn alt_text_and_subtitles_follow_the_bytes() {
    let mut track = Track::new(MediaId::from_entropy([3; 16]), "EN".into(), Some("English".into()));
    track.file = Some(file(Kind::Srt, 2));
    let video = Attachment { alt_text: Some("a cat".into()), subtitles: vec![track], ..stored(Kind::Mp4, 3) };
    let mut delivery = delivery(vec![video]);
    let mut seen = Vec::new();
    while delivery.next_upload(T0).is_some() {
        let step = next(&mut delivery);
        let data = if step.starts_with("append") { Value::Null } else { receipt() };
        answer(&mut delivery, &data);
        seen.push(step);
    }
    let upload = ["initialize", "append 0 0+3", "finalize"];
    let track = ["initialize", "append 0 0+2", "finalize", "subtitles", "metadata"];
    assert_eq!(seen, [&upload[..], &track].concat());
}

#[test]
fn a_lost_answer_repeats_the_call_and_leaves_nothing_unconfirmed() {
    let mut photo = delivery(vec![stored(Kind::Png, 3)]);
    for (expected, data) in [("initialize", receipt()), ("append 0 0+3", Value::Null)] {
        effect(&mut photo, UploadOutcome::Lost);
        assert_eq!((next(&mut photo).as_str(), photo.state), (expected, State::Queued));
        assert!(photo.due() > Some(T0) && photo.unconfirmed.is_none());
        answer(&mut photo, &data);
    }
}

#[test]
fn a_lost_finalization_is_asked_about_where_x_can_be_asked() {
    let mut video = sent(Kind::Mp4);
    effect(&mut video, UploadOutcome::Lost);
    assert_eq!(next(&mut video), "upload", "the status says what became of it");
    let mut photo = sent(Kind::Png);
    effect(&mut photo, UploadOutcome::Lost);
    assert_eq!(next(&mut photo), "initialize", "a photo has no status");
}

#[test]
fn what_x_does_not_know_any_more_starts_over_and_not_for_ever() {
    let mut photo = sent(Kind::Png);
    for _ in 0..3 {
        effect(&mut photo, refused(Refusal::NotFound));
        assert_eq!((next(&mut photo).as_str(), photo.state), ("initialize", State::Queued));
    }
    effect(&mut photo, refused(Refusal::NotFound));
    assert_eq!((photo.state, code(&photo)), (State::Failed, Some(FailureCode::MediaFailed)));
}

#[test]
fn an_upload_that_x_is_about_to_forget_starts_over() {
    let mut photo = sent(Kind::Png);
    answer(&mut photo, &receipt());
    assert_eq!(photo.next_upload(T0 + Span::hours(23)), None);
    let (_, step) = photo.next_upload(T0 + Span::hours(24)).unwrap();
    assert!(matches!(step, UploadStep::Call { call: MediaCall::Initialize { .. }, .. }));
}

#[test]
fn media_that_a_post_is_refused_for_are_uploaded_again() {
    let mut photo = sent(Kind::Png);
    answer(&mut photo, &receipt());
    photo.begin(T0).unwrap();
    let problem =
        Problem { status: 400, r#type: None, title: None, detail: Some("Your media IDs are invalid.".into()) };
    photo.effect(
        Outcome::Refused(XError::Refused {
            refusal: Refusal::InvalidMedia,
            problem,
            windows: vec![],
            retry_after: None,
        }),
        T0,
        PACE,
    );
    assert_eq!((next(&mut photo).as_str(), photo.state), ("initialize", State::Queued));
}

#[test]
fn what_urls_name_is_fetched_before_anything_is_uploaded() {
    let mut two = delivery(vec![stored(Kind::Jpeg, 3), linked()]);
    assert_eq!(next(&mut two), "fetch");
    let place = Place { segment: 0, attachment: 1 };
    two.upload_effect(place, UploadOutcome::Fetched(file(Kind::Png, 3)), T0, PACE);
    assert_eq!(next(&mut two), "initialize");
    assert!(two.spent_copies().is_empty());
}

#[test]
fn what_urls_turn_out_to_name_has_to_go_together() {
    let mut two = delivery(vec![stored(Kind::Jpeg, 3), linked()]);
    let place = Place { segment: 0, attachment: 1 };
    two.upload_effect(place, UploadOutcome::Fetched(file(Kind::Mp4, 3)), T0, PACE);
    assert_eq!((two.state, code(&two)), (State::Failed, Some(FailureCode::UnsupportedMedia)));
    assert_eq!(two.spent_copies().len(), 1, "the copy is of no more use");
}

#[test]
fn a_source_that_is_silent_is_asked_eight_times() {
    let mut linked = delivery(vec![linked()]);
    for _ in 0..7 {
        effect(&mut linked, UploadOutcome::SourceSilent("no answer".into()));
        assert_eq!(linked.state, State::Queued);
    }
    effect(&mut linked, UploadOutcome::SourceSilent("no answer".into()));
    assert_eq!((linked.state, code(&linked)), (State::Failed, Some(FailureCode::MediaUrlRefused)));
}

#[test]
fn an_upload_waits_an_outage_of_x_out_like_a_post() {
    for outcome in [|| UploadOutcome::Lost, || refused(Refusal::Unavailable), || refused(Refusal::InvalidResponse)] {
        let mut photo = delivery(vec![stored(Kind::Png, 3)]);
        for _ in 0..20 {
            effect(&mut photo, outcome());
            assert_eq!(photo.state, State::Queued);
        }
        photo.upload_effect(PLACE, outcome(), T0 + Span::hours(24), PACE);
        assert_eq!((photo.state, code(&photo)), (State::Failed, Some(FailureCode::XUnavailable)));
    }
}

#[test]
fn a_post_with_media_is_never_sent_a_second_time_by_itself() {
    let mut photo = sent(Kind::Png);
    answer(&mut photo, &receipt());
    photo.begin(T0).unwrap();
    photo.effect(Outcome::Lost, T0, PACE);
    photo.not_found(true, T0, PACE);
    photo.not_found(true, T0 + Span::mins(5), PACE);
    assert_eq!(photo.state, State::Unknown);
}

#[test]
fn media_of_what_is_published_are_left_alone() {
    let mut photo = sent(Kind::Png);
    answer(&mut photo, &receipt());
    photo.begin(T0).unwrap();
    photo.effect(Outcome::Published(XPostId::parse("1").unwrap()), T0, PACE);
    assert_eq!(photo.next_upload(T0 + Span::days(30)), None);
}

#[test]
fn attachment_v1_format_unchanged() {
    let mut video = Attachment { alt_text: Some("a".into()), ..stored(Kind::Mp4, 9) };
    video.media_id = Some(MediaId::from_entropy([3; 16]));
    video.upload = Upload::Sending { id: crate::id::XMediaId::parse("77").unwrap(), sent: 4, until: T0 };
    let expected = json!({
        "media_id": MediaId::from_entropy([3; 16]),
        "alt_text": "a",
        "file": { "key": "media/m", "kind": "video/mp4", "size": 9 },
        "upload": { "stage": "sending", "id": "77", "sent": 4, "until": 1_000_000 },
        "restarts": 0,
    });
    assert_eq!(serde_json::to_value(&video).unwrap(), expected);
    assert_eq!(serde_json::from_value::<Attachment>(expected).unwrap(), video);
}
