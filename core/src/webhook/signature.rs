//! The signature that a receiver verifies: HMAC-SHA256 over id, time and body (Standard Webhooks specification,
//! "Signature scheme").

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::id::EventId;
use crate::seal::hmac_sha256;
use crate::secret::Secret;
use crate::time::UnixMillis;

/// The prefix of a secret, so that people and tools recognise secrets.
const PREFIX: &str = "whsec_";

/// `whsec_` and 24 to 64 bytes in base64.
#[derive(Clone, Debug)]
pub struct SigningSecret {
    text: Secret<String>,
    key: Secret<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected whsec_ and 24 to 64 random bytes in base64")]
pub struct SecretError;

impl SigningSecret {
    pub fn from_entropy(entropy: [u8; 32]) -> Self {
        let text = format!("{PREFIX}{}", BASE64_STANDARD.encode(entropy));
        Self { text: Secret::new(text), key: Secret::new(entropy.to_vec()) }
    }

    pub fn parse(text: Secret<String>) -> Result<Self, SecretError> {
        // EXPOSE: decoded into a Secret again.
        let encoded = text.expose().strip_prefix(PREFIX).ok_or(SecretError)?;
        let key = BASE64_STANDARD.decode(encoded).map(Secret::new).map_err(|_| SecretError)?;
        // EXPOSE: only its length.
        if !(24..=64).contains(&key.expose().len()) {
            return Err(SecretError);
        }
        Ok(Self { text, key })
    }

    /// As its owner knows it.
    pub const fn text(&self) -> &Secret<String> {
        &self.text
    }

    /// `v1,` and base64, for `webhook-signature`.
    pub fn sign(&self, id: &EventId, at: UnixMillis, body: &str) -> String {
        let head = format!("{id}.{}.", timestamp(at));
        // EXPOSE: keys the MAC, from which it cannot be found.
        let tag = hmac_sha256(self.key.expose(), &[head.as_bytes(), body.as_bytes()]);
        format!("v1,{}", BASE64_STANDARD.encode(tag))
    }

    /// The original API's `sha256=` and hex over the body alone, keyed by the secret's text as it is written.
    pub fn sign_legacy(&self, body: &str) -> String {
        // EXPOSE: as above.
        let tag = hmac_sha256(self.text.expose().as_bytes(), &[body.as_bytes()]);
        tag.iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }
}

/// Seconds since 1970, rounded down.
pub const fn timestamp(at: UnixMillis) -> i64 {
    at.0.div_euclid(1000)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn secret(text: &str) -> Result<SigningSecret, SecretError> {
        SigningSecret::parse(Secret::new(text.to_owned()))
    }

    /// The vector of the scheme's reference implementations.
    #[test]
    fn the_reference_vector_is_signed_alike() {
        let secret = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        // EXPOSE: a test's own key.
        let key = secret.key.expose();
        let tag = hmac_sha256(key, &[b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.", body.as_bytes()]);
        assert_eq!(BASE64_STANDARD.encode(tag), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn id_time_and_body_are_what_is_signed() {
        let secret = SigningSecret::from_entropy([7; 32]);
        let (id, at) = (EventId::from_entropy([1; 16]), UnixMillis(1_614_265_330_999));
        let signed = secret.sign(&id, at, "{}");
        assert_eq!(signed, secret.sign(&id, UnixMillis(1_614_265_330_000), "{}"), "whole seconds");
        let tag = hmac_sha256(&[7; 32], &[format!("{id}.1614265330.{{}}").as_bytes()]);
        assert_eq!(signed, format!("v1,{}", BASE64_STANDARD.encode(tag)));
    }

    #[test]
    fn a_made_secret_is_read_back() {
        let made = SigningSecret::from_entropy([7; 32]);
        assert_eq!(made.text().expose(), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        let read = SigningSecret::parse(made.text().clone()).unwrap();
        assert!(read.key.ct_eq(&[7; 32]));
    }

    #[test]
    fn a_secret_has_its_prefix_and_24_to_64_bytes() {
        let of = |bytes: usize| secret(&format!("{PREFIX}{}", BASE64_STANDARD.encode(vec![1; bytes]))).is_ok();
        assert_eq!([23, 24, 64, 65].map(of), [false, true, true, false]);
        for bad in
            ["", "whsec_", "hunter2", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64 not base64 not base64"]
        {
            assert!(secret(bad).is_err(), "{bad}");
        }
    }

    /// RFC 4231 §4.3 has the key "Jefe"; here the key is a secret's text, so the vector is made by its definition.
    #[test]
    fn the_legacy_signature_is_of_the_body_by_the_secret_as_written() {
        let secret = SigningSecret::from_entropy([7; 32]);
        let legacy = secret.sign_legacy("{}");
        // EXPOSE: a test's own key.
        let tag = hmac_sha256(secret.text().expose().as_bytes(), &[b"{}"]);
        assert!(legacy.starts_with(&format!("sha256={:02x}{:02x}", tag[0], tag[1])) && legacy.len() == 7 + 64);
    }
}
