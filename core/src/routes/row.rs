//! What a row says of a call.

use serde::Serialize;

use super::{Call, Route};
use crate::key::{Access, ForPages};
use crate::x::proxy::Target;

#[derive(Debug)]
pub struct Row {
    pub method: &'static str,
    /// `{id}` is any segment, a `*` in the end whatever follows. So the log names the call: without ids.
    pub path: &'static str,
    /// What an API key needs; none for what no key opens.
    pub access: Option<Access>,
    /// The `operationId` of `/openapi.json`.
    pub name: &'static str,
    pub(super) make: fn(&Captured) -> Route,
    pub effect: Effect,
    pub body: Body,
    /// An `Idempotency-Key` is kept.
    pub is_idempotent: bool,
    pub answers: Answers,
    pub pages: Pages,
}

/// What a call may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It only looks, so HEAD is answered as GET is (RFC 9110 §9.3.2).
    Looks,
    /// It makes something that is not kept, or asks X by itself.
    Acts,
    /// It may change something, and is refused by a deployment that is frozen.
    Changes,
    /// The same, and a frozen deployment takes it: it ends that state, or somebody else judges it.
    ChangesEvenFrozen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    Nothing,
    Json,
    /// JSON, or nothing.
    OptionalJson,
    /// A form, a file, or whatever X takes.
    Other,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// A function of the edge, which asks the objects that it needs.
    Edge,
    /// The workspace's object, alone: the call is forwarded.
    Workspace,
    /// The edge, by a page for a person.
    Page,
    /// The edge, to an agent's client (`mcp`).
    Agents,
    X,
}

/// Which pages of other origins may read the answer (Fetch standard §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// Those that the operator lets use API keys.
    WithKey,
    /// Those, and the one that the session is for.
    OfSession,
    All,
    None,
}

/// What a path has where its row has none.
pub(super) struct Captured<'a> {
    ids: Vec<&'a str>,
    rest: &'a [&'a str],
}

impl Captured<'_> {
    pub(super) fn id(&self) -> String {
        self.nth(0)
    }

    pub(super) fn second(&self) -> String {
        self.nth(1)
    }

    pub(super) fn target(&self) -> Option<Target> {
        Target::parse(self.rest)
    }

    fn nth(&self, at: usize) -> String {
        self.ids.get(at).copied().unwrap_or_default().to_owned()
    }
}

impl Row {
    pub fn takes(&self, method: &str) -> bool {
        self.method == method || method == "HEAD" && self.method == "GET" && self.effect == Effect::Looks
    }

    /// Whether the tokens of pages open it.
    pub fn takes_pages(&self) -> bool {
        self.access.is_some_and(|access| access.pages != ForPages::Closed)
    }

    /// Whether it is refused while the deployment is frozen.
    pub fn changes(&self) -> bool {
        self.effect == Effect::Changes
    }

    pub(super) fn call(&'static self, at: &Captured) -> Call {
        Call { row: self, route: (self.make)(at) }
    }

    pub(super) fn matches<'a>(&self, given: &'a [&'a str]) -> Option<Captured<'a>> {
        let mut ids = Vec::new();
        let mut rest = given;
        for expected in super::segments(self.path) {
            if expected == "*" {
                return Some(Captured { ids, rest });
            }
            let (segment, others) = rest.split_first()?;
            if expected.starts_with('{') {
                ids.push(*segment);
            } else if expected != *segment {
                return None;
            }
            rest = others;
        }
        rest.is_empty().then_some(Captured { ids, rest })
    }
}
