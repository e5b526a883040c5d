//! The operator's X app, as the workspace stores it. The client secret is elsewhere, sealed, one per version.

mod choice;
mod circuit;
mod former;

use serde::{Deserialize, Serialize};

pub use self::choice::{account_to_reconnect, client_for_session, is_readable, require_own};
pub use self::circuit::{AfterProbe, Breaker, Evidence, Finding, LastKnown, Pause, Probe, Verdict};
pub use self::former::require_client;
use crate::doctor::ClientIdShape;
use crate::id::{NetworkId, TenantId};
use crate::time::UnixMillis;

/// Whether a name means X, by the new name or the old one. Letters of either case are meant alike, as in handles.
pub fn is_x(name: &str) -> bool {
    ["x", "twitter"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// One X app; with a tenant, that tenant's own. Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub id: NetworkId,
    pub tenant_id: Option<TenantId>,
    pub client_id: String,
    /// Which sealed secret is current. A version is never written twice.
    secret_version: u32,
    pub client_type: ClientType,
    verified_at: Option<UnixMillis>,
    paused: Option<Pause>,
    /// When it is next asked whether the app works again; with `paused` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probe_at: Option<UnixMillis>,
    /// X's limit for the app as a whole is spent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_until: Option<UnixMillis>,
    /// How much that limit allows. Rows of before it was kept do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_limit: Option<i64>,
    /// Clients whose place another one took, with the last secret of each, as long as the secret is kept: their tokens are
    /// revoked with it. Code of before did not keep them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former_clients: Vec<ClientRef>,
    /// Until then connect sessions need the secrets that are superseded: X has yet to revoke tokens of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secrets_held_until: Option<UnixMillis>,
    pub created_at: UnixMillis,
    pub updated_at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientType {
    Confidential,
    Public,
    Unknown,
}

/// Credentials that X or their form has passed, and where their secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub id: NetworkId,
    pub tenant_id: Option<TenantId>,
    pub client_id: String,
    pub secret_version: u32,
    pub client_type: ClientType,
    pub is_verified: bool,
}

/// The client of a token, and the secret version for the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRef {
    pub network_id: NetworkId,
    pub client_id: String,
    pub secret_version: u32,
}

impl Network {
    /// The app as these credentials make it. What is known of `before` stays: its pause ends by itself or by a person.
    pub fn stored(credentials: Credentials, before: Option<&Self>, now: UnixMillis) -> Self {
        let former_clients = before.map(|network| network.former_clients_with(&credentials.client_id));
        Self {
            id: credentials.id,
            tenant_id: credentials.tenant_id,
            client_id: credentials.client_id,
            secret_version: credentials.secret_version,
            client_type: credentials.client_type,
            verified_at: credentials.is_verified.then_some(now),
            paused: before.and_then(|network| network.paused.clone()),
            probe_at: None,
            closed_until: before.and_then(|network| network.closed_until),
            closed_limit: before.and_then(|network| network.closed_limit),
            former_clients: former_clients.unwrap_or_default(),
            secrets_held_until: before.and_then(|network| network.secrets_held_until),
            created_at: before.map_or(now, |network| network.created_at),
            updated_at: now,
        }
    }

    /// X accepts the credentials.
    pub const fn verified(&mut self, now: UnixMillis) {
        self.verified_at = Some(now);
    }

    /// The same secret, sealed anew as another version.
    pub const fn re_encrypted(&mut self, secret_version: u32) {
        self.secret_version = secret_version;
    }

    pub const fn verified_at(&self) -> Option<UnixMillis> {
        self.verified_at
    }

    pub const fn secret_version(&self) -> u32 {
        self.secret_version
    }

    pub fn client(&self) -> ClientRef {
        ClientRef {
            network_id: self.id.clone(),
            client_id: self.client_id.clone(),
            secret_version: self.secret_version,
        }
    }
}

impl ClientType {
    /// X's acceptance of Basic authentication proves a confidential client; without it the shape is all there is.
    pub const fn known_from(verified: bool, shape: ClientIdShape) -> Self {
        match (verified, shape) {
            (true, _) | (false, ClientIdShape::Confidential) => Self::Confidential,
            (false, ClientIdShape::Native) => Self::Public,
            (false, _) => Self::Unknown,
        }
    }
}
