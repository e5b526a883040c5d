//! Values that tests of several modules begin with.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::account::{Account, Consent};
use crate::delivery::{Delivery, Segment};
use crate::id::{AccountId, NetworkId, PostId, TenantId, XUserId};
use crate::network::{ClientType, Credentials, Network};
use crate::oauth::Scopes;
use crate::post::{Draft, Part, Post, Wording};
use crate::time::UnixMillis;
use crate::x::options::Options;
use crate::x::price::Micros;
use crate::x::user::XUser;

pub const T0: UnixMillis = UnixMillis(1_000_000);

pub fn tenant(name: &str) -> TenantId {
    TenantId::parse(name).unwrap()
}

/// The `n`th account, called `@user{n}`, of the app with the id 0.
pub fn account(n: u8) -> Account {
    let user = XUser {
        id: XUserId::parse(&n.to_string()).unwrap(),
        username: format!("user{n}"),
        name: format!("User {n}"),
        profile_image_url: None,
        subscription_type: None,
    };
    let consent = Consent {
        network_id: NetworkId::from_entropy([0; 16]),
        client_id: "client".to_owned(),
        tenant_id: None,
        user,
        scopes: Scopes::publish_default(),
        token_expires_at: T0,
        session_id: None,
    };
    Account::new(AccountId::from_entropy([n; 16]), consent, T0)
}

/// The app with the id 0, which all tenants share.
pub fn network() -> Network {
    Network::stored(credentials(), None, T0)
}

pub fn credentials() -> Credentials {
    Credentials {
        id: NetworkId::from_entropy([0; 16]),
        tenant_id: None,
        client_id: "client".to_owned(),
        secret_version: 1,
        client_type: ClientType::Confidential,
        is_verified: true,
    }
}

/// The post with the id 1, which says `text`.
pub fn post(text: &str) -> Post {
    let mut post = Post::new(PostId::from_entropy([1; 16]), None, T0);
    let parts = vec![Part { content: Some(text.to_owned()), ..Part::default() }];
    post.say(&Draft { parts, wording: Wording::Content }).unwrap();
    post
}

/// What account `n` is to send of that post: one segment for a cent and a half.
pub fn delivery(n: u8) -> Delivery {
    let segment = Segment {
        container_id: "c0".to_owned(),
        text: "hello".to_owned(),
        options: Options::default(),
        media: Vec::new(),
        repost_of: None,
        price: Micros(15_000),
        platform_post_id: None,
    };
    Delivery::new(PostId::from_entropy([1; 16]), AccountId::from_entropy([n; 16]), vec![segment], T0)
}
