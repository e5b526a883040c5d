#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::account::Consent;
use crate::id::{AccountId, NetworkId, XUserId};
use crate::oauth::Scopes;
use crate::refusal::Code;
use crate::x::price::Write;
use crate::x::user::XUser;

pub(super) const T0: UnixMillis = UnixMillis(0);

pub(super) fn account(n: u8, username: &str, tenant: Option<&str>) -> Account {
    let user = XUser {
        id: XUserId::parse(&n.to_string()).unwrap(),
        username: username.into(),
        name: username.into(),
        profile_image_url: None,
        subscription_type: None,
    };
    let consent = Consent {
        network_id: NetworkId::from_entropy([0; 16]),
        client_id: "c".into(),
        tenant_id: tenant.map(|tenant| TenantId::parse(tenant).unwrap()),
        user,
        scopes: Scopes::publish_default(),
        token_expires_at: T0,
        session_id: None,
    };
    Account::new(AccountId::from_entropy([n; 16]), consent, T0)
}

fn said(texts: &[&str], options: serde_json::Value) -> Post {
    let parts = texts.iter().map(|text| Part { content: Some((*text).to_owned()), ..Part::default() }).collect();
    let mut post = Post::new(PostId::from_entropy([9; 16]), None, T0);
    post.options = Options::parse(options, "x").unwrap();
    post.say(&Draft { parts, wording: Wording::Containers }).unwrap();
    post
}

fn paths(refused: Result<(), Refused>) -> Vec<String> {
    refused.unwrap_err().details.into_keys().collect()
}

#[test]
fn a_planned_post_takes_its_time_from_the_caller_and_its_tenant_from_its_accounts() {
    let mut post = Post::planned(PostId::from_entropy([9; 16]), Options::default(), true, T0);
    assert_eq!((post.is_draft(), post.is_reply(), post.scheduled_at(), post.tenant_id()), (true, false, None, None));
    let later = json!(UnixMillis(60_000).to_iso());
    assert_eq!(post.schedule(&later, None).unwrap(), None);
    assert_eq!(post.scheduled_at(), Some(UnixMillis(60_000)));
    assert!(post.schedule(&json!(T0.to_iso()), None).unwrap().is_some(), "a time that has passed is said");
    assert_eq!(post.scheduled_at(), None, "and the post does not wait");
    post.address(&[&account(1, "ada", Some("t1"))]);
    assert_eq!(post.tenant_id().map(TenantId::as_str), Some("t1"));
}

#[test]
fn a_reply_is_of_its_accounts_tenant_and_is_checked_like_any_post() {
    let (id, ada) = (PostId::from_entropy([9; 16]), account(1, "ada", Some("t1")));
    let reply = |content: &str| Post::reply(id.clone(), &ada, &XPostId::parse("5").unwrap(), content.into(), T0);
    let hello = reply("hello").unwrap();
    assert_eq!((hello.is_reply(), hello.tenant_id().map(TenantId::as_str)), (true, Some("t1")));
    assert_eq!(hello.options, Options::replying_to(&XPostId::parse("5").unwrap()));
    assert_eq!(reply("").unwrap_err().details.into_keys().collect::<Vec<_>>(), ["content"]);
    assert_eq!(reply(&"a".repeat(281)).unwrap_err().code, Code::TextTooLong);
}

#[test]
fn a_repost_says_nothing_of_its_own() {
    let repost = Post::repost(PostId::from_entropy([9; 16]), None, XPostId::parse("5").unwrap(), T0);
    assert!(repost.containers.is_empty() && !repost.is_reply() && !repost.is_draft());
    assert_eq!(repost.writes(), [Write::Repost]);
}

#[test]
fn a_delivery_has_a_segment_for_each_container() {
    let post = said(&["a", "b"], json!({}));
    let delivery = post.delivery_to(&account(1, "ada", None), &Prices::default(), T0);
    let segments: Vec<_> = delivery.segments.iter().map(|s| (s.container_id.as_str(), s.text.as_str())).collect();
    assert_eq!(segments, [(format!("{}.0", post.id).as_str(), "a"), (format!("{}.1", post.id).as_str(), "b")]);
}

#[test]
fn what_is_empty_or_not_the_root_of_a_thread_is_refused_where_it_stands() {
    assert_eq!(paths(said(&["a", " "], json!({})).check(Wording::Containers)), ["containers.1.content"]);
    assert_eq!(paths(said(&[""], json!({})).check(Wording::Content)), ["content"]);
    let poll = json!({"poll": {"options": ["a", "b"], "duration_minutes": 5}});
    assert!(said(&[""], poll.clone()).check(Wording::Content).is_ok());
    let mut thread = said(&["a", "b"], poll);
    assert!(thread.check(Wording::Containers).is_ok());
    thread.containers[1].options = Options::replying_to(&XPostId::parse("1").unwrap());
    assert_eq!(paths(thread.check(Wording::Containers)), ["containers.1.x.reply"]);
}

