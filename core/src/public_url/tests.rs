#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

fn refusal(text: &str) -> Option<PublicUrlError> {
    PublicUrl::parse(text, false).err()
}

fn hosts<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    lines.iter().flat_map(|line| line.split(' '))
}

#[test]
fn a_public_https_url_is_taken_without_its_fragment() {
    for (text, asked) in [
        ("https://media.example.com/a.png?x=1#top", "https://media.example.com/a.png?x=1"),
        ("https://media.example.com:443", "https://media.example.com/"),
        ("HTTPS://Media.Example.COM/", "https://media.example.com/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://localhost.example.com/", "https://localhost.example.com/"),
        ("https://notlocal.example/", "https://notlocal.example/"),
        ("https://media.example.com/\u{e9}t\u{e9}.jpg", "https://media.example.com/%C3%A9t%C3%A9.jpg"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
    ] {
        let parsed = PublicUrl::parse(text, false);
        assert_eq!(parsed.as_ref().map_or("", PublicUrl::as_str), asked, "{text}");
    }
}

#[test]
fn only_https_on_its_own_port_and_without_a_user() {
    for (text, why) in [
        ("", PublicUrlError::NotAUrl),
        ("/relative", PublicUrlError::NotAUrl),
        ("https://", PublicUrlError::NotAUrl),
        ("https:example.com", PublicUrlError::NotAUrl),
        ("https:///example.com", PublicUrlError::NotAUrl),
        ("https://b\u{fc}cher.example/", PublicUrlError::NotAUrl),
        ("https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/", PublicUrlError::NotAUrl),
        ("https://127\u{3002}0.0.1/", PublicUrlError::NotAUrl),
        ("https://exa mple.com/", PublicUrlError::NotAUrl),
        ("http://example.com/", PublicUrlError::NotHttps),
        ("ftp://example.com/", PublicUrlError::NotHttps),
        ("file:///etc/passwd", PublicUrlError::NotAUrl),
        ("data:text/plain,hi", PublicUrlError::NotAUrl),
        ("javascript:alert(1)", PublicUrlError::NotAUrl),
        ("gopher://example.com:70/", PublicUrlError::NotHttps),
        ("https://example.com:8443/", PublicUrlError::OtherPort),
        ("https://example.com:22/", PublicUrlError::OtherPort),
        ("https://user@example.com/", PublicUrlError::HasUser),
        ("https://user:word@example.com/", PublicUrlError::HasUser),
        ("https://example.com@10.0.0.1/", PublicUrlError::HasUser),
        ("https://:word@example.com/", PublicUrlError::HasUser),
    ] {
        assert_eq!(refusal(text), Some(why), "{text}");
    }
    assert_eq!(refusal(&format!("https://example.com/{}", "a".repeat(8192))), Some(PublicUrlError::TooLong));
}

#[test]
fn an_address_that_is_not_public_is_refused_in_every_spelling() {
    for host in hosts(&[
        // Loopback: dotted, short, decimal, hexadecimal, octal, mixed, percent-encoded.
        "127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0x7f.0.0.0x1 %31%32%37.0.0.1",
        "127.255.255.254 127.0.0.1. 0 0.0.0.0 0x0",
        // Private, link-local (and the metadata service of clouds), carrier-grade NAT.
        "10.0.0.1 167772161 172.16.0.1 172.31.255.255 192.168.1.1 0xC0A80101 169.254.169.254 2852039166 100.64.0.1",
        "100.127.255.255",
        // Assigned for protocols, documentation, benchmarks; 6to4 relays; multicast; never given out; broadcast.
        "192.0.0.1 192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 192.88.99.1 224.0.0.1",
        "239.255.255.255 240.0.0.1 255.255.255.255",
        // IPv6: unspecified, loopback, mapped, compatible, NAT64, unique local, link-local, site-local, multicast.
        "[::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:8.8.8.8] [::127.0.0.1]",
        "[::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::a00:1] [fc00::1] [fd12:3456::1] [fe80::1] [fec0::1]",
        "[ff02::1] [100::1] [5f00::1]",
        // Teredo, ORCHID, documentation, 6to4 (here of 127.0.0.1).
        "[2001::1] [2001:0:7f00:1::] [2001:20::1] [2001:db8::1] [2002:7f00:1::] [3fff::1]",
    ]) {
        assert_eq!(refusal(&format!("https://{host}/")), Some(PublicUrlError::NotPublic), "{host}");
    }
}

#[test]
fn what_lies_beside_a_special_network_is_public() {
    for host in hosts(&[
        "1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255",
        "169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255",
        "198.20.0.0 223.255.255.255 [2000::1] [2001:200::1] [2001:db7::1] [2001:db9::1] [2003::1] [3ffe::1]",
        "[3fff:1000::1]",
    ]) {
        assert_eq!(refusal(&format!("https://{host}/")), None, "{host}");
    }
}

#[test]
fn a_name_of_a_local_network_is_refused() {
    for host in hosts(&[
        "localhost LOCALHOST a.localhost localhost. printer printer. printer.local metadata.google.internal",
        "nas.home.arpa home.arpa wiki.corp router.lan x.intranet x.private x.home x.localdomain example.com.",
        "example.com.. %6cocalhost",
    ]) {
        assert_eq!(refusal(&format!("https://{host}/")), Some(PublicUrlError::LocalName), "{host}");
    }
}

#[test]
fn development_may_ask_this_machine_and_nothing_else_that_is_private() {
    let parse = |text| PublicUrl::parse(text, true);
    for text in ["http://127.0.0.1:4000/hook", "http://localhost:1/", "https://a.localhost/", "http://[::1]:80/"] {
        assert!(parse(text).is_ok(), "{text}");
    }
    for text in
        ["http://10.0.0.1/", "https://10.0.0.1/", "http://example.com/", "ftp://localhost/", "http://a@localhost/"]
    {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_redirect_is_judged_like_the_first_url() {
    let first = PublicUrl::parse("https://example.com/a/b", false).unwrap();
    let to = |location: &str| first.redirected(location, false).map(|url| url.to_string());
    assert_eq!(to("../c#d"), Ok("https://example.com/c".into()));
    assert_eq!(to("//other.example/x"), Ok("https://other.example/x".into()));
    assert_eq!(to("//b\u{fc}cher.example/"), Err(PublicUrlError::NotAUrl));
    assert_eq!(to("http://example.com/"), Err(PublicUrlError::NotHttps));
    assert_eq!(to("//169.254.169.254/latest"), Err(PublicUrlError::NotPublic));
    assert_eq!(to("https://localhost/"), Err(PublicUrlError::LocalName));
}

proptest! {
    #[test]
    fn any_text_is_a_url_to_ask_or_refused(text in "\\PC{0,60}", allows_loopback: bool) {
        let _ = PublicUrl::parse(&text, allows_loopback);
        let _ = PublicUrl::parse(&format!("https://{text}"), allows_loopback);
    }

    /// An accepted URL is requested unchanged: parsed again, the URL is the same and still allowed.
    #[test]
    fn what_was_taken_is_taken_again(host in "[a-z0-9.:\\[\\]%x-]{1,24}", path in "\\PC{0,12}") {
        if let Ok(url) = PublicUrl::parse(&format!("https://{host}/{path}"), false) {
            prop_assert_eq!(PublicUrl::parse(url.as_str(), false), Ok(url));
        }
    }

    /// However an IPv4 address is written, the verdict is that of the address.
    #[test]
    fn every_spelling_of_an_ipv4_address_has_one_verdict(bits: u32) {
        let address = Ipv4Addr::from_bits(bits);
        let [a, b, c, d] = address.octets();
        let verdict = refusal(&format!("https://{address}/"));
        prop_assert_eq!(verdict.is_none(), is_public_v4(address));
        for spelling in [
            format!("{bits}"), format!("{bits:#x}"), format!("0{bits:o}"), format!("{a:#x}.{b}.0{c:o}.{d:#x}"),
            format!("{a}.{}", bits & 0x00ff_ffff), format!("{a}.{b}.{}", bits & 0xffff),
        ] {
            let url = format!("https://{spelling}/");
            prop_assert_eq!(refusal(&url), verdict, "{}", url);
        }
    }

    /// No IPv6 address that carries an IPv4 address is requested, for any IPv4 address.
    #[test]
    fn no_embedded_ipv4_address_is_asked(bits: u32) {
        let (high, low) = (bits >> 16, bits & 0xffff);
        for host in [
            format!("::ffff:{high:x}:{low:x}"), format!("::{high:x}:{low:x}"), format!("64:ff9b::{high:x}:{low:x}"),
            format!("2002:{high:x}:{low:x}::1"), format!("2001:0:{high:x}:{low:x}::1"),
        ] {
            let url = format!("https://[{host}]/");
            prop_assert_eq!(refusal(&url), Some(PublicUrlError::NotPublic), "{}", url);
        }
    }
}
