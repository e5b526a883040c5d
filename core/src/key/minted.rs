//! Keys that end: made by another key, with no right that the other lacks, and only as long as the other is in force.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ApiKey, Binding, Caller, Grant, PageScope, Scope, may};
use crate::id::{KeyId, TenantId};
use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};

/// What a key has that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minted {
    pub parent: Parent,
    pub expires_at: UnixMillis,
    pub kind: Kind,
}

/// The key that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// `admin` for the one in the configuration.
    pub id: String,
    /// By which it is looked up.
    pub digest: String,
}

/// Who carries a key that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A browser that is signed in to the dashboard, in a cookie.
    SignIn,
    /// A page session: a page of this origin.
    Page { origin: String, scopes: BTreeSet<PageScope> },
    /// An assistant's client that a person has let in, in an access token.
    Agent(Box<Grant>),
}

/// What a page session is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewPage {
    pub origin: String,
    pub tenant_id: Option<TenantId>,
    pub scopes: BTreeSet<PageScope>,
    pub lifetime: Span,
}

impl Caller {
    /// Whose key ends makes no other: neither could be told from which key a chain began, nor when it is over.
    pub fn require_lasting(&self) -> Result<(), Refused> {
        if self.kind.is_none() {
            return Ok(());
        }
        Err(Refused::new(Code::InsufficientKeyScope, "A key that ends makes no other.")
            .with_hint("Make page sessions from your back end, with an API key."))
    }

    /// The scopes of a key for a page: what the page's scopes take, and `read` if this caller has it.
    fn scopes_for_page(&self, wanted: &BTreeSet<PageScope>) -> Result<BTreeSet<Scope>, Refused> {
        let takes = |scope: &PageScope| scope.takes(&self.scopes).iter().copied();
        let lacks = |scope: &&PageScope| takes(scope).any(|needed| !may(&self.scopes, needed));
        if let Some(scope) = wanted.iter().find(lacks) {
            let (page, needs) = (scope.as_str(), scope.needs());
            return Err(Refused::new(
                Code::InsufficientKeyScope,
                format!("The page scope `{page}` takes {needs} of the key."),
            ));
        }
        let reads = Some(Scope::Read).filter(|read| may(&self.scopes, *read));
        Ok(wanted.iter().flat_map(takes).chain(reads).collect())
    }

    /// Whether a key that ends is this caller's: the caller made it, in a browser too, or manages the keys of its tenant.
    pub fn manages_minted(&self, key: &ApiKey) -> bool {
        let is_made_here = key.minted.as_ref().is_some_and(|minted| minted.parent.id == self.key_id);
        is_made_here || self.manages_keys() && self.binding.manages(key)
    }

    /// Whether keys that others have made are this caller's too: those of its tenant, or all.
    pub fn manages_keys(&self) -> bool {
        may(&self.scopes, Scope::Admin) && self.binding.account_id.is_none()
    }
}

impl ApiKey {
    /// A page's, within the rights of the caller that makes it.
    pub fn of_page(id: KeyId, caller: &Caller, digest: &str, page: NewPage, at: UnixMillis) -> Result<Self, Refused> {
        caller.require_lasting()?;
        let tenant_id = caller.binding.tenant_for(page.tenant_id)?;
        if tenant_id.is_none() {
            return Err(Refused::field("tenant_id", "expected the tenant whose person sees the page"));
        }
        let scopes = caller.scopes_for_page(&page.scopes)?;
        Ok(Self {
            id,
            name: page.origin.clone(),
            scopes,
            binding: Binding { tenant_id, account_id: None },
            created_at: at,
            minted: Some(Minted {
                parent: Parent { id: caller.key_id.clone(), digest: digest.to_owned() },
                expires_at: at + page.lifetime,
                kind: Kind::Page { origin: page.origin, scopes: page.scopes },
            }),
        })
    }

