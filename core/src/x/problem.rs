//! X's refusals (X docs, x-api/fundamentals/response-codes-and-errors; bodies as observed). The status is read first.
//!
//! Three layouts occur, from two hosts: a flat problem (RFC 9457), `{"errors": [problem]}`, and the older
//! `{"errors": [{"code", "message"}]}`. X's edge answers HTML, plain text or JSON of its own under any status. Such an
//! answer proves nothing about the request: a refusal counts only in one of the three layouts, under 400, 403 or 404.

use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;

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
    /// The account is locked or suspended, or its owner has to confirm something.
    AccountLocked,
    /// 403: the account has posted as much as X allows in a day.
    DailyLimit,
    RateLimited,
    UsageCapped,
    /// Of media that a post names: foreign, expired, or not processed.
    InvalidMedia,
    InvalidRequest,
    /// 403 without a reason: too long without Premium, blocked by the author, and more.
    NotPermitted,
    NotFound,
    /// 5xx.
    Unavailable,
    /// A status that X does not document, or a body that is not X's. Such an answer proves nothing about the request.
    InvalidResponse,
}

/// Parts of `detail`, in lower case, that say more than the status. No type tells these cases apart.
const DETAILS: [(&str, Refusal); 22] = [
    ("duplicate content", Refusal::DuplicateContent),
    ("status is a duplicate", Refusal::DuplicateContent),
    // The words of X's older API; those of v2 are not known.
    ("already retweeted", Refusal::AlreadyReposted),
    ("already reposted", Refusal::AlreadyReposted),
    ("status update limit", Refusal::DailyLimit),
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
    // About the app, which X words without a type too (tweepy #1663, #2148; n8n #6424).
    ("application cannot perform write actions", Refusal::AppReadOnly),
    ("read-only application cannot", Refusal::AppReadOnly),
    ("appropriate oauth1 app permissions", Refusal::AppReadOnly),
    ("access to a subset of", Refusal::AppNotEnrolled),
    ("need a different access level", Refusal::AppNotEnrolled),
    ("apply for elevated access", Refusal::AppNotEnrolled),
    ("app that is attached to a project", Refusal::AppNotEnrolled),
    ("suspended application", Refusal::AppNotEnrolled),
];

/// The same of a 403 that only the account's owner can do something about, at X's own site.
const LOCKS: [&str; 13] = [
    "temporarily locked",
    "temporarily limited",
    "account is locked",
    "account has been locked",
    "unlock your account",
    "account is suspended",
    "account has been suspended",
    "to protect our users from spam",
    "verify your",
    "confirm your",
    "must verify login",
    "log in to https://x.com",
    "log in to https://twitter.com",
];

/// `code` of the older layout, where it says more than the status (X's error codes of v1.1).
const CODES: [(i64, Refusal); 14] = [
    (64, Refusal::AccountLocked),
    (87, Refusal::AppNotEnrolled),
    (185, Refusal::DailyLimit),
    (186, Refusal::TextTooLong),
    (187, Refusal::DuplicateContent),
    (226, Refusal::AccountLocked),
    (231, Refusal::AccountLocked),
    (261, Refusal::AppReadOnly),
    (324, Refusal::InvalidMedia),
    (325, Refusal::InvalidMedia),
    (326, Refusal::AccountLocked),
    (327, Refusal::AlreadyReposted),
    (416, Refusal::AppNotEnrolled),
    (453, Refusal::AppNotEnrolled),
];

/// The last segment of `type`, the same on `api.twitter.com/2/problems/` and `api.x.com/2/problems/`.
const FORBIDDEN_TYPES: [(&str, Refusal); 3] = [
    ("oauth1-permissions", Refusal::AppReadOnly),
    ("client-forbidden", Refusal::AppNotEnrolled),
    ("unsupported-authentication", Refusal::TokenRejected),
];

/// The one refusal that X words in plain text, under 400: at the end of an upload (observed 2025).
const PLAIN_REFUSAL: &[u8] = b"media type unrecognized";

/// Where the types of X's problems are. A problem of another type is somebody else's, such as the edge's.
const TYPES: [&str; 3] = ["about:blank", "https://api.x.com/2/problems/", "https://api.twitter.com/2/problems/"];

