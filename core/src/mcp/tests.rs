#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::era::{Headers, MODERN};
use super::*;
use crate::key::{Binding, Caller, Scope};
use crate::routes::{Body, Found, find};
use crate::time::UnixMillis;

const SERVER: Server = Server { name: Some("Acme"), version: "1" };
const TOOLS_FILE: &str = r#"[{"name":"list_posts"},{"name":"create_post"},{"name":"delete_social_account"}]"#;

fn caller(scopes: &[Scope]) -> Caller {
    Caller { scopes: scopes.iter().copied().collect(), ..Caller::admin() }
}

fn headers(version: &str, method: &str, name: Option<&str>) -> Headers {
    Headers { version: Some(version.into()), method: Some(method.into()), name: name.map(str::to_owned) }
}

fn meta(version: &str) -> Value {
    json!({ "io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {} })
}

/// A request of the revision in force.
fn modern(method: &str, mut params: Value) -> Result<Asked, Response> {
    let name = params.get("name").and_then(Value::as_str).map(str::to_owned);
    params.as_object_mut().unwrap().insert("_meta".into(), meta(MODERN));
    let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    read(body.to_string().as_bytes(), &headers(MODERN, method, name.as_deref()))
}

fn legacy(body: &Value) -> Result<Asked, Response> {
    read(body.to_string().as_bytes(), &Headers::default())
}

fn json_of(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap()
}

/// The status and the code of an error.
fn fault(response: &Response) -> (u16, i64) {
    (response.status, json_of(response).pointer("/error/code").unwrap().as_i64().unwrap())
}

fn call_as(caller: &Caller, name: &str, arguments: &Value) -> Result<Call, NoCall> {
    modern("tools/call", json!({ "name": name, "arguments": arguments })).unwrap().call(caller)
}

fn call(name: &str, arguments: &Value) -> Result<Call, String> {
    call_as(&Caller::admin(), name, arguments).map_err(|why| match why {
        NoCall::Arguments(_, refused) => refused.message,
        other => format!("{other:?}"),
    })
}

const fn answered(status: u16, body: &str) -> Answered<'_> {
    Answered { status, body, retry_after: None, first_at: None }
}

#[test]
fn every_tool_is_a_call_that_a_key_opens_and_its_body_is_the_calls() {
    for tool in TOOLS {
        let row = tool.row().unwrap();
        assert!(row.access.is_some(), "{}", tool.name);
        let needs_nothing = matches!(row.name, "retryPost" | "requestApproval");
        assert_eq!(tool.has_body, matches!(row.body, Body::Json | Body::OptionalJson) && !needs_nothing);
        assert_eq!(tool.id.is_some(), row.path.contains("{id}"), "{}", tool.name);
        assert!(row.path.matches("{id}").count() <= 1, "{}", tool.name);
        assert!(!tool.is_once || row.is_idempotent, "{}", tool.name);
        assert!(!tool.description.is_empty() && !tool.title.is_empty());
    }
    let names: BTreeSet<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    assert_eq!(names.len(), TOOLS.len());
}

#[test]
fn discovery_v2026_07_28_unchanged() {
    let response = modern("server/discover", json!({})).unwrap().describe(&SERVER, "", &Caller::admin());
    assert_eq!(response.status, 200);
    let mut answer = json_of(&response);
    assert!(answer.pointer_mut("/result").unwrap().as_object_mut().unwrap().remove("instructions").is_some());
    let expected = json!({ "jsonrpc": "2.0", "id": 7, "result": {
        "supportedVersions": ["2026-07-28", "2025-11-25", "2025-06-18"], "capabilities": { "tools": {} },
        "resultType": "complete", "ttlMs": 60_000, "cacheScope": "private",
        "_meta": { "io.modelcontextprotocol/serverInfo": { "name": "Acme", "title": "Acme", "version": "1" } },
    } });
    assert_eq!(answer, expected);
}

#[test]
fn the_handshake_of_earlier_revisions_agrees_on_one_that_both_speak() {
    for (wanted, agreed) in [
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2024-11-05", "2025-11-25"),
        (MODERN, "2025-11-25"),
    ] {
        let body =
            json!({ "jsonrpc": "2.0", "id": "a", "method": "initialize", "params": { "protocolVersion": wanted } });
        let response = legacy(&body).unwrap().describe(&SERVER, "", &Caller::admin());
        let result = json_of(&response).get("result").unwrap().clone();
        assert_eq!(result.get("protocolVersion"), Some(&json!(agreed)));
        assert_eq!(result.get("capabilities"), Some(&json!({ "tools": {} })));
        assert_eq!(result.pointer("/serverInfo/name"), Some(&json!("Acme")));
        assert!(result.get("resultType").is_none(), "a field of the revision in force");
    }
}

#[test]
fn a_server_without_a_brand_has_a_plain_name_and_never_ours() {
    let server = Server { name: None, version: "1" };
    for response in [
        modern("server/discover", json!({})).unwrap().describe(&server, "", &Caller::admin()),
        legacy(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize" })).unwrap().describe(
            &server,
            "",
            &Caller::admin(),
        ),
    ] {
        assert!(!response.body.to_lowercase().contains("latchkey") && response.body.contains("Publishing to X"));
    }
}

#[test]
fn a_modern_request_whose_headers_and_body_differ_is_refused() {
    let body = |version: &str| {
        let params = json!({ "name": "list_posts", "arguments": {}, "_meta": meta(version) });
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
    };
    let refused = |version: &str, headers: &Headers| fault(&read(body(version).as_bytes(), headers).unwrap_err());
    let right = || headers(MODERN, "tools/call", Some("list_posts"));
    assert!(read(body(MODERN).as_bytes(), &right()).is_ok());
    let encoded = headers(MODERN, "tools/call", Some("=?base64?bGlzdF9wb3N0cw==?="));
    assert!(read(body(MODERN).as_bytes(), &encoded).is_ok());
    for wrong in [
        Headers { version: None, ..right() },
        Headers { method: None, ..right() },
        Headers { method: Some("tools/list".into()), ..right() },
        Headers { name: None, ..right() },
        Headers { name: Some("get_post".into()), ..right() },
        Headers { name: Some("=?base64?!?=".into()), ..right() },
    ] {
        assert_eq!(refused(MODERN, &wrong), (400, -32020), "{wrong:?}");
    }
    assert_eq!(refused("2025-11-25", &right()), (400, -32020));
    assert_eq!(refused(MODERN, &Headers { version: Some("2025-11-25".into()), ..right() }), (400, -32020));
    assert_eq!(refused("2030-01-01", &right()), (400, -32022));
    let unknown =
        read(body(MODERN).as_bytes(), &Headers { version: Some("2030-01-01".into()), ..right() }).unwrap_err();
    assert_eq!(fault(&unknown), (400, -32022));
    let data = json!({ "supported": ["2026-07-28", "2025-11-25", "2025-06-18"], "requested": "2030-01-01" });
    assert_eq!(json_of(&unknown).pointer("/error/data"), Some(&data));
}

#[test]
fn what_is_gone_or_unknown_is_404_now_and_an_error_in_a_200_before() {
    for method in ["initialize", "ping", "resources/list", "logging/setLevel"] {
        assert_eq!(fault(&modern(method, json!({})).unwrap_err()), (404, -32601), "{method}");
    }
    for method in ["server/discover", "resources/list"] {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method });
        assert_eq!(fault(&legacy(&body).unwrap_err()), (200, -32601), "{method}");
    }
    let ping = legacy(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" })).unwrap();
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    assert_eq!(json_of(&ping.describe(&SERVER, "", &Caller::admin())), answer);
}

