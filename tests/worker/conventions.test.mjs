/** docs/API.md, section 1: what holds for every call. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, connect, createSession, newUser, startBench } from "../support/client.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";

const BAD_PAGES = ["limit=0", "limit=101", "limit=-1", "limit=1.5", "limit=ten", "limit=", "offset=-1", "offset=x", "after=", "after=x"];
const LISTS = ["social-networks", "social-accounts", "posts", "media", "webhooks", "api-keys", "audit"].map((name) => `/v1/${name}`);
const CALLS = [
  ["POST", "/v1/social-networks"],
  ["GET", "/v1/social-networks"],
  ["GET", "/v1/social-networks/x"],
  ["PATCH", "/v1/social-networks/x"],
  ["DELETE", "/v1/social-networks/net_1"],
  ["POST", "/v1/social-networks/x/verify"],
  ["POST", "/v1/social-networks/x/auth-url"],
  ["GET", "/v1/social-networks/x/auth-url"],
  ["POST", "/v1/connect-sessions"],
  ["GET", "/v1/connect-sessions/cs_1"],
  ["DELETE", "/v1/connect-sessions/cs_1"],
  ["GET", "/v1/social-accounts"],
  ["GET", "/v1/social-accounts/acc_1"],
  ["DELETE", "/v1/social-accounts/acc_1"],
  ["GET", "/v1/social-accounts/acc_1/health"],
  ["POST", "/v1/posts"],
  ["GET", "/v1/posts"],
  ["GET", "/v1/posts/post_1"],
];

let bench;
let account;

before(async () => {
  bench = await startBench();
  account = await connect(bench, { tenant_id: "conventions" });
});
after(() => bench?.stop());

test("every call that takes a key refuses a missing and a wrong one with the same words", async () => {
  for (const [method, path] of CALLS) {
    const answers = await Promise.all([
      api(bench.worker, { key: null }).send(method, path),
      api(bench.worker, { key: "wrong-key-0123456789abcdef0123456789abcdef" }).send(method, path),
      bench.api.send(method, path, { headers: { authorization: "Basic YWJjOmRlZg==" } }),
    ]);
    for (const answer of answers) assertRefused(answer, 401, "invalid_api_key");
    assert.equal(new Set(answers.map(({ body }) => body.message)).size, 1, `${method} ${path}`);
  }
});

test("a key is taken whatever the case of its scheme", async () => {
  const { status } = await bench.api.send("GET", "/v1/posts", {
    headers: { authorization: `bearer ${ADMIN_KEY}` },
  });
  assert.equal(status, 200);
});

test("a trailing slash makes no difference", async () => {
  for (const path of ["/v1/social-networks", "/v1/social-networks/x", "/v1/social-accounts", "/v1/posts", "/healthz"]) {
    const [plain, slashed] = [await bench.api.get(path), await bench.api.get(`${path}/`)];
    assert.deepEqual([slashed.status, slashed.text], [plain.status, plain.text]);
    assert.equal(plain.status, 200);
  }
});

test("every answer is JSON in UTF-8, is never cached, and has a request id of its own", async () => {
  const answers = [
    await bench.api.get("/healthz"),
    await bench.api.get("/v1/posts"),
    await bench.api.get("/v1/nothing"),
    await bench.api.get("/v1/posts/post_1"),
    await bench.api.send("POST", "/v1/posts"),
    await api(bench.worker, { key: null }).get("/v1/posts"),
  ];
  for (const { headers } of answers) {
    assert.equal(headers.get("content-type"), "application/json; charset=utf-8");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("x-request-id"), /^req_[A-Za-z0-9_-]{22}$/);
  }
  assert.equal(new Set(answers.map(({ headers }) => headers.get("x-request-id"))).size, answers.length);
});

test("a success says so and carries the key of its row", async () => {
  const rows = { "/v1/social-networks": "data", "/v1/social-accounts": "data", "/v1/posts": "posts" };
  for (const [path, key] of Object.entries(rows)) {
    const { body } = await bench.api.get(path);
    assert.equal(body.success, true);
    assert.ok(Array.isArray(body[key]), path);
  }
});

test("a path that the contract does not name is not found", async () => {
  for (const [method, path] of [
    ["GET", "/v1"],
    ["GET", "/v1/nothing"],
    ["GET", "/v1/posts/a/b"],
  ]) {
    assertRefused(await bench.api.send(method, path), 404, "not_found");
  }
});

test("`Prefer: wait` counts however it is written", async () => {
  for (const prefer of ['wait="10"', "WAIT=10", 'respond-async, Wait = "10"', "wait=10; note"]) {
    const post = { content: `waits for ${prefer}`, accounts: [account.id] };
    const { body } = await bench.api.post("/v1/posts", post, { prefer });
    assert.equal(body.post.socialAccounts[0].state, "published", prefer);
  }
});

test("an id that nobody has is not found, whatever it looks like", async () => {
  for (const id of ["acc_AAAAAAAAAAAAAAAAAAAAAA", "1", "null", "%2e%2e", "a'b", "x".repeat(500)]) {
    for (const path of [`/v1/social-accounts/${id}`, `/v1/social-accounts/${id}/health`, `/v1/posts/${id}`]) {
      assertRefused(await bench.api.get(path), 404, "not_found");
    }
    assertRefused(await bench.api.get(`/v1/social-networks/${id}`), 404, "not_found");
    assertRefused(await bench.api.delete(`/v1/social-accounts/${id}`), 404, "not_found");
    assertRefused(await bench.api.delete(`/v1/social-networks/${id}`), 404, "not_found");
  }
});

test("ids are prefixed strings and times are ISO 8601 with milliseconds, in every row", async () => {
  const created = await bench.api.post("/v1/posts", { content: "rows", accounts: [account.id] }, { prefer: "wait=10" });
  const session = await createSession(bench);
  const answers = [
    created,
    await bench.api.get("/v1/posts"),
    await bench.api.get("/v1/social-networks"),
    await bench.api.get("/v1/social-accounts"),
    await bench.api.get(`/v1/social-accounts/${account.id}/health`),
    await bench.api.get(`/v1/connect-sessions/${session.id}`),
  ];
  for (const { status, body, text } of answers) {
    assert.equal(status, 200, text);
    assertTimesAndIds(body);
  }
  assertTimesAndIds(session);
});

test("where clients read two spellings both are there and equal", async () => {
  const { body } = await bench.api.post("/v1/posts", { content: "two spellings", accounts: [account.id] });
  assert.deepEqual(body.data.post, body.post);
  const list = (await bench.api.get("/v1/posts")).body;
  assert.deepEqual(list.data, list.posts);
  const row = (await bench.api.get(`/v1/social-accounts/${account.id}`)).body.data;
  assert.deepEqual([row.tenantId, row.tenant_id], ["conventions", "conventions"]);
});

test("both spellings of a filter filter", async () => {
  await connect(bench, { tenant_id: "spelling", username: newUser(bench).username });
  for (const name of ["tenantId", "tenant_id"]) {
    const { body } = await bench.api.get(`/v1/social-accounts?${name}=spelling`);
    assert.deepEqual(body.data.map(({ tenant_id }) => tenant_id), ["spelling"]);
    assert.deepEqual((await bench.api.get(`/v1/posts?${name}=spelling`)).body.posts, []);
    assert.deepEqual((await bench.api.get(`/v1/social-networks?${name}=spelling`)).body.data, []);
  }
  const unique = account.network_unique_id;
  for (const name of ["networkUniqueId", "network_unique_id"]) {
    const { body } = await bench.api.get(`/v1/social-accounts?${name}=${unique}`);
    assert.deepEqual(body.data.map(({ id }) => id), [account.id]);
  }
});

test("an unknown query parameter is a warning", async () => {
  for (const path of ["/v1/social-networks", "/v1/social-accounts", "/v1/posts"]) {
    const { status, body } = await bench.api.get(`${path}?colour=red`);
    assert.equal(status, 200);
    assert.match(body.warnings.join(), /colour/);
    assert.deepEqual((await bench.api.get(path)).body.warnings, []);
  }
});

test("an unknown query parameter that looks like a filter is refused", async () => {
  const paths = [
    "/v1/social-networks?account=a",
    "/v1/social-accounts?tenant=t",
    "/v1/social-accounts?Tenant_Id=t",
    "/v1/social-accounts?accountType=personal",
    "/v1/posts?network=x",
    "/v1/posts?account_id=a",
  ];
  for (const path of paths) {
    const name = /\?(.*)=/.exec(path)[1];
    assertRefused(await bench.api.get(path), 400, "invalid_payload", name);
  }
});

test("a parameter with two values is refused, by both spellings of its name too", async () => {
  const link = "/v1/social-networks/x/auth-url?redirect_uri=https://acme.example/";
  const paths = ["/v1/posts?", "/v1/social-accounts?", "/v1/summary?"].flatMap((path) => [`${path}tenant_id=a&tenant_id=b`, `${path}tenantId=a&tenant_id=b`]);
  for (const path of [...paths, `${link}&tenant_id=a&tenant_id=b`]) assertRefused(await bench.api.get(path), 400, "invalid_payload", "tenant_id");
  assertRefused(await bench.api.get("/v1/posts?status=failed&status=pending"), 400, "invalid_payload", "status");
  assert.equal((await bench.api.get("/v1/posts?tenantId=a&tenant_id=a&limit=1&limit=1")).status, 200);
});

test("a filter on a single row is refused, not ignored", async () => {
  for (const path of ["/v1/posts/post_1", `/v1/social-accounts/${account.id}`, "/v1/social-networks/x"]) {
    assertRefused(await bench.api.get(`${path}?tenant_id=other`), 400, "invalid_payload", "tenant_id");
  }
});

test("a page has 1 to 100 rows, 50 unless it is said otherwise", async () => {
  for (const path of LISTS) {
    for (const bad of BAD_PAGES) {
      const [name] = bad.split("=");
      assertRefused(await bench.api.get(`${path}?${bad}`), 400, "invalid_payload", name);
    }
    const { body } = await bench.api.get(path);
    assert.deepEqual([body.limit ?? body.pagination.limit, body.offset ?? body.pagination.offset], [50, 0]);
    assert.equal((await bench.api.get(`${path}?limit=100&offset=0`)).status, 200);
    const beyond = await bench.api.get(`${path}?offset=9007199254740993`);
    assert.deepEqual([beyond.status, beyond.body.data, beyond.body.count], [200, [], body.count]);
  }
});

test("a refusal by X carries X's status", async () => {
  const body = { network: "x", client_key: bench.x.app.client_id, client_secret: "wrong" };
  const { x } = assertRefused(await bench.api.post("/v1/social-networks", body), 422, "invalid_client_secret");
  assert.equal(x.status, 401);
});

test("health is answered without a key", async () => {
  const { status, body } = await api(bench.worker, { key: null }).get("/healthz");
  assert.equal(status, 200);
  assert.equal(body.ok, true);
  assert.match(body.version, /^\d+\.\d+\.\d+/);
  const { version, oldest } = body.schema;
  assert.ok(version >= oldest && oldest >= 1, JSON.stringify(body.schema));
});
