//! One call: what it takes, what it answers, which codes refuse it.

use std::collections::BTreeMap;

use latchkey_core::api::code::Code;
use latchkey_core::key::{ForPages, Reach};
use latchkey_core::routes::{Body, Found, Row, find};
use serde_json::{Map, Value, json};

use super::schema::{a, between, count, text};

/// Who makes a call that no API key opens, or not only a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// An API key, or the dashboard's cookie in its place.
    Key,
    SessionToken,
    SessionTokenOrKey,
    Cookie,
    None,
}

#[derive(Debug)]
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    id: &'static str,
    summary: &'static str,
    auth: Auth,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: BTreeMap<u16, Value>,
    codes: Vec<Code>,
    /// In which shape refusals come.
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Envelope,
    /// A person reads it.
    Page,
    /// A client of X's reads it (RFC 9457).
    Problem,
}

/// What X may say when a call asks it at once; or the deployment is frozen, and asks nobody.
pub const OF_X: &[Code] = &[
    Code::CreditsDepleted,
    Code::InsufficientPermissions,
    Code::AccountLocked,
    Code::NotFound,
    Code::InvalidGrant,
    Code::InvalidClientId,
    Code::InvalidClientSecret,
    Code::MissingScope,
    Code::AppReadOnly,
    Code::AppNotEnrolled,
    Code::RateLimited,
    Code::XUnavailable,
    Code::XInvalidResponse,
    Code::XTimeout,
    Code::InFlight,
];
const OF_KEYS: &[Code] =
    &[Code::InvalidApiKey, Code::InvalidSessionToken, Code::InsufficientKeyScope, Code::OriginNotAllowed];
const OF_BODIES: &[Code] =
    &[Code::InvalidJson, Code::InvalidPayload, Code::PayloadTooLarge, Code::UnsupportedMediaType];
const OF_IDEMPOTENCY: &[Code] = &[Code::InvalidPayload, Code::IdempotencyKeyReused, Code::IdempotencyInProgress];
const OF_EVERYTHING: &[Code] = &[Code::HttpsRequired, Code::Internal, Code::Misconfigured];

impl Operation {
    pub fn new(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let mut operation = Self {
            method,
            path,
            id,
            summary,
            auth: Auth::Key,
            parameters: path_parameters(path),
            body: None,
            answers: BTreeMap::new(),
            codes: OF_EVERYTHING.to_vec(),
            shape: Shape::Envelope,
        };
        if !operation.parameters.is_empty() {
            operation.codes.push(Code::NotFound);
        }
        operation
    }

    pub fn page(path: &'static str, method: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self { shape: Shape::Page, ..Self::new(method, path, id, summary) }.by(Auth::None)
    }

    pub fn passed(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self { shape: Shape::Problem, ..Self::new(method, path, id, summary) }
    }

    pub fn by(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    pub fn query(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({ "name": name, "in": "query", "schema": schema, "description": description }));
        self
    }

    fn paged(self) -> Self {
        let after = "`pagination.after` of the page before; not together with `offset`.";
        self.query("limit", between(1, 100), "How many rows; default 50.")
            .query("offset", count(), "Rows to leave out.")
            .query("after", text(), after)
    }

    /// A list, page by page.
    pub fn lists(self, page: Value) -> Self {
        self.paged().answers(200, "A page; `count` is of all of them.", page)
    }

