//! The list of posts. By account, by state or by scheduled time the page is found in a table of deliveries that has an
//! index in the order of the list for each of them (`ordered.rs`); by none of them, or by approval, in `posts`. The posts that a search
//! finds are sorted, and so are the posts of a window of the time that the list is not in the order of (`sorted.rs`): as
//! many are read as are found.

mod ordered;
mod sorted;
mod wanted;

use latchkey_core::api::page::PostTime;
use latchkey_core::api::post::{PostFilter, States};
use latchkey_core::key::Binding;
use latchkey_core::post::Post;

use self::wanted::APPROVAL;
pub use self::wanted::Wanted;
use super::Posts;
use crate::error::Result;
use crate::objects::workspace::store::accounts;
use crate::objects::workspace::store::list::{Filter, Listed};

impl Posts {
    pub fn list(&self, filter: &PostFilter, binding: &Binding) -> Result<Listed<Post>> {
        let wanted = Wanted::of(filter, binding);
        let Some(wanted) = wanted.filter(|wanted| wanted.states.is_none_or(|states| !states.states.is_empty())) else {
            return self.none(filter);
        };
        if !self.is_of_its_tenant(&wanted)? {
            return self.none(filter);
        }
        if let Some(source) = sorted::Source::of(filter) {
            return self.list_sorted(&source, &wanted, filter);
        }
        let is_of_posts = wanted.account.is_none() && wanted.states.is_none() || filter.approval.is_some();
        if is_of_posts && filter.order.by == PostTime::Created {
            return self.db.list(
                "posts p",
                "doc",
                &wanted.of_posts("p.is_deleted = 0", APPROVAL, filter),
                &filter.page,
            );
        }
        self.list_deliveries(&wanted, filter)
    }

    /// How many posts are shown.
    pub fn count(&self) -> Result<u64> {
        self.count_deliveries(&Wanted::everything())
    }

    /// How many posts with a delivery in these states a key sees.
    pub fn count_in(&self, wanted: &Wanted<'_>, states: &States) -> Result<u64> {
        self.count_deliveries(&Wanted { states: Some(states), ..*wanted })
    }

    fn count_deliveries(&self, wanted: &Wanted<'_>) -> Result<u64> {
        let (all, shared) = wanted.total();
        let shared = shared.map(|shared| self.db.total(&shared)).transpose()?;
        Ok(self.db.total(&all)?.saturating_sub(shared.unwrap_or_default()))
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
}
