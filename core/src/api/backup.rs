//! The query of `POST /v1/import` (docs/API.md, section 8).

use super::query::Query;
use crate::backup::Keys;
use crate::refusal::Refused;

impl Keys {
    /// `?keys=keep`, as if absent, or `?keys=drop`. No other parameter is known.
    pub fn from_query(mut query: Query) -> Result<Self, Refused> {
        let keys = match query.take(&["keys"]).as_deref() {
            None | Some("keep") => Self::Keep,
            Some("drop") => Self::Drop,
            Some(_) => return Err(Refused::field("keys", "expected keep or drop")),
        };
        query.finish()?;
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_kept_unless_they_are_to_be_dropped() {
        let of = |query: &str| Keys::from_query(Query::parse(query)).ok();
        assert_eq!((of(""), of("keys=keep"), of("keys=drop")), (Some(Keys::Keep), Some(Keys::Keep), Some(Keys::Drop)));
        assert_eq!(of("keys=none"), None);
    }
}
