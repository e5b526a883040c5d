//! Page origins and redirect URIs: where a session may be used, and where it may send the browser.

use url::{Host, Url};

/// Why a page origin or redirect URI is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    #[error("expected an origin such as https://app.example.com, with nothing after the host and port")]
    NotAnOrigin,
    #[error("expected an absolute URL")]
    NotAUrl,
    #[error("expected https (plain http only for a loopback host)")]
    NotSecure,
    #[error("must not have a fragment, a user name or a password")]
    HasExtras,
    #[error("expected a host that can exist: an IP address, or labels of letters, digits, `-` and `_`, without `*`")]
    ImpossibleHost,
    #[error("must have the same origin as `origin`")]
    OtherOrigin,
}

/// RFC 6454 §6.2, exactly as a browser writes it in its `Origin` header.
pub fn parse_origin(text: &str) -> Result<String, PlaceError> {
    let url = Url::parse(text).map_err(|_| PlaceError::NotAnOrigin)?;
    require_secure(&url)?;
    require_possible(&url)?;
    let origin = url.origin().ascii_serialization();
    (origin == text).then_some(origin).ok_or(PlaceError::NotAnOrigin)
}

/// RFC 6749 §3.1.2: absolute, no fragment; ours also https or loopback, and no user information.
pub fn parse_redirect_uri(text: &str) -> Result<Url, PlaceError> {
    let url = Url::parse(text).map_err(|_| PlaceError::NotAUrl)?;
    require_secure(&url)?;
    require_possible(&url)?;
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(PlaceError::HasExtras);
    }
    Ok(url)
}

/// A redirect URI that stays on the page's own origin.
pub fn parse_redirect_uri_of(text: &str, origin: &str) -> Result<Url, PlaceError> {
    let url = parse_redirect_uri(text)?;
    (url.origin().ascii_serialization() == origin).then_some(url).ok_or(PlaceError::OtherOrigin)
}

/// `localhost`, `*.localhost` (RFC 6761 §6.3) and the loopback addresses.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What browsers parse and no name server answers: `*` and other signs, empty labels, labels and names that are too long
/// (RFC 1035 §2.3.4), port 0. A session for such a place waits for a page that cannot come.
fn require_possible(url: &Url) -> Result<(), PlaceError> {
    let is_possible = match url.host() {
        Some(Host::Domain(name)) => name.len() <= 253 && name.trim_end_matches('.').split('.').all(is_label),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    (is_possible && url.port() != Some(0)).then_some(()).ok_or(PlaceError::ImpossibleHost)
}

fn is_label(label: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&label.len()) && label.bytes().all(is_inside)
}

fn require_secure(url: &Url) -> Result<(), PlaceError> {
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    (secure && url.has_host()).then_some(()).ok_or(PlaceError::NotSecure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in
            ["https://acme.example", "https://acme.example:8443", "http://acme.localhost:8789", "http://127.0.0.1:1"]
        {
            assert_eq!(parse_origin(good).as_deref(), Ok(good));
        }
        for bad in [
            "https://acme.example/",
            "https://ACME.example",
            "https://acme.example:443",
            "https://a@acme.example",
            "null",
            "*",
            "",
        ] {
            assert!(parse_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_is_one_that_can_exist() {
        let too_long = format!("https://{}.example", "a".repeat(64));
        for bad in [
            "https://*.example.com",
            "https://*",
            "https://app.*.com",
            "https://a,b.example",
            "https://acme!.example",
            "https://acme..example",
            "https://.acme.example",
            "https://acme.example:0",
            &too_long,
        ] {
            assert_eq!(parse_origin(bad), Err(PlaceError::ImpossibleHost), "{bad}");
            assert_eq!(parse_redirect_uri(&format!("{bad}/done")), Err(PlaceError::ImpossibleHost), "{bad}");
        }
        for good in
            ["https://a-b.xn--mnchen-3ya.example", "https://my_app.example", "https://[2001:db8::1]:8443", "https://x"]
        {
            assert_eq!(parse_origin(good).as_deref(), Ok(good));
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert_eq!(parse_origin("http://acme.example"), Err(PlaceError::NotSecure));
        assert_eq!(parse_redirect_uri("javascript:alert(1)"), Err(PlaceError::NotSecure));
        assert_eq!(parse_redirect_uri("http://localhost.evil.example/"), Err(PlaceError::NotSecure));
    }

    #[test]
    fn a_redirect_uri_has_no_fragment_and_no_user() {
        assert!(parse_redirect_uri("https://acme.example/done?from=x").is_ok());
        assert_eq!(parse_redirect_uri("https://acme.example/#a"), Err(PlaceError::HasExtras));
        assert_eq!(parse_redirect_uri("https://acme.example@evil.example/"), Err(PlaceError::HasExtras));
    }

    #[test]
    fn an_embed_returns_to_its_own_origin() {
        let at = |uri| parse_redirect_uri_of(uri, "https://acme.example").map(|_| ());
        assert_eq!(at("https://acme.example/x"), Ok(()));
        assert_eq!(at("https://evil.example/x"), Err(PlaceError::OtherOrigin));
    }

    proptest! {
        #[test]
        fn any_text_is_a_place_or_refused(text in "\\PC{0,60}") {
            let _ = (parse_origin(&text), parse_redirect_uri(&text));
        }
    }
}
