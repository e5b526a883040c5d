//! The operator's own page: how a signed-in browser is recognised, and for which requests its cookie counts.

use crate::seal::{base64url, sha256};
use crate::time::Span;

/// From signing in to having to sign in again: a working day.
pub const LIFETIME: Span = Span::hours(12);

/// The name of a browser's row among the keys: this prefix and the digest of its cookie. No digest of a key has a colon, so
/// a cookie is never taken for a key, nor a key for a cookie.
const SESSION: &str = "session:";

pub fn session_name(cookie_digest: &str) -> String {
    format!("{SESSION}{cookie_digest}")
}

/// The name by which a page knows its sign-in. Neither the cookie nor the row of the session follows from the name.
pub fn session_id(name: &str) -> String {
    base64url(&sha256(name.as_bytes())).chars().take(22).collect()
}

/// Whether a caller came with a cookie.
pub fn is_session(presented: &str) -> bool {
    presented.starts_with(SESSION)
}

/// The first of all names of sessions, and the end: `;` is behind the colon.
pub const SESSIONS: (&str, &str) = (SESSION, "session;");

/// Whether a value may be a cookie of ours: 32 random bytes in base64url. Any other value reaches no object.
pub fn has_form_of_cookie(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What a browser says about where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    pub method: &'a str,
    /// `Sec-Fetch-Site` (W3C Fetch Metadata §2.4).
    pub fetch_site: Option<&'a str>,
    pub origin: Option<&'a str>,
}

impl Provenance<'_> {
    /// Whether a page of ours makes this request, so that the cookie counts. Pages cannot set either header. A browser
    /// without `Sec-Fetch-Site` also omits `Origin` in reads. Reads change nothing, and no other page may read the
    /// answer.
    pub fn is_our_page(self, our_origin: &str) -> bool {
        match (self.fetch_site, self.origin) {
            (Some(site), _) => site == "same-origin",
            (None, Some(origin)) => origin == our_origin,
            (None, None) => matches!(self.method, "GET" | "HEAD"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://connect.example.com";

    fn takes(method: &str, fetch_site: Option<&str>, origin: Option<&str>) -> bool {
        Provenance { method, fetch_site, origin }.is_our_page(OURS)
    }

    #[test]
    fn a_cookie_is_of_32_bytes_in_base64url() {
        let cookie = crate::seal::base64url(&[251; 32]);
        assert!(has_form_of_cookie(&cookie), "{cookie}");
        for value in ["", "x", &cookie[1..], &format!("{cookie}A"), &cookie.replace('-', "+"), &"\u{e9}".repeat(22)] {
            assert!(!has_form_of_cookie(value), "{value}");
        }
    }

    #[test]
    fn only_a_page_of_our_own_origin_is_ours() {
        for method in ["GET", "POST", "PATCH", "DELETE"] {
            assert!(takes(method, Some("same-origin"), Some(OURS)));
            assert!(takes(method, Some("same-origin"), None));
            assert!(takes(method, None, Some(OURS)));
            for site in ["same-site", "cross-site", "none", ""] {
                assert!(!takes(method, Some(site), Some(OURS)), "{method} {site}");
            }
            for origin in ["https://evil.example", "https://example.com", "http://connect.example.com", "null", ""] {
                assert!(!takes(method, None, Some(origin)), "{method} {origin}");
            }
        }
    }

    #[test]
    fn a_browser_that_says_nothing_may_only_read() {
        assert!(takes("GET", None, None) && takes("HEAD", None, None));
        assert!(!takes("POST", None, None) && !takes("PATCH", None, None) && !takes("DELETE", None, None));
    }

    #[test]
    fn the_id_of_a_session_is_known_to_its_page_alone_and_opens_nothing() {
        let name = session_name("abc");
        assert_eq!(session_id(&name), "op2AO0d-tCCD69JVljVsRc");
        assert!(!has_form_of_cookie(&session_id(&name)) && !is_session(&session_id(&name)));
    }

    #[test]
    fn a_session_is_no_key() {
        let name = session_name("abc");
        assert!(is_session(&name) && !is_session("abc"));
        assert!((SESSIONS.0..SESSIONS.1).contains(&name.as_str()));
        assert!(!(SESSIONS.0..SESSIONS.1).contains(&"sessionsAreNoDigestsOfKeysButCouldBeginSoXX"));
    }
}
