//! Our own wire: routes, bodies, answers and refusals, as docs/API.md states them.

pub mod account;
pub mod agent;
pub mod answer;
pub mod audit;
mod backup;
pub mod brand;
pub mod calendar;
pub mod connect;
pub mod event;
pub mod https;
pub mod input;
pub mod key;
pub mod line;
pub mod media;
pub mod network;
pub mod page;
pub mod page_session;
pub mod post;
pub mod prefer;
pub mod profile;
pub mod query;
pub mod refused;
pub mod sample;
pub mod settings;
pub mod webhook;

pub mod code {
    pub use crate::refusal::Code;
}
