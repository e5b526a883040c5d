//! The messages to an Account object, and the answers.

use latchkey_core::api::account::Health;
use latchkey_core::client_change::ClientChange;
use latchkey_core::delivery::{Delivery, Segment};
use latchkey_core::id::{AccountId, PostId, XPostId};
use latchkey_core::json;
use latchkey_core::key::{Access, ApiKey};
use latchkey_core::network::{Breaker, ClientRef};
use latchkey_core::revocation::Tally;
use latchkey_core::x::lookup::Lookup;
use latchkey_core::x::price::Charge;
use latchkey_core::x::proxy::Target;
use latchkey_core::x::rate::Window;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use worker::wasm_bindgen::JsValue;
use worker::web_sys::ReadableStream;
use worker::{Headers, Response, ResponseBody};

use super::rows::{Page, Place};
use super::wire::{Stub, ask, post};
use crate::error::{Doing, Error, Result};
use crate::stream::text_of;

#[derive(Serialize, Deserialize)]
pub enum Message {
    Adopt(Adoption),
    /// With what the workspace knows of the app: a call to X that begins at once need not ask.
    Enqueue {
        deliveries: Vec<Delivery>,
        breaker: Breaker,
    },
    Health {
        account_id: AccountId,
    },
    Release(Release),
    ClientChanged(ClientChange),
    Recall {
        delivery: Box<Delivery>,
        to_end: bool,
    },
    Resolve {
        delivery: Box<Delivery>,
        id: Option<XPostId>,
    },
    Retry {
        delivery: Box<Delivery>,
    },
    Ask {
        account_id: AccountId,
        lookup: Lookup,
    },
    Delete {
        account_id: AccountId,
        segments: Vec<Segment>,
    },
    Limits,
    AppMended,
    Probe {
        post_id: PostId,
    },
    LearnKey {
        digest: String,
        key: ApiKey,
    },
    ForgetKey {
        id: String,
    },
    /// The ring's first key seals the pairs, if another one did.
    ReEncryption {
        key_id: String,
    },
    /// Only look whether something is due.
    Wake,
    Freeze {
        stands: bool,
    },
    Export {
        place: Place,
    },
    ClearRestored {
        attempt: u32,
    },
    Restore {
        attempt: u32,
        is_first: bool,
        rows: Vec<Stored>,
    },
}

/// A row, and its table.
pub type Stored = (String, Map<String, Value>);

/// Carries a [`ProxyCall`] beside a body that is not read.
pub const PROXY_HEADER: &str = "proxy-call";
pub const KEY_ID_HEADER: &str = "key-id";
/// On an answer of ours, not X's.
const REFUSAL_HEADER: &str = "refusal";
/// What the caller says of its body and of the answer.
pub const CONTENT_HEADERS: [&str; 2] = ["content-type", "accept"];
/// What the caller hears of X's headers: X's limits, and how to read the body.
pub const PROXIED_HEADERS: [&str; 14] = [
    "content-type",
    "retry-after",
    "api-version",
    "x-access-level",
    "x-transaction-id",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
    "x-app-limit-24hour-limit",
    "x-app-limit-24hour-remaining",
    "x-app-limit-24hour-reset",
    "x-user-limit-24hour-limit",
    "x-user-limit-24hour-remaining",
    "x-user-limit-24hour-reset",
];

/// A call that goes through to X, without its body.
#[derive(Serialize, Deserialize)]
pub struct ProxyCall {
    pub key_digest: String,
    pub key_id: String,
    pub access: Access,
    /// Which account the workspace has let the key have; none for a key that the object knows itself.
    pub admitted_for: Option<AccountId>,
    pub method: String,
    pub target: Target,
    pub query: Option<String>,
    /// Of a call that writes.
    pub charge: Option<Charge>,
    /// Of a call on the fast path. An edge of the release before sends none.
    #[serde(default)]
    pub head: Option<ReplyHead>,
}

/// What the object needs to give the caller's whole answer, so that the edge passes the answer on as it is.
#[derive(Serialize, Deserialize)]
pub struct ReplyHead {
    pub request_id: String,
    pub is_https: bool,
}

impl ProxyCall {
    pub fn endpoint(&self) -> String {
        self.target.endpoint(&self.method)
    }

    pub fn creates_post(&self) -> bool {
        self.target.creates_post(&self.method)
    }
}

/// The body of a passed call, and what is said of it.
pub struct Content {
    pub media_type: Option<String>,
    pub accept: Option<String>,
    pub body: Option<JsValue>,
}

/// X's answer, unread: its status, those of its headers that the caller hears of, and its body.
pub struct Proxied {
    pub status: u16,
    pub headers: Headers,
    pub body: Option<ReadableStream>,
    pub key_id: String,
}

/// What an object answered to a [`ProxyCall`].
pub async fn proxied(answer: &Response) -> Result<Proxied> {
    if answer.headers().has(REFUSAL_HEADER)? {
        let text = text_of(answer).await.doing("read an object's reply")?;
        return Err(json::from_str::<Error>(&text).doing("read an object's reply")?);
    }
    let headers = answer.headers().clone();
    let key_id = headers.get(KEY_ID_HEADER)?.unwrap_or_default();
    headers.delete(KEY_ID_HEADER)?;
    let body = if let ResponseBody::Stream(body) = answer.body() { Some(body.clone()) } else { None };
    Ok(Proxied { status: answer.status_code(), headers, body, key_id })
}

