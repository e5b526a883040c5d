//! The words of the HTTP API in those of tools: a model is told which tool to use, and which arguments a tool has. Refusals
//! name calls; here, and nowhere else, such a name becomes that of a tool.

use serde_json::Value;

use super::table::TOOLS;
use super::tool::{IDEMPOTENCY_KEY, Tool};
use crate::refusal::Code;
use crate::routes::{Found, METHODS, find};

/// What a tool's model can do in place of a call that has other tools than its own.
const STAND_INS: [(&str, &str); 1] = [("createUpload", "upload_media")];
const NO_TOOL: &str = "the operator can, and no tool";
/// In place of the hint that speaks of a path.
const OTHER_ID: &str = "Use an id that another tool has shown.";
const HEADER: &str = "Idempotency-Key";
const ALTERNATIVE: &str = ", or ";

/// Every text inside, in the words of tools. `tool` is the one that was used.
pub(super) fn translate(tool: &Tool, value: &mut Value) {
    match value {
        Value::String(text) => *text = said(tool, text),
        Value::Array(items) => items.iter_mut().for_each(|item| translate(tool, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| translate(tool, field)),
        _ => {}
    }
}

fn said(tool: &Tool, text: &str) -> String {
    if text == Code::NotFound.hint() {
        return OTHER_ID.to_owned();
    }
    let sentences = text.split(". ").map(|sentence| without_calls(tool, sentence)).collect::<Vec<_>>().join(". ");
    sentences.replace(&format!("`{HEADER}`"), HEADER).replace(HEADER, &format!("`{IDEMPOTENCY_KEY}`"))
}

/// A call that no tool makes is left out with its alternative, if it is one.
fn without_calls(tool: &Tool, sentence: &str) -> String {
    let Some(Named { before, method, path, after }) = Named::first(sentence) else { return sentence.to_owned() };
    match (stand_in(tool, method, path), before.rsplit_once(ALTERNATIVE)) {
        (Some(name), _) => format!("{before}`{name}`{}", without_calls(tool, after)),
        (None, Some((rest, _))) if sentence.ends_with('.') => format!("{rest}."),
        (None, Some((rest, _))) => rest.to_owned(),
        (None, None) => format!("{before}{NO_TOOL}{}", without_calls(tool, after)),
    }
}

/// The tool by which a model does what the call does. The tool that was just used is no other way.
fn stand_in(used: &Tool, method: &str, path: &str) -> Option<&'static str> {
    let Found::Call(call) = find(method, path.split('?').next().unwrap_or(path)) else { return None };
    let name = call.row.name;
    let own = TOOLS.iter().find(|tool| tool.call == name && tool.sets.is_none()).map(|tool| tool.name);
    let other = STAND_INS.iter().find(|(call, _)| *call == name).map(|(_, tool)| *tool);
    own.or(other.filter(|tool| *tool != used.name))
}

/// A call in a text, such as `` `GET /v1/posts` ``, and the text around it.
struct Named<'a> {
    before: &'a str,
    method: &'a str,
    path: &'a str,
    after: &'a str,
}

impl<'a> Named<'a> {
    fn first(text: &'a str) -> Option<Self> {
        let at = |method: &&str| Some((text.find(&format!("{method} /"))?, method.len()));
        let (start, length) = METHODS.iter().filter_map(at).min()?;
        let (before, call) = text.split_at_checked(start)?;
        let (method, rest) = call.split_at_checked(length)?;
        let rest = rest.strip_prefix(' ')?;
        let is_of_path = |c: char| c.is_ascii_alphanumeric() || "/{}_-?=…".contains(c);
        let (path, after) = rest.split_at_checked(rest.find(|c| !is_of_path(c)).unwrap_or(rest.len()))?;
        let quoted = before.strip_suffix('`').zip(after.strip_prefix('`'));
        let (before, after) = quoted.unwrap_or((before, after));
        Some(Self { before, method, path, after })
    }
}

/// In a refusal of a body's unknown field: the arguments of the tool, which are not quite the fields of the body.
pub(super) fn name_arguments(tool: &Tool, refusal: &mut Value) {
    let details = refusal.get("details").and_then(Value::as_object);
    let found = details.into_iter().flatten().find_map(|(name, problems)| {
        let problem = problems.pointer("/_errors/0")?.as_str()?;
        Some((name.clone(), unknown(tool, name, problem)?))
    });
    let Some((name, problem)) = found else { return };
    if let Some(place) = refusal.get_mut("details").and_then(|all| all.get_mut(&name)?.pointer_mut("/_errors/0")) {
        *place = Value::from(problem.as_str());
    }
    if let Some(message) = refusal.get_mut("message") {
        *message = Value::from(format!("`{name}`: {problem}"));
    }
}

