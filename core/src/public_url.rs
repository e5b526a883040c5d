//! URLs from callers that the Worker requests: public https, and no address of the network around us.
//!
//! This module judges the text of a URL. Refused are another scheme or port, a user, an address outside the public
//! internet in any spelling, and a name that only a local network knows. A public name can still resolve to a private
//! address: the platform is the boundary there (docs/SECURITY.md).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::connect::place::is_loopback;

/// Headers of common servers end at 8 KiB, and Cloudflare's URLs at 16 KiB.
const MAX_BYTES: usize = 8192;

/// A URL that may be requested, without its fragment: fragments are for browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// Why a URL is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    #[error("expected a URL such as https://example.com/a; an international host name in its ASCII form (xn--…)")]
    NotAUrl,
    #[error("longer than 8192 bytes")]
    TooLong,
    #[error("expected https")]
    NotHttps,
    #[error("expected the default port")]
    OtherPort,
    #[error("must not have a user name or a password")]
    HasUser,
    #[error("the host is a name of a local network")]
    LocalName,
    #[error("the host is an address that is not public")]
    NotPublic,
}

impl PublicUrl {
    /// With `allows_loopback`, for development, this machine may be asked besides: by http too and on any port.
    pub fn parse(text: &str, allows_loopback: bool) -> Result<Self, PublicUrlError> {
        require_plain(text)?;
        Self::check(Url::parse(text).map_err(|_| PublicUrlError::NotAUrl)?, allows_loopback)
    }

    /// The same as a function of a text, which answers the URL's text.
    pub fn judge(allows_loopback: bool) -> impl Fn(&str) -> Result<String, PublicUrlError> {
        move |text| Self::parse(text, allows_loopback).map(|url| url.to_string())
    }

    /// Where a redirect leads (RFC 9110 §10.2.2), under the same rules.
    pub fn redirected(&self, location: &str, allows_loopback: bool) -> Result<Self, PublicUrlError> {
        // A URI is ASCII (RFC 3986 §2).
        let url = location.is_ascii().then(|| self.0.join(location).ok()).flatten();
        Self::parse(url.ok_or(PublicUrlError::NotAUrl)?.as_str(), allows_loopback)
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn check(mut url: Url, allows_loopback: bool) -> Result<Self, PublicUrlError> {
        url.set_fragment(None);
        let has_user = !url.username().is_empty() || url.password().is_some();
        let may_be_local = allows_loopback && !has_user && matches!(url.scheme(), "http" | "https");
        if !(may_be_local && is_loopback(&url)) {
            let (is_https, has_port) = (url.scheme() == "https", url.port().is_some());
            require_public(&Parts { is_https, has_user, has_port, host: url.host() })?;
        }
        Ok(Self(url))
    }
}

/// The parts of a URL that decide, as any parser of the URL Standard finds them.
#[derive(Debug)]
pub struct Parts<'a> {
    pub is_https: bool,
    pub has_user: bool,
    /// Another port than the scheme's own.
    pub has_port: bool,
    pub host: Option<Host<&'a str>>,
}

pub fn require_public(parts: &Parts<'_>) -> Result<(), PublicUrlError> {
    if parts.has_user {
        return Err(PublicUrlError::HasUser);
    }
    if !parts.is_https {
        return Err(PublicUrlError::NotHttps);
    }
    if parts.has_port {
        return Err(PublicUrlError::OtherPort);
    }
    match parts.host {
        Some(Host::Domain(name)) if is_local(name) => Err(PublicUrlError::LocalName),
        Some(Host::Ipv4(address)) if !is_public_v4(address) => Err(PublicUrlError::NotPublic),
        Some(Host::Ipv6(address)) if !is_public_v6(address) => Err(PublicUrlError::NotPublic),
        Some(_) => Ok(()),
        None => Err(PublicUrlError::NotAUrl),
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is asked of a URL's text before a parser reads it.
pub fn require_plain(text: &str) -> Result<(), PublicUrlError> {
    match text.len() <= MAX_BYTES {
        true if has_ascii_host(text) => Ok(()),
        true => Err(PublicUrlError::NotAUrl),
        false => Err(PublicUrlError::TooLong),
    }
}

/// The Worker's parser of URLs is built without Unicode tables (Cargo.toml, `idna_adapter`) and is not asked about other
/// names. The composer's is the browser's, which has tables of its own.
fn has_ascii_host(text: &str) -> bool {
    let rest = text.split_once("://").map(|(_, rest)| rest);
    let authority = rest.and_then(|rest| rest.split(['/', '\\', '?', '#']).next());
    authority.is_some_and(|authority| !authority.is_empty() && authority.is_ascii() && !has_encoded_letter(authority))
}

/// Whether the host has an octet that is no ASCII, percent-encoded.
fn has_encoded_letter(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_beyond = |digit: u8| matches!(digit, b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F');
    host.split('%').skip(1).any(|octet| octet.bytes().next().is_some_and(is_beyond))
}

/// Domains without public names: RFC 6761 (`localhost`), RFC 6762 (`local`, and the domains in use by its appendix G),
/// RFC 8375 (`home.arpa`), and `internal`, kept by ICANN for private use.
const LOCAL_DOMAINS: [&str; 10] =
    ["localhost", "local", "internal", "home.arpa", "intranet", "private", "corp", "home", "lan", "localdomain"];

/// A name of one label is looked up in the local network; a dot at the end hides the last label.
fn is_local(name: &str) -> bool {
    let is_in = |domain: &&str| name.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || name.ends_with('.') || LOCAL_DOMAINS.iter().any(is_in)
}

/// The IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast (RFC 5771) and what was never given out
/// (RFC 1112 §4): network and length of its prefix.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_in = |(network, length): &(Ipv4Addr, u32)| (address.to_bits() ^ network.to_bits()) >> (32 - length) == 0;
    !SPECIAL_V4.iter().any(is_in)
}

/// Global unicast is `2000::/3` (RFC 4291 §2.4). Addresses that carry an IPv4 address (mapped, NAT64), local and multicast
/// ones are outside of it. Inside, these are special (IANA IPv6 Special-Purpose Address Registry): protocol
/// assignments with Teredo, documentation, 6to4, documentation again.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

fn is_public_v6(address: Ipv6Addr) -> bool {
    let is_in = |(network, length): &(Ipv6Addr, u32)| (address.to_bits() ^ network.to_bits()) >> (128 - length) == 0;
    is_in(&GLOBAL_V6) && !SPECIAL_V6.iter().any(is_in)
}

#[cfg(test)]
mod tests;
