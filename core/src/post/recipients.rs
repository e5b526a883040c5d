//! Whom a post is for: the accounts that a caller names, one for each X user.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::account::{Account, Status};
use crate::id::{NetworkId, TenantId};
use crate::network::is_x;
use crate::refusal::{Code, Refused};

/// The accounts that get a post, and the warnings about accounts left out.
#[derive(Debug)]
pub struct Recipients<'a> {
    pub accounts: Vec<&'a Account>,
    pub warnings: Vec<String>,
}

/// Finds the accounts that a caller named: by id, by exact username, or all active ones by `"x"` or `"twitter"`.
/// A name that means nothing or two X users, and accounts of several tenants, refuse the whole call: nothing is created.
/// `paused` are the X apps that may not call X at the moment. `field` is what the caller wrote the names in.
pub fn resolve<'a>(
    names: &[String],
    known: &'a [Account],
    paused: &BTreeSet<NetworkId>,
    field: &str,
) -> Result<Recipients<'a>, Refused> {
    let mut chosen: Vec<&Account> = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let found = matches_of(name, known);
        if found.is_empty() {
            let message = format!("No active account is called \"{name}\".");
            let path = if field == "accounts" { format!("accounts.{n}") } else { field.to_owned() };
            return Err(Refused::new(Code::UnknownAccount, message.clone()).with_detail(&path, message));
        }
        if !means_every(name) {
            require_one_user(name, &found, field)?;
        }
        chosen.extend(found);
    }
    require_one_tenant(&chosen, field)?;
    Ok(one_for_each_user(&chosen, paused))
}

/// Whether a name means every account.
pub fn means_every(name: &str) -> bool {
    is_x(name)
}

/// A handle can move from one X user to another, and the rows of the first user may still have the handle. Only the
/// caller can say which user is meant.
pub fn require_one_user(name: &str, found: &[&Account], field: &str) -> Result<(), Refused> {
    let Some(first) = found.first() else { return Ok(()) };
    if found.iter().all(|account| account.user.id == first.user.id) {
        return Ok(());
    }
    let message = format!("Several X users are known as \"{name}\": {}.", list_of(found));
    Err(Refused::new(Code::AmbiguousAccount, message.clone()).with_detail(field, message))
}

/// A disconnected account takes no posts. An account that waits for its reconnection takes posts and holds the posts.
fn matches_of<'a>(name: &str, known: &'a [Account]) -> Vec<&'a Account> {
    let is_meant = |account: &&Account| {
        (means_every(name) && account.status == Status::Active)
            || (account.status != Status::Disconnected && (account.id.as_str() == name || account.is_called(name)))
    };
    known.iter().filter(is_meant).collect()
}

fn require_one_tenant(accounts: &[&Account], field: &str) -> Result<(), Refused> {
    let Some(first) = accounts.first() else { return Ok(()) };
    if accounts.iter().all(|account| account.tenant_id == first.tenant_id) {
        return Ok(());
    }
    let message = format!("The accounts belong to more than one tenant: {}.", list_of(accounts));
    Err(Refused::new(Code::AmbiguousAccount, message.clone()).with_detail(field, message))
}

fn list_of(accounts: &[&Account]) -> String {
    let sorted: BTreeMap<_, _> = accounts.iter().map(|account| (&account.id, account)).collect();
    let described = sorted.values().map(|account| {
        let tenant = account.tenant_id.as_ref().map_or("none", TenantId::as_str);
        format!("{} (@{}, tenant {tenant})", account.id, account.user.username)
    });
    described.collect::<Vec<_>>().join(", ")
}

