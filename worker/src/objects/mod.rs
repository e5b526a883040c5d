//! The three Durable Objects. Each folder holds an object's shell, its storage, and the stub that others call it by.

pub mod account;
pub mod connect;
pub mod workspace;

pub mod schema;
pub mod storage;
mod waiting;
mod wire;
