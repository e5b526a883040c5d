//! A refusal that is safe to show: the caller's fault, or X's answer. Every module of the domain may refuse. The form
//! of a refusal on the wire belongs to `api`.

mod code;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::code::Code;
use crate::time::UnixMillis;
use crate::x::problem::Problem;
use crate::x::rate::Window;

/// Why a call was refused, and what helps. Never holds a token, a secret, a verifier or a code.
#[derive(Clone, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", code.as_str())]
pub struct Refused {
    pub code: Code,
    pub message: String,
    pub hint: Option<String>,
    /// Field path (`containers.0.content`) to what is wrong with it. A dot inside a name is escaped, see [`name`].
    #[serde(default)]
    pub details: BTreeMap<String, Vec<String>>,
    pub x: Option<Problem>,
    /// Seconds, for the Retry-After header.
    pub retry_after: Option<i64>,
    /// X's windows that stand in the way, for callers who speak to X through us.
    #[serde(default)]
    pub windows: Vec<Window>,
}

/// A caller's own name as a part of a path, such as a tenant's id with dots in it.
pub fn name(text: &str) -> String {
    text.replace('\\', r"\\").replace('.', r"\.")
}

impl Refused {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            details: BTreeMap::new(),
            x: None,
            retry_after: None,
            windows: Vec::new(),
        }
    }

    /// Bad input: the message is the field's, and `details` points at it.
    pub fn field(path: &str, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self::new(Code::InvalidPayload, format!("`{path}`: {problem}")).with_detail(path, problem)
    }

    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn with_detail(mut self, path: &str, problem: impl Into<String>) -> Self {
        self.details.entry(path.to_owned()).or_default().push(problem.into());
        self
    }

    #[must_use]
    pub fn with_x(mut self, problem: Problem) -> Self {
        self.x = Some(problem);
        self
    }

    #[must_use]
    pub fn with_windows(mut self, windows: Vec<Window>) -> Self {
        self.windows = windows;
        self
    }

    /// Says when to come back (RFC 9110 §10.2.3), if that is known.
    #[must_use]
    pub fn until(mut self, at: Option<UnixMillis>, now: UnixMillis) -> Self {
        self.retry_after = at.map(|at| (at - now).as_secs().max(1));
        self
    }
}
