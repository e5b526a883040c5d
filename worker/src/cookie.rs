//! Cookies by which a browser is known again: for this host alone, and never for scripts.

use latchkey_core::time::Span;

use crate::request::Incoming;

/// When a browser sends a cookie along with what another site makes it do (RFC 6265bis §5.6.7).
#[derive(Clone, Copy)]
pub enum SameSite {
    /// With a top-level GET: X's page navigates back from another site.
    Lax,
    /// Never.
    Strict,
}

/// The `Set-Cookie` line.
pub fn set(incoming: &Incoming, name: &str, value: &str, same_site: SameSite, lifetime: Span) -> String {
    let secure = if is_https(incoming) { "; Secure" } else { "" };
    let same_site = match same_site {
        SameSite::Lax => "Lax",
        SameSite::Strict => "Strict",
    };
    let name = full_name(incoming, name);
    format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite={same_site}{secure}", lifetime.as_secs())
}

pub fn get(incoming: &Incoming, name: &str) -> Option<String> {
    let name = full_name(incoming, name);
    let header = incoming.header("cookie")?;
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// `__Host-` binds the cookie to this very host (RFC 6265bis §4.1.3.2). On plain-http loopback, where not every browser
/// takes Secure cookies, it goes without.
fn full_name(incoming: &Incoming, name: &str) -> String {
    if is_https(incoming) { format!("__Host-{name}") } else { name.to_owned() }
}

fn is_https(incoming: &Incoming) -> bool {
    incoming.url.scheme() == "https"
}
