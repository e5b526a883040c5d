//! The operator's keys: `id:base64(32 bytes)[,id:…]`. The first key seals.

use base64::{Engine, prelude::BASE64_STANDARD};
use hkdf::{HkdfExtract, HmacImpl};
use hmac::Hmac;
use sha2::Sha256;

use crate::secret::Secret;

/// Never empty: the sealing key stands apart from keys that only open.
#[derive(Clone, Debug)]
pub struct Keyring {
    current: RingKey,
    older: Vec<RingKey>,
}

#[derive(Clone, Debug)]
pub(super) struct RingKey {
    pub(super) id: String,
    material: Secret<[u8; 32]>,
}

/// Names the wrong entry by its position from 1, and never shows the content: without the id, a key stands in the place
/// of the id.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyringError {
    #[error("key ring entry {0} is not of the form id:base64")]
    Form(usize),
    #[error("the id of key ring entry {0} is not 1 to 32 letters, digits, '_' or '-'")]
    Id(usize),
    #[error("key ring entry {0} is not 32 bytes in base64 (`openssl rand -base64 32` makes such a key)")]
    Key(usize),
    #[error("key ring entry {0} has the id of an entry before it")]
    Duplicate(usize),
}

impl Keyring {
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut entries = text.split(',').zip(1..).map(|(entry, position)| RingKey::parse(entry.trim(), position));
        let current = entries.next().unwrap_or(Err(KeyringError::Form(1)))?;
        let mut ring = Self { current, older: Vec::new() };
        for (key, position) in entries.zip(2..) {
            let key = key?;
            if ring.find(&key.id).is_some() {
                return Err(KeyringError::Duplicate(position));
            }
            ring.older.push(key);
        }
        Ok(ring)
    }

    /// A ring of one key that is no operator's.
    pub(crate) fn of_one(id: &str, material: Secret<[u8; 32]>) -> Self {
        Self { current: RingKey { id: id.to_owned(), material }, older: Vec::new() }
    }

    pub fn current_key_id(&self) -> &str {
        &self.current.id
    }

    pub(super) const fn current(&self) -> &RingKey {
        &self.current
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.current).chain(&self.older)
    }

    pub(super) fn find(&self, id: &str) -> Option<&RingKey> {
        self.keys().find(|key| key.id == id)
    }
}

impl RingKey {
    fn parse(entry: &str, position: usize) -> Result<Self, KeyringError> {
        let (id, encoded) = entry.split_once(':').ok_or(KeyringError::Form(position))?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if !(1..=32).contains(&id.len()) || !id.bytes().all(allowed) {
            return Err(KeyringError::Id(position));
        }
        let bytes = BASE64_STANDARD.decode(encoded).map(Secret::new).map_err(|_| KeyringError::Key(position))?;
        // EXPOSE: copied into the ring.
        let material = <[u8; 32]>::try_from(bytes.expose().as_slice()).map_err(|_| KeyringError::Key(position))?;
        Ok(Self { id: id.to_owned(), material: Secret::new(material) })
    }

    /// HKDF-SHA256 without salt, 32 bytes. RFC 5869 §2.3 for one block: `HMAC(PRK, info ‖ 0x01)`, written out because
    /// `Hkdf::expand` can fail for lengths that are never asked for here; a test compares the two.
    pub(super) fn subkey(&self, info: &str) -> Secret<[u8; 32]> {
        let mut extract = HkdfExtract::<Sha256>::new(None);
        // EXPOSE: the input key of the derivation; only its result goes on.
        extract.input_ikm(self.material.expose());
        let (prk, _) = extract.finalize();
        Secret::new(hmac_sha256(&prk, &[info.as_bytes(), &[1]]))
    }

    pub(super) fn mac(&self, label: &str, message: &[u8]) -> [u8; 32] {
        let key = self.subkey(&format!("mac:{label}"));
        // EXPOSE: keys the MAC, from which it cannot be found.
        hmac_sha256(key.expose(), &[message])
    }
}

pub fn hmac_sha256(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    let mut hmac = <Hmac<Sha256> as HmacImpl>::new_from_slice(key);
    for part in message {
        HmacImpl::update(&mut hmac, part);
    }
    HmacImpl::finalize(hmac).into()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use hkdf::Hkdf;
    use proptest::prelude::*;

    use super::*;

    const OLD: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const NEW: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    #[test]
    fn the_first_key_is_current() {
        assert_eq!(Keyring::parse(&format!("{NEW},{OLD}")).unwrap().current_key_id(), "k2");
        assert_eq!(Keyring::parse(&format!(" {OLD} , {NEW}\n")).unwrap().current_key_id(), "k1");
    }

    #[test]
    fn a_bad_entry_is_named_by_position_and_never_shown() {
        let cases = [
            (String::new(), KeyringError::Form(1)),
            ("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=".to_owned(), KeyringError::Form(1)),
            (format!("{OLD},"), KeyringError::Form(2)),
            (":AQEB".to_owned(), KeyringError::Id(1)),
            ("AQEB+w==:AQEB".to_owned(), KeyringError::Id(1)),
            (format!("{OLD},k2:AQEB"), KeyringError::Key(2)),
            (format!("{OLD},k2:not base64"), KeyringError::Key(2)),
            (format!("{OLD},{NEW},{OLD}"), KeyringError::Duplicate(3)),
        ];
        for (text, expected) in cases {
            let error = Keyring::parse(&text).unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!format!("{error} {error:?}").contains("AQEB"));
        }
    }

    #[test]
    fn keys_are_redacted_when_printed() {
        let printed = format!("{:?}", Keyring::parse(OLD).unwrap());
        assert!(printed.contains("[REDACTED]") && !printed.contains("AQEB") && !printed.contains("1, 1"), "{printed}");
    }

    #[test]
    fn a_subkey_is_hkdf_sha256_of_one_block() {
        let mut expected = [0; 32];
        Hkdf::<Sha256>::new(None, &[1; 32]).expand(b"seal:token_pair", &mut expected).unwrap();
        assert!(Keyring::parse(OLD).unwrap().current.subkey("seal:token_pair").ct_eq(&expected));
    }

    /// RFC 4231 §4.3, test case 2.
    #[test]
    fn rfc_4231_case_2() {
        let tag = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(tag.first_chunk(), Some(&[0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn parsing_never_panics(text in "[a-zA-Z0-9:,=+/ \\PC]{0,80}") {
            let _ = Keyring::parse(&text);
        }
    }
}
