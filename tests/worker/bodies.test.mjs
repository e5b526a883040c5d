/** docs/API.md, section 1: what may be sent, and how it is refused. */

import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { SITE, api, connect, createSession, newUser, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

const MIB = 1024 * 1024;
const JSON_TYPE = { "content-type": "application/json" };

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await connect(bench);
});
after(() => bench?.stop());

const send = (body, headers = JSON_TYPE) => bench.api.send("POST", "/v1/posts", { body, headers });

test("whoever has no good key learns nothing about the body it sent", async () => {
  const stranger = api(bench.worker, { key: null });
  for (const [body, headers] of [
    ["{", JSON_TYPE],
    ["hello", { "content-type": "text/plain" }],
    ['{"unknown":1}', { ...JSON_TYPE, "idempotency-key": "\u00e9" }],
  ]) {
    assertRefused(await stranger.send("POST", "/v1/posts", { body, headers }), 401, "invalid_api_key");
  }
});

test("an unknown field is refused at its path and nothing is created", async () => {
  const base = { content: "unknown field", accounts: [account.id] };
  const containers = [{ content: "a" }, { content: "b", colour: 1 }];
  const refusals = [
    [await bench.api.post("/v1/posts", { ...base, colour: 1 }), "colour"],
    [await bench.api.post("/v1/posts", { accounts: [account.id], containers }), "containers.1.colour"],
    [await bench.api.post("/v1/connect-sessions", { origin: SITE, colour: 1 }), "colour"],
    [await bench.api.post("/v1/social-networks/x/auth-url", { colour: 1 }), "colour"],
    [await bench.api.post("/v1/social-networks/x/verify", { colour: 1 }), "colour"],
    [await bench.api.patch(`/v1/social-networks/${bench.network.id}`, { colour: 1 }), "colour"],
    [await bench.api.post("/v1/social-networks", { network: "x", client_key: "a", client_secret: "b", key: 1 }), "key"],
  ];
  for (const [answer, path] of refusals) {
    const { message } = assertRefused(answer, 400, "invalid_payload", path);
    assert.ok(message.includes(path), message);
  }
  assert.deepEqual(bench.x.posts({ text: "unknown field" }), []);
});

test("a missing field and one of a wrong type are refused at their paths", async () => {
  const refusals = [
    [{ content: "a" }, "accounts"],
    [{ accounts: ["x"] }, "content"],
    [{ content: 1, accounts: ["x"] }, "content"],
    [{ content: "a", accounts: "x" }, "accounts"],
    [{ containers: [{}], accounts: ["x"] }, "containers.0.content"],
    [{ containers: [{ content: "a" }, { content: "" }], accounts: ["x"] }, "containers.1.content"],
    [{ containers: [], accounts: ["x"] }, "containers"],
    [{ containers: Array(26).fill({ content: "a" }), accounts: ["x"] }, "containers"],
    [{ content: "a", containers: [{ content: "b" }], accounts: ["x"] }, "content"],
    [{ content: "a", accounts: [] }, "accounts"],
  ];
  for (const [body, path] of refusals) {
    assertRefused(await bench.api.post("/v1/posts", body), 400, "invalid_payload", path);
  }
});

test("an array stands for no object, at any depth", async () => {
  for (const [fields, path] of [
    [{ containers: [["a"]] }, "containers.0"],
    [{ containers: [{ content: "a", media: [["https://example.com/a.png"]] }] }, "containers.0.media.0"],
  ]) {
    const { details } = assertRefused(await bench.api.post("/v1/posts", { accounts: ["x"], ...fields }), 400, "invalid_payload", path);
    assert.match(JSON.stringify(details), /expected an object/);
  }
});

test("a repeated field counts as it was said last, and a mistake in it has its path", async () => {
  const body = (field) => `{"accounts":["x"],"containers":[{"content":"a","content":${field}}]}`;
  assertRefused(await send(body("1")), 400, "invalid_payload", "containers.0.content");
  assertRefused(await send(body('""')), 400, "invalid_payload", "containers.0.content");
});

test("a body that is no object is refused as such", async () => {
  for (const body of ["[]", '"text"', "null", "7"]) assertRefused(await send(body), 400, "invalid_payload");
});

test("names of the original that mean nothing for X are warned of", async () => {
  const extra = { processMedia: true, instagram: { type: "reel" } };
  const post = await bench.api.post("/v1/posts", { content: "warned", accounts: [account.id], ...extra });
  assert.equal(post.status, 200);
  for (const name of Object.keys(extra)) assert.ok(post.body.warnings.some((warning) => warning.includes(name)), name);
  const link = await bench.api.post("/v1/social-networks/x/auth-url", { force_account_selection: true });
  assert.equal(link.status, 200);
  assert.match(link.body.warnings.join(), /force_account_selection/);
});

