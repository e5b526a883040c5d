//! The operator's X app, as the workspace stores it. The client secret is elsewhere, sealed, one per version.

use serde::{Deserialize, Serialize};

use crate::delivery::{Delivery, Failure, FailureCode, State};
use crate::doctor::ClientIdShape;
use crate::id::{NetworkId, TenantId};
use crate::media::Limits;
use crate::refusal::Code;
use crate::settings::{OnUnknown, Settings};
use crate::time::UnixMillis;
use crate::x::price::Micros;

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
    /// When it is next asked whether the app works again; with `paused` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe_at: Option<UnixMillis>,
    /// X's limit for the app as a whole is spent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_until: Option<UnixMillis>,
    /// How much that limit allows. Rows of before it was kept do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_limit: Option<i64>,
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

/// Whether an account's object may call X now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Why not, in the words of the delivery that was refused first.
    pub paused: Option<Failure>,
    pub closed_until: Option<UnixMillis>,
    /// How much the limit allows that is spent until then, if that is known.
    pub closed_limit: Option<i64>,
    /// The operator's policy on lost answers.
    pub may_resend: bool,
    /// What X charges for each post that a read returns.
    pub post_read: Micros,
    /// Of files that posts name by URL.
    pub allowed_media: Limits,
}

impl Gate {
    /// Nothing is known against it.
    pub fn open(settings: &Settings) -> Self {
        let may_resend = settings.on_unknown == OnUnknown::Resend;
        Self {
            paused: None,
            closed_until: None,
            closed_limit: None,
            may_resend,
            post_read: settings.prices.post_read,
            allowed_media: settings.allowed_media.clone(),
        }
    }
}

impl Pause {
    /// What a delivery that is held says of the app; nothing when it is held for another reason, or only because the
    /// ledger said so.
    pub fn reported_by(delivery: &Delivery, now: UnixMillis) -> Option<Self> {
        let failure = delivery.error.as_ref().filter(|_| delivery.state == State::Held && !delivery.is_unasked)?;
        let reason = match failure.code {
            FailureCode::CreditsDepleted => "credits_depleted",
            FailureCode::AppReadOnly => "app_read_only",
            FailureCode::AppNotEnrolled => "app_not_enrolled",
            FailureCode::XRefused => "invalid_client",
            _ => return None,
        };
        Some(Self { reason: reason.to_owned(), since: now })
    }

    /// What mends it is the hint of this code.
    pub fn code(&self) -> Code {
        match self.reason.as_str() {
            "credits_depleted" => Code::CreditsDepleted,
            "app_read_only" => Code::AppReadOnly,
            "app_not_enrolled" => Code::AppNotEnrolled,
            _ => Code::InvalidClientSecret,
        }
    }

    /// What it says to the deliveries that come due meanwhile.
    pub fn failure(&self) -> Failure {
        let (code, message) = match self.reason.as_str() {
            "credits_depleted" => (FailureCode::CreditsDepleted, "The X app has no credits."),
            "app_read_only" => (FailureCode::AppReadOnly, "The X app may only read."),
            "app_not_enrolled" => (FailureCode::AppNotEnrolled, "The X app is in no project or package."),
            _ => (FailureCode::XRefused, "X refuses the app's client id or secret."),
        };
        Failure { code, message: message.to_owned() }
    }
}

impl Network {
    /// The app is refused: nothing of it calls X until a probe or a person says otherwise. Says whether that is news.
    pub fn pause(&mut self, pause: Pause, probe_at: UnixMillis) -> bool {
        let is_news = self.paused.is_none();
        if is_news {
            self.paused = Some(pause);
            self.probe_at = Some(probe_at);
        }
        is_news
    }

    pub fn resume(&mut self) {
        self.paused = None;
        self.probe_at = None;
    }

    pub fn gate(&self, settings: &Settings, now: UnixMillis) -> Gate {
        Gate {
            paused: self.paused.as_ref().map(Pause::failure),
            closed_until: self.closed_until.filter(|until| *until > now),
            closed_limit: self.closed_limit,
            ..Gate::open(settings)
        }
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
