//! `POST` and `DELETE /2/tweets`, scopes tweet.read, tweet.write and users.read, and reposts. X has no idempotency key
//! for a post: a sent request must not be sent again unless the first request is known to have had no effect.

use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::options::Options;
use super::{XError, authorized, data, with_json};
use crate::{
    id::{XMediaId, XPostId, XUserId},
    oauth::Endpoints,
    secret::Secret,
};

/// Whoever lacks it may not post, repost or delete.
pub const SCOPE: &str = "tweet.write";

#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct NewTweet {
    pub text: String,
    pub reply_to: Option<XPostId>,
    pub media_ids: Vec<XMediaId>,
    pub options: Options,
}

/// X refuses unknown fields at every level, so absent values are left out and not null.
pub fn create_request(endpoints: &Endpoints, access_token: &Secret<String>, tweet: &NewTweet) -> Request<Vec<u8>> {
    let mut body = tweet.options.to_fields();
    body.insert("text".into(), json!(tweet.text));
    if let Some(parent) = &tweet.reply_to {
        body.insert("reply".into(), json!({ "in_reply_to_tweet_id": parent }));
    }
    if !tweet.media_ids.is_empty() {
        let media = body.entry("media").or_insert_with(|| json!({}));
        if let Some(fields) = media.as_object_mut() {
            fields.insert("media_ids".into(), json!(tweet.media_ids));
        }
    }
    with_json(authorized(Method::POST, endpoints, "/2/tweets", access_token), &Value::Object(body))
}

/// 201 with the id. The text that comes back is not ours: links are shortened and `&`, `<` and `>` escaped.
pub fn create_response(answer: &Response<Vec<u8>>) -> Result<XPostId, XError> {
    id_at(answer, "id")
}

pub fn delete_request(endpoints: &Endpoints, access_token: &Secret<String>, id: &XPostId) -> Request<Vec<u8>> {
    authorized(Method::DELETE, endpoints, &format!("/2/tweets/{id}"), access_token)
}

/// Undoes a repost of `id`; the reposted post stays.
pub fn unrepost_request(
    endpoints: &Endpoints,
    access_token: &Secret<String>,
    user_id: &XUserId,
    id: &XPostId,
) -> Request<Vec<u8>> {
    authorized(Method::DELETE, endpoints, &format!("/2/users/{user_id}/retweets/{id}"), access_token)
}

/// `user_id` is the user whose token it is.
pub fn repost_request(
    endpoints: &Endpoints,
    access_token: &Secret<String>,
    user_id: &XUserId,
    id: &XPostId,
) -> Request<Vec<u8>> {
    let path = format!("/2/users/{user_id}/retweets");
    with_json(authorized(Method::POST, endpoints, &path, access_token), &json!({ "tweet_id": id }))
}

/// 200 `{"data":{"retweeted":true,"rest_id":"…"}}`; the older description calls the id `id`, and an answer without one
/// is a repost all the same.
pub fn repost_response(answer: &Response<Vec<u8>>, reposted: &XPostId) -> Result<XPostId, XError> {
    let data: Value = data(answer)?;
    if data.get("retweeted") != Some(&Value::Bool(true)) {
        return Err(XError::Malformed { status: answer.status().as_u16() });
    }
    let id = ["rest_id", "id"].into_iter().find_map(|key| XPostId::parse(data.get(key)?.as_str()?).ok());
    Ok(id.unwrap_or_else(|| reposted.clone()))
}

fn id_at(answer: &Response<Vec<u8>>, key: &str) -> Result<XPostId, XError> {
    let data: Value = data(answer)?;
    let id = data.get(key).and_then(Value::as_str).and_then(|id| XPostId::parse(id).ok());
    id.ok_or_else(|| XError::Malformed { status: answer.status().as_u16() })
}
