//! The domain of Latchkey: values in, values out.
//!
//! In scope: OAuth 2.0 with PKCE as X speaks it (RFC 6749, RFC 7636), the sealing of secrets at rest, the state
//! machines of connecting and publishing, X's wire format, and the shapes of our own HTTP contract (docs/API.md).
//!
//! Out of scope: sending, storing, time and randomness. `now` and entropy are parameters; a call to the outside is a
//! pair, one function that returns an [`http::Request`] and another that reads the [`http::Response`].

pub mod account;
pub mod agent;
pub mod announcement;
pub mod api;
pub mod app_change;
pub mod approval;
pub mod audit;
pub mod backoff;
pub mod backup;
pub mod brand;
pub mod budget;
pub mod calendar;
pub mod client_change;
pub mod connect;
pub mod cookie;
pub mod dashboard;
pub mod delivery;
pub mod doctor;
#[cfg(test)]
mod fixtures;
pub mod freeze;
pub mod grant;
pub mod id;
pub mod idempotency;
pub mod import;
pub mod json;
pub mod key;
pub mod mcp;
pub mod media;
pub mod messages;
pub mod metrics;
pub mod network;
pub mod oauth;
pub mod outbox;
pub mod pkce;
pub mod post;
pub mod post_change;
pub mod public_url;
pub mod re_encryption;
pub mod recent;
pub mod refusal;
pub mod retention;
pub mod revocation;
pub mod routes;
pub mod schema;
pub mod seal;
pub mod secret;
pub mod settings;
pub mod text;
pub mod time;
pub mod webhook;
pub mod x;
