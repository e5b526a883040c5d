//! Calls to addresses from callers: media and logos to fetch, and webhooks to notify, under the rules of
//! `latchkey_core::public_url`. Nothing of ours goes along: no credentials, no cookies, no referrer.

use futures_util::TryStreamExt;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use latchkey_core::public_url::{PublicUrl, PublicUrlError};
use latchkey_core::time::Span;
use worker::web_sys::ReadableStream;
use worker::{Response, ResponseBody};

use super::{NoAnswer, PATIENT, TimeLimit, bytes, fetch, to_worker};
use crate::error::Result;
use crate::runtime::within;

/// docs/API.md, section 6.
const MAX_REDIRECTS: u32 = 3;
/// What X takes, so that a host that can choose does not choose what X refuses.
const MEDIA: HeaderValue =
    HeaderValue::from_static("image/jpeg, image/png, image/webp, image/gif, video/mp4, video/quicktime, */*;q=0.1");

pub struct Public {
    allows_loopback: bool,
}

/// A body as it comes, and what was said of it.
pub struct Fetched {
    pub content_type: Option<String>,
    /// Absent when it was not said, or was said of another form of the body.
    pub length: Option<u64>,
    pub body: ReadableStream,
    /// The body breaks off when this is dropped.
    _limit: TimeLimit,
}

/// Why there is no body. The words are for the caller who named the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfetched {
    #[error("it redirects to a place that is not asked: {0}")]
    Redirect(PublicUrlError),
    #[error("it redirects more than three times")]
    TooManyRedirects,
    #[error("it answers with status {0}")]
    Status(u16),
    #[error("it answers without a body")]
    Empty,
    #[error("{0}")]
    NoAnswer(NoAnswer),
}

/// Why a body is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("it broke off")]
    BrokeOff,
    #[error("it is larger than is taken")]
    TooLarge,
}

impl Fetched {
    /// The whole body, read piece by piece, so that nobody can fill the memory.
    pub async fn bytes(&self, most: usize) -> Result<std::result::Result<Vec<u8>, Unread>> {
        let mut stream = Response::from_body(ResponseBody::Stream(self.body.clone()))?.stream()?;
        let mut bytes = Vec::new();
        loop {
            let Ok(piece) = stream.try_next().await else { return Ok(Err(Unread::BrokeOff)) };
            let Some(piece) = piece else { return Ok(Ok(bytes)) };
            bytes.extend_from_slice(&piece);
            if bytes.len() > most {
                return Ok(Err(Unread::TooLarge));
            }
        }
    }
}

impl Public {
    pub const fn new(allows_loopback: bool) -> Self {
        Self { allows_loopback }
    }

    /// A URL that a caller names, by the rules of this deployment. What was stored is judged anew before each use.
    pub fn url(&self, text: &str) -> Result<PublicUrl, PublicUrlError> {
        PublicUrl::parse(text, self.allows_loopback)
    }

    /// Follows redirects, each checked like the URL itself. The answer begins within 30 seconds, and the body breaks off
    /// after `limit`.
    pub async fn get(&self, url: PublicUrl, limit: Span) -> Result<std::result::Result<Fetched, Unfetched>> {
        let limit = TimeLimit::new(limit)?;
        Ok(match within(PATIENT.time, self.follow(url, &limit)).await {
            Some(answer) => answer?.and_then(|answer| fetched(&answer, limit)),
            None => Err(Unfetched::NoAnswer(NoAnswer::TimedOut)),
        })
    }

    /// The same without following a redirect: what is asked is asked of this address alone.
    pub async fn get_only(&self, url: PublicUrl, limit: Span) -> Result<std::result::Result<Fetched, Unfetched>> {
        let limit = TimeLimit::new(limit)?;
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
        let request = to_worker(url.as_str(), &Method::GET, &headers, None)?;
        Ok(match fetch(request, &limit).await {
            Ok(answer) => fetched(&answer, limit),
            Err(why) => Err(Unfetched::NoAnswer(why)),
        })
    }

    async fn follow(&self, mut url: PublicUrl, limit: &TimeLimit) -> Result<std::result::Result<Response, Unfetched>> {
        // A compressed body would have another length than the one that is said.
        let headers = HeaderMap::from_iter([(ACCEPT, MEDIA), (ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
        for _ in 0..=MAX_REDIRECTS {
            let answer = match fetch(to_worker(url.as_str(), &Method::GET, &headers, None)?, limit).await {
                Ok(answer) => answer,
                Err(why) => return Ok(Err(Unfetched::NoAnswer(why))),
            };
            let Some(location) = redirect(&answer)? else { return Ok(Ok(answer)) };
            discard(&answer);
            match url.redirected(&location, self.allows_loopback) {
                Ok(next) => url = next,
                Err(why) => return Ok(Err(Unfetched::Redirect(why))),
            }
        }
        Ok(Err(Unfetched::TooManyRedirects))
    }

    /// The head of the answer, if it comes within `limit`. A redirect is an answer like any other, and the body is not
    /// read: whoever names a URL learns of it only whether it took what was sent.
    pub async fn post(
        &self,
        url: &PublicUrl,
        headers: &HeaderMap,
        body: &[u8],
        limit: Span,
    ) -> Result<std::result::Result<Taken, NoAnswer>> {
        let request = to_worker(url.as_str(), &Method::POST, headers, bytes(body))?;
        // The limit goes with what is left of the answer.
        Ok(fetch(request, &TimeLimit::new(limit)?).await.map(|answer| Taken {
            status: answer.status_code(),
            retry_after: answer.headers().get(RETRY_AFTER.as_str()).ok().flatten(),
        }))
    }
}

/// What whoever was told something answered.
pub struct Taken {
    pub status: u16,
    pub retry_after: Option<String>,
}

/// Where a redirect leads (RFC 9110 §15.4); a 300 or a 304 leads nowhere.
fn redirect(answer: &Response) -> Result<Option<String>> {
    let is_redirect = matches!(answer.status_code(), 301 | 302 | 303 | 307 | 308);
    Ok(if is_redirect { answer.headers().get(LOCATION.as_str())? } else { None })
}

fn fetched(answer: &Response, limit: TimeLimit) -> std::result::Result<Fetched, Unfetched> {
    if answer.status_code() != 200 {
        return Err(Unfetched::Status(answer.status_code()));
    }
    let ResponseBody::Stream(body) = answer.body() else { return Err(Unfetched::Empty) };
    // A value that cannot be a header says nothing.
    let header = |name: &HeaderName| answer.headers().get(name.as_str()).ok().flatten();
    let is_encoded = header(&CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
    let length = header(&CONTENT_LENGTH).filter(|_| !is_encoded).and_then(|length| length.parse().ok());
    Ok(Fetched { content_type: header(&CONTENT_TYPE), length, body: body.clone(), _limit: limit })
}

/// A body that nobody reads would hold its connection.
fn discard(answer: &Response) {
    if let ResponseBody::Stream(body) = answer.body() {
        // Whether it closes well is the other side's matter.
        let _ = body.cancel();
    }
}
