//! A post in the ledger: what to say, for whom. What became of it is the deliveries' matter.

use serde::{Deserialize, Serialize};

use crate::account::{Account, Status};
use crate::api::code::Code;
use crate::api::refused::Refused;
use crate::delivery::{Delivery, Segment};
use crate::id::{PostId, TenantId};
use crate::time::UnixMillis;

/// Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub id: PostId,
    pub tenant_id: Option<TenantId>,
    pub containers: Vec<Container>,
    pub created_at: UnixMillis,
}

/// One segment of a thread; the first is the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    pub id: String,
    pub content: String,
}

impl Post {
    pub fn new(id: PostId, tenant_id: Option<TenantId>, contents: Vec<String>, now: UnixMillis) -> Self {
        let containers = contents
            .into_iter()
            .enumerate()
            .map(|(n, content)| Container { id: format!("{id}.{n}"), content })
            .collect();
        Self { id, tenant_id, containers, created_at: now }
    }

    /// The delivery of this post to one account, due at once.
    pub fn delivery_to(&self, account: &Account) -> Delivery {
        let segment = |container: &Container| Segment {
            container_id: container.id.clone(),
            text: container.content.clone(),
            platform_post_id: None,
        };
        let segments = self.containers.iter().map(segment).collect();
        Delivery::new(self.id.clone(), account.id.clone(), segments, self.created_at)
    }
}

/// Finds the accounts that a caller named: by id, by exact username, or all active ones by `"x"` or `"twitter"`.
/// A name that means nothing, or accounts of several tenants, refuses the whole call: nothing is created.
pub fn resolve<'a>(names: &[String], known: &'a [Account]) -> Result<Vec<&'a Account>, Refused> {
    let mut chosen: Vec<&Account> = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let found = matches_of(name, known);
        if found.is_empty() {
            let message = format!("No active account is called \"{name}\".");
            return Err(
                Refused::new(Code::UnknownAccount, message.clone()).with_detail(&format!("accounts.{n}"), message)
            );
        }
        chosen.extend(found);
    }
    chosen.sort_by(|a, b| a.id.cmp(&b.id));
    chosen.dedup_by(|a, b| a.id == b.id);
    one_tenant(chosen)
}

/// A disconnected account takes no posts; one that waits for its reconnection does, and holds them.
fn matches_of<'a>(name: &str, known: &'a [Account]) -> Vec<&'a Account> {
    let every = matches!(name, "x" | "twitter");
    let is_meant = |account: &&Account| {
        (every && account.status == Status::Active)
            || (account.status != Status::Disconnected && (account.id.as_str() == name || account.is_called(name)))
    };
    known.iter().filter(is_meant).collect()
}

fn one_tenant(accounts: Vec<&Account>) -> Result<Vec<&Account>, Refused> {
    let Some(first) = accounts.first() else { return Ok(accounts) };
    if accounts.iter().all(|account| account.tenant_id == first.tenant_id) {
        return Ok(accounts);
    }
    let listed: Vec<String> = accounts
        .iter()
        .map(|a| {
            format!("{} (@{}, tenant {})", a.id, a.user.username, a.tenant_id.as_ref().map_or("none", TenantId::as_str))
        })
        .collect();
    let message = format!("The accounts belong to more than one tenant: {}.", listed.join(", "));
    Err(Refused::new(Code::AmbiguousAccount, message.clone()).with_detail("accounts", message))
}

#[cfg(test)]
mod tests;
