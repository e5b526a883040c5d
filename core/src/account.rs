//! A connected X account, as the workspace keeps it. Its tokens are elsewhere, sealed, in the account's own object.

use serde::{Deserialize, Serialize};

use crate::grant::Ended;
use crate::id::{AccountId, NetworkId, TenantId, XPostId, account_object};
use crate::oauth::Scopes;
use crate::refusal::{Code, Refused};
use crate::revocation::{Revocation, Tally};
use crate::time::UnixMillis;
use crate::x::user::XUser;

/// One X user under one tenant and one X app. Stored as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub network_id: NetworkId,
    pub tenant_id: Option<TenantId>,
    pub(crate) user: XUser,
    pub(crate) scopes: Scopes,
    pub(crate) status: Status,
    pub(crate) status_reason: Option<Reason>,
    pub(crate) status_since: UnixMillis,
    pub(crate) token_expires_at: UnixMillis,
    /// When X's consent for it came last. Rows of before it was kept do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) connected_at: Option<UnixMillis>,
    /// The session that connected it last: what is told of it again is no news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<String>,
    /// Tokens of this account that were discarded, and what X says of them. Rows of before never kept any.
    #[serde(default)]
    pub(crate) revocation: Revocation,
    pub created_at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    ReconnectRequired,
    Disconnected,
}

impl Status {
    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ReconnectRequired => "reconnect_required",
            Self::Disconnected => "disconnected",
        }
    }
}

/// Why an account is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    RefreshTokenRefused,
    RefreshAnswerLost,
    NoRefreshToken,
    ClientChanged,
    NetworkDeleted,
}

/// The grant of an account has ended: nothing can be done as the account.
pub fn must_reconnect() -> Refused {
    Refused::new(Code::InvalidGrant, "The account has to be connected again.")
        .with_hint("Connect the account again: create a connect session or a link with `reconnect_account_id`.")
}

/// The account's own consent does not cover a call.
pub fn lacks_scope(scope: &str) -> Refused {
    Refused::new(Code::MissingScope, format!("The account was connected without {scope}."))
}

impl From<Ended> for Reason {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::RefreshTokenRefused => Self::RefreshTokenRefused,
            Ended::RefreshAnswerLost => Self::RefreshAnswerLost,
            Ended::NoRefreshToken => Self::NoRefreshToken,
            Ended::ClientChanged => Self::ClientChanged,
        }
    }
}

/// What a connection or a refresh tells the workspace.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    pub network_id: NetworkId,
    /// Whose tokens they are: an account is entered only while the X app has this client id.
    pub client_id: String,
    pub tenant_id: Option<TenantId>,
    pub user: XUser,
    pub scopes: Scopes,
    pub token_expires_at: UnixMillis,
    /// The connect session that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

impl Account {
    pub fn new(id: AccountId, consent: Consent, now: UnixMillis) -> Self {
        Self {
            id,
            network_id: consent.network_id,
            tenant_id: consent.tenant_id,
            user: consent.user,
            scopes: consent.scopes,
            status: Status::Active,
            status_reason: None,
            status_since: now,
            token_expires_at: consent.token_expires_at,
            connected_at: Some(now),
            session_id: consent.session_id,
            revocation: Revocation::default(),
            created_at: now,
        }
    }

    /// The same X user consented again: id and history stay, and what X still has to revoke; everything X says is new.
    pub fn reconnected(&mut self, mut consent: Consent, now: UnixMillis) {
        consent.user = self.user.updated_by(consent.user);
        let (created_at, revocation) = (self.created_at, self.revocation);
        *self = Self { revocation, created_at, ..Self::new(self.id.clone(), consent, now) };
    }

    /// When it was connected last. Of a row that does not say: since when it has its status, which every connection set.
    pub fn connected_at(&self) -> UnixMillis {
        self.connected_at.unwrap_or(self.status_since)
    }

    /// The row that a consent will be entered in: for nobody to see before, and revived by the connection.
    pub fn reserved(id: AccountId, consent: Consent, now: UnixMillis) -> Self {
        Self { status: Status::Disconnected, session_id: None, ..Self::new(id, consent, now) }
    }

    pub const fn user(&self) -> &XUser {
        &self.user
    }

    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    pub const fn status(&self) -> Status {
        self.status
    }

    /// The session that connected the account last.
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// Whether the consent's session has been entered already.
    pub fn has_entered(&self, consent: &Consent) -> bool {
        consent.session_id.is_some() && self.session_id == consent.session_id
    }

    /// Handle, name, picture and limits are X's facts. Says whether they are news.
    pub fn learn_user(&mut self, user: &XUser) -> bool {
        let user = self.user.updated_by(user.clone());
        let is_news = self.user != user;
        self.user = user;
        is_news
    }

    /// What became of the tokens that the account acts with. A grant that ended asks for a reconnection, and a live one is
    /// enough for an account that waited for it. Says whether the status is another one.
    pub fn learn_grant(
        &mut self,
        scopes: &Scopes,
        token_expires_at: UnixMillis,
        ended: Option<Ended>,
        now: UnixMillis,
    ) -> bool {
        self.scopes = scopes.clone();
        self.token_expires_at = token_expires_at;
        match ended {
            Some(ended) => self.set_status(Status::ReconnectRequired, Some(Reason::from(ended)), now),
            None if self.status == Status::ReconnectRequired => self.set_status(Status::Active, None, now),
            None => false,
        }
    }

