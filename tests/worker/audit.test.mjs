/** docs/API.md, section 8: who did what, when. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  connect,
  createPost,
  fromNow,
  newAccount,
  newUser,
  ownApp,
  postIn,
  postOf,
  publishPost,
  registerNetwork,
  startBench,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { announce } from "../support/media.mjs";
import { spellings } from "../support/spy.mjs";

let bench;
let tenants = 0;
before(async () => (bench = await startBench({ vars: { PROBE_MS: "1000" } })));
after(() => bench?.stop());

const newTenantId = () => `audited_${++tenants}`;

/** The rows of a tenant, oldest first. */
async function rows(tenant_id, query = "", by = bench.api) {
  const answer = await by.get(`/v1/audit?limit=100&tenant_id=${tenant_id}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data.reverse();
}
const actions = async (tenant_id) => (await rows(tenant_id)).map(({ action }) => action);

test("connect, publish, rotate and delete are there with key, row, time and request", async () => {
  const tenant_id = newTenantId();
  const begun = Date.now();
  const { app, network } = await ownApp(bench, tenant_id);
  const account = await newAccount(bench, { tenant_id });
  const post = await publishPost(bench, account, { content: "a text that is nobody's business" });
  await registerNetwork(bench, { app, tenant_id });
  const removed = await bench.api.delete(`/v1/social-accounts/${account.id}`);
  assert.equal(removed.status, 200, removed.text);
  const found = await rows(tenant_id);
  assertTimesAndIds(found);
  assert.deepEqual(
    found.map(({ action, key_id, target_id }) => [action, key_id, target_id]),
    [
      ["network.saved", "admin", network.id],
      ["connect.requested", "admin", null],
      ["account.connected", null, account.id],
      ["post.created", "admin", post.id],
      ["network.saved", "admin", network.id],
      ["account.disconnected", "admin", account.id],
    ],
  );
  assert.equal(found.at(-1).request_id, removed.headers.get("x-request-id"));
  for (const { at, ...row } of found) {
    assert.ok(Date.parse(at) >= begun - 1000 && Date.parse(at) <= Date.now() + 1000, at);
    assert.equal(row.tenant_id, tenant_id);
  }
});

test("a key's own deeds are under its id, and the key is nowhere in them", async () => {
  const tenant_id = newTenantId();
  const key = await newKey(bench, { tenant_id });
  const account = await newAccount(bench, { tenant_id });
  const created = await key.api.post("/v1/posts", { content: "later", accounts: [account.id], scheduledAt: fromNow(60_000) });
  const { id } = postOf(created);
  assert.equal((await key.api.patch(`/v1/posts/${id}`, { content: "changed" })).status, 200);
  assert.equal((await key.api.delete(`/v1/posts/${id}`)).status, 200);
  const hook = { name: "a", url: "https://acme.example/hook", events: ["test"] };
  const webhook = (await key.api.post("/v1/webhooks", hook)).body.data;
  assert.equal((await key.api.patch(`/v1/webhooks/${webhook.id}`, { enabled: false })).status, 200);
  assert.equal((await key.api.delete(`/v1/webhooks/${webhook.id}`)).status, 200);
  const media = await announce(key, { tenant_id });
  assert.equal((await key.api.delete(`/v1/media/${media.id}`)).status, 200);
  assert.equal((await bench.api.delete(`/v1/api-keys/${key.id}`)).status, 200);
  const own = await rows(tenant_id, `&key_id=${key.id}`);
  assert.deepEqual(
    own.map(({ action, target_id }) => [action, target_id]),
    [
      ["post.created", id],
      ["post.changed", id],
      ["post.deleted", id],
      ["webhook.created", webhook.id],
      ["webhook.changed", webhook.id],
      ["webhook.deleted", webhook.id],
      ["media.created", media.id],
      ["media.deleted", media.id],
    ],
  );
  const ofKey = await rows(tenant_id, `&target_id=${key.id}`);
  assert.deepEqual(ofKey.map(({ action, key_id }) => [action, key_id]), [["key.created", "admin"], ["key.deleted", "admin"]]);
  const { text } = await bench.api.get("/v1/audit?limit=100");
  for (const spelling of [key.key, webhook.secret].flatMap(spellings)) assert.ok(!text.includes(spelling));
});

test("an app that a call names by its network is in the audit by its id", async () => {
  const tenant_id = newTenantId();
  const key = await newKey(bench, { tenant_id });
  const app = bench.x.addApp({ callbacks: bench.x.app.callbacks });
  const network = await registerNetwork(bench, { app, tenant_id });
  assert.equal((await key.api.post("/v1/social-networks/x/resume")).status, 200);
  assert.equal((await key.api.delete("/v1/social-networks/x")).status, 200);
  const own = await rows(tenant_id, `&key_id=${key.id}`);
  assert.deepEqual(
    own.map(({ action, target_id }) => [action, target_id]),
    [["network.resumed", network.id], ["network.deleted", network.id]],
  );
});

test("what is refused, repeated, only read or only tried out is no deed", async () => {
  const tenant_id = newTenantId();
  const account = await newAccount(bench, { tenant_id });
  const before = await actions(tenant_id);
  const body = { content: "once", accounts: [account.id] };
  assertRefused(await bench.api.post("/v1/posts", { ...body, content: "" }), 400, "invalid_payload");
  assert.equal((await bench.api.post("/v1/posts", { ...body, dryRun: true })).status, 200);
  for (let n = 0; n < 2; n += 1) {
    const answer = await bench.api.post("/v1/posts", body, { "idempotency-key": "once-in-the-audit" });
    assert.equal(answer.status, 200);
  }
  await bench.api.get(`/v1/social-accounts/${account.id}`);
  assert.deepEqual(await actions(tenant_id), [...before, "post.created"]);
});

test("what happens by itself has no key", async () => {
  const tenant_id = newTenantId();
  const { app, network } = await ownApp(bench, tenant_id);
  const account = await newAccount(bench, { tenant_id });
  bench.x.setApp({ client_id: app.client_id, credits: 0 });
  const { id } = await createPost(bench, account, { content: "held" });
  await postIn(bench, id, "held");
  bench.x.setApp({ client_id: app.client_id, credits: 50 });
  await postIn(bench, id, "published", 15_000);
  const isBack = (found) => found.some(({ action }) => action === "network.resumed");
  const found = await eventually(() => rows(tenant_id, `&target_id=${network.id}`), isBack);
  const own = found.filter(({ key_id }) => key_id === null);
  assert.deepEqual(own.map(({ action }) => action), ["network.paused", "network.resumed"]);
});

test("a call that goes through to X and writes is a deed", async () => {
  const tenant_id = newTenantId();
  const account = await connect(bench, { username: newUser(bench).username, tenant_id });
  const key = await newKey(bench, { account_id: account.id, scopes: ["publish", "read"] });
  assert.equal((await key.api.get("/2/users/me")).status, 200);
  assert.equal((await key.api.post("/2/tweets", { text: "by the other door" })).status, 201);
  const called = (await rows(tenant_id)).filter(({ action }) => action === "x.called");
  assert.deepEqual(called.map(({ key_id, target_id }) => [key_id, target_id]), [[key.id, account.id]]);
});

test("the list is newest first, filtered and paged, and a tenant's key sees its tenant alone", async () => {
  const tenant_id = newTenantId();
  const key = await newKey(bench, { tenant_id });
  const reader = await newKey(bench, { scopes: ["read", "publish", "connect"] });
  const account = await newAccount(bench, { tenant_id });
  const between = new Date().toISOString();
  await publishPost(bench, account, { content: "after" });
  await newAccount(bench, { tenant_id: newTenantId() });
  const list = async (query, by = bench.api) => (await by.get(`/v1/audit?${query}`)).body;
  const all = await list(`tenant_id=${tenant_id}`);
  assert.deepEqual(all.data.map(({ action }) => action), ["post.created", "account.connected", "connect.requested", "key.created"]);
  assert.deepEqual(all.pagination, { limit: 50, offset: 0, total: 4, after: null });
  const page = await list(`tenant_id=${tenant_id}&limit=1&offset=1`);
  assert.deepEqual([page.data, page.pagination.total], [[all.data[1]], 4]);
  assert.deepEqual((await list(`tenant_id=${tenant_id}&action=post.created`)).data, [all.data[0]]);
  const since = encodeURIComponent(between);
  assert.deepEqual((await list(`tenant_id=${tenant_id}&since=${since}`)).data, [all.data[0]]);
  assert.deepEqual((await list(`tenant_id=${tenant_id}&until=${since}`)).data, all.data.slice(1));
  for (const time of [Date.parse(between), between.replace("Z", "+0000"), between.replace("T", "+").replace("Z", "+00:00")]) {
    assert.deepEqual((await list(`tenant_id=${tenant_id}&since=${time}`)).data, [all.data[0]], time);
    assert.deepEqual((await list(`tenant_id=${tenant_id}&until=${time}`)).data, all.data.slice(1), time);
  }
  assert.deepEqual((await list("limit=100", key.api)).data, all.data);
  assert.deepEqual((await list("tenant_id=another", key.api)).data, []);
  assertRefused(await reader.api.get("/v1/audit"), 403, "insufficient_key_scope");
  assertRefused(await bench.api.get("/v1/audit?action=drank.tea"), 400, "invalid_payload", "action");
  assertRefused(await bench.api.get("/v1/audit?network=x"), 400, "invalid_payload", "network");
});
