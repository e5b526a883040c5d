//! The operator's X app, as the ledger keeps it. The client secret is elsewhere, sealed, one per version.

use serde::{Deserialize, Serialize};

use crate::doctor::ClientIdShape;
use crate::id::{NetworkId, TenantId};
use crate::time::UnixMillis;

/// One X app; with a tenant, that tenant's own. Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub id: NetworkId,
    pub tenant_id: Option<TenantId>,
    pub client_id: String,
    /// Which sealed secret is current. A version is never written twice.
    pub secret_version: u32,
    pub client_type: ClientType,
    pub verified_at: Option<UnixMillis>,
    pub paused: Option<Pause>,
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

/// What is wrong with the app holds its deliveries until it is mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub reason: String,
    #[serde(with = "crate::time::iso")]
    pub since: UnixMillis,
}

/// Which client a token belongs to, and which secret opens the token endpoint for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRef {
    pub network_id: NetworkId,
    pub client_id: String,
    pub secret_version: u32,
}

impl Network {
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
