//! One structured line per request, and one per failure with its causes. A line never has a body, a query, a cookie or
//! a secret.

use latchkey_core::seal::base64url;
use latchkey_core::time::UnixMillis;
use serde_json::{Value, json};
use worker::{console_error, console_log};

use crate::error::{Error, Fault, Result};
use crate::runtime::{entropy, now};

/// What the line will say, gathered while the request is served.
pub struct Entry {
    pub request_id: String,
    pub method: String,
    /// The route's template, without ids.
    pub route: &'static str,
    pub key_id: Option<String>,
    pub account_id: Option<String>,
    begun: UnixMillis,
}

impl Entry {
    /// Of a request that begins now.
    pub fn new(method: String) -> Self {
        let request_id = entropy::<16>().map_or_else(|_| "req_".into(), |bytes| format!("req_{}", base64url(&bytes)));
        Self { request_id, method, route: "unknown", key_id: None, account_id: None, begun: now() }
    }

    pub fn done(&self, status: u16) {
        console_log!(
            "{}",
            json!({
                "request_id": self.request_id,
                "method": self.method,
                "route": self.route,
                "status": status,
                "ms": (now() - self.begun).as_millis(),
                "key_id": self.key_id.as_deref().map_or(Value::Null, Value::from),
                "account_id": self.account_id.as_deref().map_or(Value::Null, Value::from),
            })
        );
    }

    /// Our fault: the causes are here and nowhere else.
    pub fn failure(&self, fault: &Fault) {
        console_error!("{}", json!({ "request_id": self.request_id, "route": self.route, "failure": fault.chain() }));
    }
}

/// Something that a person should look at.
pub fn alert(object: &str, message: &str) {
    console_error!("{}", json!({ "object": object, "alert": message }));
}

/// A failure that no caller is there to hear of.
pub fn unattended(object: &str, during: &str, result: &Result<()>) {
    let failure = match result {
        Ok(()) => return,
        Err(Error::Fault(fault)) => fault.chain(),
        Err(Error::Refused(refused)) => refused.to_string(),
    };
    console_error!("{}", json!({ "object": object, "during": during, "failure": failure }));
}
