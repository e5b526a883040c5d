#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

const OLD: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const NEW: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const NONCE: [u8; 12] = [9; 12];
const HERE: Context<'static> = Context { workspace: "default", purpose: Purpose::TokenPair, row: "acc_1" };

fn ring(text: &str) -> Keyring {
    Keyring::parse(text).unwrap()
}

fn sealed() -> String {
    ring(OLD).seal(&HERE, b"a token", NONCE).unwrap()
}

fn refusal(context: &Context<'_>, sealed: &str) -> SealError {
    ring(OLD).open(context, sealed).unwrap_err()
}

/// The sealed value with one bit of the byte at `index` turned.
fn tampered(index: usize) -> String {
    let mut bytes = base64url_decode(&sealed()).unwrap();
    bytes[index] ^= 1;
    base64url(&bytes)
}

#[test]
fn what_is_sealed_opens() {
    assert!(ring(OLD).open(&HERE, &sealed()).unwrap().ct_eq(b"a token"));
}

#[test]
fn an_empty_payload_opens() {
    let sealed = ring(OLD).seal(&HERE, b"", NONCE).unwrap();
    assert!(ring(OLD).open(&HERE, &sealed).unwrap().ct_eq(b""));
}

#[test]
fn another_nonce_gives_another_ciphertext() {
    let other = ring(OLD).seal(&HERE, b"a token", [8; 12]).unwrap();
    let (a, b) = (base64url_decode(&sealed()).unwrap(), base64url_decode(&other).unwrap());
    assert_ne!(a[16..], b[16..]);
}

#[test]
fn the_plaintext_is_hidden() {
    let bytes = base64url_decode(&sealed()).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"a token"));
}

#[test]
fn a_value_moved_to_another_place_is_refused() {
    let elsewhere = [
        Context { workspace: "other", ..HERE },
        Context { purpose: Purpose::ProvisionalTokens, ..HERE },
        Context { row: "acc_2", ..HERE },
    ];
    for context in elsewhere {
        assert_eq!(refusal(&context, &sealed()), SealError::Refused, "{context:?}");
    }
}

#[test]
fn the_parts_of_a_context_cannot_be_shifted() {
    let here = Context { workspace: "a", row: "bc", ..HERE };
    let shifted = Context { workspace: "ab", row: "c", ..HERE };
    let sealed = ring(OLD).seal(&here, b"a token", NONCE).unwrap();
    assert_eq!(refusal(&shifted, &sealed), SealError::Refused);
}

#[test]
fn another_key_of_the_same_name_is_refused() {
    let impostor = NEW.replace("k2", "k1");
    assert_eq!(ring(&impostor).open(&HERE, &sealed()).unwrap_err(), SealError::Refused);
}

#[test]
fn a_key_outside_the_ring_is_named() {
    assert_eq!(ring(NEW).open(&HERE, &sealed()).unwrap_err(), SealError::UnknownKey("k1".to_owned()));
}

#[test]
fn a_short_value_is_refused() {
    let bytes = base64url_decode(&sealed()).unwrap();
    // 1 version + 1 length + 2 key id + 12 nonce + 16 tag = 32 bytes is the least.
    for length in 1..32 {
        assert_eq!(refusal(&HERE, &base64url(&bytes[..length])), SealError::Malformed, "{length}");
    }
    assert_eq!(refusal(&HERE, &base64url(&bytes[..32])), SealError::Refused);
}

#[test]
fn an_empty_or_foreign_value_is_refused() {
    for text in ["", "not base64url!", "AQ=="] {
        assert_eq!(refusal(&HERE, text), SealError::Malformed, "{text}");
    }
}

#[test]
fn an_altered_nonce_body_or_tag_is_refused() {
    for index in [4, 16, 22, 23, 38] {
        assert_eq!(refusal(&HERE, &tampered(index)), SealError::Refused, "{index}");
    }
}

#[test]
fn another_version_is_named() {
    assert_eq!(refusal(&HERE, &tampered(0)), SealError::Version(0));
}

#[test]
fn after_rotation_the_old_opens_and_the_new_seals() {
    let rotated = ring(&format!("{NEW},{OLD}"));
    assert!(rotated.open(&HERE, &sealed()).unwrap().ct_eq(b"a token"));
    assert!(rotated.needs_re_encryption(&sealed()));
    let fresh = rotated.seal(&HERE, b"a token", NONCE).unwrap();
    assert_eq!(Keyring::sealed_by(&fresh).unwrap(), "k2");
    assert!(!rotated.needs_re_encryption(&fresh));
    assert!(!rotated.needs_re_encryption("junk"));
}

