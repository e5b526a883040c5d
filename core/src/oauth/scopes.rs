//! Scopes: a set of names, sent and answered in any order (RFC 6749 §3.3).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Scopes(BTreeSet<String>);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not a scope name")]
pub struct ScopeError(pub String);

impl Scopes {
    /// What publishing needs, media and refresh included (X's API description 2.167, `security` of each operation).
    pub fn publish_default() -> Self {
        let names = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];
        Self(names.map(str::to_owned).into())
    }

    /// Names with white space between them.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        Self::from_names(text.split_ascii_whitespace())
    }

    pub fn from_names(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, ScopeError> {
        names.into_iter().map(|name| checked(name.into())).collect::<Result<_, _>>().map(Self)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub fn is_subset(&self, of: &Self) -> bool {
        self.0.is_subset(&of.0)
    }

    /// Those of `required` that are not here, in alphabetical order.
    pub fn missing(&self, required: &Self) -> Vec<String> {
        required.0.difference(&self.0).cloned().collect()
    }
}

/// RFC 6749 §3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
fn checked(name: String) -> Result<String, ScopeError> {
    let allowed = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
    if !name.is_empty() && name.bytes().all(allowed) { Ok(name) } else { Err(ScopeError(name)) }
}

impl TryFrom<Vec<String>> for Scopes {
    type Error = ScopeError;

    fn try_from(names: Vec<String>) -> Result<Self, ScopeError> {
        Self::from_names(names)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, name) in self.iter().enumerate() {
            write!(f, "{}{name}", if position == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn order_and_repetition_do_not_matter() {
        let scopes = Scopes::parse("users.read  tweet.read users.read").unwrap();
        assert_eq!(scopes, Scopes::from_names(["tweet.read", "users.read"]).unwrap());
        assert_eq!(scopes.to_string(), "tweet.read users.read");
    }

    #[test]
    fn what_is_missing_is_named() {
        let granted = Scopes::parse("tweet.read users.read offline.access").unwrap();
        assert_eq!(granted.missing(&Scopes::publish_default()), ["media.write", "tweet.write"]);
        assert!(granted.is_subset(&Scopes::publish_default()));
        assert!(Scopes::publish_default().missing(&granted).is_empty());
    }

    #[test]
    fn a_name_that_is_no_scope_token_is_refused() {
        for name in ["", "a b", "a\"b", "a\\b", "ä", "a\n"] {
            assert_eq!(Scopes::from_names([name]), Err(ScopeError(name.to_owned())), "{name:?}");
        }
    }

    #[test]
    fn serde_is_a_checked_array() {
        let text = serde_json::to_string(&Scopes::parse("b a").unwrap()).unwrap();
        assert_eq!(text, r#"["a","b"]"#);
        assert!(serde_json::from_str::<Scopes>(&text).is_ok());
        assert!(serde_json::from_str::<Scopes>(r#"["a b"]"#).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read_back(text in "\\PC{0,60}") {
            if let Ok(scopes) = Scopes::parse(&text) {
                prop_assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
            }
        }
    }
}
