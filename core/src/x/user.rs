//! The owner of a token: `GET /2/users/me`, scopes tweet.read and users.read.

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

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
}

/// Only the fields that are needed: X bills those it does not know too.
pub fn me_request(endpoints: &Endpoints, access_token: &Secret<String>) -> Request<Vec<u8>> {
    let path = "/2/users/me?user.fields=profile_image_url,subscription_type";
    authorized(Method::GET, endpoints, path, access_token)
}

pub fn me_response(answer: &Response<Vec<u8>>) -> Result<XUser, XError> {
    data(answer)
}