#[test]
fn resealing_is_for_the_same_place_and_only_where_it_is_needed() {
    let rotated = ring(&format!("{NEW},{OLD}"));
    let anew = rotated.re_encrypt(&HERE, &sealed(), NONCE).unwrap().unwrap();
    assert!(ring(NEW).open(&HERE, &anew).unwrap().ct_eq(b"a token"));
    assert_eq!(rotated.re_encrypt(&HERE, &anew, NONCE).unwrap(), None);
    let elsewhere = Context { row: "acc_2", ..HERE };
    assert_eq!(rotated.re_encrypt(&elsewhere, &sealed(), NONCE).unwrap_err(), SealError::Refused);
    assert_eq!(ring(NEW).re_encrypt(&HERE, &sealed(), NONCE).unwrap_err(), SealError::UnknownKey("k1".to_owned()));
}

/// The bytes were made with Node's `hkdfSync` and `aes-256-gcm`, not with this code.
#[test]
fn envelope_v1_format_unchanged() {
    assert_eq!(sealed(), "AQJrMQkJCQkJCQkJCQkJCcgZakpZM-GOD2NLCgWKI-IzFuxZ1UUG");
}

#[test]
fn purpose_names_unchanged() {
    use Purpose::{AuthorizationCode, ClientSecret, CodeVerifier, CredentialAnswer, ProvisionalTokens, TokenPair};
    let all = [ClientSecret, TokenPair, AuthorizationCode, CodeVerifier, ProvisionalTokens, CredentialAnswer];
    assert_eq!(
        all.map(Purpose::name).join(" "),
        "client_secret token_pair authorization_code code_verifier provisional_tokens credential_answer"
    );
}

#[test]
fn a_mac_holds_for_its_label_and_message_only() {
    let ring = ring(OLD);
    let tag = ring.mac("session", b"cs_1");
    assert!(ring.verify_mac("session", b"cs_1", &tag));
    assert!(!ring.verify_mac("media", b"cs_1", &tag));
    assert!(!ring.verify_mac("session", b"cs_2", &tag));
}

/// Made with Node's `hkdfSync` and `createHmac`: a change would refuse every id and token that is in use.
#[test]
fn mac_v1_format_unchanged() {
    assert_eq!(base64url(&ring(OLD).mac("session", b"cs_1")), "3y7S8bXiJVs8MQPzHjZ580X-UbvGB9iEkDvV29uIfSE");
}

#[test]
fn a_mac_may_be_cut_to_16_bytes_and_no_further() {
    let ring = ring(OLD);
    let tag = ring.mac("session", b"cs_1");
    assert!(ring.verify_mac("session", b"cs_1", &tag[..16]));
    assert!(!ring.verify_mac("session", b"cs_1", &tag[..15]));
    assert!(!ring.verify_mac("session", b"cs_1", &[tag.as_slice(), &[0]].concat()));
    assert!(!ring.verify_mac("session", b"cs_1", b""));
}

#[test]
fn a_mac_survives_rotation() {
    let tag = ring(OLD).mac("session", b"cs_1");
    assert!(ring(&format!("{NEW},{OLD}")).verify_mac("session", b"cs_1", &tag));
    assert!(!ring(NEW).verify_mac("session", b"cs_1", &tag));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_payload_opens_again(payload: Vec<u8>, nonce: [u8; 12]) {
        let sealed = ring(OLD).seal(&HERE, &payload, nonce).unwrap();
        prop_assert!(ring(OLD).open(&HERE, &sealed).unwrap().ct_eq(&payload));
    }

    #[test]
    fn opening_never_panics(bytes: Vec<u8>, text in "\\PC{0,80}") {
        prop_assert!(ring(OLD).open(&HERE, &base64url(&bytes)).is_err());
        prop_assert!(ring(OLD).open(&HERE, &text).is_err());
        let versioned = [&[envelope::VERSION, 2, b'k', b'1'], bytes.as_slice()].concat();
        prop_assert!(ring(OLD).open(&HERE, &base64url(&versioned)).is_err());
    }
}
