/** docs/API.md, section 9: calls that go through to X. */

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { CREATE_CALL, ME_CALL } from "../support/calls.mjs";
import { createPost, faultAtX, fromNow, newAccount, postIn, postWhen, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey } from "../support/keys.mjs";

let bench;
let account;
let door;
before(async () => {
  // A doubt is settled in a second.
  bench = await startBench({ vars: { SETTLE_MS: "1000" } });
  account = await newAccount(bench, { tenant_id: "door" });
  door = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
});
beforeEach(() => bench.x.clearRequests());
after(() => bench?.stop());

const inner = (path, { id } = account) => `/v1/social-accounts/${id}/x/2${path}`;
/** The same call by both doors. */
const both = (path) => [[door.api, `/2${path}`], [bench.api, inner(path)], [door.api, inner(path)]];

/** A refusal of ours on these doors: X's shape, our code. */
function assertProblem({ status, headers, body, text }, expected, code) {
  assert.deepEqual([status, body?.code], [expected, code], text);
  assert.match(headers.get("content-type"), /^application\/problem\+json/);
  assert.deepEqual([body.status, body.type], [expected, "about:blank"]);
  assert.ok(body.title && body.detail, text);
  assert.equal(body.request_id, headers.get("x-request-id"));
}

/** A path as it is written, which `fetch` would tidy up. */
function raw(path, { method = "GET", key = door.key, headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const options = { method, port: bench.worker.port, path, headers: { authorization: `Bearer ${key}`, ...headers } };
    const sent = httpRequest(options, async (answer) => {
      const chunks = await answer.toArray();
      resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(chunks) });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

test("what X says comes back as it is, with its limits and without its cookies", async () => {
  for (const [by, path] of both("/users/me")) {
    bench.x.fault({
      ...ME_CALL, kind: "answer", status: 418, body: '{"odd" : true}',
      headers: {
        "content-type": "application/vnd.x+json", "set-cookie": "guest_id=1", "x-rate-limit-limit": "75", "x-rate-limit-remaining": "74",
        "x-rate-limit-reset": "1795427100", "x-user-limit-24hour-limit": "9", "api-version": "2.167", server: "x", location: "https://evil.example",
      },
    });
    const { status, headers, text } = await by.get(path);
    assert.deepEqual([status, text], [418, '{"odd" : true}']);
    assert.equal(headers.get("content-type"), "application/vnd.x+json");
    assert.equal(headers.get("x-rate-limit-remaining"), "74");
    assert.equal(headers.get("x-user-limit-24hour-limit"), "9");
    assert.deepEqual([headers.get("set-cookie"), headers.get("location")], [null, null]);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.ok(headers.get("x-request-id"));
  }
});

test("what is not JSON is a document without rights, whatever it calls itself", async () => {
  const page = "<script>alert(origin)</script>";
  const documents = ["text/html; charset=utf-8", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/octet-stream", "text/plain", "text/html, application/json", null];
  for (const [by, path] of both("/users/me")) {
    for (const type of documents) {
      bench.x.fault({ ...ME_CALL, kind: "answer", status: 200, headers: type ? { "content-type": type } : {}, body: page });
      const { headers, text } = await by.get(path);
      assert.equal(text, page);
      assert.equal(headers.get("content-security-policy"), "sandbox; default-src 'none'", type);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
    }
    assert.equal((await by.get(path)).headers.get("content-security-policy"), null, "JSON");
    bench.x.fault({ ...ME_CALL, kind: "answer", preset: "unauthorized" });
    assert.equal((await by.get(path)).headers.get("content-security-policy"), null, "a problem of X's");
  }
});

test("a question with a body is asked without it", async () => {
  for (const root of ["/2", `/v1/social-accounts/${account.id}/x/2`]) {
    for (const body of ["{}", "x".repeat(10_000)]) {
      const headers = { "content-type": "application/json", "content-length": body.length };
      const { status, bytes } = await raw(`${root}/users/me`, { headers, body });
      assert.equal(status, 200, `${root}: ${bytes}`);
    }
  }
  assert.deepEqual([...new Set(bench.x.requests(ME_CALL).map(({ size }) => size))], [0]);
});

test("a post that cannot be read is counted as the dearest, and given back when X refuses it", async () => {
  const cost = async () => (await bench.api.get("/v1/account/usage")).body.usage.x_cost.estimate_usd;
  const send = (body) => door.api.send("POST", "/2/tweets", { headers: { "content-type": "application/json" }, body });
  for (const body of ["{", '\ufeff{"text":"a"}', '{"text":"a","text":"see example.com"}', '{"text":7}']) {
    const before = await cost();
    bench.x.fault({ ...CREATE_CALL, kind: "answer", status: 201, headers: { "content-type": "application/json" }, body: '{"data":{"id":"1"}}' });
    assert.equal((await send(body)).status, 201);
    assert.equal(Math.round(((await cost()) - before) * 1000), 200, body);
    bench.x.fault({ ...CREATE_CALL, kind: "answer", status: 400, body: "{}" });
    assert.equal((await send(body)).status, 400);
    assert.equal(Math.round(((await cost()) - before) * 1000), 200, body);
  }
  assert.deepEqual([...new Set(bench.x.requests(CREATE_CALL).map(({ size }) => size > 0))], [true]);
});

test("X gets the account's token, content type and accept, and nothing else of the caller's", async () => {
  const headers = { accept: "application/json;v=2", "content-type": "application/json", cookie: "a=b", "x-forwarded-for": "1.2.3.4", "user-agent": "spy/1" };
  for (const [by, path] of both("/tweets?expansions=author_id&a=%20b")) {
    await by.post(path, { text: `headers ${path}` }, headers);
    const sent = bench.x.requests(CREATE_CALL).at(-1);
    assert.deepEqual({ ...sent.query }, { expansions: "author_id", a: " b" });
    assert.equal(JSON.parse(sent.body).text, `headers ${path}`);
    assert.equal(sent.headers.accept, headers.accept);
    assert.equal(sent.headers["content-type"], "application/json");
    assert.notEqual(sent.headers["user-agent"], headers["user-agent"]);
    assert.ok(bench.x.tokens({ username: account.username }).some(({ text }) => sent.headers.authorization === `Bearer ${text}`));
    // `cf-worker` is the platform's: the zone that a Worker calls from.
    const known = ["cf-worker", "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host", "transfer-encoding", "user-agent"];
    assert.deepEqual(Object.keys(sent.headers).filter((name) => !known.includes(name)), []);
  }
});

test("bytes go both ways as they are, and a body's length is told", async () => {
  const bytes = Buffer.alloc(3_000_000, 0x80);
  const boundary = "b".repeat(20);
  const part = (name, rest) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${rest}\r\n\r\n`;
  const body = Buffer.concat([
    Buffer.from(`${part("media_category", "")}tweet_image\r\n${part("media", '; filename="a"')}`), bytes, Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}`, "content-length": body.length };
  await raw("/2/media/upload", { method: "POST", headers, body });
  const [sent] = bench.x.requests({ method: "POST", path: "/2/media/upload" });
  assert.deepEqual([sent.size, sent.headers["content-length"]], [body.length, String(body.length)]);
  bench.x.fault({ ...ME_CALL, kind: "answer", status: 200, headers: { "content-type": "application/octet-stream" }, body: "\u0000raw\n" });
  const { bytes: back } = await raw("/2/users/me");
  assert.equal(back.toString(), "\u0000raw\n");
});

test("an answer is passed on while X is still writing it", async () => {
  bench.x.fault({ ...ME_CALL, kind: "slow-body", ms: 1500 });
  const answer = await fetch(`${bench.worker.api}/2/users/me`, { headers: { authorization: `Bearer ${door.key}`, "accept-encoding": "identity" } });
  const reader = answer.body.getReader();
  const first = await reader.read();
  assert.ok(first.value.length > 0);
  let rest = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value.length;
  assert.ok(rest > 0, "the first piece came before the last");
});

test("only the paths of X's areas are passed on, whatever they are written as", async () => {
  const refused = [
    "/oauth2/token", "/oauth2/revoke", "/dm_conversations", "/compliance/jobs", "", "/", "//tweets", "/tweets//1", "/tweets/../oauth2/token",
    "/tweets/%2e%2e/oauth2/token", "/tweets/%2E%2E/%2E%2E/oauth2/token", "/tweets%2f1", "/tweets/1%2F2", "/tweets%5c1", "/tweets/..%5coauth2", "/tweets\\..\\oauth2\\token",
    "/tweets/%00", "/tweets/1%0d%0aX:y", "/TWEETS/1", "/tweets/1;a=b", "/tweets/%252e%252e/oauth2", "/./oauth2/token", "/users/@me",
  ];
  for (const root of ["/2", `/v1/social-accounts/${account.id}/x/2`]) {
    for (const path of refused) {
      const { status, bytes } = await raw(root + path, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
      assert.ok(status === 404 || status === 400, `${root}${path}: ${status} ${bytes}`);
    }
  }
  assert.deepEqual(bench.x.requests(), []);
  assertProblem(await door.api.get("/2/oauth2/token"), 404, "not_found");
});

test("a bad key is 401 in X's words, at both doors", async () => {
  for (const path of ["/2/users/me", inner("/users/me"), "/2/oauth2/token"]) {
    const answer = await bench.api.get(path, { authorization: "Bearer lk_unknown" });
    assertProblem(answer, 401, "invalid_api_key");
  }
  assert.deepEqual(bench.x.requests(), []);
});

test("the root door is for keys of one account", async () => {
  assertProblem(await bench.api.get("/2/users/me"), 403, "insufficient_key_scope");
});

test("reading needs read, everything else publish", async () => {
  const [reader, writer] = [await newKey(bench, { account_id: account.id, scopes: ["read"] }), await newKey(bench, { account_id: account.id, scopes: ["publish"] })];
  for (const path of ["/2", inner("")]) {
    assert.equal((await reader.api.get(`${path}/users/me`)).status, 200);
    assert.equal((await reader.api.send("HEAD", `${path}/users/me`)).status, 404, "the stand-in has no HEAD: X was asked");
    assertProblem(await writer.api.get(`${path}/users/me`), 403, "insufficient_key_scope");
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      assertProblem(await reader.api.send(method, `${path}/tweets/1`), 403, "insufficient_key_scope");
    }
    assert.equal((await writer.api.post(`${path}/tweets`, { text: `written ${path}` })).status, 201);
  }
  bench.x.clearRequests({ unmatched: true });
});

test("a deleted key opens no door from its deletion on", async () => {
  const key = await newKey(bench, { account_id: account.id, scopes: ["read"] });
  assert.equal((await key.api.get("/2/users/me")).status, 200);
  assert.equal((await bench.api.delete(`/v1/api-keys/${key.id}`)).status, 200);
  assertProblem(await key.api.get("/2/users/me"), 401, "invalid_api_key");
  assertProblem(await key.api.get(inner("/users/me")), 401, "invalid_api_key");
});

test("a removed account's keys open no door", async () => {
  const other = await newAccount(bench);
  const key = await newKey(bench, { account_id: other.id, scopes: ["read"] });
  assert.equal((await key.api.get("/2/users/me")).status, 200);
  await bench.api.delete(`/v1/social-accounts/${other.id}`);
  assertProblem(await key.api.get("/2/users/me"), 401, "invalid_api_key");
});

/** The Worker's own question after a refresh names its fields. */
const isPassed = ({ query }) => !("user.fields" in query);

test("a 401 of X comes back as it is, and the next call has a fresh token", async () => {
  for (const [at, [by, path]] of both("/users/me").entries()) {
    for (const { text, kind, live } of bench.x.tokens({ username: account.username })) {
      if (live && kind === "access") bench.x.expireToken({ token: text });
    }
    const refused = await by.get(path);
    assert.deepEqual([refused.status, refused.body.title], [401, "Unauthorized"], `${at}`);
    assert.equal(bench.x.requests({ ...ME_CALL, status: 401 }).filter(isPassed).length, at + 1, "never sent twice");
    assert.equal((await by.get(path)).status, 200);
  }
});

test("a call that X does not answer is never sent again", async () => {
  for (const [kind, effects] of [["close", 0], ["effect-then-close", 1]]) {
    bench.x.clearRequests();
    faultAtX(bench, { kind });
    const text = `lost by ${kind}`;
    assertProblem(await door.api.post("/2/tweets", { text }), 502, "x_unavailable");
    assert.equal(bench.x.requests(CREATE_CALL).length, 1);
    assert.equal(textsAt(bench, account).filter((other) => other === text).length, effects);
  }
});

test("a call with a body is not sent again either, on a connection that was used before", async () => {
  for (const [api, path] of both("/tweets/1")) {
    assert.equal((await api.get(path.replace("/tweets/1", "/users/me"))).status, 200);
    bench.x.fault({ method: "DELETE", path: "/2/tweets/{id}", kind: "close" });
    assertProblem(await api.send("DELETE", path, { headers: { "content-type": "application/json" }, body: "{}" }), 502, "x_unavailable");
  }
});

test("a compressed body is refused before X is asked", async () => {
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  for (const [api, path] of [...both("/tweets"), ...both("/media/upload")]) {
    assertProblem(await api.send("POST", path, { headers, body: gzipSync('{"text":"packed"}') }), 415, "unsupported_media_type");
  }
  assert.deepEqual(bench.x.requests({ method: "POST", status: null }), []);
});

test("an answer with a status that HTTP has not is an answer of X that cannot be read, and its price stays counted", async () => {
  const spent = async () => (await bench.api.get("/v1/account/usage")).body.usage.x_cost.estimate_usd;
  for (const status of [600, 999]) {
    const before = await spent();
    const odd = { kind: "answer", status, headers: { "content-type": "application/json" }, body: "{}" };
    bench.x.fault({ ...CREATE_CALL, ...odd });
    assertProblem(await door.api.post("/2/tweets", { text: `answered ${status}` }), 502, "x_invalid_response");
    assert.ok((await spent()) > before, `${status}`);
    bench.x.fault({ ...ME_CALL, ...odd });
    assertProblem(await door.api.get("/2/users/me"), 502, "x_invalid_response");
  }
});

test("X's limits are remembered, and a spent one refuses writes before X does", async () => {
  const other = await newAccount(bench);
  const key = await newKey(bench, { account_id: other.id, scopes: ["read", "publish"] });
  bench.x.set({ limits: { "POST /2/tweets": { user_15min: 2 } } });
  assert.equal((await key.api.post("/2/tweets", { text: "one" })).status, 201);
  assert.equal((await key.api.post("/2/tweets", { text: "two" })).status, 201);
  const { data } = (await bench.api.get(`/v1/social-accounts/${other.id}/limits`)).body;
  assert.equal(data.find(({ endpoint, window }) => endpoint === "POST /2/tweets" && window === "15min").remaining, 0);
  bench.x.clearRequests();
  const third = await key.api.post("/2/tweets", { text: "three" });
  assertProblem(third, 429, "rate_limited");
  assert.ok(Number(third.headers.get("retry-after")) > 0);
  const told = ["limit", "remaining", "reset"].map((name) => third.headers.get(`x-rate-limit-${name}`));
  assert.deepEqual(told.slice(0, 2), ["2", "0"]);
  assert.equal(new Date(told[2] * 1000).toISOString(), data.find(({ endpoint, window }) => endpoint === "POST /2/tweets" && window === "15min").reset_at);
  assert.deepEqual(bench.x.requests(), []);
  const waiting = await createPost(bench, other, { content: "waits for the same window" });
  await postWhen(bench, waiting.id, ({ next_attempt_at }) => next_attempt_at > fromNow(60_000));
  bench.x.set({ limits: {} });
});

test("a spent day is told under its own name and where X's clients look", async () => {
  const app = bench.x.addApp({ name: "spent", callbacks: [`${bench.worker.origin}/connect/callback/x`] });
  const network = { network: "x", client_key: app.client_id, client_secret: app.client_secret, tenant_id: "spent" };
  assert.equal((await bench.api.post("/v1/social-networks", network)).status, 201);
  const [one, other] = [await newAccount(bench, { tenant_id: "spent" }), await newAccount(bench, { tenant_id: "spent" })];
  const keyOf = ({ id }) => newKey(bench, { account_id: id, scopes: ["publish"] });
  const [first, second] = [await keyOf(one), await keyOf(other)];
  faultAtX(bench, { kind: "answer", preset: "rate-limit-24h" });
  assert.equal((await first.api.post("/2/tweets", { text: "X says no" })).status, 429);
  const refused = await first.api.post("/2/tweets", { text: "we say no" });
  assertProblem(refused, 429, "rate_limited");
  const of = ({ headers }, prefix) => ["limit", "remaining"].map((name) => headers.get(`${prefix}-${name}`));
  assert.deepEqual(of(refused, "x-app-limit-24hour"), ["17", "0"]);
  assert.deepEqual(of(refused, "x-rate-limit"), ["1080000", "1079999"], "as X told it");
  // The ledger hears of it with the account's next report, and then every account of the app does.
  await createPost(bench, one, { content: "waits for the day" });
  const elsewhere = await eventually(() => second.api.post("/2/tweets", { text: "of another account" }), ({ status }) => status === 429);
  assertProblem(elsewhere, 429, "rate_limited");
  for (const prefix of ["x-app-limit-24hour", "x-rate-limit"]) {
    assert.deepEqual(of(elsewhere, prefix), ["17", "0"], prefix);
    assert.ok(Number(elsewhere.headers.get(`${prefix}-reset`)) * 1000 > Date.now() + 3_600_000, prefix);
  }
});

test("a post that a caller created settles no doubt of ours", async () => {
  const other = await newAccount(bench);
  const key = await newKey(bench, { account_id: other.id, scopes: ["read", "publish"] });
  // Ours is lost before it had an effect; the caller then says the same.
  faultAtX(bench, { kind: "close" });
  const lost = await createPost(bench, other, { content: "said by both" });
  await postIn(bench, lost.id, "unknown");
  const { body } = await key.api.post("/2/tweets", { text: "said by both" });
  // Two reads find the caller's post and do not take it for ours, which is then sent once more: X refuses the second
  // of the same text, and ours stays in doubt.
  await bench.x.received({ ...CREATE_CALL, count: 3, wait_ms: 20_000 });
  const [delivery] = (await postIn(bench, lost.id, "unknown")).socialAccounts;
  assert.notEqual(delivery.platformPostId, body.data.id);
});

test("writes wait for a paused app, reads do not", async () => {
  const app = bench.x.addApp({ name: "paused", callbacks: [`${bench.worker.origin}/connect/callback/x`] });
  const network = { network: "x", client_key: app.client_id, client_secret: app.client_secret, tenant_id: "paused" };
  assert.equal((await bench.api.post("/v1/social-networks", network)).status, 201);
  const other = await newAccount(bench, { tenant_id: "paused" });
  const key = await newKey(bench, { account_id: other.id, scopes: ["read", "publish"] });
  faultAtX(bench, { kind: "answer", preset: "credits-new" });
  const held = await createPost(bench, other, { content: "held" });
  await postIn(bench, held.id, "held");
  bench.x.clearRequests();
  assertProblem(await key.api.post("/2/tweets", { text: "not now" }), 402, "credits_depleted");
  assertProblem(await bench.api.post(inner("/tweets", other), { text: "not now" }), 402, "credits_depleted");
  assert.deepEqual(bench.x.requests(CREATE_CALL), []);
  assert.equal((await key.api.get("/2/users/me")).status, 200);
});

test("the doors work again after a crash", async () => {
  await bench.worker.kill();
  await bench.worker.restart();
  assert.equal((await door.api.get("/2/users/me")).body.data.username, account.username);
});

test("an account without a grant says so", async () => {
  const user = await newAccount(bench);
  const key = await newKey(bench, { account_id: user.id, scopes: ["read"] });
  bench.x.revokeGrants({ username: user.username });
  assert.equal((await key.api.get("/2/users/me")).status, 401, "X's own");
  assertProblem(await key.api.get("/2/users/me"), 422, "invalid_grant");
});
