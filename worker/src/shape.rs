//! The form of a refusal or a fault for the caller: JSON, the layout of X's clients, or a page.

use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::routes::Answers;
use latchkey_core::x::rate::headers;

use crate::app::App;
use crate::error::Error;
use crate::log::Entry;
use crate::names::APPROVAL_PATH;
use crate::pages::Theme;
use crate::request::Incoming;
use crate::response::Reply;

/// How a caller hears of a refusal.
pub enum Shape {
    Envelope,
    /// Whoever speaks to X through us hears of it as X's clients do.
    Problem,
    /// A client of the authorization server; with the error of a request that cannot be read.
    OAuth(&'static str),
    /// A person.
    Page(Theme),
    /// A person who was to approve a post.
    Approval(Theme),
}

impl Shape {
    pub fn of(incoming: &Incoming) -> Self {
        let theme = || Theme::plain(incoming.messages());
        match incoming.row.map(|row| (row.answers, row.path)) {
            Some((Answers::X, _)) => Self::Problem,
            Some((_, "/oauth/register")) if incoming.method == "POST" => Self::OAuth("invalid_client_metadata"),
            Some((_, "/oauth/token" | "/oauth/revoke")) if incoming.method == "POST" => Self::OAuth("invalid_request"),
            Some((Answers::Page, APPROVAL_PATH)) => Self::Approval(theme()),
            Some((Answers::Page, _)) => Self::Page(theme()),
            _ => Self::Envelope,
        }
    }

    /// A page as it looks without asking anybody.
    pub fn with_known_brand(self) -> Self {
        match self {
            Self::Page(theme) => Self::Page(theme.with_known_brand()),
            Self::Approval(theme) => Self::Approval(theme.with_known_brand()),
            other => other,
        }
    }

    /// A page as the operator has it look.
    pub async fn branded(self, app: &App) -> Self {
        match self {
            Self::Page(theme) => Self::Page(theme.branded(app).await),
            Self::Approval(theme) => Self::Approval(theme.branded(app).await),
            other => other,
        }
    }
}

/// A refusal in words, a fault as a bare 500 with the id under which it was logged.
pub fn failed(error: &Error, shape: Shape, entry: &Entry) -> Reply {
    let refused = match error {
        Error::Refused(refused) => (**refused).clone(),
        Error::Fault(fault) => {
            entry.failure(fault);
            Refused::new(Code::Internal, "Something went wrong here.")
        }
    };
    match shape {
        Shape::Page(theme) => theme.failure(refused.code, &entry.request_id),
        Shape::Approval(theme) => theme.undecided(refused.code, &entry.request_id),
        // Said of every address alike (docs/API.md, section 1), before anything is asked of one.
        Shape::OAuth(invalid) if refused.code != Code::HttpsRequired => Reply::json(&refused.oauth(invalid)),
        Shape::Envelope | Shape::OAuth(_) => Reply::json(&refused.answer(&entry.request_id)),
        Shape::Problem => {
            let reply = Reply::problem(&refused.problem(&entry.request_id));
            headers(&refused.windows).into_iter().fold(reply, |reply, (name, value)| reply.with(name, value))
        }
    }
}
