#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;
use crate::account::Consent;
use crate::id::{AccountId, NetworkId, XUserId};
use crate::oauth::Scopes;
use crate::x::user::XUser;

const T0: UnixMillis = UnixMillis(0);

fn account(n: u8, username: &str, tenant: Option<&str>) -> Account {
    let user = XUser {
        id: XUserId::parse(&n.to_string()).unwrap(),
        username: username.into(),
        name: username.into(),
        profile_image_url: None,
        subscription_type: None,
    };
    let consent = Consent {
        network_id: NetworkId::from_entropy([0; 16]),
        tenant_id: tenant.map(|tenant| TenantId::parse(tenant).unwrap()),
        user,
        scopes: Scopes::publish_default(),
        token_expires_at: T0,
    };
    Account::new(AccountId::from_entropy([n; 16]), consent, T0)
}

fn resolved(names: &[&str], known: &[Account]) -> Result<Vec<String>, Code> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let found = resolve(&names, known).map_err(|refused| refused.code)?;
    Ok(found.iter().map(|account| account.user.username.clone()).collect())
}

#[test]
fn an_account_is_found_by_id_and_by_username_with_or_without_at() {
    let known = [account(1, "ada", None), account(2, "grace", None)];
    for name in [known[0].id.as_str(), "ada", "@ada", "ADA"] {
        assert_eq!(resolved(&[name], &known), Ok(vec!["ada".into()]), "{name}");
    }
    assert_eq!(
        resolved(&["ada", "@ada", known[0].id.as_str()], &known),
        Ok(vec!["ada".into()]),
        "named thrice, meant once"
    );
}

#[test]
fn the_network_means_every_active_account() {
    let mut known = [account(1, "ada", None), account(2, "grace", None)];
    assert_eq!(resolved(&["x"], &known).unwrap().len(), 2);
    known[1].set_status(Status::ReconnectRequired, None, T0);
    assert_eq!(resolved(&["twitter"], &known), Ok(vec!["ada".into()]));
    assert_eq!(resolved(&["grace"], &known), Ok(vec!["grace".into()]), "by name it is taken, and held");
}

#[test]
fn a_name_that_means_nothing_refuses_the_whole_call() {
    let mut known = [account(1, "ada", None)];
    assert_eq!(resolved(&["ada", "nobody"], &known), Err(Code::UnknownAccount));
    known[0].set_status(Status::Disconnected, None, T0);
    assert_eq!(resolved(&["ada"], &known), Err(Code::UnknownAccount));
    assert_eq!(resolved(&["x"], &known), Err(Code::UnknownAccount));
}

#[test]
fn accounts_of_two_tenants_are_ambiguous() {
    let known = [account(1, "ada", Some("t1")), account(2, "ada", Some("t2"))];
    assert_eq!(resolved(&["ada"], &known), Err(Code::AmbiguousAccount));
    assert_eq!(resolved(&[known[0].id.as_str()], &known), Ok(vec!["ada".into()]));
}

#[test]
fn a_delivery_has_a_segment_for_each_container() {
    let post = Post::new(PostId::from_entropy([9; 16]), None, vec!["a".into(), "b".into()], T0);
    let delivery = post.delivery_to(&account(1, "ada", None));
    let segments: Vec<_> = delivery.segments.iter().map(|s| (s.container_id.as_str(), s.text.as_str())).collect();
    assert_eq!(segments, [(format!("{}.0", post.id).as_str(), "a"), (format!("{}.1", post.id).as_str(), "b")]);
}
