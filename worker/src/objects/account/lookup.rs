//! Questions to X on behalf of a waiting caller: who is the owner of a token, what are the figures of a post; and
//! deletions.

use std::collections::BTreeSet;
use std::rc::Rc;

use http::{Request, Response};
use latchkey_core::account::{lacks_scope, must_reconnect};
use latchkey_core::api::account::Health;
use latchkey_core::api::code::Code;
use latchkey_core::api::refused::Refused;
use latchkey_core::delivery::Segment;
use latchkey_core::freeze::frozen;
use latchkey_core::grant::NoAccess;
use latchkey_core::id::AccountId;
use latchkey_core::oauth::Endpoints;
use latchkey_core::secret::Secret;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::lookup::{Lookup, READ, list_response};
use latchkey_core::x::problem::Refusal;
use latchkey_core::x::tweet::{SCOPE, delete_request, unrepost_request};
use latchkey_core::x::user::{XUser, me_request, me_response, users_in};
use latchkey_core::x::{XError, data};
use serde_json::Value;
use worker::wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::error::Result;
use crate::log;
use crate::outbound::{Bounds, LIST, NoAnswer, QUICK};
use crate::runtime::now;

pub(super) const ME: &str = "GET /2/users/me";
const DELETE_POST: &str = "DELETE /2/tweets/:id";
const DELETE_REPOST: &str = "DELETE /2/users/:id/retweets/:id";

/// Why there is no answer of X.
pub enum NoResponse {
    NoAccess(NoAccess),
    NoAnswer(NoAnswer),
    Limited(UnixMillis),
    /// The row's own consent lacks it.
    MissingScope(&'static str),
}

/// What makes the request once there is a token.
pub type MakeRequest<'a> = dyn Fn(&Endpoints, &Secret<String>) -> Request<Vec<u8>> + 'a;
pub type Asked = std::result::Result<Response<Vec<u8>>, NoResponse>;

impl Inner {
    /// `GET …/health`: a second 401 is ill health, not a disconnection.
    pub(super) async fn health(self: &Rc<Self>, account_id: &AccountId) -> Result<Health> {
        let asked = self.ask_x((account_id, READ), ME, QUICK, &me_request).await?;
        let grant = self.own_pair(account_id)?.map(|own| own.grant);
        Ok(match asked {
            Ok(answer) => {
                let user = me_response(&answer);
                self.tell_users(user.iter().cloned().collect()).await;
                Health::from_x(user, &answer, grant.as_ref(), now())
            }
            Err(NoResponse::NoAccess(NoAccess::Frozen)) => return Err(frozen().into()),
            Err(no_response) => Health::unanswered(&no_response.refused(), grant.as_ref()),
        })
    }

    pub(super) async fn ask(self: &Rc<Self>, account_id: &AccountId, lookup: &Lookup) -> Result<Value> {
        let mut asked = self.look_up(account_id, lookup).await?;
        let mut smaller = lookup.halved();
        while let (Err(NoResponse::NoAnswer(NoAnswer::TooLarge)), Some(lookup)) = (&asked, &smaller) {
            asked = self.look_up(account_id, lookup).await?;
            smaller = lookup.halved();
        }
        let answer = asked.map_err(NoResponse::refused)?;
        let body = list_response(&answer).map_err(|error| Refused::from_x(&error, now()))?;
        self.tell_users(users_in(&body)).await;
        Ok(body)
    }

    /// The workspace hears what X says of users, unless X said the same a moment ago. What the workspace does not hear is told
    /// the next time.
    async fn tell_users(&self, said: Vec<XUser>) {
        if !self.user_reports.borrow_mut().is_news(&said, now()) {
            return;
        }
        let reported = async { self.app()?.workspace()?.learn_users(said).await }.await;
        if reported.is_err() {
            self.user_reports.take();
        }
        log::unattended("account", "what X says of users", &reported);
    }

    /// A refresh shows that somebody uses the account. People change their names, and gain or lose Premium. X is
    /// therefore asked for the user, unless another call has asked since the refresh. The question runs beside other
    /// work, and the next refresh makes up for a failure.
    pub(super) fn ask_who_was_refreshed(self: &Rc<Self>) {
        let Some(account_id) = self.refreshed.take() else { return };
        let inner = Rc::clone(self);
        spawn_local(async move {
            log::unattended("account", "ask X who this is", &inner.health(&account_id).await.map(|_| ()));
        });
    }

