//! Webhooks: notifications to the back ends of the operator and of the operator's customers, signed by the Standard
//! Webhooks scheme (Standard Webhooks specification 1.0.0).
//!
//! The transaction of an effect also stores the event, once for each subscribed webhook. From then on the event is
//! tried until the receiver takes it: at least once, in no order, recognisable by its id.

mod change;
mod delivery;
mod event;
mod headers;
mod retry;
mod signature;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::change::{Change, Changed};
pub use self::delivery::{Attempt, Outcome, State, Verdict, WebhookDelivery};
pub use self::event::{EventKind, Subject};
pub use self::headers::{CustomHeaders, HeaderError, delivery_headers};
pub use self::retry::retry_at;
pub use self::signature::{SecretError, SigningSecret};
use crate::backoff::Lease;
use crate::id::{TenantId, WebhookId};
use crate::refusal::Refused;
use crate::time::{Span, UnixMillis};

/// A registered address, as the workspace keeps it. Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub(crate) id: WebhookId,
    /// It hears of this tenant alone; without one, of everything.
    pub(crate) tenant_id: Option<TenantId>,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) events: BTreeSet<EventKind>,
    /// Sealed, as everything below that is secret.
    pub(crate) secret: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) superseded: Option<Superseded>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) headers: Option<SealedHeaders>,
    pub(crate) legacy_signature: bool,
    /// Since when nothing has got through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failing_since: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) disabled: Option<Disabled>,
    pub(crate) created_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
}

/// The secret before the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    secret: String,
    until: UnixMillis,
}

/// Values of custom headers are often credentials. Their names are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedHeaders {
    pub names: Vec<String>,
    pub sealed: String,
}

/// The webhook is switched off: events are stored for the webhook, and not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    pub reason: DisabledReason,
    #[serde(with = "crate::time::iso")]
    pub since: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// Somebody said so.
    Requested,
    /// Nothing got through for three days.
    Failing,
    /// It answered 410: it is not there any more, and says so.
    Gone,
}

/// Of one tenant, or of none: each is looked at for every event.
const MAX_WEBHOOKS: u64 = 50;
/// Longer than a try: one that is not heard of by then is made again.
const LEASE: Span = Span::secs(40);

/// Whether a tenant with so many webhooks may have another one.
pub fn require_room(count: u64) -> Result<(), Refused> {
    if count < MAX_WEBHOOKS {
        return Ok(());
    }
    Err(Refused::field("tenant_id", format!("has {MAX_WEBHOOKS} webhooks already")))
}

/// How a try begins in which the process died so often.
pub fn lease(deaths: u32) -> Lease {
    Lease::new(deaths, Some(LEASE))
}

/// What tests shorten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Before the second try. All other waits are in proportion.
    pub first: Duration,
    /// How long an answer may take.
    pub limit: Span,
}

/// Waits before the tries after the first, in units of the first wait: 10 s, 1 min, 5 min, 30 min, 2 h, 8 h, 24 h.
const WAITS: [u32; 7] = [1, 6, 30, 180, 720, 2880, 8640];
/// Three days in the same unit.
const PATIENCE: u32 = 25_920;

impl Default for Pace {
    fn default() -> Self {
        Self { first: Duration::from_secs(10), limit: Span::secs(30) }
    }
}

impl Pace {
    /// How long to wait after so many tries; nothing when there have been enough.
    fn wait(self, tries: u32) -> Option<Span> {
        let at = usize::try_from(tries).ok()?.checked_sub(1)?;
        WAITS.get(at).map(|units| self.times(*units))
    }

    fn patience(self) -> Span {
        self.times(PATIENCE)
    }

    fn times(self, units: u32) -> Span {
        let millis = self.first.saturating_mul(units).as_millis();
        Span::millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

impl Webhook {
    /// A webhook with a sealed secret; `first` says the rest.
    pub fn new(id: WebhookId, tenant_id: Option<TenantId>, secret: String, first: Change, now: UnixMillis) -> Self {
        let mut webhook = Self {
            id,
            tenant_id,
            name: String::new(),
            url: String::new(),
            events: BTreeSet::new(),
            secret,
            superseded: None,
            headers: None,
            legacy_signature: false,
            failing_since: None,
            disabled: None,
            created_at: now,
            updated_at: now,
        };
        webhook.change(first, now);
        webhook
    }

    pub const fn id(&self) -> &WebhookId {
        &self.id
    }

    pub const fn tenant_id(&self) -> Option<&TenantId> {
        self.tenant_id.as_ref()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The current secret, sealed.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub const fn headers(&self) -> Option<&SealedHeaders> {
        self.headers.as_ref()
    }

    pub const fn legacy_signature(&self) -> bool {
        self.legacy_signature
    }

    pub const fn is_enabled(&self) -> bool {
        self.disabled.is_none()
    }

    pub const fn is_failing(&self) -> bool {
        self.failing_since.is_some()
    }

    pub fn hears(&self, kind: EventKind, tenant_id: Option<&TenantId>) -> bool {
        let is_in_reach = self.tenant_id.is_none() || self.tenant_id.as_ref() == tenant_id;
        is_in_reach && self.events.contains(&kind)
    }

    /// The sealed secrets to sign with, the current one first.
    pub fn secrets(&self, now: UnixMillis) -> Vec<&str> {
        let superseded = self.superseded.iter().filter(|superseded| now < superseded.until);
        std::iter::once(self.secret.as_str()).chain(superseded.map(|superseded| superseded.secret.as_str())).collect()
    }

    /// Learns how one try ended. Says whether that switched it off: the address is gone, or something was given up and
    /// nothing has got through for three days.
    pub fn learn(&mut self, verdict: Verdict, now: UnixMillis, pace: Pace) -> bool {
        if verdict == Verdict::Delivered {
            self.failing_since = None;
            return false;
        }
        let since = *self.failing_since.get_or_insert(now);
        let reason = match verdict {
            Verdict::Gone => DisabledReason::Gone,
            Verdict::GivenUp if now - since >= pace.patience() => DisabledReason::Failing,
            _ => return false,
        };
        let is_news = self.disabled.is_none();
        if is_news {
            self.disable(reason, now);
        }
        is_news
    }

    const fn disable(&mut self, reason: DisabledReason, now: UnixMillis) {
        self.disabled = Some(Disabled { reason, since: now });
    }
}

#[cfg(test)]
mod tests;
