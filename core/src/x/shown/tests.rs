#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

fn links(pairs: &[(&str, &str)]) -> Vec<Link> {
    pairs.iter().map(|(short, expanded)| Link { short: (*short).into(), expanded: (*expanded).into() }).collect()
}

fn says(shown: &str, pairs: &[(&str, &str)], text: &str) -> bool {
    Sent { text, reply_to: None, has_attachment: false }.is_shown_as(shown, &links(pairs))
}

fn with_attachment(shown: &str, pairs: &[(&str, &str)], text: &str) -> bool {
    Sent { text, reply_to: None, has_attachment: true }.is_shown_as(shown, &links(pairs))
}

/// One link, as the only one of a text.
fn becomes(written: &str, expanded: &str) -> bool {
    let (shown, sent) = ("see https://t.co/aaaaaaaaaa, now", format!("see {written}, now"));
    says(shown, &[("https://t.co/aaaaaaaaaa", expanded)], &sent)
}

#[test]
fn a_text_is_compared_as_x_stores_it() {
    for (sent, shown) in [
        ("one\r\ntwo", "one\ntwo"),
        ("one\rtwo", "one\ntwo"),
        ("one\r\n\r\ntwo\r\n", "one\n\ntwo"),
        ("one\u{2028}two", "one\u{2028}two"),
        ("one\u{2028}two", "one\ntwo"),
        ("one\u{a0}two\u{3000}three", "one two three"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("cafe\u{301}", "caf\u{e9}"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글"),
        ("\u{212b} and \u{fa19}", "\u{c5} and \u{795e}"),
        ("  spaced \n", "spaced"),
    ] {
        assert!(says(shown, &[], sent), "{sent:?}");
        assert!(says(sent, &[], shown), "{shown:?}, the other way round");
    }
    assert!(!says("one two", &[], "onetwo"));
    assert!(!says("cafe", &[], "caf\u{e9}"));
}

#[test]
fn escaped_characters_are_read_back() {
    assert!(says("a &amp; b &lt;c&gt;", &[], "a & b <c>"));
    assert!(says("write &amp;amp; and &amp;lt;", &[], "write &amp; and &lt;"));
    assert!(says("write &amp; and &lt;", &[], "write &amp; and &lt;"), "if X takes what was typed for an escape");
    assert!(!says("a &amp; b", &[], "a and b"));
}

#[test]
fn short_links_are_what_they_stand_for() {
    assert!(becomes("https://example.com/a?b=1", "https://example.com/a?b=1"));
    assert!(!becomes("https://example.com/a?b=1", "https://example.com/other"));
    assert!(!becomes("https://example.com/a?b=1", "https://example.org/a?b=1"));
    let two = [("https://t.co/1", "http://a.io"), ("https://t.co/2", "http://b.io")];
    assert!(says("https://t.co/1 https://t.co/2", &two, "a.io b.io"));
    assert!(!says("https://t.co/1 https://t.co/2", &two, "b.io a.io"));
}

#[test]
fn every_spelling_of_an_address_is_that_address() {
    for (written, expanded) in [
        ("foo.rs", "http://foo.rs"),
        ("example.com", "http://Example.com/"),
        ("HTTP://EXAMPLE.COM/A", "http://example.com/A"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("http://münchen.de/bier", "http://xn--mnchen-3ya.de/bier"),
        ("https://xn--mnchen-3ya.de", "https://münchen.de/"),
        ("https://example.com/straße?q=1", "https://example.com/stra%C3%9Fe?q=1"),
        ("https://example.com/%7Eada", "https://example.com/~ada"),
        ("https://example.com/a?b=1&c=2", "https://example.com/a?b=1&amp;c=2"),
        ("http://example.com/a", "https://example.com/a"),
        ("https://t.co/aaaaaaaaaa", "https://example.com/where-it-leads"),
    ] {
        assert!(becomes(written, expanded), "{written} as {expanded}");
    }
}

#[test]
fn punctuation_behind_an_address_stays_in_the_text() {
    let link = [("https://t.co/1", "https://example.com/a")];
    for (shown, sent) in [
        ("See https://t.co/1.", "See https://example.com/a."),
        ("(https://t.co/1)!", "(https://example.com/a)!"),
        ("\"https://t.co/1\", he said", "\"https://example.com/a\", he said"),
    ] {
        assert!(says(shown, &link, sent), "{sent}");
    }
    assert!(!says("See https://t.co/1.", &link, "See https://example.com/a!"));
}

#[test]
fn an_address_that_stands_twice_is_found_twice() {
    let same = [("https://t.co/1", "http://a.io"), ("https://t.co/1", "http://a.io")];
    assert!(says("https://t.co/1 and https://t.co/1", &same, "a.io and a.io"));
    let each = [("https://t.co/1", "http://a.io"), ("https://t.co/12", "http://a.io")];
    assert!(says("https://t.co/1 and https://t.co/12", &each, "a.io and a.io"));
    assert!(!says("https://t.co/1 and https://t.co/1", &same, "a.io"));
}

#[test]
fn the_link_of_what_was_attached_is_not_part_of_the_text() {
    let link = [("https://t.co/9", "https://x.com/ada/status/1/photo/1")];
    assert!(with_attachment("hello https://t.co/9", &link, "hello"));
    assert!(with_attachment("https://t.co/9", &link, ""));
    assert!(!with_attachment("hello https://t.co/9 you", &link, "hello you"));
    assert!(!says("hello https://t.co/9", &link, "hello"), "nothing was attached: it is another post");
}

#[test]
fn a_reply_is_shown_behind_the_names_of_those_it_answers() {
    let parent = XPostId::parse("5").unwrap();
    let reply =
        |shown: &str, text: &str| Sent { text, reply_to: Some(&parent), has_attachment: false }.is_shown_as(shown, &[]);
    assert!(reply("@ada @linus fine", "fine"));
    assert!(reply("@ada @linus fine", "@linus fine"));
    assert!(reply("@ada fine\nindeed", "fine\r\nindeed"));
    assert!(!reply("@ada not fine", "fine"));
    assert!(!says("@ada fine", &[], "fine"), "what is no reply begins as it was written");
}

proptest! {
    #[test]
    fn comparing_never_panics(shown in "\\PC{0,40}", text in "\\PC{0,40}", short in "\\PC{1,6}", expanded in "\\PC{0,6}") {
        let _ = with_attachment(&shown, &[(&short, &expanded)], &text);
    }

    #[test]
    fn a_text_without_links_is_itself(text in "(\\PC|[\r\n\t&<>]){0,40}") {
        let shown = normalized(&text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        prop_assert!(says(&shown, &[], &text));
    }
}
