//! API keys: the calls that a key may make, and the rows that a key sees. Only the digest of a key is stored.

mod agent;
mod minted;
mod page;
mod recent;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::id::{AccountId, KeyId, TenantId};
use crate::refusal::{Code, Refused};
use crate::seal::base64url;
use crate::secret::Secret;
use crate::time::UnixMillis;

pub use self::agent::{
    AGENTS, AgentToken, Client, Consent, Grant, Issued, NoTokens, Proof, Redeemed, Redemption, TokenKind, agent_name,
    says_agent,
};
pub use self::minted::{Kind, Minted, NewPage, Parent};
pub use self::page::{ForPages, PageScope, PageToken, says_page};
pub use self::recent::RecentDigests;

/// What a key may do. `admin` includes the others, and `draft` includes `read`; any other stands for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Admin,
    Publish,
    /// Whatever a post needs before somebody has approved it. Nothing leaves for X by it.
    Draft,
    Read,
    Connect,
}

/// The narrowest binding that a call may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reach {
    /// The call concerns one account, or rows that are found by their accounts.
    Account,
    /// It concerns a tenant as a whole.
    Tenant,
    Workspace,
}

/// The rights that a call needs of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// None for what every good key may.
    pub scope: Option<Scope>,
    pub reach: Reach,
    pub pages: ForPages,
}

/// Whose rows a key is for; with neither, everybody's. That of an account has the account's tenant too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub tenant_id: Option<TenantId>,
    pub account_id: Option<AccountId>,
}

/// Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: KeyId,
    pub name: String,
    pub scopes: BTreeSet<Scope>,
    pub binding: Binding,
    pub created_at: UnixMillis,
    /// None for a key that does not end. Code before keys ended wrote no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minted: Option<Minted>,
}

/// Who makes a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// A key's id, or `admin` for the one in the configuration.
    pub key_id: String,
    pub scopes: BTreeSet<Scope>,
    pub binding: Binding,
    /// Of a key that ends.
    pub kind: Option<Kind>,
}

const PREFIX: &str = "lk_";
/// 256 bits in base64url.
const SECRET_CHARACTERS: usize = 43;

/// The key itself: a prefix that scanners of source code can look for, and 256 random bits.
pub fn new_key(entropy: [u8; 32]) -> Secret<String> {
    Secret::new(format!("{PREFIX}{}", base64url(&entropy)))
}

/// Whether a text could be a key that was made here. The key of the configuration need not look like one.
pub fn has_form_of_key(text: &Secret<String>) -> bool {
    let is_character = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // EXPOSE: its form is checked.
    let secret = text.expose().strip_prefix(PREFIX).unwrap_or_default();
    secret.len() == SECRET_CHARACTERS && secret.bytes().all(is_character)
}

impl Scope {
    /// A word of OAuth's `scope`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Publish, Self::Draft, Self::Read, Self::Connect]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Publish => "publish",
            Self::Draft => "draft",
            Self::Read => "read",
            Self::Connect => "connect",
        }
    }
}

impl Binding {
    /// Whether every row of `other` is a row of this one.
    fn covers(&self, other: &Self) -> bool {
        (self.tenant_id.is_none() || self.tenant_id == other.tenant_id)
            && (self.account_id.is_none() || self.account_id == other.account_id)
    }

    fn reach(&self) -> Reach {
        match (&self.account_id, &self.tenant_id) {
            (Some(_), _) => Reach::Account,
            (None, Some(_)) => Reach::Tenant,
            (None, None) => Reach::Workspace,
        }
    }

    pub fn is_narrow(&self) -> bool {
        self.reach() != Reach::Workspace
    }

    /// Rows of a tenant as a whole, or of none.
    pub fn admits_tenant(&self, tenant_id: Option<&TenantId>) -> bool {
        match self.reach() {
            Reach::Workspace => true,
            Reach::Tenant => self.tenant_id.as_ref() == tenant_id,
            Reach::Account => false,
        }
    }

    pub fn admits(&self, account: &Account) -> bool {
        self.account_id.as_ref().is_none_or(|id| *id == account.id)
            && (self.tenant_id.is_none() || self.tenant_id == account.tenant_id)
    }

    /// The tenant of new rows: the caller's own, even if the call names none.
    pub fn tenant_for(&self, wanted: Option<TenantId>) -> Result<Option<TenantId>, Refused> {
        if self.is_narrow() && wanted.is_some() && wanted != self.tenant_id {
            return Err(Refused::new(Code::InsufficientKeyScope, "This key is bound to another tenant.")
                .with_hint("Leave `tenant_id` out, or use a key of that tenant or of none."));
        }
        Ok(wanted.or_else(|| self.tenant_id.clone()))
    }

