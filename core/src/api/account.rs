//! Rows of `/v1/social-accounts` (docs/API.md, section 4). Never a token.

use serde::{Deserialize, Serialize};

use super::query::{Page, Query};
use super::refused::Refused;
use crate::account::{Account, Reason, Status};
use crate::id::{AccountId, NetworkId, TenantId, XUserId};
use crate::oauth::Scopes;
use crate::time::{UnixMillis, iso};

/// The row of the original API, and what it lacks: status, scopes, expiry.
#[derive(Debug, Serialize)]
pub struct AccountView<'a> {
    id: &'a AccountId,
    #[serde(rename = "orgId")]
    org_id: &'a str,
    nickname: &'a str,
    network: &'static str,
    username: &'a str,
    profile_picture_url: Option<&'a str>,
    network_unique_id: &'a XUserId,
    customer_social_network_id: &'a NetworkId,
    #[serde(rename = "accountType")]
    account_type: &'static str,
    #[serde(rename = "isActive")]
    is_active: u8,
    #[serde(rename = "createdAt", with = "iso")]
    created_at: UnixMillis,
    #[serde(rename = "tenantId")]
    tenant_id_camel: Option<&'a TenantId>,
    tenant_id: Option<&'a TenantId>,
    scopes: &'a Scopes,
    status: Status,
    status_reason: Option<Reason>,
    #[serde(with = "iso")]
    status_since: UnixMillis,
    max_post_length: u32,
    #[serde(with = "iso")]
    token_expires_at: UnixMillis,
}

impl<'a> AccountView<'a> {
    pub fn new(account: &'a Account, org_id: &'a str) -> Self {
        Self {
            id: &account.id,
            org_id,
            nickname: &account.user.name,
            network: "x",
            username: &account.user.username,
            profile_picture_url: account.user.profile_image_url.as_deref(),
            network_unique_id: &account.user.id,
            customer_social_network_id: &account.network_id,
            account_type: "personal",
            is_active: u8::from(account.status == Status::Active),
            created_at: account.created_at,
            tenant_id_camel: account.tenant_id.as_ref(),
            tenant_id: account.tenant_id.as_ref(),
            scopes: &account.scopes,
            status: account.status,
            status_reason: account.status_reason,
            status_since: account.status_since,
            max_post_length: account.user.max_post_length(),
            token_expires_at: account.token_expires_at,
        }
    }
}

/// The filters of the list.
#[derive(Debug, Serialize, Deserialize)]
pub struct AccountFilter {
    pub id: Option<String>,
    pub tenant_id: Option<String>,
    pub network: Option<String>,
    pub network_unique_id: Option<String>,
    /// Part of it, in any case.
    pub username: Option<String>,
    pub status: Option<String>,
    pub page: Page,
}

impl AccountFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        Ok(Self {
            id: query.take(&["id"]),
            tenant_id: query.take(&["tenantId", "tenant_id"]),
            network: query.take(&["network"]),
            network_unique_id: query.take(&["networkUniqueId", "network_unique_id"]),
            username: query.take(&["username"]),
            status: query.take(&["status"]),
            page: query.take_page()?,
        })
    }

    pub fn admits(&self, account: &Account) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        let name_part = |part: &String| account.user.username.to_lowercase().contains(&part.to_lowercase());
        let status = serde_json::to_value(account.status).unwrap_or_default();
        is(&self.id, account.id.as_str())
            && is(&self.tenant_id, account.tenant_id.as_ref().map_or("", TenantId::as_str))
            && self.network.as_deref().is_none_or(|network| matches!(network, "x" | "twitter"))
            && is(&self.network_unique_id, account.user.id.as_str())
            && self.username.as_ref().is_none_or(name_part)
            && is(&self.status, status.as_str().unwrap_or_default())
    }
}
