//! Changes of a webhook by its owner, and of the seals of its secrets.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{DisabledReason, EventKind, SealedHeaders, Superseded, Webhook};
use crate::seal::Purpose;
use crate::time::{Span, UnixMillis};

/// After a secret was replaced both sign for so long, so that the receiver can change over when it likes.
const SUPERSEDED_FOR: Span = Span::hours(24);

/// What somebody wants to change; the rest stays. Secrets are sealed already.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Change {
    pub name: Option<String>,
    pub url: Option<String>,
    pub events: Option<BTreeSet<EventKind>>,
    pub secret: Option<String>,
    pub headers: Option<SealedHeaders>,
    pub legacy_signature: Option<bool>,
    pub enabled: Option<bool>,
}

/// The effect of a change, apart from the new values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Custom headers are credentials for one origin, and do not follow the address to another origin.
    pub drops_headers: bool,
    /// The webhook was on, and is off now.
    pub is_switched_off: bool,
}

impl Webhook {
    pub fn change(&mut self, change: Change, now: UnixMillis) -> Changed {
        let was_enabled = self.is_enabled();
        let moves = change.url.as_deref().is_some_and(|url| !is_same_origin(&self.url, url));
        let drops = moves && change.headers.is_none() && self.headers.is_some();
        if drops {
            self.headers = None;
        }
        self.name = change.name.unwrap_or_else(|| self.name.clone());
        self.url = change.url.unwrap_or_else(|| self.url.clone());
        self.events = change.events.unwrap_or_else(|| self.events.clone());
        self.legacy_signature = change.legacy_signature.unwrap_or(self.legacy_signature);
        if let Some(headers) = change.headers {
            self.headers = Some(headers).filter(|headers| !headers.names.is_empty());
        }
        if let Some(secret) = change.secret {
            let secret = std::mem::replace(&mut self.secret, secret);
            self.superseded = Some(Superseded { secret, until: now + SUPERSEDED_FOR });
        }
        match change.enabled {
            Some(true) => (self.disabled, self.failing_since) = (None, None),
            Some(false) if self.disabled.is_none() => self.disable(DisabledReason::Requested, now),
            _ => {}
        }
        self.updated_at = now;
        Changed { drops_headers: drops, is_switched_off: was_enabled && !self.is_enabled() }
    }

    /// The same secret and headers, sealed anew; what is absent is sealed by the first key already.
    pub fn re_encrypted(&mut self, secret: Option<String>, headers: Option<String>) {
        self.secret = secret.unwrap_or_else(|| self.secret.clone());
        if let (Some(known), Some(sealed)) = (&mut self.headers, headers) {
            known.sealed = sealed;
        }
    }

    /// Everything sealed, for another key ring. `seal` answers one value, sealed anew.
    pub fn transfer<E>(&mut self, mut seal: impl FnMut(Purpose, &str) -> Result<String, E>) -> Result<(), E> {
        self.secret = seal(Purpose::WebhookSecret, &self.secret)?;
        if let Some(superseded) = &mut self.superseded {
            superseded.secret = seal(Purpose::WebhookSecret, &superseded.secret)?;
        }
        if let Some(headers) = &mut self.headers {
            headers.sealed = seal(Purpose::WebhookHeaders, &headers.sealed)?;
        }
        Ok(())
    }
}

/// RFC 6454 §5. Both are URLs that were checked; what is none shares an origin with nothing.
fn is_same_origin(one: &str, other: &str) -> bool {
    let origin = |text| Url::parse(text).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    origin(one).is_some_and(|one| Some(one) == origin(other))
}
