/** docs/API.md, section 8, "Metrics": counts of the whole deployment, in the text format of OpenMetrics. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createPost, faultAtX, fromNow, newAccount, ownApp, postIn, publishPost, startBench } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { newKey, newPage } from "../support/keys.mjs";
import { readOpenMetrics } from "../support/openmetrics.mjs";
import { inObject } from "../support/stored.mjs";

const HOUR = 3_600_000;
const TENANT = "a-customer-of-this-test";

let folder;
let bench;
let account;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "metrics-"));
  bench = await startBench({ persist: folder });
  account = await newAccount(bench, { tenant_id: TENANT });
});
after(async () => {
  await bench?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function metrics(caller = bench.api) {
  const { status, headers, text } = await caller.get("/v1/metrics");
  assert.equal(status, 200, text);
  assert.equal(headers.get("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  return readOpenMetrics(text);
}

/** The values of a family by the one label that its samples have, or the only value. */
function valuesOf({ samples }) {
  const words = samples.map(({ labels, value }) => [Object.values(labels)[0], value]);
  return words.length === 1 && words[0][0] === undefined ? words[0][1] : Object.fromEntries(words);
}

test("the metrics are those of the table, each of its type", async () => {
  await bench.api.patch("/v1/settings", { monthly_budget_usd: 200 });
  const families = await metrics();
  const document = await readFile(new URL("../../docs/API.md", import.meta.url), "utf8");
  const described = [...document.matchAll(/^\| `(latchkey_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => [name, type]);
  const answered = Object.values(families).map(({ type, samples: [{ name }] }) => [name, type]);
  assert.deepEqual(answered.sort(), described.sort());
  assert.deepEqual(families.latchkey_build.samples[0].labels, {
    version: (await bench.api.get("/healthz")).body.version,
    schema: String((await bench.api.get("/healthz")).body.schema.version),
  });
  assert.equal(valuesOf(families.latchkey_month_budget_dollars), 200);
  await bench.api.patch("/v1/settings", { monthly_budget_usd: null });
  assert.equal((await metrics()).latchkey_month_budget_dollars, undefined);
});

test("each number goes with the rows, and a counter never comes down", async () => {
  const before = await metrics();
  await publishPost(bench, account, { content: "published" });
  const gone = await publishPost(bench, account, { content: "published, and deleted here" });
  await createPost(bench, account, { content: "a draft", isDraft: true });
  const planned = await createPost(bench, account, { content: "planned", scheduledAt: fromNow(HOUR) });
  await createPost(bench, account, { content: "asks", approval: true });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  await publishPost(bench, account, { content: "refused" });
  await bench.api.delete(`/v1/posts/${gone.id}`);
  const now = await metrics();
  const grown = (name, word) => valuesOf(now[name])[word] - valuesOf(before[name])[word];
  const stages = ["draft", "scheduled", "awaiting_approval", "published", "failed"].map((stage) => grown("latchkey_posts", stage));
  assert.deepEqual(stages, [1, 1, 1, 1, 1]);
  assert.deepEqual(["queued", "held", "published", "failed"].map((state) => grown("latchkey_deliveries", state)), [2, 1, 1, 1]);
  assert.equal(valuesOf(now.latchkey_charged_posts) - valuesOf(before.latchkey_charged_posts), 2);
  const { x_cost } = (await bench.api.get("/v1/account/usage")).body.usage;
  assert.equal(valuesOf(now.latchkey_month_spent_dollars), x_cost.estimate_usd);
  assert.ok(valuesOf(now.latchkey_month_committed_dollars) >= valuesOf(now.latchkey_month_spent_dollars));
  await bench.api.delete(`/v1/posts/${planned.id}`);
  assert.equal(valuesOf((await metrics()).latchkey_posts).scheduled, valuesOf(now.latchkey_posts).scheduled - 1);
});

test("a paused app, an account to connect again and a webhook that fails are counted", async () => {
  const before = await metrics();
  await ownApp(bench, "other");
  const other = await newAccount(bench, { tenant_id: "other" });
  faultAtX(bench, { kind: "answer", preset: "credits-new" });
  const { id } = await createPost(bench, other, { content: "held" });
  await postIn(bench, id, "held");
  const now = await metrics();
  assert.equal(valuesOf(now.latchkey_paused_apps) - valuesOf(before.latchkey_paused_apps), 1);
  const { client_id, client_secret } = bench.x.addApp({ callbacks: [] });
  const changed = await bench.api.post("/v1/social-networks", { network: "x", client_key: client_id, client_secret, tenant_id: "other", force: true });
  assert.equal(changed.status, 200, changed.text);
  const accounts = valuesOf((await metrics()).latchkey_accounts);
  assert.equal(accounts.reconnect_required - valuesOf(before.latchkey_accounts).reconnect_required, 1);
  const hook = (await bench.api.post("/v1/webhooks", { name: "closed", url: "http://127.0.0.1:9/", events: ["test"] })).body.data;
  await bench.api.post(`/v1/webhooks/${hook.id}/test`);
  await eventually(metrics, ({ latchkey_failing_webhooks }) => valuesOf(latchkey_failing_webhooks) === 1);
});

test("no sample names a tenant, an account or a post", async () => {
  const { id } = await createPost(bench, account, { content: "private words", isDraft: true });
  const { text } = await bench.api.get("/v1/metrics");
  for (const private_ of [TENANT, account.id, id, account.username, "private words"]) assert.ok(!text.includes(private_), private_);
});

test("a key of a tenant, of an account, of a page, or without `read` is refused", async () => {
  const read = await newKey(bench, { scopes: ["read"] });
  assert.ok((await metrics(read.api)).latchkey_posts);
  const others = [
    await newKey(bench, { scopes: ["admin"], tenant_id: TENANT }),
    await newKey(bench, { scopes: ["read"], account_id: account.id }),
    await newKey(bench, { scopes: ["publish", "connect"] }),
    await newPage(bench, { tenant_id: TENANT }),
  ];
  for (const { api } of others) {
    const { status, body } = await api.get("/v1/metrics");
    assert.deepEqual([status, body.code], [403, "insufficient_key_scope"]);
  }
  assert.equal((await bench.api.get("/v1/metrics?tenant_id=t")).body.code, "invalid_payload");
});

test("a frozen deployment answers, and says that it is frozen and how long its work is due", async () => {
  const overdue = async () => valuesOf((await metrics()).latchkey_overdue_seconds);
  await eventually(overdue, (work) => Object.values(work).every((seconds) => seconds === 0));
  assert.deepEqual(Object.keys(await overdue()).sort(), ["deliveries", "outbox", "retention", "webhooks"]);
  assert.equal(valuesOf((await metrics()).latchkey_frozen), 0);
  await bench.api.post("/v1/freeze");
  assert.equal(valuesOf((await metrics()).latchkey_frozen), 1);
  await bench.worker.kill();
  inObject(folder, "Workspace", (db) => db.exec(`UPDATE ended_posts SET ended_at = ended_at - ${401 * 24 * HOUR}`));
  await bench.worker.restart();
  const { retention, ...others } = await overdue();
  assert.ok(retention >= 86_400 - 1 && retention < 2 * 86_400, `${retention} seconds`);
  assert.deepEqual(others, { deliveries: 0, outbox: 0, webhooks: 0 });
  await bench.api.delete("/v1/freeze");
  await eventually(overdue, (work) => work.retention === 0);
  assert.equal(valuesOf((await metrics()).latchkey_frozen), 0);
});
