//! The tools for agents as their protocol lists them: each schema is that of the call behind the tool.

use std::collections::BTreeSet;

use latchkey_core::mcp::{LIMIT, TOOLS, Tool};
use serde_json::{Map, Value, json};

const COMPONENTS: &str = "#/components/schemas/";
/// The other half of a secret, which no agent is shown.
const HIDDEN: &str = "client_key";
const KEY: &str = "A text of your own for this act: for a day a repetition with the same text gets the first answer and does nothing, a refusal too. Without it the same request id and arguments act once in ten minutes, and a refusal is not kept.";

/// Of objects inside each other: a list of posts, a post, its delivery for one account.
const LEVELS: usize = 3;
/// What has changed is shown whole by the tool that reads it.
const LEVELS_OF_CHANGES: usize = 2;
/// The caller's own words come back as they were.
const OF_CALLER: &str = "x";

pub fn all(document: &Value) -> Result<Value, String> {
    TOOLS.iter().map(|tool| described(document, tool)).collect()
}

fn described(document: &Value, tool: &Tool) -> Result<Value, String> {
    let operation = operation(document, tool.call).ok_or_else(|| format!("{}: no such call", tool.name))?;
    let (input, output) = (input(document, tool, operation)?, output(document, tool, operation)?);
    Ok(json!({
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": without_null(whole(document, input)?),
        "outputSchema": outline(document, &output, if tool.hints.reads_only() { LEVELS } else { LEVELS_OF_CHANGES }),
        "annotations": {
            "title": tool.title,
            "readOnlyHint": tool.hints.reads_only(),
            "destructiveHint": tool.hints.destroys(),
            "idempotentHint": tool.is_once || tool.hints.reads_only() || tool.hints.destroys(),
            "openWorldHint": tool.hints.is_open_world(),
        },
    }))
}

fn operation<'a>(document: &'a Value, id: &str) -> Option<&'a Value> {
    let methods = document.get("paths")?.as_object()?.values().filter_map(Value::as_object);
    let is_it = |operation: &&Value| operation.get("operationId").and_then(Value::as_str) == Some(id);
    methods.flat_map(Map::values).find(is_it)
}

/// The id of the path, the parameters of the query, and the fields of the body, as one object of arguments.
fn input(document: &Value, tool: &Tool, operation: &Value) -> Result<Value, String> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if let Some((name, default)) = tool.id {
        let about = about_id(name).ok_or_else(|| format!("{}: `{name}` is not described", tool.name))?;
        let mut schema = json!({ "type": "string", "description": about });
        if let (Some(default), Some(fields)) = (default, schema.as_object_mut()) {
            fields.insert("default".into(), json!(default));
        }
        properties.insert(name.to_owned(), schema);
        required.extend(Some(json!(name)).filter(|_| default.is_none()));
    }
    for name in tool.query {
        let mut schema = parameter(operation, name).ok_or_else(|| format!("{}: no parameter `{name}`", tool.name))?;
        if let (LIMIT, Some(limit), Some(fields)) = (*name, tool.usual_limit, schema.as_object_mut()) {
            fields.insert("description".into(), json!(format!("How many rows; default {limit}.")));
        }
        properties.insert((*name).to_owned(), schema);
    }
    if tool.has_body {
        let body = body(document, operation).ok_or_else(|| format!("{}: no body", tool.name))?;
        let omitted = |name: &str| tool.omits.contains(&name);
        let fields = body.get("properties").and_then(Value::as_object).into_iter().flatten();
        let is_deprecated = |schema: &Value| schema.get("deprecated") == Some(&json!(true));
        let kept = fields.filter(|(name, schema)| !omitted(name) && !is_deprecated(schema));
        properties.extend(kept.map(|(name, schema)| (name.clone(), schema.clone())));
        let names = body.get("required").and_then(Value::as_array).into_iter().flatten();
        required.extend(names.filter(|name| !name.as_str().is_some_and(omitted)).cloned());
    }
    if tool.is_once {
        let key = json!({ "type": "string", "minLength": 1, "maxLength": 255, "description": KEY });
        properties.insert("idempotency_key".into(), key);
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (false, Some(fields)) = (required.is_empty(), schema.as_object_mut()) {
        fields.insert("required".into(), json!(required));
    }
    Ok(schema)
}

/// What an id in a path is, and where a model finds one.
fn about_id(name: &str) -> Option<&'static str> {
    match name {
        "post_id" => Some("The `id` of a post, `post_…`, as list_posts and create_post show it."),
        "account_id" => Some("The `id` of an account, `acc_…`, as list_social_accounts shows it."),
        "media_id" => Some("The `id` of a file, `med_…`, as list_media and upload_media show it."),
        "network_id" => Some("The `id` of an X app, `net_…`, or `x`: the app that is nobody's own."),
        _ => None,
    }
}

