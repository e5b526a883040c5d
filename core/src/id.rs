//! The ids of this deployment, and ids from outside: from tenants of the operator, and from X.
//!
//! Each kind of id is a type of its own, checked when parsed, so that a post id cannot stand in the place of an account
//! id.

mod object;
mod x;

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

pub use self::object::account_object;
pub use self::x::{XId, XMediaId, XPostId, XUserId};
use crate::seal::{base64url, base64url_decode};

/// The kind of thing that an [`Id`] identifies. The bounds are needed by the derives on `Id`.
pub trait Kind: Copy + Ord + Hash + fmt::Debug {
    const PREFIX: &'static str;
}

/// Prefix and 16 random bytes in base64url: `acc_AAECAwQFBgcICQoLDA0ODw`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String", bound = "K: Kind")]
pub struct Id<K>(String, PhantomData<K>);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdError {
    #[error("not an id of the form {prefix}… as this service gives them")]
    Ours { prefix: &'static str },
    #[error("expected {}", EXPECTED_TENANT)]
    Tenant,
    #[error("an id of X has 1 to 19 digits")]
    OfX,
}

impl<K: Kind> Id<K> {
    pub fn from_entropy(entropy: [u8; 16]) -> Self {
        Self(format!("{}{}", K::PREFIX, base64url(&entropy)), PhantomData)
    }

