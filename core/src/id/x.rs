//! Ids from X. Ids are text and not numbers, since X's numbers go beyond 2⁵³.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize};

use super::IdError;

/// An id that X gave: `^[0-9]{1,19}$` (X's API description 2.167).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String", bound = "K: Clone")]
pub struct XId<K>(String, PhantomData<K>);

pub type XUserId = XId<User>;
pub type XPostId = XId<Post>;
pub type XMediaId = XId<Media>;

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum User {}

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Post {}

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Media {}

impl<K> XId<K> {
    pub fn parse(text: &str) -> Result<Self, IdError> {
        Self::try_from(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<K> TryFrom<String> for XId<K> {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        if (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text, PhantomData))
        } else {
            Err(IdError::OfX)
        }
    }
}

impl<K> From<XId<K>> for String {
    fn from(id: XId<K>) -> Self {
        id.0
    }
}

impl<K> fmt::Display for XId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> fmt::Debug for XId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_of_x_is_1_to_19_digits() {
        assert!(XPostId::parse("1445880548472328192").is_ok());
        for text in ["", "12345678901234567890", "1a", "+1", "١"] {
            assert_eq!(XPostId::parse(text), Err(IdError::OfX), "{text}");
        }
    }

    #[test]
    fn an_id_of_x_is_text_on_the_wire() {
        let id: XUserId = serde_json::from_str("\"2244994945\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"2244994945\"");
        assert!(serde_json::from_str::<XUserId>("2244994945").is_err());
        assert!(serde_json::from_str::<XUserId>("\"-1\"").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn parsing_never_panics(text in "\\PC{0,24}") {
            let _ = XUserId::parse(&text);
        }
    }
}
