//! The list of posts. By account or by status the page is found in `listed_deliveries`, which has an index in the order of
//! the list for each of them; by neither, in `posts`. Posts that are scheduled in a window are sorted: there are as many as
//! the window has.

use latchkey_core::api::post::PostFilter;
use latchkey_core::approval::Status;
use latchkey_core::delivery::State;
use latchkey_core::id::{AccountId, TenantId};
use latchkey_core::key::Binding;
use latchkey_core::post::Post;
use worker::SqlStorageValue;

use super::Posts;
use crate::error::Result;
use crate::objects::storage::time;
use crate::objects::workspace::store::accounts;
use crate::objects::workspace::store::list::{Filter, Kinds, Listed, Total, beyond, bounds, past, sorted};
use crate::objects::workspace::store::scope::Scope;

/// What a caller may see of what was asked for.
struct Wanted<'a> {
    tenant: Option<&'a str>,
    account: Option<&'a str>,
    /// Posts that no other account has.
    alone: bool,
    status: Option<&'a str>,
}

/// By the indexes `posts_in_approval` and `posts_of_tenant_in_approval`.
const IN_APPROVAL: &str = "json_extract(p.doc, '$.approval.status') = ?";
const STATES: [State; 8] = [
    State::Queued,
    State::Publishing,
    State::Held,
    State::Unknown,
    State::Published,
    State::Failed,
    State::Deleted,
    State::Cancelled,
];

impl Posts {
    pub fn list(&self, filter: &PostFilter, binding: &Binding) -> Result<Listed<Post>> {
        let Some(wanted) = Wanted::of(filter, binding) else { return self.none(filter) };
        if !self.is_of_its_tenant(&wanted)? {
            return self.none(filter);
        }
        if filter.scheduled_after.is_some() || filter.scheduled_before.is_some() {
            return self.db.list("posts p INDEXED BY posts_scheduled", "doc", &wanted.of_posts(filter), &filter.page);
        }
        if filter.approval.is_some() {
            return self.db.list("posts p", "doc", &wanted.of_posts(filter), &filter.page);
        }
        if wanted.account.is_none() && wanted.status.is_none() {
            return self.db.list("posts p", "doc", &wanted.of_posts(filter), &filter.page);
        }
        self.list_deliveries(&wanted, filter)
    }

    /// How many posts are shown.
    pub fn count(&self) -> Result<u64> {
        self.db.total(&Total { list: "posts", scope: Scope::All.key(), kinds: kinds("any") })
    }

    fn none(&self, filter: &PostFilter) -> Result<Listed<Post>> {
        self.db.list("posts p", "doc", &Filter::new("FALSE"), &filter.page)
    }

    /// A post has the tenant of its accounts.
    fn is_of_its_tenant(&self, wanted: &Wanted<'_>) -> Result<bool> {
        let (Some(account), Some(tenant)) = (wanted.account, wanted.tenant) else { return Ok(true) };
        let query = format!("SELECT count(*) AS count FROM ({}) WHERE id = ? AND tenant_id = ?", accounts::ROWS);
        Ok(self.db.count(&query, vec![account.into(), tenant.into()])? > 0)
    }

    fn list_deliveries(&self, wanted: &Wanted<'_>, filter: &PostFilter) -> Result<Listed<Post>> {
        let (page, (condition, values)) = (&filter.page, wanted.of_deliveries(filter));
        let is_of_a_time = filter.created_after.is_some() || filter.created_before.is_some();
        let count = if is_of_a_time {
            let query = format!("SELECT count(*) AS count FROM ({})", wanted.places(&condition));
            self.db.count(&query, wanted.for_each_state(values.clone()))?
        } else {
            self.count_deliveries(wanted)?
        };
        let query = format!(
            "SELECT (SELECT doc FROM posts p WHERE p.seq = t.seq) AS doc, json_array(created_at, seq) AS place
                FROM ({} ORDER BY {} LIMIT ? OFFSET ?) t",
            wanted.places(&format!("{condition} AND {}", beyond(page))),
            sorted(page)
        );
        let values = wanted.for_each_state(values.into_iter().chain(past(page)).collect());
        self.db.listed(&query, values.into_iter().chain(bounds(page)).collect(), count, page)
    }

    fn count_deliveries(&self, wanted: &Wanted<'_>) -> Result<u64> {
        let (all, shared) = wanted.total();
        let shared = shared.map(|shared| self.db.total(&shared)).transpose()?;
        Ok(self.db.total(&all)?.saturating_sub(shared.unwrap_or_default()))
    }
}

impl<'a> Wanted<'a> {
    /// None if the caller may see nothing of what was asked for.
    fn of(filter: &'a PostFilter, binding: &'a Binding) -> Option<Self> {
        let own_tenant = binding.tenant_id.as_ref().map(TenantId::as_str);
        let own_account = binding.account_id.as_ref().map(AccountId::as_str);
        let (tenant, account) = (filter.tenant_id.as_deref(), filter.social_account_id.as_deref());
        // No tenant has an empty name.
        if differ(own_tenant, tenant) || differ(own_account, account) || tenant == Some("") {
            return None;
        }
        let (tenant, account) = (own_tenant.or(tenant), own_account.or(account));
        Some(Self { tenant, account, alone: binding.account_id.is_some(), status: filter.status.as_deref() })
    }

