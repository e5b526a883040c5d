//! What X refused, in our code and X's words.

use super::XError;
use super::problem::Refusal;
use super::rate::exhausted_until;
use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};

/// Before a call is made again that X limits without saying until when.
const UNACKNOWLEDGED_LIMIT: Span = Span::mins(1);

impl Refused {
    /// What X refused, in our code and X's words.
    pub fn from_x(error: &XError, now: UnixMillis) -> Self {
        let XError::Refused { refusal, problem, windows, retry_after } = error else {
            return Self::new(Code::XInvalidResponse, "X answered something that cannot be read.");
        };
        let message = format!("X refused: {}", problem.words());
        let refused = Self::new(code_of(*refusal), message).with_x(problem.clone());
        if refused.code == Code::RateLimited {
            let until = exhausted_until(windows, now).filter(|until| *until > now);
            refused.until(Some(until.unwrap_or(now + retry_after.unwrap_or(UNACKNOWLEDGED_LIMIT))), now)
        } else {
            refused
        }
    }
}

const fn code_of(refusal: Refusal) -> Code {
    match refusal {
        Refusal::CreditsDepleted => Code::CreditsDepleted,
        Refusal::AppReadOnly => Code::AppReadOnly,
        Refusal::AppNotEnrolled => Code::AppNotEnrolled,
        Refusal::MissingScope => Code::MissingScope,
        Refusal::AccountLocked => Code::AccountLocked,
        Refusal::DailyLimit | Refusal::RateLimited | Refusal::UsageCapped => Code::RateLimited,
        Refusal::NotFound => Code::NotFound,
        Refusal::Unavailable => Code::XUnavailable,
        Refusal::InvalidResponse => Code::XInvalidResponse,
        Refusal::TokenRejected
        | Refusal::DuplicateContent
        | Refusal::AlreadyReposted
        | Refusal::NotSummoned
        | Refusal::QuoteNotAllowed
        | Refusal::TextTooLong
        | Refusal::VideoTooLong
        | Refusal::TooManyCashtags
        | Refusal::InvalidMedia
        | Refusal::InvalidRequest
        | Refusal::NotPermitted => Code::InsufficientPermissions,
    }
}
