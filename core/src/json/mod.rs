//! Typed values from JSON, all by one deserializer over [`Value`].
//!
//! serde copies the reader of each type for each deserializer that the type is read with. With one deserializer each
//! reader is in the module once, and the deserializer keeps the place of what it reads, so a mistake has a path.

mod mistake;
mod reader;

use std::cell::Cell;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Error, Map, Value};

pub use self::mistake::Mistake;
use self::reader::Reader;

/// One step on the way from a document to a value inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

/// A value that is not of the wanted type, and the way to the place of the mistake.
#[derive(Debug)]
pub struct Misplaced<'a> {
    pub mistake: Mistake,
    pub path: Vec<Step<'a>>,
}

/// The steps to the value that is being read. A mistake ends the reading, and the steps stay as they were.
#[derive(Default)]
struct Path<'a>(Cell<Vec<Step<'a>>>);

impl<'a> Path<'a> {
    /// Goes back to the value at `depth`, and from there to a value inside, if one is given.
    fn go(&self, depth: usize, step: Option<Step<'a>>) {
        let mut steps = self.0.take();
        steps.truncate(depth);
        steps.extend(step);
        self.0.set(steps);
    }
}

pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mistake> {
    from_value(&value_of(bytes)?)
}

pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Mistake> {
    from_value(&value(text)?)
}

/// The one parser of text for all types.
pub fn value(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text)
}

pub fn value_of(bytes: &[u8]) -> Result<Value, Error> {
    value(std::str::from_utf8(bytes).map_err(Error::custom)?)
}

pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Mistake> {
    at(value, &Path::default())
}

/// The fields that stay, in an object of their own: taking fields out of a tree needs more code than putting them in.
pub fn filtered(object: Map<String, Value>, stays: &dyn Fn(&str, &Value) -> bool) -> Map<String, Value> {
    let mut rest = Map::new();
    rest.extend(object.into_iter().filter(|(name, value)| stays(name, value)));
    rest
}

/// Reads a value of a caller, who is told the place of a mistake.
pub fn located<T: DeserializeOwned>(value: &Value) -> Result<T, Misplaced<'_>> {
    let path = Path::default();
    at(value, &path).map_err(|mistake| Misplaced { mistake, path: path.0.take() })
}

fn at<'a, T: DeserializeOwned>(value: &'a Value, path: &Path<'a>) -> Result<T, Mistake> {
    T::deserialize(Reader { value, path, depth: 0 })
}

#[cfg(test)]
mod tests;
