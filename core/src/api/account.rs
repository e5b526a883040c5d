//! Rows of `/v1/social-accounts` (docs/API.md, section 4). Never a token.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::page::{List, Page};
use super::query::Query;
use crate::account::{Account, Reason, Status};
use crate::grant::Grant;
use crate::id::{AccountId, NetworkId, TenantId, XUserId};
use crate::network::is_x;
use crate::oauth::Scopes;
use crate::refusal::Code;
use crate::refusal::Refused;
use crate::revocation;
use crate::time::{UnixMillis, iso};
use crate::x::XError;
use crate::x::price::Reads;
use crate::x::rate::{Window, windows};
use crate::x::user::XUser;

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
    revocation: Option<RevocationView>,
}

/// What X says of the tokens that were discarded.
#[derive(Debug, Serialize)]
struct RevocationView {
    status: revocation::Status,
    #[serde(with = "iso")]
    since: UnixMillis,
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
            revocation: account.revocation.status().map(|(status, since)| RevocationView { status, since }),
        }
    }
}

/// The filters of the list.
#[derive(Debug)]
pub struct AccountFilter {
    pub id: Option<String>,
    pub tenant_id: Option<String>,
    pub network: Option<String>,
    pub network_unique_id: Option<String>,
    /// The X app that they were connected through.
    pub network_id: Option<String>,
    /// Part of it, in any case.
    pub username: Option<String>,
    pub status: Option<String>,
    pub page: Page,
}

impl AccountFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        Ok(Self {
            id: query.take(&["id"]),
            tenant_id: query.take_tenant(),
            network: query.take(&["network"]),
            network_unique_id: query.take(&["networkUniqueId", "network_unique_id"]),
            network_id: query.take(&["customer_social_network_id"]),
            username: query.take(&["username"]).map(|name| name.trim_start_matches('@').to_owned()),
            status: known_status(query.take(&["status"]))?,
            page: Page::from_query(query, List::Accounts)?,
        })
    }

    /// Rows that are gone but for tokens that X has not revoked are asked for by this status.
    pub fn wants_disconnected(&self) -> bool {
        self.status.as_deref() == Some("disconnected")
    }

    /// There is one network, under two names.
    pub fn is_of_x(&self) -> bool {
        self.network.as_deref().is_none_or(is_x)
    }
}

fn known_status(status: Option<String>) -> Result<Option<String>, Refused> {
    match status.as_deref() {
        None | Some("active" | "reconnect_required" | "disconnected") => Ok(status),
        Some(_) => Err(Refused::field("status", "expected active, reconnect_required or disconnected")),
    }
}

/// What an account's object found out about it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Health {
    username: Option<String>,
    scopes: Scopes,
    token_expires_at: Option<UnixMillis>,
    rate_limits: Vec<Window>,
    problem: Option<(Code, String)>,
}

impl Health {
    /// X answered.
    pub fn from_x(
        user: Result<XUser, XError>,
        answer: &http::Response<Vec<u8>>,
        grant: Option<&Grant>,
        now: UnixMillis,
    ) -> Self {
        let rate_limits = windows(answer.headers(), now);
        match user {
            Ok(user) => Self { username: Some(user.username), rate_limits, ..Self::with(None, grant) },
            Err(error) => {
                let refused = Refused::from_x(&error, now);
                Self { rate_limits, ..Self::with(Some((refused.code, refused.message)), grant) }
            }
        }
    }

    /// X was not asked, or did not answer.
    pub fn unanswered(why: &Refused, grant: Option<&Grant>) -> Self {
        Self::with(Some((why.code, why.message.clone())), grant)
    }

    /// What X charges for of its answer.
    pub fn reads(&self) -> Reads {
        Reads { users: usize::from(self.problem.is_none()), posts: 0 }
    }

    fn with(problem: Option<(Code, String)>, grant: Option<&Grant>) -> Self {
        Self {
            username: None,
            scopes: grant.map(|grant| grant.scopes.clone()).unwrap_or_default(),
            token_expires_at: grant.map(|grant| grant.expires_at),
            rate_limits: Vec::new(),
            problem,
        }
    }

    /// `GET /v1/social-accounts/{id}/health`.
    pub fn view(&self, id: &str, username: &str, now: UnixMillis) -> Value {
        let limits = self.rate_limits.iter().map(window_view);
        let mut view = json!({
            "id": id,
            "network": "x",
            "healthy": self.problem.is_none(),
            "checkedAt": now.to_iso(),
            "details": {
                "username": self.username.as_deref().unwrap_or(username),
                "scopes": self.scopes,
                "missing_scopes": self.scopes.missing(&Scopes::publish_default()),
                "token_expires_at": self.token_expires_at.map(UnixMillis::to_iso),
                "rate_limits": limits.collect::<Vec<_>>(),
            },
        });
        if let (Some((code, message)), Some(fields)) = (&self.problem, view.as_object_mut()) {
            fields.insert("error".into(), json!(message));
            fields.insert("errorCode".into(), json!(code.as_str()));
        }
        view
    }
}

fn window_view(window: &Window) -> Value {
    json!({
        "limit": window.limit,
        "remaining": window.remaining,
        "reset_at": window.reset_at.to_iso(),
        "window": window.kind.as_str(),
    })
}

/// `GET /v1/social-accounts/{id}/limits`: each window with the endpoint that it is for.
pub fn limits_view(windows: &[(String, Window)]) -> Vec<Value> {
    let row = |(endpoint, window): &(String, Window)| {
        let mut row = window_view(window);
        if let Some(fields) = row.as_object_mut() {
            fields.insert("endpoint".into(), json!(endpoint));
        }
        row
    };
    windows.iter().map(row).collect()
}
