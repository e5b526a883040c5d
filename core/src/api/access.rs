//! Which key opens which call: one row a route (docs/API.md, section 8).

use super::route::Route;
use crate::key::{Access, Reach, Scope};

const READ: Access = Access { scope: Scope::Read, reach: Reach::Account };
const READ_TENANT: Access = Access { scope: Scope::Read, reach: Reach::Tenant };
const PUBLISH: Access = Access { scope: Scope::Publish, reach: Reach::Account };
const PUBLISH_TENANT: Access = Access { scope: Scope::Publish, reach: Reach::Tenant };
const CONNECT: Access = Access { scope: Scope::Connect, reach: Reach::Tenant };
const ADMIN: Access = Access { scope: Scope::Admin, reach: Reach::Tenant };
const ADMIN_ALL: Access = Access { scope: Scope::Admin, reach: Reach::Workspace };

impl Route {
    /// What an API key needs for this call; `None` for what no key opens.
    pub const fn access(&self) -> Option<Access> {
        Some(match self {
            Self::Health
            | Self::Dashboard
            | Self::SignIn
            | Self::SignedIn
            | Self::SignOut
            | Self::SignOutEverywhere
            | Self::SessionComplete(_)
            | Self::SessionConfirm(_)
            | Self::SessionPreflight(_)
            | Self::MediaPreflight
            | Self::MediaReceive(_)
            | Self::MediaFile(_)
            | Self::Preflight
            | Self::Options
            | Self::ConnectStart
            | Self::ConnectStartConfirmed
            | Self::ConnectLink(_)
            | Self::ConnectCallback
            | Self::ConnectResult(_)
            | Self::ConnectLogo(_)
            | Self::ConnectPress(_) => return None,
            Self::NetworkCreate
            | Self::NetworkUpdate(_)
            | Self::NetworkDelete(_)
            | Self::NetworkVerify(_)
            | Self::NetworkResume(_)
            | Self::KeyCreate
            | Self::KeyList
            | Self::KeyDelete(_)
            | Self::Audit
            | Self::WebhookCreate
            | Self::WebhookList
            | Self::WebhookGet(_)
            | Self::WebhookChange(_)
            | Self::WebhookDelete(_)
            | Self::WebhookTest(_)
            | Self::WebhookDeliveries(_)
            | Self::WebhookRedeliver { .. } => ADMIN,
            Self::SettingsGet
            | Self::SettingsChange
            | Self::ResealStart
            | Self::ResealGet
            | Self::HandoverStart
            | Self::HandoverGet
            | Self::HandoverEnd
            | Self::Export
            | Self::Restore => ADMIN_ALL,
            Self::AuthUrl(_)
            | Self::SessionCreate
            | Self::SessionGet(_)
            | Self::SessionCancel(_)
            | Self::SessionAccept(_)
            | Self::AccountDelete(_) => CONNECT,
            Self::NetworkList | Self::NetworkGet(_) | Self::MediaList | Self::MediaGet(_) | Self::Usage => READ_TENANT,
            Self::MediaCreate | Self::MediaConfirm(_) | Self::MediaDelete(_) => PUBLISH_TENANT,
            Self::Pass { is_read: true, .. }
            | Self::AccountList
            | Self::AccountGet(_)
            | Self::AccountHealth(_)
            | Self::AccountLimits(_)
            | Self::AccountMetrics(_)
            | Self::ImportList(_)
            | Self::ImportGet { .. }
            | Self::PostList
            | Self::PostGet(_)
            | Self::PostAnalytics(_)
            | Self::PostReplies(_) => READ,
            Self::Pass { is_read: false, .. }
            | Self::ImportCreate(_)
            | Self::PostCreate
            | Self::PostChange(_)
            | Self::PostDelete(_)
            | Self::PostDeleteRemote(_)
            | Self::PostRetry(_)
            | Self::PostResolve { .. }
            | Self::PostReply(_)
            | Self::PostRepost(_) => PUBLISH,
        })
    }
}