/// What an answer that is no success means, and X's words.
pub fn read(answer: &Response<Vec<u8>>) -> (Refusal, Problem) {
    let status = answer.status().as_u16();
    if status == 400 && answer.body().trim_ascii() == PLAIN_REFUSAL {
        let detail = String::from_utf8_lossy(PLAIN_REFUSAL).into_owned();
        return (Refusal::InvalidMedia, Problem { status, r#type: None, title: None, detail: Some(detail) });
    }
    let body = json::value_of(answer.body()).unwrap_or_default();
    let first = body.pointer("/errors/0").unwrap_or(&Value::Null);
    let text = |key: &str| [&body, first].into_iter().find_map(|object| object.get(key)?.as_str().map(str::to_owned));
    let detail = joined(text("detail"), text("message"));
    let problem = Problem { status, r#type: text("type"), title: text("title"), detail };
    let is_reason = is_problem(&body) || is_problem(first) || code(first).is_some();
    let refusal = match status {
        400 | 403 | 404 if !is_reason => Refusal::InvalidResponse,
        _ => problem.meaning(by_code(&body)),
    };
    (refusal, problem)
}

/// The first two layouts.
fn is_problem(value: &Value) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let is_of_x = text("type").is_none_or(|kind| TYPES.iter().any(|known| kind.starts_with(known)));
    is_of_x && (text("title").is_some() || text("detail").is_some())
}

/// The third one.
fn code(error: &Value) -> Option<i64> {
    error.get("message")?.as_str()?;
    error.get("code")?.as_i64()
}

/// An invalid request has "one or more parameters" in `detail` and the parameter's name in `errors[0].message`: both
/// are kept.
fn joined(detail: Option<String>, message: Option<String>) -> Option<String> {
    match (detail, message) {
        (Some(detail), Some(message)) => Some(format!("{detail} {message}")),
        (detail, message) => detail.or(message),
    }
}

impl Problem {
    /// The reason, for a person.
    pub fn words(&self) -> String {
        let said = self.detail.as_ref().or(self.title.as_ref()).cloned();
        said.unwrap_or_else(|| format!("X answered {} without a reason that can be read.", self.status))
    }

    /// `coded` is what a code of the older layout says.
    fn meaning(&self, coded: Option<Refusal>) -> Refusal {
        let by_words = || coded.or_else(|| self.by_detail());
        match self.status {
            // A missing resource comes as a success with nothing but `errors`.
            200..=299 => match self.kind() {
                "resource-not-found" => Refusal::NotFound,
                "not-authorized-for-resource" => Refusal::NotPermitted,
                _ => Refusal::InvalidResponse,
            },
            400 => by_words().unwrap_or(Refusal::InvalidRequest),
            401 => Refusal::TokenRejected,
            402 => Refusal::CreditsDepleted,
            403 => self.by_type().or_else(by_words).unwrap_or_else(|| self.without_a_name()),
            404 => Refusal::NotFound,
            429 if self.kind() == "usage-capped" => Refusal::UsageCapped,
            429 => Refusal::RateLimited,
            500..=599 => Refusal::Unavailable,
            _ => Refusal::InvalidResponse,
        }
    }

    fn kind(&self) -> &str {
        self.r#type.as_deref().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default()
    }

    fn by_type(&self) -> Option<Refusal> {
        FORBIDDEN_TYPES.into_iter().find(|(kind, _)| self.kind() == *kind).map(|(_, refusal)| refusal)
    }

    fn without_a_name(&self) -> Refusal {
        let words = self.words().to_lowercase();
        let is_lock = LOCKS.iter().any(|part| words.contains(part));
        if is_lock { Refusal::AccountLocked } else { Refusal::NotPermitted }
    }

    fn by_detail(&self) -> Option<Refusal> {
        let detail = self.detail.as_deref()?.to_lowercase();
        DETAILS.into_iter().find(|(part, _)| detail.contains(part)).map(|(_, refusal)| refusal)
    }
}

/// Of several errors the first that is known. A flat problem may carry them too.
fn by_code(body: &Value) -> Option<Refusal> {
    let codes: Vec<i64> = body.get("errors")?.as_array()?.iter().filter_map(code).collect();
    let known = |code: &i64| CODES.into_iter().find(|(known, _)| known == code).map(|(_, refusal)| refusal);
    codes.iter().find_map(known)
}

#[cfg(test)]
mod tests;
