//! Whose rows a total is of: the key of the tables of totals (schema.rs).

use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;

#[derive(Clone, Copy)]
pub enum Scope<'a> {
    All,
    /// Of a tenant, or of none.
    Tenant(Option<&'a str>),
}

const TENANT: &str = "tenant/";

impl<'a> Scope<'a> {
    /// The tenant that a key names.
    pub(super) const TENANT_OF_KEY: &'static str = "substr(scope, 8)";

    pub fn of(tenant_id: Option<&'a TenantId>) -> Self {
        Self::Tenant(tenant_id.map(TenantId::as_str))
    }

    /// What a key hears of.
    pub fn seen_by(binding: &'a Binding) -> Self {
        if binding.is_narrow() { Self::of(binding.tenant_id.as_ref()) } else { Self::All }
    }

    pub(super) fn key(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Tenant(id) => format!("{TENANT}{}", id.unwrap_or_default()),
        }
    }

    /// The keys of the scope's tenants: the first, and the end. No tenant's id has a blank, which is the first of the
    /// characters that a person may write; 0 is behind the slash.
    pub(super) fn tenants(self) -> (String, String) {
        match self {
            Self::All => (TENANT.to_owned(), "tenant0".to_owned()),
            Self::Tenant(_) => (self.key(), format!("{} ", self.key())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    /// Whether the key of one scope is among the tenants of another.
    fn is_in(one: Scope<'_>, other: Scope<'_>) -> bool {
        let (first, beyond) = other.tenants();
        (first..beyond).contains(&one.key())
    }

    #[test]
    fn a_scope_has_its_own_tenants_and_no_other() {
        let [none, one, longer] = [None, Some("t"), Some("t!")].map(Scope::Tenant);
        let tenants = [none, one, longer, Scope::Tenant(Some("~"))];
        assert!(tenants.iter().all(|tenant| is_in(*tenant, Scope::All) && is_in(*tenant, *tenant)));
        assert!(!is_in(one, none) && !is_in(longer, one) && !is_in(one, longer) && !is_in(Scope::All, Scope::All));
    }

    #[test]
    fn a_narrow_key_hears_of_its_tenant() {
        let bound = Binding { tenant_id: Some(TenantId::parse("t").unwrap()), account_id: None };
        assert_eq!(Scope::seen_by(&bound).key(), "tenant/t");
        assert_eq!(Scope::seen_by(&Binding::default()).key(), "all");
    }
}
