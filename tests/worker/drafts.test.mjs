/** docs/API.md, section 5: `isDraft`. A draft is kept and never sent until it is none. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  createPost,
  fromNow,
  newAccount,
  postIn,
  postOf,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";

const HOUR = 3_600_000;

let bench;

before(async () => (bench = await startBench()));
after(() => bench?.stop());

const draft = (account, fields) => createPost(bench, account, { isDraft: true, ...fields });
const patch = async ({ id }, fields) => postOf(await bench.api.patch(`/v1/posts/${id}`, fields));

test("a draft lists its deliveries, and nothing is sent", async () => {
  const account = await newAccount(bench);
  const post = await draft(account, { content: "a draft" });
  assert.deepEqual([post.isDraft, post.scheduledAt, post.publishedAt], [true, null, null]);
  const [{ id, status, state, next_attempt_at, attempts }] = post.socialAccounts;
  assert.deepEqual([id, status, state, next_attempt_at, attempts], [account.id, "pending", "queued", null, 0]);
  await publishPost(bench, account, { content: "no draft" });
  assert.deepEqual(textsAt(bench, account), ["no draft"]);
  assert.deepEqual(await readPost(bench, post), post);
});

test("a draft's time passes without effect", async () => {
  const account = await newAccount(bench);
  const { id } = await draft(account, { content: "passed over", scheduledAt: fromNow(3000) });
  const other = await createPost(bench, account, { content: "not passed over", scheduledAt: fromNow(3400) });
  await postIn(bench, other.id, "published");
  assert.deepEqual(textsAt(bench, account), ["not passed over"]);
  const { isDraft, socialAccounts } = await readPost(bench, { id });
  assert.deepEqual([isDraft, socialAccounts[0].state], [true, "queued"]);
});

test("a draft that is none any more leaves now, if it has no time", async () => {
  const account = await newAccount(bench);
  const post = await draft(account, thread("was a draft 1", "was a draft 2"));
  assert.equal((await patch(post, { isDraft: false })).isDraft, false);
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["was a draft 1", "was a draft 2"]);
});

test("a draft that is none any more leaves at its time, if it has one", async () => {
  const account = await newAccount(bench);
  const scheduledAt = fromNow(4000);
  const post = await draft(account, { content: "at its time", scheduledAt });
  const { scheduled, socialAccounts } = await patch(post, { isDraft: false });
  assert.deepEqual([scheduled, socialAccounts[0].next_attempt_at], [true, scheduledAt]);
  await postIn(bench, post.id, "published");
  const [{ created_at }] = bench.x.posts({ text: "at its time" });
  assert.ok(created_at >= Date.parse(scheduledAt));
});

test("a draft whose time is past leaves now", async () => {
  const account = await newAccount(bench);
  const post = await draft(account, { content: "past its time", scheduledAt: fromNow(1500) });
  await publishPost(bench, account, { content: "until then", scheduledAt: fromNow(1800) });
  await patch(post, { isDraft: false });
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["until then", "past its time"]);
});

test("a draft can get its time in the call that makes it none", async () => {
  const account = await newAccount(bench);
  const post = await draft(account, { content: "both at once" });
  const scheduledAt = fromNow(HOUR);
  const patched = await patch(post, { isDraft: false, scheduledAt, content: "all three at once" });
  assert.deepEqual([patched.scheduled, patched.scheduledAt, patched.isDraft], [true, scheduledAt, false]);
  assert.equal(patched.containers[0].content, "all three at once");
});

test("a scheduled post can become a draft, and then keeps still", async () => {
  const account = await newAccount(bench);
  const post = await createPost(bench, account, { content: "called back", scheduledAt: fromNow(4000) });
  const { isDraft, socialAccounts } = await patch(post, { isDraft: true });
  assert.deepEqual([isDraft, socialAccounts[0].next_attempt_at], [true, null]);
  await publishPost(bench, account, { content: "instead of it", scheduledAt: fromNow(4500) });
  assert.deepEqual(textsAt(bench, account), ["instead of it"]);
});

test("a draft is checked like any other post", async () => {
  const account = await newAccount(bench, { tenant_id: "checked" });
  const base = { isDraft: true, content: "a", accounts: [account.id] };
  const create = (fields) => bench.api.post("/v1/posts", { ...base, ...fields });
  assertRefused(await create({ content: "a".repeat(281) }), 400, "text_too_long", "content");
  assertRefused(await create({ accounts: ["nobody_here"] }), 400, "unknown_account", "accounts.0");
  assertRefused(await create({ scheduledAt: "soon" }), 400, "invalid_schedule", "scheduledAt");
  assertRefused(await create({ max_cost_usd: 0.001 }), 422, "cost_exceeded");
  assertRefused(await create({ isDraft: "yes" }), 400, "invalid_payload", "isDraft");
  assert.deepEqual((await bench.api.get("/v1/posts?tenant_id=checked")).body.posts, []);
});

test("a draft whose account is removed is cancelled, and cannot be sent any more", async () => {
  const account = await newAccount(bench);
  const post = await draft(account, { content: "without an account" });
  await bench.api.delete(`/v1/social-accounts/${account.id}`);
  await postIn(bench, post.id, "cancelled");
  assertRefused(await bench.api.patch(`/v1/posts/${post.id}`, { isDraft: false }), 400, "unknown_account");
});

test("a draft outlives a restart and a power cut, and goes out when it is told to", async () => {
  const account = await newAccount(bench);
  const post = await draft(account, { content: "kept", scheduledAt: fromNow(200) });
  await bench.worker.restart();
  await bench.worker.kill();
  await bench.worker.restart();
  assert.deepEqual(textsAt(bench, account), []);
  await patch(post, { isDraft: false });
  await postIn(bench, post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["kept"]);
});
