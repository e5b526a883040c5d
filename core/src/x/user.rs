//! X users: the owner of a token (`GET /2/users/me`, scopes tweet.read and users.read), and whoever else an answer of X's
//! describes.

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{XError, authorized, data};
use crate::id::XUserId;
use crate::json;
use crate::oauth::Endpoints;
use crate::secret::Secret;
use crate::time::{Span, UnixMillis};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct XUser {
    pub id: XUserId,
    pub username: String,
    pub name: String,
    pub profile_image_url: Option<String>,
    /// `Basic`, `Premium`, `PremiumPlus` or `None`.
    pub subscription_type: Option<String>,
}

impl XUser {
    /// Weighted characters in one post. Every subscription allows long ones (X changelog, 2024-08-20); what X does not
    /// name one here gets the limit that holds for all.
    pub fn max_post_length(&self) -> u32 {
        match self.subscription_type.as_deref() {
            Some("Basic" | "Premium" | "PremiumPlus") => 25_000,
            _ => 280,
        }
    }

    /// What is known of a user once X has said this. A field that X leaves out stays as it was.
    #[must_use]
    pub fn updated_by(&self, said: Self) -> Self {
        Self {
            profile_image_url: said.profile_image_url.or_else(|| self.profile_image_url.clone()),
            subscription_type: said.subscription_type.or_else(|| self.subscription_type.clone()),
            ..said
        }
    }
}

/// However many callers ask at once who a user is, the workspace hears the answer once.
const SAME_MOMENT: Span = Span::secs(5);

/// The report of users that the workspace had last, and until when the same report is no news.
#[derive(Clone, Debug, Default)]
pub struct UserReports(Option<(Vec<XUser>, UnixMillis)>);

impl UserReports {
    /// Whether the workspace is to hear this of X. A report that is news is the last one from here on.
    pub fn is_news(&mut self, said: &[XUser], now: UnixMillis) -> bool {
        let is_known = self.0.as_ref().is_some_and(|(before, until)| before == said && now <= *until);
        let is_news = !said.is_empty() && !is_known;
        if is_news {
            self.0 = Some((said.to_vec(), now + SAME_MOMENT));
        }
        is_news
    }
}

/// The users that an answer describes: whom it is about, and the authors of its posts.
pub fn users_in(body: &Value) -> Vec<XUser> {
    let authors = body.pointer("/includes/users").and_then(Value::as_array).into_iter().flatten();
    body.get("data").into_iter().chain(authors).filter_map(|user| json::from_value(user).ok()).collect()
}

/// What is asked of X about a user beside id, username and name.
pub(super) const USER_FIELDS: &str = "profile_image_url,subscription_type";

/// Only the fields that are needed: X bills those it does not know too.
pub fn me_request(endpoints: &Endpoints, access_token: &Secret<String>) -> Request<Vec<u8>> {
    authorized(Method::GET, endpoints, &format!("/2/users/me?user.fields={USER_FIELDS}"), access_token)
}

pub fn me_response(answer: &Response<Vec<u8>>) -> Result<XUser, XError> {
    data(answer)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const T0: UnixMillis = UnixMillis(1_000_000);

    fn ada(name: &str) -> XUser {
        let id = XUserId::parse("7").unwrap();
        XUser { id, username: "ada".into(), name: name.into(), profile_image_url: None, subscription_type: None }
    }

    #[test]
    fn the_same_report_of_users_is_news_again_after_five_seconds() {
        let mut reports = UserReports::default();
        let after = |seconds| T0 + Span::secs(seconds);
        assert!(reports.is_news(&[ada("Ada")], T0));
        assert!(!reports.is_news(&[ada("Ada")], after(5)));
        assert!(reports.is_news(&[ada("Ada")], after(5) + Span::millis(1)));
        assert!(!reports.is_news(&[ada("Ada")], after(10)), "counted from the last report");
    }

    #[test]
    fn another_report_of_users_is_news_at_once_and_an_empty_report_never() {
        let mut reports = UserReports::default();
        assert!(!reports.is_news(&[], T0));
        assert!(reports.is_news(&[ada("Ada")], T0) && reports.is_news(&[ada("Ada L.")], T0));
        assert!(!reports.is_news(&[], T0) && !reports.is_news(&[ada("Ada L.")], T0), "an empty report is forgotten");
        assert!(reports.is_news(&[ada("Ada")], T0));
    }
}