    pub fn header(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({ "name": name, "in": "header", "schema": schema, "description": description }));
        self
    }

    pub fn takes(mut self, body: Value) -> Self {
        self.body = Some(json!({ "required": true, "content": { "application/json": { "schema": body } } }));
        self.codes.extend(OF_BODIES);
        self
    }

    pub fn may_take(mut self, body: Value) -> Self {
        self.body = Some(json!({ "content": { "application/json": { "schema": body } } }));
        self.codes.extend(OF_BODIES);
        self
    }

    pub fn takes_content(mut self, content: Value) -> Self {
        self.body = Some(json!({ "required": true, "content": content }));
        self
    }

    pub fn answers(self, status: u16, description: &str, schema: Value) -> Self {
        self.answers_content(status, description, json!({ "application/json": { "schema": schema } }))
    }

    pub fn answers_content(mut self, status: u16, description: &str, content: Value) -> Self {
        self.answers.insert(status, json!({ "description": description, "headers": headers(), "content": content }));
        self
    }

    pub fn answers_nothing(mut self, status: u16, description: &str) -> Self {
        self.answers.insert(status, json!({ "description": description, "headers": headers() }));
        self
    }

    pub fn refuses(mut self, codes: &[Code]) -> Self {
        self.codes.extend(codes);
        self
    }

    /// The row of this call: the same path with other words for ids.
    pub fn row(&self) -> Result<&'static Row, String> {
        let segments = self.path.split('/').map(|part| match part {
            "{path}" => "users",
            part if part.starts_with('{') => "a",
            part => part,
        });
        match find(self.method, &segments.collect::<Vec<_>>().join("/")) {
            Found::Call(call) => Ok(call.row),
            _ => Err(format!("{} {} is described, and no call", self.method, self.path)),
        }
    }

    /// Which JSON it takes, as the table has it.
    fn described_body(&self) -> Body {
        let is = |pointer| self.body.as_ref().is_some_and(|body| body.pointer(pointer).is_some());
        match &self.body {
            None => Body::Nothing,
            Some(_) if !is("/content/application~1json") => Body::Other,
            Some(_) if is("/required") => Body::Json,
            Some(_) => Body::OptionalJson,
        }
    }

    pub fn to_json(&self, tag: &str) -> Result<Value, String> {
        let row = self.row()?;
        if self.method != "HEAD" && (self.id, self.described_body()) != (row.name, row.body) {
            return Err(format!("{} {} is described otherwise than its row says", self.method, self.path));
        }
        let access = row.access;
        let mut operation =
            json!({ "operationId": self.id, "summary": self.summary, "tags": [tag], "security": self.security() });
        let Some(fields) = operation.as_object_mut() else { return Ok(operation) };
        let mut parameters = self.parameters.clone();
        if self.is_repeatable() {
            let key = json!({ "$ref": "#/components/parameters/IdempotencyKey" });
            parameters.push(key);
        }
        if !parameters.is_empty() {
            fields.insert("parameters".into(), json!(parameters));
        }
        if let Some(body) = &self.body {
            fields.insert("requestBody".into(), body.clone());
        }
        match (access, self.auth) {
            (Some(access), Auth::Key | Auth::SessionTokenOrKey) => {
                let reach = match access.reach {
                    Reach::Account => "account",
                    Reach::Tenant => "tenant",
                    Reach::Workspace => "workspace",
                };
                // Null where every good key will do.
                fields.insert("x-required-scope".into(), json!(access.scope));
                match access.pages {
                    ForPages::Closed => {}
                    ForPages::Any => drop(fields.insert("x-page-scope".into(), json!("any"))),
                    ForPages::With(scope) => drop(fields.insert("x-page-scope".into(), json!(scope))),
                }
                fields.insert("x-narrowest-binding".into(), json!(reach));
            }
            (None, Auth::Key | Auth::SessionTokenOrKey) => {
                return Err(format!("{} {} is described with an API key, and none opens it", self.method, self.path));
            }
            _ => {}
        }
        fields.insert("responses".into(), self.responses());
        Ok(operation)
    }

    fn is_repeatable(&self) -> bool {
        self.row().is_ok_and(|row| row.is_idempotent)
    }

    fn security(&self) -> Value {
        match self.auth {
            Auth::Key if self.row().is_ok_and(Row::takes_pages) => {
                json!([{ "apiKey": [] }, { "dashboard": [] }, { "pageToken": [] }])
            }
            Auth::Key => json!([{ "apiKey": [] }, { "dashboard": [] }]),
            Auth::SessionToken => json!([{ "sessionToken": [] }]),
            Auth::SessionTokenOrKey => json!([{ "sessionToken": [] }, { "apiKey": [] }, { "dashboard": [] }]),
            Auth::Cookie => json!([{ "dashboard": [] }]),
            Auth::None => json!([]),
        }
    }

    fn responses(&self) -> Value {
        let mut responses: Map<String, Value> =
            self.answers.iter().map(|(status, answer)| (status.to_string(), answer.clone())).collect();
        // X writes its refusals in the same format; ours alone have a `request_id`.
        let ours = json!({ "if": { "required": ["request_id"] }, "then": a("PassProblem") });
        let (description, content) = match self.shape {
            Shape::Page => ("A refusal, for a person to read.", json!({ "text/html": { "schema": text() } })),
            Shape::Problem => (
                "X's answer, or a refusal of ours.",
                json!({ "application/problem+json": { "schema": ours }, "*/*": {} }),
            ),
            Shape::Envelope => {
                let refusals = self.refusals().into_iter();
                responses.extend(refusals.map(|(status, codes)| (status.to_string(), refusal(&codes))));
                return Value::Object(responses);
            }
        };
        responses.insert("default".into(), json!({ "description": description, "content": content }));
        Value::Object(responses)
    }

    /// Which codes can be met here, by status.
    pub fn refusals(&self) -> BTreeMap<u16, Vec<Code>> {
        let mut codes = self.codes.clone();
        if matches!(self.auth, Auth::Key | Auth::SessionTokenOrKey) {
            // A filter that a call does not know is refused.
            codes.extend(OF_KEYS.iter().chain(&[Code::InvalidPayload]));
        }
        if matches!(self.auth, Auth::SessionToken | Auth::SessionTokenOrKey) {
            codes.extend([Code::InvalidSessionToken, Code::InvalidApiKey]);
        }
        if self.auth == Auth::Cookie {
            codes.extend([Code::InvalidSessionToken, Code::OriginNotAllowed]);
        }
        if self.is_repeatable() {
            codes.extend(OF_IDEMPOTENCY);
        }
        if self.row().is_ok_and(|row| row.access.is_some() && row.changes()) {
            // The deployment may be frozen.
            codes.push(Code::InFlight);
        }
        let mut by_status = BTreeMap::<u16, Vec<Code>>::new();
        for code in Code::ALL.iter().copied().filter(|code| codes.contains(code)) {
            by_status.entry(code.status()).or_default().push(code);
        }
        by_status
    }
}

/// The codes of one status. What to do about each is said once, in `Failure`.
fn refusal(codes: &[Code]) -> Value {
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let code = json!({ "type": "object", "properties": { "code": { "enum": names } } });
    let schema = json!({ "allOf": [a("Failure"), code] });
    let mut headers = headers();
    if let (true, Some(headers)) = (codes.contains(&Code::RateLimited), headers.as_object_mut()) {
        headers.insert("Retry-After".into(), json!({ "schema": count(), "description": "Seconds, if X says when." }));
    }
    json!({ "description": names.join(", "), "headers": headers, "content": { "application/json": { "schema": schema } } })
}

fn headers() -> Value {
    json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } })
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text() })).collect()
}
