//! The reconciliation of a post whose answer was lost: the account's own posts since the call are read.

use std::rc::Rc;

use http::Response;
use latchkey_core::delivery::{Delivery, State};
use latchkey_core::id::{AccountId, XPostId};
use latchkey_core::oauth::Endpoints;
use latchkey_core::secret::Secret;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::XError;
use latchkey_core::x::lookup::{FULL_PAGE, READ, half};
use latchkey_core::x::problem::Refusal;
use latchkey_core::x::rate::{Window, WindowKind, exhausted_until, windows};
use latchkey_core::x::timeline::{OwnPost, own_posts_request, own_posts_response};

use super::Inner;
use super::lookup::Silence;
use super::tokens::NoAccess;
use crate::error::Result;
use crate::outbound::{LIST, NoAnswer};
use crate::runtime::now;

const OWN_POSTS: &str = "GET /2/users/:id/tweets";
pub(super) const NEW_POSTS: &str = "POST /2/tweets";
/// X gives no fewer a page.
const LEAST_POSTS: u32 = 5;
/// More than an account can post while one answer is in doubt.
const PAGES: u32 = 20;

/// What a read of the account's own posts says.
enum Sight {
    Posts(Vec<OwnPost>),
    /// Nothing, before then.
    NotBefore(UnixMillis),
    /// X limits the reads, and may say until when.
    Limited(Option<UnixMillis>),
}

impl Inner {
    pub(super) async fn settle(self: &Rc<Self>, delivery: Delivery) -> Result<()> {
        let gate = self.report().await?;
        let Some(doubt) = delivery.doubt.as_ref() else { return Ok(()) };
        let sight = match &gate.paused {
            Some(_) => Sight::NotBefore(now() + self.pace()?.probe),
            None => self.own_posts_since(&delivery.account_id, doubt.since).await?,
        };
        // What a caller is creating at this moment is on X before its id is claimed.
        let sight = if self.creating.get() > 0 { Sight::NotBefore(self.again_at()?) } else { sight };
        // Somebody may have settled it by hand meanwhile.
        let Some(mut delivery) = self.unchanged(&delivery)? else { return Ok(()) };
        match sight {
            Sight::NotBefore(time) => delivery.not_read(time),
            Sight::Limited(until) => delivery.read_limited(until, now(), self.pace()?),
            Sight::Posts(posts) => {
                delivery.reads = delivery.reads + gate.post_read.times(posts.len());
                if let Some(id) = delivery.found_in(&posts, |id| self.is_claimed(id).unwrap_or(true)) {
                    delivery.settled_as(id.clone(), now());
                    return self.save_with_claim(&delivery, Some(&id));
                }
                delivery.not_found(gate.may_resend, now(), self.pace()?);
            }
        }
        self.save_delivery(&delivery)
    }

    /// By hand: it came about as `id`, or not at all. Says whether it was in doubt.
    pub(super) async fn resolve(&self, known: &Delivery, id: Option<&XPostId>) -> Result<bool> {
        let is_unknown = |delivery: &Delivery| delivery.state == State::Unknown;
        let Some(mut delivery) = self.delivery(known)?.filter(is_unknown) else { return Ok(false) };
        match id {
            Some(id) => delivery.settled_as(id.clone(), now()),
            None => delivery.settled_as_absent(now()),
        }
        self.save_with_claim(&delivery, id)?;
        // The caller's answer shows what the ledger knows.
        self.report().await?;
        Ok(true)
    }

    async fn own_posts_since(self: &Rc<Self>, account_id: &AccountId, since: UnixMillis) -> Result<Sight> {
        let mut posts = Vec::new();
        let mut page: Option<String> = None;
        let mut count = FULL_PAGE;
        for _ in 0..PAGES {
            if self.own_pair(account_id)?.is_none() {
                return self.not_before_probe();
            }
            let user = self.x_user_id()?;
            let request = |endpoints: &Endpoints, token: &Secret<String>| {
                own_posts_request(endpoints, token, &user, since, (count, page.as_deref()))
            };
            let read = match self.ask_x((account_id, READ), OWN_POSTS, LIST, &request).await? {
                Ok(answer) => own_posts_response(&answer),
                Err(Silence::NoAnswer(NoAnswer::TooLarge)) if let Some(fewer) = half(count, LEAST_POSTS) => {
                    count = fewer;
                    continue;
                }
                Err(Silence::Limited(time) | Silence::NoAccess(NoAccess::Until(time))) => {
                    return Ok(Sight::NotBefore(time));
                }
                // It is looked for as soon as the deployment goes on, here or elsewhere.
                Err(Silence::NoAccess(NoAccess::StandsStill)) => return Ok(Sight::NotBefore(now())),
                Err(Silence::NoAccess(_) | Silence::MissingScope(_)) => return self.not_before_probe(),
                Err(Silence::NoAnswer(_)) => return Ok(Sight::NotBefore(self.again_at()?)),
            };
            match read {
                Ok(read) => {
                    posts.extend(read.posts);
                    page = read.next;
                }
                Err(error) => return self.not_seen(&error),
            }
            if page.is_none() {
                return Ok(Sight::Posts(posts));
            }
        }
        Ok(Sight::NotBefore(self.again_at()?))
    }

    /// Nothing can be read before the person has connected again, or the app is mended: both bring this up again.
    fn not_before_probe(&self) -> Result<Sight> {
        Ok(Sight::NotBefore(now() + self.pace()?.probe))
    }

    /// After a read that X did not answer, or answered with a fault of its own.
    fn again_at(&self) -> Result<UnixMillis> {
        Ok(now() + self.pace()?.again())
    }

    fn not_seen(&self, error: &XError) -> Result<Sight> {
        match error {
            XError::Refused { refusal: Refusal::RateLimited | Refusal::UsageCapped, windows, .. } => {
                Ok(Sight::Limited(exhausted_until(windows, now())))
            }
            XError::Refused { refusal, .. }
                if !matches!(refusal, Refusal::TokenRejected | Refusal::Unavailable | Refusal::InvalidResponse) =>
            {
                self.not_before_probe()
            }
            XError::Refused { .. } | XError::Malformed { .. } => Ok(Sight::NotBefore(self.again_at()?)),
        }
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
        Ok(self.windows(now())?.into_iter().filter(|(of, _)| of == endpoint).map(|(_, window)| window).collect())
    }

    /// The app's own window for posts is spent: that concerns every account.
    pub(super) fn spent_window_of_the_app(&self) -> Result<Option<Window>> {
        let is_spent = |window: &Window| window.kind == WindowKind::AppDay && window.remaining <= 0;
        Ok(self.windows_of(NEW_POSTS)?.into_iter().find(is_spent))
    }
}
