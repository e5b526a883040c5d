//! What an Account object keeps in memory of its own rows between two calls, so that a call for X reads no row.
//!
//! Every value follows from rows that this object alone writes. The writers of those rows are the methods below that
//! forget: [`Kept::pairs_changed`] for the pairs (a refresh, a connection, a disconnection, another client id, another
//! key of the ring), [`Kept::keys_changed`], [`Kept::freeze_changed`], [`Kept::delivery_saved`] for the journal. A rollback and
//! the rows of a backup end every value ([`Db::generation`]). Nothing here is needed again after a crash.

use std::cell::Cell;
use std::rc::Rc;

use latchkey_core::delivery::Delivery;
use latchkey_core::freeze::AccountFreeze;
use latchkey_core::id::AccountId;
use latchkey_core::key::Caller;
use latchkey_core::time::{Span, UnixMillis};

use super::pairs::Pair;
use super::store::Times;
use super::tokens::Given;
use crate::error::Result;
use crate::objects::cached::{Cached, CachedRows};
use crate::objects::storage::Db;

/// How long an opened token stays in memory. It is opened again after that, from the sealed row.
const OPEN_FOR: Span = Span::mins(1);

pub struct Kept {
    freeze: Cached<Option<AccountFreeze>>,
    /// By digest. Digests of no key are not kept: strangers could fill the memory with them.
    keys: CachedRows<String, Rc<Caller>>,
    /// By account row. The token is the row's own, or the one that takes its place.
    tokens: CachedRows<AccountId, (Rc<Given>, UnixMillis)>,
    /// By account row, as they are stored: sealed.
    own_pairs: CachedRows<AccountId, Option<Pair>>,
    any_pair: Cached<Option<Pair>>,
    /// The generation of the rows in which no delivery waits for the account to be unlocked.
    locks_none: Cell<Option<u64>>,
    /// The generation in which a publishing loop ended, so that no intent is left without its outcome.
    settled: Cell<Option<u64>>,
    /// When something is due, and the generation and the count of writes at which that was read.
    times: Cell<Option<(u64, u64, Times)>>,
}

impl Kept {
    pub const fn empty() -> Self {
        Self {
            freeze: Cached::empty(),
            keys: CachedRows::empty(),
            tokens: CachedRows::empty(),
            own_pairs: CachedRows::empty(),
            any_pair: Cached::empty(),
            locks_none: Cell::new(None),
            settled: Cell::new(None),
            times: Cell::new(None),
        }
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
        self.keys.known(db, digest)
    }

    pub fn keep_key(&self, db: &Db, digest: &str, holder: Rc<Caller>) {
        self.keys.keep(db, digest.to_owned(), holder);
    }

    pub fn keys_changed(&self) {
        self.keys.forget();
    }

    /// The token that was opened for a row, and what it was decided by. Whether it is good now is for the caller to say.
    pub fn token(&self, db: &Db, account_id: &AccountId, now: UnixMillis) -> Option<Rc<Given>> {
        self.tokens.known(db, account_id).filter(|(_, until)| *until > now).map(|(given, _)| given)
    }

    pub fn keep_token(&self, db: &Db, account_id: AccountId, given: Rc<Given>, now: UnixMillis) {
        self.tokens.keep(db, account_id, (given, now + OPEN_FOR));
    }

    pub fn pairs_changed(&self) {
        self.tokens.forget();
        self.own_pairs.forget();
        self.any_pair.forget();
    }

    pub fn own_pair(
        &self,
        db: &Db,
        account_id: &AccountId,
        read: impl FnOnce() -> Result<Option<Pair>>,
    ) -> Result<Option<Pair>> {
        self.own_pairs.get(db, account_id, read)
    }

    pub fn any_pair(&self, db: &Db, read: impl FnOnce() -> Result<Option<Pair>>) -> Result<Option<Pair>> {
        self.any_pair.get(db, read)
    }

    /// A delivery is written to the journal.
    pub fn delivery_saved(&self, delivery: &Delivery) {
        if delivery.is_locked() {
            self.locks_none.set(None);
        }
    }

    pub fn is_known_to_lock_none(&self, db: &Db) -> bool {
        self.locks_none.get() == Some(db.generation())
    }

    pub fn locks_none(&self, db: &Db) {
        self.locks_none.set(Some(db.generation()));
    }

    /// Whether no call to X of an earlier process, or of a loop that broke off, is without its outcome. The question
    /// begins a loop: until the loop has ended, the next question is answered by the rows.
    pub fn take_settled(&self, db: &Db) -> bool {
        self.settled.take() == Some(db.generation())
    }

    pub fn settled(&self, db: &Db) {
        self.settled.set(Some(db.generation()));
    }

    pub fn times(&self, db: &Db) -> Option<Times> {
        let (generation, writes, times) = self.times.get()?;
        ((generation, writes) == (db.generation(), db.writes())).then_some(times)
    }

    pub fn keep_times(&self, db: &Db, times: Times) {
        self.times.set(Some((db.generation(), db.writes(), times)));
    }

    /// Wipes the tokens that were opened a while ago. Each event of the object ends with this.
    pub fn close_tokens(&self, now: UnixMillis) {
        self.tokens.retain(|(_, until)| *until > now);
    }
}
