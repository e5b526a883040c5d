//! The stable error codes of docs/API.md, each with its status and the remedy.

use serde::{Deserialize, Serialize};

/// Why a call was refused. A program may match on it; the name never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Code {
    InvalidJson,
    InvalidPayload,
    UnsupportedNetwork,
    NetworkNotConfigured,
    UnknownAccount,
    AmbiguousAccount,
    TextTooLong,
    MediaUrlRefused,
    InvalidSchedule,
    VerifierMismatch,
    StateUnknown,
    InvalidApiKey,
    InvalidSessionToken,
    CreditsDepleted,
    InsufficientKeyScope,
    OriginNotAllowed,
    HttpsRequired,
    InsufficientPermissions,
    AccountLocked,
    ConfirmationFailed,
    AccessDenied,
    NotFound,
    MethodNotAllowed,
    AlreadyPublished,
    InFlight,
    IdempotencyInProgress,
    ClientChanged,
    SessionSpent,
    ApprovalLate,
    SessionExpired,
    ApprovalStale,
    PayloadTooLarge,
    UnsupportedMediaType,
    InvalidClientId,
    InvalidClientSecret,
    OAuth1KeyGiven,
    PublicClient,
    RedirectUriMismatch,
    IdempotencyKeyReused,
    UnsupportedMedia,
    MediaTooLarge,
    CostExceeded,
    BudgetExceeded,
    AccountMismatch,
    MissingScope,
    InvalidGrant,
    AppNotEnrolled,
    AppReadOnly,
    RateLimited,
    TooManyUploads,
    Internal,
    Misconfigured,
    XUnavailable,
    XInvalidResponse,
    XTimeout,
}

/// A name that is no code of ours.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not an error code")]
pub struct UnknownCode;

impl From<Code> for &'static str {
    fn from(code: Code) -> Self {
        code.as_str()
    }
}

impl TryFrom<String> for Code {
    type Error = UnknownCode;

    fn try_from(name: String) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name).ok_or(UnknownCode)
    }
}

