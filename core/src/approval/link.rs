//! The address of the page where a post is approved. Whoever holds the address may answer, so the address is a secret.
//!
//! Nothing of it is stored: it names post, number and end, and carries a MAC of 256 bits over them. The edge checks the MAC
//! with every key of the ring, so that a made-up address wakes no object.

use serde::{Deserialize, Serialize};

use crate::id::PostId;
use crate::seal::{Keyring, base64url, base64url_decode};
use crate::time::UnixMillis;

const LABEL: &str = "approval-link";
const POST: usize = 16;
const NUMBER: usize = 4;
const END: usize = 8;
const PAYLOAD: usize = POST + NUMBER + END;
/// A whole HMAC-SHA256.
const TAG: usize = 32;

/// One version of a post that asks for approval, until its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub post_id: PostId,
    pub number: u32,
    pub expires_at: UnixMillis,
}

impl Link {
    /// The last part of the page's address: 80 characters.
    pub fn token(&self, ring: &Keyring, workspace: &str) -> String {
        let payload = self.payload();
        let tag = ring.mac(LABEL, &signed(workspace, &payload));
        base64url(&[payload.as_slice(), &tag].concat())
    }

    /// One that was made here.
    pub fn read(ring: &Keyring, workspace: &str, token: &str) -> Option<Self> {
        let bytes = base64url_decode(token)?;
        let (payload, tag) = bytes.split_at_checked(PAYLOAD)?;
        if tag.len() != TAG || !ring.verify_mac(LABEL, &signed(workspace, payload), tag) {
            return None;
        }
        let (post, rest) = payload.split_at_checked(POST)?;
        let (number, end) = rest.split_at_checked(NUMBER)?;
        Some(Self {
            post_id: PostId::from_entropy(post.try_into().ok()?),
            number: u32::from_be_bytes(number.try_into().ok()?),
            expires_at: UnixMillis(i64::from_be_bytes(end.try_into().ok()?)),
        })
    }

    fn payload(&self) -> Vec<u8> {
        [self.post_id.entropy().as_slice(), &self.number.to_be_bytes(), &self.expires_at.0.to_be_bytes()].concat()
    }
}

/// The workspace's name has no line end.
fn signed(workspace: &str, payload: &[u8]) -> Vec<u8> {
    [workspace.as_bytes(), b"\n", payload].concat()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    const RING: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER_RING: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn ring(text: &str) -> Keyring {
        Keyring::parse(text).unwrap()
    }

    fn link() -> Link {
        Link { post_id: PostId::from_entropy([7; 16]), number: 3, expires_at: UnixMillis(1_796_000_000_000) }
    }

    #[test]
    fn a_token_leads_back_to_its_link_also_after_the_ring_was_rotated() {
        let token = link().token(&ring(RING), "main");
        assert_eq!(token.len(), 80);
        assert_eq!(Link::read(&ring(RING), "main", &token), Some(link()));
        assert_eq!(Link::read(&ring(&format!("{OTHER_RING},{RING}")), "main", &token), Some(link()));
        assert_eq!(Link::read(&ring(OTHER_RING), "main", &token), None);
        assert_eq!(Link::read(&ring(RING), "other", &token), None, "another workspace's");
    }

    #[test]
    fn a_token_of_which_a_byte_differs_is_none() {
        let ours = ring(RING);
        let bytes = base64url_decode(&link().token(&ours, "main")).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(Link::read(&ours, "main", &base64url(&other)), None, "byte {at}");
        }
        assert_eq!(Link::read(&ours, "main", &base64url(&bytes[..PAYLOAD + 16])), None, "a shorter MAC");
    }

    #[test]
    fn approval_link_v1_format_unchanged() {
        let token = "BwcHBwcHBwcHBwcHBwcHBwAAAAMAAAGiKfEoAOUI96wswhgQieusCdpbmjv9gLxvo2zJ6HTD_6hDK7Mb";
        assert_eq!(link().token(&ring(RING), "main"), token);
    }

    proptest! {
        #[test]
        fn any_text_is_a_token_or_none(text in "[A-Za-z0-9_-]{0,120}") {
            prop_assert_eq!(Link::read(&ring(RING), "main", &text), None);
        }
    }
}
