/** docs/API.md, section 12: agents at `/mcp`, by both eras of the protocol. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { LEGACY, MODERN, ask, assertAnswer, officialClient, post, toolsOf, use } from "../support/agents.mjs";
import { SITE, cookieOf, newAccount, request, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey, newPage } from "../support/keys.mjs";

const OFFICE = "https://office.example";
const NOBODY = "lk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

let bench;
let account;

before(async () => {
  bench = await startBench({ vars: { API_ALLOWED_ORIGINS: OFFICE } });
  account = await newAccount(bench, { tenant_id: "t" });
});
beforeEach(() => bench.x.clearRequests());
after(() => bench?.stop());

for (const era of ["modern", "legacy"]) {
  test(`the official client of the ${era} era lists, previews, publishes and reads`, async () => {
    const client = await officialClient(bench, era);
    const { tools } = await client.listTools();
    assert.ok(tools.length > 20, `${tools.length} tools`);
    const call = async (name, args) => (await client.callTool({ name, arguments: args })).structuredContent;
    const accounts = await call("list_social_accounts", { username: account.username });
    assert.deepEqual(accounts.data.map(({ id }) => id), [account.id]);
    const containers = [{ content: `one of the ${era} era` }, { content: `two of the ${era} era` }];
    const preview = await call("preview_post", { accounts: [account.id], containers });
    assert.deepEqual([preview.dryRun, preview.post.cost.estimate_usd], [true, 0.03]);
    assert.ok(!textsAt(bench, account).includes(containers[0].content), "nothing was sent");
    const { post: created } = await call("create_post", { accounts: [account.id], containers });
    const isPublished = async () => (await call("get_post", { post_id: created.id })).post.socialAccounts[0].status === "published";
    await eventually(isPublished, (published) => published);
    assert.ok(containers.every(({ content }) => textsAt(bench, account).includes(content)));
    const wrong = await client.callTool({ name: "get_post", arguments: { post_id: "post_AAAAAAAAAAAAAAAAAAAAAA" } });
    assert.equal(wrong.isError, true);
    assert.match(wrong.content[0].text, /not_found/);
    await client.close();
  });
}

test("discovery names the versions, how to use the tools, and the operator's brand", async () => {
  const before = (await ask(bench, "server/discover")).result;
  assert.deepEqual(before.supportedVersions, [MODERN, LEGACY, "2025-06-18"]);
  assert.deepEqual([before.capabilities, before.cacheScope], [{ tools: {} }, "private"]);
  assert.match(before.instructions, /preview_post/);
  const name = (result) => result._meta["io.modelcontextprotocol/serverInfo"].name;
  assert.equal(name(before), "Publishing to X");
  await bench.api.patch("/v1/settings", { brand: { name: "Acme Social" } });
  assert.equal(name((await ask(bench, "tools/list")).result), "Acme Social");
  assert.ok(!JSON.stringify(before).toLowerCase().includes("latchkey"));
});

test("the handshake of earlier revisions needs no session", async () => {
  const message = (method, params = {}) => ({ jsonrpc: "2.0", id: 1, method, params });
  const hello = await post(bench, message("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "c", version: "1" } }));
  assertAnswer(LEGACY, "initialize", hello.body);
  assert.deepEqual([hello.body.result.protocolVersion, hello.headers.get("mcp-session-id")], ["2025-06-18", null]);
  const ready = await post(bench, { jsonrpc: "2.0", method: "notifications/initialized" }, { headers: { "mcp-protocol-version": LEGACY } });
  assert.deepEqual([ready.status, ready.text], [202, ""]);
  for (const headers of [{}, { "mcp-protocol-version": LEGACY }, { "mcp-protocol-version": "2025-06-18" }]) {
    for (const method of ["ping", "tools/list"]) {
      const answer = await post(bench, message(method), { headers });
      assert.equal(answer.status, 200);
      assertAnswer(LEGACY, method, answer.body);
    }
    const unknown = await post(bench, message("resources/list"), { headers });
    assert.deepEqual([unknown.status, unknown.body.error.code], [200, -32601]);
  }
  for (const method of ["GET", "DELETE"]) {
    const stream = await request(bench.worker, method, "/mcp", { headers: { accept: "text/event-stream", "mcp-protocol-version": LEGACY } });
    assert.equal(stream.status, 405, "by which clients know that there is no stream and no session");
    assert.match(stream.headers.get("allow"), /POST/);
  }
});

test("a client that reads only streams gets its answer as the one event of a stream", async () => {
  const hello = { jsonrpc: "2.0", id: "a\nb", method: "tools/call", params: { name: "list_social_accounts", arguments: { id: account.id } } };
  const answer = await post(bench, hello, { headers: { accept: "text/event-stream" } });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/event-stream"]);
  const [, data] = answer.text.match(/^event: message\ndata: (.+)\n\n$/);
  assertAnswer(LEGACY, "tools/call", JSON.parse(data));
  assert.equal(JSON.parse(data).id, "a\nb");
  for (const accept of ["*/*", "application/json", "application/json, text/event-stream"]) {
    assert.equal((await post(bench, hello, { headers: { accept } })).headers.get("content-type"), "application/json", accept);
  }
});

