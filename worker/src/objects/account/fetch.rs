//! The file behind a URL, copied to R2 when the post goes out: X wants the length first and may want the bytes twice.

use latchkey_core::delivery::{Failure, FailureCode, File, Names, UploadOutcome};
use latchkey_core::media::source::{Unusable, is_transient, usable};
use latchkey_core::media::{Limits, is_enough};
use latchkey_core::time::Span;

use super::Inner;
use crate::error::{Error, Result};
use crate::log;
use crate::outbound::{Fetched, Unfetched};
use crate::stream::Peeked;

/// For the whole file: it holds up the account's line.
const TIME: Span = Span::mins(5);

/// What a caller names, and where its copy goes.
pub(super) struct Source<'a> {
    pub(super) url: &'a str,
    pub(super) filename: Option<&'a str>,
    pub(super) key: &'a str,
}

impl Inner {
    pub(super) async fn fetch_media(&self, source: &Source<'_>, limits: &Limits) -> Result<UploadOutcome> {
        let app = self.app()?;
        let fetched = match app.public().url(source.url) {
            Ok(url) => app.public().get(url, TIME).await?,
            Err(reason) => return Ok(refused(&reason.to_string())),
        };
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(why) if may_recover(why) => return Ok(UploadOutcome::SourceSilent(words(&why.to_string()))),
            Err(why) => return Ok(refused(&why.to_string())),
        };
        match self.copy(&fetched, source, limits).await {
            Ok(Ok(file)) => Ok(UploadOutcome::Fetched(file)),
            Ok(Err(reason)) => Ok(refused(&reason.to_string())),
            Err(error) => {
                log::unattended("account", "copy what a URL names", &Err(error));
                Ok(UploadOutcome::SourceSilent(words("its bytes broke off")))
            }
        }
    }

    /// The first bytes decide the kind and the maximum size, not the answer's headers.
    async fn copy(&self, fetched: &Fetched, source: &Source<'_>, limits: &Limits) -> Result<Result<File, Unusable>> {
        let (store, key) = (self.app()?.media()?, source.key);
        let body = Peeked::until(is_enough, fetched.body.clone()).await?;
        let kind = match usable(&body.head, fetched.length, limits) {
            Ok(kind) => kind,
            Err(reason) => {
                body.discard();
                return Ok(Err(reason));
            }
        };
        let is_stored = match fetched.length {
            Some(length) => store.put(key, body, length).await.map(|()| true),
            None => store.put_at_most(key, body, limits.of(kind)).await,
        };
        if !is_stored? {
            return Ok(Err(Unusable::TooLarge));
        }
        let size = store.size(key).await?.ok_or_else(|| Error::fault("a copy is gone at once"))?;
        let Source { url, filename, .. } = *source;
        let names = Names { content_type: fetched.content_type.as_deref(), filename, url };
        Ok(Ok(File::fetched(key, kind, size, &names)))
    }
}

const fn may_recover(why: Unfetched) -> bool {
    match why {
        Unfetched::NoAnswer(_) => true,
        Unfetched::Status(status) => is_transient(status),
        Unfetched::Redirect(_) | Unfetched::TooManyRedirects | Unfetched::Empty => false,
    }
}

fn refused(reason: &str) -> UploadOutcome {
    unusable(FailureCode::MediaUrlRefused, words(reason))
}

fn words(reason: &str) -> String {
    format!("The media URL could not be used: {reason}.")
}

pub(super) fn unusable(code: FailureCode, message: String) -> UploadOutcome {
    UploadOutcome::Unusable(Failure { code, message })
}