test("a JSON body of 1 MiB is read and a larger one is refused, with or without a length", async () => {
  const filled = (bytes) => JSON.stringify({ accounts: ["nobody"], content: "a" }).padEnd(bytes);
  assertRefused(await send(filled(MIB)), 400, "unknown_account");
  assertRefused(await send(filled(MIB + 1)), 413, "payload_too_large");
  const body = new Blob([filled(MIB + 1)]).stream();
  const answer = await bench.api.send("POST", "/v1/posts", { headers: JSON_TYPE, body, duplex: "half" });
  assertRefused(answer, 413, "payload_too_large");
});

test("a body that breaks off is refused as such, whether its length was said or not", async () => {
  for (const [framing, part] of [["content-length: 400", '{"accounts"'], ["transfer-encoding: chunked", 'b\r\n{"accounts"\r\n']]) {
    for (const [path, answered] of [["/v1/posts", "invalid_payload"], ["/oauth/token", "invalid_request"]]) {
      const { status, body } = await brokenOff(path, framing, part);
      assert.deepEqual([status, body.code ?? body.error], [400, answered], `${path}, ${framing}`);
    }
  }
});

/** Sends the beginning of a body, and says that no more comes. */
async function brokenOff(path, framing, part) {
  const { port } = bench.worker;
  const socket = createConnection({ host: "127.0.0.1", port, allowHalfOpen: true });
  const type = path === "/v1/posts" ? "application/json" : "application/x-www-form-urlencoded";
  const lines = [`POST ${path} HTTP/1.1`, "host: 127.0.0.1", `authorization: Bearer ${ADMIN_KEY}`, `content-type: ${type}`, framing];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${part}`);
  const answer = Buffer.concat(await socket.toArray()).toString();
  const [head, ...rest] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body: JSON.parse(rest.join("")) };
}

test("an answer of more than 1 MiB is whole", async () => {
  const { username } = newUser(bench, { subscription_type: "Premium" });
  const premium = await connect(bench, { username });
  const texts = Array.from({ length: 50 }, (_, index) => `${index} ${"é".repeat(24_000)}`);
  for (const content of texts) {
    const { status, text } = await bench.api.post("/v1/posts", { content, accounts: [premium.id], isDraft: true });
    assert.equal(status, 200, text);
  }
  const { text, body } = await bench.api.get(`/v1/posts?social_account_id=${premium.id}&limit=100`);
  assert.ok(Buffer.byteLength(text) > MIB);
  assert.deepEqual(body.data.map(({ containers }) => containers[0].content).sort(), texts.sort());
});

test("a body that is not said to be JSON is refused", async () => {
  const body = JSON.stringify({ content: "a", accounts: ["nobody"] });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
    const bytes = new TextEncoder().encode(body);
    assertRefused(await send(bytes, type && { "content-type": type }), 415, "unsupported_media_type");
  }
  for (const type of ["application/json", "Application/JSON; charset=utf-8"]) {
    assertRefused(await send(body, { "content-type": type }), 400, "unknown_account");
  }
});

test("a compressed body is refused by the name of its coding", async () => {
  const body = gzipSync('{"content":"a"}');
  for (const coding of ["gzip", "br", "GZIP"]) {
    const refused = assertRefused(await send(body, { ...JSON_TYPE, "content-encoding": coding }), 415, "unsupported_media_type");
    assert.match(refused.message, RegExp(coding));
  }
  const plain = { ...JSON_TYPE, "content-encoding": "identity" };
  assertRefused(await send("{}", plain), 400, "invalid_payload", "accounts");
});

test("a refusal stays short, however long the names are that it repeats", async () => {
  const long = "n".repeat(300_000);
  for (const body of [{ [long]: 1 }, { content: "to nobody", accounts: [long] }, { content: "x", x: { [long]: 1 }, accounts: ["x"] }]) {
    const answer = await bench.api.post("/v1/posts", body);
    assert.ok(answer.status === 400 && answer.text.length < 20_000, `${answer.status}: ${answer.text.length} characters`);
  }
});

test("a refusal speaks the words of JSON", async () => {
  for (const [fields, message] of [
    [{ accounts: {} }, "expected an array"],
    [{ accounts: ["x"], containers: [7] }, "expected an object"],
    [{ accounts: ["x"], content: 1 }, "expected a string"],
  ]) {
    const refused = assertRefused(await bench.api.post("/v1/posts", { content: "a", ...fields }), 400, "invalid_payload");
    assert.ok(JSON.stringify(refused.details).includes(message), JSON.stringify(refused.details));
  }
});

test("half a character and an empty body are named", async () => {
  assert.match(assertRefused(await send('{"content":"\\ud83d"}'), 400, "invalid_json").message, /half a character/);
  assert.match(assertRefused(await send(""), 400, "invalid_json").message, /empty/);
});

test("malformed JSON is told by line and column", async () => {
  const { message } = assertRefused(await send('{\n  "content": ,\n}'), 400, "invalid_json");
  assert.match(message, /line 2, column 14/);
  assertRefused(await send(""), 400, "invalid_json");
  assertRefused(await send('{"content":"a"} trailing'), 400, "invalid_json");
});

test("a byte order mark in front of a body says nothing, or is refused by its name", async () => {
  const body = (fields) => `\ufeff${JSON.stringify({ accounts: ["nobody"], content: "a", ...fields })}`;
  assertRefused(await send(body()), 400, "unknown_account");
  const settings = await bench.api.send("PATCH", "/v1/settings", { body: "\ufeff{}", headers: JSON_TYPE });
  assert.equal(settings.status, 200, settings.text);
  const verify = await bench.api.send("POST", "/v1/social-networks/x/verify", { body: "\ufeff{}", headers: JSON_TYPE });
  assert.equal(verify.status, 200, verify.text);
  const repeated = { ...JSON_TYPE, "idempotency-key": "with a mark" };
  const draft = JSON.stringify({ content: "marked", accounts: [account.id], isDraft: true });
  const [first, again] = [await send(draft, repeated), await send(`\ufeff${draft}`, repeated)];
  assert.deepEqual([first.status, again.text], [200, first.text], "the same request");
  for (const encoding of ["\ufeff{}", "{}"].map((text) => Buffer.from(text, "utf16le"))) {
    const { message } = assertRefused(await send(encoding), 400, "invalid_json");
    if (encoding[0] === 0xff) assert.match(message, /byte order mark of UTF-16/);
  }
});

test("bytes that are not UTF-8 are refused", async () => {
  const body = Buffer.concat([Buffer.from('{"content":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
  assertRefused(await send(body), 400, "invalid_json");
});

test("a tenant id has 1 to 128 characters of printable ASCII without space, quotes, backslash, < and >", async () => {
  const bodies = {
    "/v1/posts": { content: "a", accounts: ["nobody"] },
    "/v1/connect-sessions": { origin: SITE },
    "/v1/social-networks": { network: "x", client_key: "a", client_secret: "b" },
    "/v1/social-networks/x/auth-url": {},
  };
  for (const [path, body] of Object.entries(bodies)) {
    for (const tenant_id of ["", "a b", "é", 'a"b', "a\\b", "<a", "a>", "a\nb", 1.5, true, "t".repeat(129)]) {
      assertRefused(await bench.api.post(path, { ...body, tenant_id }), 400, "invalid_payload", "tenant_id");
    }
  }
  await createSession(bench, { tenant_id: `A_z-9${"t".repeat(123)}` });
});

test("tenants are called as people call them, and each has its own rows alone", async () => {
  const tenants = ["ada+x@example.com", "auth0|5f7c8ec7", "{6ba7b810-9dad-11d1}", "t1/a:b", "50%25&c=d#e?f", "!$'()*,;[]^`~.", 4217];
  const accounts = new Map();
  for (const tenant_id of tenants) {
    const name = String(tenant_id);
    const { id, tenantId } = await connect(bench, { tenant_id, username: newUser(bench).username });
    assert.equal(tenantId, name);
    accounts.set(name, id);
  }
  for (const [name, id] of accounts) {
    const escaped = encodeURIComponent(name);
    for (const query of [`tenant_id=${escaped}`, `tenantId=${escaped.replaceAll("%2B", "+")}`]) {
      const { data } = (await bench.api.get(`/v1/social-accounts?${query}`)).body;
      assert.deepEqual(data.map((account) => account.id), [id], query);
    }
    const { api: own } = await newKey(bench, { scopes: ["publish", "read"], tenant_id: name });
    const draft = { content: "a draft", accounts: ["x"], isDraft: true };
    const post = await own.post("/v1/posts", draft, { "idempotency-key": "the same for all" });
    assert.equal(post.status, 200, post.text);
    assert.equal(post.headers.get("idempotency-replayed"), null, name);
    const listed = (await bench.api.get(`/v1/posts?tenant_id=${escaped}`)).body.posts;
    assert.deepEqual(listed.map((row) => row.id), [post.body.post.id]);
  }
  const link = await bench.api.get("/v1/social-networks/x/auth-url?tenant_id=ada+x@example.com");
  assert.equal(link.status, 200, link.text);
});