    /// Of a new key: for the account that is named, or for a tenant, or for nobody alone. `tenant_id` is that of
    /// [`Self::tenant_for`], and an account that is named has to be that tenant's.
    pub fn of_new_key(tenant_id: Option<TenantId>, account: Option<&Account>) -> Result<Self, Refused> {
        let Some(account) = account else { return Ok(Self { tenant_id, account_id: None }) };
        if tenant_id.is_some() && tenant_id != account.tenant_id {
            return Err(Refused::new(Code::NotFound, "There is no such account of this tenant."));
        }
        Ok(Self { tenant_id: account.tenant_id.clone(), account_id: Some(account.id.clone()) })
    }

    /// A tenant manages its own keys, those of its accounts too.
    pub fn manages(&self, key: &ApiKey) -> bool {
        self.admits_tenant(key.binding.tenant_id.as_ref())
    }

    /// The stored form of an `Idempotency-Key`, within the tenant and account of the API key. No key from a caller
    /// contains a line end, no tenant id contains a line end, and no account id contains a slash. The last slash of the
    /// first line therefore separates tenant and account, for every name of a tenant.
    fn idempotency_key(&self, key: &str) -> String {
        if !self.is_narrow() {
            return key.to_owned();
        }
        let tenant_id = self.tenant_id.as_ref().map_or("", TenantId::as_str);
        let account_id = self.account_id.as_ref().map_or("", AccountId::as_str);
        format!("{tenant_id}/{account_id}\n{key}")
    }
}

impl Caller {
    /// The stored form of an `Idempotency-Key`: within the binding and the kind of key. Pages count apart, and those of each
    /// origin, so that none of them occupies a key of the back end or is given the answer to another's call. Those who may
    /// not publish count apart too: the answer to a publisher's call may hold what only a publisher may see. Those of an
    /// assistant are its grant's own. A call without
    /// a scope takes what its body asks for, so its answer is for the same key alone. No origin and no key's id has a line
    /// end or a blank.
    pub fn idempotency_key(&self, key: &str, access: Access) -> String {
        let key = match (&self.kind, access.scope) {
            (Some(Kind::Page { origin, .. }), _) if self.may_publish() => format!("{origin}\n{key}"),
            (Some(Kind::Page { origin, .. }), _) => format!("{origin} draft\n{key}"),
            (Some(Kind::Agent(_)), _) => format!("agent {}\n{key}", self.key_id),
            (Some(Kind::SignIn), None) => format!("sign-in {}\n{key}", self.key_id),
            (None, None) => format!("{}\n{key}", self.key_id),
            (Some(Kind::SignIn) | None, Some(Scope::Draft)) if !self.may_publish() => format!("draft\n{key}"),
            (Some(Kind::SignIn) | None, Some(_)) => key.to_owned(),
        };
        self.binding.idempotency_key(&key)
    }

    /// Whether something may leave for X because this caller wants it. Of a page, key and page both have to allow it.
    pub fn may_publish(&self) -> bool {
        let is_for_page = |scopes: &BTreeSet<PageScope>| scopes.contains(&PageScope::Publish);
        let is_for_its_page = match &self.kind {
            Some(Kind::Page { scopes, .. }) => is_for_page(scopes),
            Some(Kind::SignIn | Kind::Agent(_)) | None => true,
        };
        is_for_its_page && may(&self.scopes, Scope::Publish)
    }

    /// Whoever holds the configuration's own key.
    pub fn admin() -> Self {
        Self {
            key_id: "admin".to_owned(),
            scopes: BTreeSet::from([Scope::Admin]),
            binding: Binding::default(),
            kind: None,
        }
    }

    pub fn require(&self, access: Access) -> Result<(), Refused> {
        if let Some(Kind::Page { scopes, .. }) = &self.kind {
            access.pages.require(scopes)?;
        }
        if let Some(scope) = access.scope.filter(|scope| !opens(&self.scopes, *scope)) {
            let message = format!("This call needs the scope `{}`.", scope.as_str());
            return Err(Refused::new(Code::InsufficientKeyScope, message));
        }
        if self.binding.reach() < access.reach {
            let message = "This call is not for a key that is bound so narrowly.";
            let hint = "Use a key that is bound to a tenant, or to nothing, as the call needs.";
            return Err(Refused::new(Code::InsufficientKeyScope, message).with_hint(hint));
        }
        Ok(())
    }

