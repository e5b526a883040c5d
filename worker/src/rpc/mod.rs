//! How the edge and the objects speak to each other: the messages of each object, and the stub that others call it by.

pub mod account;
pub mod connect;
pub mod rows;
pub mod wire;
pub mod workspace;