test("a request of the revision in force has true headers", async () => {
  const call = { name: "list_posts", arguments: {} };
  for (const [headers, code] of [
    [{ "mcp-method": "tools/list" }, -32020],
    [{ "mcp-method": "" }, -32020],
    [{ "mcp-name": "get_post" }, -32020],
    [{ "mcp-protocol-version": LEGACY }, -32020],
    [{ "mcp-protocol-version": "2030-01-01" }, -32022],
  ]) {
    const { status, error } = await ask(bench, "tools/call", call, { headers });
    assert.deepEqual([status, error.code], [400, code], JSON.stringify(headers));
  }
  const encoded = `=?base64?${Buffer.from("list_posts").toString("base64")}?=`;
  assert.equal((await ask(bench, "tools/call", call, { headers: { "mcp-name": encoded } })).status, 200);
  const gone = await ask(bench, "ping");
  assert.deepEqual([gone.status, gone.error.code], [404, -32601]);
  const unknown = await ask(bench, "tools/call", { name: "drop_tables" });
  assert.deepEqual([unknown.status, unknown.error.code], [400, -32602]);
  const asBatch = JSON.stringify([{ jsonrpc: "2.0", id: 1, method: "ping" }, { jsonrpc: "2.0", id: 2, method: "ping" }]);
  for (const body of ["", "[]", asBatch, "{", '{"jsonrpc":"2.0","id":null,"method":"ping"}']) {
    const answer = await post(bench, body);
    assert.deepEqual([answer.status, answer.body.jsonrpc], [400, "2.0"], body);
  }
});

test("whoever has no good key is told only that, and how to come in", async () => {
  for (const key of [null, "wrong", NOBODY]) {
    for (const body of ["{", { jsonrpc: "2.0", id: 1, method: "tools/list" }]) {
      const answer = await post(bench, body, { key });
      assertRefused(answer, 401, "invalid_api_key");
      const challenge = answer.headers.get("www-authenticate");
      assert.deepEqual([/^Bearer /.test(challenge), challenge.includes('error="invalid_token"')], [true, key !== null]);
    }
  }
  const { key, id } = await newKey(bench, { scopes: ["read"] });
  assert.equal((await ask(bench, "tools/list", {}, { key })).status, 200);
  await bench.api.delete(`/v1/api-keys/${id}`);
  assertRefused(await ask(bench, "tools/list", {}, { key }), 401, "invalid_api_key");
});

test("a signed-in browser and the token of a page are no agents", async () => {
  const ours = { "sec-fetch-site": "same-origin" };
  const { key } = await newKey(bench);
  const json = { "content-type": "application/json" };
  const signedIn = await request(bench.worker, "POST", "/v1/dashboard/session", { headers: { ...ours, ...json }, body: JSON.stringify({ key }) });
  const cookie = cookieOf(signedIn);
  assertRefused(await ask(bench, "tools/list", {}, { key: null, headers: { ...ours, cookie } }), 401, "invalid_api_key");
  const page = await newPage(bench, { tenant_id: "t" });
  const refused = await post(bench, { jsonrpc: "2.0", id: 1, method: "ping" }, { key: page.token, headers: { origin: SITE } });
  assertRefused(refused, 403, "origin_not_allowed");
  assertRefused(await ask(bench, "tools/list", {}, { key: page.token, headers: { origin: OFFICE } }), 403, "origin_not_allowed");
});

