//! Pages that call by themselves: what the token of a page may do, and the form of the token.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Scope, may};
use crate::refusal::{Code, Refused};
use crate::seal::{Keyring, base64url, base64url_decode, sha256};
use crate::secret::{Secret, ct_eq};

/// What a page may do for its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageScope {
    /// List, connect, reconnect and disconnect accounts.
    Accounts,
    /// Write, list, change and cancel drafts, and posts that ask for approval, with their files.
    Draft,
    /// Write, list, cancel and send again posts, with their files.
    Publish,
}

impl PageScope {
    /// What a page with this scope holds of the scopes of the key that makes it. Of a key that publishes and does not hold
    /// `draft`, the page holds `publish`, since `draft` would read; the scope of the page is then what limits it.
    pub(super) fn takes(self, held: &BTreeSet<Scope>) -> &'static [Scope] {
        match self {
            Self::Accounts => &[Scope::Read, Scope::Connect],
            Self::Draft if may(held, Scope::Draft) => &[Scope::Draft],
            Self::Draft | Self::Publish => &[Scope::Publish],
        }
    }

    /// What the key has to hold, for its owner.
    pub(super) const fn needs(self) -> &'static str {
        match self {
            Self::Accounts => "`read` and `connect`",
            Self::Draft => "`draft` or `publish`",
            Self::Publish => "`publish`",
        }
    }

    /// Whoever publishes also makes the post before.
    fn opens(self, needed: Self) -> bool {
        self == needed || (self, needed) == (Self::Publish, Self::Draft)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Draft => "draft",
            Self::Publish => "publish",
        }
    }
}

/// Which pages may make a call, as long as their keys hold the scope that every key needs for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ForPages {
    Closed,
    /// With any scope of a page.
    Any,
    /// With a scope that opens what this one opens.
    With(PageScope),
}

impl ForPages {
    pub(super) fn require(self, held: &BTreeSet<PageScope>) -> Result<(), Refused> {
        let message = match self {
            Self::Any => return Ok(()),
            Self::With(scope) if held.iter().any(|held| held.opens(scope)) => return Ok(()),
            Self::With(scope) => format!("This call needs a page session with `{}`.", scope.as_str()),
            Self::Closed => "This call is not for the token of a page.".to_owned(),
        };
        Err(Refused::new(Code::InsufficientKeyScope, message)
            .with_hint("Make the call from your back end, with an API key."))
    }
}

const PREFIX: &str = "pst_";
const LABEL: &str = "page-token";
const KEY: usize = 32;
const ORIGIN: usize = 16;

/// `pst_…`: 256 random bits, the hash of the page's origin, and a MAC over both. So the edge refuses a made-up token and a
/// page of another origin by itself, and knows which page may read an answer, also that the token has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken {
    key: [u8; KEY],
    origin: [u8; ORIGIN],
}

impl PageToken {
    pub fn new(key: [u8; KEY], origin: &str) -> Self {
        Self { key, origin: origin_hash(origin) }
    }

    pub fn text(&self, ring: &Keyring) -> Secret<String> {
        let tag = ring.mac(LABEL, &self.payload());
        Secret::new(format!("{PREFIX}{}", base64url(&[self.payload().as_slice(), &tag].concat())))
    }

    /// One that was made here.
    pub fn read(ring: &Keyring, text: &str) -> Option<Self> {
        let bytes = base64url_decode(text.strip_prefix(PREFIX)?)?;
        let (payload, tag) = bytes.split_at_checked(KEY + ORIGIN)?;
        let (key, origin) = payload.split_at_checked(KEY)?;
        let token = Self { key: key.try_into().ok()?, origin: origin.try_into().ok()? };
        (tag.len() == 32 && ring.verify_mac(LABEL, payload, tag)).then_some(token)
    }

    pub fn is_for(&self, origin: &str) -> bool {
        ct_eq(&self.origin, &origin_hash(origin))
    }

    fn payload(&self) -> Vec<u8> {
        [self.key.as_slice(), &self.origin].concat()
    }
}

/// Whether a text says of itself that it is the token of a page.
pub fn says_page(text: &str) -> bool {
    text.starts_with(PREFIX)
}

fn origin_hash(origin: &str) -> [u8; ORIGIN] {
    let mut hash = [0; ORIGIN];
    hash.iter_mut().zip(sha256(origin.as_bytes())).for_each(|(to, from)| *to = from);
    hash
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    const RING: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER_RING: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn ring(text: &str) -> Keyring {
        Keyring::parse(text).unwrap()
    }

    fn token() -> PageToken {
        PageToken::new([7; 32], "https://acme.example")
    }

    #[test]
    fn a_token_is_for_one_origin_to_the_letter() {
        let ring = ring(RING);
        // EXPOSE: a token of this test.
        let read = PageToken::read(&ring, token().text(&ring).expose()).unwrap();
        assert_eq!(read, token());
        assert!(read.is_for("https://acme.example"));
        for other in
            ["", "null", "http://acme.example", "https://acme.example:8443", "https://acme.example.evil.example"]
        {
            assert!(!read.is_for(other), "{other}");
        }
    }

    #[test]
    fn a_token_of_another_ring_or_with_another_origin_is_none() {
        let (ours, theirs) = (ring(RING), ring(OTHER_RING));
        // EXPOSE: tokens of this test.
        let text = token().text(&ours).expose().clone();
        assert_eq!(PageToken::read(&theirs, &text), None);
        assert_eq!(PageToken::read(&ring(&format!("{OTHER_RING},{RING}")), &text), Some(token()), "a rotated ring");
        let bytes = base64url_decode(&text[4..]).unwrap();
        for at in 0..bytes.len() {
            let other: Vec<u8> = bytes.iter().enumerate().map(|(n, byte)| byte ^ u8::from(n == at)).collect();
            assert_eq!(PageToken::read(&ours, &format!("pst_{}", base64url(&other))), None, "byte {at}");
        }
    }

    #[test]
    fn a_call_for_pages_needs_their_scope() {
        let of = |scopes: &[PageScope]| scopes.iter().copied().collect::<BTreeSet<_>>();
        let (accounts, publish) = (of(&[PageScope::Accounts]), of(&[PageScope::Publish]));
        for held in [&accounts, &publish] {
            assert!(ForPages::Any.require(held).is_ok());
            assert_eq!(ForPages::Closed.require(held).unwrap_err().code, Code::InsufficientKeyScope);
        }
        let draft = of(&[PageScope::Draft]);
        assert!(ForPages::With(PageScope::Draft).require(&draft).is_ok());
        assert!(ForPages::With(PageScope::Draft).require(&publish).is_ok(), "whoever publishes also drafts");
        assert!(ForPages::With(PageScope::Publish).require(&draft).is_err());
        assert!(ForPages::With(PageScope::Draft).require(&accounts).is_err());
        assert!(ForPages::With(PageScope::Accounts).require(&accounts).is_ok());
        assert!(ForPages::With(PageScope::Publish).require(&accounts).is_err());
        assert!(ForPages::With(PageScope::Accounts).require(&publish).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_token_or_none(text in "(pst_)?[A-Za-z0-9_-]{0,140}") {
            prop_assert_eq!(PageToken::read(&ring(RING), &text), None);
        }
    }
}
