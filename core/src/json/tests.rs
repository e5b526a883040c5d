#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::id::TenantId;

#[derive(Debug, PartialEq, Deserialize)]
struct Pair(u8, String);

#[derive(Debug, PartialEq, Deserialize)]
struct Marker;

#[derive(Debug, PartialEq, Deserialize)]
enum Choice {
    Unit,
    Newtype(u8),
    Pair(i16, f32),
    Struct { flag: bool },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Text { text: String },
    Count { count: u64 },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct All {
    text: Option<String>,
    letter: Option<char>,
    flag: Option<bool>,
    natural: Option<u32>,
    whole: Option<i64>,
    real: Option<f64>,
    list: Option<Vec<u8>>,
    pair: Option<Pair>,
    nothing: Option<()>,
    marker: Option<Vec<Marker>>,
    map: Option<BTreeMap<TenantId, Choice>>,
    choices: Option<Vec<Choice>>,
    tagged: Option<Vec<Tagged>>,
    any: Option<Value>,
    inner: Option<Box<All>>,
}

/// The names and indices of a path.
fn place(path: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Name(name) => (*name).to_owned(),
        Step::Index(index) => index.to_string(),
    };
    path.iter().map(step).collect::<Vec<_>>().join(".")
}

fn refused(value: &Value) -> (String, String) {
    let mistake = located::<All>(value).unwrap_err();
    (place(&mistake.path), mistake.mistake.to_string())
}

#[test]
fn a_value_is_read_as_serde_json_reads_it() {
    let value = json!({
        "text": "a", "letter": "é", "flag": true, "natural": 7, "whole": -7, "real": 7, "list": [1, 2],
        "pair": [1, "b"], "nothing": null, "marker": [null],
        "map": { "a.b": "Unit", "7": { "Newtype": 1 } },
        "choices": ["Unit", { "Unit": null }, { "Newtype": 1 }, { "Pair": [-1, 0.5] }, { "Struct": { "flag": false } }],
        "tagged": [{ "kind": "Text", "text": "c" }, { "count": 2, "kind": "Count" }],
        "any": { "n": [1, -1, 1.5, null, "d", false] },
        "inner": { "whole": i64::MIN, "real": 1e300, "natural": u32::MAX },
    });
    let read: All = from_value(&value).unwrap();
    assert_eq!(read, serde_json::from_value(value.clone()).unwrap());
    assert_eq!(read.any, value.get("any").cloned());
    assert_eq!(from_value::<Value>(&value).unwrap(), value);
}

#[test]
fn a_mistake_is_found_where_it_stands() {
    for (value, path) in [
        (json!([]), ""),
        (json!({ "text": 1 }), "text"),
        (json!({ "letter": "ab" }), "letter"),
        (json!({ "other": 1 }), "other"),
        (json!({ "inner": { "inner": { "other": 1 } } }), "inner.inner.other"),
        (json!({ "flag": true, "inner": { "flag": true, "whole": "" } }), "inner.whole"),
        (json!({ "inner": { "list": [1, 2, 256] } }), "inner.list.2"),
        (json!({ "pair": [1] }), "pair"),
        (json!({ "pair": [1, "b", "c"] }), "pair"),
        (json!({ "pair": [1, 2] }), "pair.1"),
        (json!({ "map": { "a b": "Unit" } }), "map.a b"),
        (json!({ "map": { "a": "Unit", "c": "Other" } }), "map.c"),
        (json!({ "choices": ["Unit", "Newtype"] }), "choices.1.Newtype"),
        (json!({ "choices": [{ "Unit": 1 }] }), "choices.0.Unit"),
        (json!({ "choices": [{ "Pair": [1] }] }), "choices.0.Pair"),
        (json!({ "choices": [{ "Pair": [1, "x"] }] }), "choices.0.Pair.1"),
        (json!({ "choices": [{ "Struct": {} }] }), "choices.0.Struct"),
        (json!({ "choices": [{ "Struct": { "flag": 0 } }] }), "choices.0.Struct.flag"),
        (json!({ "choices": [{ "Unit": null, "Newtype": 1 }] }), "choices.0"),
        (json!({ "choices": [1] }), "choices.0"),
        (json!({ "tagged": [{ "kind": "Text" }, {}] }), "tagged.0"),
        (json!({ "tagged": [{ "kind": "Count", "count": -1 }] }), "tagged.0"),
        (json!({ "marker": [1] }), "marker.0"),
    ] {
        assert_eq!(refused(&value).0, path, "{value}");
    }
}

#[test]
fn a_mistake_has_the_words_of_serde_json_without_the_value() {
    let words = |told: &str| match told.split_once(", expected ") {
        Some((found, expected)) if !found.starts_with("unknown field ") => {
            format!("expected {}", mistake::in_words_of_json(expected))
        }
        _ => told.to_owned(),
    };
    for value in [
        json!(7),
        json!({ "text": null, "flag": 0 }),
        json!({ "natural": -1 }),
        json!({ "natural": 4_294_967_296_u64 }),
        json!({ "natural": 1.5 }),
        json!({ "whole": u64::MAX }),
        json!({ "whole": "1" }),
        json!({ "real": "1" }),
        json!({ "list": {} }),
        json!({ "pair": { "0": 1 } }),
        json!({ "pair": [1] }),
        json!({ "pair": [1, "b", "c"] }),
        json!({ "nothing": 0, "other": 1 }),
        json!({ "map": [] }),
        json!({ "choices": ["Other"] }),
        json!({ "choices": [{}] }),
        json!({ "choices": [null] }),
        json!({ "choices": [{ "Struct": {} }] }),
        json!({ "choices": [{ "Newtype": "1" }] }),
        json!({ "tagged": [{ "kind": "Other" }] }),
        json!({ "inner": 1 }),
        json!({ "other": 1 }),
    ] {
        let told = serde_json::from_value::<All>(value.clone()).unwrap_err().to_string();
        assert_eq!(refused(&value).1, words(&told), "{value}");
    }
}

/// serde's own readers take the elements in the order of the fields, which no document promises.
#[test]
fn an_array_is_no_object() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Named {
        text: String,
    }
    let mistake = located::<Vec<Named>>(&json!([["a"]])).unwrap_err().mistake;
    assert_eq!(mistake.to_string(), "expected an object");
}

#[test]
fn bytes_have_to_be_text() {
    assert!(from_slice::<Value>(b"\"\xff\"").is_err());
    assert_eq!(from_slice::<Pair>(br#"[1,"a"]"#).unwrap(), Pair(1, "a".to_owned()));
}
