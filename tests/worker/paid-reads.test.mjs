/** docs/API.md, section 8: what X charges for reads is counted in usage, and no budget refuses a read. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createPost, faultAtX, newAccount, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const POST = 0.015;
const POST_READ = 0.005;
const USER_READ = 0.01;

let bench;
let account;
let post;
let tenants = 0;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** A tenant whose budget the first post has used up. */
beforeEach(async () => {
  account = await newAccount(bench, { tenant_id: `reads-${(tenants += 1)}` });
  post = await publishPost(bench, account, { containers: [{ content: `one ${tenants}` }, { content: `two ${tenants}` }] });
  await set({ tenant_budgets_usd: { [account.tenant_id]: 2 * POST }, prices: { post_read: POST_READ, user_read: USER_READ } });
});

async function set(fields) {
  const { status, text } = await bench.api.patch("/v1/settings", fields);
  assert.equal(status, 200, text);
}

async function spent() {
  const { by_tenant } = (await bench.api.get("/v1/account/usage")).body.usage.x_cost;
  return by_tenant.find(({ tenant_id }) => tenant_id === account.tenant_id).estimate_usd;
}

/** What a read costs. */
async function costOf(path) {
  const before = await spent();
  const { status, text } = await bench.api.get(path);
  assert.equal(status, 200, text);
  return Math.round((await spent() - before) * 1e6) / 1e6;
}

const ofAccount = (name) => `/v1/social-accounts/${account.id}/${name}`;
const ofPost = (name) => `/v1/posts/${post.id}/${name}`;

test("each read costs what its answer holds, whatever the budget", async () => {
  assert.equal(await spent(), 2 * POST);
  assert.equal(await costOf(ofPost("analytics")), 2 * POST_READ);
  assert.equal(await costOf(ofAccount("metrics")), USER_READ);
  assert.equal(await costOf(ofAccount("health")), USER_READ);
  const [{ platformPostId }] = post.socialAccounts;
  const before = await costOf(ofPost("replies"));
  for (const text of ["yes", "no", "perhaps"]) bench.x.post({ username: "linus", text: `${text} ${tenants}`, in_reply_to_tweet_id: platformPostId });
  assert.equal(Math.round((await costOf(ofPost("replies")) - before) * 1e6) / 1e6, 3 * POST_READ);
});

test("what was read counts in the budget for what is written", async () => {
  await set({ tenant_budgets_usd: { [account.tenant_id]: 3 * POST } });
  await bench.api.get(ofAccount("metrics"));
  const answer = await bench.api.post("/v1/posts", { accounts: [account.id], content: "one more" });
  assertRefused(answer, 422, "budget_exceeded");
  await set({ tenant_budgets_usd: { [account.tenant_id]: 3 * POST + USER_READ } });
  await createPost(bench, account, { content: "one more" });
});

test("what X refuses costs nothing, nor does what asks X nothing", async () => {
  const before = await spent();
  faultAtX(bench, { method: "GET", path: "/2/users/me", kind: "answer", status: 503, times: 2 });
  await bench.api.get(ofAccount("metrics"));
  await bench.api.get(ofAccount("health"));
  bench.x.clearFaults();
  for (const path of [ofAccount("limits"), `/v1/social-accounts/${account.id}`, `/v1/posts/${post.id}`]) assert.equal((await bench.api.get(path)).status, 200);
  assert.equal(await spent(), before);
});

test("a price of one's own counts, none for what X gives away", async () => {
  await set({ prices: { user_read: 0, post_read: 0.001 } });
  assert.equal(await costOf(ofAccount("metrics")), 0);
  assert.equal(await costOf(ofPost("analytics")), 0.002);
});
