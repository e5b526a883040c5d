//! The three Durable Objects. Each folder holds an object's shell and its storage.

pub mod account;
pub mod connect;
pub mod workspace;

pub mod cached;
pub mod schema;
pub mod storage;
pub mod store;
mod turn;
mod waiting;
