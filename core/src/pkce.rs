//! Proof Key for Code Exchange, RFC 7636, with the method S256 only: with `plain`, a reader of the URL knows the
//! verifier.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    seal::{base64url, base64url_decode, sha256},
    secret::{Secret, ct_eq},
};

/// RFC 7636 §4.1: 43 to 128 unreserved characters.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Secret<String>")]
pub struct CodeVerifier(Secret<String>);

/// RFC 7636 §4.2, S256: base64url of the verifier's SHA-256, hence always 43 characters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct CodeChallenge(String);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PkceError {
    #[error("a code verifier has 43 to 128 characters")]
    VerifierLength,
    #[error("a code verifier consists of letters, digits, '-', '.', '_' and '~'")]
    VerifierCharacter,
    #[error("an S256 code challenge is 32 bytes in base64url without padding: 43 characters")]
    Challenge,
}

impl CodeVerifier {
    /// The construction that RFC 7636 §4.1 recommends: 32 random octets in base64url.
    pub fn from_entropy(entropy: [u8; 32]) -> Self {
        Self(Secret::new(base64url(&entropy)))
    }

    pub fn parse(text: &str) -> Result<Self, PkceError> {
        Self::try_from(Secret::new(text.to_owned()))
    }

    pub fn expose(&self) -> &str {
        // EXPOSE: passes the obligation on; callers of this one say why.
        self.0.expose()
    }

    pub fn challenge(&self) -> CodeChallenge {
        // EXPOSE: only its digest leaves.
        CodeChallenge(base64url(&sha256(self.0.expose().as_bytes())))
    }
}

impl TryFrom<Secret<String>> for CodeVerifier {
    type Error = PkceError;

    fn try_from(text: Secret<String>) -> Result<Self, PkceError> {
        // EXPOSE: its form is checked.
        let bytes = text.expose().as_bytes();
        if !(43..=128).contains(&bytes.len()) {
            return Err(PkceError::VerifierLength);
        }
        if !bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(b)) {
            return Err(PkceError::VerifierCharacter);
        }
        Ok(Self(text))
    }
}

impl CodeChallenge {
    pub fn parse(text: &str) -> Result<Self, PkceError> {
        Self::try_from(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// RFC 7636 §4.6, in constant time.
    pub fn matches(&self, verifier: &CodeVerifier) -> bool {
        ct_eq(self.0.as_bytes(), verifier.challenge().0.as_bytes())
    }
}

impl TryFrom<String> for CodeChallenge {
    type Error = PkceError;

    fn try_from(text: String) -> Result<Self, PkceError> {
        let digest = base64url_decode(&text).ok_or(PkceError::Challenge)?;
        if digest.len() == 32 { Ok(Self(text)) } else { Err(PkceError::Challenge) }
    }
}

impl fmt::Display for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    /// RFC 7636, appendix B.
    const OCTETS: [u8; 32] = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
        240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn rfc_7636_appendix_b() {
        let verifier = CodeVerifier::from_entropy(OCTETS);
        assert_eq!(verifier.expose(), VERIFIER);
        assert_eq!(verifier.challenge().as_str(), CHALLENGE);
        assert!(CodeChallenge::parse(CHALLENGE).unwrap().matches(&verifier));
    }

    #[test]
    fn another_verifier_does_not_match() {
        let challenge = CodeVerifier::from_entropy([1; 32]).challenge();
        assert!(!challenge.matches(&CodeVerifier::from_entropy([2; 32])));
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        assert!(CodeVerifier::parse(&"~".repeat(43)).is_ok());
        assert!(CodeVerifier::parse(&"a.b-_~Z9".repeat(16)).is_ok());
        for length in [0, 42, 129] {
            assert_eq!(CodeVerifier::parse(&"a".repeat(length)).unwrap_err(), PkceError::VerifierLength);
        }
        for stray in ["+", "/", "=", " ", "é", "\n"] {
            let text = format!("{}{stray}", "a".repeat(43));
            assert_eq!(CodeVerifier::parse(&text).unwrap_err(), PkceError::VerifierCharacter, "{stray:?}");
        }
    }

    #[test]
    fn a_challenge_is_32_bytes_in_base64url() {
        let padded = format!("{CHALLENGE}=");
        let plus = CHALLENGE.replace('-', "+");
        for text in ["", VERIFIER.get(..42).unwrap(), &padded, &plus, &"a".repeat(44)] {
            assert_eq!(CodeChallenge::parse(text), Err(PkceError::Challenge), "{text}");
        }
    }

    #[test]
    fn a_verifier_is_redacted_when_printed() {
        assert_eq!(format!("{:?}", CodeVerifier::from_entropy(OCTETS)), "CodeVerifier([REDACTED])");
    }

    #[test]
    fn serde_checks_what_it_reads() {
        let verifier: CodeVerifier = serde_json::from_str(&format!("\"{VERIFIER}\"")).unwrap();
        assert_eq!(verifier.expose(), VERIFIER);
        assert!(serde_json::from_str::<CodeVerifier>("\"short\"").is_err());
        assert!(serde_json::from_str::<CodeChallenge>("\"short\"").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn parsing_never_panics(text in "\\PC{0,140}") {
            let _ = (CodeVerifier::parse(&text), CodeChallenge::parse(&text));
        }

        #[test]
        fn every_entropy_matches_its_own_challenge(entropy: [u8; 32]) {
            let verifier = CodeVerifier::from_entropy(entropy);
            prop_assert!(CodeVerifier::parse(verifier.expose()).is_ok());
            prop_assert!(CodeChallenge::parse(verifier.challenge().as_str()).unwrap().matches(&verifier));
        }
    }
}
