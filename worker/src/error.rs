//! The Worker's one error: the caller's, safe to show, or ours, logged once and answered as a bare 500.

use std::fmt;

use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use serde::{Deserialize, Serialize};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Error {
    /// The caller's fault, or what X answered.
    Refused(Box<Refused>),
    /// Ours. The chain goes to the log and nowhere else.
    Fault(Fault),
}

/// What broke, outermost first. It crosses from an object to the edge as text, and is logged there with the request id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    chain: Vec<String>,
}

impl Fault {
    #[cold]
    #[inline(never)]
    fn new(cause: &dyn fmt::Display) -> Self {
        Self { chain: vec![cause.to_string()] }
    }

    pub fn chain(&self) -> String {
        self.chain.join(": ")
    }
}

impl Error {
    pub fn fault(cause: impl fmt::Display) -> Self {
        Self::Fault(Fault::new(&cause))
    }

    /// Out of line, since it stands behind every `?` of the Worker and bytes are paid for at the edge.
    #[cold]
    #[inline(never)]
    fn while_doing(self, what: &str) -> Self {
        match self {
            Self::Fault(mut fault) => {
                fault.chain.insert(0, what.to_owned());
                Self::Fault(fault)
            }
            refused @ Self::Refused(_) => refused,
        }
    }

    pub fn refused(code: Code, message: impl Into<String>) -> Self {
        Self::Refused(Box::new(Refused::new(code, message)))
    }
}

impl From<Refused> for Error {
    #[cold]
    #[inline(never)]
    fn from(refused: Refused) -> Self {
        Self::Refused(Box::new(refused))
    }
}

impl From<worker::Error> for Error {
    #[cold]
    #[inline(never)]
    fn from(error: worker::Error) -> Self {
        Self::fault(error)
    }
}

impl From<worker::KvError> for Error {
    #[cold]
    #[inline(never)]
    fn from(error: worker::KvError) -> Self {
        Self::fault(format!("KV: {error}"))
    }
}

impl From<serde_json::Error> for Error {
    #[cold]
    #[inline(never)]
    fn from(error: serde_json::Error) -> Self {
        // The position only: the text around it may be a row with sealed values.
        Self::fault(format!(
            "stored or exchanged JSON is not as expected, line {} column {}",
            error.line(),
            error.column()
        ))
    }
}

impl From<latchkey_core::json::Mistake> for Error {
    #[cold]
    #[inline(never)]
    fn from(_: latchkey_core::json::Mistake) -> Self {
        // Without its words: the names of a document's fields may be a caller's own.
        Self::fault("stored or exchanged JSON is not as expected")
    }
}

impl From<latchkey_core::seal::SealError> for Error {
    #[cold]
    #[inline(never)]
    fn from(error: latchkey_core::seal::SealError) -> Self {
        Self::fault(format!("sealed value: {error}"))
    }
}

/// Says what was being done when a fault came up; leaves a refusal as it is.
pub trait Doing<T> {
    fn doing(self, what: &str) -> Result<T>;
}

impl<T, E: Into<Error>> Doing<T> for std::result::Result<T, E> {
    fn doing(self, what: &str) -> Result<T> {
        self.map_err(|error| error.into().while_doing(what))
    }
}