    /// Whether a key has no right that this caller lacks.
    pub fn covers(&self, key: &ApiKey) -> bool {
        key.scopes.iter().all(|scope| holds(&self.scopes, *scope)) && self.binding.covers(&key.binding)
    }
}

impl ApiKey {
    /// The object that knows the key too, and has to forget the key before the row goes: that of the account to which the
    /// key is bound.
    pub fn known_to(&self, account: Option<&Account>) -> Option<String> {
        let bound = self.binding.account_id.as_ref()?;
        account.filter(|account| account.id == *bound).map(Account::object)
    }
}

impl From<ApiKey> for Caller {
    fn from(key: ApiKey) -> Self {
        let Some(Minted { parent, kind, .. }) = key.minted else {
            return Self { key_id: key.id.to_string(), scopes: key.scopes, binding: key.binding, kind: None };
        };
        let key_id = match &kind {
            // What a signed-in browser does is done by the key that signed in.
            Kind::SignIn => parent.id,
            Kind::Page { .. } | Kind::Agent(_) => key.id.to_string(),
        };
        Self { key_id, scopes: key.scopes, binding: key.binding, kind: Some(kind) }
    }
}

/// Whether somebody with these scopes holds a scope whole.
pub fn may(scopes: &BTreeSet<Scope>, scope: Scope) -> bool {
    let includes = |held: &Scope| match held {
        Scope::Admin => true,
        Scope::Draft => matches!(scope, Scope::Draft | Scope::Read),
        held => *held == scope,
    };
    scopes.iter().any(includes)
}

/// Whether a scope opens nothing that these do not open: `draft` is a part of `publish` and `read` together.
fn holds(scopes: &BTreeSet<Scope>, scope: Scope) -> bool {
    may(scopes, scope) || scope == Scope::Draft && may(scopes, Scope::Publish) && may(scopes, Scope::Read)
}