#[test]
fn notifications_and_answers_are_taken_and_answered_with_nothing() {
    for body in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
    ] {
        assert_eq!(legacy(&body).unwrap_err(), Response { status: 202, body: String::new() });
    }
    let body = br#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#;
    assert_eq!(read(body, &headers(MODERN, "notifications/cancelled", None)).unwrap_err().status, 202);
    assert_eq!(fault(&read(body, &headers(MODERN, "notifications/x", None)).unwrap_err()), (400, -32020));
}

#[test]
fn what_is_no_message_gets_the_error_that_json_rpc_has_for_it() {
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        ("[]", -32600),
        ("1", -32600),
        ("{}", -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":1}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32602),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        (r#"{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"\ud800","method":"ping"}"#, -32700),
    ] {
        assert_eq!(fault(&read(body.as_bytes(), &Headers::default()).unwrap_err()), (400, code), "{body}");
    }
    assert_eq!(fault(&read(b"\xff", &Headers::default()).unwrap_err()), (400, -32700));
}

#[test]
fn a_client_that_reads_only_streams_gets_the_answer_as_an_event() {
    for accept in ["text/event-stream", "Text/Event-Stream; q=1", "text/html, text/event-stream"] {
        assert!(reads_only_streams(accept), "{accept}");
    }
    for accept in ["", "*/*", "application/json", "application/json, text/event-stream", "text/event-stream, */*;q=0.1"]
    {
        assert!(!reads_only_streams(accept), "{accept}");
    }
    let body = json!({ "jsonrpc": "2.0", "id": "a\nb", "method": "ping" });
    let answer = legacy(&body).unwrap().describe(&SERVER, "", &Caller::admin());
    assert_eq!(answer.as_event(), "event: message\ndata: {\"id\":\"a\\nb\",\"jsonrpc\":\"2.0\",\"result\":{}}\n\n");
}

