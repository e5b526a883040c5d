//! What has changed lately, and the callers that wait for the next change. In memory alone: after a restart every cursor
//! finds that everything may have changed.

use std::cell::RefCell;
use std::collections::BTreeSet;

use latchkey_core::id::TenantId;
use latchkey_core::key::Binding;
use latchkey_core::recent::{Recent, Topic};
use latchkey_core::seal::base64url;

use crate::error::Result;
use crate::objects::waiting::Waiting;
use crate::runtime::entropy;

/// Callers that wait at once, in all and with one key. A further one is answered at once.
const MOST: usize = 200;
const MOST_OF_A_KEY: usize = 50;

pub struct Live {
    recent: RefCell<Recent>,
    /// By the id of their key.
    waiting: Waiting<String>,
}

impl Live {
    pub fn new() -> Result<Self> {
        let recent = RefCell::new(Recent::new(base64url(&entropy::<9>()?)));
        Ok(Self { recent, waiting: Waiting::default() })
    }

    /// In the transaction of the change or behind it: who waits reads when the transaction is over. One that is rolled back
    /// wakes them in vain.
    pub fn note(&self, tenant_id: Option<&TenantId>, topic: Topic) {
        self.recent.borrow_mut().note(tenant_id, topic);
        self.waiting.tell_all();
    }

    pub fn cursor(&self) -> String {
        self.recent.borrow().cursor()
    }

    pub fn since(&self, cursor: Option<&str>, binding: &Binding) -> BTreeSet<Topic> {
        self.recent.borrow().since(cursor, binding)
    }

    /// Whether one more caller with the key may wait.
    pub fn has_room(&self, key_id: &str) -> bool {
        self.waiting.len() < MOST && self.waiting.len_of(key_id) < MOST_OF_A_KEY
    }

    /// Ends at the next change, whosever it is. The caller brings its own time limit.
    pub async fn next(&self, key_id: &str) {
        self.waiting.news(key_id.to_owned()).await;
    }
}