    /// As conditions of posts.
    fn of_posts(&self, filter: &PostFilter) -> Filter {
        let delivery = |condition: &str| {
            format!(
                "EXISTS (SELECT 1 FROM listed_deliveries l
                    WHERE l.created_at = p.created_at AND l.seq = p.seq AND {condition})"
            )
        };
        let of_account = self.account.map(|id| ("l.account_id = ?", id.into()));
        let in_status = self.status.map(|status| {
            (
                "l.state IN (SELECT value FROM json_each(?))",
                serde_json::Value::from(states_of(status)).to_string().into(),
            )
        });
        let (conditions, values): (Vec<&str>, Vec<_>) = of_account.into_iter().chain(in_status).unzip();
        Filter::counted("posts", "p.is_deleted = 0")
            .counted_as(kinds("any"))
            .in_tenant("p.tenant_id", None, self.tenant)
            .with(&delivery(&conditions.join(" AND ")), values)
            .given(&format!("NOT {}", delivery("l.account_id <> ?")), self.account.filter(|_| self.alone))
            .given(IN_APPROVAL, filter.approval.and_then(Status::as_str))
            .given("p.created_at > ?", filter.created_after.map(time))
            .given("p.created_at < ?", filter.created_before.map(time))
            .given("p.scheduled_at > ?", filter.scheduled_after.map(time))
            .given("p.scheduled_at < ?", filter.scheduled_before.map(time))
    }

    /// As a condition of the deliveries of one state, with its values.
    fn of_deliveries(&self, filter: &PostFilter) -> (String, Vec<SqlStorageValue>) {
        const OTHERS: &str = "NOT EXISTS (SELECT 1 FROM listed_deliveries o WHERE o.created_at = l.created_at
            AND o.seq = l.seq AND o.account_id <> l.account_id)";
        let tenant = self.tenant.filter(|_| self.account.is_none());
        let given = [
            self.account.map(|id| ("l.account_id = ?", id.into())),
            tenant.map(|id| ("l.tenant_id = ?", id.into())),
            filter.created_after.map(|at| ("l.created_at > ?", time(at))),
            filter.created_before.map(|at| ("l.created_at < ?", time(at))),
        ];
        let (conditions, values): (Vec<&str>, Vec<_>) = given.into_iter().flatten().unzip();
        let others = if self.alone { OTHERS } else { "TRUE" };
        (conditions.into_iter().chain([others]).collect::<Vec<_>>().join(" AND "), values)
    }

    /// The places of the posts. Deliveries of several states are merged in the order of the list; none is sorted.
    fn places(&self, condition: &str) -> String {
        let of_state = |state: &str| {
            format!("SELECT DISTINCT created_at, seq FROM listed_deliveries l WHERE {state} AND {condition}")
        };
        let Some(status) = self.status else { return of_state("TRUE") };
        let parts = states_of(status).into_iter().map(|state| of_state(&format!("l.state = '{state}'")));
        parts.collect::<Vec<_>>().join(" UNION ")
    }

    /// The values of [`Self::places`], from those of one state.
    fn for_each_state(&self, values: Vec<SqlStorageValue>) -> Vec<SqlStorageValue> {
        let states = self.status.map_or(1, |status| states_of(status).len());
        vec![values; states].into_iter().flatten().collect()
    }

    /// The total of what is wanted, and of what of it is shared with others and not wanted.
    fn total(&self) -> (Total, Option<Total>) {
        let status = self.status.unwrap_or("any");
        let Some(account) = self.account else {
            let scope = self.tenant.map_or(Scope::All, |tenant| Scope::Tenant(Some(tenant))).key();
            return (Total { list: "posts", scope, kinds: kinds(status) }, None);
        };
        // An account has one delivery of a post.
        let of = |whose: &str| {
            let kinds = Kinds::OneOf(states_of(status).into_iter().map(str::to_owned).collect());
            Total { list: "posts", scope: format!("{whose}/{account}"), kinds }
        };
        (of("account"), self.alone.then(|| of("shared")))
    }
}

fn differ(own: Option<&str>, wanted: Option<&str>) -> bool {
    own.is_some() && wanted.is_some() && own != wanted
}

/// The states that one of the original's four words means, or an exact state; and those of any post.
fn states_of(status: &str) -> Vec<&'static str> {
    let is_meant = |state: &State| match status {
        "any" => true,
        "pending" => matches!(state, State::Queued | State::Publishing | State::Held | State::Unknown),
        "deleted" => matches!(state, State::Deleted | State::Cancelled),
        exact => state.as_str() == exact,
    };
    STATES.into_iter().filter(is_meant).map(State::as_str).collect()
}

/// The kinds whose sum is the number of posts in a status: a post counts once in each state of its deliveries, and what
/// it counts more than once in the status is taken away.
fn kinds(status: &str) -> Kinds {
    let again = format!("-{status}");
    Kinds::OneOf(states_of(status).into_iter().map(str::to_owned).chain([again]).collect())
}

#[cfg(test)]
mod tests {
    use super::states_of;

    /// The table `post_statuses` of schema version 5 says the same.
    #[test]
    fn a_status_means_its_states() {
        assert_eq!(states_of("pending"), ["queued", "publishing", "held", "unknown"]);
        assert_eq!(states_of("deleted"), ["deleted", "cancelled"]);
        assert_eq!((states_of("any").len(), states_of("held")), (8, vec!["held"]));
    }
}
