//! Rows that only this object writes, kept in memory between the reads. Whoever writes a row forgets the value; a rollback and
//! the rows of a backup end every value ([`Db::generation`]).

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use super::storage::Db;
use crate::error::Result;

/// More rows than most objects have of a kind; then the values begin anew.
const ROWS: usize = 100;

/// One row, or what is read of several.
pub struct Cached<T>(RefCell<Option<(u64, T)>>);

/// Values of rows, by the key that the rows are found by, and the generation of the rows.
pub struct CachedRows<K, V>(RefCell<(u64, BTreeMap<K, V>)>);

impl<T: Clone> Cached<T> {
    pub const fn empty() -> Self {
        Self(RefCell::new(None))
    }

    pub fn get(&self, db: &Db, read: impl FnOnce() -> Result<T>) -> Result<T> {
        let generation = db.generation();
        if let Some((of, value)) = &*self.0.borrow()
            && *of == generation
        {
            return Ok(value.clone());
        }
        let value = read()?;
        self.0.replace(Some((generation, value.clone())));
        Ok(value)
    }

    pub fn forget(&self) {
        self.0.take();
    }
}

impl<K: Ord, V: Clone> CachedRows<K, V> {
    pub const fn empty() -> Self {
        Self(RefCell::new((0, BTreeMap::new())))
    }

    pub fn known<Q: Ord + ?Sized>(&self, db: &Db, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let rows = self.0.borrow();
        if rows.0 == db.generation() { rows.1.get(key).cloned() } else { None }
    }

    pub fn keep(&self, db: &Db, key: K, value: V) {
        let mut rows = self.0.borrow_mut();
        if rows.0 != db.generation() || rows.1.len() >= ROWS {
            *rows = (db.generation(), BTreeMap::new());
        }
        rows.1.insert(key, value);
    }

    pub fn get<Q: Ord + ToOwned<Owned = K> + ?Sized>(
        &self,
        db: &Db,
        key: &Q,
        read: impl FnOnce() -> Result<V>,
    ) -> Result<V>
    where
        K: Borrow<Q>,
    {
        if let Some(value) = self.known(db, key) {
            return Ok(value);
        }
        let value = read()?;
        self.keep(db, key.to_owned(), value.clone());
        Ok(value)
    }

    pub fn retain(&self, is_kept: impl Fn(&V) -> bool) {
        self.0.borrow_mut().1.retain(|_, value| is_kept(value));
    }

    pub fn forget(&self) {
        self.0.borrow_mut().1.clear();
    }
}
