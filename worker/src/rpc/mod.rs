//! The calls between the edge and the objects: the messages of each object, and the stub that others use to call it.

pub mod account;
pub mod connect;
pub mod rows;
pub mod wire;
pub mod workspace;
