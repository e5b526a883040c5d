//! A refusal that is safe to show: the caller's fault, or what X answered.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::code::Code;
use crate::time::{Span, UnixMillis};
use crate::x::XError;
use crate::x::problem::{Problem, Refusal};
use crate::x::rate::{Window, exhausted_until};

/// Before a call is made again that X limits without saying until when.
const UNTOLD_LIMIT: Span = Span::mins(1);

/// The failure envelope of docs/API.md, section 1. Never holds a token, a secret, a verifier or a code.
#[derive(Clone, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", code.as_str())]
pub struct Refused {
    pub code: Code,
    pub message: String,
    pub hint: Option<String>,
    /// Field path (`containers.0.content`) to what is wrong with it.
    #[serde(default)]
    pub details: BTreeMap<String, Vec<String>>,
    pub x: Option<Problem>,
    /// Seconds, for the Retry-After header.
    pub retry_after: Option<i64>,
    /// X's windows that stand in the way, for callers who speak to X through us.
    #[serde(default)]
    pub windows: Vec<Window>,
}

impl Refused {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            details: BTreeMap::new(),
            x: None,
            retry_after: None,
            windows: Vec::new(),
        }
    }

    /// Bad input: the message is the field's, and `details` points at it.
    pub fn field(path: &str, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self::new(Code::InvalidPayload, format!("`{path}`: {problem}")).with_detail(path, problem)
    }

    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn with_detail(mut self, path: &str, problem: impl Into<String>) -> Self {
        self.details.entry(path.to_owned()).or_default().push(problem.into());
        self
    }

    #[must_use]
    pub fn with_x(mut self, problem: Problem) -> Self {
        self.x = Some(problem);
        self
    }

    #[must_use]
    pub fn with_windows(mut self, windows: Vec<Window>) -> Self {
        self.windows = windows;
        self
    }

    /// What X refused, in our code and X's words.
    pub fn from_x(error: &XError, now: UnixMillis) -> Self {
        let XError::Refused { refusal, problem, windows } = error else {
            return Self::new(Code::XInvalidResponse, "X answered something that cannot be read.");
        };
        let message = format!("X refused: {}", problem.words());
        let refused = Self::new(code_of(*refusal), message).with_x(problem.clone());
        if refused.code == Code::RateLimited {
            let until = exhausted_until(windows).filter(|until| *until > now);
            refused.until(Some(until.unwrap_or(now + UNTOLD_LIMIT)), now)
        } else {
            refused
        }
    }

    /// Says when to come back (RFC 9110 §10.2.3), if that is known.
    #[must_use]
    pub fn until(mut self, at: Option<UnixMillis>, now: UnixMillis) -> Self {
        self.retry_after = at.map(|at| (at - now).as_secs().max(1));
        self
    }

    /// The answer on the wire.
    pub fn answer(&self, request_id: &str) -> Answer {
        let mut body = json!({
            "success": false,
            "error": self.message,
            "code": self.code.as_str(),
            "message": self.message,
            "hint": self.hint.as_deref().unwrap_or(self.code.hint()),
            "request_id": request_id,
        });
        if let Some(fields) = body.as_object_mut() {
            if !self.details.is_empty() {
                fields.insert("details".into(), self.nested_details());
            }
            if let Some(x) = &self.x {
                fields.insert("x".into(), json!(x));
            }
        }
        Answer { retry_after: self.retry_after, ..Answer::json(self.code.status(), &body) }
    }

    /// The same for callers who speak to X through us: a problem as X writes them (RFC 9457), with our code.
    pub fn problem(&self, request_id: &str) -> Answer {
        let status = self.code.status();
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let hint = self.hint.as_deref().unwrap_or(self.code.hint());
        let body = json!({
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": format!("{} {hint}", self.message),
            "code": self.code.as_str(),
            "request_id": request_id,
        });
        Answer { retry_after: self.retry_after, ..Answer::json(status, &body) }
    }

    /// `containers.0.content` becomes `{"containers":{"0":{"content":{"_errors":[…]}}}}`.
    fn nested_details(&self) -> Value {
        let mut root = Map::new();
        for (path, problems) in &self.details {
            insert_at(&mut root, path, json!(problems));
        }
        Value::Object(root)
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

fn insert_at(node: &mut Map<String, Value>, path: &str, problems: Value) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let child = node.entry(name).or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(child) = child else { return };
    match rest {
        Some(rest) => insert_at(child, rest, problems),
        None => drop(child.insert("_errors".into(), problems)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_xs_shape_with_our_code() {
        let answer = Refused::new(Code::RateLimited, "Too much.").problem("req_1");
        let body = json!({
            "type": "about:blank", "title": "Too Many Requests", "status": 429, "code": "rate_limited",
            "detail": "Too much. Wait for the time in Retry-After.", "request_id": "req_1",
        });
        assert_eq!((answer.status, serde_json::from_str::<Value>(&answer.body).ok()), (429, Some(body)));
    }

    #[test]
    fn a_refusal_names_the_field_by_its_path() {
        let answer = Refused::field("containers.0.content", "is empty").answer("req_1");
        assert_eq!(answer.status, 400);
        assert_eq!(
            serde_json::from_str::<Value>(&answer.body).ok(),
            Some(json!({
                "success": false, "error": "`containers.0.content`: is empty", "code": "invalid_payload",
                "message": "`containers.0.content`: is empty", "hint": Code::InvalidPayload.hint(), "request_id": "req_1",
                "details": {"containers": {"0": {"content": {"_errors": ["is empty"]}}}},
            }))
        );
    }
}
