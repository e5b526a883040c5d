/** docs/API.md, section 8: a monthly budget refuses before it is exceeded. */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createPost, faultAtX, fromNow, newAccount, postIn, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { newKey } from "../support/keys.mjs";

/** What X charges for a post without a URL, and with one. */
const POST = 0.015;
const WITH_URL = 0.2;
const LATER_MONTH = 40 * 86_400_000;

let bench;
let tenants = 0;
before(async () => (bench = await startBench()));
afterEach(() => set({ monthly_budget_usd: null }));
after(() => bench?.stop());

async function set(fields) {
  const { status, text } = await bench.api.patch("/v1/settings", fields);
  assert.equal(status, 200, text);
}

/** A tenant of its own with so much to spend, and an account of it. */
async function tenantWith(usd) {
  const tenant_id = `budget-${++tenants}`;
  await set({ tenant_budgets_usd: { [tenant_id]: usd } });
  return newAccount(bench, { tenant_id });
}

const create = ({ id }, fields) => bench.api.post("/v1/posts", { accounts: [id], content: "priced", ...fields });
const refused = (answer) => assertRefused(answer, 422, "budget_exceeded");
const spentBy = async ({ tenant_id }) =>
  (await bench.api.get("/v1/account/usage")).body.usage.x_cost.by_tenant.find((row) => row.tenant_id === tenant_id)?.estimate_usd ?? 0;

test("the settings say what the budgets are, and take them away again", async () => {
  await set({ monthly_budget_usd: 12.5, tenant_budgets_usd: { a: 1, b: 0 } });
  await set({ tenant_budgets_usd: { a: null } });
  const { data } = (await bench.api.get("/v1/settings")).body;
  assert.equal(data.monthly_budget_usd, 12.5);
  assert.deepEqual([data.tenant_budgets_usd.a, data.tenant_budgets_usd.b], [undefined, 0]);
  await set({ tenant_budgets_usd: { b: null } });
  for (const [fields, path] of [
    [{ monthly_budget_usd: -1 }, "monthly_budget_usd"],
    [{ monthly_budget_usd: "1" }, "monthly_budget_usd"],
    [{ tenant_budgets_usd: { t: 1e9 } }, "tenant_budgets_usd.t"],
  ]) {
    assertRefused(await bench.api.patch("/v1/settings", fields), 400, "invalid_payload", path);
  }
});

test("a tenant spends up to its budget and not beyond, and others go on", async () => {
  const account = await tenantWith(2 * POST);
  await publishPost(bench, account, { content: "first" });
  await publishPost(bench, account, { content: "second" });
  const answer = await create(account, { content: "third" });
  refused(answer);
  assert.match(answer.body.message, /\$0\.030 a month \$0\.030 are spent or promised/);
  assert.equal(bench.x.posts({ text: "third" }).length, 0);
  assert.equal((await create(await newAccount(bench, { tenant_id: "unlimited" }))).status, 200);
});

test("what was accepted counts before it is published", async () => {
  const account = await tenantWith(2 * POST);
  const scheduledAt = fromNow(60_000);
  assert.equal((await create(account, { scheduledAt })).status, 200);
  assert.equal((await create(account, { scheduledAt, content: "and another" })).status, 200);
  refused(await create(account, { content: "now" }));
});

test("what is cancelled, and what failed, counts no more", async () => {
  const account = await tenantWith(POST);
  const { post } = (await create(account, { scheduledAt: fromNow(60_000) })).body;
  refused(await create(account));
  assert.equal((await bench.api.delete(`/v1/posts/${post.id}`)).status, 200);
  faultAtX(bench, { kind: "answer", preset: "forbidden" });
  const failed = await createPost(bench, account, { content: "refused by X" });
  await postIn(bench, failed.id, "failed");
  await publishPost(bench, account, { content: "in its place" });
  refused(await bench.api.post(`/v1/posts/${failed.id}/retry`));
});