test("a page of an origin that nobody has allowed is refused, with a good key too", async () => {
  for (const origin of ["https://evil.example", "null", SITE, bench.worker.api]) {
    assertRefused(await ask(bench, "tools/list", {}, { headers: { origin } }), 403, "origin_not_allowed");
  }
  const allowed = await ask(bench, "tools/list", {}, { headers: { origin: OFFICE } });
  assert.deepEqual([allowed.status, allowed.headers.get("access-control-allow-origin")], [200, OFFICE]);
  const asked = await request(bench.worker, "OPTIONS", "/mcp", { headers: { origin: OFFICE, "access-control-request-method": "POST" } });
  assert.match(asked.headers.get("access-control-allow-headers"), /Mcp-Method/);
});

test("a key is shown the tools that it can use, and a tool beyond its scopes is refused", async () => {
  const reader = await newKey(bench, { scopes: ["read"] });
  const connector = await newKey(bench, { scopes: ["connect"] });
  const narrow = await newKey(bench, { account_id: account.id });
  const shown = await toolsOf(bench, reader.key);
  assert.ok(shown.includes("list_posts") && !shown.includes("create_post") && !shown.includes("get_auth_url"), `${shown}`);
  assert.deepEqual(await toolsOf(bench, connector.key), ["get_auth_url", "delete_social_account"]);
  const ofAccount = await toolsOf(bench, narrow.key);
  assert.ok(ofAccount.includes("create_post") && !ofAccount.includes("list_media"), `${ofAccount}`);
  const refused = await ask(bench, "tools/call", { name: "delete_social_account", arguments: { account_id: account.id } }, { key: reader.key });
  assertRefused(refused, 403, "insufficient_key_scope");
  const metadata = `resource_metadata="${bench.worker.origin}/.well-known/oauth-protected-resource/mcp"`;
  assert.equal(refused.headers.get("www-authenticate"), `Bearer error="insufficient_scope", scope="read connect", ${metadata}`);
});

test("a refusal is a result that says what to do, and the audit has what was done", async () => {
  const wrong = await use(bench, "create_post", { accounts: ["nobody"], content: "hi" });
  assert.match(wrong.text, /unknown_account[^]*list[^]*req_/);
  const unknown = await use(bench, "create_post", { accounts: [account.id], content: "hi", colour: "red" });
  assert.match(unknown.text, /colour/);
  assert.match(unknown.text, /is no argument of create_post, which takes (?!.*dryRun).*`idempotency_key` \(invalid_payload\)/);
  assert.match(wrong.text, /`list_social_accounts` lists/);
  const path = await use(bench, "get_post", { post_id: "../settings" });
  assert.match(path.text, /^`post_id`: is not an id \(invalid_payload\)\n.+\nDetails: \{"post_id":.+\}\nRequest: req_/);
  const { key, id } = await newKey(bench, { scopes: ["publish", "read"], tenant_id: "t" });
  const { post: draft } = await use(bench, "create_post", { accounts: [account.id], content: "draft", isDraft: true }, { key });
  const deeds = (await bench.api.get(`/v1/audit?target_id=${draft.id}`)).body.data;
  assert.deepEqual(deeds.map(({ key_id, action }) => [key_id, action]), [[id, "post.created"]]);
  assert.ok((await use(bench, "update_post", { post_id: draft.id, content: "changed" }, { key })).post);
  assert.match((await use(bench, "delete_post", { post_id: draft.id }, { key })).message, /./);
});

