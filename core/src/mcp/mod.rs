//! The Model Context Protocol at `/mcp` (docs/API.md, section 12): bytes and headers of a client in; bytes for it, or a
//! call of the HTTP API, out.
//!
//! A tool is a call of the table of routes with arguments that a model can fill in. The call is then made as any other
//! caller makes it, so no rule of the API exists twice. Two eras of the protocol share the address: the revision in force
//! has no handshake and no session, and the revisions before it begin with `initialize`.

mod call;
mod describe;
mod era;
mod outcome;
mod overview;
mod question;
mod rpc;
mod server;
mod table;
#[cfg(test)]
mod tests;
mod tool;
mod words;

pub use self::call::{Call, NoCall};
pub use self::era::{Headers, LEGACY, MODERN};
pub use self::outcome::Answered;
pub use self::question::{Asked, Question, read};
pub use self::rpc::{EVENTS, Response, reads_only_streams};
pub use self::server::Server;
pub use self::table::TOOLS;
pub use self::tool::{Hints, LIMIT, Tool};