#[test]
fn the_shortest_limit_of_the_accounts_decides_and_says_by_how_much() {
    let long = "a".repeat(283);
    let (mut premium, basic) = (account(1, "ada", None), account(2, "grace", None));
    premium.user.subscription_type = Some("Premium".into());
    let post = said(&["fits", &long], json!({}));
    assert!(post.check_length(Wording::Containers, &[&premium]).is_ok());
    let refused = post.check_length(Wording::Containers, &[&premium, &basic]).unwrap_err();
    assert_eq!(refused.code, Code::TextTooLong);
    assert_eq!(refused.details.keys().collect::<Vec<_>>(), ["containers.1"]);
    assert_eq!(refused.message, "3 too many: X counts 283, and @grace may write 280.");
    let single = said(&[&long], json!({}));
    assert_eq!(paths(single.check_length(Wording::Content, &[&basic])), ["containers.0", "content"]);
}

#[test]
fn a_character_that_x_refuses_is_refused_here() {
    let mut post = said(&["a"], json!({}));
    let part = Part { content: Some("a\u{FEFF}".into()), ..Part::default() };
    let draft = Draft { parts: vec![part], wording: Wording::Content };
    assert_eq!(paths(post.say(&draft)), ["content"]);
}

#[test]
fn each_segment_is_priced_by_what_it_is() {
    let reply = said(&["a", "see example.com"], json!({"reply": {"in_reply_to_tweet_id": "1"}}));
    assert_eq!(reply.writes(), [Write::SummonedReply, Write::PostWithUrl]);
    let mut repost = Post::new(PostId::from_entropy([9; 16]), None, T0);
    repost.repost_of = Some(XPostId::parse("1").unwrap());
    assert_eq!(repost.writes(), [Write::Repost]);
    assert_eq!(repost.segments(&Prices::default())[0].repost_of, repost.repost_of);
}

#[test]
fn post_v1_format_unchanged() {
    let post = said(&["a"], json!({"made_with_ai": true}));
    let id = post.id.as_str().to_owned();
    let expected = json!({
        "id": id, "tenant_id": null, "is_draft": false, "scheduled_at": null, "created_at": 0, "changes": 0,
        "options": {"made_with_ai": true},
        "containers": [{"id": format!("{id}.0"), "content": "a", "weighted_length": 1, "has_url": false}],
    });
    assert_eq!(serde_json::to_value(&post).unwrap(), expected);
}

#[test]
fn what_x_would_refuse_of_a_later_part_is_refused_of_the_whole() {
    for (texts, path) in [
        (vec!["$A", "two", "$B and $C"], "containers.2.content"),
        (vec!["one", "two", "one"], "containers.2.content"),
        (vec!["one\r\ncafe\u{301}", " one\ncaf\u{e9} "], "containers.1.content"),
        (vec!["one", "", "three"], "containers.1.content"),
    ] {
        assert_eq!(paths(said(&texts, json!({})).check(Wording::Containers)), [path], "{texts:?}");
    }
    assert_eq!(paths(said(&["$A $B"], json!({})).check(Wording::Content)), ["content"]);
    assert!(said(&["$A", "$B", "One", "one"], json!({})).check(Wording::Containers).is_ok());
}

#[test]
fn a_text_has_xs_line_ends_and_is_otherwise_as_it_was_written() {
    let post = said(&["one\r\ntwo\rcafe\u{301}"], json!({}));
    assert_eq!(post.segments(&Prices::default())[0].text, "one\ntwo\ncafe\u{301}");
    assert_eq!(post.containers[0].weighted_length, 12);
}

#[test]
fn an_option_is_refused_by_the_path_at_which_the_caller_said_it() {
    let tagged = json!({ "media": { "tagged_user_ids": ["12"] } });
    let mut post = said(&["a"], json!({}));
    post.options = Options::parse(tagged.clone(), "x").unwrap();
    assert_eq!(paths(post.check(Wording::Content)), ["x.media"], "there are no media");
    assert_eq!(paths(post.check(Wording::Containers)), ["x.media"], "the post's own option");
    post.options = Options::default();
    post.containers[0].options = Options::parse(tagged, "x").unwrap();
    assert_eq!(paths(post.check(Wording::Containers)), ["containers.0.x.media"]);
}
