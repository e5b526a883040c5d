//! Cookies by which a browser is known again: for this host alone, and never for scripts (RFC 6265bis).

use crate::time::Span;

/// When a browser sends a cookie along with what another site makes it do (§5.6.7).
#[derive(Clone, Copy, Debug)]
pub enum SameSite {
    /// With a top-level GET: X's page navigates back from another site.
    Lax,
    /// Never.
    Strict,
}

/// `__Host-` binds a cookie to this very host (§4.1.3.2). On plain-http loopback, where not every browser takes Secure
/// cookies, it goes without.
#[derive(Clone, Copy, Debug)]
pub struct Jar {
    pub is_https: bool,
}

impl Jar {
    /// The `Set-Cookie` line.
    pub fn set(self, name: &str, value: &str, same_site: SameSite, lifetime: Span) -> String {
        let secure = if self.is_https { "; Secure" } else { "" };
        let same_site = match same_site {
            SameSite::Lax => "Lax",
            SameSite::Strict => "Strict",
        };
        let name = self.full_name(name);
        format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite={same_site}{secure}", lifetime.as_secs())
    }

    /// The value in a `Cookie` header.
    pub fn get(self, header: &str, name: &str) -> Option<String> {
        let name = self.full_name(name);
        let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    fn full_name(self, name: &str) -> String {
        if self.is_https { format!("__Host-{name}") } else { name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECURE: Jar = Jar { is_https: true };
    const LOOPBACK: Jar = Jar { is_https: false };

    #[test]
    fn over_https_a_cookie_is_of_this_host_alone() {
        assert_eq!(
            SECURE.set("dashboard", "v", SameSite::Strict, Span::hours(12)),
            "__Host-dashboard=v; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            LOOPBACK.set("c-1", "v", SameSite::Lax, Span::secs(0)),
            "c-1=v; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn over_https_a_cookie_without_the_prefix_is_not_ours() {
        let header = "dashboard=planted; a=1; __Host-dashboard=ours";
        assert_eq!(SECURE.get(header, "dashboard").as_deref(), Some("ours"));
        assert_eq!(SECURE.get("dashboard=planted", "dashboard"), None);
        assert_eq!(LOOPBACK.get(header, "dashboard").as_deref(), Some("planted"));
        assert_eq!(LOOPBACK.get("", "dashboard"), None);
    }
}