/// Whether a call that needs a scope is open: whoever publishes also makes the post before.
fn opens(scopes: &BTreeSet<Scope>, needed: Scope) -> bool {
    may(scopes, needed) || needed == Scope::Draft && may(scopes, Scope::Publish)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }

    fn of_tenant(name: &str) -> Binding {
        Binding { tenant_id: Some(tenant(name)), account_id: None }
    }

    fn of_account() -> Binding {
        Binding { account_id: Some(AccountId::from_entropy([1; 16])), ..of_tenant("t1") }
    }

    fn caller(scope: Scope, binding: Binding) -> Caller {
        Caller { key_id: "key_".into(), scopes: BTreeSet::from([scope]), binding, kind: None }
    }

    #[test]
    fn a_key_is_a_prefix_and_256_bits() {
        let key = new_key([0; 32]);
        // EXPOSE: a test's own key.
        assert_eq!(key.expose(), &format!("lk_{}", "A".repeat(43)));
    }

    #[test]
    fn a_key_is_known_by_its_form() {
        assert!(has_form_of_key(&new_key([255; 32])));
        // EXPOSE: a test's own key.
        let key = new_key([7; 32]).expose().clone();
        let others = [
            String::new(),
            "lk_".into(),
            format!("{key}A"),
            key[1..].into(),
            key.replace("lk_", "LK_"),
            key.replacen('B', "+", 1),
        ];
        for other in others {
            assert!(!has_form_of_key(&Secret::new(other.clone())), "{other}");
        }
    }

    #[test]
    fn a_scope_opens_its_own_calls_draft_also_reads_publish_also_drafts_and_admin_all() {
        let all = [Scope::Admin, Scope::Publish, Scope::Draft, Scope::Read, Scope::Connect];
        for needed in all {
            for held in all {
                let access = Access { scope: Some(needed), reach: Reach::Workspace, pages: ForPages::Closed };
                let is_allowed = caller(held, Binding::default()).require(access).is_ok();
                let is_included =
                    matches!((held, needed), (Scope::Draft, Scope::Read) | (Scope::Publish, Scope::Draft));
                assert_eq!(
                    is_allowed,
                    held == Scope::Admin || held == needed || is_included,
                    "{held:?} for {needed:?}"
                );
            }
        }
    }

    #[test]
    fn a_key_publishes_by_its_scope_and_a_page_by_its_own_too() {
        for scope in [Scope::Admin, Scope::Publish, Scope::Draft, Scope::Read, Scope::Connect] {
            let key = caller(scope, Binding::default());
            let publishes = matches!(scope, Scope::Admin | Scope::Publish);
            assert_eq!(key.may_publish(), publishes, "{scope:?}");
            for (page, is_for_page) in
                [(PageScope::Publish, true), (PageScope::Draft, false), (PageScope::Accounts, false)]
            {
                let kind = Kind::Page { origin: "https://a.example".into(), scopes: BTreeSet::from([page]) };
                let page = Caller { kind: Some(kind), ..key.clone() };
                assert_eq!(page.may_publish(), publishes && is_for_page, "{scope:?} {:?}", page.kind);
            }
            assert_eq!(Caller { kind: Some(Kind::SignIn), ..key }.may_publish(), publishes, "a browser is as its key");
        }
    }

    #[test]
    fn an_idempotency_key_of_who_may_not_publish_is_no_publishers() {
        let drafts = Access { scope: Some(Scope::Draft), reach: Reach::Account, pages: ForPages::Any };
        let page = |scope| Caller {
            kind: Some(Kind::Page { origin: "https://a.example".into(), scopes: BTreeSet::from([scope]) }),
            ..caller(Scope::Publish, of_tenant("t1"))
        };
        let of_tenants = [Scope::Publish, Scope::Draft].map(|scope| caller(scope, of_tenant("t1")));
        let of_all = [Scope::Publish, Scope::Draft].map(|scope| caller(scope, Binding::default()));
        let callers = of_tenants.into_iter().chain(of_all).chain([page(PageScope::Publish), page(PageScope::Draft)]);
        let names: BTreeSet<String> = callers.map(|caller| caller.idempotency_key("k", drafts)).collect();
        assert_eq!(names.len(), 6, "{names:?}");
        let [key, browser] =
            [None, Some(Kind::SignIn)].map(|kind| Caller { kind, ..caller(Scope::Draft, of_tenant("t1")) });
        assert_eq!(key.idempotency_key("k", drafts), browser.idempotency_key("k", drafts), "a browser repeats its key");
    }

    #[test]
    fn a_binding_is_as_wide_as_the_call_at_least() {
        for (binding, allowed) in [(of_account(), 1), (of_tenant("t1"), 2), (Binding::default(), 3)] {
            let reaches = [Reach::Account, Reach::Tenant, Reach::Workspace];
            let caller = caller(Scope::Admin, binding);
            let open =
                reaches.map(|reach| caller.require(Access { scope: None, reach, pages: ForPages::Closed }).is_ok());
            assert_eq!(open.iter().filter(|open| **open).count(), allowed, "{caller:?}");
        }
    }

    #[test]
    fn rows_without_a_tenant_are_the_operators() {
        assert!(Binding::default().admits_tenant(None) && Binding::default().admits_tenant(Some(&tenant("t1"))));
        assert!(of_tenant("t1").admits_tenant(Some(&tenant("t1"))));
        assert!(!of_tenant("t1").admits_tenant(Some(&tenant("t2"))) && !of_tenant("t1").admits_tenant(None));
        assert!(!of_account().admits_tenant(Some(&tenant("t1"))), "one account is not its tenant");
    }

    #[test]
    fn new_rows_are_of_the_callers_own_tenant() {
        assert_eq!(of_tenant("t1").tenant_for(None).unwrap(), Some(tenant("t1")));
        assert_eq!(of_tenant("t1").tenant_for(Some(tenant("t1"))).unwrap(), Some(tenant("t1")));
        assert_eq!(of_tenant("t1").tenant_for(Some(tenant("t2"))).unwrap_err().code, Code::InsufficientKeyScope);
        assert_eq!(Binding::default().tenant_for(Some(tenant("t2"))).unwrap(), Some(tenant("t2")));
        assert_eq!(Binding::default().tenant_for(None).unwrap(), None);
    }

    #[test]
    fn an_idempotency_key_counts_within_its_binding() {
        let names =
            [Binding::default(), of_tenant("t1"), of_tenant("t2"), of_account()].map(|b| b.idempotency_key("k"));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 4, "{names:?}");
        assert_eq!(names.first().unwrap(), "k");
        let account_id = of_account().account_id;
        let spelt = format!("t1/{}", account_id.clone().unwrap());
        let tenants = ["t1", "t1/", "/t1", "t1/t1", "t1|t1", "t1:t1", &spelt];
        let bindings = tenants.iter().flat_map(|name| {
            [None, account_id.clone()].map(|account_id| Binding { tenant_id: Some(tenant(name)), account_id })
        });
        let names: BTreeSet<_> = bindings.map(|binding| binding.idempotency_key("k")).collect();
        assert_eq!(names.len(), 2 * tenants.len(), "{names:?}");
    }

    #[test]
    fn an_idempotency_key_of_a_page_is_not_one_of_a_key_or_of_another_page() {
        let page = |origin: &str| Caller {
            kind: Some(Kind::Page { origin: origin.into(), scopes: BTreeSet::from([PageScope::Publish]) }),
            ..caller(Scope::Publish, of_tenant("t1"))
        };
        let signed_in = Caller { kind: Some(Kind::SignIn), ..caller(Scope::Admin, of_tenant("t1")) };
        let publishes = Access { scope: Some(Scope::Publish), reach: Reach::Tenant, pages: ForPages::Any };
        let of_key = caller(Scope::Publish, of_tenant("t1")).idempotency_key("k", publishes);
        assert_eq!(signed_in.idempotency_key("k", publishes), of_key, "a browser repeats what its key began");
        let of_page = |origin| page(origin).idempotency_key("k", publishes);
        let names = [of_key, of_page("https://a.example"), of_page("https://b.example")];
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 3, "{names:?}");
        assert!(names.iter().skip(1).all(|name| name.matches('\n').count() == 2), "no key of a caller has a line end");
    }

    #[test]
    fn the_answer_to_a_call_without_a_scope_is_for_the_same_key_alone() {
        let of_body = Access { scope: None, reach: Reach::Tenant, pages: ForPages::Closed };
        let of_caller = |id: &str, kind: Option<Kind>, binding: Binding| {
            let caller = Caller { key_id: id.into(), kind, ..caller(Scope::Publish, binding) };
            caller.idempotency_key("k", of_body)
        };
        let names = [
            of_caller("key_1", None, of_tenant("t1")),
            of_caller("key_2", None, of_tenant("t1")),
            of_caller("key_1", Some(Kind::SignIn), of_tenant("t1")),
            of_caller("admin", None, Binding::default()),
            of_caller("admin", Some(Kind::SignIn), Binding::default()),
        ];
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    }

    #[test]
    fn api_key_v1_format_unchanged() {
        let key = ApiKey {
            id: KeyId::from_entropy([0; 16]),
            name: "CI".into(),
            scopes: BTreeSet::from([Scope::Publish, Scope::Read]),
            binding: of_tenant("t1"),
            created_at: UnixMillis(7),
            minted: None,
        };
        assert_eq!(
            serde_json::to_string(&key).unwrap(),
            r#"{"id":"key_AAAAAAAAAAAAAAAAAAAAAA","name":"CI","scopes":["publish","read"],"binding":{"tenant_id":"t1","account_id":null},"created_at":7}"#
        );
    }

    #[test]
    fn a_new_key_is_for_the_account_that_is_named_and_its_tenant() {
        use crate::fixtures::{account, tenant};
        let mut ada = account(2);
        ada.tenant_id = Some(tenant("t1"));
        let of = |tenant_id: Option<TenantId>, account: Option<&Account>| {
            Binding::of_new_key(tenant_id, account).map_err(|refused| refused.code)
        };
        let bound = Binding { tenant_id: Some(tenant("t1")), account_id: Some(ada.id.clone()) };
        assert_eq!(of(None, Some(&ada)), Ok(bound.clone()));
        assert_eq!(of(Some(tenant("t1")), Some(&ada)), Ok(bound));
        assert_eq!(of(Some(tenant("t2")), Some(&ada)), Err(Code::NotFound));
        assert_eq!(of(Some(tenant("t2")), None), Ok(Binding { tenant_id: Some(tenant("t2")), account_id: None }));
        assert_eq!(of(None, None), Ok(Binding::default()));
    }

    #[test]
    fn a_key_of_an_account_is_known_to_the_object_of_that_account() {
        let account = crate::fixtures::account(1);
        let key = |binding| ApiKey {
            id: KeyId::from_entropy([0; 16]),
            name: "key".into(),
            scopes: BTreeSet::new(),
            binding,
            created_at: UnixMillis(0),
            minted: None,
        };
        let bound = key(Binding { account_id: Some(account.id.clone()), tenant_id: None });
        assert_eq!(bound.known_to(Some(&account)), Some(account.object()));
        assert_eq!(bound.known_to(None), None);
        assert_eq!(key(of_tenant("t1")).known_to(Some(&account)), None);
        assert_eq!(bound.known_to(Some(&crate::fixtures::account(2))), None);
    }
}
