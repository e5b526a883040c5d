//! One account's token pair at X: the time of a refresh, and the end of the grant.
//!
//! X's refresh tokens work once, and an answer can be lost after X has rotated the pair. A refresh is therefore
//! journalled before the call. After a lost answer the old access token stays in use until its expiry. Only X's message
//! that the token itself is invalid ends the grant (docs/API.md, section 5, promises 6 and 7).

use serde::{Deserialize, Serialize};

use crate::backoff;
use crate::delivery::{Outcome, Pace, TimelineRead};
use crate::network::ClientRef;
use crate::oauth::{OAuthError, Scopes};
use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};

/// X's access tokens live two hours; a refresh begins this long before the end.
const REFRESH_AHEAD: Span = Span::mins(15);
/// Between attempts when X or the app, not the token, is at fault.
const FIRST_PAUSE: Span = Span::secs(5);
const LONGEST_PAUSE: Span = Span::mins(5);

/// Stored as JSON beside the sealed pair; its format is pinned by a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The client the tokens were issued to. Only it can refresh or revoke them.
    pub(crate) client: ClientRef,
    pub(crate) expires_at: UnixMillis,
    pub(crate) scopes: Scopes,
    pub(crate) can_refresh: bool,
    /// Counts the pairs, so that a caller with an older pair can tell.
    pub(crate) generation: u32,
    pub(crate) refresh: RefreshJournal,
    pub(crate) ended: Option<Ended>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshJournal {
    /// Set before the request leaves; still set after a crash in the middle.
    started_at: Option<UnixMillis>,
    not_before: Option<UnixMillis>,
    /// X may have rotated the pair without our hearing of it.
    #[serde(rename = "in_doubt")]
    is_unconfirmed: bool,
    /// X refused the app itself, not the token.
    #[serde(default)]
    is_client_refused: bool,
    failures: u32,
}

/// Why the person has to connect again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    RefreshTokenRefused,
    RefreshAnswerLost,
    /// Granted without `offline.access`, so there never was a refresh token.
    NoRefreshToken,
    ClientChanged,
}

/// Whether the tokens of a session are taken over. `is_known`: a pair of the session is in use; the session tells of its
/// tokens again, and they may have been rotated since. `was_discarded`: a pair of the session is on its way to be revoked.
pub fn is_adopted(is_known: bool, was_discarded: bool) -> Result<bool, Refused> {
    if !is_known && was_discarded {
        return Err(Refused::new(Code::InvalidGrant, "The account was disconnected while it was being connected."));
    }
    Ok(!is_known)
}

impl Ended {
    /// The tokens are void at X, though nobody took the consent back by its own terms: without `offline.access` a
    /// consent was for as long as its access token lives, and another client id is another app.
    pub const fn is_loss_of_tokens(self) -> bool {
        matches!(self, Self::RefreshTokenRefused | Self::RefreshAnswerLost)
    }
}

/// What a caller who needs an access token is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Current,
    Refresh,
    /// Neither token nor refresh may be used before this time.
    NotBefore(UnixMillis),
    Ended(Ended),
}

/// What the holder of a pair does next for a caller who needs an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The token is given.
    Give,
    Refresh,
    Refuse(NoAccess),
    /// The grant is over, and nobody has written that down yet. Another row's pair may do from here on.
    End(Ended),
}

/// Why there is no access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAccess {
    /// The person has to connect again.
    Ended,
    /// X refuses the app's client id or secret, and so every account's refresh.
    ClientRefused,
    Until(UnixMillis),
    /// The deployment is frozen.
    Frozen,
}

impl NoAccess {
    /// What that makes of an attempt to publish.
    pub const fn outcome(self, now: UnixMillis) -> Outcome {
        match self {
            Self::Ended => Outcome::ReconnectRequired,
            Self::ClientRefused => Outcome::ClientRefused,
            Self::Until(time) => Outcome::NoTokenUntil(time),
            Self::Frozen => Outcome::NoTokenUntil(now),
        }
    }

    /// What that makes of a read of the account's posts. Of a frozen deployment they are read as soon as it goes on, here
    /// or elsewhere.
    pub fn timeline_read(self, now: UnixMillis, pace: Pace) -> TimelineRead {
        match self {
            Self::Until(time) => TimelineRead::NotBefore(time),
            Self::Frozen => TimelineRead::NotBefore(now),
            Self::Ended | Self::ClientRefused => TimelineRead::after_probe(now, pace),
        }
    }
}

/// How a refresh failed.
#[derive(Debug)]
pub enum RefreshFailure {
    Answered(OAuthError),
    /// Timed out or cut off: X may have acted.
    Lost,
}

