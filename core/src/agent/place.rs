//! Where a client may be sent its code: to the letter the place that it has named, but for the port on the person's own machine.

use url::Url;

use crate::connect::place::is_loopback;

const MOST: usize = 2000;
/// Programs whose scheme has no dot. What browsers execute or show (`javascript`, `data`) has none either, so schemes are named here or
/// have the form that RFC 8252 §7.1 asks for.
const KNOWN_SCHEMES: [&str; 5] = ["cursor", "vscode", "vscode-insiders", "windsurf", "claude"];

/// https; http on the person's own machine; or a scheme of a program.
pub fn is_place(text: &str) -> bool {
    let Some(url) = Url::parse(text).ok().filter(|_| text.len() <= MOST) else { return false };
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(&url),
        scheme => scheme.contains('.') || KNOWN_SCHEMES.contains(&scheme),
    }
}

/// RFC 6749 §3.1.2.3; RFC 8252 §7.3 leaves the port of a loopback address open.
pub fn matches(named: &str, asked: &str) -> bool {
    named == asked || without_port(named).is_some_and(|named| Some(named) == without_port(asked))
}

fn without_port(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok().filter(|url| url.scheme() == "http" && is_loopback(url))?;
    url.set_port(None).ok()?;
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_goes_to_https_to_the_persons_machine_or_to_a_program() {
        for good in [
            "https://claude.ai/api/mcp/auth_callback",
            "http://127.0.0.1:3000/callback",
            "http://localhost/callback",
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "com.example.app:/callback",
        ] {
            assert!(is_place(good), "{good}");
        }
        for bad in [
            "",
            "http://assistant.example/callback",
            "https://assistant.example/#a",
            "https://a:b@assistant.example/",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "blob:https://assistant.example/x",
            "/callback",
        ] {
            assert!(!is_place(bad), "{bad}");
        }
    }

    #[test]
    fn a_place_is_matched_to_the_letter_but_for_a_loopback_port() {
        let named = "https://assistant.example/callback";
        assert!(matches(named, named));
        for other in [
            "https://assistant.example/callback/",
            "https://assistant.example/callback?x",
            "https://assistant.example:8443/callback",
            "https://assistant.example.evil.example/callback",
        ] {
            assert!(!matches(named, other), "{other}");
        }
        assert!(matches("http://127.0.0.1/callback", "http://127.0.0.1:5123/callback"));
        assert!(!matches("http://127.0.0.1/callback", "http://127.0.0.1:5123/other"));
        assert!(!matches("http://127.0.0.1/callback", "http://localhost:5123/callback"));
    }
}
