/** docs/API.md, section 5: `POST /v1/posts/{id}/retry`. What failed is tried again, from the first missing segment. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  callUnderWay,
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  postIn,
  publishPost,
  readPost,
  startBench,
  textsAt,
  thread,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { assertRefused } from "../support/expect.mjs";

const REFUSAL = { kind: "answer", preset: "not-permitted" };

let bench;

/** What is unknown stays so: a call without effect is sent again by hand only. */
before(async () => {
  bench = await startBench({ vars: { SETTLE_MS: "1000" } });
  assert.equal((await bench.api.patch("/v1/settings", { on_unknown: "hold" })).status, 200);
});
after(() => bench?.stop());

const retry = ({ id }, headers) => bench.api.post(`/v1/posts/${id}/retry`, undefined, headers);

/** A post of `account` that X has refused. */
async function refused(account, fields) {
  faultAtX(bench, REFUSAL);
  const post = await publishPost(bench, account, fields);
  assert.equal(post.socialAccounts[0].state, "failed");
  return post;
}

test("a post that failed goes out, and its failure is forgotten", async () => {
  const account = await newAccount(bench);
  const post = await refused(account, { content: "at the second try" });
  const { status, body } = await retry(post);
  assert.deepEqual([status, body.success, body.retried, body.post.id], [200, true, 1, post.id]);
  assert.deepEqual(body.data.post, body.post);
  assert.equal(body.post.socialAccounts[0].status, "pending");
  const { socialAccounts } = await postIn(bench, post.id, "published");
  assert.deepEqual([socialAccounts[0].error, socialAccounts[0].error_code], [null, null]);
  assert.deepEqual(textsAt(bench, account), ["at the second try"]);
});

test("a thread goes on at its third segment, when that is the first that is missing", async () => {
  const account = await newAccount(bench);
  const texts = ["retried 1", "retried 2", "retried 3", "retried 4"];
  faultAtX(bench, REFUSAL, { after: 2 });
  const post = await publishPost(bench, account, thread(...texts));
  const before = post.socialAccounts[0].segments.map(({ platformPostId }) => platformPostId);
  assert.deepEqual(before.slice(2), [null, null]);
  await retry(post);
  const { socialAccounts } = await postIn(bench, post.id, "published");
  const posts = bench.x.posts({ username: account.username });
  assert.deepEqual(posts.map(({ text }) => text), texts);
  assert.deepEqual(posts.slice(1).map(({ in_reply_to_id }) => in_reply_to_id), posts.slice(0, 3).map(({ id }) => id));
  assert.deepEqual(socialAccounts[0].segments.map(({ platformPostId }) => platformPostId), posts.map(({ id }) => id));
  assert.deepEqual(posts.slice(0, 2).map(({ id }) => id), before.slice(0, 2));
});

test("only the accounts that failed get another try", async () => {
  const accounts = await Promise.all([1, 2, 3].map(() => newAccount(bench, { tenant_id: "thirds" })));
  bench.x.setUser({ username: accounts[1].username, suspended: true });
  const fields = { content: "to thirds", accounts: accounts.map(({ id }) => id) };
  const post = await publishPost(bench, accounts[0], fields);
  bench.x.setUser({ username: accounts[1].username, suspended: false });
  bench.x.clearRequests();
  assert.equal((await retry(post)).body.retried, 1);
  const isDone = ({ socialAccounts }) => socialAccounts.every(({ state }) => state === "published");
  await eventually(() => readPost(bench, post), isDone);
  assert.equal(bench.x.requests(CREATE_CALL).length, 1);
  for (const account of accounts) assert.deepEqual(textsAt(bench, account), ["to thirds"]);
});

test("a post that X refuses again has failed again, and may be tried again", async () => {
  const account = await newAccount(bench);
  const post = await refused(account, { content: "at the third try" });
  faultAtX(bench, { kind: "answer", preset: "duplicate" });
  await retry(post);
  const { socialAccounts } = await postIn(bench, post.id, "failed");
  assert.equal(socialAccounts[0].error_code, "duplicate_content");
  await retry(post);
  await postIn(bench, post.id, "published");
});

test("options go out with the second try as with the first", async () => {
  const account = await newAccount(bench);
  bench.x.clearRequests();
  const x = { reply_settings: "following", made_with_ai: true };
  const post = await refused(account, { content: "with options", x });
  await retry(post);
  await postIn(bench, post.id, "published");
  const bodies = bench.x.requests(CREATE_CALL).map(({ body }) => body);
  assert.deepEqual([bodies.length, bodies[1]], [2, bodies[0]]);
});

test("where nothing failed and something is pending the post is in flight", async () => {
  const account = await newAccount(bench);
  const scheduled = await createPost(bench, account, { content: "scheduled", scheduledAt: fromNow(3_600_000) });
  assertRefused(await retry(scheduled), 409, "in_flight");
  faultAtX(bench, { kind: "hold" });
  const sending = await createPost(bench, account, { content: "on its way" });
  await callUnderWay(bench);
  assertRefused(await retry(sending), 409, "in_flight");
  bench.x.release();
  await postIn(bench, sending.id, "published");
  faultAtX(bench, { kind: "close" });
  const unknown = await createPost(bench, account, { content: "unknown" });
  await postIn(bench, unknown.id, "unknown");
  assertRefused(await retry(unknown), 409, "in_flight");
  assert.deepEqual(textsAt(bench, account), ["on its way"]);
});

test("where nothing failed and nothing is pending there is nothing to retry", async () => {
  const account = await newAccount(bench);
  const published = await publishPost(bench, account, { content: "published" });
  const cancelled = await createPost(bench, account, { content: "cancelled", scheduledAt: fromNow(3_600_000) });
  await bench.api.delete(`/v1/posts/${cancelled.id}`);
  for (const post of [published, cancelled]) assertRefused(await retry(post), 409, "already_published");
  assert.deepEqual(textsAt(bench, account), ["published"]);
});

test("an account that was removed gets no other try, as it gets no post", async () => {
  const account = await newAccount(bench);
  const post = await refused(account, { content: "too late to try" });
  await bench.api.delete(`/v1/social-accounts/${account.id}`);
  assertRefused(await retry(post), 400, "unknown_account");
  assert.equal((await readPost(bench, post)).socialAccounts[0].state, "failed");
});

test("twenty retries at once are one", async () => {
  const account = await newAccount(bench);
  const post = await refused(account, { content: "one of twenty" });
  bench.x.clearRequests();
  const answers = await Promise.all(Array.from({ length: 20 }, () => retry(post)));
  const taken = answers.filter(({ status }) => status === 200);
  assert.deepEqual([taken.length, taken[0]?.body.retried], [1, 1]);
  for (const answer of answers) if (answer !== taken[0]) assert.equal(answer.status, 409, answer.text);
  await postIn(bench, post.id, "published");
  assert.equal(bench.x.requests(CREATE_CALL).length, 1);
});

test("a post that nobody has is not found", async () => {
  assertRefused(await retry({ id: "post_AAAAAAAAAAAAAAAAAAAAAA" }), 404, "not_found");
});
