//! X's refusals (X docs, x-api/fundamentals/response-codes-and-errors; bodies as observed). The status is read first.
//!
//! Three layouts occur, from two hosts: a flat problem (RFC 9457), `{"errors": [problem]}`, and the older
//! `{"errors": [{"code", "message"}]}`. A body in none of them, or no JSON at all, leaves the status to speak.

use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What X said, in X's words; shown to the caller as `x`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    pub status: u16,
    pub r#type: Option<String>,
    pub title: Option<String>,
    pub detail: Option<String>,
}

/// What it means to us.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    TokenRejected,
    CreditsDepleted,
    DuplicateContent,
    AlreadyReposted,
    NotSummoned,
    QuoteNotAllowed,
    AppReadOnly,
    AppNotEnrolled,
    TextTooLong,
    VideoTooLong,
    TooManyCashtags,
    MissingScope,
    RateLimited,
    UsageCapped,
    /// Of media that a post names: foreign, expired, or not processed.
    InvalidMedia,
    InvalidRequest,
    /// 403 without a reason: too long without Premium, a locked account, blocked by the author, and more.
    NotPermitted,
    NotFound,
    /// 5xx.
    Unavailable,
    /// A status that X does not document.
    InvalidResponse,
}

/// Parts of `detail`, in lower case, that say more than the status. No type tells these cases apart.
const DETAILS: [(&str, Refusal); 12] = [
    ("duplicate content", Refusal::DuplicateContent),
    // The words of X's older API; those of v2 are not known.
    ("already retweeted", Refusal::AlreadyReposted),
    ("already reposted", Refusal::AlreadyReposted),
    ("reply to this conversation is not allowed", Refusal::NotSummoned),
    ("quoting this post is not allowed", Refusal::QuoteNotAllowed),
    ("not allowed to post a video longer than", Refusal::VideoTooLong),
    ("video duration exceeded", Refusal::VideoTooLong),
    ("text is too long", Refusal::TextTooLong),
    ("maximum of one cashtag", Refusal::TooManyCashtags),
    ("media ids are invalid", Refusal::InvalidMedia),
    // An upload that X does not know: a 400 (observed 2025).
    ("badrequest: not found", Refusal::NotFound),
    // RFC 6750 §3.1. X's own text for this case is not known: it was only seen as a bare 403.
    ("insufficient_scope", Refusal::MissingScope),
];

/// The last segment of `type`, the same on `api.twitter.com/2/problems/` and `api.x.com/2/problems/`.
const FORBIDDEN_TYPES: [(&str, Refusal); 3] = [
    ("oauth1-permissions", Refusal::AppReadOnly),
    ("client-forbidden", Refusal::AppNotEnrolled),
    ("unsupported-authentication", Refusal::TokenRejected),
];

pub fn read(answer: &Response<Vec<u8>>) -> Problem {
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let first = body.pointer("/errors/0").unwrap_or(&Value::Null);
    let text = |key: &str| [&body, first].into_iter().find_map(|object| object.get(key)?.as_str().map(str::to_owned));
    Problem {
        status: answer.status().as_u16(),
        r#type: text("type"),
        title: text("title"),
        detail: joined(text("detail"), text("message")),
    }
}

/// An invalid request says "one or more parameters" in `detail` and which one in `errors[0].message`: both are kept.
fn joined(detail: Option<String>, message: Option<String>) -> Option<String> {
    match (detail, message) {
        (Some(detail), Some(message)) => Some(format!("{detail} {message}")),
        (detail, message) => detail.or(message),
    }
}

pub fn classify(problem: &Problem) -> Refusal {
    match problem.status {
        // A missing resource comes as a success with nothing but `errors`.
        200..=299 => match problem.kind() {
            "resource-not-found" => Refusal::NotFound,
            "not-authorized-for-resource" => Refusal::NotPermitted,
            _ => Refusal::InvalidResponse,
        },
        401 => Refusal::TokenRejected,
        402 => Refusal::CreditsDepleted,
        403 => problem.by_type().or(problem.by_detail()).unwrap_or(Refusal::NotPermitted),
        404 => Refusal::NotFound,
        429 if problem.kind() == "usage-capped" => Refusal::UsageCapped,
        429 => Refusal::RateLimited,
        400..=499 => problem.by_detail().unwrap_or(Refusal::InvalidRequest),
        500..=599 => Refusal::Unavailable,
        _ => Refusal::InvalidResponse,
    }
}

impl Problem {
    /// The reason, for a person.
    pub fn words(&self) -> &str {
        self.detail.as_deref().or(self.title.as_deref()).unwrap_or("X gave no reason.")
    }

    fn kind(&self) -> &str {
        self.r#type.as_deref().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default()
    }

    fn by_type(&self) -> Option<Refusal> {
        FORBIDDEN_TYPES.into_iter().find(|(kind, _)| self.kind() == *kind).map(|(_, refusal)| refusal)
    }

    fn by_detail(&self) -> Option<Refusal> {
        let detail = self.detail.as_deref()?.to_lowercase();
        DETAILS.into_iter().find(|(part, _)| detail.contains(part)).map(|(_, refusal)| refusal)
    }
}

#[cfg(test)]
mod tests;
