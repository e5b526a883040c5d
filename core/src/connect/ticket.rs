//! Names that carry their own proof: session ids, session tokens and OAuth states.
//!
//! Each name ends in a MAC. The edge can therefore refuse a made-up name, and knows the origin to answer, before waking
//! any object. Id and token also carry the hash of the page origin of the session.

use super::EntryKind;
use crate::seal::{Keyring, base64url, base64url_decode, sha256};
use crate::secret::{Secret, ct_eq};

const ID: &str = "connect-id";
const TOKEN: &str = "connect-token";
const STATE: &str = "connect-state";

/// A MAC cut to 128 bits: the OAuth state has room for 64 characters, of which 32 bytes are key and nonce.
const SHORT_TAG: usize = 16;
/// In the place of the hash of an origin.
const NO_ORIGIN: [u8; 16] = [0; 16];

/// What a session is called, and the page it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    key: [u8; 16],
    origin: [u8; 16],
}

impl Ticket {
    /// A link has no origin: no page may read its session.
    pub fn new(key: [u8; 16], origin: Option<&str>) -> Self {
        Self { key, origin: origin.map_or(NO_ORIGIN, origin_hash) }
    }

    /// `cs_…`: public, good for asking only together with the token or an API key.
    pub fn id(&self, ring: &Keyring) -> String {
        let tag = ring.mac(ID, &self.payload());
        format!("cs_{}", base64url(&[&self.payload(), tag.get(..SHORT_TAG).unwrap_or_default()].concat()))
    }

    /// `cst_…`: what the page holds.
    pub fn token(&self, ring: &Keyring) -> Secret<String> {
        let tag = ring.mac(TOKEN, &self.payload());
        Secret::new(format!("cst_{}", base64url(&[self.payload(), tag].concat())))
    }

    /// The `state` of one start: exactly 64 characters (X allows 500; RFC 6749 §4.1.1).
    pub fn state(&self, ring: &Keyring, nonce: [u8; 16]) -> String {
        let payload = [self.key, nonce].concat();
        let tag = ring.mac(STATE, &payload);
        base64url(&[payload.as_slice(), tag.get(..SHORT_TAG).unwrap_or_default()].concat())
    }

    pub fn from_id(ring: &Keyring, id: &str) -> Option<Self> {
        Self::read(ring, ID, id.strip_prefix("cs_")?, SHORT_TAG)
    }

    /// A link is opened by its id; no page holds a token of it.
    pub fn from_token(ring: &Keyring, token: &str) -> Option<Self> {
        Self::read(ring, TOKEN, token.strip_prefix("cst_")?, 32)
            .filter(|ticket| ticket.entry_kind() == EntryKind::Button)
    }

    /// The name of the object that owns the session of this state.
    pub fn object_of_state(ring: &Keyring, state: &str) -> Option<String> {
        let bytes = base64url_decode(state)?;
        let (payload, tag) = bytes.split_at_checked(32)?;
        let genuine = tag.len() == SHORT_TAG && ring.verify_mac(STATE, payload, tag);
        genuine.then(|| payload.get(..16).map(base64url)).flatten()
    }

    /// The Durable Object that owns the session.
    pub fn object(&self) -> String {
        base64url(&self.key)
    }

    /// What the session was made for. The id alone tells it, so the edge refuses every other door before an object is asked.
    pub fn entry_kind(&self) -> EntryKind {
        if self.origin == NO_ORIGIN { EntryKind::Link } else { EntryKind::Button }
    }

    pub fn is_for(&self, origin: &str) -> bool {
        ct_eq(&self.origin, &origin_hash(origin))
    }

    fn payload(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let (key, origin) = bytes.split_at_mut(16);
        key.copy_from_slice(&self.key);
        origin.copy_from_slice(&self.origin);
        bytes
    }

    fn read(ring: &Keyring, label: &str, text: &str, tag_len: usize) -> Option<Self> {
        let bytes = base64url_decode(text)?;
        let (payload, tag) = bytes.split_at_checked(32)?;
        if tag.len() != tag_len || !ring.verify_mac(label, payload, tag) {
            return None;
        }
        let (key, origin) = payload.split_at_checked(16)?;
        Some(Self { key: key.try_into().ok()?, origin: origin.try_into().ok()? })
    }
}

fn origin_hash(origin: &str) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.iter_mut().zip(sha256(origin.as_bytes())).for_each(|(to, from)| *to = from);
    hash
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    const RING: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER_RING: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn ring(text: &str) -> Keyring {
        Keyring::parse(text).unwrap()
    }

    fn ticket() -> Ticket {
        Ticket::new([7; 16], Some("https://acme.example"))
    }

    #[test]
    fn id_and_token_lead_back_to_the_session() {
        let ring = ring(RING);
        assert_eq!(Ticket::from_id(&ring, &ticket().id(&ring)), Some(ticket()));
        // EXPOSE: a token of this test.
        assert_eq!(Ticket::from_token(&ring, ticket().token(&ring).expose()), Some(ticket()));
    }

    #[test]
    fn an_id_is_not_a_token() {
        let ring = ring(RING);
        let id = ticket().id(&ring);
        assert_eq!(Ticket::from_token(&ring, &id.replace("cs_", "cst_")), None);
    }

    #[test]
    fn a_ticket_tells_its_entry_and_a_link_has_no_token() {
        let (ring, link) = (ring(RING), Ticket::new([1; 16], None));
        assert_eq!((ticket().entry_kind(), link.entry_kind()), (EntryKind::Button, EntryKind::Link));
        assert_eq!(Ticket::from_id(&ring, &link.id(&ring)).map(|ticket| ticket.entry_kind()), Some(EntryKind::Link));
        // EXPOSE: a token of this test.
        assert_eq!(Ticket::from_token(&ring, link.token(&ring).expose()), None);
    }

    #[test]
    fn a_state_has_64_characters_and_names_its_object() {
        let ring = ring(RING);
        let state = ticket().state(&ring, [9; 16]);
        assert_eq!(state.len(), 64);
        assert_eq!(Ticket::object_of_state(&ring, &state), Some(ticket().object()));
    }

    #[test]
    fn a_name_made_with_another_key_is_nothing() {
        let (ours, theirs) = (ring(RING), ring(OTHER_RING));
        assert_eq!(Ticket::from_id(&ours, &ticket().id(&theirs)), None);
        assert_eq!(Ticket::object_of_state(&ours, &ticket().state(&theirs, [9; 16])), None);
    }

    #[test]
    fn a_name_outlives_the_rotation_of_the_key_ring() {
        let rotated = ring(&format!("{OTHER_RING},{RING}"));
        assert_eq!(Ticket::from_id(&rotated, &ticket().id(&ring(RING))), Some(ticket()));
    }

    #[test]
    fn a_link_is_for_no_origin() {
        let link = Ticket::new([1; 16], None);
        assert!(!link.is_for("") && !link.is_for("null") && !link.is_for("https://acme.example"));
        assert!(ticket().is_for("https://acme.example") && !ticket().is_for("https://acme.example.evil"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_genuine_name_or_nothing(text in "(cs_|cst_)?[A-Za-z0-9_-]{0,100}") {
            let ring = ring(RING);
            prop_assert_eq!(Ticket::from_id(&ring, &text), None);
            prop_assert_eq!(Ticket::from_token(&ring, &text), None);
            prop_assert_eq!(Ticket::object_of_state(&ring, &text), None);
        }
    }
}
