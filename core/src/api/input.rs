//! Reads a caller's JSON: from bytes to a typed body, or to a refusal that names the place of the mistake.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::json::{self, Misplaced, Step};
use crate::refusal::{Code, Refused, name as path_name};

/// A body that was read, and the names in it that mean nothing for X.
#[derive(Debug)]
pub struct Body<T> {
    pub value: T,
    pub warnings: Vec<String>,
}

/// A body that has no fields.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Reads one JSON object. `ignored` are names that clients of the original API send and X has no use for: they are
/// left out and named in `warnings`. Any other unknown name is refused by the type's `deny_unknown_fields`.
pub fn read<T: DeserializeOwned>(bytes: &[u8], ignored: &[&str]) -> Result<Body<T>, Refused> {
    read_value(parsed(bytes)?, ignored)
}

fn parsed(bytes: &[u8]) -> Result<Value, Refused> {
    json::value(utf8(bytes)?).map_err(|error| not_json(&error))
}

/// The same, of JSON that was parsed already.
pub fn read_value<T: DeserializeOwned>(value: Value, ignored: &[&str]) -> Result<Body<T>, Refused> {
    let (object, warnings) = object(value, ignored)?;
    let value = json::located(&object).map_err(|mistake| field_error(&mistake))?;
    Ok(Body { value, warnings })
}

/// The object and the warnings. The compiler copies what has a type parameter for each type, so this has none.
fn object(value: Value, ignored: &[&str]) -> Result<(Value, Vec<String>), Refused> {
    let Value::Object(object) = value else {
        return Err(Refused::new(Code::InvalidPayload, "The body must be a JSON object."));
    };
    let is_given = |name: &&&str| object.contains_key(**name);
    let warnings = ignored.iter().filter(is_given).map(|name| format!("`{name}` has no effect for X.")).collect();
    Ok((Value::Object(json::filtered(object, &|name, _| !ignored.contains(&name))), warnings))
}

fn not_json(error: &serde_json::Error) -> Refused {
    let place = format!("at line {}, column {}", error.line(), error.column());
    if ["surrogate", "end of hex escape"].iter().any(|words| error.to_string().contains(words)) {
        return half_a_character(&format!(" {place}"));
    }
    let is_empty = error.is_eof() && error.line() <= 1 && error.column() == 0;
    let message =
        if is_empty { "The body is empty. Send a JSON object." } else { &format!("The body is not JSON {place}.") };
    Refused::new(Code::InvalidJson, message)
}

/// RFC 8259 §8.2: `"\ud83d"` alone is half of a character. The place begins with a space, or is empty.
pub fn half_a_character(place: &str) -> Refused {
    let message = format!("The body has half a character (a surrogate without its other half){place}.");
    Refused::new(Code::InvalidJson, message)
}

/// JSON is UTF-8 (RFC 8259 §8.1). Some editors and libraries put a byte order mark in front, which says nothing.
pub fn utf8(bytes: &[u8]) -> Result<&str, Refused> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = "The body begins with the byte order mark of UTF-16 or UTF-32. Send it in UTF-8.";
        return Err(Refused::new(Code::InvalidJson, message));
    }
    std::str::from_utf8(without_mark(bytes))
        .map_err(|e| Refused::new(Code::InvalidJson, format!("The body is not UTF-8 at byte {}.", e.valid_up_to())))
}

/// A text without the byte order mark of UTF-8.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Tells null from absent.
#[expect(clippy::option_option, reason = "absent, null and a value are three things to say")]
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn field_error(mistake: &Misplaced) -> Refused {
    let message = mistake.mistake.to_string();
    // The name of a missing field is no step of the path; the path is then that of the object around it.
    let name = mistake.mistake.field().map(path_name);
    let around = path_of(&mistake.path);
    let path = match name {
        Some(name) if around.is_empty() || around == name => name,
        Some(name) if around.ends_with(&format!(".{name}")) => around,
        Some(name) => format!("{around}.{name}"),
        None if around.is_empty() => return Refused::new(Code::InvalidPayload, message),
        None => around,
    };
    Refused::field(&path, message)
}

