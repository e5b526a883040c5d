//! The operator's settings for the whole workspace.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::media::Limits;
use crate::retention::KeepDays;
use crate::x::price::{Micros, Prices};

/// Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub on_unknown: OnUnknown,
    pub prices: Prices,
    #[serde(default, skip_serializing_if = "Limits::is_usual")]
    pub allowed_media: Limits,
    #[serde(default, skip_serializing_if = "Budgets::is_empty")]
    pub budgets: Budgets,
    /// None is for ever. Kept beside the document: a new deployment has a value before it has a document, and code that
    /// does not know the value keeps it.
    #[serde(skip)]
    pub keep_posts_days: Option<KeepDays>,
}

/// What may be spent at X in a calendar month; nothing said, no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budgets {
    pub workspace: Option<Micros>,
    pub tenants: BTreeMap<TenantId, Micros>,
}

impl Budgets {
    /// The limits that an expense meets: that of its tenant, and that of all.
    pub fn limits_of(&self, tenant_id: Option<&TenantId>) -> (Option<Micros>, Option<Micros>) {
        (tenant_id.and_then(|id| self.tenants.get(id).copied()), self.workspace)
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The treatment of a post whose answer was lost and that two reads did not find (docs/API.md, section 5, promise 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// It is sent once more.
    #[default]
    Resend,
    /// It waits for a person.
    Hold,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::tenant;

    #[test]
    fn an_expense_meets_the_limits_of_its_tenant_and_of_all() {
        let tenants = BTreeMap::from([(tenant("a"), Micros(5))]);
        let budgets = Budgets { workspace: Some(Micros(9)), tenants };
        assert_eq!(budgets.limits_of(Some(&tenant("a"))), (Some(Micros(5)), Some(Micros(9))));
        assert_eq!(budgets.limits_of(Some(&tenant("b"))), (None, Some(Micros(9))));
        assert_eq!(budgets.limits_of(None), (None, Some(Micros(9))));
        assert_eq!(Budgets::default().limits_of(Some(&tenant("a"))), (None, None));
    }
}
