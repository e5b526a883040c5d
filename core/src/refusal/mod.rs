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

/// A refusal repeats names that the caller has given, and is stored under an idempotency key: no name makes it long.
const MOST_OF_A_TEXT: usize = 2_000;
const MOST_OF_A_PATH: usize = 300;

fn at_most(most: usize, text: String) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

impl Refused {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: at_most(MOST_OF_A_TEXT, message.into()),
            hint: None,
            details: BTreeMap::new(),
            x: None,
            retry_after: None,
            windows: Vec::new(),
        }
    }

    /// Bad input: the message is the field's, and `details` points at it.
    pub fn field(path: &str, problem: impl Into<String>) -> Self {
        let (path, problem) = (at_most(MOST_OF_A_PATH, path.to_owned()), problem.into());
        Self::new(Code::InvalidPayload, format!("`{path}`: {problem}")).with_detail(&path, problem)
    }

    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn with_detail(mut self, path: &str, problem: impl Into<String>) -> Self {
        let (path, problem) = (at_most(MOST_OF_A_PATH, path.to_owned()), at_most(MOST_OF_A_TEXT, problem.into()));
        self.details.entry(path).or_default().push(problem);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_stays_short_however_long_the_names_are_that_it_repeats() {
        let long = "é".repeat(300_000);
        let refused = Refused::field(&long, format!("unknown field `{long}`")).with_detail(&long, long.clone());
        assert!(refused.message.len() < 5_000, "{}", refused.message.len());
        let size =
            |(path, problems): (&String, &Vec<String>)| path.len() + problems.iter().map(String::len).sum::<usize>();
        assert!(refused.details.iter().map(size).sum::<usize>() < 10_000);
        let short = Refused::field("x.poll", "expected text");
        assert_eq!((short.message.as_str(), short.details.len()), ("`x.poll`: expected text", 1));
    }
}