/// A caller's names as they are given, dots and all.
fn path_of(path: &[Step]) -> String {
    let names = path.iter().map(|step| match step {
        Step::Index(index) => index.to_string(),
        Step::Name(name) => path_name(name),
    });
    names.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(default)]
        list: Vec<Inner>,
        #[expect(dead_code, reason = "only its reading is tested")]
        secret: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its reading is tested")]
        text: String,
    }

    fn refusal(text: &str) -> Refused {
        read::<Outer>(text.as_bytes(), &["old"]).unwrap_err()
    }

    fn paths(text: &str) -> Vec<String> {
        refusal(text).details.into_keys().collect()
    }

    #[test]
    fn malformed_json_is_told_by_line_and_column() {
        let refused = refusal("{\n  \"list\": [,]}");
        assert_eq!(
            (refused.code, refused.message.as_str()),
            (Code::InvalidJson, "The body is not JSON at line 2, column 12.")
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_are_invalid_json() {
        assert_eq!(read::<Outer>(b"{\"a\":\"\xff\"}", &[]).unwrap_err().code, Code::InvalidJson);
    }

    #[test]
    fn a_byte_order_mark_in_front_says_nothing_or_is_refused_by_its_name() {
        assert!(read::<Outer>(b"\xef\xbb\xbf{\"list\":[]}", &[]).is_ok());
        for bytes in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}", b"\xff\xfe\0\0{\0\0\0"] {
            let refused = read::<Outer>(bytes, &[]).unwrap_err();
            assert_eq!(refused.code, Code::InvalidJson);
            assert!(refused.message.contains("byte order mark"), "{}", refused.message);
        }
        assert_eq!(paths("{\"a\":\"\u{feff}\"}"), ["a"], "inside it is a character like any other");
        assert_eq!(read::<Outer>(b"{}\xef\xbb\xbf", &[]).unwrap_err().code, Code::InvalidJson);
    }

    #[test]
    fn an_unknown_field_is_named_where_it_stands() {
        assert_eq!(paths(r#"{"mediaIds":[]}"#), ["mediaIds"]);
        assert_eq!(paths(r#"{"list":[{"text":"a"},{"text":"b","mediaIds":[]}]}"#), ["list.1.mediaIds"]);
    }

    #[test]
    fn a_missing_field_is_named_where_it_is_missing() {
        assert_eq!(paths(r#"{"list":[{}]}"#), ["list.0.text"]);
    }

    #[test]
    fn a_value_of_the_wrong_type_is_not_repeated_to_the_caller() {
        let refused = refusal(r#"{"secret":123456}"#);
        assert_eq!(refused.details.keys().collect::<Vec<_>>(), ["secret"]);
        assert!(!format!("{refused:?}").contains("123456"));
    }

    #[test]
    fn a_refusal_speaks_of_json_and_not_of_rust() {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Word {
            On,
            Off,
        }
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its reading is tested")]
        struct All {
            list: Option<Vec<u8>>,
            inner: Option<Inner>,
            count: Option<u64>,
            sum: Option<f64>,
            flag: Option<bool>,
            map: Option<std::collections::BTreeMap<String, u8>>,
            word: Option<Word>,
        }
        for (body, message) in [
            (r#"{"list":{}}"#, "expected an array"),
            (r#"{"inner":7}"#, "expected an object"),
            (r#"{"count":-1}"#, "expected a whole number from 0"),
            (r#"{"count":"one"}"#, "expected a whole number from 0"),
            (r#"{"sum":"one"}"#, "expected a number"),
            (r#"{"flag":1}"#, "expected true or false"),
            (r#"{"map":[]}"#, "expected an object"),
            (r#"{"word":"secret"}"#, "expected `on` or `off`"),
            (r#"{"word":7}"#, "expected a string"),
        ] {
            let refused = read::<All>(body.as_bytes(), &[]).unwrap_err();
            assert_eq!(refused.details.into_values().flatten().collect::<Vec<_>>().join(", "), message, "{body}");
        }
    }

    #[test]
    fn half_a_character_and_an_empty_body_are_named() {
        for half in [r#"{"a":"\ud83d"}"#, r#"{"a":"\ud83d\ud83d"}"#, r#"{"a":"\ude00"}"#] {
            let refused = refusal(half);
            assert_eq!(refused.code, Code::InvalidJson);
            assert!(refused.message.contains("surrogate"), "{}", refused.message);
        }
        assert!(refusal("").message.contains("empty"));
        assert!(refusal("{").message.contains("line 1"));
    }

    #[test]
    fn a_name_of_the_original_api_is_a_warning() {
        let body = read::<Outer>(br#"{"old":{"a":1}}"#, &["old"]).unwrap();
        assert_eq!(body.warnings, ["`old` has no effect for X."]);
        assert!(body.value.list.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = read::<Outer>(&bytes, &["old"]);
        }
    }
}