#[test]
fn an_id_comes_back_as_it_was_and_absent_parameters_may_be_null() {
    for id in [json!(0), json!(-1), json!(i64::MIN), json!(u64::MAX), json!(""), json!("\u{1f511}\u{0}\"")] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "ping", "params": null });
        let answer = legacy(&body).unwrap().describe(&SERVER, "", &Caller::admin());
        assert_eq!(json_of(&answer), json!({ "jsonrpc": "2.0", "id": id, "result": {} }));
    }
}

#[test]
fn a_key_is_shown_the_tools_that_it_can_use_and_no_others() {
    let names = |caller: &Caller| {
        let response = modern("tools/list", json!({})).unwrap().describe(&SERVER, TOOLS_FILE, caller);
        let tools = json_of(&response).pointer("/result/tools").unwrap().as_array().unwrap().clone();
        tools.iter().map(|tool| tool.get("name").unwrap().as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&caller(&[Scope::Read])), ["list_posts"]);
    assert_eq!(names(&caller(&[Scope::Connect])), ["delete_social_account"]);
    assert_eq!(names(&caller(&[Scope::Admin])), ["list_posts", "create_post", "delete_social_account"]);
    let binding = Binding { account_id: Some(crate::id::AccountId::from_entropy([1; 16])), ..Binding::default() };
    let narrow = Caller { binding, ..caller(&[Scope::Admin]) };
    assert_eq!(names(&narrow), ["list_posts", "create_post"], "accounts end by the hand of their tenant");
}

#[test]
fn a_tool_beyond_the_keys_scopes_is_no_call() {
    let refused = call_as(&caller(&[Scope::Read]), "delete_social_account", &json!({ "account_id": "a" })).unwrap_err();
    assert!(matches!(refused, NoCall::Scope(Scope::Connect)), "{refused:?}");
    let unknown = call_as(&Caller::admin(), "drop_tables", &json!({})).unwrap_err();
    assert!(matches!(&unknown, NoCall::Answered(response) if fault(response) == (400, -32602)), "{unknown:?}");
}

