//! The reconciliation of a post whose answer was lost: the account's own posts since the call are read.

use std::rc::Rc;

use http::Response;
use latchkey_core::delivery::{Delivery, Pace, Policy, TimelineRead};
use latchkey_core::id::{AccountId, XPostId};
use latchkey_core::oauth::Endpoints;
use latchkey_core::secret::Secret;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::lookup::{FULL_PAGE, READ, half};
use latchkey_core::x::rate::{Window, WindowKind, exhausted_until, windows};
use latchkey_core::x::timeline::{own_posts_request, own_posts_response};

use super::Inner;
use super::lookup::NoResponse;
use crate::error::Result;
use crate::outbound::{LIST, NoAnswer};
use crate::runtime::now;

const OWN_POSTS: &str = "GET /2/users/:id/tweets";
pub(super) const NEW_POSTS: &str = "POST /2/tweets";
/// X gives no fewer a page.
const LEAST_POSTS: u32 = 5;
/// More than an account can post while one answer is unconfirmed.
const PAGES: u32 = 20;

impl NoResponse {
    /// What that makes of a read of the account's own posts.
    fn timeline_read(self, pace: Pace) -> TimelineRead {
        match self {
            Self::Limited(time) => TimelineRead::NotBefore(time),
            Self::NoAccess(no_access) => no_access.timeline_read(now(), pace),
            Self::MissingScope(_) => TimelineRead::after_probe(now(), pace),
            Self::NoAnswer(_) => TimelineRead::again(now(), pace),
        }
    }
}

impl Inner {
    pub(super) async fn reconcile(self: &Rc<Self>, delivery: Delivery) -> Result<()> {
        let breaker = self.report().await?;
        let Some(since) = delivery.unconfirmed_from() else { return Ok(()) };
        let read = match &breaker.paused {
            Some(_) => TimelineRead::after_probe(now(), self.pace()?),
            None => self.own_posts_since(&delivery.account_id, since).await?,
        };
        // What a caller is creating at this moment is on X before its id is claimed.
        let read = if self.creating.get() > 0 { TimelineRead::again(now(), self.pace()?) } else { read };
        // Somebody may have settled it by hand meanwhile.
        let Some(mut delivery) = self.unchanged_but_removed(delivery)? else { return Ok(()) };
        let policy = Policy { may_resend: breaker.may_resend, post_read: breaker.post_read };
        let is_claimed = |id: &XPostId| self.is_claimed(id).unwrap_or(true);
        let found = delivery.reconcile(read, policy, is_claimed, now(), self.pace()?);
        self.end_step(&delivery, found.as_ref())
    }

    /// The delivery, if nothing has happened to it during a read but the removal of its account.
    fn unchanged_but_removed(&self, mut known: Delivery) -> Result<Option<Delivery>> {
        let Some(stored) = self.delivery(&known)? else { return Ok(None) };
        known.learn_removal(&stored);
        Ok((known == stored).then_some(known))
    }

    /// By hand: it came about as `id`, or not at all. Says whether it was unconfirmed.
    pub(super) async fn resolve(&self, known: &Delivery, id: Option<&XPostId>) -> Result<bool> {
        let Some(mut delivery) = self.delivery(known)? else { return Ok(false) };
        if !delivery.resolve(id, now()) {
            return Ok(false);
        }
        self.save_with_claim(&delivery, id)?;
        // The caller's answer shows what the workspace knows.
        self.report().await?;
        Ok(true)
    }

    async fn own_posts_since(self: &Rc<Self>, account_id: &AccountId, since: UnixMillis) -> Result<TimelineRead> {
        let mut posts = Vec::new();
        let mut page: Option<String> = None;
        let mut count = FULL_PAGE;
        for _ in 0..PAGES {
            if self.own_pair(account_id)?.is_none() {
                return Ok(TimelineRead::after_probe(now(), self.pace()?));
            }
            let user = self.x_user_id()?;
            let request = |endpoints: &Endpoints, token: &Secret<String>| {
                own_posts_request(endpoints, token, &user, since, (count, page.as_deref()))
            };
            let read = match self.ask_x((account_id, READ), OWN_POSTS, LIST, &request).await? {
                Ok(answer) => own_posts_response(&answer),
                Err(NoResponse::NoAnswer(NoAnswer::TooLarge)) if let Some(fewer) = half(count, LEAST_POSTS) => {
                    count = fewer;
                    continue;
                }
                Err(no_response) => return Ok(no_response.timeline_read(self.pace()?)),
            };
            match read {
                Ok(read) => {
                    posts.extend(read.posts);
                    page = read.next;
                }
                Err(error) => return Ok(TimelineRead::refused(&error, now(), self.pace()?)),
            }
            if page.is_none() {
                return Ok(TimelineRead::Posts(posts));
            }
        }
        Ok(TimelineRead::again(now(), self.pace()?))
    }

    /// Remembers what X says of its limits.
    pub(super) fn note_windows(&self, endpoint: &str, answer: &Response<Vec<u8>>) -> Result<()> {
        self.save_windows(endpoint, &windows(answer.headers(), now()))
    }

    /// Until when an endpoint is of no use, as far as this account knows.
    pub(super) fn exhausted_until(&self, endpoint: &str) -> Result<Option<UnixMillis>> {
        Ok(exhausted_until(&self.windows_of(endpoint)?, now()))
    }

    /// The windows of an endpoint that are not over, as last told.
    pub(super) fn windows_of(&self, endpoint: &str) -> Result<Vec<Window>> {
        self.with_windows(|known| known.of(endpoint, now()))
    }

    /// The app's own window for posts is spent: that concerns every account.
    pub(super) fn spent_window_of_the_app(&self) -> Result<Option<Window>> {
        let is_spent = |window: &Window| window.kind == WindowKind::AppDay && window.remaining <= 0;
        Ok(self.windows_of(NEW_POSTS)?.into_iter().find(is_spent))
    }
}