    async fn look_up(self: &Rc<Self>, account_id: &AccountId, lookup: &Lookup) -> Result<Asked> {
        let request = |endpoints: &Endpoints, token: &Secret<String>| lookup.request(endpoints, token);
        self.ask_x(
            (account_id, lookup.scopes()),
            lookup.endpoint(),
            if lookup.is_list() { LIST } else { QUICK },
            &request,
        )
        .await
    }

    /// The last post first: X keeps the replies to a deleted post, but nobody wants to see a thread without its head.
    pub(super) async fn delete(self: &Rc<Self>, account_id: &AccountId, segments: &[Segment]) -> Result<()> {
        let who = (account_id, [SCOPE].as_slice());
        for segment in segments.iter().rev() {
            let asked = match (&segment.repost_of, &segment.platform_post_id) {
                (Some(id), Some(_)) => {
                    let user = self.x_user_id()?;
                    let request =
                        |endpoints: &Endpoints, token: &Secret<String>| unrepost_request(endpoints, token, &user, id);
                    self.ask_x(who, DELETE_REPOST, QUICK, &request).await?
                }
                (None, Some(id)) => {
                    let request = |endpoints: &Endpoints, token: &Secret<String>| delete_request(endpoints, token, id);
                    self.ask_x(who, DELETE_POST, QUICK, &request).await?
                }
                (_, None) => continue,
            };
            let answer = asked.map_err(NoResponse::refused)?;
            match data::<Value>(&answer) {
                Ok(_) | Err(XError::Refused { refusal: Refusal::NotFound, .. }) => {}
                Err(error) => return Err(Refused::from_x(&error, now()).into()),
            }
        }
        Ok(())
    }

    /// One call for a row, with the needed scopes. A 401 leads to exactly one refresh of the pair and a second call; if
    /// the pair has ended and another row's takes its place, the same holds for that pair. An exhausted window is not
    /// tried.
    pub(super) async fn ask_x(
        self: &Rc<Self>,
        (account_id, scopes): (&AccountId, &[&'static str]),
        endpoint: &str,
        bounds: Bounds,
        request: &MakeRequest<'_>,
    ) -> Result<Asked> {
        if let Some(scope) = self.missing_scope(account_id, scopes)? {
            return Ok(Err(NoResponse::MissingScope(scope)));
        }
        let mut rejected = BTreeSet::new();
        loop {
            if let Some(until) = self.exhausted_until(endpoint)? {
                return Ok(Err(NoResponse::Limited(until)));
            }
            let access = match self.access_token(account_id).await? {
                Ok(access) => access,
                Err(no_access) => return Ok(Err(NoResponse::NoAccess(no_access))),
            };
            let app = self.app()?;
            let answer = match app.x().send(request(app.endpoints(), &access.token), bounds).await? {
                Ok(answer) => answer,
                Err(no_answer) => return Ok(Err(NoResponse::NoAnswer(no_answer))),
            };
            self.note_windows(endpoint, &answer)?;
            if endpoint == ME {
                self.refreshed.take();
            }
            if answer.status() != http::StatusCode::UNAUTHORIZED || !rejected.insert(access.owner.clone()) {
                return Ok(Ok(answer));
            }
            self.access_token_rejected(&access)?;
        }
    }
}

impl NoResponse {
    pub fn refused(self) -> Refused {
        let (code, message, until) = match self {
            Self::NoAccess(NoAccess::Ended) => return must_reconnect(),
            Self::NoAccess(NoAccess::ClientRefused) => {
                (Code::InvalidClientSecret, "X refuses the app's client id or secret.", None)
            }
            Self::NoAccess(NoAccess::Until(time)) => {
                (Code::XUnavailable, "X gives no access token at the moment.", Some(time))
            }
            Self::NoAccess(NoAccess::Frozen) => return frozen(),
            Self::MissingScope(scope) => return lacks_scope(scope),
            Self::NoAnswer(no_answer) => return no_answer.refused(),
            Self::Limited(until) => (Code::RateLimited, "X's rate limit for this account is reached.", Some(until)),
        };
        Refused::new(code, message).until(until, now())
    }
}