    pub fn parse(text: &str) -> Result<Self, IdError> {
        Self::try_from(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The random bytes.
    pub fn entropy(&self) -> [u8; 16] {
        let bytes = self.0.strip_prefix(K::PREFIX).and_then(base64url_decode);
        bytes.and_then(|bytes| bytes.try_into().ok()).unwrap_or_default()
    }
}

/// Whether `text` is 16 bytes in base64url, without decoding them. The last character has two bits, and the others unset.
fn is_entropy(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == 22 && text.bytes().all(is_digit) && text.ends_with(['A', 'Q', 'g', 'w'])
}

impl<K: Kind> TryFrom<String> for Id<K> {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        if text.strip_prefix(K::PREFIX).is_some_and(is_entropy) {
            Ok(Self(text, PhantomData))
        } else {
            Err(IdError::Ours { prefix: K::PREFIX })
        }
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

impl<K> From<Id<K>> for String {
    fn from(id: Id<K>) -> Self {
        id.0
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub type NetworkId = Id<kind::Network>;
pub type AccountId = Id<kind::Account>;
pub type PostId = Id<kind::Post>;
pub type MediaId = Id<kind::Media>;
pub type WebhookId = Id<kind::Webhook>;
pub type KeyId = Id<kind::Key>;
pub type EventId = Id<kind::Event>;
pub type ImportId = Id<kind::Import>;

/// The kinds of [`Id`] (docs/API.md, section 1). They have no values.
pub mod kind {
    use super::Kind;

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Network {}
    impl Kind for Network {
        const PREFIX: &'static str = "net_";
    }

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Account {}
    impl Kind for Account {
        const PREFIX: &'static str = "acc_";
    }

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Post {}
    impl Kind for Post {
        const PREFIX: &'static str = "post_";
    }

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Media {}
    impl Kind for Media {
        const PREFIX: &'static str = "med_";
    }

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Webhook {}
    impl Kind for Webhook {
        const PREFIX: &'static str = "wh_";
    }

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Key {}
    impl Kind for Key {
        const PREFIX: &'static str = "key_";
    }

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Import {}
    impl Kind for Import {
        const PREFIX: &'static str = "imp_";
    }

    #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub enum Event {}
    impl Kind for Event {
        const PREFIX: &'static str = "evt_";
    }
}

const EXPECTED_TENANT: &str = "1 to 128 characters of printable ASCII without space, \", \\, < and >";

/// The operator's own name for a customer: an e-mail address, `auth0|abc`, a UUID in braces, a number. Characters that
/// need an escape in JSON, in HTML or in a log line are excluded, so the name is safe to show. Characters with a
/// meaning in a path or a query (`/`, `%`, `&`, `+`) are encoded there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct TenantId(String);

impl TenantId {
    pub fn parse(text: &str) -> Result<Self, IdError> {
        Self::try_from(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TenantId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        let allowed = |b: u8| b.is_ascii_graphic() && !b"\"\\<>".contains(&b);
        if (1..=128).contains(&text.len()) && text.bytes().all(allowed) { Ok(Self(text)) } else { Err(IdError::Tenant) }
    }
}

/// A number is taken as its digits: many databases number their customers.
impl<'de> Deserialize<'de> for TenantId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = TenantId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED_TENANT)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TenantId, E> {
                TenantId::parse(text).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<TenantId, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<TenantId, E> {
                self.visit_str(&number.to_string())
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_is_its_prefix_and_22_characters() {
        let id = AccountId::from_entropy([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(id.as_str(), "acc_AAECAwQFBgcICQoLDA0ODw");
        assert_eq!(AccountId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let network = NetworkId::from_entropy([7; 16]);
        assert_eq!(AccountId::parse(network.as_str()), Err(IdError::Ours { prefix: "acc_" }));
    }

    #[test]
    fn an_id_has_one_spelling() {
        // The last character carries 2 bits; `x` has others set that decoding would drop.
        for text in ["acc_", "acc_AAECAwQFBgcICQoLDA0ODx", "acc_AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0ODw"] {
            assert!(AccountId::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn serde_checks_what_it_reads() {
        let id = PostId::from_entropy([1; 16]);
        let text = serde_json::to_string(&id).unwrap();
        assert_eq!(text, "\"post_AQEBAQEBAQEBAQEBAQEBAQ\"");
        assert_eq!(serde_json::from_str::<PostId>(&text).unwrap(), id);
        assert!(serde_json::from_str::<PostId>("\"acc_AQEBAQEBAQEBAQEBAQEBAQ\"").is_err());
        assert!(serde_json::from_str::<TenantId>("\"a b\"").is_err());
    }

    #[test]
    fn a_tenant_id_is_1_to_128_of_the_allowed_characters() {
        let long = "a".repeat(128);
        for text in
            ["Acme_Corp-1", "ada+x@example.com", "auth0|5f7c", "{6ba7b810-9dad}", "a/b:c", "!#$%&'()*,.;=?[]^`~", &long]
        {
            assert_eq!(TenantId::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a b", "ä", "a\"b", "a\\b", "<b", "b>", "a\nb", "a\u{7f}", &"a".repeat(129)] {
            assert_eq!(TenantId::parse(text), Err(IdError::Tenant), "{text}");
        }
    }

    #[test]
    fn a_tenant_id_that_is_an_integer_is_its_digits() {
        let read = |json: &str| serde_json::from_str::<TenantId>(json).map(|id| id.0).ok();
        assert_eq!(read("42").as_deref(), Some("42"));
        assert_eq!(read("18446744073709551615").as_deref(), Some("18446744073709551615"));
        assert_eq!(read("-7").as_deref(), Some("-7"));
        // What JSON readers may round is no name.
        for bad in ["1.5", "1e3", "18446744073709551616", "true", "null", "[]"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let budgets: std::collections::BTreeMap<TenantId, u8> =
            serde_json::from_str(r#"{"a@b.example":1,"7":2}"#).unwrap();
        assert_eq!(serde_json::to_string(&budgets).unwrap(), r#"{"7":2,"a@b.example":1}"#);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn every_entropy_gives_an_id_that_parses(entropy: [u8; 16]) {
            let id = EventId::from_entropy(entropy);
            prop_assert_eq!(EventId::parse(id.as_str()), Ok(id));
        }

        #[test]
        fn the_characters_of_an_id_are_those_that_decode(text in "[-_A-Za-z0-9]{21}[-_=+A-Za-z0-9]{0,2}") {
            let is_decoded = base64url_decode(&text).is_some_and(|bytes| bytes.len() == 16);
            prop_assert_eq!(is_entropy(&text), is_decoded);
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}") {
            let _ = (KeyId::parse(&text), TenantId::parse(&text));
        }
    }
}