    /// Tokens for this account were discarded: X has yet to revoke the tokens.
    pub fn discarded_tokens(&mut self, now: UnixMillis) {
        self.revocation.begin(now);
    }

    /// The account's object says what became of the discarded tokens.
    pub fn learn_revocations(&mut self, tally: &Tally, now: UnixMillis) {
        self.revocation.learn(tally, now);
    }

    /// Its owner or its app goes: X is to revoke the tokens. Says whether the status is another one.
    pub fn removed(&mut self, reason: Option<Reason>, now: UnixMillis) -> bool {
        self.revocation.begin(now);
        self.set_status(Status::Disconnected, reason, now)
    }

    /// Says whether it has another status than before.
    pub(crate) fn set_status(&mut self, status: Status, reason: Option<Reason>, now: UnixMillis) -> bool {
        let is_news = self.status != status;
        if is_news || self.status_reason != reason {
            self.status = status;
            self.status_reason = reason;
            self.status_since = now;
        }
        is_news
    }

    /// The X app that its tokens were for is gone, whether or not its object has heard of that.
    pub const fn has_lost_its_app(&self) -> bool {
        matches!(self.status_reason, Some(Reason::NetworkDeleted | Reason::ClientChanged))
    }

    /// The name of the object that holds the tokens: one per app and X user, however many tenants share it.
    pub fn object(&self) -> String {
        account_object(&self.network_id, self.user.id.as_str())
    }

    /// Where a post of this account is for people to see.
    pub fn post_url(&self, id: &XPostId) -> String {
        format!("https://x.com/{}/status/{id}", self.user.username)
    }

    pub fn is_called(&self, name: &str) -> bool {
        self.user.username.eq_ignore_ascii_case(name.trim_start_matches('@'))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::fixtures::{T0, account};
    use crate::revocation::{self, Outcome};

    const LATER: UnixMillis = UnixMillis(T0.0 + 1000);

    fn consent(session: Option<&str>) -> Consent {
        let Account { network_id, tenant_id, user, scopes, .. } = account(2);
        let (client_id, session_id) = ("client".into(), session.map(Into::into));
        Consent { network_id, client_id, tenant_id, user, scopes, token_expires_at: T0, session_id }
    }

    #[test]
    fn tokens_that_were_discarded_are_pending_until_the_object_says_what_became_of_them() {
        let mut account = account(1);
        assert!(account.revocation.status().is_none());
        account.discarded_tokens(T0);
        assert!(account.revocation.is_pending() && account.status() == Status::Active);
        let ended = Tally { ended: Some(Outcome::Confirmed), ..Tally::default() };
        account.learn_revocations(&ended, LATER);
        assert_eq!(account.revocation.status(), Some((revocation::Status::Confirmed, LATER)));
    }

    fn learn(account: &mut Account, ended: Option<Ended>) -> bool {
        account.learn_grant(&Scopes::parse("tweet.read").unwrap(), LATER, ended, LATER)
    }

    #[test]
    fn a_reserved_row_is_for_nobody_before_its_consent_is_entered() {
        let mut reserved = Account::reserved(account(2).id, consent(Some("cs_1")), T0);
        assert_eq!((reserved.status(), reserved.session_id()), (Status::Disconnected, None));
        assert!(!reserved.has_entered(&consent(Some("cs_1"))));
        reserved.reconnected(consent(Some("cs_1")), LATER);
        assert_eq!((reserved.status(), reserved.session_id()), (Status::Active, Some("cs_1")));
        assert!(reserved.has_entered(&consent(Some("cs_1"))));
        assert!(!reserved.has_entered(&consent(Some("cs_2"))) && !account(2).has_entered(&consent(None)));
    }

    #[test]
    fn a_grant_that_ended_asks_for_a_reconnection_once_and_a_live_one_is_enough() {
        let mut account = account(2);
        assert!(!learn(&mut account, None), "an account that works is no news");
        assert!(learn(&mut account, Some(Ended::RefreshTokenRefused)));
        assert!(!learn(&mut account, Some(Ended::RefreshTokenRefused)));
        assert_eq!(account.status_reason, Some(Reason::RefreshTokenRefused));
        assert!(learn(&mut account, None), "another row's pair will do");
        assert_eq!((account.status(), account.status_reason), (Status::Active, None));
        assert_eq!((account.token_expires_at, account.scopes.contains("tweet.write")), (LATER, false));
    }

    #[test]
    fn a_removed_account_has_tokens_to_revoke_and_is_removed_once() {
        let mut account = account(2);
        assert!(account.removed(None, T0) && account.revocation.is_pending());
        assert!(!account.removed(Some(Reason::NetworkDeleted), LATER), "it was gone");
        assert_eq!(account.status_reason, Some(Reason::NetworkDeleted));
    }

    #[test]
    fn what_x_says_of_a_user_is_news_once() {
        let mut account = account(2);
        let renamed = XUser { username: "ada".into(), ..account.user.clone() };
        assert!(account.learn_user(&renamed) && !account.learn_user(&renamed));
    }
}
