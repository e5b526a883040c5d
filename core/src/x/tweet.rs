//! `POST /2/tweets`, scopes tweet.read, tweet.write and users.read. X has no idempotency key for it: a request that
//! was sent must not be sent again unless it is known to have had no effect.

use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::json;

use super::{XError, authorized, data, with_json};
use crate::{id::XPostId, oauth::Endpoints, secret::Secret};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTweet {
    pub text: String,
    pub reply_to: Option<XPostId>,
}

/// X refuses fields that it does not know, at every level, so an absent reply is left out and not null.
pub fn create_request(endpoints: &Endpoints, access_token: &Secret<String>, tweet: &NewTweet) -> Request<Vec<u8>> {
    let body = match &tweet.reply_to {
        Some(parent) => json!({"text": tweet.text, "reply": {"in_reply_to_tweet_id": parent}}),
        None => json!({"text": tweet.text}),
    };
    with_json(authorized(Method::POST, endpoints, "/2/tweets", access_token), &body)
}

/// 201 with the id. The text that comes back is not ours: links are shortened and `&`, `<` and `>` escaped.
pub fn create_response(answer: &Response<Vec<u8>>) -> Result<XPostId, XError> {
    #[derive(Deserialize)]
    struct Created {
        id: XPostId,
    }
    data(answer).map(|created: Created| created.id)
}