test("no result has the client id of an X app", async () => {
  for (const [name, args] of [["list_social_networks", {}], ["get_social_network", {}]]) {
    const text = JSON.stringify(await use(bench, name, args));
    assert.ok(text.includes(bench.network.id) && !text.includes("client_key") && !text.includes(bench.network.client_key), text);
  }
});

test("another tenant's key sees no row of this one in any tool", async () => {
  const { key } = await newKey(bench, { tenant_id: "another" });
  const picture = await use(bench, "upload_media", { data: png().toString("base64"), filename: "ours.png", tenant_id: "t" });
  const { post: draft } = await use(bench, "create_post", { accounts: [account.id], content: "ours alone", isDraft: true });
  const [post_id, account_id, media_id] = [draft.id, account.id, picture.data.id];
  const theirs = {
    list_social_accounts: {}, list_posts: {}, list_media: {}, get_account_usage: {}, list_social_networks: {}, get_social_network: {},
    ...Object.fromEntries(["get_social_account", "get_account_metrics", "get_account_limits", "delete_social_account"].map((name) => [name, { account_id }])),
    ...Object.fromEntries(
      ["get_post", "delete_post", "request_approval", "retry_post", "delete_remote_post", "get_post_analytics", "get_replies"].map((name) => [name, { post_id }]),
    ),
    update_post: { post_id, content: "theirs" }, create_reply: { post_id, content: "theirs" }, repost_post: { post_id, account: account_id },
    create_post: { accounts: [account_id], content: "theirs" }, preview_post: { accounts: [account_id], content: "theirs" }, get_media: { media_id },
    upload_media: { data: png().toString("base64"), filename: "theirs.png" }, get_auth_url: { tenant_id: "t" },
  };
  assert.deepEqual(Object.keys(theirs).sort(), (await toolsOf(bench, key)).sort(), "every tool is tried");
  for (const [name, args] of Object.entries(theirs)) {
    const shown = await use(bench, name, args, { key });
    const text = shown.isError ? shown.text : JSON.stringify(shown);
    for (const ours of ["ours", account.username, ...Object.values(args).flat().includes(account_id) ? [] : [account_id]]) {
      assert.ok(!text.includes(ours), `${name}: ${text}`);
    }
    if ("post_id" in args || "account_id" in args || "media_id" in args) assert.match(shown.text, /not_found/, name);
    if ("accounts" in args) assert.match(shown.text, /unknown_account/, name);
  }
  assert.equal((await use(bench, "list_social_accounts", {}, { key })).count, 0);
  assert.equal((await use(bench, "list_posts", {}, { key })).count, 0);
  assert.equal((await use(bench, "get_post", { post_id })).post.containers[0].content, "ours alone");
  assert.ok(textsAt(bench, account).every((text) => text !== "theirs"));
});

test("a list of posts is short however long its posts are, and says so; one post is whole", async () => {
  const containers = Array.from({ length: 25 }, (_, at) => ({ content: `part ${at} `.padEnd(280, "lorem ipsum ") }));
  const { post } = await use(bench, "create_post", { accounts: [account.id], containers, isDraft: true });
  const { result } = await ask(bench, "tools/call", { name: "list_posts", arguments: { limit: 1 } });
  const [shown] = result.structuredContent.posts;
  assert.deepEqual([shown.id, shown.containers.length], [post.id, 10]);
  assert.match(result.content[1].text, /^Shortened: .*get_post/);
  assert.ok(JSON.stringify(result).length < 20_000, `${JSON.stringify(result).length}`);
  const whole = await use(bench, "get_post", { post_id: post.id });
  assert.deepEqual(whole.post.containers.map(({ content }) => content), containers.map(({ content }) => content));
});

test("every tool that lists takes the filters of its call", async () => {
  const { post } = await use(bench, "create_post", { accounts: [account.id], content: "a needle in a stack", isDraft: true });
  const found = await use(bench, "list_posts", { q: "NEEDLE", sort: "createdAt", order: "asc", limit: 1 });
  assert.deepEqual(found.posts.map(({ id }) => id), [post.id]);
  const one = await use(bench, "list_social_accounts", { id: account.id });
  assert.deepEqual(one.data.map(({ id }) => id), [account.id]);
});
