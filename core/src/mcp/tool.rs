//! One tool: a call of the table of routes, in words for a model.

use crate::key::{Access, Caller, Reach, Scope};
use crate::routes::{ROUTES, Row};

#[derive(Debug)]
pub struct Tool {
    pub name: &'static str,
    pub title: &'static str,
    /// For a model: what comes of it, and when to use another tool.
    pub description: &'static str,
    /// The name of the call in the table of routes.
    pub call: &'static str,
    /// The argument that is the id in the path of the call, and its value where the argument is absent.
    pub id: Option<(&'static str, Option<&'static str>)>,
    /// Arguments that go into the query.
    pub query: &'static [&'static str],
    /// How many rows are listed where `limit` is absent, if fewer than the call would list.
    pub usual_limit: Option<u32>,
    /// Whether the other arguments are the body.
    pub has_body: bool,
    /// A field of the body that is true whatever the arguments say.
    pub sets: Option<&'static str>,
    /// Fields of the body that are no arguments.
    pub omits: &'static [&'static str],
    /// Fields of the answer that only repeat others.
    pub drops: &'static [&'static str],
    /// The rows of the answer's list `posts` are shortened: another tool shows one whole.
    pub is_overview: bool,
    /// The same call twice acts once, by an `Idempotency-Key`.
    pub is_once: bool,
    pub hints: Hints,
}

/// What a client may tell the person before a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hints {
    /// Changes nothing.
    Reads,
    /// Changes nothing here; asks X now, and X may charge for it.
    Asks,
    /// Adds something.
    Adds,
    /// Adds or changes something, and X or the public may see it.
    Publishes,
    /// Takes something away for good.
    Destroys,
}

/// The argument of tools that list.
pub const LIMIT: &str = "limit";
/// The argument of tools that act once.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency_key";

impl Tool {
    /// The call behind the tool. A test fails for a tool without one.
    pub fn row(&self) -> Option<&'static Row> {
        ROUTES.iter().find(|row| row.name == self.call)
    }

    fn access(&self) -> Option<Access> {
        self.row()?.access
    }

    /// Whether the caller may make the call.
    pub(super) fn is_for(&self, caller: &Caller) -> bool {
        self.access().is_some_and(|access| caller.require(access).is_ok())
    }

    /// The scope that the caller lacks; a key that is bound too narrowly lacks none.
    pub(super) fn missing_scope(&self, caller: &Caller) -> Option<Scope> {
        let access = self.access()?;
        let anywhere = Access { reach: Reach::Account, ..access };
        access.scope.filter(|_| caller.require(anywhere).is_err())
    }
}

impl Hints {
    pub const fn reads_only(self) -> bool {
        matches!(self, Self::Reads | Self::Asks)
    }

    pub const fn destroys(self) -> bool {
        matches!(self, Self::Destroys)
    }

    /// Whether anybody outside takes part: X, or the public.
    pub const fn is_open_world(self) -> bool {
        !matches!(self, Self::Reads)
    }
}