impl RefreshFailure {
    /// A wrong client id or secret is the app's fault: every account's refresh will be refused like this one.
    const fn blames_the_client(&self) -> bool {
        matches!(self, Self::Answered(OAuthError::ClientSecretInvalid | OAuthError::ClientIdInvalid))
    }
}

impl Grant {
    pub fn new(client: ClientRef, expires_at: UnixMillis, scopes: Scopes, can_refresh: bool) -> Self {
        let refresh = RefreshJournal::default();
        Self { client, expires_at, scopes, can_refresh, generation: 1, refresh, ended: None }
    }

    pub const fn client(&self) -> &ClientRef {
        &self.client
    }

    pub const fn expires_at(&self) -> UnixMillis {
        self.expires_at
    }

    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether tokens that end at `expires_at` are used as they are. The next caller refreshes others.
    pub fn is_fresh(expires_at: UnixMillis, now: UnixMillis) -> bool {
        now < expires_at - REFRESH_AHEAD
    }

    /// The step for a caller at `now`. `refreshing` says whether this process is refreshing. If nobody is, a journal
    /// with "started" is left over from a crash, and the answer of that refresh is lost.
    pub fn next(&self, now: UnixMillis, refreshing: bool) -> Use {
        if let Some(ended) = self.ended {
            return Use::Ended(ended);
        }
        let valid = now < self.expires_at;
        if Self::is_fresh(self.expires_at, now) {
            return Use::Current;
        }
        if refreshing {
            return Use::Refresh;
        }
        if !self.can_refresh {
            return if valid { Use::Current } else { Use::Ended(Ended::NoRefreshToken) };
        }
        let lost_in_a_crash = self.refresh.started_at.is_some();
        match self.refresh.not_before {
            _ if valid && lost_in_a_crash => Use::Current,
            Some(time) if now < time => {
                if valid {
                    Use::Current
                } else {
                    Use::NotBefore(time)
                }
            }
            _ => Use::Refresh,
        }
    }

    /// The next step for a caller at `now`, who has a token refreshed once at most. A token that is given out with less
    /// than the usual time left is a token all the same.
    pub fn step(&self, now: UnixMillis, is_refreshing: bool, has_refreshed: bool) -> Step {
        let is_over = now >= self.expires_at;
        match self.next(now, is_refreshing) {
            Use::Refresh if !has_refreshed => Step::Refresh,
            Use::Refresh | Use::NotBefore(_) if self.refresh.is_client_refused && is_over => {
                Step::Refuse(NoAccess::ClientRefused)
            }
            Use::Refresh if is_over => Step::Refuse(NoAccess::Until(now)),
            Use::Current | Use::Refresh => Step::Give,
            Use::NotBefore(time) => Step::Refuse(NoAccess::Until(time)),
            Use::Ended(ended) if self.ended == Some(ended) => Step::Refuse(NoAccess::Ended),
            Use::Ended(ended) => Step::End(ended),
        }
    }

    pub const fn end(&mut self, ended: Ended) {
        self.ended = Some(ended);
    }

    pub const fn ended(&self) -> Option<Ended> {
        self.ended
    }

    pub const fn is_live(&self) -> bool {
        self.ended.is_none()
    }

    pub const fn is_client_refused(&self) -> bool {
        self.refresh.is_client_refused
    }

    /// Whether another row's pair may act for this one: X has lost this one, and nobody took the consent back.
    pub fn needs_substitute(&self) -> bool {
        self.ended.is_some_and(Ended::is_loss_of_tokens)
    }

    /// Which of the live pairs of the same client acts for this one, by their scopes: one that has this one's at least.
    pub fn substitute<T>(&self, alike: impl IntoIterator<Item = (T, Scopes)>) -> Option<T> {
        alike.into_iter().find(|(_, scopes)| self.scopes.is_subset(scopes)).map(|(pair, _)| pair)
    }

    /// The scopes that a row may use of this pair. Nothing if the row's own consent allows the same.
    pub fn limited_to(&self, own: Scopes) -> Option<Scopes> {
        (own != self.scopes).then_some(own)
    }

