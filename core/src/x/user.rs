//! X users: the owner of a token (`GET /2/users/me`, scopes tweet.read and users.read), and whoever else an answer of X's
//! describes.

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{XError, authorized, data};
use crate::{id::XUserId, oauth::Endpoints, secret::Secret};

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

/// The users that an answer describes: whom it is about, and the authors of its posts.
pub fn users_in(body: &Value) -> Vec<XUser> {
    let authors = body.pointer("/includes/users").and_then(Value::as_array).into_iter().flatten();
    body.get("data").into_iter().chain(authors).filter_map(|user| XUser::deserialize(user).ok()).collect()
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
