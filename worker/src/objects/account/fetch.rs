//! The bytes that a URL names, copied to R2 when the post goes out: X wants to know their length and may want them twice.

use latchkey_core::delivery::{FailureCode, File, UploadOutcome};
use latchkey_core::media::{HEAD_BYTES, Kind, Limits};
use latchkey_core::time::Span;

use super::Inner;
use super::upload::unusable;
use crate::error::{Error, Result};
use crate::log;
use crate::outbound::{Fetched, Unfetched};

/// For the whole file: it holds up the account's line.
const TIME: Span = Span::mins(5);

impl Inner {
    pub(super) async fn fetch_media(&self, url: &str, key: &str, limits: &Limits) -> Result<UploadOutcome> {
        let app = self.app()?;
        let fetched = match app.public().url(url) {
            Ok(url) => app.public().get(url, TIME).await?,
            Err(reason) => return Ok(refused(&reason.to_string())),
        };
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(why) if may_pass(why) => return Ok(UploadOutcome::SourceSilent(words(&why.to_string()))),
            Err(why) => return Ok(refused(&why.to_string())),
        };
        let limit = limit_of(&fetched, limits);
        if fetched.length.is_some_and(|length| length > limit) {
            return Ok(refused("it is too large"));
        }
        match self.copy(&fetched, key, limit).await {
            Ok(true) => self.look_at(key, limits).await,
            Ok(false) => Ok(refused("it is too large")),
            Err(error) => {
                log::unattended("account", "copy what a URL names", &Err(error));
                Ok(UploadOutcome::SourceSilent(words("its bytes broke off")))
            }
        }
    }

    async fn copy(&self, fetched: &Fetched, key: &str, limit: u64) -> Result<bool> {
        let store = self.app()?.media()?;
        match fetched.length {
            Some(length) => store.put(key, fetched.body.clone(), length).await.map(|()| true),
            None => store.put_at_most(key, &fetched.body, limit).await,
        }
    }

    /// Its first bytes say what it is, whatever the answer said.
    async fn look_at(&self, key: &str, limits: &Limits) -> Result<UploadOutcome> {
        let store = self.app()?.media()?;
        let size = store.size(key).await?.ok_or_else(|| Error::fault("a copy is gone at once"))?;
        // R2 has no range of what is empty.
        let head = if size == 0 { None } else { store.first_bytes(key, HEAD_BYTES).await? }.unwrap_or_default();
        let reason = match Kind::sniff(&head) {
            Some(kind) if limits.of(kind) == 0 => "its type is not allowed here",
            Some(kind) if size <= limits.of(kind) => {
                return Ok(UploadOutcome::Fetched(File { key: key.to_owned(), kind, size }));
            }
            Some(_) => "it is too large",
            None => "it is not of a type that X takes",
        };
        store.delete(key).await?;
        Ok(refused(reason))
    }
}

/// What the answer says it is may be as long as that; of what it does not say, the largest.
fn limit_of(fetched: &Fetched, limits: &Limits) -> u64 {
    let said = fetched.content_type.as_deref().and_then(Kind::from_mime).map(|kind| limits.of(kind));
    said.unwrap_or_else(|| Kind::ALL.into_iter().map(|kind| limits.of(kind)).max().unwrap_or_default())
}

/// RFC 9110 §15.5.9, §15.6; RFC 6585 §4.
const fn may_pass(why: Unfetched) -> bool {
    match why {
        Unfetched::NoAnswer(_) | Unfetched::Status(408 | 429 | 500..=599) => true,
        Unfetched::Status(_) | Unfetched::Redirect(_) | Unfetched::TooManyRedirects | Unfetched::Empty => false,
    }
}

fn refused(reason: &str) -> UploadOutcome {
    unusable(FailureCode::MediaUrlRefused, words(reason))
}

fn words(reason: &str) -> String {
    format!("The media URL could not be used: {reason}.")
}
