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

    /// What to do about it, unless the refusal knows better.
    pub const fn hint(self) -> &'static str {
        self.row().2
    }

    /// The whole table of docs/API.md, section 10: name, status, hint.
    #[expect(clippy::too_many_lines, reason = "one table, a row a code")]
    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::InvalidJson => {
                ("invalid_json", 400, "Send one JSON value in UTF-8; the message says where reading stopped.")
            }
            Self::InvalidPayload => {
                ("invalid_payload", 400, "Correct the fields named in `details` and send the call again.")
            }
            Self::UnsupportedNetwork => ("unsupported_network", 400, "The only network here is \"x\"."),
            Self::NetworkNotConfigured => (
                "network_not_configured",
                400,
                "Add your X app first: POST /v1/social-networks with its OAuth 2.0 client id and secret.",
            ),
            Self::UnknownAccount => {
                ("unknown_account", 400, "Use an id or username that GET /v1/social-accounts lists for this tenant.")
            }
            Self::AmbiguousAccount => {
                ("ambiguous_account", 400, "Use the account id, or narrow the call with `tenant_id`.")
            }
            Self::TextTooLong => ("text_too_long", 400, "Shorten the text; X counts a URL as 23 and an emoji as 2."),
            Self::MediaUrlRefused => ("media_url_refused", 400, "Use a public https URL on the default port."),
            Self::InvalidSchedule => (
                "invalid_schedule",
                400,
                "Give an ISO 8601 time with an offset, at most 365 days ahead and at most 24 hours ago.",
            ),
            Self::VerifierMismatch => (
                "verifier_mismatch",
                400,
                "Complete the session from the page that started it, with the verifier it made then.",
            ),
            Self::StateUnknown => ("state_unknown", 400, "Start again from the page where you wanted to connect."),
            Self::InvalidApiKey => {
                ("invalid_api_key", 401, "Send `Authorization: Bearer <API key>` with a key that is still in force.")
            }
            Self::InvalidSessionToken => {
                ("invalid_session_token", 401, "Send the token that came with this connect session.")
            }
            Self::CreditsDepleted => (
                "credits_depleted",
                402,
                "Add credits to your X developer account; held posts go out by themselves afterwards.",
            ),
            Self::InsufficientKeyScope => {
                ("insufficient_key_scope", 403, "Use a key with the scope that this call needs.")
            }
            Self::OriginNotAllowed => {
                ("origin_not_allowed", 403, "Create the session with the `origin` of the page that uses it.")
            }
            Self::HttpsRequired => (
                "https_required",
                403,
                "Use the https address. What this request carried was sent in the open: replace it if it was a secret.",
            ),
            Self::InsufficientPermissions => (
                "insufficient_permissions",
                403,
                "In X's console, \"User authentication settings\", set \"App permissions\" to \"Read and write\", save, then connect the account again.",
            ),
            Self::AccountLocked => (
                "account_locked",
                403,
                "Sign in at https://x.com as this account and do what X asks there, then try again.",
            ),
            Self::ConfirmationFailed => {
                ("confirmation_failed", 403, "Start again and type the code that the other browser shows.")
            }
            Self::AccessDenied => ("access_denied", 403, "The person declined at X; offer the button again."),
            Self::NotFound => ("not_found", 404, "Check the id and the path."),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "Use a method that the header `Allow` names."),
            Self::AlreadyPublished => {
                ("already_published", 409, "A post that was sent cannot be edited; delete it on X and create another.")
            }
            Self::InFlight => ("in_flight", 409, "Wait until every delivery is final, then try again."),
            Self::IdempotencyInProgress => (
                "idempotency_in_progress",
                409,
                "The first call with this key is still running; ask again in a moment.",
            ),
            Self::ClientChanged => (
                "client_changed",
                409,
                "Connected accounts belong to the old client id. `POST /v1/social-networks` with `force: true` replaces it; those accounts must then reconnect.",
            ),
            Self::SessionSpent => ("session_spent", 409, "Create a new connect session."),
            Self::ApprovalLate => (
                "approval_late",
                409,
                "Give the post a new time: PATCH /v1/posts/{id} with `scheduledAt`, then approve it.",
            ),
            Self::SessionExpired => ("session_expired", 410, "Create a new connect session."),
            Self::ApprovalStale => (
                "approval_stale",
                410,
                "Read the post again: its `approval` says what it asks for now, and under which number.",
            ),
            Self::PayloadTooLarge => ("payload_too_large", 413, "Keep a JSON body under 1 MiB."),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415, "Send `Content-Type: application/json`."),
            Self::InvalidClientId => (
                "invalid_client_id",
                422,
                "In X's console, Apps, your app, \"Keys and tokens\", copy the Client ID under \"OAuth 2.0 Client ID and Client Secret\"; if there is none, set up \"User authentication settings\" first.",
            ),
            Self::InvalidClientSecret => (
                "invalid_client_secret",
                422,
                "In X's console, Apps, your app, \"Keys and tokens\", press \"Regenerate\" beside the OAuth 2.0 Client Secret and store the new one here: X shows it once, and the one before is void.",
            ),
            Self::OAuth1KeyGiven => (
                "oauth1_key_given",
                422,
                "This looks like the API key of OAuth 1.0a. On the same page of X's console, \"Keys and tokens\", use the pair under \"OAuth 2.0 Client ID and Client Secret\".",
            ),
            Self::PublicClient => (
                "public_client",
                422,
                "In X's console, \"User authentication settings\", set the type of app to \"Web App, Automated App or Bot\", then use the new client id and secret.",
            ),
            Self::RedirectUriMismatch => (
                "redirect_uri_mismatch",
                422,
                "In X's console, Apps, your app, \"User authentication settings\", paste the `callback_url` of your X app here under \"Callback URI / Redirect URL\", to the letter, and save.",
            ),
            Self::IdempotencyKeyReused => {
                ("idempotency_key_reused", 422, "Use a new Idempotency-Key for a different call.")
            }
            Self::UnsupportedMedia => ("unsupported_media", 422, "Use JPEG, PNG, WEBP, GIF, MP4 or MOV."),
            Self::MediaTooLarge => {
                ("media_too_large", 422, "Images up to 5 MB, GIFs up to 15 MB, videos up to the configured limit.")
            }
            Self::CostExceeded => {
                ("cost_exceeded", 422, "Raise `max_cost_usd` or change the post; a URL makes it dearer.")
            }
            Self::BudgetExceeded => {
                ("budget_exceeded", 422, "Raise the monthly budget in the settings or wait for the next month.")
            }
            Self::AccountMismatch => {
                ("account_mismatch", 422, "Sign in to X as the expected account and connect again.")
            }
            Self::MissingScope => ("missing_scope", 422, "Connect the account again and grant what is missing."),
            Self::InvalidGrant => {
                ("invalid_grant", 422, "X's authorization code lives 30 seconds and works once; connect again.")
            }
            Self::AppNotEnrolled => (
                "app_not_enrolled",
                422,
                "In X's console attach the app to a project or package, and move it to Production.",
            ),
            Self::AppReadOnly => (
                "app_read_only",
                422,
                "In X's console, \"User authentication settings\", set \"App permissions\" to \"Read and write\", save, then connect the account again.",
            ),
            Self::RateLimited => ("rate_limited", 429, "Wait for the time in Retry-After."),
            Self::TooManyUploads => (
                "too_many_uploads",
                429,
                "Confirm or delete uploads that are pending; what is not confirmed goes after 24 hours.",
            ),
            Self::Internal => {
                ("internal", 500, "Nothing you sent is at fault; try again, and give the request id if it stays.")
            }
            Self::Misconfigured => {
                ("misconfigured", 500, "Set what the message names in the Worker's configuration and deploy again.")
            }
            Self::XUnavailable => ("x_unavailable", 502, "X did not answer properly; try again in a moment."),
            Self::XInvalidResponse => {
                ("x_invalid_response", 502, "X answered something that is not its API; try again in a moment.")
            }
            Self::XTimeout => ("x_timeout", 504, "X took too long; try again in a moment."),
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