/// A call was not passed on, or X did not answer.
pub fn refusal(error: &Error) -> worker::Result<Response> {
    let headers = Headers::new();
    headers.set(REFUSAL_HEADER, "1")?;
    Ok(Response::ok(serde_json::to_string(error)?)?.with_headers(headers))
}

/// A token pair on its way from its connect session to its account, sealed for the session.
#[derive(Serialize, Deserialize)]
pub struct Adoption {
    /// The row that the tokens are for.
    pub account_id: AccountId,
    /// Every row of the X user that is connected.
    pub rows: Vec<AccountId>,
    pub session_id: String,
    pub sealed_tokens: String,
    pub client: ClientRef,
    pub x_user_id: String,
}

/// An account row that ends: its pair is discarded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Release {
    pub account_id: AccountId,
    /// The session that connected the row last, as far as the workspace knows: a pair of another one is not meant.
    pub session_id: Option<String>,
    /// Every other row of the X user that is connected.
    pub rows: Vec<AccountId>,
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

    pub async fn enqueue(&self, deliveries: Vec<Delivery>, breaker: Breaker) -> Result<()> {
        ask(&self.stub, &Message::Enqueue { deliveries, breaker }).await
    }

    pub async fn health(&self, account_id: AccountId) -> Result<Health> {
        ask(&self.stub, &Message::Health { account_id }).await
    }

    /// Answers what X has to revoke for the row now.
    pub async fn client_changed(&self, change: ClientChange) -> Result<Tally> {
        ask(&self.stub, &Message::ClientChanged(change)).await
    }

    /// Keeps a delivery from being sent while the workspace changes or ends it. Says whether that is possible.
    pub async fn recall(&self, delivery: Delivery, to_end: bool) -> Result<bool> {
        ask(&self.stub, &Message::Recall { delivery: Box::new(delivery), to_end }).await
    }

    /// Reconciles by hand: it came about as `id`, or not at all. Says whether it was unconfirmed.
    pub async fn resolve(&self, delivery: Delivery, id: Option<XPostId>) -> Result<bool> {
        ask(&self.stub, &Message::Resolve { delivery: Box::new(delivery), id }).await
    }

    /// Tries a held delivery now.
    pub async fn retry(&self, delivery: Delivery) -> Result<()> {
        ask(&self.stub, &Message::Retry { delivery: Box::new(delivery) }).await
    }

    /// What X says to a row, or its refusal.
    pub async fn ask(&self, account_id: AccountId, lookup: Lookup) -> Result<Value> {
        ask(&self.stub, &Message::Ask { account_id, lookup }).await
    }

    /// Deletes at X what a row has published, the last one first. One that X does not know is deleted already.
    pub async fn delete(&self, account_id: AccountId, segments: Vec<Segment>) -> Result<()> {
        ask(&self.stub, &Message::Delete { account_id, segments }).await
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

    /// A key that is for an account here. It is known before anybody holds it.
    pub async fn learn_key(&self, digest: &str, key: &ApiKey) -> Result<()> {
        ask(&self.stub, &Message::LearnKey { digest: digest.to_owned(), key: key.clone() }).await
    }

    pub async fn forget_key(&self, id: &str) -> Result<()> {
        ask(&self.stub, &Message::ForgetKey { id: id.to_owned() }).await
    }

    /// Passes a call on to X, body and answer as streams.
    pub async fn proxy(&self, call: &ProxyCall, content: Content) -> Result<Proxied> {
        let headers = Headers::new();
        headers.set(PROXY_HEADER, &serde_json::to_string(call)?)?;
        for (name, value) in CONTENT_HEADERS.into_iter().zip([content.media_type, content.accept]) {
            value.map_or(Ok(()), |value| headers.set(name, &value))?;
        }
        proxied(&post(&self.stub, headers, content.body).await?).await
    }

    pub async fn re_encrypt(&self, key_id: String) -> Result<()> {
        ask(&self.stub, &Message::ReEncryption { key_id }).await
    }

    /// Neither sends nor refreshes anything, or does so again. Says whether that is so already: what is under way ends
    /// first.
    pub async fn freeze(&self, stands: bool) -> Result<bool> {
        ask(&self.stub, &Message::Freeze { stands }).await
    }

    /// Its rows, once it is frozen. The pair is sealed by our ring.
    pub async fn export(&self, place: Place) -> Result<Page> {
        ask(&self.stub, &Message::Export { place }).await
    }

    /// A try to restore begins: whatever the tries before it left here goes.
    pub async fn clear_restored(&self, attempt: u32) -> Result<()> {
        ask(&self.stub, &Message::ClearRestored { attempt }).await
    }

    /// Rows of a backup. The first ones take the place of whatever was there, and the object is frozen.
    pub async fn restore(&self, attempt: u32, is_first: bool, rows: Vec<Stored>) -> Result<()> {
        ask(&self.stub, &Message::Restore { attempt, is_first, rows }).await
    }

    pub async fn wake(&self) -> Result<()> {
        ask(&self.stub, &Message::Wake).await
    }

    /// Answers what X has to revoke for the row after it was asked once.
    pub async fn release(&self, release: Release) -> Result<Tally> {
        ask(&self.stub, &Message::Release(release)).await
    }
}
