//! JSON Schema (2020-12), in few words; and the names of core's types on the wire.

use std::cell::Cell;

use super::lift::NAME;

use serde::de::value::Error as Unread;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde_json::{Map, Value, json};

/// An object with these fields and no others. `name?` may be absent.
pub fn record(fields: Value) -> Value {
    let Value::Object(fields) = fields else { return Value::Bool(false) };
    let required: Vec<&str> = fields.keys().map(String::as_str).filter(|name| !name.ends_with('?')).collect();
    let required = json!(required);
    let named = |(name, schema): (String, Value)| (name.trim_end_matches('?').to_owned(), schema);
    let properties: Map<String, Value> = fields.into_iter().map(named).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// `{"success":true, …}`.
pub fn success(mut fields: Value) -> Value {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("success".into(), json!({ "type": "boolean", "const": true }));
    }
    record(fields)
}

/// A schema that generators call by this name. The document moves the schema to `components` (see [`super::lift`]).
pub fn named(name: &str, mut schema: Value) -> Value {
    if let Some(fields) = schema.as_object_mut() {
        fields.insert(NAME.into(), json!(name));
    }
    schema
}

/// A named record.
pub fn row(name: &str, fields: Value) -> Value {
    named(name, record(fields))
}

/// A page of a list, with what this list says beside what all of them say.
pub fn page_of(name: &str, more: Value) -> Value {
    let mut fields = json!({
        "data": list(a(name)), "count": count(), "pagination": a("Pagination"), "warnings": a("Warnings"),
    });
    if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
        fields.extend(more);
    }
    success(fields)
}

/// A schema of `components`.
pub fn a(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

pub fn nullable(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

pub fn text() -> Value {
    json!({ "type": "string" })
}

pub fn texts() -> Value {
    list(text())
}

pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// The schema with a sentence for whoever fills it in. A schema with a name takes the sentence to `components`.
pub fn said(description: &str, mut schema: Value) -> Value {
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("description".into(), json!(description));
    }
    schema
}

/// How many.
pub fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

pub fn between(least: u64, most: u64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

pub fn characters(least: u64, most: u64) -> Value {
    json!({ "type": "string", "minLength": least, "maxLength": most })
}

pub fn only(value: &str) -> Value {
    json!({ "type": "string", "const": value })
}

/// A list of words always has a name: generators would call the seventh unnamed one `Status7`.
pub fn words(name: &str, words: &[&str]) -> Value {
    named(name, json!({ "type": "string", "enum": words }))
}

/// Bytes. `OpenAPI` 3.1 knows no word for them, and generators know that of 3.0.
pub fn bytes() -> Value {
    json!({ "type": "string", "format": "binary" })
}

/// One of ours: its prefix, and 16 random bytes in base64url.
pub fn id(prefix: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^{prefix}_[A-Za-z0-9_-]{{22}}$") })
}

pub fn anything() -> Value {
    json!({})
}

/// The words of an enumeration, as they are on the wire.
pub fn words_of<T: DeserializeOwned>(name: &str) -> Value {
    words(name, names::<T>())
}

/// A request body: the schema must have exactly the fields of the type that reads it, and `ignored` may be there too.
pub fn body<T: DeserializeOwned>(fields: Value, ignored: &[&str]) -> Result<Value, String> {
    let mut schema = record(fields);
    let type_name = std::any::type_name::<T>();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return Err(format!("{type_name}: no fields are described"));
    };
    let mut known: Vec<&str> = names::<T>().to_vec();
    known.sort_unstable();
    let mut described: Vec<&str> = properties.keys().map(String::as_str).collect();
    described.sort_unstable();
    if known != described {
        return Err(format!("{type_name} reads {known:?}, and {described:?} are described"));
    }
    properties.extend(ignored.iter().map(|name| ((*name).to_owned(), unused(name))));
    Ok(schema)
}

/// A field of another network. Go writes the two spellings of such a field alike, so one has a name of its own.
fn unused(name: &str) -> Value {
    let description = "Accepted, has no effect for X, and is named in `warnings`.";
    let mut schema = json!({ "deprecated": true, "description": description });
    if let (Some((first, second)), Some(fields)) = (name.split_once('_'), schema.as_object_mut()) {
        fields.insert("x-go-name".into(), json!(format!("{}With{}", capital(first), capital(second))));
    }
    schema
}

/// The word with a capital in front.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// The fields of a struct or the variants of an enumeration, which serde tells to whoever deserializes it.
pub fn names<T: DeserializeOwned>() -> &'static [&'static str] {
    let told = Cell::new(&[][..]);
    // It ends with an error in any case: nothing is there to be read.
    let _ = T::deserialize(Listener { told: &told });
    told.get()
}

struct Listener<'a> {
    told: &'a Cell<&'static [&'static str]>,
}

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unread> {
        Err(Unread::custom("nothing to read"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.told.set(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.told.set(variants);
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use latchkey_core::api::key::CreateKey;
    use latchkey_core::key::Scope;

    use super::*;

    #[test]
    fn a_body_with_other_fields_than_its_type_is_not_described() {
        let scopes = || list(words_of::<Scope>("Scope"));
        let all = json!({ "name": text(), "scopes": scopes(), "tenant_id?": text(), "account_id?": text() });
        let schema = body::<CreateKey>(all, &["old"]).unwrap();
        assert_eq!(schema.pointer("/required").unwrap(), &json!(["name", "scopes"]));
        assert!(schema.pointer("/properties/old/deprecated").is_some());
        let problem = body::<CreateKey>(json!({ "name": text(), "scopes": scopes() }), &[]).unwrap_err();
        assert!(problem.contains("account_id"), "{problem}");
    }

    #[test]
    fn words_are_those_of_the_type() {
        assert_eq!(
            words_of::<Scope>("Scope").pointer("/enum").unwrap(),
            &json!(["admin", "publish", "draft", "read", "connect"])
        );
    }
}
