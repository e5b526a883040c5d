//! The page that a browser sees after X.

use serde::{Deserialize, Serialize};
use url::Url;

use super::confirm::{Awaited, ConfirmationCode};
use super::{Phase, Session, Status, Terms, Visitor};
use crate::json;
use crate::oauth::Scopes;
use crate::refusal::Code;
use crate::secret::Secret;
use crate::time::UnixMillis;
use crate::x::user::XUser;

/// A page for a browser that came back from X.
#[derive(Debug, Serialize, Deserialize)]
pub enum Page {
    /// The session's own page takes over; this window has nothing to say but who is connected, if it is over and the browser
    /// was part of it.
    Done(Option<Person>),
    Ended(Ending),
    /// This browser is not the one that began, and nothing hangs on it.
    Elsewhere(Asking),
    /// This browser is not the one that began, but X sent it back: it is asked as soon as X has said who signed in.
    Waiting(Asking),
    /// The person is to type this code where they began.
    Code {
        asking: Asking,
        person: Person,
        #[serde(serialize_with = "exposed")]
        code: Secret<String>,
    },
    /// The person is to press a button here.
    Button {
        asking: Asking,
        person: Person,
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
    pub scopes: Scopes,
}

impl From<&Terms> for Asking {
    fn from(terms: &Terms) -> Self {
        Self { site: terms.site().map(str::to_owned), label: terms.label.clone(), scopes: terms.scopes.clone() }
    }
}

/// The owner of an account, as X names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub username: String,
    #[serde(rename = "nickname")]
    pub name: String,
    /// At X, where no page of ours lets a browser ask.
    #[serde(rename = "profile_picture_url")]
    pub picture: Option<String>,
}

impl From<&XUser> for Person {
    fn from(user: &XUser) -> Self {
        Self { username: user.username.clone(), name: user.name.clone(), picture: user.profile_image_url.clone() }
    }
}

impl Page {
    /// Whom the page shows.
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Done(person) => person.as_ref(),
            Self::Code { person, .. } | Self::Button { person, .. } => Some(person),
            _ => None,
        }
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
            // Whoever only knows the address learns nothing of the account.
            Phase::Connected { account } if visitor != Visitor::Stranger => Page::Done(json::from_value(account).ok()),
            Phase::Connected { .. } => Page::Done(None),
            _ => self.page_under_way(visitor, code),
        }
    }

    fn page_under_way(&self, visitor: Visitor, code: Option<ConfirmationCode>) -> Page {
        let asking = Asking::from(&self.terms);
        match (self.awaited(), &self.phase, code) {
            (Some(Awaited::Code), Phase::Identified { user, .. }, Some(code)) => {
                Page::Code { asking, person: user.into(), code: code.digits().clone() }
            }
            (Some(Awaited::Button), Phase::Identified { user, .. }, Some(_)) => {
                let redirect_target = self.terms.redirect_origin();
                Page::Button { asking, person: user.into(), redirect_target }
            }
            (Some(Awaited::Code | Awaited::Button), _, Some(_)) => Page::Waiting(asking),
            // A second browser was first with this URL. The link can be opened again.
            (Some(Awaited::Button), _, None) if visitor == Visitor::Starter => {
                Page::Ended(Ending::Failed(Code::InvalidGrant))
            }
            _ if visitor == Visitor::Stranger => Page::Elsewhere(asking),
            _ => Page::Done(None),
        }
    }
}

fn exposed<S: serde::Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    // EXPOSE: between the object that owns the session and the edge; never stored like this.
    serializer.serialize_str(secret.expose())
}
