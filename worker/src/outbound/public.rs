//! The public door: what callers name, media and logos to fetch and webhooks to tell, under the rules of
//! `latchkey_core::public_url`. Nothing of ours goes along: no credentials, no cookies, no referrer.

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method};
use latchkey_core::public_url::{PublicUrl, PublicUrlError};
use latchkey_core::time::Span;
use worker::web_sys::{self, ReadableStream};
use worker::{AbortController, AbortSignal, Response, ResponseBody};

use super::{NoAnswer, PATIENT, bytes, fetch, no_answer, time_limit, to_worker};
use crate::error::Result;
use crate::runtime::within;

/// docs/API.md, section 6.
const MAX_REDIRECTS: u32 = 3;

pub struct Public {
    allows_loopback: bool,
}

/// A body as it comes, and what was said of it.
pub struct Fetched {
    pub content_type: Option<String>,
    /// Absent when it was not said, or was said of another form of the body.
    pub length: Option<u64>,
    pub body: ReadableStream,
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
        let cut = AbortController::default();
        let signal = either(&cut.signal(), &time_limit(limit));
        if let Some(found) = within(PATIENT, self.follow(url, &signal)).await {
            return found;
        }
        cut.abort();
        Ok(Err(Unfetched::NoAnswer(NoAnswer::TimedOut)))
    }

    async fn follow(
        &self,
        mut url: PublicUrl,
        signal: &AbortSignal,
    ) -> Result<std::result::Result<Fetched, Unfetched>> {
        // A compressed body would have another length than the one that is said.
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
        for _ in 0..=MAX_REDIRECTS {
            let answer = match fetch(to_worker(url.as_str(), &Method::GET, &headers, None)?, signal).await {
                Ok(answer) => answer,
                Err(error) => return Ok(Err(Unfetched::NoAnswer(no_answer(&error)))),
            };
            let Some(location) = redirect(&answer)? else { return fetched(&answer) };
            discard(&answer);
            match url.redirected(&location, self.allows_loopback) {
                Ok(next) => url = next,
                Err(why) => return Ok(Err(Unfetched::Redirect(why))),
            }
        }
        Ok(Err(Unfetched::TooManyRedirects))
    }

    /// The status of the answer, if it comes within `limit`. A redirect is an answer like any other, and the body is not
    /// read: whoever names a URL learns of it only whether it took what was sent.
    pub async fn post(
        &self,
        url: &PublicUrl,
        headers: &HeaderMap,
        body: &[u8],
        limit: Span,
    ) -> Result<std::result::Result<u16, NoAnswer>> {
        let request = to_worker(url.as_str(), &Method::POST, headers, bytes(body))?;
        Ok(match fetch(request, &time_limit(limit)).await {
            Ok(answer) => {
                discard(&answer);
                Ok(answer.status_code())
            }
            Err(error) => Err(no_answer(&error)),
        })
    }
}

/// Where a redirect leads (RFC 9110 §15.4); a 300 or a 304 leads nowhere.
fn redirect(answer: &Response) -> Result<Option<String>> {
    let is_redirect = matches!(answer.status_code(), 301 | 302 | 303 | 307 | 308);
    Ok(if is_redirect { answer.headers().get(LOCATION.as_str())? } else { None })
}

fn fetched(answer: &Response) -> Result<std::result::Result<Fetched, Unfetched>> {
    if answer.status_code() != 200 {
        discard(answer);
        return Ok(Err(Unfetched::Status(answer.status_code())));
    }
    let ResponseBody::Stream(body) = answer.body() else { return Ok(Err(Unfetched::Empty)) };
    let headers = answer.headers();
    let is_encoded = headers.get(CONTENT_ENCODING.as_str())?.is_some_and(|encoding| encoding != "identity");
    let length = headers.get(CONTENT_LENGTH.as_str())?.filter(|_| !is_encoded);
    Ok(Ok(Fetched {
        content_type: headers.get(CONTENT_TYPE.as_str())?,
        length: length.and_then(|length| length.parse().ok()),
        body: body.clone(),
    }))
}

/// A body that nobody reads would hold its connection.
fn discard(answer: &Response) {
    if let ResponseBody::Stream(body) = answer.body() {
        // Whether it closes well is the other side's matter.
        let _ = body.cancel();
    }
}

fn either(one: &AbortSignal, other: &AbortSignal) -> AbortSignal {
    let signals = js_sys::Array::of2(one, other);
    AbortSignal::from(web_sys::AbortSignal::any(&signals))
}