impl Code {
    pub const ALL: &[Self] = &[
        Self::InvalidJson,
        Self::InvalidPayload,
        Self::UnsupportedNetwork,
        Self::NetworkNotConfigured,
        Self::UnknownAccount,
        Self::AmbiguousAccount,
        Self::TextTooLong,
        Self::MediaUrlRefused,
        Self::InvalidSchedule,
        Self::VerifierMismatch,
        Self::StateUnknown,
        Self::InvalidApiKey,
        Self::InvalidSessionToken,
        Self::CreditsDepleted,
        Self::InsufficientKeyScope,
        Self::OriginNotAllowed,
        Self::HttpsRequired,
        Self::InsufficientPermissions,
        Self::AccountLocked,
        Self::ConfirmationFailed,
        Self::AccessDenied,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::AlreadyPublished,
        Self::InFlight,
        Self::IdempotencyInProgress,
        Self::ClientChanged,
        Self::SessionSpent,
        Self::ApprovalLate,
        Self::SessionExpired,
        Self::ApprovalStale,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidClientId,
        Self::InvalidClientSecret,
        Self::OAuth1KeyGiven,
        Self::PublicClient,
        Self::RedirectUriMismatch,
        Self::IdempotencyKeyReused,
        Self::UnsupportedMedia,
        Self::MediaTooLarge,
        Self::CostExceeded,
        Self::BudgetExceeded,
        Self::AccountMismatch,
        Self::MissingScope,
        Self::InvalidGrant,
        Self::AppNotEnrolled,
        Self::AppReadOnly,
        Self::RateLimited,
        Self::TooManyUploads,
        Self::Internal,
        Self::Misconfigured,
        Self::XUnavailable,
        Self::XInvalidResponse,
        Self::XTimeout,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status it always comes with.
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// What is on the wire of docs/API.md, section 10: name, status.
    const fn row(self) -> (&'static str, u16) {
        match self {
            Self::InvalidJson => ("invalid_json", 400),
            Self::InvalidPayload => ("invalid_payload", 400),
            Self::UnsupportedNetwork => ("unsupported_network", 400),
            Self::NetworkNotConfigured => ("network_not_configured", 400),
            Self::UnknownAccount => ("unknown_account", 400),
            Self::AmbiguousAccount => ("ambiguous_account", 400),
            Self::TextTooLong => ("text_too_long", 400),
            Self::MediaUrlRefused => ("media_url_refused", 400),
            Self::InvalidSchedule => ("invalid_schedule", 400),
            Self::VerifierMismatch => ("verifier_mismatch", 400),
            Self::StateUnknown => ("state_unknown", 400),
            Self::InvalidApiKey => ("invalid_api_key", 401),
            Self::InvalidSessionToken => ("invalid_session_token", 401),
            Self::CreditsDepleted => ("credits_depleted", 402),
            Self::InsufficientKeyScope => ("insufficient_key_scope", 403),
            Self::OriginNotAllowed => ("origin_not_allowed", 403),
            Self::HttpsRequired => ("https_required", 403),
            Self::InsufficientPermissions => ("insufficient_permissions", 403),
            Self::AccountLocked => ("account_locked", 403),
            Self::ConfirmationFailed => ("confirmation_failed", 403),
            Self::AccessDenied => ("access_denied", 403),
            Self::NotFound => ("not_found", 404),
            Self::MethodNotAllowed => ("method_not_allowed", 405),
            Self::AlreadyPublished => ("already_published", 409),
            Self::InFlight => ("in_flight", 409),
            Self::IdempotencyInProgress => ("idempotency_in_progress", 409),
            Self::ClientChanged => ("client_changed", 409),
            Self::SessionSpent => ("session_spent", 409),
            Self::ApprovalLate => ("approval_late", 409),
            Self::SessionExpired => ("session_expired", 410),
            Self::ApprovalStale => ("approval_stale", 410),
            Self::PayloadTooLarge => ("payload_too_large", 413),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415),
            Self::InvalidClientId => ("invalid_client_id", 422),
            Self::InvalidClientSecret => ("invalid_client_secret", 422),
            Self::OAuth1KeyGiven => ("oauth1_key_given", 422),
            Self::PublicClient => ("public_client", 422),
            Self::RedirectUriMismatch => ("redirect_uri_mismatch", 422),
            Self::IdempotencyKeyReused => ("idempotency_key_reused", 422),
            Self::UnsupportedMedia => ("unsupported_media", 422),
            Self::MediaTooLarge => ("media_too_large", 422),
            Self::CostExceeded => ("cost_exceeded", 422),
            Self::BudgetExceeded => ("budget_exceeded", 422),
            Self::AccountMismatch => ("account_mismatch", 422),
            Self::MissingScope => ("missing_scope", 422),
            Self::InvalidGrant => ("invalid_grant", 422),
            Self::AppNotEnrolled => ("app_not_enrolled", 422),
            Self::AppReadOnly => ("app_read_only", 422),
            Self::RateLimited => ("rate_limited", 429),
            Self::TooManyUploads => ("too_many_uploads", 429),
            Self::Internal => ("internal", 500),
            Self::Misconfigured => ("misconfigured", 500),
            Self::XUnavailable => ("x_unavailable", 502),
            Self::XInvalidResponse => ("x_invalid_response", 502),
            Self::XTimeout => ("x_timeout", 504),
        }
    }

