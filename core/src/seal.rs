//! Secrets at rest: AES-256-GCM under a ring of operator keys, bound to the place where the ciphertext is stored.
//!
//! A sealed value opens only in its own workspace, for its own purpose and in its own row. All three are authenticated
//! (AAD), so a ciphertext moved to another row is refused. Each purpose has its own key, derived by HKDF-SHA256 (RFC
//! 5869). The first key of the ring seals, all keys open. A value sealed by an older key is re-encrypted on its next
//! write, or by a run over everything ([`Keyring::re_encrypt`]).
//!
//! Stored format, pinned by a test: changing it needs a migration in the same commit.

mod envelope;
mod keyring;

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use self::envelope::Envelope;
pub(crate) use self::keyring::hmac_sha256;
pub use self::keyring::{Keyring, KeyringError};
use crate::secret::{Secret, ct_eq};

/// What a sealed value is for. The names are part of the stored format.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    ClientSecret,
    TokenPair,
    AuthorizationCode,
    CodeVerifier,
    ProvisionalTokens,
    ConfirmationCode,
    CredentialAnswer,
    WebhookSecret,
    WebhookHeaders,
    BackupLine,
    DiscardedPair,
    EventBody,
}

/// Where a sealed value lives.
#[derive(Copy, Clone, Debug)]
pub struct Context<'a> {
    pub workspace: &'a str,
    pub purpose: Purpose,
    pub row: &'a str,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealError {
    #[error("not a sealed value")]
    Malformed,
    #[error("sealed in format {0}, which this version does not know")]
    Version(u8),
    #[error("sealed by the key `{0}`, which is not in the ring")]
    UnknownKey(String),
    #[error("does not open: altered, or sealed for another place or by another key of the same name")]
    Refused,
    #[error("longer than AES-GCM can seal")]
    TooLong,
}

impl Purpose {
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientSecret => "client_secret",
            Self::TokenPair => "token_pair",
            Self::AuthorizationCode => "authorization_code",
            Self::CodeVerifier => "code_verifier",
            Self::ProvisionalTokens => "provisional_tokens",
            Self::ConfirmationCode => "confirmation_code",
            Self::CredentialAnswer => "credential_answer",
            Self::WebhookSecret => "webhook_secret",
            Self::WebhookHeaders => "webhook_headers",
            Self::BackupLine => "backup_line",
            Self::DiscardedPair => "discarded_pair",
            Self::EventBody => "event_body",
        }
    }

    fn label(self) -> String {
        format!("seal:{}", self.name())
    }
}

impl Context<'_> {
    /// Version, then each part after its length: no two contexts give the same bytes.
    fn associated_data(&self) -> Vec<u8> {
        let mut data = vec![envelope::VERSION];
        for part in [self.workspace, self.purpose.name(), self.row] {
            data.extend((part.len() as u64).to_be_bytes());
            data.extend(part.as_bytes());
        }
        data
    }
}

impl Keyring {
    /// `nonce` must be random and fresh. With 96 random bits one key may seal 2³² values (NIST SP 800-38D §8.3).
    pub fn seal(&self, context: &Context<'_>, plaintext: &[u8], nonce: [u8; 12]) -> Result<String, SealError> {
        let key = self.current();
        let payload = Payload { msg: plaintext, aad: &context.associated_data() };
        let ciphertext = cipher(&key.subkey(&context.purpose.label()))
            .encrypt(&nonce.into(), payload)
            .map_err(|_| SealError::TooLong)?;
        Ok(Envelope { key_id: key.id.clone(), nonce, ciphertext }.encode())
    }

    pub fn open(&self, context: &Context<'_>, sealed: &str) -> Result<Secret<Vec<u8>>, SealError> {
        let Envelope { key_id, nonce, ciphertext } = Envelope::decode(sealed)?;
        let key = self.find(&key_id).ok_or(SealError::UnknownKey(key_id))?;
        let payload = Payload { msg: &ciphertext, aad: &context.associated_data() };
        cipher(&key.subkey(&context.purpose.label()))
            .decrypt(&nonce.into(), payload)
            .map(Secret::new)
            .map_err(|_| SealError::Refused)
    }

    /// The id of the key that sealed the value. Nothing is opened, so nothing is proved.
    pub fn sealed_by(sealed: &str) -> Result<String, SealError> {
        Envelope::decode(sealed).map(|envelope| envelope.key_id)
    }

    /// Whether an older key sealed it. What is not a sealed value has nothing to seal anew.
    pub fn needs_re_encryption(&self, sealed: &str) -> bool {
        Self::sealed_by(sealed).is_ok_and(|key_id| key_id != self.current_key_id())
    }

    /// The same value sealed by the first key; `None` if the first key sealed the value already. The plaintext does not
    /// leave this function.
    pub fn re_encrypt(
        &self,
        context: &Context<'_>,
        sealed: &str,
        nonce: [u8; 12],
    ) -> Result<Option<String>, SealError> {
        if !self.needs_re_encryption(sealed) {
            return Ok(None);
        }
        let plaintext = self.open(context, sealed)?;
        // EXPOSE: into the seal.
        self.seal(context, plaintext.expose(), nonce).map(Some)
    }

    /// The same value sealed by another ring, for the same place. The plaintext does not leave this function.
    pub fn transfer(
        &self,
        to: &Self,
        context: &Context<'_>,
        sealed: &str,
        nonce: [u8; 12],
    ) -> Result<String, SealError> {
        let plaintext = self.open(context, sealed)?;
        // EXPOSE: into the seal.
        to.seal(context, plaintext.expose(), nonce)
    }

    /// HMAC-SHA256 by the first key. Each label has a key of its own, none of which seals anything.
    pub fn mac(&self, label: &str, message: &[u8]) -> [u8; 32] {
        self.current().mac(label, message)
    }

    /// Any key of the ring may have made the tag. It may be truncated to no less than 16 bytes (RFC 2104 §5).
    pub fn verify_mac(&self, label: &str, message: &[u8], tag: &[u8]) -> bool {
        let made_by = |full: [u8; 32]| full.get(..tag.len()).is_some_and(|start| ct_eq(start, tag));
        tag.len() >= 16 && self.keys().any(|key| made_by(key.mac(label, message)))
    }
}

fn cipher(key: &Secret<[u8; 32]>) -> Aes256Gcm {
    // EXPOSE: becomes the key schedule, which wipes itself.
    Aes256Gcm::new(key.expose().into())
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// RFC 4648 §5 without padding.
pub fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Exact: padding, line breaks and set bits beyond the last byte are refused, so that every value has one spelling.
pub fn base64url_decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
