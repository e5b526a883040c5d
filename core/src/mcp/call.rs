//! Arguments of a tool become the request that any other caller would send.

use std::iter::empty;

use serde_json::{Map, Value};

use super::question::{Asked, Question};
use super::rpc::{Fault, Response};
use super::table::named;
use super::tool::{IDEMPOTENCY_KEY, LIMIT, Tool};
use super::words::no_argument;
use crate::idempotency::is_key;
use crate::key::{Caller, Scope};
use crate::refusal::{Code, Refused, name as escaped};
use crate::seal::{base64url, sha256};

/// A request of the HTTP API.
#[derive(Clone, Debug)]
pub struct Call {
    pub tool: &'static Tool,
    pub method: &'static str,
    pub path: String,
    pub query: String,
    /// JSON.
    pub body: Option<String>,
    pub idempotency_key: Option<String>,
    /// The agent gave no key: this one is made of its request.
    pub has_made_key: bool,
}

/// Why no call is made.
#[derive(Debug)]
pub enum NoCall {
    /// The caller lacks the scope (RFC 6750 §3.1).
    Scope(Scope),
    /// There is no such tool.
    Answered(Response),
    /// What is wrong with the arguments of the tool.
    Arguments(&'static Tool, Box<Refused>),
}

impl Asked {
    /// The call that a client asks for.
    pub fn call(&self, caller: &Caller) -> Result<Call, NoCall> {
        let Question::Call { name, arguments } = &self.question else { return Err(self.unknown_tool()) };
        let tool = named(name).ok_or_else(|| self.unknown_tool())?;
        if let Some(scope) = tool.missing_scope(caller) {
            return Err(NoCall::Scope(scope));
        }
        let mut arguments = with_integers(arguments);
        if tool.is_once {
            arguments = without_nulls(arguments);
        }
        let mut call = tool.request(arguments.clone()).map_err(|refused| NoCall::Arguments(tool, refused.into()))?;
        if tool.is_once && call.idempotency_key.is_none() {
            call.idempotency_key = Some(self.idempotency_key(caller, tool.name, &arguments));
            call.has_made_key = true;
        }
        Ok(call)
    }

    fn unknown_tool(&self) -> NoCall {
        NoCall::Answered(self.era.fault(&self.id, Fault::Params, "There is no such tool."))
    }

    /// One for a call that has none: of the key, the request, and the arguments. A client that repeats a request whose
    /// answer it lost gets the first answer. Every client counts its requests from 1 in each conversation, so such a key
    /// holds for minutes (see [`crate::idempotency`]).
    fn idempotency_key(&self, caller: &Caller, tool: &str, arguments: &Map<String, Value>) -> String {
        let call = Value::from(vec![
            Value::from(caller.key_id.as_str()),
            self.id.clone(),
            Value::from(tool),
            Value::from(arguments.clone()),
        ]);
        format!("mcp-{}", base64url(&sha256(call.to_string().as_bytes())))
    }
}

impl Tool {
    fn request(&'static self, mut arguments: Map<String, Value>) -> Result<Call, Refused> {
        let row = self.row().ok_or_else(|| Refused::new(Code::NotFound, "There is no such call."))?;
        let path = self.path(row.path, &mut arguments)?;
        let idempotency_key = if self.is_once { text(&mut arguments, IDEMPOTENCY_KEY)? } else { None };
        if idempotency_key.as_deref().is_some_and(|key| !is_key(key)) {
            return Err(Refused::field(IDEMPOTENCY_KEY, "expected 1 to 255 printable ASCII characters"));
        }
        let query = self.query(&mut arguments)?;
        if let Some(name) = arguments.keys().find(|name| !self.has_body || self.omits.contains(&name.as_str())) {
            let problem =
                if self.has_body { format!("is no argument of {}", self.name) } else { no_argument(self, empty()) };
            return Err(Refused::field(&escaped(name), problem));
        }
        arguments.extend(self.sets.map(|name| (name.to_owned(), Value::Bool(true))));
        let body = self.has_body.then(|| Value::Object(arguments).to_string());
        Ok(Call { tool: self, method: row.method, path, query, body, idempotency_key, has_made_key: false })
    }

    /// An id is put into a path, so it may have nothing that means something there.
    fn path(&self, template: &str, arguments: &mut Map<String, Value>) -> Result<String, Refused> {
        let Some((name, default)) = self.id else { return Ok(template.to_owned()) };
        let given = text(arguments, name)?.or_else(|| default.map(str::to_owned));
        let id = given.ok_or_else(|| Refused::field(name, "is missing"))?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if id.is_empty() || !id.bytes().all(is_plain) {
            return Err(Refused::field(name, "is not an id").with_hint("Use an id that another tool has shown."));
        }
        Ok(template.replace("{id}", &id))
    }

    fn query(&self, arguments: &mut Map<String, Value>) -> Result<String, Refused> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let absent = |name: &str| (name == LIMIT).then_some(self.usual_limit?).map(Value::from);
        for name in self.query {
            match arguments.remove(*name).filter(|value| !value.is_null()).or_else(|| absent(name)) {
                None => {}
                Some(Value::String(text)) => drop(query.append_pair(name, &text)),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => drop(query.append_pair(name, &value.to_string())),
                Some(_) => return Err(Refused::field(name, "expected a text or a number")),
            }
        }
        Ok(query.finish())
    }
}

/// JSON Schema counts 60.0 as an integer, and the calls read 60 alone.
fn with_integers(arguments: &Map<String, Value>) -> Map<String, Value> {
    arguments.iter().map(|(name, value)| (name.clone(), with_integer(value))).collect()
}

fn with_integer(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            integer(&number.to_string()).map_or_else(|| value.clone(), Value::from)
        }
        Value::Array(items) => items.iter().map(with_integer).collect(),
        Value::Object(fields) => Value::Object(with_integers(fields)),
        _ => value.clone(),
    }
}

/// A number is written with an exponent where it is too large to be exact.
fn integer(written: &str) -> Option<i64> {
    written.strip_suffix(".0")?.parse().ok()
}

/// Null counts as absent, so a request that has it is the same request.
fn without_nulls(arguments: Map<String, Value>) -> Map<String, Value> {
    let given = arguments.into_iter().filter(|(_, value)| !value.is_null());
    given.map(|(name, value)| (name, without_null(value))).collect()
}

fn without_null(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(without_nulls(fields)),
        Value::Array(items) => items.into_iter().map(without_null).collect(),
        other => other,
    }
}

fn text(arguments: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refused> {
    match arguments.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refused::field(name, "expected a text")),
    }
}