test("a month's posts are that month's", async () => {
  const account = await tenantWith(POST);
  assert.equal((await create(account, { scheduledAt: fromNow(LATER_MONTH) })).status, 200);
  assert.equal((await create(account, { content: "this month" })).status, 200);
  refused(await create(account, { scheduledAt: fromNow(LATER_MONTH), content: "again" }));
});

test("a draft costs nothing until it is one no more", async () => {
  const account = await tenantWith(POST);
  const { post } = (await create(account, { isDraft: true, content: "draft of https://example.com" })).body;
  refused(await bench.api.patch(`/v1/posts/${post.id}`, { isDraft: false }));
  assert.equal((await bench.api.get(`/v1/posts/${post.id}`)).body.post.isDraft, true);
  assert.equal((await bench.api.patch(`/v1/posts/${post.id}`, { isDraft: false, content: "cheaper" })).status, 200);
});

test("a change counts in the place of what it changes", async () => {
  const account = await tenantWith(WITH_URL);
  const { post } = (await create(account, { scheduledAt: fromNow(60_000) })).body;
  const change = (content) => bench.api.patch(`/v1/posts/${post.id}`, { content });
  assert.equal((await change("now with https://example.com")).status, 200);
  await set({ tenant_budgets_usd: { [account.tenant_id]: POST } });
  refused(await change("still with https://example.com/b"));
  assert.equal((await change("and without")).status, 200);
});

test("replies, reposts and dry runs pass the budget like posts", async () => {
  const account = await tenantWith(POST);
  const post = await publishPost(bench, account, { content: "the only one" });
  refused(await bench.api.post(`/v1/posts/${post.id}/replies`, { content: "a reply" }));
  refused(await bench.api.post(`/v1/posts/${post.id}/repost`, { account: account.id }));
  refused(await create(account, { dryRun: true }));
});

test("the workspace's budget is for all tenants together, and tells none what others spent", async () => {
  const [one, two] = [await tenantWith(100), await tenantWith(100)];
  const { body } = await bench.api.get("/v1/account/usage");
  const key = await newKey(bench, { tenant_id: two.tenant_id, scopes: ["publish"] });
  // What other tests have promised is not in the usage: room for none of them is room for nothing.
  await set({ monthly_budget_usd: 0 });
  refused(await create(one));
  const answer = await key.api.post("/v1/posts", { content: "of two", accounts: [two.id] });
  refused(answer);
  assert.ok(!answer.text.includes(String(body.usage.x_cost.estimate_usd)));
});

test("calls for X are paid from the same budget, given back when X refuses them", async () => {
  const account = await tenantWith(2 * POST);
  const key = await newKey(bench, { account_id: account.id, scopes: ["publish"] });
  const tweet = (text) => key.api.post("/2/tweets", { text });
  assert.equal((await tweet("passed on")).status, 201);
  assert.equal(await spentBy(account), POST);
  assert.equal((await tweet("passed on")).status, 403, "X's duplicate");
  assert.equal(await spentBy(account), POST);
  const dear = await tweet("see https://example.com");
  assert.deepEqual([dear.status, dear.body.code], [422, "budget_exceeded"]);
  assert.equal((await create(account, { content: "from the same purse" })).status, 200);
  assert.deepEqual([(await tweet("too much")).body.code, bench.x.posts({ text: "too much" })], ["budget_exceeded", []]);
});

test("a hundred calls at once spend no more than the budget", async () => {
  const account = await tenantWith(10 * POST);
  const key = await newKey(bench, { account_id: account.id, scopes: ["publish"] });
  const posts = Array.from({ length: 50 }, (_, at) => create(account, { content: `crowd ${at}`, scheduledAt: fromNow(60_000) }));
  const calls = Array.from({ length: 50 }, (_, at) => key.api.post("/2/tweets", { text: `passed crowd ${at}` }));
  const statuses = (await Promise.all([...posts, ...calls])).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200 || status === 201).length, 10);
  assert.equal(statuses.filter((status) => status === 422).length, 90);
});