    /// A browser's, as good as the key that it signs in with.
    pub fn of_sign_in(id: KeyId, caller: Caller, digest: String, at: UnixMillis) -> Self {
        Self {
            id,
            name: "dashboard".to_owned(),
            scopes: caller.scopes,
            binding: caller.binding,
            created_at: at,
            minted: Some(Minted {
                parent: Parent { id: caller.key_id, digest },
                expires_at: at + crate::dashboard::LIFETIME,
                kind: Kind::SignIn,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::dashboard::LIFETIME;
    use crate::id::AccountId;
    use crate::key::{Access, ForPages, Reach};

    const T0: UnixMillis = UnixMillis(1_795_426_200_000);

    fn caller(scopes: &[Scope], tenant: Option<&str>, account: Option<u8>) -> Caller {
        let binding = Binding {
            tenant_id: tenant.map(|name| TenantId::parse(name).unwrap()),
            account_id: account.map(|byte| AccountId::from_entropy([byte; 16])),
        };
        Caller { key_id: "key_parent".into(), scopes: scopes.iter().copied().collect(), binding, kind: None }
    }

    fn signed_in(caller: &Caller) -> ApiKey {
        ApiKey::of_sign_in(KeyId::from_entropy([0; 16]), caller.clone(), "digest".into(), T0)
    }

    #[test]
    fn a_browser_is_as_good_as_the_key_of_its_sign_in() {
        let parent = caller(&[Scope::Read, Scope::Publish], Some("t1"), Some(1));
        let key = signed_in(&parent);
        assert_eq!(key.minted.as_ref().unwrap().expires_at, T0 + LIFETIME);
        assert!(parent.covers(&key));
        assert_eq!(Caller::from(key), Caller { kind: Some(Kind::SignIn), ..parent });
    }

    #[test]
    fn a_key_is_covered_by_all_of_its_scopes_and_its_binding() {
        let key = signed_in(&caller(&[Scope::Read, Scope::Publish], Some("t1"), None));
        for (parent, is_covered) in [
            (caller(&[Scope::Admin], None, None), true),
            (caller(&[Scope::Admin], Some("t1"), None), true),
            (caller(&[Scope::Read, Scope::Publish, Scope::Connect], Some("t1"), None), true),
            (caller(&[Scope::Read], Some("t1"), None), false),
            (caller(&[Scope::Draft, Scope::Connect], Some("t1"), None), false),
            (caller(&[Scope::Draft, Scope::Publish], Some("t1"), None), true),
            (caller(&[Scope::Publish, Scope::Connect], None, None), false),
            (caller(&[Scope::Admin], Some("t2"), None), false),
            (caller(&[Scope::Admin], Some("t1"), Some(1)), false),
            (caller(&[], None, None), false),
        ] {
            assert_eq!(parent.covers(&key), is_covered, "{parent:?}");
        }
        let of_all = signed_in(&caller(&[Scope::Admin], None, None));
        assert!(!caller(&[Scope::Read, Scope::Publish, Scope::Connect], None, None).covers(&of_all));
        assert!(!caller(&[Scope::Admin], Some("t1"), None).covers(&of_all));
    }

    fn new_page(tenant: Option<&str>, scopes: &[PageScope]) -> NewPage {
        NewPage {
            origin: "https://acme.example".into(),
            tenant_id: tenant.map(|name| TenantId::parse(name).unwrap()),
            scopes: scopes.iter().copied().collect(),
            lifetime: Span::mins(5),
        }
    }

    fn page(caller: &Caller, tenant: Option<&str>, scopes: &[PageScope]) -> Result<ApiKey, Code> {
        ApiKey::of_page(KeyId::from_entropy([1; 16]), caller, "digest", new_page(tenant, scopes), T0)
            .map_err(|refused| refused.code)
    }

    #[test]
    fn a_page_has_at_most_the_scopes_of_the_key_that_makes_it() {
        use PageScope::{Accounts, Publish};
        let all: &[&[PageScope]] = &[&[Accounts], &[Publish], &[Accounts, Publish]];
        for (held, open, scopes) in [
            (&[Scope::Admin][..], [true, true, true], 3),
            (&[Scope::Read, Scope::Connect], [true, false, false], 0),
            (&[Scope::Connect], [false, false, false], 0),
            (&[Scope::Read], [false, false, false], 0),
            (&[Scope::Publish], [false, true, false], 0),
            (&[Scope::Read, Scope::Connect, Scope::Publish], [true, true, true], 3),
        ] {
            let parent = caller(held, None, None);
            for (wanted, is_open) in all.iter().zip(open) {
                let made = page(&parent, Some("t1"), wanted);
                assert_eq!(made.is_ok(), is_open, "{held:?} for {wanted:?}: {made:?}");
                assert!(made.as_ref().is_ok_and(|key| parent.covers(key)) || made == Err(Code::InsufficientKeyScope));
            }
            if let Ok(whole) = page(&parent, Some("t1"), &[Accounts, Publish]) {
                assert_eq!(whole.scopes.len(), scopes);
            }
        }
        for (held, scopes) in [
            (&[Scope::Publish][..], &[Scope::Publish][..]),
            (&[Scope::Publish, Scope::Read], &[Scope::Publish, Scope::Read]),
            (&[Scope::Draft], &[Scope::Draft, Scope::Read]),
            (&[Scope::Draft, Scope::Publish], &[Scope::Draft, Scope::Read]),
            (&[Scope::Admin], &[Scope::Draft, Scope::Read]),
        ] {
            let parent = caller(held, None, None);
            let drafts = page(&parent, Some("t1"), &[PageScope::Draft]).unwrap();
            assert_eq!(drafts.scopes, scopes.iter().copied().collect(), "{held:?}");
            assert!(parent.covers(&drafts) && !Caller::from(drafts).may_publish(), "{held:?}");
        }
        for held in [Scope::Read, Scope::Connect] {
            let made = page(&caller(&[held], None, None), Some("t1"), &[PageScope::Draft]);
            assert_eq!(made, Err(Code::InsufficientKeyScope));
        }
        assert!(page(&caller(&[Scope::Draft], None, None), Some("t1"), &[Publish]).is_err());
        let writes = page(&caller(&[Scope::Publish], None, None), Some("t1"), &[Publish]).unwrap();
        assert_eq!(
            writes.scopes,
            BTreeSet::from([Scope::Publish]),
            "a key that does not read makes no page that reads"
        );
    }

    #[test]
    fn a_page_is_of_one_tenant_and_that_of_a_narrow_key() {
        let (all, of_tenant) = (caller(&[Scope::Admin], None, None), caller(&[Scope::Admin], Some("t1"), None));
        let tenant = |made: Result<ApiKey, Code>| made.map(|key| key.binding.tenant_id.unwrap().to_string());
        let scopes = &[PageScope::Publish];
        assert_eq!(tenant(page(&all, Some("t2"), scopes)), Ok("t2".into()));
        assert_eq!(tenant(page(&all, None, scopes)), Err(Code::InvalidPayload));
        assert_eq!(tenant(page(&of_tenant, None, scopes)), Ok("t1".into()));
        assert_eq!(tenant(page(&of_tenant, Some("t2"), scopes)), Err(Code::InsufficientKeyScope));
    }

    #[test]
    fn a_key_that_ends_makes_none() {
        let parent = caller(&[Scope::Admin], None, None);
        let made = page(&parent, Some("t1"), &[PageScope::Publish]).unwrap();
        for minted in [Caller::from(signed_in(&parent)), Caller::from(made)] {
            assert_eq!(page(&minted, Some("t1"), &[PageScope::Publish]), Err(Code::InsufficientKeyScope));
        }
    }

    #[test]
    fn a_page_calls_under_its_own_id_and_only_where_pages_may() {
        let key = page(&caller(&[Scope::Admin], None, None), Some("t1"), &[PageScope::Accounts]).unwrap();
        let id = key.id.to_string();
        let page = Caller::from(key);
        assert_eq!(page.key_id, id);
        let access = |pages| Access { scope: Some(Scope::Read), reach: Reach::Tenant, pages };
        assert!(page.require(access(ForPages::Any)).is_ok());
        assert!(page.require(access(ForPages::With(PageScope::Accounts))).is_ok());
        assert!(page.require(access(ForPages::With(PageScope::Publish))).is_err());
        assert!(page.require(access(ForPages::Closed)).is_err());
        assert!(page.require(Access { scope: Some(Scope::Publish), ..access(ForPages::Any) }).is_err());
        assert!(page.require(Access { reach: Reach::Workspace, ..access(ForPages::Any) }).is_err());
        assert!(caller(&[Scope::Read], None, None).require(access(ForPages::Closed)).is_ok(), "it is no page");
    }

    #[test]
    fn a_page_session_is_shown_to_its_maker_and_to_who_manages_the_tenants_keys() {
        let key = page(&caller(&[Scope::Admin], None, None), Some("t1"), &[PageScope::Publish]).unwrap();
        let other = |scopes, tenant| Caller { key_id: "key_other".into(), ..caller(scopes, tenant, None) };
        assert!(caller(&[Scope::Publish], None, None).manages_minted(&key), "its maker has this id");
        assert!(
            other(&[Scope::Admin], None).manages_minted(&key)
                && other(&[Scope::Admin], Some("t1")).manages_minted(&key)
        );
        assert!(!other(&[Scope::Admin], Some("t2")).manages_minted(&key));
        assert!(!other(&[Scope::Publish, Scope::Read, Scope::Connect], Some("t1")).manages_minted(&key));
    }

    #[test]
    fn page_v1_format_unchanged() {
        let key = page(&Caller::admin(), Some("t1"), &[PageScope::Accounts, PageScope::Publish]).unwrap();
        let text = r#"{"id":"key_AQEBAQEBAQEBAQEBAQEBAQ","name":"https://acme.example","scopes":["publish","read","connect"],"binding":{"tenant_id":"t1","account_id":null},"created_at":1795426200000,"minted":{"parent":{"id":"admin","digest":"digest"},"expires_at":1795426500000,"kind":{"page":{"origin":"https://acme.example","scopes":["accounts","publish"]}}}}"#;
        assert_eq!(serde_json::to_string(&key).unwrap(), text);
        assert_eq!(serde_json::from_str::<ApiKey>(text).unwrap(), key);
    }

    #[test]
    fn minted_v1_format_unchanged() {
        let key = signed_in(&Caller { scopes: BTreeSet::from([Scope::Admin]), ..Caller::admin() });
        let text = r#"{"id":"key_AAAAAAAAAAAAAAAAAAAAAA","name":"dashboard","scopes":["admin"],"binding":{"tenant_id":null,"account_id":null},"created_at":1795426200000,"minted":{"parent":{"id":"admin","digest":"digest"},"expires_at":1795469400000,"kind":"sign_in"}}"#;
        assert_eq!(serde_json::to_string(&key).unwrap(), text);
        assert_eq!(serde_json::from_str::<ApiKey>(text).unwrap(), key);
    }
}
