//! The page that a browser sees after X.

use serde::{Deserialize, Serialize};
use url::Url;

use super::confirm::{Awaited, ConfirmationCode};
use super::{Phase, Session, Status, Terms, Visitor};
use crate::refusal::Code;
use crate::secret::Secret;
use crate::time::UnixMillis;

/// A page for a browser that came back from X.
#[derive(Debug, Serialize, Deserialize)]
pub enum Page {
    /// The session's own page takes over; this window has nothing to say.
    Done,
    Ended(Ending),
    /// This browser is not the one that began, and nothing hangs on it.
    Elsewhere(Asking),
    /// This browser is not the one that began, but X sent it back: it is asked as soon as X has said who signed in.
    Waiting(Asking),
    /// The person is to type this code where they began.
    Code {
        asking: Asking,
        username: String,
        #[serde(serialize_with = "exposed")]
        code: Secret<String>,
    },
    /// The person is to press a button here.
    Button {
        asking: Asking,
        username: String,
        /// The origin of the link's redirect URI.
        redirect_target: Option<String>,
    },
    /// Back to the site, by its redirect URI with the outcome in its query.
    Return {
        url: Url,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    Failed(Code),
    Cancelled,
    Expired,
}

/// Who asks, and for what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asking {
    pub site: Option<String>,
    pub label: Option<String>,
}

impl From<&Terms> for Asking {
    fn from(terms: &Terms) -> Self {
        Self { site: terms.site().map(str::to_owned), label: terms.label.clone() }
    }
}

impl Session {
    /// `code` is the visitor's, if the visitor is the second browser. `refusal` is the reason why the visitor's callback
    /// was refused.
    pub fn page(
        &self,
        visitor: Visitor,
        code: Option<ConfirmationCode>,
        refusal: Option<Code>,
        now: UnixMillis,
    ) -> Page {
        if let Some(url) = self.return_url(visitor, now) {
            return Page::Return { url };
        }
        if self.status(now) == Status::Expired {
            return Page::Ended(Ending::Expired);
        }
        if let Some(code) = refusal {
            return Page::Ended(Ending::Failed(code));
        }
        match &self.phase {
            Phase::Failed { code, .. } => Page::Ended(Ending::Failed(*code)),
            Phase::Cancelled => Page::Ended(Ending::Cancelled),
            Phase::Connected { .. } => Page::Done,
            _ => self.page_under_way(visitor, code),
        }
    }

    fn page_under_way(&self, visitor: Visitor, code: Option<ConfirmationCode>) -> Page {
        let asking = Asking::from(&self.terms);
        match (self.awaited(), &self.phase, code) {
            (Some(Awaited::Code), Phase::Identified { user, .. }, Some(code)) => {
                Page::Code { asking, username: user.username.clone(), code: code.digits().clone() }
            }
            (Some(Awaited::Button), Phase::Identified { user, .. }, Some(_)) => {
                let redirect_target = self.terms.redirect_origin();
                Page::Button { asking, username: user.username.clone(), redirect_target }
            }
            (Some(Awaited::Code | Awaited::Button), _, Some(_)) => Page::Waiting(asking),
            // A second browser was first with this URL. The link can be opened again.
            (Some(Awaited::Button), _, None) if visitor == Visitor::Starter => {
                Page::Ended(Ending::Failed(Code::InvalidGrant))
            }
            _ if visitor == Visitor::Stranger => Page::Elsewhere(asking),
            _ => Page::Done,
        }
    }
}

fn exposed<S: serde::Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    // EXPOSE: between the object that owns the session and the edge; never stored like this.
    serializer.serialize_str(secret.expose())
}
