//! Signed addresses. The holder of an address may do one thing with one medium for an hour, without a key. A page can
//! therefore send a file without its back end, and show the file again.
//!
//! The edge checks the MAC before asking the workspace.

use crate::id::MediaId;
use crate::seal::{Keyring, base64url, base64url_decode};
use crate::time::{Span, UnixMillis};

/// How long an address works.
pub const LINK_LIFE: Span = Span::hours(1);

/// What an address is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Upload,
    Read,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("the token is missing or not of this address")]
    Forged,
    #[error("the address has expired")]
    Expired,
}

impl Use {
    const fn label(self) -> &'static str {
        match self {
            Self::Upload => "media-upload",
            Self::Read => "media-file",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Read => "file",
        }
    }

    /// The whole address. The address carries its own permission, so only the caller gets the address, and no log has
    /// it.
    pub fn address(self, ring: &Keyring, origin: &str, id: &MediaId, now: UnixMillis) -> String {
        let expires = ((now + LINK_LIFE).0 / 1000).to_string();
        let token = base64url(&ring.mac(self.label(), &signed(id, &expires)));
        format!("{origin}/v1/media/{id}/{}?expires={expires}&token={token}", self.path())
    }

    /// Whether an address of ours has been presented, and in time. `expires` is as it was written, in seconds.
    pub fn check(
        self,
        ring: &Keyring,
        id: &MediaId,
        expires: &str,
        token: &str,
        now: UnixMillis,
    ) -> Result<(), LinkError> {
        let tag = base64url_decode(token).filter(|tag| tag.len() == 32).ok_or(LinkError::Forged)?;
        if !ring.verify_mac(self.label(), &signed(id, expires), &tag) {
            return Err(LinkError::Forged);
        }
        let until: i64 = expires.parse().map_err(|_| LinkError::Forged)?;
        if now.0 / 1000 < until { Ok(()) } else { Err(LinkError::Expired) }
    }
}

fn signed(id: &MediaId, expires: &str) -> Vec<u8> {
    format!("{id}\n{expires}").into_bytes()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use url::Url;

    use super::*;

    const RING: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER_RING: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const NOW: UnixMillis = UnixMillis(1_800_000_000_500);

    fn ring(text: &str) -> Keyring {
        Keyring::parse(text).unwrap()
    }

    fn id() -> MediaId {
        MediaId::from_entropy([7; 16])
    }

    /// `expires` and `token` of an address that was made now.
    fn made(purpose: Use, ring: &Keyring) -> (String, String) {
        let url = Url::parse(&purpose.address(ring, "https://connect.example", &id(), NOW)).unwrap();
        let value = |name| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        (value("expires"), value("token"))
    }

    fn check(purpose: Use, (expires, token): &(String, String), now: UnixMillis) -> Result<(), LinkError> {
        purpose.check(&ring(RING), &id(), expires, token, now)
    }

    #[test]
    fn an_address_works_for_an_hour() {
        let link = made(Use::Upload, &ring(RING));
        assert_eq!(check(Use::Upload, &link, NOW), Ok(()));
        assert_eq!(check(Use::Upload, &link, NOW + Span::secs(3599)), Ok(()));
        assert_eq!(check(Use::Upload, &link, NOW + LINK_LIFE), Err(LinkError::Expired));
    }

    #[test]
    fn an_address_is_for_one_use_of_one_medium_until_one_time() {
        let link = made(Use::Upload, &ring(RING));
        assert_eq!(check(Use::Read, &link, NOW), Err(LinkError::Forged));
        let later = (format!("{}0", link.0), link.1.clone());
        assert_eq!(check(Use::Upload, &later, NOW), Err(LinkError::Forged));
        let other = MediaId::from_entropy([8; 16]);
        assert_eq!(Use::Upload.check(&ring(RING), &other, &link.0, &link.1, NOW), Err(LinkError::Forged));
    }

    #[test]
    fn a_token_that_is_cut_or_made_with_another_key_is_forged() {
        let (expires, token) = made(Use::Read, &ring(RING));
        for bad in ["", "AAAA", &token[..22], &made(Use::Read, &ring(OTHER_RING)).1] {
            assert_eq!(check(Use::Read, &(expires.clone(), bad.to_owned()), NOW), Err(LinkError::Forged), "{bad}");
        }
    }

    #[test]
    fn an_address_outlives_the_rotation_of_the_key_ring() {
        let (expires, token) = made(Use::Read, &ring(RING));
        let rotated = ring(&format!("{OTHER_RING},{RING}"));
        assert_eq!(Use::Read.check(&rotated, &id(), &expires, &token, NOW), Ok(()));
    }
}