    /// What to do about it, unless the refusal knows better: the third column. A table of its own, which the composer is
    /// without.
    #[expect(clippy::match_same_arms, reason = "two codes may have one remedy")]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::InvalidJson => "Send one JSON value in UTF-8; the message says where reading stopped.",
            Self::InvalidPayload => "Correct the fields named in `details` and send the call again.",
            Self::UnsupportedNetwork => "The only network here is \"x\".",
            Self::NetworkNotConfigured => {
                "Add your X app first, with its OAuth 2.0 client id and secret: POST /v1/social-networks."
            }
            Self::UnknownAccount => "Use an id or username that GET /v1/social-accounts lists for this tenant.",
            Self::AmbiguousAccount => "Use the account id, or narrow the call with `tenant_id`.",
            Self::TextTooLong => "Shorten the text; X counts a URL as 23 and an emoji as 2.",
            Self::MediaUrlRefused => "Use a public https URL on the default port.",
            Self::InvalidSchedule => {
                "Give an ISO 8601 time with an offset, at most 365 days ahead and at most 24 hours ago."
            }
            Self::VerifierMismatch => {
                "Complete the session from the page that started it, with the verifier it made then."
            }
            Self::StateUnknown => "Start again from the page where you wanted to connect.",
            Self::InvalidApiKey => "Send `Authorization: Bearer <API key>` with a key that is still in force.",
            Self::InvalidSessionToken => "Send the token that came with this connect session.",
            Self::CreditsDepleted => {
                "Add credits to your X developer account; held posts go out by themselves afterwards."
            }
            Self::InsufficientKeyScope => "Use a key with the scope that this call needs.",
            Self::OriginNotAllowed => "Create the session with the `origin` of the page that uses it.",
            Self::HttpsRequired => {
                "Use the https address. What this request carried was sent in the open: replace it if it was a secret."
            }
            Self::InsufficientPermissions => {
                "In X's console, \"User authentication settings\", set \"App permissions\" to \"Read and write\", save, then connect the account again."
            }
            Self::AccountLocked => "Sign in at https://x.com as this account and do what X asks there, then try again.",
            Self::ConfirmationFailed => "Start again and type the code that the other browser shows.",
            Self::AccessDenied => "The person declined at X; offer the button again.",
            Self::NotFound => "Check the id and the path.",
            Self::MethodNotAllowed => "Use a method that the header `Allow` names.",
            Self::AlreadyPublished => "A post that was sent cannot be edited; delete it on X and create another.",
            Self::InFlight => "Wait until every delivery is final, then try again.",
            Self::IdempotencyInProgress => "The first call with this key is still running; ask again in a moment.",
            Self::ClientChanged => {
                "Connected accounts belong to the old client id. To replace it all the same, send `force: true` with POST /v1/social-networks; those accounts must then reconnect."
            }
            Self::SessionSpent => "Create a new connect session.",
            Self::ApprovalLate => "Give the post a new time: PATCH /v1/posts/{id} with `scheduledAt`, then approve it.",
            Self::SessionExpired => "Create a new connect session.",
            Self::ApprovalStale => {
                "Read the post again: its `approval` says what it asks for now, and under which number."
            }
            Self::PayloadTooLarge => "Keep a JSON body under 1 MiB.",
            Self::UnsupportedMediaType => "Send `Content-Type: application/json`.",
            Self::InvalidClientId => {
                "In X's console, Apps, your app, \"Keys and tokens\", copy the Client ID under \"OAuth 2.0 Client ID and Client Secret\"; if there is none, set up \"User authentication settings\" first."
            }
            Self::InvalidClientSecret => {
                "In X's console, Apps, your app, \"Keys and tokens\", press \"Regenerate\" beside the OAuth 2.0 Client Secret and store the new one here: X shows it once, and the one before is void."
            }
            Self::OAuth1KeyGiven => {
                "This looks like the API key of OAuth 1.0a. On the same page of X's console, \"Keys and tokens\", use the pair under \"OAuth 2.0 Client ID and Client Secret\"."
            }
            Self::PublicClient => {
                "In X's console, \"User authentication settings\", set the type of app to \"Web App, Automated App or Bot\", then use the new client id and secret."
            }
            Self::RedirectUriMismatch => {
                "In X's console, Apps, your app, \"User authentication settings\", paste the `callback_url` of your X app here under \"Callback URI / Redirect URL\", to the letter, and save."
            }
            Self::IdempotencyKeyReused => "Use a new Idempotency-Key for a different call.",
            Self::UnsupportedMedia => "Use JPEG, PNG, WEBP, GIF, MP4 or MOV.",
            Self::MediaTooLarge => "Images up to 5 MB, GIFs up to 15 MB, videos up to the configured limit.",
            Self::CostExceeded => "Raise `max_cost_usd` or change the post; a URL makes it dearer.",
            Self::BudgetExceeded => "Raise the monthly budget in the settings or wait for the next month.",
            Self::AccountMismatch => "Sign in to X as the expected account and connect again.",
            Self::MissingScope => "Connect the account again and grant what is missing.",
            Self::InvalidGrant => "X's authorization code lives 30 seconds and works once; connect again.",
            Self::AppNotEnrolled => "In X's console attach the app to a project or package, and move it to Production.",
            Self::AppReadOnly => {
                "In X's console, \"User authentication settings\", set \"App permissions\" to \"Read and write\", save, then connect the account again."
            }
            Self::RateLimited => "Wait for the time in Retry-After.",
            Self::TooManyUploads => {
                "Confirm or delete uploads that are pending; what is not confirmed goes after 24 hours."
            }
            Self::Internal => "Nothing you sent is at fault; try again, and give the request id if it stays.",
            Self::Misconfigured => "Set what the message names in the Worker's configuration and deploy again.",
            Self::XUnavailable => "X did not answer properly; try again in a moment.",
            Self::XInvalidResponse => "X answered something that is not its API; try again in a moment.",
            Self::XTimeout => "X took too long; try again in a moment.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_from_its_name() {
        for code in Code::ALL.iter().copied() {
            let json = serde_json::to_value(code).unwrap_or_default();
            assert_eq!(json, code.as_str());
            assert_eq!(serde_json::from_value::<Code>(json).ok(), Some(code));
        }
    }

    #[test]
    fn a_code_that_is_added_is_listed() {
        // The last variant's number is one less than how many there are.
        assert_eq!(Code::ALL.len(), Code::XTimeout as usize + 1);
    }
}
