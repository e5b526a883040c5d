//! Whatever X would refuse of a post and we can know, before anything is stored.

use super::{Post, Wording, media, parts};
use crate::account::Account;
use crate::refusal::{Code, Refused};
use crate::x::media::SCOPE as MEDIA_SCOPE;

impl Post {
    /// Whatever X would refuse and we can know, of every part: a thread must not break off for its later parts. What
    /// depends on the account is in `check_length` and `check_scopes`.
    pub fn check(&self, wording: Wording) -> Result<(), Refused> {
        for n in 0..self.containers.len() {
            let options = self.options_at(n);
            let path = |name: &str| self.option_path(wording, n, name);
            if n > 0 && options.has("reply") {
                return Err(Refused::field(&path("reply"), "each part of a thread replies to the one before"));
            }
            if options.has("poll") && options.has("quote_tweet_id") {
                return Err(Refused::field(&path("quote_tweet_id"), "X takes a poll or a quote, not both"));
            }
            let Some(container) = self.containers.get(n) else { continue };
            media::check(container, &options, &wording.media_path(n), &path)?;
            if container.content.trim().is_empty() && container.media.is_empty() && !options.has("poll") {
                return Err(Refused::field(&wording.text_path(n), "is empty"));
            }
        }
        parts::check(&self.containers, wording)
    }

    /// The account with the shortest limit decides: a post is one thing, and never cut.
    pub fn check_length(&self, wording: Wording, accounts: &[&Account]) -> Result<(), Refused> {
        let Some(strictest) = accounts.iter().min_by_key(|account| account.user.max_post_length()) else {
            return Ok(());
        };
        self.check_length_for(wording, &strictest.user.username, strictest.user.max_post_length())
    }

    /// The same for one account of which no more is known.
    pub fn check_length_for(&self, wording: Wording, username: &str, limit: u32) -> Result<(), Refused> {
        let mut refused: Option<Refused> = None;
        for (n, container) in self.containers.iter().enumerate() {
            let Some(over) = container.weighted_length.checked_sub(limit).filter(|over| *over > 0) else { continue };
            let message =
                format!("{over} too many: X counts {}, and @{username} may write {limit}.", container.weighted_length);
            let so_far = refused.take().unwrap_or_else(|| Refused::new(Code::TextTooLong, message.clone()));
            let refusal = so_far.with_detail(&format!("containers.{n}"), message.clone());
            refused = Some(match wording {
                Wording::Content => refusal.with_detail("content", message),
                Wording::Containers => refusal,
            });
        }
        refused.map_or(Ok(()), Err)
    }

    /// An account that was connected without the scope for media cannot publish any (X docs, x-api/media/introduction).
    pub fn check_scopes(&self, accounts: &[&Account]) -> Result<(), Refused> {
        let lacks = |account: &&&Account| self.has_media() && !account.scopes.contains(MEDIA_SCOPE);
        let Some(account) = accounts.iter().find(lacks) else { return Ok(()) };
        let message = format!("@{} was connected without the permission to upload media.", account.user.username);
        let hint = format!("Connect the account again with the scope {MEDIA_SCOPE}.");
        Err(Refused::new(Code::MissingScope, message).with_hint(&hint))
    }

    /// Where the caller has said an option of a part: with the part, or with the post.
    fn option_path(&self, wording: Wording, n: usize, name: &str) -> String {
        let is_own = self.containers.get(n).is_some_and(|container| container.options.has(name));
        match wording {
            Wording::Containers if is_own => format!("containers.{n}.x.{name}"),
            _ => format!("x.{name}"),
        }
    }
}
