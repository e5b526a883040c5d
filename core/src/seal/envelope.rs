//! The stored form: base64url of `version ‖ length of key id ‖ key id ‖ nonce ‖ ciphertext ‖ tag`.

use super::{SealError, base64url, base64url_decode};

/// Also the first byte of the authenticated context, so that a later format cannot be taken for this one.
pub(super) const VERSION: u8 = 1;

const TAG_BYTES: usize = 16;

pub(super) struct Envelope {
    pub(super) key_id: String,
    pub(super) nonce: [u8; 12],
    /// With the tag at its end.
    pub(super) ciphertext: Vec<u8>,
}

impl Envelope {
    pub(super) fn encode(&self) -> String {
        // The ring takes ids of at most 32 characters: the length fits in one byte.
        let mut bytes = vec![VERSION, u8::try_from(self.key_id.len()).unwrap_or(u8::MAX)];
        bytes.extend(self.key_id.as_bytes());
        bytes.extend(self.nonce);
        bytes.extend(&self.ciphertext);
        base64url(&bytes)
    }

    pub(super) fn decode(text: &str) -> Result<Self, SealError> {
        let bytes = base64url_decode(text).ok_or(SealError::Malformed)?;
        match bytes.split_first() {
            Some((&VERSION, body)) => Self::body(body).ok_or(SealError::Malformed),
            Some((&version, _)) => Err(SealError::Version(version)),
            None => Err(SealError::Malformed),
        }
    }

    fn body(bytes: &[u8]) -> Option<Self> {
        let (&length, bytes) = bytes.split_first()?;
        let (key_id, bytes) = bytes.split_at_checked(length.into())?;
        let (nonce, ciphertext) = bytes.split_first_chunk()?;
        (ciphertext.len() >= TAG_BYTES).then_some(())?;
        let key_id = str::from_utf8(key_id).ok()?.to_owned();
        Some(Self { key_id, nonce: *nonce, ciphertext: ciphertext.to_vec() })
    }
}