    /// The first of the needed scopes that this consent lacks. Where X never said what a consent allows, X decides.
    pub fn lacks(&self, needed: &[&'static str]) -> Option<&'static str> {
        let lacks = |scope: &&'static str| !self.scopes.is_empty() && !self.scopes.contains(scope);
        needed.iter().copied().find(lacks)
    }

    /// Whether this pair does for another row's, which X has lost: of the same client, with its scopes at least.
    pub fn does_for(&self, other: &Self) -> bool {
        self.is_live() && self.client.client_id == other.client.client_id && other.scopes.is_subset(&self.scopes)
    }

    /// The client as the app has it last, for what is left to be revoked.
    #[must_use]
    pub fn of_client(self, client: ClientRef) -> Self {
        Self { client, ..self }
    }

    /// X may have issued a pair whose answer did not arrive.
    pub const fn is_unconfirmed(&self) -> bool {
        self.refresh.is_unconfirmed || self.refresh.started_at.is_some()
    }

    /// To be durable before the request leaves.
    pub fn begin_refresh(&mut self, now: UnixMillis) {
        self.refresh.is_unconfirmed |= self.refresh.started_at.is_some();
        self.refresh.started_at = Some(now);
    }

    /// A new pair, from a refresh or from a new consent. To be durable before its first use.
    #[must_use]
    pub fn replaced_by(self, fresh: Self) -> Self {
        Self { generation: self.generation + 1, ..fresh }
    }

    /// The refresh begun at `generation` failed. If the pair was replaced meanwhile, that settles it.
    pub fn refresh_failed(&mut self, generation: u32, failure: &RefreshFailure, now: UnixMillis) {
        if generation != self.generation {
            return;
        }
        self.refresh.started_at = None;
        self.refresh.failures += 1;
        self.refresh.is_client_refused = failure.blames_the_client();
        let pause = now + backoff::pause(FIRST_PAUSE, LONGEST_PAUSE, self.refresh.failures);
        match failure {
            RefreshFailure::Answered(OAuthError::TokenInvalid) => {
                let lost = self.refresh.is_unconfirmed;
                self.ended = Some(if lost { Ended::RefreshAnswerLost } else { Ended::RefreshTokenRefused });
            }
            RefreshFailure::Answered(error @ OAuthError::RateLimited { .. }) => {
                self.refresh.not_before = Some(error.retry_at(now).unwrap_or(pause));
            }
            RefreshFailure::Answered(OAuthError::Unavailable { .. } | OAuthError::Malformed { .. }) => {
                self.refresh.is_unconfirmed = true;
                self.refresh.not_before = Some(pause);
            }
            RefreshFailure::Answered(_) => self.refresh.not_before = Some(pause),
            RefreshFailure::Lost => {
                self.refresh.is_unconfirmed = true;
                self.refresh.not_before = Some(pause.max(self.expires_at));
            }
        }
    }

    /// The app was mended: a refresh may be tried at once.
    pub const fn client_mended(&mut self) {
        if self.refresh.is_client_refused {
            self.refresh.is_client_refused = false;
            self.refresh.not_before = None;
        }
    }

    /// X answered 401 to the access token of `generation`: its life is over, whatever the clock says.
    pub fn access_token_rejected(&mut self, generation: u32, now: UnixMillis) {
        if generation == self.generation {
            self.expires_at = self.expires_at.min(now);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::id::NetworkId;
    use crate::oauth::Scopes;

    const T0: UnixMillis = UnixMillis(1_000_000_000);
    const EXPIRY: UnixMillis = UnixMillis(1_000_000_000 + 7_200_000);

    #[test]
    fn tokens_of_a_session_are_adopted_once_and_not_after_they_were_discarded() {
        assert_eq!(is_adopted(false, false).ok(), Some(true));
        // An older pair of the session was discarded, a newer one is in use.
        assert_eq!([is_adopted(true, false).ok(), is_adopted(true, true).ok()], [Some(false); 2]);
        assert_eq!(is_adopted(false, true).unwrap_err().code, Code::InvalidGrant);
    }

    fn client() -> ClientRef {
        ClientRef { network_id: NetworkId::from_entropy([1; 16]), client_id: "c".into(), secret_version: 1 }
    }

    fn grant() -> Grant {
        Grant::new(client(), EXPIRY, Scopes::publish_default(), true)
    }

    fn with_scopes(text: &str) -> Grant {
        Grant { scopes: Scopes::parse(text).unwrap(), ..grant() }
    }

    #[test]
    fn a_lost_pair_is_replaced_by_the_first_that_has_its_scopes() {
        let own = with_scopes("tweet.read users.read");
        let alike =
            |names: &[&'static str]| own.substitute(names.iter().map(|name| (*name, Scopes::parse(name).unwrap())));
        let more = "tweet.read tweet.write users.read";
        assert_eq!(alike(&["tweet.read", more, "tweet.read users.read"]), Some(more));
        assert_eq!(alike(&["tweet.read", "users.read"]), None);
        assert_eq!(own.substitute(Vec::<((), Scopes)>::new()), None);
    }

    #[test]
    fn a_row_is_held_to_its_own_consent_when_the_pair_in_use_allows_something_else() {
        let used = with_scopes("tweet.read users.read");
        assert_eq!(used.limited_to(used.scopes.clone()), None);
        let own = Scopes::parse("tweet.read").unwrap();
        assert_eq!(used.limited_to(own.clone()), Some(own));
    }

    #[test]
    fn the_first_scope_that_a_consent_lacks_is_named_unless_x_never_said_its_scopes() {
        let needed = ["tweet.read", "media.write", "tweet.write"];
        assert_eq!(with_scopes("tweet.read").lacks(&needed), Some("media.write"));
        assert_eq!(with_scopes("tweet.read tweet.write media.write").lacks(&needed), None);
        assert_eq!(with_scopes("").lacks(&needed), None);
        assert_eq!(with_scopes("tweet.read").lacks(&[]), None);
    }

    #[test]
    fn a_refresh_begins_fifteen_minutes_before_expiry() {
        assert_eq!(grant().next(EXPIRY - Span::mins(15) - Span::millis(1), false), Use::Current);
        assert_eq!(grant().next(EXPIRY - Span::mins(15), false), Use::Refresh);
    }

    #[test]
    fn after_a_lost_answer_the_old_token_serves_until_it_expires_and_then_one_refresh_is_tried() {
        let mut grant = grant();
        let now = EXPIRY - Span::mins(10);
        grant.begin_refresh(now);
        grant.refresh_failed(1, &RefreshFailure::Lost, now + Span::secs(10));
        assert_eq!(grant.next(EXPIRY - Span::millis(1), false), Use::Current);
        assert_eq!(grant.next(EXPIRY, false), Use::Refresh);
        grant.begin_refresh(EXPIRY);
        grant.refresh_failed(1, &RefreshFailure::Answered(OAuthError::TokenInvalid), EXPIRY);
        assert_eq!(grant.next(EXPIRY, false), Use::Ended(Ended::RefreshAnswerLost));
    }

    #[test]
    fn a_crash_in_the_middle_counts_as_a_lost_answer() {
        let mut grant = grant();
        grant.begin_refresh(EXPIRY - Span::mins(10));
        assert_eq!(grant.next(EXPIRY - Span::mins(9), false), Use::Current);
        assert_eq!(grant.next(EXPIRY, false), Use::Refresh);
        grant.begin_refresh(EXPIRY);
        grant.refresh_failed(1, &RefreshFailure::Answered(OAuthError::TokenInvalid), EXPIRY);
        assert_eq!(grant.ended, Some(Ended::RefreshAnswerLost));
    }

    #[test]
    fn only_the_refusal_of_the_token_ends_a_grant() {
        for error in [
            OAuthError::ClientSecretInvalid,
            OAuthError::ClientIdInvalid,
            OAuthError::Unavailable { status: 503 },
            OAuthError::Malformed { status: 200 },
            OAuthError::RateLimited { windows: Vec::new() },
        ] {
            let mut grant = grant();
            grant.begin_refresh(EXPIRY);
            grant.refresh_failed(1, &RefreshFailure::Answered(error), EXPIRY);
            assert_eq!(grant.ended, None);
            assert!(matches!(grant.next(EXPIRY, false), Use::NotBefore(_)));
            assert_eq!(grant.next(EXPIRY + Span::mins(5), false), Use::Refresh);
        }
        let mut grant = grant();
        grant.refresh_failed(1, &RefreshFailure::Answered(OAuthError::TokenInvalid), EXPIRY);
        assert_eq!(grant.ended, Some(Ended::RefreshTokenRefused));
    }

    #[test]
    fn a_pair_that_was_replaced_meanwhile_is_not_ended_by_the_old_ones_refusal() {
        let mut grant = grant();
        grant.begin_refresh(EXPIRY);
        let mut grant =
            grant.replaced_by(Grant::new(client(), EXPIRY + Span::hours(2), Scopes::publish_default(), true));
        grant.refresh_failed(1, &RefreshFailure::Answered(OAuthError::TokenInvalid), EXPIRY);
        assert_eq!(grant.next(EXPIRY, false), Use::Current);
    }

    #[test]
    fn a_rejected_access_token_is_refreshed_once_and_not_its_successor() {
        let mut grant = grant();
        grant.access_token_rejected(1, T0);
        assert_eq!(grant.next(T0, false), Use::Refresh);
        let mut grant = grant.replaced_by(Grant::new(client(), EXPIRY, Scopes::publish_default(), true));
        grant.access_token_rejected(1, T0);
        assert_eq!(grant.next(T0, false), Use::Current);
    }

    #[test]
    fn without_a_refresh_token_the_grant_ends_with_its_access_token() {
        let grant = Grant::new(client(), EXPIRY, Scopes::publish_default(), false);
        assert_eq!(grant.next(EXPIRY - Span::millis(1), false), Use::Current);
        assert_eq!(grant.next(EXPIRY, false), Use::Ended(Ended::NoRefreshToken));
    }

    #[test]
    fn a_token_is_refreshed_once_for_a_caller_and_given_as_long_as_it_lives() {
        let now = EXPIRY - Span::mins(10);
        assert_eq!(grant().step(now, false, false), Step::Refresh);
        assert_eq!(grant().step(now, false, true), Step::Give, "less than the usual time is left");
        assert_eq!(grant().step(EXPIRY, false, true), Step::Refuse(NoAccess::Until(EXPIRY)));
        assert_eq!(grant().step(T0, false, false), Step::Give);
    }

    #[test]
    fn an_app_that_x_refuses_is_named_as_the_reason_once_the_token_is_over() {
        let mut grant = grant();
        grant.begin_refresh(T0);
        grant.refresh_failed(1, &RefreshFailure::Answered(OAuthError::ClientSecretInvalid), EXPIRY);
        assert_eq!(grant.step(EXPIRY - Span::millis(1), false, true), Step::Give);
        assert_eq!(grant.step(EXPIRY, false, true), Step::Refuse(NoAccess::ClientRefused));
    }

    #[test]
    fn an_end_is_written_down_once_and_then_refused() {
        let mut grant = Grant::new(client(), EXPIRY, Scopes::publish_default(), false);
        assert_eq!(grant.step(EXPIRY, false, false), Step::End(Ended::NoRefreshToken));
        grant.end(Ended::NoRefreshToken);
        assert_eq!(grant.step(EXPIRY, false, false), Step::Refuse(NoAccess::Ended));
    }

    #[test]
    fn only_a_pair_that_x_has_lost_is_replaced_by_a_live_one_of_the_same_client_and_scopes() {
        let (mut lost, live) = (grant(), grant());
        assert!(!lost.needs_substitute());
        lost.end(Ended::NoRefreshToken);
        assert!(!lost.needs_substitute(), "that consent was for no longer");
        lost.end(Ended::RefreshTokenRefused);
        assert!(lost.needs_substitute() && live.does_for(&lost) && !lost.does_for(&live));
        let narrow = Grant { scopes: Scopes::parse("tweet.read").unwrap(), ..grant() };
        assert!(!narrow.does_for(&lost));
        let other = grant().of_client(ClientRef { client_id: "other".into(), ..client() });
        assert!(!other.does_for(&lost));
    }

    #[test]
    fn without_a_token_a_delivery_and_a_read_wait_for_whoever_can_help() {
        use crate::delivery::Outcome as O;
        let later = T0 + Span::mins(1);
        let pace = Pace::default();
        let outcome = |no_access: NoAccess| no_access.outcome(T0);
        assert!(matches!(outcome(NoAccess::Ended), O::ReconnectRequired));
        assert!(matches!(outcome(NoAccess::ClientRefused), O::ClientRefused));
        assert!(matches!(outcome(NoAccess::Until(later)), O::NoTokenUntil(at) if at == later));
        assert!(matches!(outcome(NoAccess::Frozen), O::NoTokenUntil(T0)));
        let not_before = |no_access: NoAccess| match no_access.timeline_read(T0, pace) {
            TimelineRead::NotBefore(at) => Some(at),
            _ => None,
        };
        assert_eq!(not_before(NoAccess::Until(later)), Some(later));
        assert_eq!(not_before(NoAccess::Frozen), Some(T0));
        assert_eq!(not_before(NoAccess::Ended), Some(T0 + pace.probe));
    }

    #[test]
    fn grant_v1_format_unchanged() {
        let json = serde_json::to_string(&grant()).unwrap();
        let id = client().network_id;
        assert_eq!(
            json,
            format!(
                "{{\"client\":{{\"network_id\":\"{id}\",\"client_id\":\"c\",\"secret_version\":1}},\"expires_at\":1007200000,\
                 \"scopes\":[\"media.write\",\"offline.access\",\"tweet.read\",\"tweet.write\",\"users.read\"],\
                 \"can_refresh\":true,\"generation\":1,\"refresh\":{{\"started_at\":null,\"not_before\":null,\
                 \"in_doubt\":false,\"is_client_refused\":false,\"failures\":0}},\"ended\":null}}"
            )
        );
    }
}
