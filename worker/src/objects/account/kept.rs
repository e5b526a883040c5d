//! What an Account object keeps in memory of its own rows between two calls, so that a call for X reads no row.
//!
//! Every value follows from rows that this object alone writes. The writers of those rows are the methods below that
//! forget: [`Kept::pairs_changed`] for the pairs (a refresh, a connection, a disconnection, another client id, another
//! key of the ring), [`Kept::keys_changed`], [`Kept::freeze_changed`]. A rollback and the rows of a backup end every value
//! ([`Db::generation`]). Nothing here is needed again after a crash.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use latchkey_core::freeze::AccountFreeze;
use latchkey_core::id::AccountId;
use latchkey_core::key::Caller;
use latchkey_core::time::{Span, UnixMillis};

use super::tokens::Given;
use crate::error::Result;
use crate::objects::storage::{Cached, Db};

/// How long an opened token stays in memory. It is opened again after that, from the sealed row.
const OPEN_FOR: Span = Span::mins(1);
/// More rows than one account has; then the values begin anew.
const ROWS: usize = 100;

pub struct Kept {
    freeze: Cached<Option<AccountFreeze>>,
    /// By digest. Digests of no key are not kept: strangers could fill the memory with them.
    keys: Rows<String, Rc<Caller>>,
    /// By account row. The token is the row's own, or the one that takes its place.
    tokens: Rows<AccountId, (Rc<Given>, UnixMillis)>,
}

/// Values of rows, by the key that the rows are found by, and the generation of the rows.
struct Rows<K, V>(RefCell<(u64, BTreeMap<K, V>)>);

impl Kept {
    pub const fn empty() -> Self {
        Self { freeze: Cached::empty(), keys: Rows::empty(), tokens: Rows::empty() }
    }

    pub fn freeze(
        &self,
        db: &Db,
        read: impl FnOnce() -> Result<Option<AccountFreeze>>,
    ) -> Result<Option<AccountFreeze>> {
        self.freeze.get(db, read)
    }

    pub fn freeze_changed(&self) {
        self.freeze.forget();
    }

    pub fn key(&self, db: &Db, digest: &str) -> Option<Rc<Caller>> {
        self.keys.get(db, digest)
    }

    pub fn keep_key(&self, db: &Db, digest: &str, holder: Rc<Caller>) {
        self.keys.keep(db, digest.to_owned(), holder);
    }

    pub fn keys_changed(&self) {
        self.keys.forget();
    }

    /// The token that was opened for a row, and what it was decided by. Whether it is good now is for the caller to say.
    pub fn token(&self, db: &Db, account_id: &AccountId, now: UnixMillis) -> Option<Rc<Given>> {
        self.tokens.get(db, account_id).filter(|(_, until)| *until > now).map(|(given, _)| given)
    }

    pub fn keep_token(&self, db: &Db, account_id: AccountId, given: Rc<Given>, now: UnixMillis) {
        self.tokens.keep(db, account_id, (given, now + OPEN_FOR));
    }

    pub fn pairs_changed(&self) {
        self.tokens.forget();
    }

    /// Wipes the tokens that were opened a while ago. Each event of the object ends with this.
    pub fn close_tokens(&self, now: UnixMillis) {
        self.tokens.0.borrow_mut().1.retain(|_, (_, until)| *until > now);
    }
}

impl<K: Ord, V: Clone> Rows<K, V> {
    const fn empty() -> Self {
        Self(RefCell::new((0, BTreeMap::new())))
    }

    fn get<Q: Ord + ?Sized>(&self, db: &Db, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        let rows = self.0.borrow();
        if rows.0 == db.generation() { rows.1.get(key).cloned() } else { None }
    }

    fn keep(&self, db: &Db, key: K, value: V) {
        let mut rows = self.0.borrow_mut();
        if rows.0 != db.generation() || rows.1.len() >= ROWS {
            *rows = (db.generation(), BTreeMap::new());
        }
        rows.1.insert(key, value);
    }

    fn forget(&self) {
        self.0.borrow_mut().1.clear();
    }
}