/// X refuses the second post of one X user as a duplicate, and bills the post. An X user connected through several apps
/// therefore posts through the account that can post. Accounts of a paused app come last. Among equals the last
/// connected account wins.
fn one_for_each_user<'a>(chosen: &[&'a Account], paused: &BTreeSet<NetworkId>) -> Recipients<'a> {
    let mut users: BTreeMap<&str, Vec<&'a Account>> = BTreeMap::new();
    for account in chosen.iter().copied() {
        users.entry(account.user.id.as_str()).or_default().push(account);
    }
    let rank = |account: &Account| {
        let is_open = !paused.contains(&account.network_id);
        (is_open && account.status == Status::Active, is_open, account.connected_at(), Reverse(account.id.clone()))
    };
    let (mut accounts, mut warnings) = (Vec::new(), Vec::new());
    for rows in users.into_values() {
        let Some(kept) = rows.iter().copied().max_by_key(|account| rank(account)) else { continue };
        let left_out: BTreeSet<_> = rows.iter().map(|account| &account.id).filter(|id| **id != kept.id).collect();
        warnings.extend(left_out.into_iter().map(|id| {
            let username = &kept.user.username;
            format!("{id} is left out: it is the same X user as {}, @{username}, who gets the post once.", kept.id)
        }));
        accounts.push(kept);
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    Recipients { accounts, warnings }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;
    use crate::id::XUserId;
    use crate::post::tests::{T0, account};
    use crate::time::Span;

    fn app(n: u8) -> NetworkId {
        NetworkId::from_entropy([n; 16])
    }

    /// Two rows of @ada, of two apps; the second was connected later.
    fn twice() -> [Account; 2] {
        let mut rows = [account(1, "ada", None), account(2, "ada", None)];
        for (n, row) in (1..).zip(&mut rows) {
            row.user.id = XUserId::parse("7").unwrap();
            row.network_id = app(n);
            row.connected_at = Some(T0 + Span::secs(i64::from(n)));
        }
        rows
    }

    fn resolved(names: &[&str], known: &[Account], paused: &[NetworkId]) -> Result<(Vec<usize>, Vec<String>), Code> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let paused = paused.iter().cloned().collect();
        let found = resolve(&names, known, &paused, "accounts").map_err(|refused| refused.code)?;
        let place = |account: &&Account| known.iter().position(|known| known.id == account.id).unwrap();
        Ok((found.accounts.iter().map(place).collect(), found.warnings))
    }

    fn chosen(names: &[&str], known: &[Account], paused: &[NetworkId]) -> Vec<usize> {
        resolved(names, known, paused).unwrap().0
    }

    #[test]
    fn an_account_is_found_by_id_and_by_username_with_or_without_at() {
        let known = [account(1, "ada", None), account(2, "grace", None)];
        for name in [known[0].id.as_str(), "ada", "@ada", "ADA"] {
            assert_eq!(chosen(&[name], &known, &[]), [0], "{name}");
        }
        let thrice = resolved(&["ada", "@ada", known[0].id.as_str()], &known, &[]);
        assert_eq!(thrice, Ok((vec![0], vec![])), "named thrice, meant once, and nobody is left out");
    }

    #[test]
    fn the_network_means_every_active_account() {
        let mut known = [account(1, "ada", None), account(2, "grace", None)];
        assert_eq!(chosen(&["x"], &known, &[]), [0, 1]);
        known[1].set_status(Status::ReconnectRequired, None, T0);
        for name in ["twitter", "Twitter", "X"] {
            assert_eq!(chosen(&[name], &known, &[]), [0], "{name}");
        }
        assert_eq!(chosen(&["grace"], &known, &[]), [1], "by name it is taken, and held");
    }

    #[test]
    fn a_name_that_means_nothing_refuses_the_whole_call() {
        let mut known = [account(1, "ada", None)];
        assert_eq!(resolved(&["ada", "nobody"], &known, &[]), Err(Code::UnknownAccount));
        known[0].set_status(Status::Disconnected, None, T0);
        assert_eq!(resolved(&["ada"], &known, &[]), Err(Code::UnknownAccount));
        assert_eq!(resolved(&["x"], &known, &[]), Err(Code::UnknownAccount));
    }

    #[test]
    fn accounts_of_two_tenants_are_ambiguous() {
        let known = [account(1, "ada", Some("t1")), account(2, "ada", Some("t2"))];
        assert_eq!(resolved(&["ada"], &known, &[]), Err(Code::AmbiguousAccount));
        assert_eq!(chosen(&[known[0].id.as_str()], &known, &[]), [0]);
    }

    #[test]
    fn an_x_user_gets_a_post_once_however_the_accounts_are_named() {
        let rows = twice();
        let [one, two] = [rows[0].id.as_str(), rows[1].id.as_str()];
        for names in
            [vec!["x"], vec!["twitter"], vec!["ada"], vec!["@ADA"], vec![one, two], vec![two, one], vec![one, "x"]]
        {
            let (accounts, warnings) = resolved(&names, &rows, &[]).unwrap();
            assert_eq!(accounts, [1], "{names:?}: the one connected last");
            assert_eq!(warnings.len(), 1);
            assert!(warnings[0].starts_with(one) && warnings[0].contains(two), "{warnings:?}");
        }
        assert_eq!(resolved(&[one], &rows, &[]), Ok((vec![0], vec![])), "who is named alone is meant");
    }

    #[test]
    fn an_active_app_comes_before_a_paused_one_and_one_connected_last_comes_next() {
        let mut rows = twice();
        assert_eq!(chosen(&["ada"], &rows, &[app(2)]), [0]);
        assert_eq!(chosen(&["ada"], &rows, &[app(1)]), [1]);
        assert_eq!(chosen(&["ada"], &rows, &[app(1), app(2)]), [1], "both are paused");
        rows[0].connected_at = Some(T0 + Span::secs(9));
        assert_eq!(chosen(&["ada"], &rows, &[]), [0]);
        rows[0].set_status(Status::ReconnectRequired, None, T0);
        assert_eq!(chosen(&["ada"], &rows, &[]), [1], "one that can post comes before one that cannot");
        assert_eq!(chosen(&["ada"], &rows, &[app(2)]), [0], "neither can");
    }

    #[test]
    fn a_row_that_does_not_say_when_it_was_connected_says_since_when_it_is_active() {
        let mut rows = twice();
        rows[0].connected_at = None;
        rows[0].status_since = T0 + Span::secs(9);
        assert_eq!(chosen(&["ada"], &rows, &[]), [0]);
    }

    #[test]
    fn others_get_theirs_beside_an_x_user_with_two_accounts() {
        let [one, two] = twice();
        let rows = [one, account(3, "grace", None), two];
        let (accounts, warnings) = resolved(&["x"], &rows, &[]).unwrap();
        assert_eq!((accounts, warnings.len()), (vec![2, 1], 1), "in the order of their ids");
    }

    #[test]
    fn two_x_users_under_one_stored_handle_are_ambiguous() {
        let rows = [account(1, "bob", None), account(2, "bob", None)];
        for name in ["bob", "@Bob"] {
            assert_eq!(resolved(&[name], &rows, &[]), Err(Code::AmbiguousAccount));
            assert_eq!(resolved(&[rows[0].id.as_str(), name], &rows, &[]), Err(Code::AmbiguousAccount));
        }
        assert_eq!(chosen(&["x"], &rows, &[]), [0, 1], "both are meant");
        assert_eq!(chosen(&[rows[1].id.as_str()], &rows, &[]), [1]);
    }

    #[test]
    fn one_x_user_of_two_tenants_is_ambiguous() {
        let mut rows = twice();
        rows[1].tenant_id = TenantId::parse("t2").ok();
        assert_eq!(resolved(&["ada"], &rows, &[]), Err(Code::AmbiguousAccount));
    }
}
