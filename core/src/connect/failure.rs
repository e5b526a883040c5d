//! The reason why a session fails: one of our codes, and a sentence for the page.

use crate::oauth::OAuthError;
use crate::refusal::Code;

/// What a failed exchange says to the page, and whether asking X again could help.
pub fn exchange_failure(error: &OAuthError) -> (Code, &'static str, Retry) {
    use OAuthError as E;
    match error {
        E::CodeInvalid | E::TokenInvalid => {
            (Code::InvalidGrant, "X no longer accepts this sign-in; it has to be done again.", Retry::Pointless)
        }
        E::RedirectMismatch => (Code::RedirectUriMismatch, "X refused the callback URL of this app.", Retry::Pointless),
        E::ClientSecretInvalid => {
            (Code::InvalidClientSecret, "X refused the credentials of this app.", Retry::Pointless)
        }
        E::ClientIdInvalid => (Code::InvalidClientId, "X does not know the client id of this app.", Retry::Pointless),
        E::AppBlocked => (Code::AppNotEnrolled, "X does not allow this app to sign people in.", Retry::Pointless),
        E::VerifierMismatch | E::MissingParameter(_) | E::GrantTypeInvalid => {
            (Code::XInvalidResponse, "X did not accept the sign-in.", Retry::Pointless)
        }
        E::RateLimited { .. } => (Code::RateLimited, "X asks this app to slow down.", Retry::MayHelp),
        E::Unavailable { .. } => (Code::XUnavailable, "X is not available at the moment.", Retry::MayHelp),
        E::Malformed { .. } => (Code::XInvalidResponse, "X answered something that cannot be read.", Retry::MayHelp),
    }
}

/// Whether X may have refused because of the code. Such a refusal proves nothing about another code. The answer is
/// generous: a stranger who knows only a state chooses the code, and X's texts for strange codes are not all known.
pub const fn may_blame_code(error: &OAuthError) -> bool {
    use OAuthError as E;
    match error {
        E::CodeInvalid
        | E::TokenInvalid
        | E::RedirectMismatch
        | E::VerifierMismatch
        | E::MissingParameter(_)
        | E::GrantTypeInvalid
        | E::ClientIdInvalid => true,
        E::Malformed { status } => *status >= 400,
        E::ClientSecretInvalid | E::AppBlocked | E::RateLimited { .. } | E::Unavailable { .. } => false,
    }
}

/// Whether a hand-over that was refused with this code is refused for good: the X app is gone or another one, or the
/// account was disconnected meanwhile.
pub const fn ends_hand_over(code: Code) -> bool {
    matches!(code, Code::NetworkNotConfigured | Code::ClientChanged | Code::InvalidGrant)
}

/// The remedy for whoever waits for a session that failed.
pub const fn hint_of(code: Code) -> &'static str {
    match code {
        Code::ClientChanged => "Create a new connect session. It uses the X app as it is now.",
        other => other.hint(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    MayHelp,
    Pointless,
}

/// The `error` parameter of a callback (RFC 6749 §4.1.2.1).
pub(super) fn refused_by_person_or_x(error: &str) -> (Code, String) {
    match error {
        "access_denied" => (Code::AccessDenied, "The connection was not allowed at X.".into()),
        "invalid_scope" => (Code::InsufficientPermissions, "X refused the scopes that were asked for.".into()),
        _ => (Code::XUnavailable, "X could not finish the sign-in.".into()),
    }
}
