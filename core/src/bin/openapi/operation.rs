//! One call: what it takes, what it answers, which codes refuse it.

use std::collections::BTreeMap;

use latchkey_core::api::code::Code;
use latchkey_core::key::{ForPages, Reach};
use latchkey_core::routes::{Body, Found, Row, find};
use serde_json::{Map, Value, json};

use super::examples;
use super::lift::NAME;
use super::schema::{a, anything, between, capital, count, named, text};

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
    /// An agent's client reads it (JSON-RPC 2.0).
    Agents,
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

    pub fn for_agents(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self { shape: Shape::Agents, ..Self::new(method, path, id, summary) }
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
            // X decides what it takes.
            Some(_) if self.shape == Shape::Problem => Body::Other,
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
        for parameter in &mut parameters {
            self.show(parameter)?;
        }
        if !parameters.is_empty() {
            fields.insert("parameters".into(), json!(parameters));
        }
        if let Some(body) = &self.body {
            fields.insert("requestBody".into(), self.shown_body(body.clone())?);
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

    /// Adds an example to a parameter that is described here.
    fn show(&self, parameter: &mut Value) -> Result<(), String> {
        let Some(name) = parameter.get("name").and_then(Value::as_str) else { return Ok(()) };
        let example = examples::parameter(self.path, name)
            .ok_or_else(|| format!("{} {}: `{name}` has no example", self.method, self.path))?;
        insert(parameter, "example", example);
        Ok(())
    }

    /// The body with a name for its schema, and with an example unless the body is bytes.
    fn shown_body(&self, mut body: Value) -> Result<Value, String> {
        let contents = body.get_mut("content").and_then(Value::as_object_mut);
        for content in contents.into_iter().flat_map(Map::values_mut) {
            let schema = content.get_mut("schema").map(Value::take).unwrap_or_default();
            let is_bytes = schema.get("format").is_some();
            let is_empty = schema.get("properties") == Some(&json!({}));
            insert(content, "schema", called(&self.type_name("Input"), schema));
            let example = examples::body(self.id).or_else(|| is_empty.then(|| json!({})));
            match example {
                Some(example) => insert(content, "example", example),
                None if is_bytes => {}
                None => return Err(format!("{} has no example of its body", self.id)),
            }
        }
        Ok(body)
    }

    /// `createPost` → `CreatePostInput`.
    fn type_name(&self, suffix: &str) -> String {
        capital(self.id) + suffix
    }

    /// The answers, each with a name for its schema: the answers of one schema share the name.
    fn named_answers(&self) -> BTreeMap<u16, Value> {
        let schema = |answer: &Value| answer.pointer("/content/application~1json/schema").cloned();
        let first = self.answers.values().find_map(schema);
        let named = |(status, answer): (&u16, &Value)| {
            let suffix = if schema(answer) == first { "Output".to_owned() } else { format!("Output{status}") };
            let mut answer = answer.clone();
            if let Some(place) = answer.pointer_mut("/content/application~1json/schema") {
                *place = called(&self.type_name(&suffix), place.take());
            }
            (*status, answer)
        };
        self.answers.iter().map(named).collect()
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
            self.named_answers().into_iter().map(|(status, answer)| (status.to_string(), answer)).collect();
        let (description, content) = match self.shape {
            Shape::Page => ("A refusal, for a person to read.", json!({ "text/html": { "schema": text() } })),
            Shape::Problem => (
                "X's answer, or a refusal of ours.",
                json!({ "application/problem+json": { "schema": a("PassProblem") }, "*/*": { "schema": anything() } }),
            ),
            Shape::Agents => (
                "A fault of the protocol, or a refusal.",
                json!({ "application/json": { "schema": { "anyOf": [a("RpcFault"), a("Failure")] } } }),
            ),
            Shape::Envelope => {
                // What is described apart has a form of its own.
                for (status, codes) in self.refusals() {
                    responses.entry(status.to_string()).or_insert_with(|| refusal(&codes));
                }
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

/// A record that is written where it is used gets a name; a reference has one, and a plain type needs none.
fn called(name: &str, schema: Value) -> Value {
    let is_record = schema.get("properties").is_some() && schema.get(NAME).is_none();
    if is_record { named(name, schema) } else { schema }
}

fn insert(place: &mut Value, name: &str, value: Value) {
    if let Some(fields) = place.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

/// The codes of one status, in `x-codes`: a list of words in the schema would be a type of its own for each call and
/// status. What to do about each code is said once, in `Code`.
fn refusal(codes: &[Code]) -> Value {
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let schema = a("Failure");
    let mut headers = headers();
    if let (true, Some(headers)) = (codes.contains(&Code::RateLimited), headers.as_object_mut()) {
        headers.insert("Retry-After".into(), json!({ "schema": count(), "description": "Seconds, if X says when." }));
    }
    json!({
        "description": names.join(", "), "headers": headers, "x-codes": names,
        "content": { "application/json": { "schema": schema } },
    })
}

fn headers() -> Value {
    json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } })
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text() })).collect()
}
