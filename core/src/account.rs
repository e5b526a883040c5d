//! A connected X account, as the ledger keeps it. Its tokens are elsewhere, sealed, in the account's own object.

use serde::{Deserialize, Serialize};

use crate::grant::Ended;
use crate::id::{AccountId, NetworkId, TenantId, XPostId, account_object};
use crate::oauth::Scopes;
use crate::revocation::Revocation;
use crate::time::UnixMillis;
use crate::x::user::XUser;

/// One X user under one tenant and one X app. Stored as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub network_id: NetworkId,
    pub tenant_id: Option<TenantId>,
    pub user: XUser,
    pub scopes: Scopes,
    pub status: Status,
    pub status_reason: Option<Reason>,
    pub status_since: UnixMillis,
    pub token_expires_at: UnixMillis,
    /// When X's consent for it came last. Rows of before it was kept do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_at: Option<UnixMillis>,
    /// The session that connected it last: what is told of it again is no news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Tokens of this account that were discarded, and what X says of them. Rows of before never kept any.
    #[serde(default)]
    pub revocation: Revocation,
    pub created_at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    ReconnectRequired,
    Disconnected,
}

/// Why an account is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    RefreshTokenRefused,
    RefreshAnswerLost,
    NoRefreshToken,
    ClientChanged,
    NetworkDeleted,
}

impl From<Ended> for Reason {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::RefreshTokenRefused => Self::RefreshTokenRefused,
            Ended::RefreshAnswerLost => Self::RefreshAnswerLost,
            Ended::NoRefreshToken => Self::NoRefreshToken,
            Ended::ClientChanged => Self::ClientChanged,
        }
    }
}

/// What a connection or a refresh tells the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    pub network_id: NetworkId,
    /// Whose tokens they are: an account is entered only while the X app has this client id.
    pub client_id: String,
    pub tenant_id: Option<TenantId>,
    pub user: XUser,
    pub scopes: Scopes,
    pub token_expires_at: UnixMillis,
    /// The connect session that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

impl Account {
    pub fn new(id: AccountId, consent: Consent, now: UnixMillis) -> Self {
        Self {
            id,
            network_id: consent.network_id,
            tenant_id: consent.tenant_id,
            user: consent.user,
            scopes: consent.scopes,
            status: Status::Active,
            status_reason: None,
            status_since: now,
            token_expires_at: consent.token_expires_at,
            connected_at: Some(now),
            session_id: consent.session_id,
            revocation: Revocation::default(),
            created_at: now,
        }
    }

    /// The same X user consented again: id and history stay, and what X still has to revoke; everything X says is new.
    pub fn reconnected(&mut self, mut consent: Consent, now: UnixMillis) {
        consent.user = self.user.updated_by(consent.user);
        let (created_at, revocation) = (self.created_at, self.revocation);
        *self = Self { revocation, created_at, ..Self::new(self.id.clone(), consent, now) };
    }

    /// When it was connected last. Of a row that does not say: since when it has its status, which every connection set.
    pub fn connected_at(&self) -> UnixMillis {
        self.connected_at.unwrap_or(self.status_since)
    }

    /// Says whether it has another status than before.
    pub fn set_status(&mut self, status: Status, reason: Option<Reason>, now: UnixMillis) -> bool {
        let is_news = self.status != status;
        if is_news || self.status_reason != reason {
            self.status = status;
            self.status_reason = reason;
            self.status_since = now;
        }
        is_news
    }

    /// The X app that its tokens were for is gone, whether or not its object has heard of that.
    pub const fn has_lost_its_app(&self) -> bool {
        matches!(self.status_reason, Some(Reason::NetworkDeleted | Reason::ClientChanged))
    }

    /// The name of the object that holds the tokens: one per app and X user, however many tenants share it.
    pub fn object(&self) -> String {
        account_object(&self.network_id, self.user.id.as_str())
    }

    /// Where a post of this account is for people to see.
    pub fn post_url(&self, id: &XPostId) -> String {
        format!("https://x.com/{}/status/{id}", self.user.username)
    }

    pub fn is_called(&self, name: &str) -> bool {
        self.user.username.eq_ignore_ascii_case(name.trim_start_matches('@'))
    }
}
