/** docs/API.md, section 7: webhooks as rows of the API. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newAccount, startBench } from "../support/client.mjs";
import { assertRefused, assertTimesAndIds } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";
import { newWebhook, startReceiver } from "../support/receiver.mjs";
import { spellings } from "../support/spy.mjs";
import { storedFiles } from "../support/stored.mjs";

const HOOK = { name: "Production", url: "https://acme.example/hook", events: ["post.published"] };

let bench;
let receiver;
before(async () => {
  receiver = await startReceiver();
  bench = await startBench();
});
after(async () => {
  await bench?.stop();
  receiver?.close();
});

const create = (fields, headers) => bench.api.post("/v1/webhooks", { ...HOOK, ...fields }, headers);

test("a webhook is created, read, changed and deleted", async () => {
  const created = await create({ events: ["post.error", "post.published"], tenant_id: "crud" });
  assert.equal(created.status, 201, created.text);
  const { secret, ...row } = created.body.data;
  assertTimesAndIds(row);
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(row, {
    ...row,
    ...HOOK,
    events: ["post.published", "post.error"],
    tenant_id: "crud",
    header_names: [],
    legacy_signature: false,
    enabled: true,
    disabled: null,
    failing_since: null,
  });
  const path = `/v1/webhooks/${row.id}`;
  assert.deepEqual((await bench.api.get(path)).body.data, row);
  const change = { name: "Staging", url: "https://other.example/", events: ["test"], legacy_signature: true };
  const changed = (await bench.api.patch(path, change)).body.data;
  assert.deepEqual(changed, { ...row, ...change, updated_at: changed.updated_at });
  assert.deepEqual((await bench.api.get("/v1/webhooks?tenant_id=crud")).body.data, [changed]);
  assert.equal((await bench.api.delete(path)).body.message, "Webhook deleted successfully");
  assertRefused(await bench.api.get(path), 404, "not_found");
  assertRefused(await bench.api.patch(path, change), 404, "not_found");
  assertRefused(await bench.api.delete(path), 404, "not_found");
});

test("the list is newest first, filtered by tenant and paged", async () => {
  const made = [];
  for (const name of ["a", "b", "c"]) made.unshift((await create({ name, tenant_id: "listed" })).body.data.id);
  const list = async (query) => (await bench.api.get(`/v1/webhooks?tenant_id=listed${query}`)).body;
  assert.deepEqual((await list("")).data.map(({ id }) => id), made);
  const page = await list("&limit=1&offset=1");
  const { after, ...pagination } = page.pagination;
  assert.deepEqual([page.data.map(({ id }) => id), pagination], [[made[1]], { limit: 1, offset: 1, total: 3 }]);
  assert.deepEqual((await list(`&after=${after}`)).data.map(({ id }) => id), [made[2]]);
});

test("what is wrong with a webhook is named and nothing is created", async () => {
  const refusals = [
    [{ name: "" }, "name"],
    [{ name: "two\nlines" }, "name"],
    [{ events: [] }, "events"],
    [{ events: ["post.liked"] }, "events"],
    [{ url: "ftp://acme.example/" }, "url"],
    [{ secret: "hunter2" }, "secret"],
    [{ tenant_id: "a b" }, "tenant_id"],
    [{ headers: { Host: "evil.example" } }, "headers"],
    [{ headers: { "webhook-signature": "v1,forged" } }, "headers"],
    [{ headers: { "X-Outstand-Signature": "forged" } }, "headers"],
    [{ headers: { "Content-Type": "text/plain" } }, "headers"],
    [{ headers: { "x-env": "a\r\nhost: evil" } }, "headers"],
    [{ colour: "red" }, "colour"],
  ];
  for (const [fields, field] of refusals) {
    const { details } = assertRefused(await create({ tenant_id: "refused", ...fields }), 400, "invalid_payload");
    assert.ok(field in details, `${field}: ${JSON.stringify(details)}`);
  }
  const without = ({ [Object.keys(HOOK)[0]]: _, ...rest }) => rest;
  assertRefused(await bench.api.post("/v1/webhooks", without(HOOK)), 400, "invalid_payload", "name");
  assert.deepEqual((await bench.api.get("/v1/webhooks?tenant_id=refused")).body.data, []);
});

test("custom headers are for the origin that they were given for", async () => {
  const headers = { authorization: "Bearer of-the-old-receiver" };
  const { id } = (await create({ headers })).body.data;
  const change = async (fields) => {
    const { status, body, text } = await bench.api.patch(`/v1/webhooks/${id}`, fields);
    assert.equal(status, 200, text);
    return [body.data.header_names, body.warnings.length];
  };
  assert.deepEqual(await change({ url: "https://acme.example/elsewhere" }), [["authorization"], 0]);
  assert.deepEqual(await change({ url: "https://evil.example/hook" }), [[], 1]);
  assert.deepEqual(await change({ url: "https://acme.example/hook" }), [[], 0], "they do not come back either");
  assert.deepEqual(await change({ url: "https://other.example/", headers }), [["authorization"], 0]);
});

test("a tenant has at most fifty", async () => {
  for (let n = 0; n < 50; n += 1) assert.equal((await create({ tenant_id: "many" })).status, 201);
  assertRefused(await create({ tenant_id: "many" }), 400, "invalid_payload", "tenant_id");
  assert.equal((await create({ tenant_id: "few" })).status, 201);
});

test("a repeated creation answers with the same secret, which is stored sealed", async () => {
  const key = { "idempotency-key": "create-a-webhook" };
  const secret = `whsec_${Buffer.from("a secret that nobody may ever read").toString("base64")}`;
  const headers = { authorization: "Bearer a-credential-of-the-receiver" };
  const first = await create({ tenant_id: "once", secret, headers }, key);
  const again = await create({ tenant_id: "once", secret, headers }, key);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal((await bench.api.get("/v1/webhooks?tenant_id=once")).body.data.length, 1);
  await assertNowhere(secret, secret.slice("whsec_".length), "a-credential-of-the-receiver");
});

/** Neither in the stored files nor in what the Worker logs. */
async function assertNowhere(...secrets) {
  const stored = (await storedFiles(bench.worker)).map(([, bytes]) => bytes.toString("latin1"));
  for (const place of [...stored, ...bench.worker.logs()]) {
    for (const spelling of secrets.flatMap(spellings)) assert.ok(!place.includes(spelling), "a secret in the open");
  }
}