#[test]
fn arguments_become_the_path_the_query_and_the_body_of_the_call() {
    let get = call("list_posts", &json!({ "status": "failed & lost", "limit": 5, "after": null })).unwrap();
    assert_eq!(
        (get.method, get.path.as_str(), get.query.as_str()),
        ("GET", "/v1/posts", "status=failed+%26+lost&limit=5")
    );
    assert_eq!((get.body, get.idempotency_key), (None, None));
    let patch = call("update_post", &json!({ "post_id": "post_1", "content": "hi" })).unwrap();
    assert_eq!(
        (patch.method, patch.path.as_str(), patch.body.as_deref()),
        ("PATCH", "/v1/posts/post_1", Some(r#"{"content":"hi"}"#))
    );
    let poll: Value = serde_json::from_str(r#"{"post_id":"p","x":{"a":[60.0,-1e1,0.5]}}"#).unwrap();
    assert_eq!(call("update_post", &poll).unwrap().body.as_deref(), Some(r#"{"x":{"a":[60,-10,0.5]}}"#));
    assert_eq!(call("list_posts", &serde_json::from_str(r#"{"limit":1.0}"#).unwrap()).unwrap().query, "limit=1");
    assert_eq!(call("list_posts", &json!({ "limit": null })).unwrap().query, "limit=20", "a page of 50 is 136 KB");
    let preview = call("preview_post", &json!({ "content": "hi", "accounts": ["ada"] })).unwrap();
    assert_eq!(preview.body.as_deref(), Some(r#"{"accounts":["ada"],"content":"hi","dryRun":true}"#));
    assert_eq!(preview.idempotency_key, None, "a preview is made anew each time");
    assert_eq!(call("get_auth_url", &json!({})).unwrap().path, "/v1/social-networks/x/auth-url");
    for (name, arguments) in [
        ("get_post", json!({})),
        ("get_post", json!({ "post_id": 1 })),
        ("get_post", json!({ "post_id": "" })),
        ("get_post", json!({ "post_id": ".." })),
        ("get_post", json!({ "post_id": "a/b" })),
        ("get_post", json!({ "post_id": "%2e%2e" })),
        ("get_post", json!({ "post_id": "a", "other": 1 })),
        ("list_posts", json!({ "tenant": "t" })),
        ("list_posts", json!({ "limit": [5] })),
        ("create_post", json!({ "dryRun": true })),
        ("create_post", json!({ "idempotency_key": 1 })),
    ] {
        assert!(call(name, &arguments).is_err_and(|message| message.starts_with('`')), "{name} {arguments}");
    }
}

#[test]
fn a_call_without_a_key_of_its_own_gets_one_of_the_key_the_request_and_the_arguments() {
    let key = |caller: &Caller, id: i64, name: &str, text: &str| {
        let params = json!({ "name": name, "arguments": { "content": text, "accounts": ["ada"], "post_id": "p" }, "_meta": meta(MODERN) });
        let params = if name == "create_post" {
            json!({ "name": name, "arguments": { "content": text, "accounts": ["ada"] }, "_meta": meta(MODERN) })
        } else {
            params
        };
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        let asked = read(body.to_string().as_bytes(), &headers(MODERN, "tools/call", Some(name))).unwrap();
        asked.call(caller).unwrap().idempotency_key.unwrap()
    };
    let (ours, theirs) = (Caller::admin(), Caller { key_id: "key_2".into(), ..Caller::admin() });
    let first = key(&ours, 1, "create_post", "hi");
    assert_eq!(first, key(&ours, 1, "create_post", "hi"), "the same request, once more");
    let args = |arguments: Value| {
        let asked = modern("tools/call", json!({ "name": "create_post", "arguments": arguments })).unwrap();
        asked.call(&ours).unwrap().idempotency_key
    };
    let plain = json!({ "content": "hi", "containers": [{ "content": "a" }] });
    let nulls = json!({ "content": "hi", "scheduledAt": null, "containers": [{ "content": "a", "mediaIds": null }] });
    assert_eq!(args(plain), args(nulls), "null counts as absent");
    let all = [
        first,
        key(&ours, 2, "create_post", "hi"),
        key(&ours, 1, "create_post", "hello"),
        key(&ours, 1, "create_reply", "hi"),
        key(&theirs, 1, "create_post", "hi"),
    ];
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    let own = call("create_post", &json!({ "content": "hi", "idempotency_key": "mine" })).unwrap();
    assert_eq!((own.idempotency_key.as_deref(), own.body.as_deref()), (Some("mine"), Some(r#"{"content":"hi"}"#)));
}

#[test]
fn an_answer_becomes_a_result_and_a_refusal_one_that_says_what_to_do() {
    let asked = modern("tools/call", json!({ "name": "get_post", "arguments": { "post_id": "p" } })).unwrap();
    let tool = asked.call(&Caller::admin()).unwrap().tool;
    let body =
        r#"{"success":true,"post":{"id":"p"},"data":{"post":{"id":"p"}},"warnings":[],"app":{"client_key":"c"}}"#;
    let result = json_of(&asked.outcome(&SERVER, tool, &answered(200, body))).get("result").unwrap().clone();
    let shown = json!({ "success": true, "post": { "id": "p" }, "warnings": [], "app": {} });
    assert_eq!(result.get("structuredContent"), Some(&shown));
    let text: Value = serde_json::from_str(result.pointer("/content/0/text").unwrap().as_str().unwrap()).unwrap();
    assert_eq!((text, result.get("isError")), (shown, None));
    let refusal =
        r#"{"code":"not_found","message":"There is no such post.","hint":"Check the id.","request_id":"req_1"}"#;
    let result = json_of(&asked.outcome(&SERVER, tool, &answered(404, refusal))).get("result").unwrap().clone();
    assert_eq!((result.get("isError"), result.get("structuredContent")), (Some(&json!(true)), None));
    let told = "There is no such post. (not_found)\nCheck the id.\nRequest: req_1";
    assert_eq!(result.pointer("/content/0/text"), Some(&json!(told)));
}

#[test]
fn an_answer_that_comes_once_more_says_so_to_clients_and_to_models() {
    let asked = modern("tools/call", json!({ "name": "create_post", "arguments": {} })).unwrap();
    let tool = asked.call(&Caller::admin()).unwrap().tool;
    let said = "This is the answer to the same call of 1970-01-01T00:00:00.000Z; nothing was done again. To do it again, give another `idempotency_key`.";
    for (status, body) in [(200, r#"{"post":{},"warnings":["one"]}"#), (404, r#"{"code":"not_found"}"#)] {
        let answered = Answered { first_at: Some(UnixMillis(0)), ..answered(status, body) };
        let result = json_of(&asked.outcome(&SERVER, tool, &answered)).get("result").unwrap().clone();
        assert_eq!(result.pointer("/_meta/idempotencyReplay"), Some(&json!(true)));
        assert!(result.pointer("/_meta/io.modelcontextprotocol~1serverInfo").is_some());
        assert_eq!(result.pointer("/content/1/text"), Some(&json!(said)));
        let warnings = (status == 200).then(|| json!(["one", said]));
        assert_eq!(result.pointer("/structuredContent/warnings"), warnings.as_ref());
    }
    let first = json_of(&asked.outcome(&SERVER, tool, &answered(200, "{}")));
    assert!(first.pointer("/result/_meta/idempotencyReplay").is_none() && first.pointer("/result/content/1").is_none());
}

#[test]
fn wrong_arguments_are_refused_in_the_shape_of_every_refusal() {
    let asked =
        modern("tools/call", json!({ "name": "get_post", "arguments": { "post_id": "p", "colour": 1 } })).unwrap();
    let Err(NoCall::Arguments(tool, refused)) = asked.call(&Caller::admin()) else { panic!("it is a call") };
    let answer = refused.answer("req_1");
    let result = json_of(&asked.outcome(&SERVER, tool, &answered(answer.status, &answer.body)));
    let expected = "`colour`: is no argument of get_post, which takes `post_id` (invalid_payload)\n\
        Correct the fields named in `details` and send the call again.\n\
        Details: {\"colour\":{\"_errors\":[\"is no argument of get_post, which takes `post_id`\"]}}\n\
        Request: req_1";
    assert_eq!(result.pointer("/result/content/0/text"), Some(&json!(expected)));
    assert_eq!(result.pointer("/result/isError"), Some(&json!(true)));
}

#[test]
fn a_time_to_wait_is_told_where_headers_are_not_read() {
    let asked = modern("tools/call", json!({ "name": "get_replies", "arguments": { "post_id": "p" } })).unwrap();
    let tool = asked.call(&Caller::admin()).unwrap().tool;
    let answered =
        Answered { retry_after: Some("30"), ..answered(429, r#"{"code":"rate_limited","message":"Too much."}"#) };
    let result = json_of(&asked.outcome(&SERVER, tool, &answered));
    assert_eq!(
        result.pointer("/result/content/0/text"),
        Some(&json!("Too much. (rate_limited)\nRetry-After: 30 seconds"))
    );
}

/// A value of JSON, not deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "(2\\.0|tools/call|tools/list|create_post|get_post|\\PC{0,8})".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let name = "(jsonrpc|id|method|params|name|arguments|_meta|result|post_id|content|limit|\\PC{0,6})";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Whatever was read, the client gets a message of JSON-RPC, or nothing for what asks for nothing.
fn is_answered(body: &[u8], headers: &Headers) -> bool {
    let is_message = |response: &Response| {
        let value: Value = serde_json::from_str(&response.body).unwrap_or_default();
        response.status == 202 && response.body.is_empty()
            || value.get("jsonrpc") == Some(&json!("2.0"))
                && (value.get("result").is_some() != value.get("error").is_some())
    };
    match read(body, headers) {
        Err(response) => is_message(&response),
        Ok(asked) => match asked.call(&Caller::admin()) {
            Ok(call) => {
                matches!(find(call.method, &call.path), Found::Call(found) if found.row.name == call.tool.call)
                    && is_message(&asked.outcome(&SERVER, call.tool, &answered(200, "{}")))
            }
            Err(NoCall::Answered(response)) => {
                is_message(&response) && is_message(&asked.describe(&SERVER, TOOLS_FILE, &Caller::admin()))
            }
            Err(NoCall::Arguments(tool, refused)) => {
                let answer = refused.answer("req_1");
                is_message(&asked.outcome(&SERVER, tool, &answered(answer.status, &answer.body)))
            }
            Err(NoCall::Scope(_)) => false,
        },
    }
}

fn any_headers() -> impl Strategy<Value = Headers> {
    let version = prop::option::of("(2026-07-28|2025-11-25|2025-06-18|\\PC{0,10})");
    let method = prop::option::of("(tools/call|tools/list|initialize|\\PC{0,10})");
    let name = prop::option::of("(create_post|=\\?base64\\?[A-Za-z=]{0,8}\\?=|\\PC{0,10})");
    (version, method, name).prop_map(|(version, method, name)| Headers { version, method, name })
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer_of_json_rpc(body in prop::collection::vec(any::<u8>(), 0..200), headers in any_headers()) {
        prop_assert!(is_answered(&body, &headers));
    }

    #[test]
    fn any_json_gets_an_answer_of_json_rpc(body in any_json(), headers in any_headers()) {
        prop_assert!(is_answered(body.to_string().as_bytes(), &headers));
    }

    #[test]
    fn any_arguments_of_any_tool_are_the_tools_own_call_or_named(
        at in 0..TOOLS.len(), arguments in prop::collection::btree_map("(post_id|account_id|network_id|limit|content|\\PC{0,6})", any_json(), 0..6),
    ) {
        let name = TOOLS.get(at).unwrap().name;
        let arguments: Value = arguments.into_iter().collect();
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": name, "arguments": arguments } });
        prop_assert!(is_answered(body.to_string().as_bytes(), &Headers::default()));
    }
}
