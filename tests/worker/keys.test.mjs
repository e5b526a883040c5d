/** docs/API.md, section 8: keys that do less than the operator's own. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, createSession, newAccount, publishPost, startBench } from "../support/client.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { storedFiles } from "../support/stored.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const make = (body, headers) => bench.api.post("/v1/api-keys", body, headers);
const listed = async (by = bench.api) => (await by.get("/v1/api-keys")).body.data;

test("a tenant's key posts for no other tenant, and the refusal says which step helps", async () => {
  const { key } = await newKey(bench, { tenant_id: "posting-1", scopes: ["publish"] });
  const post = { content: "theirs", accounts: ["x"], tenant_id: "posting-2" };
  const refused = assertRefused(await api(bench.worker, { key }).post("/v1/posts", post), 403, "insufficient_key_scope");
  assert.match(refused.hint, /tenant_id/);
});

test("a key is shown once and listed without itself ever after", async () => {
  const { status, body } = await make({ name: " CI ", scopes: ["read", "publish"], tenant_id: "acme" });
  const { id, key, created_at, ...row } = body.data;
  assert.equal(status, 201);
  assertTimesAndIds({ created_at });
  assert.match(id, /^key_[\w-]{22}$/);
  assert.match(key, /^lk_[\w-]{43}$/);
  assert.deepEqual(row, { name: "CI", scopes: ["publish", "read"], tenant_id: "acme", account_id: null });
  const rows = await listed();
  assert.deepEqual(rows.find((other) => other.id === id), { id, created_at, ...row });
  assert.ok(!JSON.stringify(rows).includes(key));
});

test("a repetition with the same Idempotency-Key gets the same key again, and there is one", async () => {
  const headers = { "idempotency-key": "key-once" };
  const body = { name: "once", scopes: ["read"] };
  const [first, second] = [await make(body, headers), await make(body, headers)];
  assert.equal(second.text, first.text);
  assert.equal(second.headers.get("idempotency-replayed"), "true");
  assert.equal((await listed()).filter(({ name }) => name === "once").length, 1);
});

test("a deleted key opens nothing from its deletion on", async () => {
  const key = await newKey(bench, { scopes: ["read"] });
  assert.equal((await key.api.get("/v1/posts")).status, 200);
  const { status, body } = await bench.api.delete(`/v1/api-keys/${key.id}`);
  assert.deepEqual([status, body.success], [200, true]);
  assertRefused(await key.api.get("/v1/posts"), 401, "invalid_api_key");
  assertRefused(await bench.api.delete(`/v1/api-keys/${key.id}`), 404, "not_found");
});

test("what is wrong with a key's body is said by its field and makes nothing", async () => {
  const before = await listed();
  for (const [body, path] of [
    [{ scopes: ["read"] }, "name"],
    [{ name: "", scopes: ["read"] }, "name"],
    [{ name: "n".repeat(81), scopes: ["read"] }, "name"],
    [{ name: "n", scopes: [] }, "scopes"],
    [{ name: "n", scopes: ["root"] }, "scopes.0"],
    [{ name: "n", scopes: "read" }, "scopes"],
    [{ name: "n", scopes: ["read"], tenant_id: "a b" }, "tenant_id"],
    [{ name: "n", scopes: ["read"], account_id: "net_1" }, "account_id"],
    [{ name: "n", scopes: ["read"], tenant: "t" }, "tenant"],
  ]) {
    assertRefused(await make(body), 400, "invalid_payload", path);
  }
  assert.deepEqual(await listed(), before);
});

test("a tenant's key makes keys of its own tenant and no wider ones", async () => {
  const { api: by } = await newKey(bench, { tenant_id: "maker" });
  const own = await newKey(bench, { scopes: ["read"] }, by);
  assert.equal(own.tenant_id, "maker");
  assert.ok((await listed(by)).every(({ tenant_id }) => tenant_id === "maker"));
  assert.equal((await by.delete(`/v1/api-keys/${own.id}`)).status, 200);
});

test("an account's key has the account's tenant, and sees the posts of that account alone", async () => {
  const [one, two] = [await newAccount(bench, { tenant_id: "pair" }), await newAccount(bench, { tenant_id: "pair" })];
  const key = await newKey(bench, { account_id: one.id, scopes: ["read", "publish"] });
  assert.deepEqual([key.account_id, key.tenant_id], [one.id, "pair"]);
  const own = await publishPost(bench, one, { content: "of one" });
  const both = (await bench.api.post("/v1/posts", { content: "of both", accounts: [one.id, two.id] })).body.post;
  const { posts, pagination } = (await key.api.get("/v1/posts")).body;
  assert.deepEqual([posts.map(({ id }) => id), pagination.total], [[own.id], 1]);
  assertRefused(await key.api.get(`/v1/posts/${both.id}`), 404, "not_found");
  const { post } = (await key.api.post("/v1/posts", { content: "to every account", accounts: ["x"] })).body;
  assert.deepEqual(post.socialAccounts.map(({ id }) => id), [one.id]);
  assertRefused(await make({ name: "n", scopes: ["read"], account_id: one.id, tenant_id: "other" }), 404, "not_found");
});

test("an account's keys go with it", async () => {
  const account = await newAccount(bench, { tenant_id: "leaver" });
  const key = await newKey(bench, { account_id: account.id, scopes: ["read"] });
  await bench.api.delete(`/v1/social-accounts/${account.id}`);
  assertRefused(await key.api.get("/v1/social-accounts"), 401, "invalid_api_key");
  assert.ok((await listed()).every(({ id }) => id !== key.id));
});

test("a tenant's key makes sessions, apps and posts of its tenant without naming it", async () => {
  const { api: by } = await newKey(bench, { tenant_id: "implied" });
  const session = await createSession({ api: by });
  assert.equal((await by.get(`/v1/connect-sessions/${session.id}`)).status, 200);
  assertRefused(await (await newKey(bench, { tenant_id: "else" })).api.get(`/v1/connect-sessions/${session.id}`), 404, "not_found");
  const { client_id, client_secret } = bench.x.addApp({ name: "implied" });
  const made = await by.post("/v1/social-networks", { network: "x", client_key: client_id, client_secret });
  assert.deepEqual([made.status, made.body.data.tenant_id, made.body.data.client_key], [201, "implied", client_id]);
});

test("a tenant's key knows of the shared app, not of its client id", async () => {
  const { api: by } = await newKey(bench, { tenant_id: "curious", scopes: ["read"] });
  const { data } = (await by.get("/v1/social-networks/x")).body;
  assert.deepEqual([data.id, "client_key" in data], [bench.network.id, false]);
});

test("one tenant's app is for no other tenant's accounts", async () => {
  const { client_id, client_secret } = bench.x.addApp({ name: "own" });
  const network = { network: "x", client_key: client_id, client_secret, tenant_id: "own" };
  const { data } = (await bench.api.post("/v1/social-networks", network)).body;
  for (const tenant_id of [undefined, "other"]) {
    const answer = await bench.api.post(`/v1/social-networks/${data.id}/auth-url`, { tenant_id });
    assertRefused(answer, 400, "network_not_configured");
  }
});

test("a line of the log says whose key it was, and never the key", async () => {
  const key = await newKey(bench, { scopes: ["read"] });
  const { headers } = await key.api.get("/v1/posts");
  const line = await bench.worker.logged(headers.get("x-request-id"), '"route":"/v1/posts"');
  assert.match(line, new RegExp(`"key_id":"${key.id}"`));
  assert.ok(bench.worker.logs().every((text) => !text.includes(key.key)));
});

test("no key is on disk, nor the answer that showed it", async () => {
  const account = await newAccount(bench);
  const headers = { "idempotency-key": "kept" };
  const [wide, narrow] = [
    await make({ name: "on disk", scopes: ["read"] }, headers),
    await make({ name: "on disk too", scopes: ["read"], account_id: account.id }),
  ].map(({ body }) => body.data);
  const files = (await storedFiles(bench.worker)).map(([, bytes]) => bytes);
  const holds = (text) => files.some((bytes) => bytes.includes(text));
  assert.ok(holds(wide.id) && holds(narrow.id), "what is no secret can be found, so what is one would be");
  for (const { key } of [wide, narrow]) assert.ok(!holds(key) && !holds(key.slice(3)));
});

test("a key survives a crash of the Worker", async () => {
  const key = await newKey(bench, { scopes: ["read"] });
  await bench.worker.kill();
  await bench.worker.restart();
  assert.equal((await api(bench.worker, { key: key.key }).get("/v1/posts")).status, 200);
});
