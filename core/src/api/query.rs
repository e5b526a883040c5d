//! Query parameters of the list calls.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::refusal::{Code, Refused, name as path_name};
use crate::time::UnixMillis;

/// A query whose every name has been looked at: taken, warned of, or refused.
#[derive(Debug)]
pub struct Query {
    pairs: Vec<(String, String)>,
    taken: Vec<&'static str>,
    /// A parameter that was taken and has two values.
    contradicted: Option<&'static str>,
}

impl Query {
    pub fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { pairs, taken: Vec::new(), contradicted: None }
    }

    /// The fields of a query that stands for a body.
    pub fn fields(self) -> Result<BTreeMap<String, String>, Refused> {
        let mut fields = BTreeMap::new();
        for (name, value) in self.pairs {
            if fields.get(&name).is_some_and(|other| *other != value) {
                return Err(contradicted(&name));
            }
            fields.insert(name, value);
        }
        Ok(fields)
    }

    /// The value of the first of `names` that is there; both spellings of a name are one parameter.
    pub fn take(&mut self, names: &[&'static str]) -> Option<String> {
        self.taken.extend_from_slice(names);
        let mut values = self.pairs.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value);
        let first = values.next()?;
        if values.any(|value| value != first) {
            self.contradicted = names.first().copied();
        }
        Some(first.clone())
    }

    /// The filter by tenant. No tenant id has a space: one that arrives was a plus that nobody escaped.
    pub fn take_tenant(&mut self) -> Option<String> {
        self.take(&["tenant_id", "tenantId"]).map(|text| plus_for_space(&text))
    }

    /// A time, or a refusal that names the parameter.
    pub fn take_time(&mut self, name: &'static str) -> Result<Option<UnixMillis>, Refused> {
        let problem =
            |_| Refused::field(name, "expected an ISO 8601 time with an offset, or seconds or milliseconds since 1970");
        self.take(&[name]).map(|text| UnixMillis::parse_query(&text).map_err(problem)).transpose()
    }

    /// A typed parameter, or a refusal that names it.
    pub fn take_parsed<T: FromStr>(&mut self, names: &[&'static str], expected: &str) -> Result<Option<T>, Refused> {
        let Some(text) = self.take(names) else { return Ok(None) };
        let name = names.first().copied().unwrap_or_default();
        text.parse().map(Some).map_err(|_| Refused::field(name, format!("expected {expected}")))
    }

    /// What nobody took is a warning, unless it looks like a filter: a filter that is dropped shows other people's rows.
    /// So does the second value of a parameter.
    pub fn finish(self) -> Result<Vec<String>, Refused> {
        if let Some(name) = self.contradicted {
            return Err(contradicted(name));
        }
        let mut warnings = Vec::new();
        for (name, value) in &self.pairs {
            if self.taken.contains(&name.as_str()) {
                // A variable that is not set must not look like rows that are not there.
                if value.is_empty() && name.to_ascii_lowercase().ends_with("id") {
                    return Err(Refused::field(&path_name(name), "is empty"));
                }
                continue;
            }
            if ["tenant", "account", "network"].iter().any(|filter| name.to_ascii_lowercase().starts_with(filter)) {
                return Err(Refused::new(Code::InvalidPayload, format!("`{name}` is not a filter of this call."))
                    .with_detail(&path_name(name), "unknown filter"));
            }
            warnings.push(format!("The query parameter `{name}` is unknown and has no effect."));
        }
        Ok(warnings)
    }
}

fn contradicted(name: &str) -> Refused {
    Refused::field(&path_name(name), "has two values")
}

/// A form's reading of a query turns `+` into a space (WHATWG URL §5.1). Where no space can be meant, it was a plus.
pub fn plus_for_space(text: &str) -> String {
    text.replace(' ', "+")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_spellings_are_one_filter() {
        for text in ["tenantId=t1", "tenant_id=t1"] {
            let mut query = Query::parse(text);
            assert_eq!(query.take(&["tenantId", "tenant_id"]).as_deref(), Some("t1"));
            assert!(query.finish().unwrap().is_empty());
        }
    }

    #[test]
    fn an_id_that_is_empty_is_refused_and_another_value_is_not() {
        let finish = |text: &str| {
            let mut query = Query::parse(text);
            query.take_tenant();
            query.take(&["lang"]);
            query.finish()
        };
        for bad in ["tenant_id=", "tenantId=", "tenant_id"] {
            assert!(finish(bad).unwrap_err().message.ends_with("is empty"), "{bad}");
        }
        assert!(finish("lang=&tenant_id=t").is_ok());
    }

    #[test]
    fn a_parameter_with_two_values_is_refused() {
        let finish = |text: &str| {
            let mut query = Query::parse(text);
            query.take_tenant();
            query.take(&["status"]);
            query.finish()
        };
        for bad in ["tenant_id=t1&tenant_id=t2", "tenant_id=t1&tenantId=t2", "tenantId=t1&tenant_id="] {
            let refused = finish(bad).unwrap_err();
            assert_eq!((refused.code, refused.message.as_str()), (Code::InvalidPayload, "`tenant_id`: has two values"));
        }
        assert!(finish("status=a&tenant_id=t1&status=b").is_err());
        assert!(finish("tenant_id=t1&tenantId=t1&status=a&status=a").unwrap().is_empty());
        assert!(Query::parse("tenant_id=t1&tenant_id=t2").fields().is_err());
        assert_eq!(Query::parse("tenant_id=t1&tenant_id=t1").fields().unwrap().len(), 1);
    }

    #[test]
    fn a_space_in_a_tenant_is_a_plus() {
        for text in ["tenant_id=ada+x@example.com", "tenantId=ada%2Bx%40example.com", "tenant_id=ada%20x@example.com"] {
            assert_eq!(Query::parse(text).take_tenant().as_deref(), Some("ada+x@example.com"), "{text}");
        }
    }

    #[test]
    fn an_unknown_parameter_warns_and_an_unknown_filter_is_refused() {
        assert_eq!(Query::parse("colour=red").finish().unwrap().len(), 1);
        assert_eq!(Query::parse("tenantid=t1").finish().unwrap_err().code, Code::InvalidPayload);
    }

    #[test]
    fn a_time_is_read_with_an_unescaped_plus_and_as_a_number() {
        for text in ["t=2026-11-23T10:30:00+01:00", "t=2026-11-23T10:30:00%2B0100", "t=1795426200", "t=1795426200000"] {
            assert_eq!(Query::parse(text).take_time("t").unwrap(), Some(UnixMillis(1_795_426_200_000)), "{text}");
        }
        assert_eq!(Query::parse("").take_time("t").unwrap(), None);
        assert_eq!(Query::parse("t=").take_time("t").unwrap_err().code, Code::InvalidPayload);
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(text in "\\PC{0,80}") {
            let mut query = Query::parse(&text);
            let _ = query.take_parsed::<u32>(&["limit"], "a number");
            let _ = query.finish();
        }
    }
}
