//! What others say to an Account object, and what it says back.

use latchkey_core::api::account::Health;
use latchkey_core::connect::Session;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::AccountId;
use latchkey_core::network::ClientRef;
use latchkey_core::oauth::{Scopes, TokenSet};
use latchkey_core::time::UnixMillis;
use latchkey_core::x::user::XUser;
use serde::{Deserialize, Serialize};
use worker::Stub;

use super::super::wire::ask;
use crate::error::Result;

#[derive(Serialize, Deserialize)]
pub(super) enum Message {
    Adopt(Adoption),
    Enqueue(Vec<Delivery>),
    Health,
    Release(Release),
    ClientChanged { client_id: String },
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

    pub async fn release(&self, release: Release) -> Result<Revocation> {
        ask(&self.stub, &Message::Release(release)).await
    }
}