test("a tenant's key makes and sees webhooks of its own tenant alone, and hears of it alone", async () => {
  const mine = await newKey(bench, { tenant_id: "mine" });
  const theirs = (await create({ tenant_id: "theirs" })).body.data;
  const operators = (await create({})).body.data;
  const hook = await newWebhook(bench, receiver.address(), { by: mine.api, events: ["account.connected"] });
  assert.equal(hook.tenant_id, "mine");
  assert.deepEqual((await mine.api.get("/v1/webhooks")).body.data.map(({ id }) => id), [hook.id]);
  for (const { id } of [theirs, operators]) {
    for (const path of [`/v1/webhooks/${id}`, `/v1/webhooks/${id}/deliveries`]) {
      assertRefused(await mine.api.get(path), 404, "not_found");
    }
    assertRefused(await mine.api.post(`/v1/webhooks/${id}/test`), 404, "not_found");
    assertRefused(await mine.api.patch(`/v1/webhooks/${id}`, { enabled: false }), 404, "not_found");
    assertRefused(await mine.api.delete(`/v1/webhooks/${id}`), 404, "not_found");
  }
  assertRefused(await mine.api.post("/v1/webhooks", { ...HOOK, tenant_id: "theirs" }), 403, "insufficient_key_scope");
  await newAccount(bench, { tenant_id: "theirs" });
  const account = await newAccount(bench, { tenant_id: "mine" });
  const events = await hook.events(1);
  assert.deepEqual(events.map(({ data }) => data.accountId), [account.id]);
});