fn parameter(operation: &Value, name: &str) -> Option<Value> {
    let all = operation.get("parameters")?.as_array()?;
    let is_it = |parameter: &&Value| {
        parameter.get("in") == Some(&json!("query")) && parameter.get("name") == Some(&json!(name))
    };
    let found = all.iter().find(is_it)?;
    let mut schema = found.get("schema")?.clone();
    if let (Some(fields), Some(said)) = (schema.as_object_mut(), found.get("description")) {
        fields.entry("description").or_insert_with(|| said.clone());
    }
    Some(schema)
}

fn body<'a>(document: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    resolved(document, operation.pointer("/requestBody/content/application~1json/schema")?)
}

/// The answer of success, without what only repeats.
fn output(document: &Value, tool: &Tool, operation: &Value) -> Result<Value, String> {
    let missing = || format!("{}: no answer is described", tool.name);
    let answers = operation.get("responses").and_then(Value::as_object).ok_or_else(missing)?;
    let good = answers.iter().find(|(status, _)| status.starts_with('2')).ok_or_else(missing)?.1;
    let schema = good.pointer("/content/application~1json/schema").ok_or_else(missing)?;
    let mut schema = resolved(document, schema).ok_or_else(missing)?.clone();
    without(&mut schema, tool.drops);
    Ok(schema)
}

/// The shape of an answer, as deep as a model looks for a field. The whole of it is in the description of the HTTP API:
/// repeated for each tool it would fill the memory of a model that lists the tools. Whatever the whole schema admits, the
/// outline admits too.
fn outline(document: &Value, schema: &Value, levels: usize) -> Value {
    let Some(schema) = resolved(document, schema) else { return json!({}) };
    if let Some([some, null]) = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice)
        && null == &json!({ "type": "null" })
    {
        return or_null(outline(document, some, levels));
    }
    let Some(kind) = schema.get("type") else { return json!({}) };
    if levels == 0 {
        return json!({ "type": kind });
    }
    let mut shown = Map::from_iter([("type".to_owned(), kind.clone())]);
    if let Some(items) = schema.get("items") {
        shown.insert("items".into(), outline(document, items, levels));
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let told = properties.iter().filter(|(name, _)| *name != HIDDEN);
        let levels_of = |name: &str| if name == OF_CALLER { 0 } else { levels.saturating_sub(1) };
        let fields = told.map(|(name, schema)| (name.clone(), outline(document, schema, levels_of(name))));
        shown.insert("properties".into(), Value::Object(fields.collect()));
    }
    Value::Object(shown)
}

/// Null counts as absent, so a model need not know of it, but where the description says what null does.
fn without_null(schema: Value) -> Value {
    match schema {
        Value::Array(items) => items.into_iter().map(without_null).collect(),
        Value::Object(fields) => {
            let mut fields: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name, without_null(value))).collect();
            let says_null = fields.get("description").and_then(Value::as_str).is_some_and(|said| said.contains("Null"));
            match fields.get("anyOf").and_then(Value::as_array).map(Vec::as_slice) {
                Some([Value::Object(some), null]) if !says_null && null == &json!({ "type": "null" }) => {
                    let mut some = some.clone();
                    fields.remove("anyOf");
                    some.extend(fields);
                    Value::Object(some)
                }
                _ => Value::Object(fields),
            }
        }
        other => other,
    }
}

fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
    schema
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.strip_prefix('#')?),
        None => Some(schema),
    }
}

fn without(schema: &mut Value, names: &[&str]) {
    let is_gone = |name: &Value| name.as_str().is_some_and(|name| names.contains(&name));
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !names.contains(&name.as_str()));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !is_gone(name));
    }
}

/// A schema that stands by itself, with the schemas that it refers to.
fn whole(document: &Value, mut schema: Value) -> Result<Value, String> {
    let (mut definitions, mut open) = (Map::new(), BTreeSet::new());
    localize(&mut schema, &mut open);
    while let Some(name) = open.pop_first() {
        if definitions.contains_key(&name) {
            continue;
        }
        let found = document.pointer(&format!("/components/schemas/{name}"));
        let mut definition = found.ok_or_else(|| format!("{name} is not described"))?.clone();
        without(&mut definition, &[HIDDEN]);
        localize(&mut definition, &mut open);
        definitions.insert(name, definition);
    }
    if let (false, Some(fields)) = (definitions.is_empty(), schema.as_object_mut()) {
        fields.insert("$defs".into(), Value::Object(definitions));
    }
    Ok(schema)
}

