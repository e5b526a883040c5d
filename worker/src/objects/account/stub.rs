//! What others say to an Account object, and what it says back.

use latchkey_core::api::account::Health;
use latchkey_core::connect::Session;
use latchkey_core::delivery::{Delivery, Segment};
use latchkey_core::id::{AccountId, PostId, XPostId};
use latchkey_core::network::ClientRef;
use latchkey_core::oauth::{Scopes, TokenSet};
use latchkey_core::time::UnixMillis;
use latchkey_core::x::lookup::Lookup;
use latchkey_core::x::rate::Window;
use latchkey_core::x::user::XUser;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::Stub;

use super::super::wire::ask;
use crate::error::Result;

#[derive(Serialize, Deserialize)]
pub(super) enum Message {
    Adopt(Adoption),
    Enqueue(Vec<Delivery>),
    Health,
    Release(Release),
    ClientChanged {
        client_id: String,
    },
    Recall {
        delivery: Box<Delivery>,
        to_end: bool,
    },
    Resolve {
        delivery: Box<Delivery>,
        id: Option<XPostId>,
    },
    Ask(Lookup),
    Delete(Vec<Segment>),
    Limits,
    AppMended,
    Probe {
        post_id: PostId,
    },
    /// Only look whether something is due.
    Wake,
}

/// A token pair on its way from its connect session to its account, sealed for the session.
#[derive(Serialize, Deserialize)]
pub struct Adoption {
    pub session_id: String,
    pub sealed_tokens: String,
    pub client: ClientRef,
    pub expires_at: UnixMillis,
    pub scopes: Scopes,
    pub can_refresh: bool,
    pub x_user_id: String,
}

/// An account row that ends. With the last one the tokens are revoked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Release {
    pub account_id: AccountId,
    pub is_last: bool,
}

/// Whether X confirmed that the tokens are void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Revocation {
    Confirmed,
    Unconfirmed,
    /// Other rows still use the tokens, or there are none.
    NotNeeded,
}

impl Adoption {
    pub fn new(session: &Session, sealed_tokens: &str, tokens: &TokenSet, user: &XUser) -> Self {
        Self {
            session_id: session.id.clone(),
            sealed_tokens: sealed_tokens.to_owned(),
            client: session.terms.client.clone(),
            expires_at: tokens.expires_at,
            scopes: tokens.scopes.clone(),
            can_refresh: tokens.refresh_token.is_some(),
            x_user_id: user.id.as_str().to_owned(),
        }
    }
}

pub struct AccountStub {
    stub: Stub,
}

impl AccountStub {
    pub const fn new(stub: Stub) -> Self {
        Self { stub }
    }

    pub async fn adopt(&self, adoption: Adoption) -> Result<()> {
        ask(&self.stub, &Message::Adopt(adoption)).await
    }

    pub async fn enqueue(&self, deliveries: Vec<Delivery>) -> Result<()> {
        ask(&self.stub, &Message::Enqueue(deliveries)).await
    }

    pub async fn health(&self) -> Result<Health> {
        ask(&self.stub, &Message::Health).await
    }

    pub async fn client_changed(&self, client_id: String) -> Result<()> {
        ask(&self.stub, &Message::ClientChanged { client_id }).await
    }

    /// Keeps a delivery from being sent while the ledger changes or ends it. Says whether that is possible.
    pub async fn recall(&self, delivery: Delivery, to_end: bool) -> Result<bool> {
        ask(&self.stub, &Message::Recall { delivery: Box::new(delivery), to_end }).await
    }

    /// Settles a doubt by hand: it came about as `id`, or not at all. Says whether there was a doubt.
    pub async fn resolve(&self, delivery: Delivery, id: Option<XPostId>) -> Result<bool> {
        ask(&self.stub, &Message::Resolve { delivery: Box::new(delivery), id }).await
    }

    /// What X says, or its refusal.
    pub async fn ask(&self, lookup: Lookup) -> Result<Value> {
        ask(&self.stub, &Message::Ask(lookup)).await
    }

    /// Deletes at X what was published, the last one first. One that X does not know is deleted already.
    pub async fn delete(&self, segments: Vec<Segment>) -> Result<()> {
        ask(&self.stub, &Message::Delete(segments)).await
    }

    pub async fn limits(&self) -> Result<Vec<(String, Window)>> {
        ask(&self.stub, &Message::Limits).await
    }

    pub async fn app_mended(&self) -> Result<()> {
        ask(&self.stub, &Message::AppMended).await
    }

    /// Tries this held delivery although the network is paused.
    pub async fn probe(&self, post_id: PostId) -> Result<()> {
        ask(&self.stub, &Message::Probe { post_id }).await
    }

    pub async fn wake(&self) -> Result<()> {
        ask(&self.stub, &Message::Wake).await
    }

    pub async fn release(&self, release: Release) -> Result<Revocation> {
        ask(&self.stub, &Message::Release(release)).await
    }
}
