//! What a caller may see of the posts that were asked for, as conditions and as totals.

use latchkey_core::api::post::{PostFilter, States};
use latchkey_core::approval::Status;
use latchkey_core::delivery::State;
use latchkey_core::id::{AccountId, TenantId};
use latchkey_core::key::Binding;
use worker::SqlStorageValue;

use crate::objects::storage::time;
use crate::objects::workspace::store::list::{Filter, Kinds, Total};
use crate::objects::workspace::store::scope::Scope;

/// By the indexes `posts_in_approval` and `posts_of_tenant_in_approval`.
pub(super) const APPROVAL: &str = "json_extract(p.doc, '$.approval.status')";

#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub tenant: Option<&'a str>,
    pub account: Option<&'a str>,
    /// Posts that no other account has.
    pub alone: bool,
    pub states: Option<&'a States>,
}

impl<'a> Wanted<'a> {
    pub(super) const fn everything() -> Self {
        Self { tenant: None, account: None, alone: false, states: None }
    }

    /// None if the caller may see nothing of what was asked for.
    pub(super) fn of(filter: &'a PostFilter, binding: &'a Binding) -> Option<Self> {
        let seen = Self::seen(filter.tenant_id.as_deref(), filter.social_account_id.as_deref(), binding)?;
        Some(Self { states: filter.states.as_ref(), ..seen })
    }

    pub fn seen(tenant: Option<&'a str>, account: Option<&'a str>, binding: &'a Binding) -> Option<Self> {
        let own_tenant = binding.tenant_id.as_ref().map(TenantId::as_str);
        let own_account = binding.account_id.as_ref().map(AccountId::as_str);
        // No tenant has an empty name.
        if differ(own_tenant, tenant) || differ(own_account, account) || tenant == Some("") {
            return None;
        }
        let (tenant, account) = (own_tenant.or(tenant), own_account.or(account));
        Some(Self { tenant, account, alone: binding.account_id.is_some(), states: None })
    }

    /// As conditions of posts; `base` says which there are, and `approval` where a post says what became of a request for
    /// approval.
    pub(super) fn of_posts(&self, base: &str, approval: &str, filter: &PostFilter) -> Filter {
        let delivery = |condition: &str| {
            format!(
                "EXISTS (SELECT 1 FROM listed_deliveries l
                    WHERE l.created_at = p.created_at AND l.seq = p.seq AND {condition})"
            )
        };
        let of_account = self.account.map(|id| ("l.account_id = +?", id.into()));
        let in_states = self.states.map(|states| {
            let states = serde_json::Value::from(words(states)).to_string();
            ("l.state IN (SELECT value FROM json_each(?))", states.into())
        });
        let (conditions, values): (Vec<&str>, Vec<_>) = of_account.into_iter().chain(in_states).unzip();
        Filter::counted("posts", base)
            .counted_as(kinds(&States::any()))
            .in_tenant("p.tenant_id", None, self.tenant)
            .with(&delivery(&conditions.join(" AND ")), values)
            .given(&format!("NOT {}", delivery("l.account_id <> ?")), self.account.filter(|_| self.alone))
            .given(&format!("{approval} = +?"), filter.approval.and_then(Status::as_str))
            .given("p.created_at > ?", filter.created_after.map(time))
            .given("p.created_at < ?", filter.created_before.map(time))
            .given("p.scheduled_at > ?", filter.scheduled_after.map(time))
            .given("p.scheduled_at < ?", filter.scheduled_before.map(time))
    }

    /// As a condition of the deliveries of one state, with its values.
    pub(super) fn of_deliveries(&self, filter: &PostFilter) -> (String, Vec<SqlStorageValue>) {
        let (condition, mut values) = self.of_each_delivery();
        let given = [
            filter.created_after.map(|at| ("l.created_at > ?", time(at))),
            filter.created_before.map(|at| ("l.created_at < ?", time(at))),
            filter.scheduled_after.map(|at| ("l.scheduled_at > ?", time(at))),
            filter.scheduled_before.map(|at| ("l.scheduled_at < ?", time(at))),
        ];
        let (conditions, times): (Vec<&str>, Vec<_>) = given.into_iter().flatten().unzip();
        values.extend(times);
        let conditions = [condition.as_str()].into_iter().chain(conditions);
        (conditions.collect::<Vec<_>>().join(" AND "), values)
    }

    pub(super) fn of_each_delivery(&self) -> (String, Vec<SqlStorageValue>) {
        const OTHERS: &str = "NOT EXISTS (SELECT 1 FROM listed_deliveries o WHERE o.created_at = l.created_at
            AND o.seq = l.seq AND o.account_id <> l.account_id)";
        let tenant = self.tenant.filter(|_| self.account.is_none());
        let given =
            [self.account.map(|id| ("l.account_id = +?", id.into())), tenant.map(|id| ("l.tenant_id = +?", id.into()))];
        let (conditions, values): (Vec<&str>, Vec<_>) = given.into_iter().flatten().unzip();
        let others = if self.alone { OTHERS } else { "TRUE" };
        (conditions.into_iter().chain([others]).collect::<Vec<_>>().join(" AND "), values)
    }

    /// The total of what is wanted, and of what of it is shared with others and not wanted.
    pub(super) fn total(&self) -> (Total, Option<Total>) {
        let any = States::any();
        let states = self.states.unwrap_or(&any);
        let Some(account) = self.account else {
            let scope = self.tenant.map_or(Scope::All, |tenant| Scope::Tenant(Some(tenant))).key();
            return (Total { list: "posts", scope, kinds: kinds(states) }, None);
        };
        // An account has one delivery of a post.
        let of = |whose: &str| {
            let kinds = Kinds::OneOf(words(states).into_iter().map(str::to_owned).collect());
            Total { list: "posts", scope: format!("{whose}/{account}"), kinds }
        };
        (of("account"), self.alone.then(|| of("shared")))
    }
}

fn differ(own: Option<&str>, wanted: Option<&str>) -> bool {
    own.is_some() && wanted.is_some() && own != wanted
}

pub(super) fn words(states: &States) -> Vec<&'static str> {
    states.states.iter().copied().map(State::as_str).collect()
}

/// The kinds whose sum is the number of posts in these states: a post counts once in each state of its deliveries, and
/// what it counts more than once is taken away.
fn kinds(states: &States) -> Kinds {
    let again = format!("-{}", states.name);
    Kinds::OneOf(words(states).into_iter().map(str::to_owned).chain([again]).collect())
}
