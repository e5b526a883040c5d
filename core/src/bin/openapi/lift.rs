//! Schemas with a name move to `components`, and a reference stays where each schema was written.

use serde_json::{Map, Value, json};

use super::schema::a;

/// Holds the name of a schema until the schema is moved.
pub const NAME: &str = "$name";

/// Moves every named schema of the document.
pub fn named_schemas(mut document: Value) -> Result<Value, String> {
    let mut schemas = Map::new();
    if let Some(Value::Object(declared)) = document.pointer_mut("/components/schemas").map(Value::take) {
        for (name, mut schema) in declared {
            // A schema that is declared by its name may say the name once more.
            if let Some(fields) = schema.as_object_mut() {
                fields.remove(NAME);
            }
            let schema = lifted(schema, &mut schemas)?;
            enter(&name, schema, &mut schemas)?;
        }
    }
    let mut document = lifted(document, &mut schemas)?;
    if let Some(place) = document.pointer_mut("/components/schemas") {
        *place = json!(schemas);
    }
    Ok(document)
}

/// The value without named schemas: from the innermost outwards.
fn lifted(value: Value, schemas: &mut Map<String, Value>) -> Result<Value, String> {
    match value {
        Value::Array(items) => items.into_iter().map(|item| lifted(item, schemas)).collect(),
        Value::Object(fields) => {
            let mut fields = fields
                .into_iter()
                .map(|(key, value)| Ok((key, lifted(value, schemas)?)))
                .collect::<Result<Map<_, _>, String>>()?;
            match fields.remove(NAME) {
                Some(Value::String(name)) => {
                    enter(&name, Value::Object(fields), schemas)?;
                    Ok(a(&name))
                }
                _ => Ok(Value::Object(fields)),
            }
        }
        other => Ok(other),
    }
}

/// Two different schemas of one name are a mistake.
fn enter(name: &str, schema: Value, schemas: &mut Map<String, Value>) -> Result<(), String> {
    match schemas.get(name) {
        Some(other) if *other != schema => Err(format!("two different schemas are named {name}")),
        Some(_) => Ok(()),
        None => {
            schemas.insert(name.to_owned(), schema);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::super::schema::{named, text, words};
    use super::*;

    fn document(paths: Value) -> Value {
        json!({ "paths": paths, "components": { "schemas": {} } })
    }

    #[test]
    fn a_named_schema_is_moved_once_and_referred_to() {
        let state = || words("State", &["on", "off"]);
        let outer = named("Lamp", json!({ "type": "object", "properties": { "state": state() } }));
        let moved = named_schemas(document(json!([outer, state()]))).unwrap();
        assert_eq!(moved.get("paths").unwrap(), &json!([a("Lamp"), a("State")]));
        let lamp = moved.pointer("/components/schemas/Lamp/properties/state").unwrap();
        assert_eq!(lamp, &a("State"));
        assert_eq!(
            moved.pointer("/components/schemas/State").unwrap(),
            &json!({ "type": "string", "enum": ["on", "off"] })
        );
    }

    #[test]
    fn two_schemas_of_one_name_are_refused() {
        let problem = named_schemas(document(json!([words("State", &["on"]), named("State", text())]))).unwrap_err();
        assert!(problem.contains("State"), "{problem}");
    }
}
