//! The reason why a session fails: one of our codes, and a sentence for the page.

use super::Session;
use crate::oauth::OAuthError;
use crate::refusal::{Code, Refused};
use crate::time::UnixMillis;
use crate::x::XError;
use crate::x::problem::Refusal;
use crate::x::user::XUser;

/// Why a conclusion does not go on.
#[derive(Debug)]
pub enum Setback {
    /// Asking X again may help.
    Waits(Box<Refused>),
    /// What was brought is refused: the end, unless a second browser brought it.
    Refuses((Code, String)),
    /// The session is over.
    Ends((Code, String)),
}

impl Session {
    /// X gave no tokens for the code.
    pub fn not_exchanged(&self, error: &OAuthError, now: UnixMillis) -> Setback {
        let (code, message, retry) = exchange_failure(error);
        // The one value that has to be the same there and here.
        let value = Some(self.terms.callback_url.as_str()).filter(|_| code == Code::RedirectUriMismatch);
        let message = value.map_or_else(|| message.to_owned(), |url| format!("X refused the callback URL {url}"));
        match retry {
            _ if self.is_unconfirmed() && may_blame_code(error) => Setback::Refuses((code, message)),
            Retry::MayHelp => Setback::Waits(Box::new(Refused::new(code, message).until(error.retry_at(now), now))),
            Retry::Pointless => Setback::Ends((code, message)),
        }
    }

    /// Whose tokens they are, if X says so and that is who was asked for.
    pub fn identity(&self, said: Result<XUser, XError>, now: UnixMillis) -> Result<XUser, Setback> {
        let user = said.map_err(|error| not_identified(&error, now))?;
        if self.is_expected(&user.id, &user.username) {
            return Ok(user);
        }
        let message = format!("X says that @{} signed in; another account was expected.", user.username);
        Err(Setback::Refuses((Code::AccountMismatch, message)))
    }
}

/// X has had outages that answered 401 to good tokens.
fn not_identified(error: &XError, now: UnixMillis) -> Setback {
    let refused = Refused::from_x(error, now);
    match error {
        XError::Refused {
            refusal: Refusal::TokenRejected | Refusal::RateLimited | Refusal::Unavailable | Refusal::InvalidResponse,
            ..
        }
        | XError::Malformed { .. } => Setback::Waits(Box::new(refused)),
        XError::Refused { .. } => Setback::Refuses((refused.code, refused.message)),
    }
}

/// For the page: what a wrong code says of the tries that are left.
pub fn wrong_code(left: u8) -> String {
    match left {
        0 => "That was the third wrong code; the sign-in has ended.".into(),
        1 => "That is not the code that the other browser shows; one try is left.".into(),
        _ => format!("That is not the code that the other browser shows; {left} tries are left."),
    }
}

/// What a failed exchange says to the page, and whether asking X again could help.
fn exchange_failure(error: &OAuthError) -> (Code, &'static str, Retry) {
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
const fn may_blame_code(error: &OAuthError) -> bool {
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
enum Retry {
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
