//! What the server says of itself, under the operator's name: who it is, how to use it, which tools a key may use.

use serde_json::{Value, json};

use super::era::{Era, LEGACY, MODERN};
use super::question::{Asked, Question};
use super::rpc::Response;
use super::server::Server;
use super::table::named;
use crate::json;
use crate::key::Caller;

/// How long a client may keep what it was told. A key's rights change only with the key; the brand within a minute.
const KEPT_MS: u32 = 60_000;

const INSTRUCTIONS: &str = "Tools that publish to X (Twitter) for connected accounts. Begin with list_social_accounts. \
Before creating a post call preview_post with the same arguments but `idempotency_key`: it shows the price in US dollars, the length as X counts it, and what X would refuse. \
A thread is `containers`, one for each post. Times are RFC 3339 with an offset. \
Whether a post leaves at once, waits for a person, or stays a draft depends on the key: read `isDraft`, `approval` and `socialAccounts[].state` of the answer, and say to the person what they say. \
If `approval.page` is there, give it to the person: a person approves, not you. \
Set `x.made_with_ai` to true for a text or picture that you made. \
After an error read the hint, correct the arguments and call again; never repeat a call whose answer says that a post may exist.";

impl Asked {
    /// The answer to every question but a call. `tools` is the file that the build makes of the table of tools.
    pub fn describe(&self, server: &Server, tools: &str, caller: &Caller) -> Response {
        let capabilities = json!({ "tools": {} });
        match &self.question {
            Question::Discover => {
                let mut versions = vec![MODERN];
                versions.extend(LEGACY);
                self.kept(
                    server,
                    json!({
                        "supportedVersions": versions, "capabilities": capabilities, "instructions": INSTRUCTIONS,
                    }),
                )
            }
            Question::Initialize { version } => {
                let wanted = version.as_deref().and_then(|wanted| LEGACY.into_iter().find(|known| *known == wanted));
                let [newest, ..] = LEGACY;
                self.result(
                    server,
                    json!({
                        "protocolVersion": wanted.unwrap_or(newest), "capabilities": capabilities,
                        "serverInfo": server.info(), "instructions": INSTRUCTIONS,
                    }),
                )
            }
            Question::List => self.kept(server, json!({ "tools": shown(tools, caller) })),
            Question::Ping | Question::Call { .. } => self.result(server, json!({})),
        }
    }

    /// An answer that depends on the key, and may be kept with it for a while.
    fn kept(&self, server: &Server, mut result: Value) -> Response {
        if let (Era::Modern, Some(fields)) = (self.era, result.as_object_mut()) {
            fields.insert("ttlMs".into(), json!(KEPT_MS));
            fields.insert("cacheScope".into(), json!("private"));
        }
        self.result(server, result)
    }
}

/// The tools that the key can use, in the order of the table.
fn shown(tools: &str, caller: &Caller) -> Vec<Value> {
    let Ok(Value::Array(tools)) = json::value(tools) else { return Vec::new() };
    let is_open = |row: &Value| {
        let tool = row.get("name").and_then(Value::as_str).and_then(named);
        tool.is_some_and(|tool| tool.is_for(caller))
    };
    tools.into_iter().filter(is_open).collect()
}
