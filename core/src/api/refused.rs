//! A refusal on the wire: the failure envelope of docs/API.md, section 1, or a problem in X's layout.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use crate::refusal::Code;
pub use crate::refusal::Refused;

impl Refused {
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

    /// The same for a client of the authorization server (RFC 6749 §5.2, RFC 7591 §3.2.2). `invalid` is the error of a request
    /// that cannot be read.
    pub fn oauth(&self, invalid: &str) -> Answer {
        let (error, status) = match self.code {
            Code::InFlight => ("temporarily_unavailable", 503),
            Code::Internal | Code::Misconfigured => ("server_error", 500),
            Code::PayloadTooLarge => (invalid, 413),
            _ => (invalid, 400),
        };
        // The description has neither quotation marks nor backslashes (§5.2).
        let said = format!("{} {}", self.message, self.hint.as_deref().unwrap_or(self.code.hint()));
        let said = said.replace('"', "'").replace('\\', "/");
        let body = json!({ "error": error, "error_description": said });
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

/// The first name of a path, as it was given, and what follows.
fn first_name(path: &str) -> (String, Option<&str>) {
    let (mut name, mut chars) = (String::new(), path.chars());
    while let Some(c) = chars.next() {
        match c {
            '.' => return (name, Some(chars.as_str())),
            '\\' => name.extend(chars.next()),
            c => name.push(c),
        }
    }
    (name, None)
}

fn insert_at(node: &mut Map<String, Value>, path: &str, problems: Value) {
    let (name, rest) = first_name(path);
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
    use crate::refusal::name;

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
    fn a_client_of_the_authorization_server_hears_of_a_refusal_as_its_rfc_says() {
        for (code, status, error) in [
            (Code::UnsupportedMediaType, 400, "invalid_request"),
            (Code::PayloadTooLarge, 413, "invalid_request"),
            (Code::InFlight, 503, "temporarily_unavailable"),
            (Code::Internal, 500, "server_error"),
        ] {
            let answer = Refused::new(code, "A \"no\".").with_hint("Why.").oauth("invalid_request");
            let body = json!({ "error": error, "error_description": "A 'no'. Why." });
            assert_eq!((answer.status, serde_json::from_str::<Value>(&answer.body).ok()), (status, Some(body)));
        }
    }

    #[test]
    fn a_name_with_dots_is_one_step_of_a_path() {
        for id in ["ada.b@example.com", "a..b", ".", r"back\slash.", "plain"] {
            let refused = Refused::field(&format!("tenants.{}.0", name(id)), "is wrong");
            let body: Value = serde_json::from_str(&refused.answer("req_1").body).unwrap_or_default();
            assert_eq!(body.get("details"), Some(&json!({ "tenants": { id: { "0": { "_errors": ["is wrong"] } } } })));
        }
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