fn localize(schema: &mut Value, used: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(COMPONENTS).map(str::to_owned)
            {
                *reference = format!("#/$defs/{name}");
                used.insert(name);
            }
            fields.values_mut().for_each(|value| localize(value, used));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| localize(value, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn tools() -> Vec<Value> {
        all(&crate::document::build().unwrap()).unwrap().as_array().unwrap().clone()
    }

    fn tool(name: &str) -> Value {
        tools().into_iter().find(|tool| tool.get("name") == Some(&json!(name))).unwrap()
    }

    #[test]
    fn every_tool_has_schemas_that_stand_by_themselves() {
        for tool in tools() {
            for schema in ["inputSchema", "outputSchema"] {
                let schema = tool.get(schema).unwrap();
                assert_eq!(schema.get("type"), Some(&json!("object")), "{tool}");
                let text = schema.to_string();
                assert!(!text.contains("#/components"), "{tool}");
                for name in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(schema.pointer(&format!("/$defs/{name}")).is_some(), "{name}: {tool}");
                }
            }
        }
    }

    #[test]
    fn a_preview_takes_what_creation_takes_but_for_the_key() {
        let fields = |name| tool(name).pointer("/inputSchema/properties").unwrap().as_object().unwrap().clone();
        let (mut create, preview) = (fields("create_post"), fields("preview_post"));
        assert!(create.remove("idempotency_key").is_some());
        assert!(create.contains_key("containers") && !create.contains_key("dryRun"));
        assert_eq!(create, preview);
    }

    /// `network` is there for callers of another API: there is one.
    #[test]
    fn a_tool_takes_every_parameter_of_its_call() {
        let document = crate::document::build().unwrap();
        for tool in TOOLS {
            let of_call = operation(&document, tool.call).unwrap().get("parameters").and_then(Value::as_array);
            let queries = of_call.into_iter().flatten().filter(|one| one.get("in") == Some(&json!("query")));
            let known = queries.filter_map(|one| one.get("name")?.as_str()).filter(|name| *name != "network");
            let parameters: BTreeSet<&str> = known.collect();
            assert_eq!(tool.query.iter().copied().collect::<BTreeSet<_>>(), parameters, "{}", tool.name);
        }
    }

    /// Names of fields without a description, by their path: of a schema, and of whatever it refers to.
    fn silent(root: &Value, schema: &Value, path: &str) -> Vec<String> {
        let target =
            schema.get("$ref").and_then(Value::as_str).map(|name| root.pointer(name.trim_start_matches('#')).unwrap());
        let within = target.into_iter().chain(schema.get("items"));
        let within = within.chain(schema.get("anyOf").and_then(Value::as_array).into_iter().flatten());
        let mut found: Vec<String> = within.flat_map(|schema| silent(root, schema, path)).collect();
        for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = format!("{path}.{name}");
            let referred =
                field.get("$ref").and_then(Value::as_str).and_then(|name| root.pointer(name.trim_start_matches('#')));
            let said = field.get("description").or_else(|| referred?.get("description"));
            if said.and_then(Value::as_str).is_none_or(|said| said.len() <= 6) {
                found.push(path.clone());
            }
            found.extend(silent(root, field, &path));
        }
        found
    }

    #[test]
    fn every_argument_and_every_field_of_one_is_described() {
        let all: Vec<String> = tools()
            .iter()
            .flat_map(|tool| {
                let schema = tool.get("inputSchema").unwrap();
                silent(schema, schema, tool.get("name").unwrap().as_str().unwrap())
            })
            .collect();
        assert_eq!(all, Vec::<String>::new());
    }

    /// A client puts the list into the memory of its model.
    #[test]
    fn the_list_of_all_tools_stays_below_60_kb() {
        let size = all(&crate::document::build().unwrap()).unwrap().to_string().len();
        assert!(size < 60_000, "{size} bytes");
    }

    #[test]
    fn the_outline_of_an_answer_shows_what_became_of_a_post() {
        for (name, fields) in [
            (
                "get_post",
                ["approval/properties/page", "cost/properties/estimate_usd", "socialAccounts/items/properties/state"],
            ),
            ("create_post", ["approval", "cost", "socialAccounts"]),
        ] {
            for field in fields {
                let at = format!("/outputSchema/properties/post/properties/{field}");
                assert!(tool(name).pointer(&at).is_some(), "{name}: {field}");
            }
        }
    }

    #[test]
    fn null_is_offered_where_it_says_something() {
        let update = tool("update_post");
        let field = |name: &str| update.pointer(&format!("/inputSchema/properties/{name}")).unwrap().clone();
        assert!(field("scheduledAt").get("anyOf").is_some(), "at once");
        assert_eq!(field("content").get("type"), Some(&json!("string")));
        assert!(field("x").get("$ref").is_some() && field("x").get("description").is_some());
    }

    #[test]
    fn no_tool_shows_a_client_id() {
        assert!(!tools().iter().any(|tool| tool.to_string().contains(HIDDEN)));
    }

    #[test]
    fn only_a_tool_that_changes_something_says_so() {
        for tool in TOOLS {
            let looks = tool.row().unwrap().method == "GET" || tool.sets == Some("dryRun");
            assert_eq!(tool.hints.reads_only(), looks, "{}", tool.name);
        }
    }
}
