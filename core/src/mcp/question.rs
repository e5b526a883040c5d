//! What a client asks, in either era.

use serde_json::{Map, Value, json};

use super::era::{self, Era, Headers};
use super::rpc::{Fault, Message, Response};
use super::server::Server;

/// A request that deserves an answer.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(super) id: Value,
    pub(super) era: Era,
    pub question: Question,
}

#[derive(Clone, Debug)]
pub enum Question {
    /// `server/discover`.
    Discover,
    /// `initialize`, with the revision that the client would speak.
    Initialize {
        version: Option<String>,
    },
    Ping,
    /// `tools/list`.
    List,
    /// `tools/call`.
    Call {
        name: String,
        arguments: Map<String, Value>,
    },
}

/// Any bytes are a question, or get an answer of JSON-RPC.
pub fn read(body: &[u8], headers: &Headers) -> Result<Asked, Response> {
    let message =
        Message::read(body).map_err(|(id, fault, message)| Response::fault(400, id.as_ref(), fault, message, None))?;
    let (id, method, params) = match message {
        Message::Request { id, method, params } => (id, method, params),
        Message::Unanswered { method } => return Err(taken(headers, method.as_deref())),
    };
    let era = match Era::of(headers, Some(&params)) {
        // The handshake says in its body which revision it is for.
        Err(_) if method == "initialize" && headers.method.is_none() => Era::Legacy,
        era => era.map_err(|refused| era::answer(Some(&id), refused))?,
    };
    if era == Era::Modern {
        headers.require(&method, &params).map_err(|refused| era::answer(Some(&id), refused))?;
    }
    let question = Question::read(era, &method, params);
    question.map_err(|(fault, message)| era.fault(&id, fault, message)).map(|question| Asked { id, era, question })
}

/// A notification is accepted, unless it speaks otherwise than it says.
fn taken(headers: &Headers, method: Option<&str>) -> Response {
    let refused = Era::of(headers, None).err();
    let differs = headers.method.is_some() && headers.method.as_deref() != method;
    match refused {
        Some(refused) => era::answer(None, refused),
        None if differs => {
            let message = "The header Mcp-Method must be the method of the body.";
            Response::fault(400, None, Fault::Headers, message, None)
        }
        None => Response::nothing(),
    }
}

impl Question {
    fn read(era: Era, method: &str, mut params: Map<String, Value>) -> Result<Self, (Fault, &'static str)> {
        let unknown = Err((Fault::Method, "There is no such method."));
        match (era, method) {
            (Era::Modern, "server/discover") => Ok(Self::Discover),
            (Era::Legacy, "initialize") => {
                let version = params.get("protocolVersion").and_then(Value::as_str).map(str::to_owned);
                Ok(Self::Initialize { version })
            }
            (Era::Legacy, "ping") => Ok(Self::Ping),
            (_, "tools/list") => match params.get("cursor") {
                None | Some(Value::Null) => Ok(Self::List),
                Some(_) => Err((Fault::Params, "There is one page of tools, and no cursor.")),
            },
            (_, "tools/call") => {
                let Some(Value::String(name)) = params.remove("name") else {
                    return Err((Fault::Params, "`name` must be the name of a tool."));
                };
                match params.remove("arguments") {
                    None | Some(Value::Null) => Ok(Self::Call { name, arguments: Map::new() }),
                    Some(Value::Object(arguments)) => Ok(Self::Call { name, arguments }),
                    Some(_) => Err((Fault::Params, "`arguments` must be an object.")),
                }
            }
            _ => unknown,
        }
    }
}

impl Era {
    /// Earlier clients read errors only in answers with status 200.
    pub(super) fn fault(self, id: &Value, fault: Fault, message: &str) -> Response {
        let status = match self {
            Self::Modern => fault.status(),
            Self::Legacy => 200,
        };
        Response::fault(status, Some(id), fault, message, None)
    }
}

impl Asked {
    /// A result in the form of the client's revision.
    pub(super) fn result(&self, server: &Server, mut result: Value) -> Response {
        if let (Era::Modern, Some(fields)) = (self.era, result.as_object_mut()) {
            fields.insert("resultType".into(), json!("complete"));
            let meta = fields.entry("_meta").or_insert_with(|| json!({}));
            if let Some(meta) = meta.as_object_mut() {
                meta.insert("io.modelcontextprotocol/serverInfo".into(), server.info());
            }
        }
        Response::result(&self.id, &result)
    }
}
