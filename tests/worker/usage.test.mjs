/** docs/API.md, section 8: `GET /v1/account/usage`, with what X costs by tenant in this calendar month. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, faultAtX, fromNow, newAccount, publishPost, startBench, thread } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const usage = async () => (await bench.api.get("/v1/account/usage")).body.usage;
const newTenantAccount = (tenant_id) => newAccount(bench, { tenant_id });

/** Dollars by tenant; "" is none. */
const spent = ({ x_cost }) =>
  Object.fromEntries(x_cost.by_tenant.map(({ tenant_id, estimate_usd }) => [tenant_id ?? "", estimate_usd]));

test("a workspace in which nothing happened has used nothing, this month", async () => {
  const { status, body } = await bench.api.get("/v1/account/usage");
  assert.deepEqual([status, body.success], [200, true]);
  const { socialAccounts, posts, billingPeriod, currentUsage, x_cost } = body.usage;
  assert.deepEqual(socialAccounts, { current: 0, limit: null, remaining: null });
  assert.deepEqual([posts, currentUsage], [{ current: 0, limit: null }, 0]);
  assert.deepEqual(x_cost, { estimate_usd: 0, by_tenant: [], by_day: [] });
  const now = new Date();
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  assert.deepEqual(billingPeriod, {
    start: new Date(Date.UTC(year, month)).toISOString(),
    end: new Date(Date.UTC(year, month + 1)).toISOString(),
  });
});

test("each tenant's posts are counted for it, to the tenth of a cent, and X's bill is the sum", async () => {
  const { credits } = bench.x.app;
  const [ours, theirs] = [await newTenantAccount("ours"), await newTenantAccount("theirs")];
  const nobodys = await newAccount(bench);
  await publishPost(bench, ours, { content: "ours" });
  await publishPost(bench, ours, thread("ours 1", "ours 2 example.com"));
  await publishPost(bench, theirs, { content: "theirs" });
  await publishPost(bench, nobodys, { content: "nobody's" });
  const now = await usage();
  assert.deepEqual(spent(now), { ours: 0.23, theirs: 0.015, "": 0.015 });
  assert.equal(now.x_cost.estimate_usd, 0.26);
  assert.equal(Math.round((credits - bench.x.app.credits) * 1000) / 1000, 0.26);
  assert.deepEqual([now.socialAccounts.current, now.posts.current], [3, now.currentUsage]);
  const { by_day } = now.x_cost;
  assert.equal(Math.round(by_day.reduce((sum, { estimate_usd }) => sum + estimate_usd, 0) * 1000) / 1000, 0.26);
  for (const { date } of by_day) assert.match(date, /^\d{4}-\d\d-\d\d$/);
  const key = await newKey(bench, { tenant_id: "theirs", scopes: ["read"] });
  const own = (await key.api.get("/v1/account/usage")).body.usage.x_cost.by_day;
  assert.deepEqual(own.map(({ estimate_usd, posts }) => [estimate_usd, posts]), [[0.015, 1]]);
});

test("what is not on X is not counted", async () => {
  const account = await newTenantAccount("waits");
  await createPost(bench, account, { content: "a draft", isDraft: true });
  await createPost(bench, account, { content: "later", scheduledAt: fromNow(3_600_000) });
  faultAtX(bench, { kind: "answer", preset: "not-permitted" });
  await publishPost(bench, account, { content: "refused" });
  assert.equal(spent(await usage()).waits ?? 0, 0);
  faultAtX(bench, { kind: "answer", preset: "not-permitted" }, { after: 1 });
  await publishPost(bench, account, thread("half 1", "half 2"));
  assert.equal(spent(await usage()).waits, 0.015);
});

test("a post that is forgotten, or taken off X, has been paid", async () => {
  const account = await newTenantAccount("paid");
  const [forgotten, takenBack] = [
    await publishPost(bench, account, { content: "forgotten" }),
    await publishPost(bench, account, { content: "taken back" }),
  ];
  await bench.api.delete(`/v1/posts/${forgotten.id}`);
  await bench.api.delete(`/v1/posts/${takenBack.id}/remote`);
  assert.equal(spent(await usage()).paid, 0.03);
});

test("usage outlives a power cut, and nothing is counted twice", async () => {
  const account = await newTenantAccount("cut");
  await publishPost(bench, account, { content: "before the cut" });
  const before = await usage();
  await bench.worker.kill();
  await bench.worker.restart();
  assert.deepEqual(await usage(), before);
  await publishPost(bench, account, { content: "after the cut" });
  assert.equal(spent(await usage()).cut, 0.03);
});

test("an account that is removed is not counted, and its posts have been paid", async () => {
  const account = await newTenantAccount("left");
  await publishPost(bench, account, { content: "before leaving" });
  const { current } = (await usage()).socialAccounts;
  await bench.api.delete(`/v1/social-accounts/${account.id}`);
  const now = await usage();
  assert.deepEqual([now.socialAccounts.current, spent(now).left], [current - 1, 0.015]);
});
