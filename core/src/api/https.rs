//! Whether a request may be answered over the scheme that it came by.

use url::Url;

use crate::routes::Route;

/// A year, for this host alone: its siblings are the operator's (RFC 6797 §6.1).
pub const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

/// What becomes of a request before anything in it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    Serve,
    /// The same address on the public origin.
    Redirect(Url),
    Refuse,
}

/// A deployment whose public origin is https answers over https alone. Only the scheme of the request's own URL counts:
/// whoever sends a request writes its forwarding headers.
///
/// A page that a person opens is shown at its right address. Everything else is refused rather than redirected: what it
/// carried, a key, a cookie or X's code, has been in the open, and whoever sent it should hear of it.
pub fn admit(public_origin: Option<&str>, method: &str, url: &Url, route: Option<&Route>) -> Admission {
    let Some(origin) = public_origin.filter(|origin| origin.starts_with("https:") && url.scheme() != "https") else {
        return Admission::Serve;
    };
    let is_read = matches!(method, "GET" | "HEAD");
    match route {
        Some(Route::Health) => Admission::Serve,
        Some(Route::Dashboard | Route::ConnectLink(_) | Route::ConnectResult(_)) if is_read => secure(origin, url),
        _ => Admission::Refuse,
    }
}

fn secure(origin: &str, url: &Url) -> Admission {
    let Ok(mut target) = Url::parse(origin) else { return Admission::Refuse };
    target.set_path(url.path());
    target.set_query(url.query());
    Admission::Redirect(target)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::routes::{Found, find};

    const OURS: &str = "https://connect.example.com";

    fn over(scheme: &str, method: &str, path: &str) -> Admission {
        judged(Some(OURS), method, &Url::parse(&format!("{scheme}://connect.example.com{path}")).unwrap())
    }

    fn judged(origin: Option<&str>, method: &str, url: &Url) -> Admission {
        let found = find(method, url.path());
        admit(origin, method, url, if let Found::Call(call) = &found { Some(&call.route) } else { None })
    }

    fn to(path: &str) -> Admission {
        Admission::Redirect(Url::parse(&format!("{OURS}{path}")).unwrap())
    }

    #[test]
    fn a_page_that_a_person_opens_is_at_its_https_address() {
        for path in ["/", "/?a=1", "/connect/link/cs_1", "/connect/link/cs_1/", "/connect/result/cs_1?x=%20"] {
            for method in ["GET", "HEAD"] {
                assert_eq!(over("http", method, path), to(path), "{method} {path}");
            }
        }
    }

    #[test]
    fn the_address_is_made_from_the_public_origin_and_not_from_the_request() {
        for host in ["evil.example", "connect.example.com:8080", "x.workers.dev"] {
            let url = Url::parse(&format!("http://{host}/connect/link/cs_1")).unwrap();
            assert_eq!(judged(Some(OURS), "GET", &url), to("/connect/link/cs_1"), "{host}");
        }
        assert_eq!(over("http", "GET", "//evil.example/"), Admission::Refuse);
    }

    #[test]
    fn everything_else_is_refused() {
        for (method, path) in [
            ("GET", "/connect/callback/x?state=s&code=c"),
            ("POST", "/connect/start"),
            ("POST", "/connect/start/confirmed"),
            ("POST", "/connect/result/cs_1"),
            ("GET", "/connect/logo/d"),
            ("GET", "/v1/posts"),
            ("POST", "/v1/posts"),
            ("OPTIONS", "/v1/posts"),
            ("GET", "/v1/media/med_1/file"),
            ("GET", "/2/users/me"),
            ("POST", "/"),
            ("GET", "/nothing"),
        ] {
            assert_eq!(over("http", method, path), Admission::Refuse, "{method} {path}");
        }
    }

    #[test]
    fn health_answers_on_both_and_https_is_served() {
        for method in ["GET", "HEAD"] {
            assert_eq!(over("http", method, "/healthz"), Admission::Serve);
        }
        for path in ["/", "/v1/posts", "/connect/callback/x", "/nothing"] {
            assert_eq!(over("https", "GET", path), Admission::Serve, "{path}");
        }
    }

    #[test]
    fn development_on_plain_http_stays_as_it_is() {
        let url = Url::parse("http://127.0.0.1:8787/v1/posts").unwrap();
        for origin in [None, Some("http://127.0.0.1:8787"), Some("http://connect.localhost:8787")] {
            assert_eq!(judged(origin, "GET", &url), Admission::Serve, "{origin:?}");
        }
    }
}
