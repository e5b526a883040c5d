//! Which revision of the protocol a request speaks, and whether its headers say what its body says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::rpc::{Fault, Response};

/// The revision in force: every request stands for itself.
pub const MODERN: &str = "2026-07-28";
/// Revisions that begin with `initialize`, newest first.
pub const LEGACY: [&str; 2] = ["2025-11-25", "2025-06-18"];

const DIFFERENT: &str = "`params._meta` must name the protocol version of the header MCP-Protocol-Version.";
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Headers of a request, as they came.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// `MCP-Protocol-Version`.
    pub version: Option<String>,
    /// `Mcp-Method`.
    pub method: Option<String>,
    /// `Mcp-Name`.
    pub name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Modern,
    Legacy,
}

/// Why a request is answered before its method is looked at.
type Refused = (Fault, &'static str, Option<Value>);

impl Era {
    /// A request without the headers of the revision in force, and with an earlier version or none, is of an earlier one.
    pub(super) fn of(headers: &Headers, params: Option<&Map<String, Value>>) -> Result<Self, Refused> {
        let named = params.and_then(|params| meta(params, VERSION));
        match headers.version.as_deref() {
            Some(MODERN) => Ok(Self::Modern),
            Some(version) if LEGACY.contains(&version) => match named {
                Some(named) if named != version => Err(refused(Fault::Headers, DIFFERENT)),
                _ => Ok(Self::Legacy),
            },
            Some(version) => Err(unsupported(version)),
            None if headers.method.is_some() || named.is_some() => {
                Err(refused(Fault::Headers, "The header MCP-Protocol-Version is missing."))
            }
            None => Ok(Self::Legacy),
        }
    }
}

impl Headers {
    /// What the revision in force asks of a request: intermediaries act by the headers, so the headers have to be true.
    pub(super) fn require(&self, method: &str, params: &Map<String, Value>) -> Result<(), Refused> {
        match meta(params, VERSION).map(Value::as_str) {
            Some(Some(version)) if Some(version) == self.version.as_deref() => {}
            Some(Some(version)) if !speaks(version) => return Err(unsupported(version)),
            _ => return Err(refused(Fault::Headers, DIFFERENT)),
        }
        if self.method.as_deref() != Some(method) {
            return Err(refused(Fault::Headers, "The header Mcp-Method must be the method of the body."));
        }
        let named = params.get("name").and_then(Value::as_str).filter(|_| method == "tools/call");
        if named.is_some() && named != self.name.as_deref().and_then(decoded).as_deref() {
            return Err(refused(Fault::Headers, "The header Mcp-Name must be the tool's name in the body."));
        }
        if !meta(params, CAPABILITIES).is_some_and(Value::is_object) {
            return Err(refused(Fault::Params, "`params._meta` must have the client's capabilities."));
        }
        Ok(())
    }
}

fn speaks(version: &str) -> bool {
    version == MODERN || LEGACY.contains(&version)
}

fn meta<'a>(params: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    params.get("_meta")?.get(name)
}

/// A header may carry any text as `=?base64?…?=`.
fn decoded(header: &str) -> Option<String> {
    let Some(encoded) = header.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) else {
        return Some(header.to_owned());
    };
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

fn refused(fault: Fault, message: &'static str) -> Refused {
    (fault, message, None)
}

fn unsupported(requested: &str) -> Refused {
    let mut supported = vec![MODERN];
    supported.extend(LEGACY);
    let data = json!({ "supported": supported, "requested": requested });
    (Fault::Version, "This version of the protocol is not spoken here.", Some(data))
}

/// The answer to a request that speaks otherwise than it says.
pub(super) fn answer(id: Option<&Value>, refused: Refused) -> Response {
    let (fault, message, data) = refused;
    Response::fault(fault.status(), id, fault, message, data)
}