/// serde's words for a field that a type does not have end with the fields that the type has.
fn unknown(tool: &Tool, name: &str, problem: &str) -> Option<String> {
    let expected = problem.strip_prefix("unknown field `")?.strip_prefix(name)?.strip_prefix("`, ")?;
    Some(no_argument(tool, expected.split('`').skip(1).step_by(2)))
}

/// What is wrong with an argument that a tool does not have; `fields` are those of its body.
pub(super) fn no_argument<'a>(tool: &Tool, fields: impl Iterator<Item = &'a str>) -> String {
    let id = tool.id.map(|(name, _)| name);
    let body = fields.filter(|name| !tool.omits.contains(name));
    let key = tool.is_once.then_some(IDEMPOTENCY_KEY);
    let all = id.into_iter().chain(tool.query.iter().copied()).chain(body).chain(key);
    let all: Vec<String> = all.map(|name| format!("`{name}`")).collect();
    if all.is_empty() {
        return format!("is no argument of {}, which takes none", tool.name);
    }
    format!("is no argument of {}, which takes {}", tool.name, all.join(", "))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::super::table::named;
    use super::*;

    fn names_a_call(text: &str) -> bool {
        METHODS.iter().any(|method| text.contains(&format!("{method} /")) || text.contains(&format!("{method} …")))
    }

    #[test]
    fn no_hint_of_any_code_names_a_call_to_a_tool() {
        for tool in TOOLS {
            for code in Code::ALL {
                let hint = said(tool, code.hint());
                assert!(
                    !names_a_call(&hint) && !hint.contains(" path") && !hint.contains(HEADER) && !hint.contains("/v1/"),
                    "{}: {hint}",
                    tool.name
                );
            }
        }
    }

    #[test]
    fn a_call_is_named_by_the_tool_that_stands_for_it() {
        let create = named("create_post").unwrap();
        for (hint, expected) in [
            (Code::UnknownAccount.hint(), "Use an id or username that `list_social_accounts` lists for this tenant."),
            (
                "First. `POST /v1/posts` makes one, GET /v1/posts/{id} shows it.",
                "First. `create_post` makes one, `get_post` shows it.",
            ),
            (
                "Upload the file first: POST /v1/media/upload, then give its `id`.",
                "Upload the file first: `upload_media`, then give its `id`.",
            ),
            ("Call GET /v1/social-accounts?status=disconnected.", "Call `list_social_accounts`."),
            (Code::IdempotencyKeyReused.hint(), "Use a new `idempotency_key` for a different call."),
        ] {
            assert_eq!(said(create, hint), expected);
        }
    }

    #[test]
    fn a_way_that_no_tool_goes_is_left_out() {
        let upload = named("upload_media").unwrap();
        for (hint, expected) in [
            ("Give its `url`, or announce it with POST /v1/media/upload.", "Give its `url`."),
            ("Use the other, or take it back: DELETE /v1/handover. Then wait.", "Use the other. Then wait."),
            ("Send it again: POST /v1/import.", "Send it again: the operator can, and no tool."),
        ] {
            assert_eq!(said(upload, hint), expected);
        }
        let frozen = crate::freeze::frozen().hint.unwrap();
        assert_eq!(said(upload, &frozen), "Use the deployment that it moved to.");
    }

    #[test]
    fn an_unknown_argument_is_told_the_arguments_and_not_the_fields() {
        let create = named("create_post").unwrap();
        let problem = "unknown field `colour`, expected one of `content`, `dryRun`, `accounts`";
        let mut refusal = json!({
            "message": format!("`colour`: {problem}"), "details": { "colour": { "_errors": [problem] } },
        });
        name_arguments(create, &mut refusal);
        let expected = "is no argument of create_post, which takes `content`, `accounts`, `idempotency_key`";
        assert_eq!(refusal.pointer("/details/colour/_errors/0"), Some(&json!(expected)));
        assert_eq!(refusal.get("message"), Some(&json!(format!("`colour`: {expected}"))));
        let inner = json!({ "message": "m", "details": { "x": { "colour": { "_errors": [problem] } } } });
        let mut same = inner.clone();
        name_arguments(create, &mut same);
        assert_eq!(same, inner, "a field inside an argument");
    }
}
